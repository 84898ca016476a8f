"""Group-normalized advantage: rewards compared within groups, as in group-relative policy optimization."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def advantage(rewards: NDArray[Any], ddof: int = 1) -> NDArray[np.float64]:
    """Return (R - mean R) / sd R within each group.

    Parameters
    ----------
    rewards
        Shape (..., group), finite; a group is the last axis, at least two.
    ddof
        1 or 0: the divisor of the variance is group - ddof.

    Returns
    -------
    array, shape of ``rewards``, float64
        Mean 0 in each group; all 0 in a group of equal rewards (no comparison, no advantage).

    Raises
    ------
    ValueError
        In one line, for a reward that is not finite (its group would have no standard deviation) or a group of one.
    """
    raise NotImplementedError


def group_normalized(
    rewards: NDArray[Any],
    generator: np.random.Generator,
    strength: Any = 1.0,
    group: int | None = None,
    offspring: int | None = None,
) -> NDArray[np.intp]:
    """Return parents chosen with probabilities proportional to exp(strength advantage_i).

    To first order in ``strength`` the expected change of a trait's mean is strength (1/n) sum_i advantage_i z_i, the
    group-normalized policy update, averaged over the groups.

    Parameters
    ----------
    rewards
        Shape (replicates, individuals), finite.
    generator
        The source of randomness; it advances.
    strength
        Selection per standard deviation of reward, >= 0: a number, or one a population, shape (replicates,).
    group
        How many individuals are compared with each other, >= 2 and a divisor of their number: each population is
        parted into such groups by lot. None compares each population with itself.
    offspring
        How many in each population; None for as many as there are individuals.

    Returns
    -------
    array, shape (replicates, offspring), intp
        For each offspring its parent, increasing.

    Raises
    ------
    ValueError
        In one line, for a reward that is not finite or a group that does not divide the population.
    """
    raise NotImplementedError
