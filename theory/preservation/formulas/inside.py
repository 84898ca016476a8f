"""Closed forms of a memory that is weights itself: goal and memory as one linear pair of diffusions.

    d(g, m) = A (g, m) dt + (noise dW, memory_noise dW'),   A = [[-lambda - kappa_h, kappa_h], [kappa_m, -kappa_m]]

The eigenvalues of A are -alpha and -beta, 0 <= alpha < beta, real for kappa_h kappa_m > 0, and

    exp(A s) = [(A + beta) exp(-alpha s) - (A + alpha) exp(-beta s)]/(beta - alpha),
    P(t) = integral over [0, t] of exp(A s) diag(noise^2, memory_noise^2) exp(A s)^T ds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast


def internal_diffusion(hold: Number, tracking: Number, noise: Number, memory_noise: Number) -> Any:
    """Return D = (kappa_m^2 sigma^2 + kappa_h^2 sigma_m^2)/(kappa_h + kappa_m)^2, at which goals diffuse without end.

    Per component and unit of time, of the mode that goal and memory share. Never below sigma^2 sigma_m^2/(sigma^2 +
    sigma_m^2); below sigma^2 only for sigma_m^2 < sigma^2 (1 + 2 kappa_m/kappa_h).

    Parameters
    ----------
    hold, tracking
        kappa_h, kappa_m >= 0, not both 0.
    noise, memory_noise
        sigma, sigma_m >= 0.

    Valid without weight decay.
    """
    hold, tracking = np.asarray(hold, dtype=float), np.asarray(tracking, dtype=float)
    shared = np.square(tracking * noise) + np.square(hold * memory_noise)
    return shared / np.square(hold + tracking)


def internal_variance(
    hold: Number, tracking: Number, weight_decay: Number, noise: Number, memory_noise: Number, time: Number = np.inf
) -> Any:
    """Return P_gg(t), the variance of a component of the goal, from a fixed start.

    Parameters
    ----------
    hold, tracking
        kappa_h, kappa_m > 0, per unit of time.
    weight_decay
        lambda >= 0; the memory does not decay of itself.
    noise, memory_noise
        sigma, sigma_m >= 0.
    time
        >= 0; infinity for the settled variance, which is infinite without weight decay.
    """
    return _covariance(hold, tracking, weight_decay, noise, memory_noise, time)[0]


def internal_memory_variance(
    hold: Number, tracking: Number, weight_decay: Number, noise: Number, memory_noise: Number, time: Number = np.inf
) -> Any:
    """Return P_mm(t), the variance of a component of the memory; parameters as in ``internal_variance``."""
    return _covariance(hold, tracking, weight_decay, noise, memory_noise, time)[2]


def internal_covariance(
    hold: Number, tracking: Number, weight_decay: Number, noise: Number, memory_noise: Number, time: Number = np.inf
) -> Any:
    """Return P_gm(t), the covariance of goal and memory in a component; parameters as in ``internal_variance``."""
    return _covariance(hold, tracking, weight_decay, noise, memory_noise, time)[1]


def internal_gap_variance(
    hold: Number, tracking: Number, weight_decay: Number, noise: Number, memory_noise: Number, time: Number = np.inf
) -> Any:
    """Return P_gg - 2 P_gm + P_mm, the variance of goal less memory: bounded, though both may not be.

    (sigma^2 + sigma_m^2)/(2 (kappa_h + kappa_m)) once settled, without weight decay. From (1, -1) exp(A s) = (beta
    exp(-beta s) - alpha exp(-alpha s), (alpha - lambda) exp(-alpha s) + (lambda - beta) exp(-beta s))/(beta - alpha),
    in which the common mode has gone before anything is squared. Parameters as in ``internal_variance``.
    """
    decay = np.asarray(weight_decay, dtype=float)
    alpha, beta = _rates(hold, tracking, decay)
    of_goal = _bilinear((-alpha, beta), (-alpha, beta), alpha, beta, time)
    of_memory = _bilinear((alpha - decay, decay - beta), (alpha - decay, decay - beta), alpha, beta, time)
    return (np.square(noise) * of_goal + np.square(memory_noise) * of_memory) / np.square(beta - alpha)


def internal_retention(hold: Number, tracking: Number, weight_decay: Number, time: Number) -> Any:
    """Return what is left of a mean goal that the memory had too at the start, (exp(A t) (1, 1))_g.

        [(beta - lambda) exp(-alpha t) + (lambda - alpha) exp(-beta t)]/(beta - alpha)

    It decays at the slow rate alpha > 0 wherever there is weight decay: inside, decay bounds the drift, at the price of
    the goal. Parameters as in ``internal_variance``.
    """
    alpha, beta = _rates(hold, tracking, weight_decay)
    decay, when = np.asarray(weight_decay, dtype=float), np.asarray(time, dtype=float)
    kept = (beta - decay) * np.exp(-alpha * when) + (decay - alpha) * np.exp(-beta * when)
    return kept / (beta - alpha)


def _rates(hold: Any, tracking: Any, weight_decay: Any) -> tuple[Any, Any]:
    """Return alpha and beta; alpha by lambda kappa_m/beta, the form without cancellation."""
    sum_of = np.add(np.add(hold, tracking), weight_decay)
    root = np.sqrt(np.square(np.add(weight_decay, hold) - tracking) + 4.0 * np.multiply(hold, tracking))
    beta = (sum_of + root) / 2.0
    return np.multiply(weight_decay, tracking) / beta, beta


def _matrices(hold: Any, tracking: Any, weight_decay: Any, alpha: Any, beta: Any) -> Any:
    """Return A + beta and -(A + alpha), which exp(-alpha s) and exp(-beta s) multiply in (beta - alpha) exp(A s)."""
    out = np.add(weight_decay, hold)
    return (
        ((beta - out, np.asarray(hold)), (np.asarray(tracking), beta - tracking)),
        ((out - alpha, -np.asarray(hold)), (-np.asarray(tracking), tracking - alpha)),
    )


def _covariance(hold: Any, tracking: Any, weight_decay: Any, noise: Any, memory_noise: Any, time: Any) -> Any:
    """Return P_gg, P_gm and P_mm at a time."""
    alpha, beta = _rates(hold, tracking, weight_decay)
    slow, fast = _matrices(hold, tracking, weight_decay, alpha, beta)
    entries = []
    for row, column in ((0, 0), (0, 1), (1, 1)):
        of_each = [
            _bilinear((slow[row][one], fast[row][one]), (slow[column][one], fast[column][one]), alpha, beta, time)
            for one in (0, 1)
        ]
        entry = np.square(noise) * of_each[0] + np.square(memory_noise) * of_each[1]
        entries.append(entry / np.square(beta - alpha))
    return entries


def _bilinear(left: Any, right: Any, alpha: Any, beta: Any, time: Any) -> Any:
    """Return the integral over [0, t] of (l e^(-alpha s) + l' e^(-beta s)) times the same of r."""
    crossed = left[0] * right[1] + left[1] * right[0]
    return (
        _integral(left[0] * right[0], 2.0 * alpha, time)
        + _integral(crossed, alpha + beta, time)
        + _integral(left[1] * right[1], 2.0 * beta, time)
    )


def _integral(factor: Any, rate: Any, time: Any) -> Any:
    """Return factor (1 - exp(-rate t))/rate, factor t at rate 0, and 0 for a factor of 0 however long."""
    factor, rate, time = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (factor, rate, time)))
    safe = np.where(rate > 0.0, rate, 1.0)
    with np.errstate(invalid="ignore"):
        whole = factor * np.where(rate > 0.0, -np.expm1(-safe * time) / safe, time)
    return np.where(factor == 0.0, 0.0, whole)
