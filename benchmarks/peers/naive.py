"""NumPy as it is first written: Euler-Maruyama, whole arrays, a new one for every operation; and the same in place."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.peers.work import Run, Work, summary


def naive(work: Work) -> Run:
    """Return Euler-Maruyama with temporaries."""

    def run() -> tuple[float, float]:
        generator = np.random.default_rng(0)
        goal = np.tile(work.start, (work.agents, 1))
        for index in range(work.steps):
            pulled = work.rate(index * work.step) * (work.base - goal)
            goal = goal + pulled * work.step
            goal = goal + work.noise * math.sqrt(work.step) * generator.standard_normal(goal.shape)
        return summary(goal @ work.base / np.linalg.norm(goal, axis=1))

    return run


def in_place(work: Work) -> Run:
    """Return the exponential step on whole arrays, in place."""

    def run() -> tuple[float, float]:
        generator = np.random.default_rng(0)
        goal = np.tile(work.start[:, np.newaxis], work.agents)
        noise = np.empty_like(goal)
        base = work.base[:, np.newaxis]
        for kept, added, spread in work.coefficients():
            generator.standard_normal(out=noise)
            np.multiply(goal, kept, out=goal)
            np.multiply(noise, spread, out=noise)
            np.add(goal, noise, out=goal)
            np.add(goal, added * base, out=goal)
        return summary(work.base @ goal / np.linalg.norm(goal, axis=0))

    return run


TASKS = {"NumPy naive (Euler), float64": naive, "NumPy in place, float64": in_place}
