"""The work that all peers do, and the numbers of its steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Result = tuple[float, float]
Run = Callable[[], Result]


@dataclass(frozen=True)
class Work:
    """What is to be simulated; the law's parameters are the defaults of ``goal_drift``.

    Parameters
    ----------
    agents, dim, steps
        How many agents, components of the goal, and steps.
    threads
        How many threads may be used.
    time
        Until when.
    """

    agents: int = 200_000
    dim: int = 16
    steps: int = 32
    threads: int = 1
    time: float = 2.0
    pull: float = 1.0
    growth: float = 0.5
    threshold: float = 1.0
    width: float = 0.1
    noise: float = 0.1

    @property
    def step(self) -> float:
        """The length of a step."""
        return self.time / self.steps

    @property
    def base(self) -> NDArray[np.float64]:
        """The designers' goal: the first axis."""
        return np.asarray(np.eye(self.dim)[0])

    @property
    def start(self) -> NDArray[np.float64]:
        """The goal at the start: the second axis."""
        return np.asarray(np.eye(self.dim)[1])

    def rate(self, time: float) -> float:
        """Return how fast the goal is pulled to the designers' goal, 1/time."""
        return self.pull / (1.0 + math.exp((self.growth * time - self.threshold) / self.width))

    def coefficients(self) -> NDArray[np.float64]:
        """Return, per step, what is kept of the goal, what is added of the base, and the noise; shape (steps, 3).

        The exponential step with the gate at the midpoint: exact relaxation at a constant rate.
        """
        rates = np.array([self.rate((index + 0.5) * self.step) for index in range(self.steps)])
        kept = np.exp(-rates * self.step)
        spread = self.noise * np.sqrt(-np.expm1(-2.0 * rates * self.step) / (2.0 * rates))
        return np.stack([kept, 1.0 - kept, spread], axis=1)


def runs(total: int, size: int) -> list[tuple[int, int]]:
    """Return the (start, stop) of consecutive runs of at most that size."""
    return [(start, min(start + size, total)) for start in range(0, total, size)]


def summary(cosine: NDArray[np.floating]) -> Result:
    """Return the mean and the variance."""
    return float(np.mean(cosine, dtype=np.float64)), float(np.var(cosine, dtype=np.float64))
