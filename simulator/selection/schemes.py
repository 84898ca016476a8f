"""The classical schemes of selection: softmax, proportional, truncation, tournament."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.selection.multinomial import checked_table, multinomial

Rewards = NDArray[Any]
Parents = NDArray[np.intp]
LARGEST = np.finfo(np.float64).max


def softmax(
    rewards: Rewards, generator: np.random.Generator, strength: Any = 1.0, offspring: int | None = None
) -> Parents:
    """Return parents chosen with probabilities exp(strength R_i) / sum_j exp(strength R_j).

    Parameters
    ----------
    rewards
        Shape (replicates, individuals). Minus infinity never reproduces, whatever the strength.
    generator
        The source of randomness; it advances.
    strength
        Selection per unit of reward, >= 0: a number, or one a population, shape (replicates,).
    offspring
        How many in each population; None for as many as there are individuals.

    Returns
    -------
    array, shape (replicates, offspring), intp
        For each offspring its parent, increasing. Equal rewards have equal chances.

    Raises
    ------
    ValueError
        In one line, for NaN or plus infinity, or a population where every reward is minus infinity.
    """
    checked_table("rewards", rewards)
    highest = np.max(rewards, axis=1, keepdims=True)
    _check_highest(highest)
    pressure = per_population("strength", strength, len(rewards))
    with np.errstate(over="ignore", under="ignore"):
        weights = np.subtract(rewards, highest, dtype=np.float64)
        hopeless = np.min(weights) == -np.inf
        if hopeless:  # or so much below the highest that the difference overflows, which strength 0 forgives
            np.maximum(weights, -LARGEST, out=weights)
        np.multiply(weights, pressure, out=weights)
        np.exp(weights, out=weights)
    if hopeless:
        weights[np.isneginf(rewards)] = 0.0
    return multinomial(weights, generator, offspring)


def _check_highest(highest: NDArray[Any]) -> None:
    """Refuse what shows in the highest reward of a population: NaN, plus infinity, no reward above minus infinity."""
    if np.any(np.isnan(highest)):
        raise ValueError("rewards: got nan; must be numbers; correct the reward, or pass -inf for who is not to live")
    if np.any(highest == np.inf):
        raise ValueError("rewards: got inf; must be below infinity; choose truncation, which ranks it")
    if np.any(highest == -np.inf):
        raise ValueError("rewards: got a population of -inf alone; one must be above; leave that population out")


def per_population(name: str, value: Any, replicates: int) -> NDArray[np.float64]:
    """Return a number, or one a population, as a column; raise ValueError, in one line, unless finite and >= 0."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape not in ((), (replicates,)):
        raise ValueError(f"{name}: got shape {array.shape}; must be one number, or one for each of {replicates} rows")
    if not np.all((array >= 0.0) & (array < np.inf)):
        raise ValueError(f"{name}: got {value}; must be finite and >= 0; negate the rewards to select against them")
    return array[..., np.newaxis]


def proportional(rewards: Rewards, generator: np.random.Generator, offspring: int | None = None) -> Parents:
    """Return parents chosen with probabilities R_i / sum_j R_j; parameters and result as for `softmax`.

    Raises ValueError, in one line, for a reward that is negative or not finite, or a population of zeros.
    """
    checked_table("rewards", rewards)
    lowest, highest = np.min(rewards), np.max(rewards, axis=1)
    if not (lowest >= 0.0 and np.all(highest < np.inf)):
        bad = lowest if not lowest >= 0.0 else np.max(highest)
        raise ValueError(f"rewards: got {bad}; must be finite and >= 0 to be in proportion to; choose softmax instead")
    if not np.all(highest > 0.0):
        raise ValueError("rewards: got a population of zeros; one must be > 0; choose softmax, which takes any numbers")
    # Relative to the highest, no sum overflows.
    return multinomial(rewards / highest[:, np.newaxis], generator, offspring)


