"""The functions that compiled kernels call beyond NumPy's own; each works in place where ``out`` is its argument."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any  # a float64 or float32 array, or a NumPy scalar
FUNCTIONS = ("logistic", "softplus", "exprel", "erf", "choose")


def logistic(x: Array, out: Array = None) -> Array:
    """Return 1/(1 + exp(-x)); exact to rounding in the lower tail, 0 where exp overflows."""
    if not isinstance(x, np.ndarray):
        return 1.0 / (1.0 + np.exp(-x))
    out = np.negative(x, out=out)
    np.exp(out, out=out)
    np.add(out, 1.0, out=out)
    return np.reciprocal(out, out=out)


def softplus(x: Array, out: Array = None) -> Array:
    """Return ln(1 + exp(x)) without overflow."""
    return np.logaddexp(0.0, x, out=out)


def exprel(x: Array, out: Array = None) -> Array:
    """Return (exp(x) - 1)/x, and 1 at x = 0; ``out`` must not be ``x``."""
    if not isinstance(x, np.ndarray):
        return np.expm1(x) / x if x != 0.0 else 1.0
    out = np.expm1(x, out=out)
    np.divide(out, x, out=out, where=x != 0.0)
    out[x == 0.0] = 1.0
    return out


def erf(x: Array, out: Array = None) -> Array:
    """Return the error function; SciPy is loaded on first use."""
    from scipy.special import erf as scipy_erf

    return scipy_erf(x, out=out) if isinstance(x, np.ndarray) else scipy_erf(x)


def choose(condition: Array, yes: Array, no: Array, out: Array = None) -> Array:
    """Return ``yes`` where the condition holds and ``no`` elsewhere; ``out`` must be none of the three."""
    if out is None:
        arrays = any(isinstance(value, np.ndarray) for value in (condition, yes, no))
        return np.where(condition, yes, no) if arrays else yes if condition else no
    np.copyto(out, no)
    np.copyto(out, yes, where=condition)
    return out
