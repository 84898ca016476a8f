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
TOLERANCE, NOTHING = 1e-11, 1e-14
"""The relative tolerance of the integration, and what counts as 0 beside the largest value that can be reached."""

SAMPLES = 17
"""Times at which a motion that changes is looked at beforehand, and steps that its integration takes at least."""

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
    """F (cells, q, q), m (cells, q) and a root B of V (cells, q, q), B B' = V."""

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
    found = solve_ivp(
        slope, (begin, end), start, "DOP853",
        rtol=TOLERANCE, atol=NOTHING * _scale(motion, begin, end), max_step=(end - begin) / SAMPLES,
    )  # fmt: skip
    last = found.y[:, -1] if found.success else np.full(start.size, np.nan)
    keep, shift, variance = _cut(last, cells, size)
    return Jump(keep, shift, _root(variance))


def _scale(motion: Callable[[float], Motion], begin: float, end: float) -> Vector:
    """Return how large the entries of F, m and V can be without relaxation: the units of the traits are the law's."""
    seen = [motion(time) for time in np.linspace(begin, end, SAMPLES)]
    pull = np.max([np.abs(one.constant).max(axis=-1) for one in seen], axis=0) * (end - begin)
    noise = np.max([(one.noise**2).max(axis=-1) for one in seen], axis=0) * (end - begin)
    size = seen[0].constant.shape[-1]
    parts = (np.ones(pull.size * size**2), np.repeat(pull, size), np.repeat(noise, size**2))
    return np.asarray(np.maximum(np.concatenate(parts), np.finfo(float).tiny / NOTHING))


def _cut(flat: Vector, cells: int, size: int) -> tuple[Vector, Vector, Vector]:
    keep, shift, variance = np.split(flat, [cells * size**2, cells * (size**2 + size)])
    return keep.reshape(cells, size, size), shift.reshape(cells, size), variance.reshape(cells, size, size)


def _root(variance: Vector) -> Vector:
    """Return B with B B' = V: the symmetric root of the correlations, each row times its own standard deviation.

    A variance of 0 in some direction is allowed; NaN stays NaN.
    """
    broken = ~np.isfinite(variance).all(axis=(1, 2), keepdims=True)
    whole = np.where(broken, 0.0, (variance + np.swapaxes(variance, 1, 2)) / 2.0)
    spread = np.sqrt(np.maximum(np.diagonal(whole, axis1=1, axis2=2), 0.0))
    unit = np.where(spread > 0.0, spread, 1.0)
    values, vectors = np.linalg.eigh(whole / unit[:, :, np.newaxis] / unit[:, np.newaxis, :])
    root = (vectors * np.sqrt(np.maximum(values, 0.0))[:, np.newaxis, :]) @ np.swapaxes(vectors, 1, 2)
    return np.where(broken, np.nan, spread[:, :, np.newaxis] * root)
