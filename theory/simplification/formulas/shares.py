"""Closed forms of the shares of the drive, and of what follows from them: all by one exact clock.

Vectors are sequences over features, the last axis; everything else broadcasts in front of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theory import clock as exact

Vector = Any  # a sequence over features, or an array whose last axis is features
Number = Any  # a number or an array; keywords broadcast


def shares(
    start: Vector,
    efficiency: Vector,
    weight_decay: Number,
    depth: Number,
    time: Number,
    drive: Number = 1.0,
    feature: int | None = None,
) -> Any:
    """Return the shares p_j(t) = h_j g_j/drive of features while the loss holds sum over j of h_j g_j = drive.

    g_j = exp(-L lambda t) [g_j(0)^((2-L)/L) - (L-2) h_j S]^(-L/(L-2)), and g_j(0) exp(2 h_j S - 2 lambda t) at L = 2,
    with S the one root at which the drive is what is held.

    Parameters
    ----------
    start, efficiency
        Strengths g_j(0) >= 0, not all 0, and h_j > 0, shape (..., features).
    weight_decay, time
        lambda, t >= 0.
    depth
        L >= 1, any real number.
    drive
        What is held, > 0.
    feature
        Whose share alone to return; None for all, with features as the last axis.

    Valid for stiff losses (to drive = 1 - lambda/(k sum over j of h_j^(2/L) p_j^(2 - 2/L))) and products of equal
    weights. Raises ValueError, in one line, for a value out of range.
    """
    found = np.exp(exact.log_shares(start, efficiency, weight_decay, depth, time, drive=drive))
    return found if feature is None else found[..., feature]


def effective_features(
    start: Vector, efficiency: Vector, weight_decay: Number, depth: Number, time: Number, drive: Number = 1.0
) -> Any:
    """Return 1/sum p_j^2, how many features supply the drive; parameters as in ``shares``."""
    return 1.0 / np.sum(shares(start, efficiency, weight_decay, depth, time, drive) ** 2, axis=-1)


def effective_features_entropy(
    start: Vector, efficiency: Vector, weight_decay: Number, depth: Number, time: Number, drive: Number = 1.0
) -> Any:
    """Return exp(-sum p_j ln p_j), how many features supply the drive; parameters as in ``shares``."""
    logs = exact.log_shares(start, efficiency, weight_decay, depth, time, drive=drive)
    return np.exp(-np.sum(np.exp(logs) * np.where(np.isfinite(logs), logs, 0.0), axis=-1))


def weight_cost(
    start: Vector, efficiency: Vector, weight_decay: Number, depth: Number, time: Number, drive: Number = 1.0
) -> Any:
    """Return (lambda/2) L sum |g_j|^(2/L), half of weight decay times the squares of all weights, in equal products.

    No weights of smaller squares give the same strengths, and while the drive is held it never rises. Parameters as in
    ``shares``.
    """
    layers = np.asarray(depth, dtype=float)[..., np.newaxis]
    strengths = _strengths(start, efficiency, weight_decay, depth, time, drive)
    return np.asarray(weight_decay) / 2.0 * depth * np.sum(strengths ** (2.0 / layers), axis=-1)


def _strengths(
    start: Vector, efficiency: Vector, weight_decay: Number, depth: Number, time: Number, drive: Number
) -> Any:
    p = shares(start, efficiency, weight_decay, depth, time, drive)
    return np.asarray(drive)[..., np.newaxis] * p / np.asarray(efficiency, dtype=float)


def clock(
    start: Vector, efficiency: Vector, weight_decay: Number, depth: Number, time: Number, drive: Number = 1.0
) -> Any:
    """Return S(t) = integral of exp(-(L - 2) lambda t) mu dt, the scalar clock, while the drive is held.

    At L = 2 it is tau, the integral of mu, and 2 lambda t = ln sum over j of p_j(0) exp(2 h_j tau). Parameters as in
    ``shares``.
    """
    compounded = np.multiply(depth, np.multiply(weight_decay, time))
    gain = exact.held_gain(start, efficiency, depth, compounded, drive=drive)
    return exact.clock(start, efficiency, depth, gain)


def frozen_shares(
    start: Vector,
    efficiency: Vector,
    weight_decay: float,
    depth: float,
    time: float,
    frozen: Vector,
    freeze_time: float,
    drive: float = 1.0,
    feature: int | None = None,
    rest_drive: float = 1.0,
) -> Any:
    """Return the shares at a time after some features were frozen: theirs stay, the rest goes on with what is left.

    The rest supplies drive - q_F, by the same clock from the strengths that it had.

    Parameters
    ----------
    frozen
        1 for each feature that is frozen at ``freeze_time``, 0 for the others, shape (features,).
    freeze_time
        When, >= 0.
    start, efficiency, weight_decay, depth, time, drive, feature
        As in ``shares``, one point.
    rest_drive
        The part of what is left to it that the rest supplies: 1 for a loss that holds the drive.
    """
    h, still = np.asarray(efficiency, dtype=float), np.asarray(frozen, dtype=bool)
    fixed = min(time, freeze_time)
    logs = exact.log_shares(start, h, weight_decay, depth, fixed, drive=drive)
    found = np.exp(logs)
    rest = found[~still].sum()
    if time > freeze_time and rest > 0.0:
        # Only ratios matter to the shares of the rest among themselves: its drive is scaled to 1.
        alone = np.exp(logs[~still] - np.log(rest)) / h[~still]
        found[~still] = rest * np.exp(
            exact.log_shares(alone, h[~still], weight_decay, depth, time - freeze_time, drive=rest_drive)
        )
    return found if feature is None else found[feature]


def left_out(p: Any, efficiency: Vector, weight_decay: Number, depth: Number, stiffness: float) -> Any:
    """Return 1 - q, how far a loss of finite stiffness k stays below its drive: lambda/(k sum h_j^(2/L) p_j^(2-2/L)).

    To first order in 1/k, where mu = k (1 - q) is what keeps q still: 0 = L mu sum h^2 g^(2-2/L) - L lambda q. At L = 2
    it is lambda/(k <h>).
    """
    layers = np.asarray(depth, dtype=float)[..., np.newaxis]
    return weight_decay / stiffness / np.sum(np.power(efficiency, 2.0 / layers) * p ** (2.0 - 2.0 / layers), axis=-1)
