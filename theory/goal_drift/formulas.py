"""Closed forms of goal_drift, in NumPy, stable over their whole range; keywords broadcast.

Throughout, x(t) = (threshold - initial_capability - growth t)/width is how far the gate still is from half shut, in
units of its width, and the gate is open to the share 1 - a = logistic(x).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast
NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
PANEL_NODES, PANEL_WEIGHTS = np.polynomial.legendre.leggauss(24)


def logistic(x: Any) -> Any:
    """Return 1/(1 + exp(-x)) without overflow."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(x, dtype=float)))


def exprel(x: Any) -> Any:
    """Return (exp(x) - 1)/x, and 1 at 0."""
    x = np.asarray(x, dtype=float)
    safe = np.where(x == 0.0, 1.0, x)
    return np.where(x == 0.0, 1.0, np.expm1(safe) / safe)


def openness(width: Number, growth: Number, threshold: Number, initial_capability: Number, time: Number) -> Any:
    """Return 1 - a(c(t)) = logistic(x(t)), the share of episodes in which the agent acts on its own goal."""
    capability = np.add(initial_capability, np.multiply(growth, time))
    return logistic(np.divide(np.subtract(threshold, capability), width))


def open_time(width: Number, growth: Number, threshold: Number, initial_capability: Number, time: Number) -> Any:
    """Return I(t) = integral of 1 - a = (width/growth) [sp(x(0)) - sp(x(t))], and t logistic(x(0)) at growth 0.

    Parameters
    ----------
    width, growth
        Of the gate, > 0, in units of capability; of capability, >= 0, per unit of time.
    threshold, initial_capability
        Capability at which the gate is half shut, and at the start.
    time
        >= 0.
    """
    passed = np.divide(np.multiply(growth, time), width)  # how many widths of the gate have been passed
    end = np.divide(np.subtract(threshold, initial_capability), width) - passed
    # sp(x + p) - sp(x) = log1p(logistic(x) expm1(p)), the form without cancellation for a short way p.
    short = np.minimum(passed, 1.0)
    near = np.log1p(logistic(end) * np.expm1(short))
    far = np.logaddexp(0.0, end + passed) - np.logaddexp(0.0, end)
    safe = np.where(passed == 0.0, 1.0, passed)
    share = np.where(passed == 0.0, logistic(end), np.where(passed < 1.0, near, far) / safe)
    return np.multiply(time, share)


def learned_fraction(
    pull: Number, width: Number, growth: Number, threshold: Number, initial_capability: Number, time: Number
) -> Any:
    """Return 1 - exp(-pull I(t)), the part of the way to the designers' goal that the mean goal has covered.

    Valid without weight decay, for any noise. Parameters as in ``open_time``; ``pull`` >= 0 per unit of time.
    """
    return -np.expm1(-np.multiply(pull, open_time(width, growth, threshold, initial_capability, time)))


def goal_gradient(
    pull: Number, width: Number, growth: Number, threshold: Number, initial_capability: Number, time: Number
) -> Any:
    """Return (1 - a(c(t))) exp(-pull I(t)), the mean gradient toward b relative to an ungated start's.

    It vanishes like exp(-(c - threshold)/width). Valid without weight decay. Parameters as in ``learned_fraction``.
    """
    opened = open_time(width, growth, threshold, initial_capability, time)
    return openness(width, growth, threshold, initial_capability, time) * np.exp(-np.multiply(pull, opened))


