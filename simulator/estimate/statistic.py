"""What a prediction can be about: statistics by name, each with an accumulator, a standard error and an influence.

An influence function turns samples into values whose mean is the statistic's estimate to first order and whose spread
is its sampling error (the delta method): on samples that share their noise, the differences of influences give the
error of a statistic's difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.estimate import influence, pairs
from simulator.estimate.empirical import Empirical
from simulator.estimate.moments import ROUNDING, Moments
from simulator.estimate.pairs import PairMoments
from simulator.estimate.proportion import Proportion

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Statistic:
    """A number (or one a cell) that samples estimate.

    Parameters
    ----------
    name
        What it is called.
    columns
        1 for samples of shape (replicates, ...), 2 for pairs of shape (replicates, ..., 2).
    of
        Turns samples into an accumulator, with ``.merge(other)``; a sample NaN does not apply.
    evaluate
        Turns the accumulator into the estimate and its standard error; NaN of nothing.
    influence
        Turns samples of one cell, (replicates,) or (replicates, 2), into (replicates,) values whose mean is the
        estimate to first order; NaN where a row is left out.
    """

    name: str
    columns: int
    of: Callable[[Array], Any]
    evaluate: Callable[[Any], tuple[Any, Any]]
    influence: Callable[[Array], Array]


def estimate(statistic: str | Statistic, samples: ArrayLike) -> tuple[float, float]:
    """Return a statistic's estimate and its standard error, from samples of one cell.

    Parameters
    ----------
    statistic
        A name in ``STATISTICS``, or a Statistic.
    samples
        Shape (replicates,), or (replicates, 2) for a statistic of pairs.

    Raises
    ------
    ValueError
        For an unknown name, or samples of another shape.
    """
    if isinstance(statistic, str):
        if statistic not in STATISTICS:
            raise ValueError(f"statistic: got {statistic!r}; it must be one of {', '.join(STATISTICS)}")
        statistic = STATISTICS[statistic]
    values = np.asarray(samples, dtype=np.float64)
    if values.shape[1:] != ((2,) if statistic.columns == 2 else ()):
        shape = "(replicates, 2)" if statistic.columns == 2 else "(replicates,)"
        raise ValueError(f"samples: got shape {values.shape}; {statistic.name} needs {shape}")
    value, error = statistic.evaluate(statistic.of(values))
    return float(value), float(error)


def quantile(probability: float, edges: ArrayLike) -> Statistic:
    """Return the statistic F^-1(probability), counted on edges.

    Its standard error leaves out ``Empirical.quantile``'s interpolation error: edges must be closer than the error.

    Parameters
    ----------
    probability
        In (0, 1).
    edges
        Increasing numbers around the quantile.
    """
    grid = np.asarray(edges, dtype=np.float64)
    Empirical.of([], grid).quantile(probability)  # refuses bad options before any work
    return Statistic(
        name=f"quantile {probability:g}",
        columns=1,
        of=partial(Empirical.of, edges=grid),
        evaluate=lambda counted: counted.quantile(probability)[:2],
        influence=partial(influence.quantile, probability=probability, edges=grid),
    )


def distribution(edges: ArrayLike) -> Statistic:
    """Return the distribution function at edges: its estimates and their standard errors have shape (edges,).

    Each error is that of its own edge, never 0; over all edges at once, ask the accumulator for its ``band`` or its
    ``distance`` from a law. The influence has shape (replicates, edges), one indicator an edge.
    """
    grid = np.asarray(edges, dtype=np.float64)
    Empirical.of([], grid)
    return Statistic(
        name="distribution",
        columns=1,
        of=partial(Empirical.of, edges=grid),
        evaluate=_shares,
        influence=lambda samples: np.where(np.isnan(samples[:, None]), np.nan, samples[:, None] <= grid),
    )


def _centered(samples: Array) -> Moments:
    """Return moments whose mean is free of the sum's rounding: of equal samples, it is the sample itself."""
    samples = np.asarray(samples, dtype=np.float64)
    applies = ~np.isnan(samples)
    with np.errstate(invalid="ignore"):
        shift = np.where(applies, samples, 0.0).sum(axis=0) / np.maximum(applies.sum(axis=0), 1)
    shift = np.where(np.isfinite(shift), shift, 0.0)
    moments = Moments.of(samples - shift)
    return replace(moments, mean=np.where(moments.count > 0.0, moments.mean + shift, 0.0))


def _mean(moments: Moments) -> tuple[Array, Array]:
    """Return the mean and its standard error, exactly 0 for samples equal up to rounding; NaN of nothing."""
    value = np.where(moments.count > 0.0, moments.mean, np.nan)
    return value, np.where(_steady(moments), 0.0, moments.mean_error)


def _variance(moments: Moments) -> tuple[Array, Array]:
    """Return the unbiased variance and its standard error, both exactly 0 for samples equal up to rounding."""
    steady = _steady(moments)
    return np.where(steady, 0.0, moments.variance), np.where(steady, 0.0, moments.variance_error)


def _steady(moments: Moments) -> NDArray[np.bool_]:
    """Tell where two or more samples are equal up to rounding."""
    spread = np.sqrt(moments.second / np.maximum(moments.count, 1.0))
    return np.asarray((moments.count > 1.0) & (spread <= ROUNDING * np.abs(moments.mean)))


def _shares(counted: Empirical) -> tuple[Array, Array]:
    shares = Proportion(np.cumsum(counted.counts)[:-1], np.full(counted.edges.size, counted.count))
    return shares.estimate, shares.standard_error


STATISTICS: Mapping[str, Statistic] = {
    statistic.name: statistic
    for statistic in (
        Statistic("mean", 1, _centered, _mean, influence.values),
        Statistic("variance", 1, _centered, _variance, influence.variance),
        Statistic("correlation", 2, PairMoments.of, pairs.correlation, influence.correlation),
        Statistic("explained_variance", 2, PairMoments.of, pairs.explained_variance, influence.explained_variance),
        Statistic("information", 2, PairMoments.of, pairs.information, influence.information),
        Statistic("ratio", 2, PairMoments.of, pairs.ratio, influence.ratio),
        Statistic(
            "probability",
            1,
            Proportion.of,
            lambda counted: (counted.estimate, counted.standard_error),
            influence.values,
        ),
    )
}
