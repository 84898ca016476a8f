"""Deep diagonal networks on a regression whose signal comes twice: minibatches, label noise, weight decay.

    f(x) = sum over j of x_j product over l of u_lj,    loss = mean of (f(x) - y)^2/2 + (weight_decay/2) |u|^2

The target y is a signal s with noise on it. The first two inputs carry the signal, the first (the simple one) more
strongly: x_1 = h_1 s, x_2 = h_2 s, each with noise of its own where ``feature_noise`` > 0; the others are distractors.
The second has a head start. Training is stochastic gradient descent on minibatches of a finite sample; a time is a
number of steps times the learning rate. Nothing here knows a law of strengths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.weights import others

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """What a block of runs is.

    Parameters
    ----------
    depth
        L, layers, >= 1.
    feature_noise
        Standard deviation of the noise that each of the two features has of its own.
    efficiency
        h_1 > h_2.
    distractors
        Number of inputs that carry nothing.
    examples, batch
        Size of the sample, and of a minibatch, drawn from it with replacement.
    label_noise
        Standard deviation of the noise on y.
    weight_decay, learning_rate
        Of every weight, > 0.
    imbalance
        Standard deviation of the logarithms of weights at the start around those of equal layers.
    age
        When to stop, in units of 1/weight_decay.
    looks
        How many times, after time 0, the shares are looked at.
    """

    depth: int
    feature_noise: float = 0.0
    efficiency: tuple[float, float] = (1.2, 0.8)
    distractors: int = 6
    examples: int = 512
    batch: int = 32
    label_noise: float = 0.3
    weight_decay: float = 0.02
    learning_rate: float = 0.05
    imbalance: float = 0.3
    age: float = 15.0
    looks: int = 150


def sample(setting: Setting, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return inputs, shape (examples, features), and targets, shape (examples,)."""
    signal = generator.standard_normal((setting.examples, 1))
    noise = setting.feature_noise * generator.standard_normal((setting.examples, 2))
    distractors = generator.standard_normal((setting.examples, setting.distractors))
    target = signal[:, 0] + setting.label_noise * generator.standard_normal(setting.examples)
    return np.hstack([signal * np.array(setting.efficiency) + noise, distractors]), target


def start(setting: Setting, head_starts: Sequence[float], generator: np.random.Generator) -> Array:
    """Return the weights at time 0, shape (layers, head starts, features); the same random ones for each head start.

    The two features give a drive of one together, g_2 = head start x g_1; distractors begin at a tenth of g_1, with
    random signs.
    """
    heads = np.asarray(head_starts, dtype=float)
    first = 1.0 / (setting.efficiency[0] + setting.efficiency[1] * heads)
    signs = generator.choice([-1.0, 1.0], setting.distractors)
    others = 0.1 * first[:, np.newaxis] * np.ones(setting.distractors)
    strengths = np.column_stack([first, heads * first, others])
    tilt = setting.imbalance * generator.standard_normal((setting.depth, 1, strengths.shape[1]))
    weights = strengths ** (1.0 / setting.depth) * np.exp(tilt - tilt.mean(axis=0))
    weights[0, :, 2:] *= signs
    return np.asarray(weights)


def loss(weights: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Return the loss without decay and its gradient.

    Parameters
    ----------
    weights
        Shape (layers, ..., networks, features).
    x, y
        Shapes (..., examples, features) and (..., examples).

    Returns
    -------
    tuple[Array, Array]
        One loss a network, shape (..., networks), and its gradient, shaped as the weights.
    """
    off = weights.prod(axis=0) @ np.swapaxes(x, -1, -2) - y[..., np.newaxis, :]
    slope = off @ x / y.shape[-1]
    return 0.5 * np.mean(off * off, axis=-1), slope * others(weights)


def train(setting: Setting, head_starts: Sequence[float], seeds: Sequence[int]) -> Mapping[str, Any]:
    """Return the courses of a block of runs, every head start with every seed.

    A seed's sample, minibatches and start do not depend on which other seeds or head starts run beside it.

    Returns
    -------
    Mapping
        "time" (looks + 1,); "simple", h_1 g_1 over the drive of both features, and "distracted", the sum of squares of
        the distractors' strengths over that of all, shapes (looks + 1, seeds, head starts); "weights" at the end.
    """
    generators = [np.random.default_rng(seed) for seed in seeds]
    x, y = (np.stack(part) for part in zip(*(sample(setting, one) for one in generators), strict=True))
    weights = np.stack([start(setting, head_starts, one) for one in generators], axis=1)
    steps = round(setting.age / setting.weight_decay / setting.learning_rate)
    every = max(1, steps // setting.looks)
    rows, times, place = [], [], np.arange(len(seeds))[:, np.newaxis]
    for step in range(steps + 1):
        if step % every == 0:
            times.append(step * setting.learning_rate)
            rows.append(shares(setting, weights))
        batch = np.stack([one.integers(0, setting.examples, setting.batch) for one in generators])
        _, gradient = loss(weights, x[place, batch], y[place, batch])
        weights = weights - setting.learning_rate * (gradient + setting.weight_decay * weights)
    simple, distracted = (np.stack(part) for part in zip(*rows, strict=True))
    return {"time": np.array(times), "simple": simple, "distracted": distracted, "weights": weights}


def shares(setting: Setting, weights: Array) -> tuple[Array, Array]:
    """Return the simple feature's share of the drive, and the distractors' part of the squared strengths."""
    strengths = weights.prod(axis=0)
    drives = strengths[..., :2] * np.array(setting.efficiency)
    squares = strengths**2
    return drives[..., 0] / drives.sum(axis=-1), squares[..., 2:].sum(axis=-1) / squares.sum(axis=-1)
