"""Numba: a loop an agent in machine code, float64, NumPy's ziggurat inside; threads over runs of agents."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from benchmarks.peers.work import Run, Work, runs, summary


@numba.njit(nogil=True, fastmath=True)
def _agents(generator, steps, base, start, cosine):  # type: ignore[no-untyped-def]
    goal = np.empty_like(start)
    for agent in range(cosine.size):
        goal[:] = start
        for now in range(len(steps)):
            kept, added, spread = steps[now, 0], steps[now, 1], steps[now, 2]
            for i in range(goal.size):
                goal[i] = kept * goal[i] + added * base[i] + spread * generator.standard_normal()
        cosine[agent] = (goal * base).sum() / np.sqrt((goal * goal).sum())


def loop(work: Work) -> Run:
    """Return the compiled loop."""
    steps, base, start = work.coefficients(), work.base, work.start

    def run() -> tuple[float, float]:
        cosine = np.empty(work.agents)
        parts = runs(work.agents, -(-work.agents // work.threads))
        generators = [np.random.default_rng(child) for child in np.random.SeedSequence(0).spawn(len(parts))]
        with ThreadPoolExecutor(work.threads) as pool:
            jobs = [
                pool.submit(_agents, generator, steps, base, start, cosine[first:last])
                for generator, (first, last) in zip(generators, parts, strict=True)
            ]
            for job in jobs:
                job.result()
        return summary(cosine)

    return run


TASKS = {"numba, float64": loop}
