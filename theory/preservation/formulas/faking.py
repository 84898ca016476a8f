"""Closed forms of a goal behind a gate: what leaks through it, and what it drifts by before anything holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast


def leaky_half_life(pull: Number, max_awareness: Number) -> Any:
    """Return ln 2/(pull (1 - a_max)), in which the mean goal loses half of its distance to the designers'.

    Parameters
    ----------
    pull
        > 0, per unit of time.
    max_awareness
        a_max in [0, 1], the share of episodes that are played for reward; at 1 the goal is kept (infinity).

    Valid beyond the threshold by many gate widths, without weight decay or hold, for any noise.
    """
    with np.errstate(divide="ignore"):
        return np.log(2.0) / (np.asarray(pull, dtype=float) * np.subtract(1.0, max_awareness))


def leaky_distance(pull: Number, max_awareness: Number, time: Number) -> Any:
    """Return exp(-pull (1 - a_max) t), the part of the mean distance to the designers' goal that is left.

    Parameters and validity as in ``leaky_half_life``; ``time`` >= 0.
    """
    return np.exp(-np.multiply(pull, np.subtract(1.0, max_awareness)) * time)


def danger_window(
    noise: Number,
    growth: Number,
    threshold: Number,
    initial_capability: Number,
    hacking_threshold: Number,
    memory_threshold: Number = np.inf,
) -> Any:
    """Return noise^2 [min(c_h, c_m) - max(c*, c_0)]/r, the variance a component gains while nothing holds it.

    From awareness (or the start, if that is later), where selection lets go, to the first hold: the goal's own hacking
    or, if it comes first, a memory outside the weights. 0 where the hold comes before awareness.

    Parameters
    ----------
    noise
        sigma >= 0, per square root of time.
    growth
        r > 0, of capability, per unit of time.
    threshold, initial_capability
        c* and c_0, any capability.
    hacking_threshold, memory_threshold
        c_h and c_m; infinity for never.

    Valid for sharp gates and no weight decay. It bounds no drift from then on: see ``memory_error``.
    """
    first = np.minimum(hacking_threshold, memory_threshold)
    way = np.maximum(first - np.maximum(threshold, initial_capability), 0.0)
    return np.square(noise) * way / growth


def window_variance(
    pull: Number,
    max_awareness: Number,
    width: Number,
    growth: Number,
    threshold: Number,
    initial_capability: Number,
    hacking_threshold: Number,
    hold: Number,
    weight_decay: Number,
    noise: Number,
    time: Number,
) -> Any:
    """Return noise^2 times the integral over s in [0, t] of exp(-2 [A(t) - A(s)]), the variance of a component.

    A(t) = weight_decay t + pull [t - a_max J(c*)] + hold J(c_h), with J(x) = integral of logistic((c_0 + r s - x)/w)
    = (w/r) [sp((c_0 + r t - x)/w) - sp((c_0 - x)/w)]: what holds the goal's spread together, as long as it does, be it
    the pull through an open gate, decay, or hacking. By Gauss-Legendre quadrature on panels that narrow at both gates
    and at the end; good to 1e-10.

    Parameters
    ----------
    pull, hold, weight_decay
        >= 0, per unit of time.
    max_awareness
        In [0, 1].
    width, growth
        > 0, of both gates; of capability, per unit of time.
    threshold, initial_capability, hacking_threshold
        Capabilities.
    noise, time
        >= 0.

    Valid from a fixed start, with a fixed memory.
    """
    given = (pull, max_awareness, width, growth, threshold, initial_capability, hacking_threshold, hold, weight_decay,
             noise, time)  # fmt: skip
    *law, level, end = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in given))
    edges = _edges(law, end)
    half = np.diff(edges, axis=-1)[..., np.newaxis] / 2.0
    s = edges[..., :-1, np.newaxis] + half * (NODES + 1.0)
    panelled = [one[..., np.newaxis, np.newaxis] for one in law]
    kept = _compounded(panelled, end[..., np.newaxis, np.newaxis]) - _compounded(panelled, s)
    with np.errstate(under="ignore"):
        return np.square(level) * np.sum(half * WEIGHTS * np.exp(-2.0 * kept), axis=(-2, -1))


def _compounded(law: Sequence[Any], time: Any) -> Any:
    """Return A(t), the integral of all that holds the goal's spread together."""
    pull, max_awareness, width, growth, threshold, start, hacking_threshold, hold, decay = law

    def passed(level: Any) -> Any:
        end, begin = (start + growth * time - level) / width, (start - level) / width
        return width / growth * (np.logaddexp(0.0, end) - np.logaddexp(0.0, begin))

    return decay * time + pull * (time - max_awareness * passed(threshold)) + hold * passed(hacking_threshold)


NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
_STEPS = np.array([0.0, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 40.0])


def _edges(law: Sequence[Any], time: Any) -> Any:
    """Return edges of panels in [0, time], sorted along a new last axis: dense at the gates and at the end."""
    pull, _, width, growth, threshold, start, hacking_threshold, hold, decay = law
    memory = _STEPS / np.maximum(pull + hold + decay, 1e-12)[..., np.newaxis]
    passage = (width / growth)[..., np.newaxis] * np.concatenate([-_STEPS[1:], _STEPS])
    gates = [((level - start) / growth)[..., np.newaxis] for level in (threshold, hacking_threshold)]
    end = time[..., np.newaxis]
    at = [*(gate + passage for gate in gates), *(gate - memory for gate in gates), end - memory]
    even = end * np.linspace(0.0, 1.0, 9)
    return np.sort(np.clip(np.concatenate([*at, even], axis=-1), 0.0, end), axis=-1)


def lapsing_variance(hold: Number, ease: Number, cost: Number, noise: Number, time: Number) -> Any:
    """Return the variance of a component whose hold is unlearned because it costs reward.

    The hold is hold exp(-eta t), eta = ease cost, and with x(t) = 2 hold exp(-eta t)/eta

        v = (noise^2/eta) exp(x(t)) [E_1(x(t)) - E_1(x(0))],        noise^2 (1 - exp(-2 hold t))/(2 hold) at eta = 0.

    As t grows it is noise^2 (t - delay), delay = [ln(2 hold/eta) + Euler's gamma + E_1(2 hold/eta)]/eta: hacking that
    costs anything only delays the drift.

    Parameters
    ----------
    hold
        > 0, per unit of time, at the start.
    ease, cost
        >= 0: how readily effort is unlearned, and what it costs at full.
    noise, time
        >= 0.

    Valid far beyond the hacking threshold, without weight decay, from a fixed start at the memory.
    """
    from scipy.special import hyperu  # exp(x) E_1(x) = U(1, 1, x), which neither overflows nor underflows

    hold, noise, time = (np.asarray(one, dtype=float) for one in (hold, noise, time))
    eta = np.multiply(ease, cost, dtype=float)
    safe = np.where(eta > 0.0, eta, 1.0)
    first, last = 2.0 * hold / safe, 2.0 * hold * np.exp(-safe * time) / safe
    lapsing = (hyperu(1.0, 1.0, last) - np.exp(first * np.expm1(-safe * time)) * hyperu(1.0, 1.0, first)) / safe
    steady = -np.expm1(-2.0 * hold * time) / (2.0 * hold)
    return np.square(noise) * np.where(eta > 0.0, lapsing, steady)
