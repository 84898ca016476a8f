"""The transition of several traits that move one another: a matrix exponential, or an equation integrated.

For dz = [a(t) + A(t) z] dt + S(t) dW from time u to t,

    z(t) = F z(u) + m + B xi,    dF = A F,    dm = A m + a,    dV = A V + V A' + S S',    B B' = V.

Where A, a and S are constant, the first short piece is a matrix exponential and each doubling is exact,
F -> F F, m -> F m + m, V -> F V F' + V, which stays stable where e^{-A t} would overflow.
Source: Van Loan, IEEE Transactions on Automatic Control 23 (1978) 395; Gardiner, Handbook of Stochastic Methods
(2004), section 4.4.6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-11, 1e-14
SHORT = 0.5
"""The norm of A t up to which the exponential is taken at once."""


@dataclass(frozen=True)
class Motion:
    """A, a and the diagonal of S at one time: arrays (cells, q, q), (cells, q) and (cells, q)."""

    matrix: Vector
    constant: Vector
    noise: Vector


@dataclass(frozen=True)
class Jump:
    """F (cells, q, q), m (cells, q) and the symmetric root B of V (cells, q, q)."""

    keep: Vector
    shift: Vector
    root: Vector


def constant_jump(motion: Motion, duration: Vector) -> Jump:
    """Return the transition over durations of shape (cells,) of a motion that does not change."""
    from scipy.linalg import expm

    norm = np.abs(motion.matrix).sum(axis=-1).max(axis=-1) * duration
    with np.errstate(divide="ignore"):
        doublings = np.maximum(np.ceil(np.log2(norm / SHORT)), 0.0)
    doublings = np.where(np.isfinite(doublings), doublings, 0.0)
    piece = (duration / 2.0**doublings)[:, np.newaxis, np.newaxis]
    cells, size = motion.constant.shape
    drift = np.zeros((cells, size + 1, size + 1))
    drift[:, :size, :size], drift[:, :size, size] = motion.matrix, motion.constant
    spread = np.zeros((cells, 2 * size, 2 * size))
    spread[:, :size, :size] = -motion.matrix
    spread[:, :size, size:] = motion.noise[:, :, np.newaxis] ** 2 * np.eye(size)
    spread[:, size:, size:] = np.swapaxes(motion.matrix, 1, 2)
    first, second = expm(drift * piece), expm(spread * piece)
    keep, shift = first[:, :size, :size], first[:, :size, size]
    variance = np.swapaxes(second[:, size:, size:], 1, 2) @ second[:, :size, size:]
    for count in range(int(doublings.max(initial=0.0))):
        more = (doublings > count)[:, np.newaxis, np.newaxis]
        variance = np.where(more, keep @ variance @ np.swapaxes(keep, 1, 2) + variance, variance)
        shift = np.where(more[..., 0], (keep @ shift[..., np.newaxis])[..., 0] + shift, shift)
        keep = np.where(more, keep @ keep, keep)
    return Jump(keep, shift, _root(variance))


def moving_jump(motion: Callable[[float], Motion], begin: float, end: float) -> Jump:
    """Return the transition from ``begin`` to ``end`` of a motion that changes; NaN where it cannot be integrated."""
    from scipy.integrate import solve_ivp

    cells, size = motion(begin).constant.shape
    square = (cells, size, size)

    def slope(time: float, flat: Vector) -> Vector:
        now = motion(time)
        keep, shift, variance = _cut(flat, cells, size)
        pushed = now.matrix @ variance
        growth = pushed + np.swapaxes(pushed, 1, 2) + now.noise[:, :, np.newaxis] ** 2 * np.eye(size)
        moved = (now.matrix @ shift[..., np.newaxis])[..., 0] + now.constant
        return np.concatenate([np.ravel(now.matrix @ keep), np.ravel(moved), np.ravel(growth)])

    start = np.concatenate([np.ravel(np.broadcast_to(np.eye(size), square)), np.zeros(cells * (size + size**2))])
    if end <= begin:
        return Jump(*_cut(start, cells, size))
    found = solve_ivp(slope, (begin, end), start, "DOP853", rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE)
    last = found.y[:, -1] if found.success else np.full(start.size, np.nan)
    keep, shift, variance = _cut(last, cells, size)
    return Jump(keep, shift, _root(variance))


def _cut(flat: Vector, cells: int, size: int) -> tuple[Vector, Vector, Vector]:
    keep, shift, variance = np.split(flat, [cells * size**2, cells * (size**2 + size)])
    return keep.reshape(cells, size, size), shift.reshape(cells, size), variance.reshape(cells, size, size)


def _root(variance: Vector) -> Vector:
    """Return the symmetric root; a variance of 0 in some direction is allowed, and NaN stays NaN."""
    broken = ~np.isfinite(variance).all(axis=(1, 2), keepdims=True)
    whole = np.where(broken, 0.0, (variance + np.swapaxes(variance, 1, 2)) / 2.0)
    values, vectors = np.linalg.eigh(whole)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))[:, np.newaxis, :]) @ np.swapaxes(vectors, 1, 2)
    return np.where(broken, np.nan, root)
