"""The shares of features that memory restores against simplification, in products of two weights."""

from __future__ import annotations

from typing import Any

import numpy as np

Vector = Any  # a sequence over features
Number = float


def held_shares(
    remembered: Vector, efficiency: Vector, weight_decay: Number, hold: Number, feature: int | None = None
) -> Any:
    """Return the shares of the drive in the end, p_j = kappa_h m_j/(kappa_h + 2 lambda (1 - h_j/H)), H = sum p_j h_j.

    H is the one root of sum over j of p_j = 1 above 2 lambda max(h)/(kappa_h + 2 lambda), where the sum falls from
    infinity to less than 1; it is bracketed and found to rounding. Without hold the most efficient feature is left
    alone; with any, none that is remembered is lost.

    Parameters
    ----------
    remembered
        m_j > 0, shape (features,); shares, once divided by their sum.
    efficiency
        h_j > 0, shape (features,).
    weight_decay, hold
        lambda >= 0, kappa_h > 0, per unit of time.
    feature
        Whose share alone to return; None for all.

    Valid at depth 2, for a loss that holds the drive.
    """
    shares = restored(remembered, efficiency, weight_decay, hold)
    return shares if feature is None else shares[feature]


def restored(remembered: Vector, efficiency: Vector, weight_decay: Number, hold: Number) -> Any:
    """Return all shares of ``held_shares``."""
    from scipy.optimize import brentq

    m, h = np.asarray(remembered, dtype=float), np.asarray(efficiency, dtype=float)
    m = m / m.sum()

    def shares(level: float) -> Any:
        return hold * m / (hold + 2.0 * weight_decay * (1.0 - h / level))

    lowest = 2.0 * weight_decay * h.max() / (hold + 2.0 * weight_decay)
    # H is a mean of the h_j: it lies between the pole, or the smallest of them, and the largest.
    low = max(lowest * (1.0 + 1e-12), h.min() * (1.0 - 1e-9))
    mean = brentq(lambda level: shares(level).sum() - 1.0, low, h.max() * (1.0 + 1e-9), xtol=1e-15, rtol=1e-15)
    found = shares(mean)
    return found / found.sum()
