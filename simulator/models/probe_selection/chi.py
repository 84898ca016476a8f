"""Chi variates by the million: Marsaglia and Tsang's method on normals that are drawn fast.

With d = a - 1/3 and c = 1/sqrt(9 d), a normal x and a uniform u give v = (1 + c x)^3; d v has the gamma law of shape a
if ln u < x^2/2 + d (1 - v + ln v). Nearly all are accepted at once by u < 1 - 0.0331 x^4; what is refused in the end
is drawn anew by NumPy, which has the same law whatever was refused.

Source: Marsaglia & Tsang, ACM Transactions on Mathematical Software 26 (2000) 363, section 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.normals import NORMALS

SQUEEZE = 0.0331
LEAST_SHAPE = 1.0


def chi(generator: np.random.Generator, freedom: int, out: NDArray[Any], normals: str = "mixed") -> None:
    """Fill an array with chi variates, the roots of sums of squares of so many standard normals.

    Parameters
    ----------
    generator
        The source of randomness; it advances.
    freedom
        Degrees of freedom, >= 1.
    out
        Shape (count,), C-contiguous, float64 or float32; overwritten.
    normals
        How the normals are drawn, "mixed" or "ziggurat". Below two degrees of freedom NumPy draws all.
    """
    shape, kind = freedom / 2.0, out.dtype.type
    if shape < LEAST_SHAPE:
        out[...] = np.sqrt(2.0 * generator.standard_gamma(shape, out.size))
        return
    d = shape - 1.0 / 3.0
    NORMALS[normals](generator, out)
    doubtful, x, u = _doubtful(out, generator.random(out.size, dtype=np.float32))
    refused = doubtful[~_accepted(x, u, d)]
    # chi = sqrt(2 d v) with v = (1 + c x)^3
    np.multiply(out, kind(1.0 / np.sqrt(9.0 * d)), out=out)
    np.add(out, kind(1.0), out=out)
    np.maximum(out, kind(0.0), out=out)
    root = np.sqrt(out)
    np.multiply(out, root, out=out)
    np.multiply(out, kind(np.sqrt(2.0 * d)), out=out)
    out[refused] = np.sqrt(2.0 * generator.standard_gamma(shape, refused.size))


def _doubtful(x: NDArray[Any], u: NDArray[np.float32]) -> tuple[NDArray[np.intp], Any, Any]:
    """Return which are not accepted at once, u >= 1 - 0.0331 x^4, with their x and u."""
    fourth = x * x
    np.multiply(fourth, fourth, out=fourth)
    np.multiply(fourth, x.dtype.type(SQUEEZE), out=fourth)
    fourth += u
    places = np.flatnonzero(fourth >= 1.0)
    return places, x[places].astype(np.float64), u[places].astype(np.float64)


def _accepted(x: Any, u: Any, d: float) -> Any:
    v = (1.0 + x / np.sqrt(9.0 * d)) ** 3
    with np.errstate(divide="ignore", invalid="ignore"):
        return (v > 0.0) & (np.log(u) < 0.5 * x * x + d * (1.0 - v + np.log(v)))
