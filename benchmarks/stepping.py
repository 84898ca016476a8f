"""The stepped law against drawing its normals, and the compiled kernel against the same kernel written by hand.

The unit is nanoseconds per agent, goal component and step: 200 000 agents, 16 components.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.pairing import by_threads, interleaved, rows
from benchmarks.peers.ours import TASKS
from benchmarks.peers.work import Work
from simulator.aligned import aligned_empty
from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.kernels import kernels_of
from simulator.levels.langevin.setting import draw_initial, draw_setting
from simulator.levels.langevin.shapes import parameter_shapes
from simulator.levels.langevin.stepped import Path
from simulator.models.goal_drift import goal_drift
from simulator.normals import NORMALS
from simulator.parameter import resolve
from simulator.randomness import blocks

WORK = Work()
DRAWN = "draw the normals, float64 ziggurat"
KERNEL_AGENTS, KERNEL_STEPS = 4096, 160
NOISE = WORK.step**-0.5  # so that normals which are scaled in place, step after step, keep their size


def measure(rounds: int = 7) -> list[dict[str, Any]]:
    """Return one row a task, relative to drawing its normals or to the step by hand."""
    return [*_whole_runs(rounds), *_kernels(rounds, "float64"), *_kernels(rounds, "float32")]


def _whole_runs(rounds: int) -> list[dict[str, Any]]:
    """Time whole runs, statistics included, against drawing the same normals with the ziggurat on one thread."""
    tasks: dict[str, Callable[[], object]] = {DRAWN: lambda: _draw("ziggurat", "float64")}
    tasks["draw the normals, float32 mixed"] = lambda: _draw("mixed", "float32")
    for name, task in TASKS.items():
        for threads in (1, 2):
            run = task(Work(threads=threads))
            tasks[f"{name.replace('goaldrift', 'run')}, x{threads}"] = run
    return rows(interleaved(tasks, rounds, clock=by_threads), WORK.agents * WORK.dim * WORK.steps)


def _draw(normals: str, dtype: str) -> None:
    generator = np.random.Generator(np.random.PCG64DXSM(0))
    for block in blocks(WORK.agents, WORK.dim + 1):
        out = aligned_empty((WORK.dim, block.size), dtype)
        for _ in range(WORK.steps):
            NORMALS[normals](generator, out)


def _kernels(rounds: int, dtype: str) -> list[dict[str, Any]]:
    """Time the step alone, on normals that are drawn once: compiled, and by hand with the same buffers."""
    tasks = {f"step by hand, {dtype}": _by_hand(dtype), f"step compiled, {dtype}": _compiled(dtype)}
    return rows(interleaved(tasks, 10 * rounds, clock=by_threads), KERNEL_AGENTS * WORK.dim * KERNEL_STEPS)


def _compiled(dtype: str) -> Callable[[], object]:
    point = resolve(goal_drift.parameters, {"dim": WORK.dim, "noise": NOISE})
    made = kernels_of(goal_drift, parameter_shapes(goal_drift.parameters, point), (), dtype == "float32")
    draws = Independent(np.random.default_rng(0), NORMALS["ziggurat"])
    setting = draw_setting(goal_drift.parameters, (point,), KERNEL_AGENTS, draws, np.dtype(dtype))
    path = Path.start(goal_drift, made, setting, draw_initial(goal_drift, made, setting, draws))
    path.set_step(WORK.step)
    noise = _noise(dtype)

    def steps() -> None:
        with np.errstate(all="ignore"):
            for _ in range(KERNEL_STEPS):
                path.advance((noise,), draws)

    return steps


def _by_hand(dtype: str) -> Callable[[], object]:
    """Write the step as one would by hand: exponential, gate at the midpoint, in place."""
    goal, noise = aligned_empty((WORK.dim, KERNEL_AGENTS), dtype), _noise(dtype)
    goal[...] = WORK.start[:, np.newaxis]
    base, h = WORK.base[:, np.newaxis].astype(dtype), WORK.step

    def steps() -> None:
        capability = 0.0
        with np.errstate(all="ignore"):
            for _ in range(KERNEL_STEPS):
                capability += WORK.growth * h
                middle = capability - WORK.growth * h / 2
                rate = WORK.pull / (1.0 + np.exp((middle - WORK.threshold) / WORK.width))
                kept = float(np.exp(-rate * h))
                spread = float(NOISE * np.sqrt(-np.expm1(-2.0 * rate * h) / (2.0 * rate)))
                np.multiply(goal, kept, out=goal)
                np.multiply(noise, spread, out=noise)
                np.add(goal, noise, out=goal)
                np.add(goal, base * (1.0 - kept), out=goal)

    return steps


def _noise(dtype: str) -> Any:
    noise = aligned_empty((WORK.dim, KERNEL_AGENTS), dtype)
    noise[...] = np.random.default_rng(0).standard_normal(noise.shape)
    return noise


if __name__ == "__main__":
    from benchmarks.report import markdown

    print(markdown(measure()))
