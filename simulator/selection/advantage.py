"""Group-normalized advantage: rewards compared within groups, as in group-relative policy optimization."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.selection.multinomial import checked_table
from simulator.selection.schemes import softmax


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
    array = np.asarray(rewards, dtype=np.float64)
    if array.ndim < 1 or array.shape[-1] < 2:
        raise ValueError(f"rewards: got shape {array.shape}; a group must have at least 2; make the groups larger")
    if ddof not in (0, 1):
        raise ValueError(f"ddof: got {ddof}; must be 0 or 1; pass one of them")
    low, high = np.min(array, axis=-1, keepdims=True), np.max(array, axis=-1, keepdims=True)
    if not np.all(np.isfinite(low) & np.isfinite(high)):
        raise ValueError("rewards: got a group with nan or infinity; must be finite; choose truncation, which ranks")
    # By halves and in units of the range: neither the largest numbers overflow nor the squares of small ones vanish.
    spread = high / 2 - low / 2
    deviation: NDArray[np.float64] = np.divide(
        array / 2 - low / 2, spread, out=np.zeros(array.shape), where=spread > 0.0
    )
    deviation -= np.mean(deviation, axis=-1, keepdims=True)
    scale = np.std(deviation, axis=-1, keepdims=True, ddof=ddof)
    np.divide(deviation, scale, out=deviation, where=spread > 0.0)
    return deviation


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
    checked_table("rewards", rewards)
    replicates, individuals = rewards.shape
    size = individuals if group is None else int(group)
    if size < 2 or individuals % size:
        raise ValueError(f"group: got {group}; must be >= 2 and divide {individuals} individuals; pass such a number")
    if size == individuals:
        compared = advantage(rewards)
    else:
        order = np.argsort(generator.random(rewards.shape), axis=1)
        grouped = np.take_along_axis(rewards, order, axis=1).reshape(replicates, -1, size)
        compared = np.empty(rewards.shape)
        np.put_along_axis(compared, order, advantage(grouped).reshape(rewards.shape), axis=1)
    return softmax(compared, generator, strength, offspring)
