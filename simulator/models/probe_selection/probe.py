"""Probes: linear readings of two activations, fitted to a population by least squares or logistic regression.

Misbehavior A shows in the activation F = A - B + readout noise, where evasion B hides it; and evasion itself leaves a
trace, H = B + trace noise. A probe reads S = a F + h H + c: a is what misbehavior adds to the score and a - h what
evasion takes from it. Populations are rows, shape (replicates, individuals).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Fit: TypeAlias = Callable[[Array, Array], Array]

RIDGE = 1e-6  # keeps a separable population's regression finite
NEWTON_STEPS = 30


def first_probe(replicates: int) -> Array:
    """Return the probe that reads F alone, as if nothing evaded it: columns a, h, c, shape (replicates, 3)."""
    return np.tile([1.0, 0.0, 0.0], (replicates, 1))


def score(probe: Array, activations: Array) -> Array:
    """Return what a probe reads of activations of shape (replicates, individuals, 3), the last of them ones."""
    return np.asarray(np.einsum("rik,rk->ri", activations, probe))


def least_squares(activations: Array, misbehavior: Array) -> Array:
    """Return the probe that is nearest to misbehavior in the mean square, shape (replicates, 3)."""
    return _solve(_gram(activations), np.einsum("rik,ri->rk", activations, misbehavior))


def logistic_regression(activations: Array, misbehavior: Array) -> Array:
    """Return the probe that tells the worse half of each population from the better by logistic regression.

    Newton's method from zero, with a ridge of 1e-6 an individual; shape (replicates, 3).
    """
    worse = misbehavior > np.median(misbehavior, axis=1, keepdims=True)
    ridge = RIDGE * misbehavior.shape[1]
    probe = np.zeros((len(misbehavior), 3))
    for _ in range(NEWTON_STEPS):
        likely = 0.5 * (1.0 + np.tanh(0.5 * score(probe, activations)))
        slope = np.einsum("rik,ri->rk", activations, worse - likely) - ridge * probe
        probe = probe + _solve(_gram(activations, likely * (1.0 - likely)) + ridge * np.eye(3), slope)
    return probe


def _gram(activations: Array, weights: Array | None = None) -> Array:
    weighted = activations if weights is None else activations * weights[..., np.newaxis]
    return np.asarray(np.einsum("rik,ril->rkl", weighted, activations))


def _solve(matrices: Array, vectors: Array) -> Array:
    return np.asarray(np.linalg.solve(matrices, vectors[..., np.newaxis])[..., 0])


FITS: Mapping[str, Fit] = {"least_squares": least_squares, "logistic": logistic_regression}


def area_under_curve(score: Array, misbehavior: Array) -> Array:
    """Return the probability that the probe ranks one of the worse half of a population above one of the better.

    From the ranks of the scores, (sum of the worse half's ranks - m (m + 1)/2)/(m (N - m)); shape (replicates,).
    """
    worse = misbehavior > np.median(misbehavior, axis=1, keepdims=True)
    ranks = np.argsort(np.argsort(score, axis=1), axis=1) + 1.0
    m = worse.sum(axis=1)
    others = worse.shape[1] - m
    return np.asarray((np.sum(ranks * worse, axis=1) - m * (m + 1) / 2.0) / (m * others))


def recall(score: Array, misbehavior: Array) -> Array:
    """Return the share of the worse half of a population that the probe puts in its upper half, shape (replicates,)."""
    worse, flagged = (one > np.median(one, axis=1, keepdims=True) for one in (misbehavior, score))
    return np.asarray((worse & flagged).sum(axis=1) / worse.sum(axis=1))


def activations(
    misbehavior: Array, evasion: Array, readout_noise: Any, trace_noise: Any, generator: np.random.Generator
) -> Array:
    """Return F, H and ones of every individual, shape (replicates, individuals, 3); two normals each are drawn."""
    seen = np.ones((*misbehavior.shape, 3))
    seen[..., 0] = misbehavior - evasion + readout_noise * generator.standard_normal(misbehavior.shape)
    seen[..., 1] = evasion + trace_noise * generator.standard_normal(misbehavior.shape)
    return seen
