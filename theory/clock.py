"""The exact clock of weight decay: where features share one drive, a single scalar carries all of them through time.

Features j with strength g_j and efficiency h_j, each a product of L weights that decay at the rate lambda, obey

    dg_j/dt = L g_j^(2 - 2/L) h_j mu(t) - L lambda g_j

for whatever loss, which enters only through mu(t), the same for all. Set decay aside, x_j = g_j exp(L lambda t), and

    ln x_j = ln g_j(0) + phi(L h_j g_j(0)^a S),   phi(y) = -ln(1 - a y)/a,   a = 1 - 2/L,   S' = exp(-(L-2) lambda t) mu

with phi(y) = y at L = 2. S runs into a pole at L > 2, so the clock that is kept here is another coordinate of it: the
``gain`` u of the leader, the log-growth of the feature that is fastest at the start (the largest L h_j g_j(0)^a). With
rho_j <= 1 the speed of j relative to the leader's,

    ln x_j - ln g_j(0) = u - ln[rho_j + (1 - rho_j) exp(a u)]/a          (u - (1 - rho_j) u at L = 2),

which neither overflows nor cancels for any depth and any age, and is smooth in L through 2. Everything is computed in
logs; features are the last axis, and everything else broadcasts in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]

ALMOST_ZERO = -1e4  # the logarithm that stands for that of a zero start at L = 1, where what is not there yet grows
ROUNDING = 4.0 * np.finfo(float).eps
MOST_ITERATIONS = 200
SPENT = 100.0  # at depths below 2, how many e-folds down the leader is as good as gone


def log_shares(
    start: ArrayLike,
    efficiency: ArrayLike,
    weight_decay: ArrayLike,
    depth: ArrayLike,
    time: ArrayLike,
    *,
    drive: ArrayLike = 1.0,
) -> Array:
    """Return ln p_j(t), the log-shares of the drive while the loss holds it: sum over j of h_j g_j(t) = drive.

    With the drive held, p_j = h_j g_j/drive and the clock is the one root u of sum over j of h_j g_j(u, t) = drive.

    Parameters
    ----------
    start
        g_j(0) >= 0, not all 0, shape (..., features). What starts at 0 stays there, but at L = 1. Where the start's
        own drive is not ``drive``, the loss first brings it there, at once (before decay does anything).
    efficiency
        h_j > 0, drive per unit of strength, shape (..., features).
    weight_decay
        lambda >= 0, per unit of time, shape (...).
    depth
        L >= 1, finite, any real number, shape (...).
    time
        t >= 0, shape (...).
    drive
        q > 0 that is held, shape (...).

    Returns
    -------
    Array
        Shape (..., features); -inf for what is absent. Strengths are g_j = drive exp(log_shares)/efficiency.

    Valid for stiff losses, to 1 - q ~ weight_decay/(k <h>) relative. Good to some 1e-12 for t up to 1e6 decay times,
    1e4 features and log-shares down to -1e7, through L = 2.

    Raises
    ------
    ValueError
        In one line, for a value out of range; for depths below 2 also where a start above the drive would have to
        lose a feature to come down to it.
    """
    features = _Features.of(start, efficiency, depth)
    compounded = _scalar("weight_decay", weight_decay, 0.0) * _scalar("time", time, 0.0) * features.depth
    gain = _root(features, compounded + np.log(_scalar("drive", drive, np.nextafter(0.0, 1.0))))
    weights = features.log_drive + features.lag(gain)
    return np.asarray(weights - _log_sum(weights)[..., np.newaxis])


def held_gain(
    start: ArrayLike, efficiency: ArrayLike, depth: ArrayLike, compounded: ArrayLike, *, drive: ArrayLike = 1.0
) -> Array:
    """Return the leader's gain u while the drive is held: the root of sum over j of h_j x_j(u) = drive exp(compounded).

    The sum rises strictly with u, so there is one root; it is bracketed and found by Newton's method with bisection.

    Parameters
    ----------
    start, efficiency, depth, drive
        As in ``log_shares``.
    compounded
        L lambda t >= 0, the logarithm of what decay alone would have done to the strengths; shape (...).

    Returns
    -------
    Array
        Shape (...); >= 0 unless the start's drive is above the one held.

    Raises ValueError as ``log_shares`` does.
    """
    features = _Features.of(start, efficiency, depth)
    target = _scalar("compounded", compounded, 0.0) + np.log(_scalar("drive", drive, np.nextafter(0.0, 1.0)))
    return _root(features, target)


def log_strengths(
    start: ArrayLike, efficiency: ArrayLike, depth: ArrayLike, gain: ArrayLike, compounded: ArrayLike = 0.0
) -> Array:
    """Return ln g_j at a gain of the leader, whatever the loss that brought it there.

    ln g_j = ln g_j(0) + u - ln[rho_j + (1 - rho_j) exp(a u)]/a - L lambda t

    A loss that does not hold the drive needs one scalar equation: with l the leader (``leader``), q = sum h_j g_j and
    mu = -dloss/dq,   du/dt = L h_l g_l^(1 - 2/L) mu(q),   u(0) = 0.

    Parameters
    ----------
    start, efficiency, depth
        As in ``log_shares``.
    gain
        u, shape (...); any real number for L >= 2 (below 2 the leader's may fall, but others may reach 0: -inf).
    compounded
        L lambda t >= 0, shape (...).

    Returns
    -------
    Array
        Shape (..., features).

    Raises ValueError, in one line, for a value out of range.
    """
    features = _Features.of(start, efficiency, depth)
    grown = _scalar("gain", gain, -np.inf)[..., np.newaxis]
    lost = _scalar("compounded", compounded, 0.0)[..., np.newaxis]
    return np.asarray(features.log_start + features.lag(grown[..., 0]) + (grown - lost))


def log_speeds(start: ArrayLike, efficiency: ArrayLike, depth: ArrayLike) -> Array:
    """Return ln(L h_j g_j(0)^(1 - 2/L)), how fast each feature's logarithm grows at the start per unit of mu.

    At L >= 2 the largest among those present wins, if it is alone. Parameters as in ``log_shares``; -inf for what is
    absent; shape (..., features).
    """
    features = _Features.of(start, efficiency, depth)
    return np.asarray(features.log_speed)


def leader(start: ArrayLike, efficiency: ArrayLike, depth: ArrayLike) -> NDArray[np.intp]:
    """Return the index of the feature whose gain is the clock, the fastest at the start; shape (...)."""
    return np.asarray(np.argmax(log_speeds(start, efficiency, depth), axis=-1))


def clock(start: ArrayLike, efficiency: ArrayLike, depth: ArrayLike, gain: ArrayLike) -> Array:
    """Return S = integral of exp(-(L - 2) lambda t) mu dt at a gain of the leader: S = (1 - exp(-a u))/(a speed).

    Parameters as in ``log_strengths``; shape (...). At L > 2 it tends to 1/(a speed) as the gain grows.
    """
    features = _Features.of(start, efficiency, depth)
    u = _scalar("gain", gain, -np.inf)
    exponent = features.exponent * u
    safe = np.where(exponent == 0.0, 1.0, exponent)
    return np.asarray(u * np.where(exponent == 0.0, 1.0, -np.expm1(-safe) / safe) * np.exp(-features.top))


@dataclass(frozen=True)
class _Features:
    """The features at the start, in logs.

    Parameters
    ----------
    log_start, log_drive, log_speed
        ln g_j(0), ln(h_j g_j(0)) and ln(L h_j g_j(0)^a), shape (..., features), -inf for what is absent.
    depth, exponent, top
        L, a = 1 - 2/L and the leader's log-speed, shape (...).
    """

    log_start: Array
    log_drive: Array
    log_speed: Array
    depth: Array
    exponent: Array
    top: Array

    @classmethod
    def of(cls, start: ArrayLike, efficiency: ArrayLike, depth: ArrayLike) -> _Features:
        g, h, layers = _checked(start, efficiency, depth)
        exponent = 1.0 - 2.0 / layers
        a = exponent[..., np.newaxis]
        with np.errstate(divide="ignore"):
            log_start = np.where((a == -1.0) & (g == 0.0), ALMOST_ZERO, np.log(g))
        present = np.isfinite(log_start)
        safe = np.where(present, log_start, 0.0)
        log_speed = np.where(present, np.log(layers)[..., np.newaxis] + np.log(h) + a * safe, -np.inf)
        log_drive = np.where(present, np.log(h) + safe, -np.inf)
        return cls(log_start, log_drive, log_speed, layers, exponent, log_speed.max(axis=-1))

    def lag(self, gain: Array) -> Array:
        """Return how far each feature's log-growth is behind the leader's, -ln[rho + (1 - rho) exp(a u)]/a."""
        ratio = np.minimum(self.log_speed - self.top[..., np.newaxis], 0.0)
        behind = -np.expm1(ratio)
        u, a = np.asarray(gain)[..., np.newaxis], self.exponent[..., np.newaxis]
        z = a * u
        # Near L = 2 by series, at moderate a u by expm1, beyond by logs that cannot overflow: each within rounding.
        series = -behind * u * (1.0 + (1.0 - behind) * z / 2.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = np.log1p(behind * np.expm1(np.clip(z, -1.0, 1.0)))
            outer = np.logaddexp(ratio, np.log(behind) + z)
            exact = -np.where(np.abs(z) <= 1.0, inner, outer) / a
        return np.where(np.abs(z) < 1e-8, series, exact)

    def pace(self, gain: Array) -> Array:
        """Return the derivative of each log-growth by the leader's, rho/[rho + (1 - rho) exp(a u)], in [0, 1]."""
        ratio = np.minimum(self.log_speed - self.top[..., np.newaxis], 0.0)
        z = (self.exponent * gain)[..., np.newaxis]
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(np.exp(ratio - np.logaddexp(ratio, np.log(-np.expm1(ratio)) + z)))


def _root(features: _Features, target: Array) -> Array:
    """Return the gain at which the log of the undecayed drive is the target."""
    target, _ = np.broadcast_arrays(target, features.top)
    low, high = _bracket(features, target)
    gain = high
    for _ in range(MOST_ITERATIONS):
        excess, slope = _excess(features, gain, target)
        low, high = np.where(excess < 0.0, gain, low), np.where(excess > 0.0, gain, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = gain - excess / slope
        inside = (newton >= low) & (newton <= high)
        following = np.where(excess == 0.0, gain, np.where(inside, newton, 0.5 * (low + high)))
        done = np.abs(following - gain) <= ROUNDING * np.maximum(1.0, np.abs(gain))
        gain = following
        if np.all(done):
            break
    return np.asarray(gain)


def _excess(features: _Features, gain: Array, target: Array) -> tuple[Array, Array]:
    """Return ln(undecayed drive) - target at a gain, and its derivative."""
    weights = features.log_drive + features.lag(gain)
    level = _log_sum(weights)
    shares = np.exp(weights - level[..., np.newaxis])
    return gain + level - target, np.sum(shares * features.pace(gain), axis=-1)


def _bracket(features: _Features, target: Array) -> tuple[Array, Array]:
    """Return gains around the root; every gain is between 0 and the leader's, and the leader is part of the sum."""
    first = np.argmax(features.log_speed, axis=-1)[..., np.newaxis]
    alone = np.take_along_axis(features.log_drive, first, axis=-1)[..., 0]
    wanted = target - _log_sum(features.log_drive)
    low, high = wanted, np.where(wanted < 0.0, wanted, target - alone)
    width = np.ones_like(wanted)
    for _ in range(64):
        short = (wanted < 0.0) & (_excess(features, low, target)[0] > 0.0)
        if not np.any(short):
            return low, high
        if np.any(short & (features.exponent * low > SPENT)):
            break
        width *= 2.0
        low = np.where(short, wanted * width, low)
    raise ValueError(
        "start: its drive is so far above the one held that a feature of depth below 2 would have to vanish; must "
        "come down with all features present; scale the start down"
    )


def _log_sum(weights: Array) -> Array:
    """Return ln sum exp over the last axis."""
    top = weights.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.sum(np.exp(weights - top), axis=-1)) + top[..., 0])


