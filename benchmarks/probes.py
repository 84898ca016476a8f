"""A million groups of 32 rollouts with two traits, one group-normalized update each, against drawing their normals.

The unit is nanoseconds per draw: 64 a group, whether they are drawn or not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.pairing import by_threads, interleaved, rows
from simulator.aligned import aligned_empty
from simulator.experiment import Experiment
from simulator.models.probe_selection.groups import groups
from simulator.models.probe_selection.rollouts import rollouts
from simulator.normals import NORMALS
from simulator.parameter import resolve
from simulator.point import run_blocks

GROUPS, SIZE, TRAITS = 1_000_000, 32, 2
CHUNK = 2**17
MOVED = ("misbehavior_fall", "evasion_rise")
FLOOR = "draw the normals, float32 mixed"
PRODUCTS, REDUCED = "sums and products, float32 mixed, blocked, x1", "Bartlett reduction, float32 mixed, x1"
PEER = "every advantage, float32 mixed, numba, x1"
POINT = {"misbehavior_sd": 0.99**0.5, "evasion_sd": 0.01**0.5, "group_size": SIZE}


def measure(rounds: int = 5, number: int = GROUPS) -> list[dict[str, Any]]:
    """Return one row a task: what, nanoseconds a draw with its interval, and its paired ratio to the floor."""
    draws = number * SIZE * TRAITS
    tasks: dict[str, Callable[[], object]] = {
        FLOOR: partial(_draw, draws, "mixed", np.float32),
        "draw the normals, float64 ziggurat": partial(_draw, draws, "ziggurat", np.float64),
        "every advantage, float64 ziggurat, blocked, x1": _run(rollouts(measures=MOVED), number, 1),
        "every advantage, float32 mixed, blocked, x1": _run(
            rollouts(normals="mixed", dtype="float32", measures=MOVED), number, 1
        ),
        PRODUCTS: _run(groups(measures=MOVED), number, 1),
        "sums and products, float32 mixed, blocked, x2": _run(groups(measures=MOVED), number, 2),
        REDUCED: _run(groups("reduced", measures=MOVED), number, 1),
    }
    if find_spec("numba"):
        from benchmarks.probes_numba import update

        tasks[PEER] = partial(update, number, SIZE, **_sds())
    return rows(interleaved(tasks, rounds, clock=by_threads), draws)


def _sds() -> dict[str, float]:
    return {name: POINT[name] for name in ("misbehavior_sd", "evasion_sd")}


def _draw(draws: int, normals: str, dtype: Any) -> None:
    """Draw in pieces that fit the caches."""
    generator = np.random.Generator(np.random.PCG64DXSM(0))
    out = aligned_empty(CHUNK, dtype)
    for _ in range(draws // CHUNK):
        NORMALS[normals](generator, out)


def _run(experiment: Experiment, number: int, threads: int) -> Callable[[], object]:
    """Run as a point of a sweep runs, block by block, and keep the sums of both moves."""
    point = resolve(experiment.parameters, POINT)

    def reduce(samples: Any) -> Any:
        return tuple(samples[name].sum() for name in MOVED)

    return lambda: list(run_blocks(experiment, point, number, 0, reduce, threads=threads))


if __name__ == "__main__":
    for row in measure():
        print(f"{row['task']:52s} {row['ns']:8.3f} ns   ratio {row['ratio']:.3f}")
