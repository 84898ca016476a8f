"""Control variates: numbers of known mean zero, drawn with a measure, whose chance part is taken out of its mean.

With x of mean zero, mean(y) - beta mean(x) has the mean of y for any beta that does not depend on these replicates,
and its variance is least at beta = Var(x)^-1 Cov(x, y). So the groups of replicates are dealt in turn to two folds,
and each fold takes the other's beta: the estimate is unbiased for any number of replicates, and its variance is
Var(y - beta x)/n fold by fold, but for the folds' covariance, which is 1/n of it and left out. A beta from the same
replicates would bias the estimate by O(1/n).

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2003), section 4.1; Avramidis and Wilson, Operations
Research 41 (1993) 326, for splitting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

FOLDS = 2
ROUNDING = 64.0 * np.finfo(np.float64).eps
"""Share of a variance below which a residual's is rounding: differences of squares keep no more digits."""
DEGENERATE = 1e-10
"""Share of the largest eigenvalue of the controls' correlations below which one repeats others."""


@dataclass(frozen=True)
class Controls:
    """Joint second moments of (sum, count, controls) over groups of replicates, in two folds.

    Parameters
    ----------
    number
        How many groups each fold has; shape (2, ...), one number for all cells.
    mean
        The means over groups of a group's sum, of how many of its replicates the measure applied to, and of its sum of
        each control; shape (2, 2 + controls, cells ...).
    product
        Sums over groups of products of what is left of these without their means; (2, 2 + controls, 2 + controls,
        cells ...).
    """

    number: Array
    mean: Array
    product: Array

    @classmethod
    def of(cls, samples: Array, controls: Array, group: int = 1) -> Controls:
        """Return the moments of samples (replicates, ...), NaN where they do not apply, and controls.

        ``controls`` has shape (controls, replicates, ...); ``group`` replicates in a row were drawn together.
        """
        cells = np.moveaxis(samples, 0, -1)  # each cell is reduced over its own contiguous replicates
        applies = ~np.isnan(cells)
        given = np.moveaxis(controls, 1, -1)
        stacked = np.stack([np.where(applies, cells, 0.0), applies.astype(np.float64), *given])
        if group > 1:
            stacked = stacked.reshape(*stacked.shape[:-1], -1, group).sum(axis=-1)
        folds = [_fold(np.ascontiguousarray(stacked[..., first::FOLDS])) for first in range(FOLDS)]
        return cls(*(np.stack(part) for part in zip(*folds, strict=True)))

    def merge(self, other: Controls) -> Controls:
        """Return the moments of both; what ``other`` has too many of in a fold goes where they are too few."""
        turned = (self.number[0] > self.number[1]) & (other.number[0] > other.number[1])
        theirs = [np.where(turned, part[::-1], part) for part in (other.number, other.mean, other.product)]
        number = self.number + theirs[0]
        share = theirs[0] / np.maximum(number, 1.0)
        gap = theirs[1] - self.mean
        weight = (self.number * share)[:, np.newaxis, np.newaxis]
        spread = weight * gap[:, :, np.newaxis] * gap[:, np.newaxis]
        return Controls(number, self.mean + gap * share[:, np.newaxis], self.product + theirs[2] + spread)

    @cached_property
    def slopes(self) -> Array:
        """Beta of each fold, of the sum and of the count; shape (2, 2, controls, cells ...), 0 of too few groups."""
        inner = np.moveaxis(self.product[:, 2:, 2:], (1, 2), (-2, -1))
        crossed = np.moveaxis(self.product[:, 2:, :2], (1, 2), (-2, -1))
        scale = np.sqrt(np.diagonal(inner, axis1=-2, axis2=-1))
        unit = np.where(scale > 0.0, 1.0 / np.where(scale > 0.0, scale, 1.0), 0.0)
        correlation = inner * unit[..., np.newaxis] * unit[..., np.newaxis, :]
        inverse = np.linalg.pinv(np.nan_to_num(correlation), rcond=DEGENERATE, hermitian=True)
        slopes = unit[..., np.newaxis] * (inverse @ (unit[..., np.newaxis] * crossed))
        enough = self.number > self.mean.shape[1]
        return np.asarray(np.moveaxis(slopes, (-1, -2), (1, 2)) * enough[:, np.newaxis, np.newaxis])

    @cached_property
    def estimate(self) -> tuple[Array, Array]:
        """The mean and its standard error, shape (cells ...); the error is NaN for fewer than two groups a fold.

        The mean of a measure that does not always apply is a ratio of two such estimates, biased by O(1/n).
        """
        slopes = self.slopes[::-1]
        share = self.number / np.maximum(self.number.sum(axis=0), 1.0)
        adjusted = self.mean[:, :2] - np.sum(slopes * self.mean[:, np.newaxis, 2:], axis=2)
        total, count = np.sum(share[:, np.newaxis] * adjusted, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = total / count
            variance = np.sum(share**2 * self._spread(slopes, mean) / (self.number * (self.number - 1.0)), axis=0)
            error = np.sqrt(variance) / np.abs(count)
        error = np.where(np.all(self.number > 1.0, axis=0), error, np.nan)
        return np.where(np.isfinite(mean), mean, 0.0), error

    def _spread(self, slopes: Array, mean: Array) -> Array:
        """Return the sums of squares of sum - mean count - beta controls, fold by fold."""
        ones = np.broadcast_to(1.0, (FOLDS, 1, *mean.shape))
        count = -mean * ones
        weights = np.concatenate([ones, count, -slopes[:, 0] - count * slopes[:, 1]], axis=1)
        square = np.einsum("fi...,fij...,fj...->f...", weights, self.product, weights)
        plain = self.product[:, 0, 0] + mean**2 * self.product[:, 1, 1]
        return np.asarray(np.maximum(square, ROUNDING * plain))


def _fold(stacked: Array) -> tuple[Array, Array, Array]:
    """Return number, means and centered products of groups, (variables, cells ..., groups)."""
    variables, *cells, count = stacked.shape
    mean = stacked.sum(axis=-1) / max(count, 1)
    left = stacked - mean[..., np.newaxis]
    product = np.empty((variables, variables, *cells))
    for i in range(variables):
        for j in range(i + 1):
            product[i, j] = product[j, i] = (left[i] * left[j]).sum(axis=-1)
    return np.full((1,) * len(cells), float(count)), mean, product
