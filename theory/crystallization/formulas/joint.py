"""Closed forms of joint optimizers under selection: what they lose, and what becomes of their share."""

from __future__ import annotations

from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast


def reward_gap(
    pull: Number, capability: Number, threshold: Number, width: Number, distance: Number, effort: Number = 1.0
) -> Any:
    """Return (1 - a(c)) effort (pull/2) e^2, what an agent that also serves its own goal loses to one that does not.

    Parameters
    ----------
    pull
        >= 0, in reward per squared distance.
    capability, threshold, width
        Of the gate a = logistic((c - threshold)/width); width > 0.
    distance
        e >= 0 between its goal and the designers'.
    effort
        Share of the episodes that show its goal in which it acts on it, in [0, 1].
    """
    x = np.divide(np.subtract(threshold, capability), width)
    return np.exp(-np.logaddexp(0.0, -x)) * effort * np.asarray(pull) / 2.0 * np.square(distance)


def overtaking_time(joint_share: Number, strength: Number, gap: Number) -> Any:
    """Return ln(p/(1 - p))/(strength gap), after which joint optimizers are no longer the more frequent.

    Parameters
    ----------
    joint_share
        p in (0, 1) at the start.
    strength, gap
        > 0, of selection; of the reward, constant.

    Negative where they never were; infinite without a gap.
    """
    p = np.asarray(joint_share, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.log(p) - np.log1p(-p)) / np.multiply(strength, gap)


def joint_share(
    share: Number, strength: Number, pull: Number, distance: Number, width: Number, growth: Number, threshold: Number,
    initial_capability: Number, generations: int, population: float = np.inf,
) -> Any:  # fmt: skip
    """Return the mean share of joint optimizers after some generations of softmax selection.

    In populations without end ln(p/(1 - p)) falls by strength times ``reward_gap`` in each generation, at the
    capability of that generation; the sum converges as capability grows through the gate, so that some always stay.
    Of N individuals the mean comes from the chain of their number, binomial in each generation (Wright-Fisher).

    Parameters
    ----------
    share, strength
        p in (0, 1) at the start, of which N are drawn; >= 0.
    pull, distance, width, threshold
        As in ``reward_gap``.
    growth, initial_capability
        Of capability, per generation and at the start.
    generations
        Whole, >= 0.
    population
        N >= 2; infinite by default. A finite one takes numbers, not arrays.

    Source: Ewens, Mathematical Population Genetics (2004), equation 1.59 (Wright-Fisher with selection).
    """
    capability = [np.add(initial_capability, np.multiply(growth, n)) for n in range(int(generations))]
    lost = [np.multiply(strength, reward_gap(pull, one, threshold, width, distance)) for one in capability]
    p = np.asarray(share, dtype=float)
    if np.isinf(population):
        return _selected(p, sum(lost, start=np.float64(0.0)))
    return _mean_of_chain(float(p), lost, int(population))


def _selected(p: Any, lost: Any) -> Any:
    """Return a share after the logarithm of its odds has fallen."""
    with np.errstate(divide="ignore"):
        odds = np.log(p) - np.log1p(-p) - lost
    return np.exp(-np.logaddexp(0.0, -odds))


def _mean_of_chain(share: float, lost: list[Any], number: int) -> Any:
    from scipy.stats import binom

    counts = np.arange(number + 1)
    chance = binom.pmf(counts, number, share)
    for one in lost:
        chance = chance @ binom.pmf(counts, number, _selected(counts / number, one)[:, np.newaxis])
    return chance @ counts / number
