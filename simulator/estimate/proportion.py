"""A proportion: how many of how many, and an error that is never 0, for none of n is not certainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Proportion:
    """Counts of an event, one of each per cell.

    Parameters
    ----------
    ones
        How often it happened; shape of a cell array.
    count
        Out of how many.
    """

    ones: Array
    count: Array

    @classmethod
    def of(cls, samples: Array) -> Proportion:
        """Return the counts of samples 0, 1 (or False, True) of shape (replicates, ...); NaN means "does not apply".

        Raises ValueError, with the value, where a sample is neither.
        """
        samples = np.asarray(samples, dtype=np.float64)
        applies = ~np.isnan(samples)
        wrong = samples[applies & (samples != 0.0) & (samples != 1.0)]
        if wrong.size:
            raise ValueError(f"samples: got {wrong[0]:g} ({wrong.size} such); a proportion needs samples 0 or 1")
        return cls(np.nansum(samples, axis=0), applies.sum(axis=0).astype(np.float64))

    def merge(self, other: Proportion) -> Proportion:
        """Return the counts of both samples together."""
        return Proportion(self.ones + other.ones, self.count + other.count)

    @property
    def estimate(self) -> Array:
        """The proportion ones/count; NaN of nothing."""
        return self.ones / np.where(self.count > 0.0, self.count, np.nan)

    @property
    def standard_error(self) -> Array:
        """Half the width of Wilson's interval at z = 1: sqrt(p(1 - p)/n + 1/(4n^2))/(1 + 1/n), never 0.

        For z standard errors in the tails take ``wilson(z)``: p +- z errors is too narrow above a small p.
        """
        low, high = self.wilson(1.0)
        return (high - low) / 2.0

    def wilson(self, z: float) -> tuple[Array, Array]:
        """Return the interval of all proportions P with |p - P| <= z sqrt(P(1 - P)/n).

        Parameters
        ----------
        z
            How many standard errors wide to each side, > 0; 1.96 for a level of 95 %.

        Returns
        -------
        tuple of Array
            Its lower and upper end, within [0, 1]; NaN of nothing.

        Source: Wilson, Journal of the American Statistical Association 22 (1927) 209.
        """
        p, n = self.estimate, np.where(self.count > 0.0, self.count, np.nan)
        shrink = 1.0 + z**2 / n
        center = (p + z**2 / (2.0 * n)) / shrink
        half = z * np.sqrt(p * (1.0 - p) / n + z**2 / (4.0 * n**2)) / shrink
        return np.asarray(np.maximum(center - half, 0.0)), np.asarray(np.minimum(center + half, 1.0))