def truncation(rewards: Rewards, generator: np.random.Generator, kept: Any, offspring: int | None = None) -> Parents:
    """Return parents chosen, each with probability 1/kept, from the ``kept`` individuals with the highest rewards.

    Parameters
    ----------
    rewards, generator, offspring
        As for `softmax`; infinities of both signs are ranked like any other value.
    kept
        How many reproduce, 1 <= kept <= individuals: an integer, or one a population, shape (replicates,).
        Ties for the last places are decided by lot, once for all offspring of the population.

    Raises ValueError, in one line, for NaN or for ``kept`` out of its range.
    """
    checked_table("rewards", rewards)
    return multinomial(best(rewards, generator, kept), generator, offspring)


def best(rewards: Rewards, generator: np.random.Generator, kept: Any) -> NDArray[np.bool_]:
    """Return which individuals are the ``kept`` best of their population, ties for the last places decided by lot.

    Parameters and errors are those of `truncation`; the result has the shape of ``rewards``.
    """
    ordered = np.sort(rewards, axis=1)  # NaN comes last
    if np.any(np.isnan(ordered[:, -1])):
        raise ValueError("rewards: got nan; must be numbers that can be ranked; correct the reward")
    individuals = ordered.shape[1]
    places = per_population("kept", kept, len(ordered))
    if np.any((places < 1) | (places > individuals) | (places != np.floor(places))):
        raise ValueError(f"kept: got {kept}; must be a whole number from 1 to {individuals}; pass one of these")
    places = np.broadcast_to(places, (len(ordered), 1)).astype(np.intp)
    last = np.take_along_axis(ordered, individuals - places, axis=1)
    above, tied = rewards > last, rewards == last
    left = places - np.count_nonzero(above, axis=1, keepdims=True)
    drawing = np.flatnonzero(np.count_nonzero(tied, axis=1) > left[:, 0])
    if drawing.size:
        lots = np.where(tied[drawing], generator.random((drawing.size, individuals)), np.inf)
        order = np.argsort(lots, axis=1)
        winners = np.zeros(lots.shape, dtype=bool)
        np.put_along_axis(winners, order, np.arange(individuals) < left[drawing], axis=1)
        tied[drawing] = winners
    selected: NDArray[np.bool_] = above | tied
    return selected


def tournament(rewards: Rewards, generator: np.random.Generator, size: int, offspring: int | None = None) -> Parents:
    """Return parents each of whom is the best of ``size`` individuals drawn at random, with replacement.

    Of n individuals, l below and u not above a given one, those with its reward win together with probability
    (u/n)^size - (l/n)^size and share it equally. Without ties the k-th lowest wins with (k^size - (k-1)^size)/n^size.

    Parameters
    ----------
    rewards, generator, offspring
        As for `softmax`; infinities of both signs are ranked like any other value.
    size
        How many meet, >= 1; 1 is blind.

    Raises ValueError, in one line, for NaN or a size below 1.
    """
    checked_table("rewards", rewards)
    if size < 1 or size != int(size):
        raise ValueError(f"size: got {size}; must be a whole number >= 1; pass 2 for contests of two")
    order = np.argsort(rewards, axis=1)
    ordered = np.take_along_axis(rewards, order, axis=1)
    if np.any(np.isnan(ordered[:, -1])):
        raise ValueError("rewards: got nan; must be numbers that can be ranked; correct the reward")
    below, through = _ranks(ordered)
    individuals = ordered.shape[1]
    chances = (through / individuals) ** size - (below / individuals) ** size
    weights = np.empty(ordered.shape)
    np.put_along_axis(weights, order, chances / (through - below), axis=1)
    return multinomial(weights, generator, offspring)


def _ranks(ordered: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return for each of the ordered values of a row how many are below it, and how many are not above it."""
    places = np.broadcast_to(np.arange(ordered.shape[1]), ordered.shape)
    steps = ordered[:, 1:] != ordered[:, :-1]
    edge = np.ones((len(ordered), 1), dtype=bool)
    first, last = np.hstack([edge, steps]), np.hstack([steps, edge])
    below = np.maximum.accumulate(np.where(first, places, 0), axis=1)
    through = np.where(last, places + 1, ordered.shape[1])
    through = np.minimum.accumulate(through[:, ::-1], axis=1)[:, ::-1]
    return below, through
