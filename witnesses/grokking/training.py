"""A two-layer network that groks: the parity of two of many bits, learned from few examples with weight decay.

    f(x) = relu(x W) V,    loss = mean over examples of ln(1 + exp(-y f(x))) + (weight_decay/2) |weights|^2

x are signs, y is the product of the first two. Training is gradient descent on all examples at once, without biases, so
that f is homogeneous of degree two in its weights: the strength of a neuron is a product of two. A time is a number of
steps times the learning rate. Nothing here knows of circuits; what is looked at is margins on examples and weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from witnesses import network
from witnesses.network import Array, Weights

RELEVANT = 2
MEMORIZED = 0.99
COLUMNS = (
    "time", "train_margin", "test_margin", "train_accuracy", "test_accuracy", "pull", "squared_weights",
    "relevant_weights",
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """What one run is.

    Parameters
    ----------
    size
        Number of training examples.
    weight_decay
        > 0, per unit of time.
    bits, width
        Of an example, and of the hidden layer.
    learning_rate
        > 0.
    test_size
        Number of fresh examples that the test margin is measured on.
    looks
        How often it is looked at in the time 1/weight_decay.
    patience
        When to give up, in units of 1/weight_decay.
    enough
        Share of the training margin that carries over to fresh examples at which to stop.
    """

    size: int = 130
    weight_decay: float = 0.01
    bits: int = 40
    width: int = 128
    learning_rate: float = 0.5
    test_size: int = 2000
    looks: int = 10
    patience: float = 20.0
    enough: float = 0.95


def examples(generator: np.random.Generator, count: int, bits: int) -> tuple[Array, Array]:
    """Return random signs, shape (count, bits), and the products of the first two, shape (count,)."""
    x = generator.choice([-1.0, 1.0], (count, bits))
    return x, x[:, :RELEVANT].prod(axis=1)


def loss(weights: Mapping[str, Array], x: Array, y: Array) -> tuple[float, Weights, Array]:
    """Return the logistic loss without decay, its gradient, and the margins y f(x), shape (examples,)."""
    seen = network.forward(weights, x)
    margins = y * seen.output[:, 0]
    slope = -(y * np.exp(-np.logaddexp(0.0, margins)) / y.size)[:, np.newaxis]
    return float(np.logaddexp(0.0, -margins).mean()), network.backward(weights, seen, slope), margins


@dataclass(frozen=True, eq=False)
class Run:
    """What one run leaves.

    Parameters
    ----------
    course
        Per name of ``COLUMNS`` an array (looks,): time; mean margin y f(x) of training and of fresh examples; share of
        each that is right; pull, the mean of -dloss/dmargin over training examples; the sum of the squares of all
        weights, and of those of W that come from the two bits that matter.
    weights
        In the end.
    trained, fresh
        Examples, x and y each.
    """

    course: Mapping[str, NDArray[np.float64]]
    weights: Weights
    trained: tuple[Array, Array]
    fresh: tuple[Array, Array]


def train(setting: Setting, seed: int) -> Run:
    """Return one run; the seed is that of the weights at the start, the training and the fresh examples."""
    generator = np.random.default_rng(seed)
    weights = network.start(generator, setting.bits, setting.width, 1, biases=False)
    trained = examples(generator, setting.size, setting.bits)
    fresh = examples(generator, setting.test_size, setting.bits)
    seen, rows = zip(*_course(setting, weights, trained, fresh), strict=True)
    return Run(dict(zip(COLUMNS, np.array(rows).T, strict=True)), seen[-1], trained, fresh)


def _course(
    setting: Setting, weights: Weights, trained: tuple[Array, Array], fresh: tuple[Array, Array]
) -> Iterator[tuple[Weights, tuple[float, ...]]]:
    """Yield the weights and a row of the course at every look."""
    optimizer = network.SGD(setting.learning_rate, setting.weight_decay)
    unit = setting.weight_decay * setting.learning_rate
    every = max(1, round(1.0 / (setting.looks * unit)))
    for step in range(int(setting.patience / unit) + 1):
        _, gradient, margins = loss(weights, *trained)
        if step % every == 0:
            row = _look(weights, margins, *fresh)
            yield weights, (step * setting.learning_rate, *row)
            if row[2] >= MEMORIZED and row[1] >= setting.enough * row[0]:
                return
        weights = optimizer.step(weights, gradient, {})


def _look(weights: Weights, margins: Array, x: Array, y: Array) -> tuple[float, ...]:
    test = y * network.forward(weights, x).output[:, 0]
    squares = sum(float(np.sum(one**2)) for one in weights.values())
    return (
        float(margins.mean()), float(test.mean()), float(np.mean(margins > 0.0)), float(np.mean(test > 0.0)),
        float(np.exp(-np.logaddexp(0.0, margins)).mean()), squares, float(np.sum(weights["W"][:RELEVANT] ** 2)),
    )  # fmt: skip


def crossing(course: Mapping[str, Any], share: float, column: str = "share") -> float:
    """Return when a quantity first reaches a level after memorization, between two looks by a straight line.

    Parameters
    ----------
    course
        Of `train`.
    share
        The level.
    column
        "share", of the training margin that carries over to fresh examples, or a column of the course.

    Returns
    -------
    float
        A time; NaN if it never does.
    """
    time = course["time"]
    values = course["test_margin"] / course["train_margin"] if column == "share" else course[column]
    memorized = np.flatnonzero(course["train_accuracy"] >= MEMORIZED)
    if memorized.size == 0:
        return float("nan")
    after = np.flatnonzero(values[memorized[0] :] >= share)
    if after.size == 0:
        return float("nan")
    place = memorized[0] + after[0]
    if place == memorized[0]:
        return float(time[place])
    return float(np.interp(share, values[place - 1 : place + 1], time[place - 1 : place + 1]))
