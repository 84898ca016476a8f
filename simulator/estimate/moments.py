"""Streaming statistics: central moments that merge, and the standard errors that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

# Values whose spread is below this share of their mean are equal up to rounding.
ROUNDING = 1e-14


@dataclass(frozen=True)
class Moments:
    """Counts, means and sums of central powers of a measure, one of each per cell (time, component, ...).

    Parameters
    ----------
    count
        How many replicates the measure applied to; shape of a cell array.
    mean
        Their mean (0 where there is none).
    second, third, fourth
        Sums of (x - mean)^k for k = 2, 3, 4.

    Source: Pebay, Sandia report SAND2008-6212 (2008), equations 2.1 and 3.1.
    """

    count: Array
    mean: Array
    second: Array
    third: Array
    fourth: Array

    @classmethod
    def of(cls, samples: Array) -> Moments:
        """Return the moments of samples of shape (replicates, ...), in float64; NaN means "does not apply"."""
        samples = np.asarray(samples, dtype=np.float64)
        applies = ~np.isnan(samples)
        count = applies.sum(axis=0).astype(np.float64)
        values = np.where(applies, samples, 0.0)
        with np.errstate(invalid="ignore"):
            mean = values.sum(axis=0) / np.maximum(count, 1.0)
            deviation = np.where(applies, values - mean, 0.0)
        square = deviation**2
        return cls(count, mean, square.sum(axis=0), (square * deviation).sum(axis=0), (square**2).sum(axis=0))

    def merge(self, other: Moments) -> Moments:
        """Return the moments of both samples together."""
        a, b = self, other
        n = np.maximum(a.count + b.count, 1.0)
        gap = b.mean - a.mean
        share = gap / n
        cross = gap * share * a.count * b.count
        second = a.second + b.second + cross
        third = a.third + b.third + cross * share * (a.count - b.count)
        third = third + 3.0 * share * (a.count * b.second - b.count * a.second)
        fourth = a.fourth + b.fourth + cross * share**2 * (a.count**2 - a.count * b.count + b.count**2)
        fourth = fourth + 6.0 * share**2 * (a.count**2 * b.second + b.count**2 * a.second)
        fourth = fourth + 4.0 * share * (a.count * b.third - b.count * a.third)
        return Moments(a.count + b.count, a.mean + share * b.count, second, third, fourth)

    @property
    def variance(self) -> Array:
        """The unbiased sample variance; NaN for fewer than two values."""
        return np.where(self.count > 1.0, self.second / np.maximum(self.count - 1.0, 1.0), np.nan)

    @property
    def mean_error(self) -> Array:
        """The standard error of the mean, sd/sqrt(n); NaN for fewer than two values."""
        return np.asarray(np.sqrt(self.variance / np.maximum(self.count, 1.0)))

    @property
    def variance_error(self) -> Array:
        """The standard error of the variance, sqrt((m4 - m2^2 (n-3)/(n-1))/n), from the fourth moment.

        Valid for independent replicates with a finite fourth moment; the estimate itself needs n of some hundreds.
        """
        n = np.maximum(self.count, 2.0)
        fourth, second = self.fourth / n, self.second / n
        spread = fourth - second**2 * (n - 3.0) / (n - 1.0)
        return np.where(self.count > 1.0, np.sqrt(np.maximum(spread, 0.0) / n), np.nan)

    @property
    def proportion_error(self) -> Array:
        """The standard error of a proportion that is never 0: the posterior's standard deviation (Jeffreys).

        With k ones of n, the posterior under the prior Beta(1/2, 1/2) is Beta(k + 1/2, n - k + 1/2).
        """
        middle = (self.mean * self.count + 0.5) / (self.count + 1.0)
        return np.asarray(np.sqrt(middle * (1.0 - middle) / (self.count + 2.0)))


# Two grids estimate an error; Roache's grid convergence index asks for a quarter more, where the order is known.
SAFETY = 1.25


def richardson(difference: Array, order: int) -> tuple[Any, Any]:
    """Return a mean's discretization error and the error's own standard error, from coupled samples.

    With weak order p the error at the step is (coarse - fine) 2^p/(2^p - 1), up to higher orders.

    Parameters
    ----------
    difference
        coarse - fine, of shape (replicates, ...): at a step and at half of it, on the same noise.
    order
        The weak order p >= 1.

    Source: Roache, Journal of Fluids Engineering 116 (1994) 405.
    """
    factor = 2.0**order / (2.0**order - 1.0)
    moments = Moments.of(difference)
    return factor * moments.mean, factor * moments.mean_error