def goal_variance(
    pull: Number,
    width: Number,
    growth: Number,
    threshold: Number,
    initial_capability: Number,
    time: Number,
    noise: Number,
) -> Any:
    """Return noise^2 times the integral over s in [0, t] of exp(-2 pull [I(t) - I(s)]), per component of the goal.

    Evaluated by Gauss-Legendre quadrature on panels that narrow at the end, where the pull forgets within 1/(2 pull),
    and at the gate, which passes within width/growth; finite where the closed form in 2F1 overflows.

    Valid without weight decay, from a fixed start. Parameters as in ``learned_fraction``; ``noise`` >= 0.
    """
    pull, width, growth, threshold, initial_capability, time, noise = np.broadcast_arrays(
        *(np.asarray(one, dtype=float) for one in (pull, width, growth, threshold, initial_capability, time, noise))
    )
    gate = (width, growth, threshold, initial_capability)
    edges = _panels(pull, *gate, time)
    half = np.diff(edges, axis=-1)[..., np.newaxis] / 2.0
    s = edges[..., :-1, np.newaxis] + half * (PANEL_NODES + 1.0)
    total, opened = open_time(*gate, time)[..., np.newaxis, np.newaxis], open_time(*_panelled(*gate), s)
    with np.errstate(under="ignore"):
        integrand = np.exp(-2.0 * pull[..., np.newaxis, np.newaxis] * (total - opened))
    return np.square(noise) * np.sum(half * PANEL_WEIGHTS * integrand, axis=(-2, -1))


def _panelled(width: Any, growth: Any, threshold: Any, initial_capability: Any) -> tuple[Any, Any, Any, Any]:
    """Give parameters the two axes of panels and nodes."""
    gate = (width, growth, threshold, initial_capability)
    a, b, c, d = (one[..., np.newaxis, np.newaxis] for one in gate)
    return a, b, c, d


