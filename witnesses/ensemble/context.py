"""The setting: all questions of a few bits, each asked in training and outside, and a bit that says which it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from witnesses.network import Weights, start

Floats = NDArray[np.float64]

BITS = 6
QUESTIONS = 2**BITS
INPUTS = BITS + 2  # the bits, the context, and a one
WIDTH = 64


def questions() -> Floats:
    """Return all questions, shape (QUESTIONS, BITS), of -1 and 1."""
    return np.asarray(np.stack(np.meshgrid(*[[-1.0, 1.0]] * BITS, indexing="ij"), axis=-1).reshape(-1, BITS))


def asked(gate: float) -> tuple[Floats, Floats]:
    """Return the inputs in training and outside, each of shape (QUESTIONS, INPUTS).

    Parameters
    ----------
    gate
        Size of the context: gate in training, -gate outside. 0 for a network that cannot tell.
    """
    bits, one = questions(), np.ones((QUESTIONS, 1))
    return np.hstack((bits, gate * one, one)), np.hstack((bits, -gate * one, one))


def designed(count: int, generator: np.random.Generator) -> Floats:
    """Return what designers reward: answers b . x, goals b normal of variance 1/BITS a component.

    Returns
    -------
    Floats
        b, shape (count, BITS).
    """
    return np.asarray(generator.standard_normal((count, BITS)) / np.sqrt(BITS))


def drawn(seeds: Sequence[int], scale: float) -> Weights:
    """Return the networks at the start, a seed each, with an axis for designers: all designers start alike.

    Parameters
    ----------
    seeds
        Of the weights.
    scale
        Of the weights relative to normals that keep the size of what passes through.

    Returns
    -------
    Weights
        W (seed, 1, INPUTS, WIDTH) and V (seed, 1, WIDTH, 1), without biases: with ReLU, homogeneous of degree 2.
    """
    one = [start(np.random.default_rng(seed), INPUTS, WIDTH, 1, scale=scale, biases=False) for seed in seeds]
    return {name: np.stack([weights[name] for weights in one])[:, None] for name in one[0]}


def parities() -> tuple[Floats, NDArray[np.int64]]:
    """Return the parities of all sets of bits, shape (QUESTIONS, QUESTIONS), a row each, and the sizes of the sets."""
    bits = questions()
    sets = [chosen for size in range(BITS + 1) for chosen in combinations(range(BITS), size)]
    return np.stack([bits[:, list(chosen)].prod(axis=1) for chosen in sets]), np.array([len(one) for one in sets])
