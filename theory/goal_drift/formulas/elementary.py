"""Functions that the closed forms share, stable over their whole range."""

from __future__ import annotations

from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast


def logistic(x: Any) -> Any:
    """Return 1/(1 + exp(-x)) without overflow."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(x, dtype=float)))


def exprel(x: Any) -> Any:
    """Return (exp(x) - 1)/x, and 1 at 0."""
    x = np.asarray(x, dtype=float)
    safe = np.where(x == 0.0, 1.0, x)
    return np.where(x == 0.0, 1.0, np.expm1(safe) / safe)
