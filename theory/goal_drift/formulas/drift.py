"""Closed forms of a goal that drifts behind a shut gate: its moments and the angles that it takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.goal_drift.formulas.elementary import Number, exprel

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)


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
