"""Closed forms of clean, caught and evading types under replicator dynamics with a KL penalty to the start.

p_i(t) ~ p_i(0) exp(R_i T),   T = (1 - exp(-kl t))/kl:   the penalty bounds what selection can do, T < 1/kl.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def selection_time(time: Any, kl: Any) -> Any:
    """Return T = (1 - exp(-kl t))/kl, the time t that selection without a KL penalty would need; t itself at kl = 0."""
    t, rate = np.asarray(time, dtype=float), np.asarray(kl, dtype=float)
    x = rate * t
    return t * np.where(x == 0.0, 1.0, -np.expm1(-x) / np.where(x == 0.0, 1.0, x))


def type_shares(prevalence: Any, false_negative_rate: Any, bonus: Any, penalty: Any, kl: Any, time: Any) -> Any:
    """Return the shares of the clean, the caught and the evading type, shape (..., 3).

    Parameters
    ----------
    prevalence, false_negative_rate
        Share of misbehavior at the start, and of it what the probe misses, in (0, 1).
    bonus, penalty
        What misbehavior earns, and what being caught costs.
    kl
        Weight of the KL penalty, >= 0.
    time
        >= 0, in units of one over reward.
    """
    pi, miss, when = (np.asarray(one, dtype=float) for one in (
        prevalence, false_negative_rate, selection_time(time, kl)))  # fmt: skip
    reward = np.asarray(bonus, dtype=float)
    logs = np.broadcast_arrays(
        np.log1p(-pi) + 0.0 * (when + miss + reward + penalty),
        np.log(pi) + np.log1p(-miss) + (reward - penalty) * when,
        np.log(pi) + np.log(miss) + (reward + 0.0 * np.asarray(penalty)) * when,
    )
    stacked = np.stack(logs, axis=-1)
    weights = np.exp(stacked - stacked.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def misbehavior_share(prevalence: Any, false_negative_rate: Any, bonus: Any, penalty: Any, kl: Any, time: Any) -> Any:
    """Return the share of behavior that is bad, parameters as in ``type_shares``.

    It falls at first iff bonus < (1 - FNR) penalty, and rises later if T gets so far: always without a KL penalty.
    """
    return 1.0 - type_shares(prevalence, false_negative_rate, bonus, penalty, kl, time)[..., 0]


def evasion_time(clean: Any, evading: Any, bonus: Any, kl: Any = 0.0) -> Any:
    """Return when as much behavior evades as is good: -ln(1 - kl T)/kl, T = ln(clean/evading)/bonus.

    Parameters
    ----------
    clean, evading
        Shares at the start, > 0; it is 0 if evading does not start below.
    bonus
        What evading earns more than good behavior, > 0.
    kl
        >= 0. Infinite from ``critical_kl`` on.

    A probe that misses a tenth as much buys ln(10)/bonus of time, no more, without a KL penalty.
    """
    needed = np.maximum(np.log(np.divide(clean, evading)), 0.0) / bonus
    x = np.asarray(kl, dtype=float) * needed
    with np.errstate(divide="ignore", invalid="ignore"):
        stretched = np.where(x < 1.0, -np.log1p(-np.minimum(x, 1.0)) / np.where(x == 0.0, 1.0, x), np.inf)
    return np.where(needed == 0.0, 0.0, needed * np.where(x == 0.0, 1.0, stretched))[()]


def critical_kl(clean: Any, evading: Any, bonus: Any) -> Any:
    """Return the KL weight from which on evading never overtakes good behavior, bonus/ln(clean/evading).

    Parameters as in ``evasion_time``, clean > evading. In the end the odds are p_i(0) exp(R_i/kl).
    """
    return np.asarray(bonus) / np.log(np.divide(clean, evading))


def recall_decay(false_negative_rate: Any, penalty: Any, time: Any, kl: Any = 0.0) -> Any:
    """Return the share of misbehavior that is caught: (1 - FNR) exp(-penalty T)/[(1 - FNR) exp(-penalty T) + FNR].

    Parameters as in ``type_shares``; neither the prevalence nor the bonus matters. Recall falls throughout.
    """
    miss = np.asarray(false_negative_rate, dtype=float)
    seen = (1.0 - miss) * np.exp(-np.asarray(penalty) * selection_time(time, kl))
    return seen / (seen + miss)
