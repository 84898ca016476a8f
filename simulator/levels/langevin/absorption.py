"""Agents that stop: where a condition reaches zero, at a step's end or between two ends.

Between the ends x0, x1 > 0 of a step of length h, a condition that noise spreads at rate s^2 has touched zero with
probability exp(-2 x0 x1 / (s^2 h)) (the Brownian bridge); without this an agent's stop is seen late by O(sqrt h).
Source: Gobet, Stochastic Processes and their Applications 87 (2000) 167.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.levels.langevin.draws import Draws

Conditions = Callable[[Sequence[Any]], tuple[Any, ...]]


@dataclass
class Absorption:
    """Which agents of a block have stopped, when, and by which route.

    Parameters
    ----------
    routes
        Their names, in the order in which a tie is decided.
    conditions
        From a state, per route the condition's value and then per route the rate of its variance.
    time
        When each agent stopped, NaN while it runs; shape (replicates,).
    route
        The index of its route, -1 while it runs; shape (replicates,).
    """

    routes: tuple[str, ...]
    conditions: Conditions
    time: NDArray[np.float64]
    route: NDArray[np.int64]

    @classmethod
    def start(
        cls, routes: tuple[str, ...], conditions: Conditions, state: Sequence[Any], replicates: int
    ) -> Absorption:
        """Return the block at time 0: an agent whose condition is not positive has stopped already."""
        absorption = cls(routes, conditions, np.full(replicates, np.nan), np.full(replicates, -1))
        values, _ = absorption.evaluate(state)
        for route, value in reversed(list(enumerate(values))):
            absorption.route[value <= 0.0] = route
        absorption.time[absorption.route >= 0] = 0.0
        return absorption

    def evaluate(self, state: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the conditions and the rates of their variance, each of shape (routes, replicates)."""
        values = self.conditions(state)
        shape = (len(self.routes), self.time.size)
        stacked = np.array([np.broadcast_to(value, self.time.shape) for value in values], dtype=np.float64)
        return stacked[: shape[0]], stacked[shape[0] :]

    def stop(
        self,
        before: Sequence[Any],
        after: Sequence[Any],
        now: Any,
        step: Any,
        draws: Draws,
    ) -> None:
        """Stop the agents that reached zero in the step from ``now`` and put them where they did.

        ``before`` and ``after`` are the states at the step's ends; ``after`` is corrected in place, so that an agent
        that has stopped, now or earlier, moves no more. ``now`` and ``step`` may have one value a replicate. One
        uniform a route and replicate is drawn, always.
        """
        start, early = self.evaluate(before)
        end, late = self.evaluate(after)
        # The rate of a curved condition changes within the step; the mean of its ends is good to second order.
        crossing = crossing_fraction(start, end, (early + late) / 2 * step, draws.random(start.shape))
        first = np.argmin(crossing, axis=0)
        fraction = crossing[first, np.arange(first.size)]
        running = self.route < 0
        stopping = running & (fraction <= 1.0)
        self.time[stopping] = (now + step * fraction)[stopping]
        self.route[stopping] = first[stopping]
        share = np.where(running, np.minimum(fraction, 1.0), 0.0)
        for old, new in zip(before, after, strict=True):
            new[...] = np.where(share < 1.0, old + share * (new - old), new)


def crossing_fraction(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    variance: NDArray[np.float64],
    uniform: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return at which fraction of a step each condition reached zero, and infinity where it did not.

    Parameters
    ----------
    start, end
        The condition at the two ends, shape (routes, replicates).
    variance
        The variance that noise gives it in the step; 0 for a condition without noise.
    uniform
        Uniform variates on [0, 1) that decide about the bridge.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        ended = end <= 0.0
        touched = (variance > 0.0) & (uniform < np.exp(-2.0 * start * end / variance))
        at_end = np.where(ended, start / (start - end), np.inf)
        # Given that a bridge touched zero, the place is taken where the two ends' distances divide the step.
        between = np.where(touched & ~ended, start / (start + end), np.inf)
    return np.where(start <= 0.0, 0.0, np.minimum(at_end, between))
