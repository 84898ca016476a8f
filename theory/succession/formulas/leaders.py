"""Closed forms of who leads: how often the lead changes hands, and whether the first leader has it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Number: TypeAlias = Any

LOWEST, HIGHEST, PLACES = -12.0, 40.0, 4161  # of the integral over the leaders' height: steps of 1/80
WIDEST, SIDE = 9.0, 160  # of the plane that two leaders' heights are integrated over
ANGLES = 48


def expected_successions(circuits: Number, correlation: Number = 0.0, end: Number = np.inf) -> Any:
    """Return how often the lead changes hands, on average, among circuits of normal presence and quality.

    (theta/(pi/2)) sqrt(pi) C(K, 2) integral of Phi(x)^(K-2) phi(x)^2 dx,
    theta = angle of (1 + r T, sqrt(1 - r^2) T), which is pi/2 for r = 0 and T infinite.

    The leaders are the corners of the convex hull of K points (quality, presence) that are seen from the directions
    (tau, 1), 0 < tau < T; made round, those directions span theta of the 2 pi in which corners are equally likely.

    Parameters
    ----------
    circuits
        K >= 1.
    correlation
        r of a circuit's presence and quality, from -1 to 1.
    end
        T > 0, end of the clock, in standard deviations of presence over those of quality; may be infinite.

    Grows as (theta/(pi/2)) sqrt(pi ln K/2), slowly approached. Source: Efron, Biometrika 52 (1965) 331, equation 3.3.
    """
    K = np.asarray(circuits, dtype=float)
    return _turn(correlation, end) / (np.pi / 2.0) * np.exp(_log_quarter(K))


def _turn(correlation: Number, end: Number) -> Any:
    """Return theta, the angle that the whitened direction of the lead turns through until the end."""
    r, T = np.broadcast_arrays(np.asarray(correlation, dtype=float), np.asarray(end, dtype=float))
    across = np.sqrt(1.0 - r**2)
    far = np.isinf(T)
    near = np.where(far, 1.0, T)
    return np.where(far, np.arctan2(across, r), np.arctan2(across * near, 1.0 + r * near))


def _log_quarter(K: Any) -> Any:
    """Return ln of sqrt(pi) C(K, 2) integral of Phi^(K-2) phi^2, for any K > 1, by the trapezoidal rule.

    The integrand is analytic and dies off at both ends, so the rule is exact to rounding.
    """
    from scipy.special import log_ndtr, logsumexp

    x, step = np.linspace(LOWEST, HIGHEST, PLACES, retstep=True)
    size = K[..., np.newaxis]
    exponent = (size - 2.0) * log_ndtr(x) - x**2 - np.log(2.0 * np.pi)
    with np.errstate(divide="ignore"):  # one circuit has nobody to lose the lead to
        pairs = np.log(K) + np.log(K - 1.0) - np.log(2.0)
    return pairs + logsumexp(exponent, axis=-1) + np.log(step) + np.log(np.pi) / 2.0


def leading_successions(circuits: Number) -> Any:
    """Return sqrt(pi ln K/2), what ``expected_successions`` of uncorrelated circuits grows as."""
    return np.sqrt(np.pi * np.log(np.asarray(circuits, dtype=float)) / 2.0)


def exponential_successions(circuits: Number) -> Any:
    """Return the same for circuits of exponential presence and quality, independent, of any two means.

    With b = 1 - tau and S(c) = (e^(-c) - tau e^(-c/tau))/b, the chance of a circuit to be above c at tau,

    K (K - 1) integral over tau in (0, 1) and c > 0 of (1 - S)^(K-2) (2/b^3) e^(-c - c/tau) [sinh(b c/tau) - b c/tau].

    Parameters
    ----------
    circuits
        K >= 2.

    Grows as ln ln K: slower still. Source: Rice's formula for the crossings of the two highest lines.
    """
    K = np.asarray(circuits, dtype=float)
    return np.vectorize(_exponential, otypes=[float])(K)


def _exponential(K: float) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(ANGLES)
    tau = (nodes[:, np.newaxis] + 1.0) / 2.0
    # In ln c, in which the integrand dies off at both ends and the trapezoidal rule is exact to rounding.
    logarithm, step = np.linspace(-14.0, np.log(np.log(K) + 45.0), 2001, retstep=True)
    c = np.exp(logarithm)
    above, density = above_and_crossing(tau, c)
    with np.errstate(divide="ignore"):
        log_below = np.maximum(np.log1p(-np.minimum(above, 1.0)), -1e300)
    inner = np.sum(np.exp((K - 2.0) * log_below) * density * c, axis=1) * step
    return float(K * (K - 1.0) * (weights @ inner) / 2.0)


def above_and_crossing(tau: Any, c: Any) -> tuple[Any, Any]:
    """Return the chance that an exponential line is above c at tau < 1, and the density of two lines crossing there.

    Evaluated so that nothing cancels as tau goes to 1 and nothing overflows.
    """
    b = 1.0 - tau
    x = b * c / tau
    above = np.exp(-c / tau) - np.exp(-c) * np.expm1(-x) / b
    small = x < 0.5
    safe = np.where(small, 1.0, x)
    far = (np.exp(-2.0 * c) - np.exp(-2.0 * c / tau)) / 2.0 - safe * np.exp(-c - c / tau)
    y = np.where(small, x, 0.0) ** 2
    series = (1.0 + y / 20.0 * (1.0 + y / 42.0 * (1.0 + y / 72.0 * (1.0 + y / 110.0)))) / 6.0
    near = 2.0 * (c / tau) ** 3 * np.exp(-c - c / tau) * series
    return above, np.where(small, near, 2.0 * far / b**3)


def first_leads(circuits: Number, time: Number, noise: Number = 0.0, correlation: Number = 0.0) -> Any:
    """Return the probability that the first leader leads at tau: without noise, that the lead has not changed hands.

    K integral of phi_2(x, y; c) Phi_2(x, y; c)^(K-1) dx dy,   c = (1 + r tau)/sqrt(1 + 2 r tau + tau^2 + noise^2 tau)

    c correlates a circuit's log-share at the start and at tau; it is 1/K for c = 0, as after a long time (r = 0).

    Parameters
    ----------
    circuits
        K >= 1, of standard normal presence and quality.
    time
        tau >= 0; may be infinite.
    noise
        In the quality of each circuit, >= 0, per root of time.
    correlation
        r of presence and quality, from -1 to 1.
    """
    K, T, spread, r = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (circuits, time, noise,
                                                                                     correlation)))  # fmt: skip
    near = np.where(np.isinf(T), 1.0, T)
    memory = (1.0 + r * near) / np.sqrt(1.0 + 2.0 * r * near + near**2 + spread**2 * near)
    return np.vectorize(_both_lead, otypes=[float])(K, np.where(np.isinf(T), r, memory))


def _both_lead(K: float, c: float) -> float:
    """Integrate over x = u and y = c u + sqrt(1 - c^2) w on a grid that misses the axes; analytic, so to rounding."""
    if c >= 1.0 - 1e-12:
        return 1.0
    if c <= -1.0 + 1e-12:
        return 0.0 if K > 1 else 1.0
    ticks = (np.arange(SIDE) + 0.5) * (2.0 * WIDEST / SIDE) - WIDEST
    u, w = ticks[:, np.newaxis], ticks + 1e-3
    below = orthant(u, c * u + np.sqrt(1.0 - c**2) * w, c)
    density = np.exp(-(u**2 + w**2) / 2.0) / (2.0 * np.pi)
    return float(K * np.sum(density * np.clip(below, 0.0, 1.0) ** (K - 1.0)) * (2.0 * WIDEST / SIDE) ** 2)


def orthant(h: Any, k: Any, c: float) -> Any:
    """Return P(X < h, Y < k) of standard normals of correlation c, by Owen's function; h and k not 0, |c| < 1.

    Source: Owen, Annals of Mathematical Statistics 27 (1956) 1075, equation 2.1.
    """
    from scipy.special import ndtr, owens_t

    across = np.sqrt(1.0 - c**2)
    parts = owens_t(h, (k - c * h) / (h * across)) + owens_t(k, (h - c * k) / (k * across))
    return (ndtr(h) + ndtr(k)) / 2.0 - parts - 0.5 * (h * k < 0.0)
