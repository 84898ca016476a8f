"""Influences: values, one a replicate, whose mean is a statistic's estimate and whose spread is its sampling error.

This is the delta method: each statistic is linearized at the samples' own moments. All take samples of one cell,
(replicates,) or (replicates, 2), and return (replicates,) values, NaN where a row is left out.

Source: Hampel, Journal of the American Statistical Association 69 (1974) 383.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import pairs
from simulator.estimate.empirical import Empirical
from simulator.estimate.moments import Moments
from simulator.estimate.pairs import PairMoments

Array: TypeAlias = NDArray[np.float64]


def values(samples: Array) -> Array:
    """Return the samples themselves, whose mean is the mean or the proportion."""
    return np.asarray(samples, dtype=np.float64)


def variance(samples: Array) -> Array:
    """Return (x - mean)^2 n/(n - 1), whose mean is the unbiased variance exactly."""
    moments = Moments.of(samples)
    n = np.where(moments.count > 1.0, moments.count, np.nan)
    return np.asarray((samples - moments.mean) ** 2 * (n / (n - 1.0)))


def correlation(samples: Array) -> Array:
    """Return r + xy - r (x^2 + y^2)/2 with standardized x and y, whose mean is r exactly."""
    moments = PairMoments.of(samples)
    r = pairs.correlation(moments)[0]
    deviation = np.where(np.isnan(samples).any(axis=1, keepdims=True), np.nan, samples - moments.mean)
    spread = np.sqrt(np.array([moments.powers[2, 0], moments.powers[0, 2]]) / np.maximum(moments.count, 1.0))
    x, y = (deviation / np.where(spread > 0.0, spread, np.nan)).T
    return np.asarray(r + x * y - r * (x**2 + y**2) / 2.0)


def explained_variance(samples: Array) -> Array:
    """Return r^2 + 2 r (influence of r - r)."""
    r = pairs.correlation(PairMoments.of(samples))[0]
    return np.asarray(r**2 + 2.0 * r * (correlation(samples) - r))


def information(samples: Array) -> Array:
    """Return f(r) + f'(r) (influence of r - r), and 0 where a row does not apply; the mean is q f(r)."""
    r = pairs.correlation(PairMoments.of(samples))[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = -0.5 * np.log1p(-(r**2)) + r / (1.0 - r**2) * (correlation(samples) - r)
    return np.where(np.isnan(samples).any(axis=1), 0.0, values)


def ratio(samples: Array) -> Array:
    """Return R + (x - R y)/mean y, whose mean is R exactly."""
    moments = PairMoments.of(samples)
    value = pairs.ratio(moments)[0]
    below = np.where(moments.mean[1] == 0.0, np.nan, moments.mean[1])
    return np.asarray(value + (samples[:, 0] - value * samples[:, 1]) / below)


def quantile(samples: Array, probability: float, edges: Array) -> Array:
    """Return q + (p - [x <= q])/f."""
    counted = Empirical.of(samples, edges)
    value, density = counted.quantile(probability)[0], counted.density(probability)
    below = np.where(np.isnan(samples), np.nan, samples <= value)
    return np.asarray(value + (probability - below) / density)