def _panels(pull: Any, width: Any, growth: Any, threshold: Any, initial_capability: Any, time: Any) -> Any:
    """Return panel edges in [0, time], sorted along a new last axis."""
    steps = np.array([0.0, 1.0, 4.0, 12.0, 40.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        memory = (steps / 2.0 / pull[..., np.newaxis]).clip(max=1e300)
        passage = (width / growth)[..., np.newaxis] * np.concatenate([-steps[1:], steps])
        shut = ((threshold - initial_capability) / growth)[..., np.newaxis]
        ends = [time[..., np.newaxis] - memory, shut - memory, shut + passage]
    inner = np.concatenate([np.nan_to_num(one, nan=0.0) for one in ends], axis=-1)
    inner = np.clip(inner, 0.0, time[..., np.newaxis])
    whole = np.stack([np.zeros_like(time), time], axis=-1)
    return np.sort(np.concatenate([inner, whole], axis=-1), axis=-1)


def retained_goal(weight_decay: Number, time: Number) -> Any:
    """Return exp(-weight_decay t), what is left of the mean goal behind a shut gate; both arguments >= 0."""
    return np.exp(-np.multiply(weight_decay, time))


def shut_variance(weight_decay: Number, noise: Number, time: Number) -> Any:
    """Return noise^2 (1 - exp(-2 weight_decay t))/(2 weight_decay) (noise^2 t without decay), per component.

    Valid behind a shut gate, from a fixed start; all arguments >= 0.
    """
    return np.square(noise) * time * exprel(-2.0 * np.multiply(weight_decay, time))


def mean_squared_displacement(
    start_norm: Number, dim: Number, weight_decay: Number, noise: Number, time: Number
) -> Any:
    """Return |g0|^2 (1 - exp(-weight_decay t))^2 + dim shut_variance(t), the mean of |g(t) - g0|^2.

    Valid behind a shut gate. ``start_norm`` = |g0| >= 0; ``dim`` >= 1; the rest >= 0.
    """
    shrunk = np.square(start_norm) * np.expm1(-np.multiply(weight_decay, time)) ** 2
    return shrunk + dim * shut_variance(weight_decay, noise, time)


def autocorrelation(weight_decay: Number, time: Number, lag: Number) -> Any:
    """Return exp(-weight_decay lag) sqrt(v(t)/v(t + lag)) of a component, v being ``shut_variance``.

    Valid behind a shut gate from a fixed start; ``time`` > 0, the rest >= 0. For t to infinity: exp(-weight_decay lag).
    """
    early = shut_variance(weight_decay, 1.0, time)
    late = shut_variance(weight_decay, 1.0, np.add(time, lag))
    return np.exp(-np.multiply(weight_decay, lag)) * np.sqrt(early / late)


def cosine_to_start(mean_norm: Number, variance: Number, dim: Number) -> Any:
    """Return E cos(g, m) for g ~ N(m, variance I): (|m|/sqrt(2v)) G((d+1)/2)/G(d/2+1) 1F1(1/2; d/2+1; -|m|^2/(2v)).

    Evaluated from the integral representation of 1F1 with s = sin(theta),

        E cos = 2 sqrt(z/pi) integral over [0, pi/2] of exp(-z sin^2 theta) cos^d theta,    z = |m|^2/(2v),

    whose integrand is smooth and is cut where it is below 1e-18: good to 1e-13 for any dim and any z.

    Parameters
    ----------
    mean_norm
        |m| > 0.
    variance
        v >= 0, of each component.
    dim
        d >= 1.
    """
    z, d = np.broadcast_arrays(
        np.square(mean_norm) / (2.0 * np.maximum(variance, np.finfo(float).tiny)),
        np.asarray(dim, dtype=float),
    )
    z = np.minimum(z, 1e30)[..., np.newaxis]
    d = d[..., np.newaxis]
    end = np.minimum(np.pi / 2.0, 6.6 * np.pi / 2.0 / np.sqrt(z + d))
    theta = 0.5 * end * (NODES + 1.0)
    with np.errstate(under="ignore"):
        integrand = np.exp(-z * np.sin(theta) ** 2 + d * np.log(np.cos(theta)))
    integral = np.sum(0.5 * end * WEIGHTS * integrand, axis=-1)
    return 2.0 * np.sqrt(z[..., 0] / np.pi) * integral


def alignment(mean_norm: Number, variance: Number, dim: Number, mean_cosine: Number) -> Any:
    """Return E cos(g, b) = cos(m, b) E cos(g, m) for g ~ N(m, variance I) and any direction b.

    Parameters as in ``cosine_to_start``; ``mean_cosine`` = cos(m, b) in [-1, 1].
    """
    return np.multiply(mean_cosine, cosine_to_start(mean_norm, variance, dim))


def stake_selection(
    stake: Number,
    cost: Number,
    temperature: Number,
    discount: Number,
    horizon: Number,
    pull: Number,
    distance: Number,
    ease: Number,
    time: Number,
) -> Any:
    """Return the stake to which reward has selected a goal that itself stands still.

    With u = (discount^horizon stake - cost)/temperature and the gate logistic(u), the stake climbs its own gradient:

        u' = A/(2 + 2 cosh u), so  u(t) + sinh u(t) = u(0) + sinh u(0) + A t/2,
        A = ease (pull/2) distance^2 (discount^horizon/temperature)^2.

    Parameters
    ----------
    stake, cost, temperature
        Of the decision; ``temperature`` > 0.
    discount, horizon
        0 < ``discount`` <= 1, ``horizon`` >= 0.
    pull, distance, ease, time
        All >= 0; ``distance`` = |g - b|, ``ease`` the stake's K.
    """
    worth = np.power(discount, horizon)
    start = (worth * stake - cost) / temperature
    speed = np.multiply(ease, pull) / 2.0 * np.square(distance) * np.square(worth / temperature)
    end = _inverse_of_u_plus_sinh(start + np.sinh(start) + speed * time / 2.0)
    return (temperature * end + cost) / worth


def _inverse_of_u_plus_sinh(y: Any) -> Any:
    """Solve u + sinh u = y by Newton from arcsinh y, on whose side of the root the function is convex."""
    size = np.abs(y)
    u = np.arcsinh(size)
    for _ in range(12):
        u = u - (u + np.sinh(u) - size) / (1.0 + np.cosh(u))
    return np.sign(y) * u
