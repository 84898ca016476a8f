"""The classical schemes of selection: softmax, proportional, truncation, tournament."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rewards = NDArray[Any]
Parents = NDArray[np.intp]


def softmax(
    rewards: Rewards, generator: np.random.Generator, strength: Any = 1.0, offspring: int | None = None
) -> Parents:
    """Return parents chosen with probabilities exp(strength R_i) / sum_j exp(strength R_j).

    Parameters
    ----------
    rewards
        Shape (replicates, individuals). Minus infinity never reproduces (unless ``strength`` is 0, which is blind).
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
    raise NotImplementedError


def proportional(rewards: Rewards, generator: np.random.Generator, offspring: int | None = None) -> Parents:
    """Return parents chosen with probabilities R_i / sum_j R_j; parameters and result as for `softmax`.

    Raises ValueError, in one line, for a reward that is negative or not finite, or a population of zeros.
    """
    raise NotImplementedError


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
    raise NotImplementedError


def tournament(rewards: Rewards, generator: np.random.Generator, size: int, offspring: int | None = None) -> Parents:
    """Return parents each of whom is the best of ``size`` individuals drawn at random, with replacement.

    Without ties the individual with the k-th lowest reward of n wins with probability (k^size - (k-1)^size)/n^size;
    individuals with equal rewards share their chances equally.

    Parameters
    ----------
    rewards, generator, offspring
        As for `softmax`; infinities of both signs are ranked like any other value.
    size
        How many meet, >= 1; 1 is blind.

    Raises ValueError, in one line, for NaN or a size below 1.
    """
    raise NotImplementedError
