"""Closed forms of goals as types: which of them fixes in a population of N, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from theory.goal_drift.formulas.elementary import Number


def equal_goals(kinds: Number) -> Any:
    """Return 1/K, the probability that one of K equally common goals is the one left; ``kinds`` K >= 1.

    Without selection a goal's expected share never changes, and in the end it is 0 or 1; exact for every N.
    """
    return 1.0 / np.asarray(kinds, dtype=float)


def fixation_probability(advantage: Number, population: Number, copies: Number = 1) -> Any:
    """Return (1 - exp(-2 s k))/(1 - exp(-2 s N)), the probability that a favored goal fixes: k/N for s = 0.

    The diffusion approximation of the Wright-Fisher chain, whose error is ``kimura_error``; exact for N = 2.
    Source: Kimura, Genetics 47 (1962) 713.

    Parameters
    ----------
    advantage
        s, the logarithm of its fitness over that of the others (a fitness ratio e^s, not 1 + s).
    population, copies
        N >= 2 and 0 <= k <= N individuals that carry it at the start.
    """
    s, size, count = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (advantage, population, copies)))
    steep = np.where(s == 0.0, 1.0, np.abs(s))
    # For s < 0 both terms are multiplied by exp(2 s N): no overflow.
    shift = np.where(s < 0.0, np.exp(-2.0 * steep * (size - count)), 1.0)
    ratio = shift * np.expm1(-2.0 * steep * count) / np.expm1(-2.0 * steep * size)
    return np.where(s == 0.0, count / size, ratio)[()]


def kimura_error(advantage: Number, population: Number, copies: Number = 1) -> Any:
    """Return u min(s/6, (N - 2) s^2/18), a bound on the error of ``fixation_probability`` u, for s in [0, 2].

    Its two parts are the leading terms of the error: s/6 for s N -> infinity (a branching process), the other for
    s N -> 0. That it is a bound was verified against the exact chain (``proofs.fixation_probability``). NaN for
    s < 0: there the relative error of one copy grows with N |s|^3/54 and has no bound (``theory.validity.kimura``).
    """
    s = np.asarray(advantage, dtype=float)
    slow = (np.asarray(population, dtype=float) - 2.0) * np.square(s) / 18.0
    bound = fixation_probability(advantage, population, copies) * np.minimum(s / 6.0, slow)
    return np.where(s < 0.0, np.nan, bound)[()]


def fixation_chain(advantage: Number, population: Number, copies: Number = 1) -> Any:
    """Return the probability that a favored goal fixes, exactly, from the chain's linear system.

    Parameters as in ``fixation_probability``; see ``simulator.wright_fisher``.
    """
    from simulator.wright_fisher import fixation_probability as exact

    return _each(exact, advantage, population, copies)


def fixation_time(advantage: Number, population: Number, copies: Number = 1) -> Any:
    """Return the mean number of generations until one of two goals is left, exactly; parameters as above."""
    from simulator.wright_fisher import fixation_time as exact

    return _each(exact, advantage, population, copies)


def _each(exact: Callable[[float, int, int], float], *arguments: Number) -> Any:
    def one(advantage: float, population: float, copies: float) -> float:
        return exact(float(advantage), int(population), int(copies))

    return np.vectorize(one, otypes=[float])(*arguments)[()]
