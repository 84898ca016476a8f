"""Closed forms of what is left of a goal that is handed on: n times, through a run, along a reuse tree, in a blend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from theory.succession.formulas.leaders import Number, expected_successions, first_leads
from theory.succession.formulas.shares import first_share

THREE = 3


def goal_retention(overlap: Number, successions: Number) -> Any:
    """Return rho^n, the mean cosine of a goal to the one that it was inherited from n times over.

    Parameters
    ----------
    overlap
        rho from -1 to 1, the cosine that each inheritance keeps; all other directions are uniform (dim >= 2).
    successions
        n = 0, 1, 2, ...
    """
    return np.power(np.asarray(overlap, dtype=float), successions)


def run_retention(overlap: Number, correlation: Number = 0.0, end: Number = np.inf) -> Any:
    """Return E rho^N through a whole run of three circuits: P(0) + P(1) rho + P(2) rho^2.

    P(0) is ``first_leads`` and P(1) + 2 P(2) is ``expected_successions``; (4 + 7 rho + rho^2)/12 for r = 0 and an
    endless clock.

    Parameters
    ----------
    overlap
        rho from -1 to 1.
    correlation, end
        As in ``expected_successions``.
    """
    kept = np.asarray(overlap, dtype=float)
    none = first_leads(THREE, end, 0.0, correlation)
    two = expected_successions(THREE, correlation, end) - (1.0 - none)
    return none + (1.0 - none - two) * kept + two * kept**2


def least_retention(circuits: Number, overlap: Number) -> Any:
    """Return a lower bound on E rho^N through a whole endless run, of independent normal presence and quality.

    1/K + (1 - 1/K) rho^(E N/(1 - 1/K)), Jensen's inequality for the runs in which the lead changes hands at all; an
    equality for K = 2.

    Parameters
    ----------
    circuits
        K >= 2.
    overlap
        rho from 0 to 1.
    """
    stays = 1.0 / np.asarray(circuits, dtype=float)
    kept = np.asarray(overlap, dtype=float)
    return stays + (1.0 - stays) * kept ** (expected_successions(circuits) / (1.0 - stays))


def pair_overlap(circuits: Number, overlap: Number) -> Any:
    """Return the mean cosine of two different circuits' goals on a random reuse tree of K circuits.

    (T_K - K)/(K (K - 1)),   T_1 = 1,   T_(n+1) = T_n (1 + 2 rho/n) + 1,

    T_n being the mean sum of rho^distance over all ordered pairs, a circuit and itself included.

    Parameters
    ----------
    circuits
        K >= 2, whole numbers.
    overlap
        rho from -1 to 1, of every edge.
    """
    K, kept = np.broadcast_arrays(np.asarray(circuits, dtype=float), np.asarray(overlap, dtype=float))
    return (_tree_sum(K, kept) - K) / (K * (K - 1.0))


def _tree_sum(K: Any, kept: Any) -> Any:
    total = np.ones(K.shape)
    for n in range(1, int(np.max(K, initial=1.0))):
        total = np.where(n < K, total * (1.0 + 2.0 * kept / n) + 1.0, total)
    return total


def reuse_retention(circuits: Number, overlap: Number) -> Any:
    """Return the mean cosine of the last leader's goal to the first's, where circuits reuse earlier-built ones.

    T_K/K^2 = [K - 2 rho Gamma(K + 2 rho)/(Gamma(K) Gamma(1 + 2 rho))]/((1 - 2 rho) K^2)

    First and last leader are any two circuits, the same one with probability 1/K, whatever presence and quality are
    drawn from, as long as they are independent. Falls as K^(2 rho - 2) for rho > 1/2 and as 1/K below.

    Parameters
    ----------
    circuits
        K >= 1, whole numbers, of which each reuses one of those built before it, any with the same probability.
    overlap
        rho from -1 to 1, of every edge.
    """
    K, kept = np.broadcast_arrays(np.asarray(circuits, dtype=float), np.asarray(overlap, dtype=float))
    return _tree_sum(K, kept) / K**2


def blend_overlap(presence: Sequence[float], quality: Sequence[float], time: Number, overlap: Number) -> Any:
    """Return the mean projection of the blend of goals on the first leader's: p + (1 - p) ``pair_overlap``.

    p is ``first_share``. Parameters as there and in ``pair_overlap``.
    """
    share = first_share(presence, quality, time)
    return share + (1.0 - share) * pair_overlap(len(presence), overlap)
