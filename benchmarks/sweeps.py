"""Sweeps: what a point costs, what a second worker brings, and how fast a file of a million blocks opens.

The first rows are microseconds of processor time a point of 64 replicates, relative to the same agents at one point.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pairing import by_threads, interleaved, paired_ratio
from simulator import Experiment, Observable, Parameter, simulate, sweep
from simulator.demand import Demand
from simulator.estimate import Layout
from simulator.frame import Frame
from simulator.ledger import Ledger
from simulator.models.goal_drift import goal_drift
from simulator.store import load
from simulator.store.writer import Writer

POINTS, REPLICATES = 10_000, 64
BLOCKS = 1_000_000
QUIET: dict[str, Any] = {"progress": False, "discretization": False}


def measure(rounds: int = 3, points: int = POINTS, stored: int = BLOCKS) -> list[dict[str, Any]]:
    """Return rows: many points against one, two workers against one, and the file."""
    return [*_points(rounds, points), *_workers(rounds, points // 500), *_file(stored)]


def _plain(point: Any, replicates: int, generator: np.random.Generator) -> dict[str, Any]:
    return {"x": point["a"] * generator.standard_normal(replicates)}


def _together(points: Any, replicates: int, generators: Any) -> list[dict[str, Any]]:
    drawn = np.stack([generator.standard_normal(replicates) for generator in generators])
    return [{"x": row} for row in drawn * np.array([[point["a"]] for point in points])]


trivial = Experiment("trivial", (Parameter("a", 1.0),), {"x": Observable()}, _plain, pack=_together)


def _points(rounds: int, points: int) -> list[dict[str, Any]]:
    """Time a sweep over many points against one point with as many replicates, each on one thread.

    The law as it is declared, all of its measures; and a small one, 4 components in 32 steps, where what a point costs
    whatever happens there counts most.
    """
    few, one = {"dim": 4}, ("alignment",)
    subjects: dict[str, tuple[Any, str, dict[str, Any]]] = {
        "one normal": (trivial, "a", {}),
        "goal_drift, exact": (goal_drift.experiment(), "pull", {}),
        "goal_drift, stepped": (goal_drift.experiment(method="stepped"), "pull", {}),
        "small, exact": (goal_drift.experiment(measures=one), "pull", few),
        "small, stepped": (goal_drift.experiment(method="stepped", steps=32, measures=one), "pull", few),
    }
    rows = []
    for name, (made, parameter, fixed) in subjects.items():
        number = points // 10 if name == "goal_drift, stepped" else points
        tasks: dict[str, Callable[[], object]] = {
            f"{name}: 1 point": _one(made, number * REPLICATES, fixed),
            f"{name}: {number} points": _many(made, parameter, number, fixed),
        }
        seconds = interleaved(tasks, rounds, clock=by_threads)
        reference = next(iter(seconds.values()))
        rows += [
            {"task": task, "us": statistics.median(times) / number * 1e6, "ratio": paired_ratio(times, reference)}
            for task, times in seconds.items()
        ]
    return rows


def _one(made: Any, replicates: int, fixed: dict[str, Any]) -> Callable[[], object]:
    return lambda: simulate(made, replicates=replicates, threads=1, discretization=False, **fixed)


def _many(made: Any, parameter: str, points: int, fixed: dict[str, Any]) -> Callable[[], object]:
    over = {parameter: np.linspace(0.5, 2.0, points)}

    def run() -> None:
        with ThreadPoolExecutor(1) as pool:
            sweep(made, over, fixed=fixed, replicates=REPLICATES, executor=pool, **QUIET)

    return run


def _workers(rounds: int, points: int) -> list[dict[str, Any]]:
    """Time goal_drift on one worker and on two: threads and processes; the ratio is the throughput's."""
    made = goal_drift.experiment(method="stepped", steps=32, measures=("alignment",))
    over = {"pull": np.linspace(0.5, 2.0, points)}
    rows = []
    for kind, executor in (("threads", ThreadPoolExecutor), ("processes", ProcessPoolExecutor)):
        with executor(1) as one, executor(2) as two:
            tasks: dict[str, Callable[[], object]] = {
                f"{number} {kind}": _on(made, over, pool) for number, pool in ((1, one), (2, two))
            }
            seconds = interleaved(tasks, rounds)
        reference = next(iter(seconds.values()))
        rows += [
            {"task": f"goal_drift on {task}", "s": statistics.median(times), "times": paired_ratio(reference, times)}
            for task, times in seconds.items()
        ]
    return rows


def _on(made: Any, over: Any, pool: Any) -> Callable[[], object]:
    return lambda: sweep(made, over, replicates=10_000, executor=pool, **QUIET)


def _file(blocks: int) -> list[dict[str, Any]]:
    """Time a file of so many blocks of one cell: written, opened and resumed by a sweep, and loaded."""
    layout = Layout((("x", ()),))
    demand, frame = Demand(64, 64), Frame((("a", blocks),), {"x": Observable()}, ())
    digests = [number.to_bytes(32, "big") for number in range(blocks)]
    components = np.ones(blocks, dtype=np.int64)
    rows = np.tile([64.0, 0.1, 60.0, 1.0, 200.0], (4096, 1))
    spec = {"experiment": "x", "seed": "0"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"

        def write() -> None:
            writer = Writer.open(path, spec)
            writer.begin(frame, demand, digests, components)
            for start in range(0, blocks, len(rows)):
                points = np.arange(start, min(blocks, start + len(rows)))
                writer.keep(points, 0, 64, layout, rows[: len(points)], np.zeros(len(points), dtype=np.int64))
                writer.commit({"done": start})
            writer.commit({"done": blocks}, now=True)
            writer.close()

        def resume() -> None:
            writer, ledger = Writer.open(path, spec), Ledger(demand, components)
            writer.resume(digests, ledger)
            writer.begin(frame, demand, digests, components)
            assert ledger.done.all()
            writer.close()

        tasks = {"write": write, "open and resume": resume, "load": lambda: load(path)}
        return [{"task": f"{blocks} blocks: {name}", **_seconds(task)} for name, task in tasks.items()]


def _seconds(task: Callable[[], object]) -> dict[str, float]:
    """Return seconds by the wall's clock and of the processor, which others' work does not lengthen."""
    wall, processor = time.perf_counter(), time.process_time()
    task()
    return {"s": time.perf_counter() - wall, "processor s": time.process_time() - processor}


if __name__ == "__main__":
    for row in measure():
        print("  ".join(f"{value:10.3f} {key}" if key != "task" else f"{value:40s}" for key, value in row.items()))
