"""Agreement: one law at every level of description, each a check on its neighbors, and the orders between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulator.model import Model
from simulator.observation import checked_times
from simulator.parameter import nearest
from simulator.point import check_call
from theory.agreement.levels import Closed, Level, Setting, ladder
from theory.agreement.matrix import Comparison, compare, matrix
from theory.agreement.orders import Order

__all__ = ["Agreement", "Comparison", "Order", "agree", "matrix"]


@dataclass(frozen=True)
class Agreement:
    """What came out: the levels, and every pair of them on every quantity.

    Parameters
    ----------
    levels
        What each level says, from individuals to closed form.
    times
        When, in generations.
    comparisons
        Differences with standard errors, margins and verdicts.
    """

    levels: tuple[Level, ...]
    times: tuple[float, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def disagreements(self) -> tuple[Comparison, ...]:
        """The comparisons that disagree."""
        return tuple(one for one in self.comparisons if one.verdict == "disagrees")


def agree(
    model: Model,
    *,
    times: Sequence[float] = (1, 10, 40),
    populations: Sequence[int] = (300, 1000, 3000),
    agents: int = 1_000_000,
    seed: int = 0,
    resolution: float = 0.1,
    closed: Closed | None = None,
    **parameters: Any,
) -> Agreement:
    """Run a law at every level that applies and compare them all.

    Levels: populations of several N; their moments; the moments of infinitely many; langevin with K the covariance
    of the largest population, and its flow (both only where varying traits do not covary); closed forms, if given.

    Parameters
    ----------
    model
        The law of an individual.
    times
        The generations at which to compare, whole, increasing.
    populations
        Numbers of individuals, each >= 2, increasing.
    agents
        How many individuals to simulate of each N, in as many populations as that makes, at least 256.
    seed
        Of all noise.
    resolution
        The effect that must be detectable, relative to a quantity's largest value; else a pair is underpowered.
    closed
        Per quantity (``TRAIT``, ``TRAIT_variance``) a function of time, an array (times, 1), for infinitely many.
    parameters
        The point: the law's parameters, and ``strength``.

    Returns
    -------
    Agreement
        ``.levels``, ``.comparisons``; ``matrix(found.comparisons)`` for the matrix.

    Raises
    ------
    ValueError
        In one line, before any work, for times or populations out of order, or a closed form of nothing that is
        compared.
    """
    chosen = checked_times(times) or ()
    sizes = tuple(populations)
    if not sizes or any(size < 2 for size in sizes) or list(sizes) != sorted(set(sizes)):
        raise ValueError(f"populations: got {sizes}; must be increasing whole numbers >= 2; pass for example (50, 200)")
    check_call(max(agents, 2), None)
    setting = Setting(model, parameters, chosen, sizes, agents, seed, closed or {})
    for name in setting.closed:
        if name not in setting.quantities:
            raise ValueError(f"closed: got {name!r}; {nearest(name, setting.quantities)}")
    levels = ladder(setting)
    return Agreement(levels, chosen, compare(levels, chosen, resolution))
