"""Closed forms of a goal behind a shutting gate.

Throughout, x(t) = (threshold - initial_capability - growth t)/width is how far the gate still is from half shut, in
units of its width, and the gate is open to the share 1 - a = logistic(x).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.goal_drift.formulas.elementary import Number, logistic

PANEL_NODES, PANEL_WEIGHTS = np.polynomial.legendre.leggauss(24)


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
