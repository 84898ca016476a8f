"""Closed forms of truncation: who keeps the best k of n moves means by normal order statistics and uses variance up.

With Z_(j) the j-th lowest of n standard normals and U ~ Beta(a, b), Z = Phi^-1(U),

    intensity                (1/k) sum of E Z_(j) over the k highest = (n/k) E phi(Z),       a = n - k, b = k
    their mean square        (1/k) sum of E Z_(j)^2 = 1 + (n/k) E Z phi(Z),                  a = n - k, b = k
    variance among them      E[1 - L (L - T)], L = phi(T)/Phi(-T), T = Z,                    a = n - k, b = k + 1

(integrate by parts the density of an order statistic; given the highest value T not kept, those kept are independent
normals beyond T). Each is one integral of a log-concave density, taken where the density is: n may be a million.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

DROP = 45.0  # the density is integrated to exp(-45) of its peak
NODES = 801  # of a trapezoidal rule, which converges exponentially here


def truncation_intensity(group_size: Any, kept: Any) -> Any:
    """Return i, the mean of the ``kept`` highest of ``group_size`` standard normals.

    Parameters
    ----------
    group_size
        n >= 1, or infinite; then ``kept`` is the share that is kept.
    kept
        k from 1 to n, or a share in (0, 1) of infinitely many.

    n -> infinity: i = phi(z)/p, z = Phi^-1(1 - p).
    """
    return _broadcast(_intensity, group_size, kept)


def variance_after_selection(
    variance: Any, correlation: Any, kept_fraction: Any, group_size: Any = np.inf, within: bool = False
) -> Any:
    """Return the variance of a trait among those kept by truncation on a score: V (1 - r^2 k).

    n -> infinity: k = i (i - z). In groups of n it is 1 minus the variance of the kept order statistics: pooled over
    groups, or within them.

    Parameters
    ----------
    variance
        V > 0 before selection.
    correlation
        r of the trait and the score.
    kept_fraction
        Share that is kept, in (0, 1).
    group_size
        n >= 2, kept_fraction n a whole number; infinite by default.
    within
        False: around the mean of all that are kept anywhere. True: around the mean of their own group, ddof 1 (two or
        more must be kept). The two differ by the variance of the groups' means.

    Valid for a trait and a score that are jointly normal. Source: Bulmer, American Naturalist 105 (1971) 201.
    """
    used = _broadcast(_used_within if within else _used_pooled, group_size, _kept(group_size, kept_fraction))
    return np.asarray(variance) * (1.0 - np.square(correlation) * used)


def covariance_after_selection(
    covariances: Any, score_sd: Any, kept_fraction: Any, group_size: Any = np.inf, before: Any = 0.0
) -> Any:
    """Return the covariance of A and B among those kept by truncation: C - Cov(A, S) Cov(B, S)/sigma_S^2 k.

    Parameters
    ----------
    covariances
        Cov(A, S) and Cov(B, S), shape (..., 2).
    score_sd, kept_fraction, group_size
        sigma_S, and as in ``variance_after_selection`` (pooled).
    before
        C, the covariance before selection.

    Traits that began independent are correlated: of those that pass, who misbehaves more evades more.
    """
    pair = np.asarray(covariances, dtype=float)
    used = _broadcast(_used_pooled, group_size, _kept(group_size, kept_fraction))
    return before - pair[..., 0] * pair[..., 1] / np.square(score_sd) * used


def correlation_after_selection(weights: Any, variances: Any, kept_fraction: Any, group_size: Any = np.inf) -> Any:
    """Return the correlation of A and B, independent before, among those kept by truncation on S = w_A A - w_B B.

    ``covariance_after_selection`` over the root of the product of ``variance_after_selection`` (pooled).

    Parameters
    ----------
    weights, variances
        Of misbehavior and evasion, shape (..., 2), > 0.
    kept_fraction, group_size
        As in ``variance_after_selection``.

    Positive: of those that pass, who misbehaves more evades more.
    """
    weight, variance = (np.asarray(one, dtype=float) for one in (weights, variances))
    signed = weight * variance * np.array([1.0, -1.0])
    score = np.sum(weight**2 * variance, axis=-1)
    both = [
        variance_after_selection(variance[..., one], signed[..., one] / np.sqrt(variance[..., one] * score),
                                 kept_fraction, group_size)
        for one in (0, 1)
    ]  # fmt: skip
    return covariance_after_selection(signed, np.sqrt(score), kept_fraction, group_size) / np.sqrt(both[0] * both[1])


def population_response(covariance: Any, score_sd: Any, population: Any, kept_fraction: Any) -> Any:
    """Return the change of a trait's mean in a generation of N that truncates on the lowest scores: -Cov/sigma_S i.

    Parameters: ``covariance`` of trait and score, ``score_sd``, ``population`` N, ``kept_fraction`` of it, with
    kept_fraction N whole. Exact for normal traits.
    """
    return -np.asarray(covariance) / score_sd * truncation_intensity(population, _kept(population, kept_fraction))


def population_variance(
    variance: Any, correlation: Any, population: Any, kept_fraction: Any, mutation_variance: Any = 0.0
) -> Any:
    """Return the variance (ddof 1) within a population of N after a generation of truncation and mutation.

    (1 - 1/k) V (1 - r^2 k_within) + v_m: offspring draw independent parents among the k kept, whose variance is
    ``variance_after_selection`` within a group of N. Exact for normal traits.

    Parameters: V, r of the trait and what selection saw, N, the share kept (two or more), v_m >= 0.
    """
    kept = _kept(population, kept_fraction)
    within = variance_after_selection(variance, correlation, kept_fraction, population, within=True)
    return (1.0 - 1.0 / np.asarray(kept)) * within + mutation_variance


def _kept(group_size: Any, fraction: Any) -> Any:
    """Return k = fraction n, rounded, or the fraction itself of infinitely many."""
    n, share = np.asarray(group_size, dtype=float), np.asarray(fraction, dtype=float)
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(n), share, np.round(np.where(np.isinf(n), 0.0, n) * share))


def _broadcast(function: Callable[[float, float], float], group_size: Any, kept: Any) -> Any:
    return np.vectorize(function, otypes=[float])(group_size, kept)[()]


def _intensity(n: float, k: float) -> float:
    if np.isinf(n):
        return _limit(k)[0]
    return 0.0 if k == n else float(n / k * _mean(_density, n - k, k))


def _used_pooled(n: float, k: float) -> float:
    if np.isinf(n):
        i, z = _limit(k)
        return i * (i - z)
    if k == n:
        return 0.0
    return float(_intensity(n, k) ** 2 - n / k * _mean(lambda z: z * _density(z), n - k, k))


def _used_within(n: float, k: float) -> float:
    if np.isinf(n):
        return _used_pooled(n, k)
    return 0.0 if k == n else float(_mean(_shrinkage, n - k, k + 1.0))


def _limit(share: float) -> tuple[float, float]:
    from scipy.special import ndtri

    z = -float(ndtri(share))
    return float(_density(z)) / share, z


def _density(z: Any) -> Any:
    return np.exp(-0.5 * np.square(z)) / np.sqrt(2.0 * np.pi)


def _shrinkage(z: Any) -> Any:
    """Return L (L - z): by how much a standard normal beyond z varies less."""
    from scipy.special import log_ndtr

    mills = np.exp(-0.5 * np.square(z) - 0.5 * np.log(2.0 * np.pi) - log_ndtr(-z))
    return mills * (mills - z)


def _mean(function: Callable[[Any], Any], a: float, b: float) -> float:
    """Return E f(Phi^-1(U)) for U ~ Beta(a, b), by the trapezoidal rule where the density is."""
    from scipy.optimize import brentq
    from scipy.special import log_ndtr

    def log_density(z: Any) -> Any:
        return -0.5 * z * z + (a - 1.0) * log_ndtr(z) + (b - 1.0) * log_ndtr(-z)

    def slope(z: float) -> float:
        log_phi = -0.5 * z * z - 0.5 * np.log(2.0 * np.pi)
        up, down = np.exp(log_phi - log_ndtr(z)), np.exp(log_phi - log_ndtr(-z))
        return float(-z + (a - 1.0) * up - (b - 1.0) * down)

    peak = brentq(slope, -40.0, 40.0)
    floor = log_density(peak) - DROP
    left, right = (brentq(lambda z: log_density(z) - floor, peak, peak + side) for side in (-40.0, 40.0))
    z = np.linspace(left, right, NODES)
    weights = np.exp(log_density(z) - floor - DROP)
    return float(weights @ function(z) / weights.sum())
