"""The same work by this project and by other libraries, on one processor and on two; and by two processes at once.

On one processor processor time is counted, which other processes on the machine do not add to.

The unit is nanoseconds per agent, goal component and step: 200 000 agents, 16 components. A library that is not
installed is left out with a line that says so.
"""

from __future__ import annotations

import importlib.util
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from benchmarks.pairing import interleaved, rows
from benchmarks.peers.work import Work
from benchmarks.worker import UnavailableError, Worker

FAST = "goaldrift, float32 mixed"
OURS = ("goaldrift, float64 ziggurat", "goaldrift, float64 mixed", FAST)
EULER = ("NumPy naive (Euler), float64", "diffrax (Euler), float32")
PEERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ours": ("numpy", OURS),
    "naive": ("numpy", ("NumPy naive (Euler), float64", "NumPy in place, float64")),
    "numba_loop": ("numba", ("numba, float64",)),
    "torch_blocks": ("torch", ("torch in place, blocked, float32", "torch.compile, float32")),
    "jax_scan": ("jax", ("JAX scan, float32",)),
    "diffrax_solve": ("diffrax", ("diffrax (Euler), float32",)),
}
AGREEMENT = 5.0  # standard errors: a false alarm in 2e6, for each of some twenty comparisons


def measure(rounds: int = 7) -> list[dict[str, Any]]:
    """Return one row a task and number of threads, relative to our fastest on one."""
    work = Work()
    workers = {
        f"{task}, x{threads}": Worker(module, task, replace(work, threads=threads))
        for module, task in _installed()
        for threads in (1, 2)
        if threads == 1 or ((os.cpu_count() or 1) > 1 and module != "naive")
    }
    halves = [Worker("ours", FAST, replace(work, agents=work.agents // 2), first=first) for first in (0, 1)]
    try:
        workers = dict(_ready(workers))
        for half in halves:
            half.ready()
        _agree(workers, work)
        tasks = {name: worker.run for name, worker in workers.items()}
        tasks[f"{FAST}, two processes"] = lambda: _together(halves)
        every = [*workers.values(), *halves]
        seconds = interleaved(
            tasks, rounds, own=lambda: sum(os.times()[:4]) + sum(worker.cpu for worker in every), clock=_told
        )
    finally:
        for worker in [*workers.values(), *halves]:
            worker.stop()
    return rows(seconds, work.agents * work.dim * work.steps, to=f"{FAST}, x1")


def _installed() -> Iterable[tuple[str, str]]:
    for module, (library, tasks) in PEERS.items():
        if importlib.util.find_spec(library) is None:
            print(f"  left out: {', '.join(tasks)}: {library} is not installed", file=sys.stderr)
            continue
        for task in tasks:
            yield module, task


def _ready(workers: Mapping[str, Worker]) -> Iterable[tuple[str, Worker]]:
    for name, worker in workers.items():
        try:
            yield name, worker.ready()
        except UnavailableError as reason:
            print(f"  left out: {name}: {reason}", file=sys.stderr)
            worker.stop()


def _agree(workers: Mapping[str, Worker], work: Work) -> None:
    """Raise ValueError unless all that step alike found the same mean and variance."""
    kinds = {True: "NumPy naive (Euler), float64, x1", False: "NumPy in place, float64, x1"}
    for name, worker in workers.items():
        mean, variance = worker.result
        expected, spread = workers[kinds[name.startswith(EULER)]].result
        mean_error = math.sqrt(2.0 * spread / work.agents)
        spread_error = spread * math.sqrt(2.0 * 4.0 / work.agents)  # for a kurtosis of up to 5
        if abs(mean - expected) > AGREEMENT * mean_error or abs(variance - spread) > AGREEMENT * spread_error:
            raise ValueError(
                f"{name}: mean {mean:.6f}, variance {variance:.3e}; expected {expected:.6f}, {spread:.3e} within error"
            )


def _together(halves: list[Worker]) -> float:
    start = time.perf_counter()
    for half in halves:
        half.begin()
    for half in halves:
        half.seconds()
    return time.perf_counter() - start


def _told(_: str, task: Callable[[], object]) -> float:
    """A worker tells its own seconds."""
    return float(task())  # type: ignore[arg-type]
