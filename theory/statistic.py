"""Statistics of samples, each as the mean of one influence a replicate, so that all share one standard error.

An influence function turns samples into values whose mean is the statistic's estimate and whose spread is its
sampling error to first order (the delta method).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Influence: TypeAlias = Callable[[Array], Array]


def mean(samples: Array) -> Array:
    """Return the samples themselves, of shape (replicates,)."""
    return samples


def variance(samples: Array) -> Array:
    """Return (x - mean)^2 n/(n-1), whose mean is the unbiased variance; samples of shape (replicates,)."""
    n = samples.shape[0]
    return np.asarray((samples - samples.mean(axis=0)) ** 2 * (n / (n - 1)))


def correlation(samples: Array) -> Array:
    """Return the influence of the correlation between two times; samples of shape (replicates, 2).

    With standardized x and y the estimate is r = mean(xy), and its influence r + xy - r (x^2 + y^2)/2.
    """
    x, y = ((samples - samples.mean(axis=0)) / samples.std(axis=0)).T
    r = float(np.mean(x * y))
    return np.asarray(r + x * y - r * (x**2 + y**2) / 2)


STATISTICS: Mapping[str, Influence] = {"mean": mean, "variance": variance, "correlation": correlation}


def estimate(statistic: str, samples: Any) -> tuple[float, float]:
    """Return a statistic's estimate and its standard error, from samples of shape (replicates, ...).

    The error is exactly 0 for a deterministic measure, whose samples are all the same.
    """
    influence = STATISTICS[statistic](np.asarray(samples, dtype=np.float64))
    if np.ptp(influence) == 0.0:
        return float(influence[0]), 0.0
    return float(influence.mean()), float(influence.std(ddof=1) / np.sqrt(influence.shape[0]))
