"""Pairs (x, y): their joint central moments, which merge, and the statistics that the delta method draws from them."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.estimate.moments import ROUNDING

Array: TypeAlias = NDArray[np.float64]

# The orders (i, j) whose sums are not known beforehand: S_00 is the count, S_10 and S_01 vanish at the means.
ORDERS = tuple((i, j) for i in range(5) for j in range(5) if 2 <= i + j <= 4)


@dataclass(frozen=True)
class PairMoments:
    """Counts, means and sums of joint central powers of pairs, one of each per cell.

    S_ij = sum over replicates of (x - mean x)^i (y - mean y)^j, i + j <= 4

    Parameters
    ----------
    total
        How many rows there were; shape of a cell array.
    count
        In how many of them both values applied (neither is NaN); only these enter the sums.
    mean
        The means of x and y, shape (..., 2) (0 where there is no row).
    powers
        S_ij, shape (5, 5, ...); 0 where i + j > 4.

    Source: the shift to a common mean is the binomial theorem; Pebay, Sandia report SAND2008-6212 (2008), equation 2.1.
    """

    total: Array
    count: Array
    mean: Array
    powers: Array

    @classmethod
    def of(cls, samples: Array) -> PairMoments:
        """Return the joint moments of samples of shape (replicates, ..., 2), in float64; NaN means "does not apply".

        Raises ValueError where the last axis is not a pair.
        """
        samples = np.asarray(samples, dtype=np.float64)
        if samples.ndim < 2 or samples.shape[-1] != 2:
            raise ValueError(f"samples: got shape {samples.shape}; the last axis must hold the two values of a pair")
        applies = ~np.isnan(samples).any(axis=-1, keepdims=True)
        values = np.where(applies, samples, 0.0)
        count = applies.sum(axis=0).astype(np.float64)
        with np.errstate(invalid="ignore"):
            mean = values.sum(axis=0) / np.maximum(count, 1.0)
            deviation = np.where(applies, values - mean, 0.0)
            rest = deviation.sum(axis=0) / np.maximum(count, 1.0)  # what rounding left in the mean
            deviation = np.where(applies, deviation - rest, 0.0)
        count = count[..., 0]
        return cls(np.full(count.shape, float(samples.shape[0])), count, mean + rest, _powers(deviation, count))

    def merge(self, other: PairMoments) -> PairMoments:
        """Return the joint moments of both samples together."""
        count = self.count + other.count
        gap = (other.mean - self.mean) / np.maximum(count, 1.0)[..., None]
        ahead, behind = gap * other.count[..., None], gap * self.count[..., None]
        powers = _moved(self.powers, -ahead) + _moved(other.powers, behind)
        return PairMoments(self.total + other.total, count, self.mean + ahead, powers)


def _powers(deviation: Array, count: Array) -> Array:
    """Return S_ij of deviations of shape (replicates, ..., 2) from their mean."""
    x, y = deviation[..., 0], deviation[..., 1]
    x_powers, y_powers = ([np.ones_like(one), one, one**2, one**3, one**4] for one in (x, y))
    powers = np.zeros((5, 5, *count.shape))
    powers[0, 0] = count
    for i, j in ORDERS:
        powers[i, j] = (x_powers[i] * y_powers[j]).sum(axis=0)
    return powers


def _moved(powers: Array, shift: Array) -> Array:
    """Return the sums of (x + shift_x)^i (y + shift_y)^j, by the binomial theorem from those of x^i y^j."""
    across, up = shift[..., 0], shift[..., 1]
    moved = np.zeros_like(powers)
    moved[0, 0] = powers[0, 0]
    for i, j in ORDERS:
        for k in range(i + 1):
            for m in range(j + 1):
                weight = comb(i, k) * comb(j, m)
                moved[i, j] += weight * across ** (i - k) * up ** (j - m) * powers[k, m]
    return moved


def correlation(pairs: PairMoments) -> tuple[Array, Array]:
    """Return the correlation r and its standard error.

    r = S_11/sqrt(S_20 S_02), and with standardized moments m_ij (delta method)
    Var r = (m_22 (1 + r^2/2) + r^2 (m_40 + m_04)/4 - r (m_31 + m_13))/(n - 1)

    Valid for independent pairs with finite fourth moments, n of some hundreds; for a normal pair the error is
    (1 - r^2)/sqrt(n). NaN where x or y does not vary or fewer than three rows apply.

    Source: Stuart and Ord, Kendall's Advanced Theory of Statistics 1, section 10.9.
    """
    n = np.where(pairs.count > 2.0, pairs.count, np.nan)
    spread = np.sqrt(np.stack([pairs.powers[2, 0], pairs.powers[0, 2]], axis=-1) / n[..., None])
    spread = np.where(spread > ROUNDING * np.abs(pairs.mean), spread, np.nan)
    x, y = spread[..., 0], spread[..., 1]
    moment = {(i, j): pairs.powers[i, j] / n / x**i / y**j for i, j in ORDERS}
    r = np.clip(moment[1, 1], -1.0, 1.0)
    tails = r**2 * (moment[4, 0] + moment[0, 4]) / 4.0 - r * (moment[3, 1] + moment[1, 3])
    variance = moment[2, 2] * (1.0 + r**2 / 2.0) + tails
    return r, np.asarray(np.sqrt(np.maximum(variance, 0.0) / (n - 1.0)))


def explained_variance(pairs: PairMoments) -> tuple[Array, Array]:
    """Return the share of variance that a straight line explains, r^2, and its standard error 2|r| se(r).

    Valid where |r| is at least ten of its standard errors from 0. Nearer the first order vanishes with r: r^2 is too
    large by se(r)^2 on average, and where r comes out near 0 so does the error. At a true |r| of one or two se(r) the
    95 % interval covers 87 %, and 4 % of estimates are more than six of their errors off; at five se(r) still 0.1 %.
    There, judge r itself, and show that there is no relation by its equivalence with 0.
    """
    r, error = correlation(pairs)
    return r**2, 2.0 * np.abs(r) * error


def information(pairs: PairMoments) -> tuple[Array, Array]:
    """Return the information between the values, in nats, of which a row that does not apply carries none.

    I = q f(r), q = count/total, f(r) = -ln(1 - r^2)/2, f'(r) = r/(1 - r^2)
    Var I = (q f'(r) se(r))^2 + f(r)^2 q(1 - q)/total

    Valid for normal pairs (for others f is the information of the normal law with their correlation) and for
    0 < |r| < 1: near r = 0 the standard error fails as that of ``explained_variance`` does; at |r| = 1 I is infinite.

    Source: Cover and Thomas, Elements of Information Theory (2006), example 8.5.1.
    """
    r, error = correlation(pairs)
    applied = pairs.count / np.maximum(pairs.total, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        nats = -0.5 * np.log1p(-(r**2))
        slope = r / (1.0 - r**2)
        sampling = (applied * slope * error) ** 2
        applying = nats**2 * applied * (1.0 - applied) / np.maximum(pairs.total, 1.0)
        return np.asarray(applied * nats), np.asarray(np.sqrt(sampling + applying))


def ratio(pairs: PairMoments) -> tuple[Array, Array]:
    """Return the ratio of the means, R = mean x / mean y, and its standard error.

    Var R = (S_20 - 2 R S_11 + R^2 S_02)/(n (n - 1) (mean y)^2)

    It is not the mean of the ratios x/y, which is another number and may not exist (a normal y has density at 0).
    Valid where the mean of y is many of its standard errors from 0 (ten give an error right to about a per cent);
    NaN where it is 0. The error is exactly 0 where neither x nor y varies.

    Source: Fieller, Journal of the Royal Statistical Society B 16 (1954) 175, to first order.
    """
    n = np.where(pairs.count > 1.0, pairs.count, np.nan)
    x, y = pairs.mean[..., 0], np.where(pairs.mean[..., 1] == 0.0, np.nan, pairs.mean[..., 1])
    value = np.where(pairs.count > 0.0, x / y, np.nan)
    powers = pairs.powers
    square = np.maximum(powers[2, 0] - 2.0 * value * powers[1, 1] + value**2 * powers[0, 2], 0.0)
    steady = np.sqrt(square / n) <= ROUNDING * np.abs(x)
    return value, np.where(steady, 0.0, np.sqrt(square / (n * (n - 1.0))) / np.abs(y))
