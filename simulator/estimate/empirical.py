"""An empirical distribution on fixed edges: counts that merge, and from them quantiles, bands and distances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[np.float64]

# The density at a quantile is taken over this many standard errors of the probability to each side.
WINDOW = 4.0


@dataclass(frozen=True)
class Empirical:
    """How many values fell into each bin of a fixed grid.

    Parameters
    ----------
    edges
        E >= 2 increasing finite numbers, part of the identity: distributions on other edges do not merge.
    counts
        E + 1 counts: up to the first edge, of edges[k - 1] < x <= edges[k], and above the last edge.
    """

    edges: Array
    counts: Array

    @classmethod
    def of(cls, samples: ArrayLike, edges: ArrayLike) -> Empirical:
        """Return the counts of samples of shape (replicates,) on edges; NaN means "does not apply".

        Raises ValueError for edges that are not increasing and finite.
        """
        grid = np.asarray(edges, dtype=np.float64)
        if grid.ndim != 1 or grid.size < 2 or not np.all(np.isfinite(grid)) or not np.all(np.diff(grid) > 0.0):
            raise ValueError(f"edges: got {_brief(grid)}; they must be at least two increasing finite numbers")
        values = np.asarray(samples, dtype=np.float64).ravel()
        bins = np.searchsorted(grid, values[~np.isnan(values)], side="left")
        return cls(grid, np.bincount(bins, minlength=grid.size + 1).astype(np.float64))

    def merge(self, other: Empirical) -> Empirical:
        """Return the distribution of both samples together; refused (ValueError) where the edges differ."""
        if not np.array_equal(self.edges, other.edges):
            mine, theirs = _brief(self.edges), _brief(other.edges)
            raise ValueError(f"edges: got {theirs}, to be merged with {mine}; count both on the same edges")
        return Empirical(self.edges, self.counts + other.counts)

    @property
    def count(self) -> float:
        """How many values there were."""
        return float(self.counts.sum())

    @property
    def cdf(self) -> Array:
        """F_n at the edges, shape (E,): the exact shares of values up to each; NaN of nothing."""
        return np.cumsum(self.counts)[:-1] / (self.count or np.nan)

    def quantile(self, probability: float) -> tuple[float, float, float]:
        """Return a quantile, its standard error, and how far it may be from the sample's own quantile.

        F(q) = p, by linear interpolation of F between the edges;  se = sqrt(p(1 - p)/n)/f

        Parameters
        ----------
        probability
            p, in (0, 1).

        Returns
        -------
        estimate, standard_error
            The density f is the slope of F over the bin and its neighbors, as many as hold four standard errors of p to
            each side (and at most half the way to 0 or 1). NaN of nothing.
        interpolation_error
            The distance to the farther edge of the bin, a bound that needs no assumption: the sample's quantile is in
            that bin. Not part of the standard error, and to be kept below it by edges that are close enough.

        Valid where the law has a density at q that changes little over the window, and n p(1 - p) >= 20.

        Raises
        ------
        ValueError
            For p outside (0, 1) or a quantile beyond the edges.

        Source: Stuart and Ord, Kendall's Advanced Theory of Statistics 1, section 10.10.
        """
        if not 0.0 < probability < 1.0:
            raise ValueError(f"probability: got {probability!r}; it must lie between 0 and 1")
        if self.count == 0.0:
            return math.nan, math.nan, math.nan
        cdf = self.cdf
        if not cdf[0] < probability <= cdf[-1]:
            held = f"{cdf[0]:.6g} up to {self.edges[0]:g} and {cdf[-1]:.6g} up to {self.edges[-1]:g}"
            raise ValueError(f"probability: got {probability!r}, but the shares of values are {held}; widen the edges")
        upper = int(np.searchsorted(cdf, probability, side="left"))
        low, high = self.edges[upper - 1], self.edges[upper]
        share = (probability - cdf[upper - 1]) / (cdf[upper] - cdf[upper - 1])
        value = float(low + share * (high - low))
        spread = math.sqrt(probability * (1.0 - probability) / self.count)
        return value, spread / self.density(probability), float(max(value - low, high - value))

    def density(self, probability: float) -> float:
        """Return the slope of F over the bins that hold the quantile, their neighbors, and the window around it."""
        cdf, last = self.cdf, self.edges.size - 1
        spread = math.sqrt(probability * (1.0 - probability) / self.count)
        reach = min(WINDOW * spread, probability / 2.0, (1.0 - probability) / 2.0)
        upper = int(np.searchsorted(cdf, probability, side="left"))
        right = int(np.searchsorted(cdf, probability + reach, side="left"))
        left = int(np.searchsorted(cdf, probability - reach, side="right")) - 1
        right, left = min(max(right, upper + 1), last), max(min(left, upper - 2), 0)
        return float((cdf[right] - cdf[left]) / (self.edges[right] - self.edges[left]))

    def band(self, level: float) -> tuple[Array, Array]:
        """Return a band that holds the whole distribution function, at all edges at once, with at least this chance.

        F_n -+ sqrt(ln(2/(1 - level))/(2n)), cut to [0, 1]

        Parameters
        ----------
        level
            In (0, 1).

        Returns
        -------
        tuple of Array
            Its lower and upper end at the edges, shape (E,) each.

        Source: Massart, Annals of Probability 18 (1990) 1269, corollary 1.
        """
        if not 0.0 < level < 1.0:
            raise ValueError(f"level: got {level!r}; it must lie between 0 and 1")
        reach = math.sqrt(math.log(2.0 / (1.0 - level)) / (2.0 * self.count)) if self.count else math.inf
        return np.clip(self.cdf - reach, 0.0, 1.0), np.clip(self.cdf + reach, 0.0, 1.0)

    def distance(self, cdf_at_edges: ArrayLike) -> tuple[float, float]:
        """Return the largest |F_n - F| over the edges, and the p-value of the hypothesis that F is the law.

        Parameters
        ----------
        cdf_at_edges
            F at the edges, shape (E,), increasing in [0, 1] and fixed beforehand (not fitted to these values).

        Returns
        -------
        tuple of float
            The distance and a p-value that is not too small: over edges alone the distance is at most Kolmogorov's.

        Valid for n of some dozens (the p-value is that of large n, slightly too large for small ones).

        Source: Kolmogorov, Giornale dell'Istituto Italiano degli Attuari 4 (1933) 83.
        """
        law = np.asarray(cdf_at_edges, dtype=np.float64)
        if law.shape != self.edges.shape:
            raise ValueError(f"cdf_at_edges: got shape {law.shape}; one value for each of {self.edges.size} edges")
        if not np.all((law >= 0.0) & (law <= 1.0)) or np.any(np.diff(law) < 0.0):
            raise ValueError(f"cdf_at_edges: got {_brief(law)}; it must increase within [0, 1]")
        distance = float(np.max(np.abs(self.cdf - law)))
        return distance, kolmogorov_tail(math.sqrt(self.count) * distance)


def kolmogorov_tail(scaled: float) -> float:
    """Return P(K > scaled) for Kolmogorov's limit K of sqrt(n) sup|F_n - F|.

    2 sum over k of (-1)^(k-1) exp(-2 k^2 s^2), or 1 - sqrt(2 pi)/s sum over k of exp(-(2k-1)^2 pi^2/(8 s^2))

    Both hold for all s > 0; the first converges fast above 1, the second below.
    """
    if math.isnan(scaled):
        return math.nan
    if scaled < 0.05:
        return 1.0  # to more digits than there are
    k = np.arange(1, 8)
    if scaled > 1.0:
        return float(2.0 * np.sum((-1.0) ** (k - 1) * np.exp(-2.0 * k**2 * scaled**2)))
    return float(1.0 - math.sqrt(2.0 * math.pi) / scaled * np.sum(np.exp(-(((2 * k - 1) * math.pi / scaled) ** 2) / 8)))


def _brief(values: Any) -> str:
    """Return an array's shape and ends in few words."""
    if values.ndim != 1 or values.size < 2:
        return f"shape {values.shape}"
    return f"{values.size} from {values[0]:g} to {values[-1]:g}"
