"""The statistics of one trait in one generation, and of two generations: arrays (..., replicates, individuals) in.

Price's identity: the change of a mean is the differential, Cov(w, z) over the parents with their realized offspring
numbers w (their mean is 1), and the transmission, the mean of what offspring differ by from their parents.
Source: Price, Nature 227 (1970) 520, equation 1 and its second term, as in Price, Ann. Hum. Genet. 35 (1972) 485.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mean(values: Array) -> Array:
    """Return the mean over the individuals to whom a value applies (is not NaN), NaN where there are none."""
    applies = ~np.isnan(values)
    if applies.all():
        return np.asarray(np.mean(values, axis=-1))
    count = np.count_nonzero(applies, axis=-1)
    sums = np.sum(values, axis=-1, where=applies)
    means: Array = np.divide(sums, count, out=np.full(sums.shape, np.nan), where=count > 0)
    return means


def centered(values: Array) -> Array:
    """Return the deviations from the mean of each population."""
    deviations: Array = values - np.mean(values, axis=-1, keepdims=True)
    return deviations


def variance(values: Array) -> Array:
    """Return the variance within each population, ddof 1."""
    return np.asarray(np.var(values, axis=-1, ddof=1))


def covariance(left: Array, right: Array) -> Array:
    """Return the covariance within each population, ddof 1: of each component of ``left`` with each of ``right``."""
    a, b = centered(left), centered(right)
    sums = np.einsum("irn,jrn->ijr", _rows(a), _rows(b))
    return np.asarray(sums / (a.shape[-1] - 1)).reshape(*a.shape[:-2], *b.shape[:-2], a.shape[-2])


def _rows(values: Array) -> Array:
    return values.reshape(-1, *values.shape[-2:])


def differential(values: Array, offspring: Array) -> Array:
    """Return Cov(w, z)/mean w over the parents, ddof 0; ``offspring`` is w, shape (replicates, individuals)."""
    return np.asarray(np.mean(centered(offspring) * centered(values), axis=-1) / np.mean(offspring, axis=-1))


def transmission(values: Array, inherited: Array) -> Array:
    """Return the mean difference of offspring from what their parents had."""
    return np.asarray(np.mean(values - inherited, axis=-1))


def change(values: Array, before: Array) -> Array:
    """Return the change of the mean in a generation."""
    return np.asarray(np.mean(values, axis=-1) - np.mean(before, axis=-1))
