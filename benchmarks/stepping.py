"""The stepped law against drawing its normals, and the compiled kernel against the same kernel written by hand.

The unit is nanoseconds per agent, goal component and step: 200 000 agents, 16 components.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.pairing import interleaved, paired_ratio
from simulator.aligned import aligned_empty
from simulator.levels.langevin.block import Noise, Path, draw_initial, draw_setting
from simulator.levels.langevin.kernels import Kernels, kernels_of
from simulator.levels.langevin.shapes import parameter_shapes
from simulator.models.goal_drift import goal_drift
from simulator.normals import NORMALS
from simulator.parameter import resolve
from simulator.point import run_point
from simulator.randomness import blocks

AGENTS, DIM, STEPS, TIME = 200_000, 16, 32, 2.0


def measure(rounds: int = 7) -> list[dict[str, Any]]:
    """Return one row a task: what, nanoseconds a unit (median), and its paired ratio to the row's reference."""
    return [*_whole_runs(rounds), *_kernels(rounds)]


def _whole_runs(rounds: int) -> list[dict[str, Any]]:
    """Time whole runs, statistics included, against drawing the same normals with the ziggurat on one thread."""
    tasks: dict[str, Callable[[], object]] = {"draw the normals, float64 ziggurat": _draw}
    for normals, dtype in (("ziggurat", "float64"), ("mixed", "float64"), ("mixed", "float32")):
        for threads in (1, 2):
            tasks[f"run, {dtype} {normals}, {threads} thread(s)"] = _run(normals, dtype, threads)
    return _rows(interleaved(tasks, rounds), AGENTS * DIM * STEPS)


def _run(normals: str, dtype: str, threads: int) -> Callable[[], object]:
    made = goal_drift.experiment(steps=STEPS, normals=normals, dtype=dtype, measures=("alignment",))
    point = resolve(made.parameters, {"dim": DIM, "time": TIME})
    return lambda: run_point(made, point, AGENTS, 0, threads=threads, discretization=False)


def _draw() -> None:
    generator = np.random.Generator(np.random.PCG64DXSM(0))
    for block in blocks(AGENTS, DIM + 1):
        out = aligned_empty((DIM, block.size), np.float64)
        for _ in range(STEPS):
            NORMALS["ziggurat"](generator, out)


def _kernels(rounds: int) -> list[dict[str, Any]]:
    """Time the step alone, on normals that are drawn once: compiled, and by hand with the same buffers."""
    rows = []
    for dtype in ("float64", "float32"):
        size = 4096
        compiled, by_hand = _compiled(dtype, size), _by_hand(dtype, size)
        tasks = {f"step by hand, {dtype}": by_hand, f"step compiled, {dtype}": compiled}
        rows += _rows(interleaved(tasks, 5 * rounds), size * DIM * 10 * STEPS)
    return rows


def _compiled(dtype: str, size: int) -> Callable[[], object]:
    point = resolve(goal_drift.parameters, {"dim": DIM})
    made: Kernels = kernels_of(goal_drift, parameter_shapes(goal_drift.parameters, point), (), dtype == "float32")
    generator = np.random.default_rng(0)
    setting = draw_setting(goal_drift.parameters, point, size, generator, np.dtype(dtype))
    path = Path.start(goal_drift, made, setting, draw_initial(goal_drift, made, setting, generator))
    path.set_step(TIME / STEPS)
    noise = Noise.empty(made, setting)
    noise.array[...] = generator.standard_normal(noise.array.shape)

    def steps() -> None:
        with np.errstate(all="ignore"):
            for _ in range(10 * STEPS):
                path.advance(noise.slots, generator)

    return steps


def _by_hand(dtype: str, size: int) -> Callable[[], object]:
    """Write the step as one would by hand: exponential, gate at the midpoint, in place."""
    point = resolve(goal_drift.parameters, {"dim": DIM})
    goal, noise = (aligned_empty((DIM, size), dtype) for _ in range(2))
    goal[...] = point["start"][:, np.newaxis]
    noise[...] = np.random.default_rng(0).standard_normal(noise.shape)
    base, h = point["base"][:, np.newaxis].astype(dtype), TIME / STEPS

    def steps() -> None:
        capability = point["initial_capability"]
        for _ in range(10 * STEPS):
            capability += point["growth"] * h
            rate = point["pull"] / (1.0 + np.exp((capability - point["growth"] * h / 2 - point["threshold"]) / 0.1))
            kept = float(np.exp(-rate * h))
            spread = float(point["noise"] * np.sqrt(-np.expm1(-2.0 * rate * h) / (2.0 * rate)))
            np.multiply(goal, kept, out=goal)
            np.multiply(noise, spread, out=noise)
            np.add(goal, noise, out=goal)
            np.add(goal, base * (1.0 - kept), out=goal)

    return steps


def _rows(seconds: dict[str, list[float]], units: int) -> list[dict[str, Any]]:
    """Turn seconds into rows; the first task is what the others are relative to."""
    reference = next(iter(seconds.values()))
    return [
        {"task": name, "ns": statistics.median(times) / units * 1e9, "ratio": paired_ratio(times, reference)}
        for name, times in seconds.items()
    ]


if __name__ == "__main__":
    for row in measure():
        print(f"{row['task']:40s} {row['ns']:8.2f} ns   ratio {row['ratio']:.3f}")
