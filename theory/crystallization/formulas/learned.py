"""Closed forms of a goal of any dimension beside a learned honesty: what stays, when it locks, how it drifts."""

from __future__ import annotations

from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast


def openness_budget(honesty: Number, goal_ease: Number, honesty_ease: Number, exponent: Number) -> Any:
    """Return (4 goal_ease/honesty_ease) y^(2 - p)/(2 - p), what e^2 falls by until honesty is gone; inf for p >= 2.

    Parameters as in ``base_residual``.
    """
    p = np.asarray(exponent, dtype=float)
    room = np.where(p < 2.0, 2.0 - p, 1.0)
    with np.errstate(divide="ignore"):
        found = 4.0 * np.asarray(goal_ease) / honesty_ease * np.power(honesty, room) / room
    return np.where((p < 2.0) | (np.asarray(honesty) == 0.0), np.where(np.asarray(honesty) == 0.0, 0.0, found), np.inf)


def base_residual(
    distance: Number, honesty: Number, goal_ease: Number, honesty_ease: Number, exponent: Number = 0.0,
    honesty_cost: Number = 0.0, pull: Number = 1.0,
) -> Any:  # fmt: skip
    """Return the misalignment e that is left for good, in any dimension.

    e^2 - (4 goal_ease/honesty_ease) y^(2 - p)/(2 - p) is conserved, p the exponent of honesty's metric, so e^2 ends at
    max(0, e(0)^2 - B) with B that term at the start (at p = 0, (2 goal_ease/honesty_ease) y^2). With a price chi of
    honesty it is F(e^2) = e^2 + (2 chi/pull) ln e^2 that falls by B, and F has no floor: something is always left,
    e^2 = beta W(exp(F/beta)/beta), beta = 2 chi/pull, W Lambert's function. From p = 2 on, B is infinite and nothing is
    left, with a price of honesty or without.

    Parameters
    ----------
    distance
        e(0) = |g - b| >= 0 at the start.
    honesty
        y(0) in [0, 1].
    goal_ease, honesty_ease
        > 0; honesty is learned with honesty_ease y^exponent.
    exponent
        p >= 0.
    honesty_cost, pull
        chi >= 0 and pull > 0.

    Valid without noise and weight decay.
    """
    from scipy.special import wrightomega

    budget = openness_budget(honesty, goal_ease, honesty_ease, exponent)
    square, beta = np.square(np.asarray(distance, dtype=float)), 2.0 * np.asarray(honesty_cost, dtype=float) / pull
    plain = np.maximum(square - budget, 0.0)
    safe = np.where(beta > 0.0, beta, 1.0)
    with np.errstate(divide="ignore", over="ignore"):
        log_argument = (square - budget) / safe + np.log(np.where(square > 0.0, square, 1.0)) - np.log(safe)
        finite = np.isfinite(log_argument)
        priced = np.where(finite, safe * np.real(wrightomega(np.where(finite, log_argument, 0.0))), 0.0)
    return np.sqrt(np.where(square == 0.0, 0.0, np.where(beta > 0.0, priced, plain)))


def critical_honesty_ease(distance: Number, honesty: Number, goal_ease: Number, exponent: Number = 0.0) -> Any:
    """Return the ease of honesty above which deception wins, 4 goal_ease y^(2 - p)/((2 - p) e^2); inf for p >= 2.

    Parameters as in ``base_residual``.
    """
    return openness_budget(honesty, goal_ease, 1.0, exponent) / np.square(distance)


def lock_time(distance: Number, honesty: Number, pull: Number, goal_ease: Number, honesty_ease: Number) -> Any:
    """Return when honesty is gone, (2/(pull ease_y E sqrt(r))) arctan(sqrt(r) y/E), r = 2 ease_g/ease_y.

    E is the misalignment that is left. Infinite where internalization wins: then it takes for ever, exponentially.

    Parameters as in ``base_residual``, at exponent 0 and without a price of honesty.
    """
    left = np.asarray(base_residual(distance, honesty, goal_ease, honesty_ease))
    root = np.sqrt(2.0 * np.asarray(goal_ease) / honesty_ease)
    safe = np.where(left > 0.0, left, 1.0)
    time = 2.0 * np.arctan(root * honesty / safe) / (np.asarray(pull) * honesty_ease * safe * root)
    return np.where(left > 0.0, time, np.inf)


def locked_displacement(start_norm: Number, dim: Number, weight_decay: Number, noise: Number, time: Number) -> Any:
    """Return E|g(t) - g(0)|^2 of a goal behind shut gates: |g(0)|^2 (1 - e^(-lt))^2 + d noise^2 (1 - e^(-2lt))/(2l).

    What a crystallized goal is not locked against: noise, and the decay of its weights.

    Parameters
    ----------
    start_norm
        |g(0)| >= 0 when the gates shut.
    dim
        d >= 1.
    weight_decay, noise
        l >= 0 per unit of time; >= 0 per root of time and component.
    time
        Since then, >= 0.
    """
    decayed = np.multiply(weight_decay, time)
    double = 2.0 * np.where(decayed == 0.0, 1.0, decayed)
    share = np.where(decayed == 0.0, 1.0, -np.expm1(-double) / double)
    return np.square(np.multiply(start_norm, np.expm1(-decayed))) + np.multiply(dim, np.square(noise)) * time * share