def _checked(start: ArrayLike, efficiency: ArrayLike, depth: ArrayLike) -> tuple[Array, Array, Array]:
    g, h = (np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in (start, efficiency))
    layers = _scalar("depth", depth, 1.0)
    if g.shape[-1] != h.shape[-1]:
        raise ValueError(
            f"start, efficiency: got {g.shape[-1]} and {h.shape[-1]} features; must be one number a feature in both; "
            "pass as many"
        )
    if not np.all(np.isfinite(g) & (g >= 0.0)) or not np.all(np.any(g > 0.0, axis=-1)):
        raise ValueError(f"start: got {g.min():g} to {g.max():g}; must be finite, >= 0 and not all 0; correct it")
    if not np.all(np.isfinite(h) & (h > 0.0)):
        raise ValueError(f"efficiency: got {h.min():g} to {h.max():g}; must be finite and > 0; leave such features out")
    g, h = np.broadcast_arrays(g, h, np.empty((*layers.shape, 1)))[:2]
    return g, h, np.broadcast_to(layers, g.shape[:-1])


def _scalar(name: str, value: ArrayLike, least: float) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(array) & (array >= least)):
        rule = "finite" if least == -np.inf else f"finite and >= {least:g}"
        raise ValueError(f"{name}: got {array.min():g} to {array.max():g}; must be {rule}; correct it")
    return array
