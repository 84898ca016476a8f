"""Closed forms of awareness behind logistic gates: what is conserved, and how long gates stand open."""

from __future__ import annotations

from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast
Vector = Any  # a sequence over prerequisites, or an array whose last axis they are
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
STEPS = np.array([-40.0, -20.0, -12.0, -7.0, -4.0, -2.0, 0.0, 2.0, 4.0, 7.0, 12.0, 20.0, 40.0])


def gate_invariant(
    skill: Number, distance: Number, threshold: Number, width: Number, goal_ease: Number, skill_ease: Number,
    prerequisites: int = 1,
) -> Any:  # fmt: skip
    """Return what is conserved while k equal gates are learned and nothing else grows.

        e^2 + (4 goal_ease width^2/skill_ease) sum_{j=1}^k [z - sum_{m=1}^j C(j, m) exp(-m z)/m],   z = (c - c*)/width,

    for k = 1 e^2 + (4 goal_ease width/skill_ease) [(c - c*) - width exp(-z)]. Its second part grows without end as c
    does, so e -> 0 always: deception only delays, while e^2 falls by ``fall_per_efold``.

    Parameters
    ----------
    skill, distance
        c, the same for every gate, and e = |g - b| >= 0, now.
    threshold, width
        Of the gates; width > 0.
    goal_ease, skill_ease
        > 0.
    prerequisites
        k >= 1.

    Valid without growth, price of honesty, noise and weight decay.
    """
    from scipy.special import binom

    z = np.divide(np.subtract(skill, threshold), width)
    terms = [
        z - sum(binom(j, m) * np.exp(-m * z) / m for m in range(1, j + 1)) for j in range(1, int(prerequisites) + 1)
    ]
    return np.square(distance) + 4.0 * np.asarray(goal_ease) * np.square(width) / skill_ease * sum(terms)


def fall_per_efold(width: Number, goal_ease: Number, skill_ease: Number, prerequisites: Number = 1) -> Any:
    """Return 4 k goal_ease width^2/skill_ease, by how much e^2 falls in an e-fold of time once deception leads.

    Parameters as in ``gate_invariant``.
    """
    return 4.0 * np.asarray(prerequisites) * np.asarray(goal_ease) * np.square(width) / skill_ease


def price_exponent(width: Number, pull: Number, goal_ease: Number, skill_ease: Number, honesty_cost: Number) -> Any:
    """Return goal_ease pull width^2/(skill_ease honesty_cost), the power of time with which e falls behind a gate.

    A price of honesty shuts a logistic gate as 1 - a ~ width^2/(skill_ease honesty_cost t), whose integral has no end:
    it delays, it does not lock. Parameters as in ``gate_invariant``; pull, honesty_cost > 0.
    """
    return np.asarray(goal_ease, dtype=float) * pull * np.square(width) / (np.asarray(skill_ease) * honesty_cost)


def prerequisites(
    width: Number, growth: Number, threshold: Number, initial_capability: Number, gates: int, time: Number
) -> Any:
    """Return how long k equal gates in a product stand open by a time, while capability grows through them.

        I_k(t) = (width/growth) [sp(x(0)) - sp(x(t)) + sum_{j=1}^{k-1} (a(t)^j - a(0)^j)/j],

    a = logistic(-x) one gate, x = (threshold - c)/width: in the end (width/growth) (1 + 1/2 + ... + 1/(k - 1)) more
    than one gate, less what gates that were shut at the start have not to wait for.

    Parameters
    ----------
    width, growth
        > 0.
    threshold, initial_capability
        Of every gate.
    gates
        k >= 1.
    time
        >= 0, may be infinite.
    """
    first = np.divide(np.subtract(threshold, initial_capability), width)
    last = first - np.divide(np.multiply(growth, time), width)
    begun, now = _logistic(-first), _logistic(-last)
    more = sum((now**j - begun**j) / j for j in range(1, int(gates)))
    return np.divide(width, growth) * (np.logaddexp(0.0, first) - np.logaddexp(0.0, last) + more)


def unequal_prerequisites(
    width: Number, growth: Vector, threshold: Vector, initial_capability: Vector, time: Number
) -> Any:
    """Return the same for gates that differ, the integral of 1 - prod_i a_i(c_i(t)), by quadrature around each gate.

    The product locks with its last gate: it is open at least as long as that gate alone, and longer by no more than
    the others are open after that gate is half shut, plus what that gate is shut before.

    Parameters
    ----------
    width
        Of all gates, > 0.
    growth, threshold, initial_capability
        Of each gate, growth > 0; shape (gates,).
    time
        A number >= 0.
    """
    rate, at, begun = (
        np.broadcast_to(np.asarray(one, dtype=float), np.broadcast_shapes(*map(np.shape, (growth, threshold))))
        for one in (growth, threshold, initial_capability)
    )
    shut = ((at - begun) / rate)[:, np.newaxis] + (width / rate)[:, np.newaxis] * STEPS
    edges = np.unique(np.clip(np.concatenate([[0.0, float(time)], shut.ravel()]), 0.0, float(time)))
    half = np.diff(edges)[:, np.newaxis] / 2.0
    moment = edges[:-1, np.newaxis] + half * (NODES + 1.0)
    x = (at - begun - rate * moment[..., np.newaxis]) / width
    opened = -np.expm1(-np.logaddexp(0.0, x).sum(axis=-1))
    return np.sum(half * WEIGHTS * opened)


def grown_residual(
    width: Number, growth: Number, threshold: Number, initial_capability: Number, pull: Number, goal_ease: Number,
    gates: int = 1,
) -> Any:  # fmt: skip
    """Return exp(-goal_ease pull I_k(infinity)), the share of misalignment that growth alone locks in.

    Parameters as in ``prerequisites``; pull, goal_ease >= 0. Where awareness is learned besides, gates shut earlier
    and more is locked in: for any growth > 0 something is.
    """
    open_time = prerequisites(width, growth, threshold, initial_capability, gates, np.inf)
    return np.exp(-np.asarray(goal_ease, dtype=float) * pull * open_time)


def locking_growth(
    width: Number, threshold: Number, initial_capability: Number, pull: Number, goal_ease: Number, share: Number = 0.5
) -> Any:
    """Return the growth at which one gate locks in a share: goal_ease pull width sp(x(0))/ln(1/share).

    Parameters as in ``grown_residual``; share in (0, 1).
    """
    first = np.divide(np.subtract(threshold, initial_capability), width)
    whole = np.asarray(goal_ease, dtype=float) * pull * width * np.logaddexp(0.0, first)
    return whole / -np.log(share)


def _logistic(x: Any) -> Any:
    return np.exp(-np.logaddexp(0.0, -np.asarray(x, dtype=float)))
