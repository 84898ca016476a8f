"""Training: full-batch gradient ascent on the reward in training alone, with weight decay.

R = -(1/2) mean over questions (f(x, training) - b . x)^2; what the network does outside is never asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from witnesses.ensemble.context import asked, drawn, questions
from witnesses.network import RELU, SGD, Array, Weights, backward, forward, squared_error

Floats = NDArray[np.float64]


BLOCK = 4  # seeds that are trained at once: their activations stay in the cache


@dataclass(frozen=True)
class Setting:
    """How an ensemble is trained.

    Parameters
    ----------
    name
        In results.
    gate
        Size of the context bit.
    weight_decay
        0 or more, per unit of time.
    scale
        Of the weights at the start.
    learning_rate, steps
        Of gradient descent; time is their product.
    """

    name: str
    gate: float
    weight_decay: float = 0.0
    scale: float = 1.0
    learning_rate: float = 0.02
    steps: int = 2000

    @property
    def time(self) -> float:
        """Learning rate times steps."""
        return self.learning_rate * self.steps


def rewarded(weights: Weights, inside: Array, goals: Floats) -> tuple[Array, Weights]:
    """Return minus the reward of each network, shape (seed, designer), and its gradient.

    Parameters
    ----------
    weights
        Leading axes (seed, designer).
    inside
        Inputs in training.
    goals
        b, shape (designer, BITS).
    """
    seen = forward(weights, inside, RELU)
    loss, slope = squared_error(seen.output, (goals @ questions().T)[..., None])
    return loss, backward(weights, seen, slope, RELU)


def train(setting: Setting, seeds: Sequence[int], goals: Floats) -> Weights:
    """Return the networks after training, with axes (seed, designer).

    Parameters
    ----------
    setting, seeds
        How, and from which starts.
    goals
        What each designer rewards, shape (designer, BITS).
    """
    ended = [_trained(setting, seeds[place : place + BLOCK], goals) for place in range(0, len(seeds), BLOCK)]
    return {name: np.concatenate([one[name] for one in ended]) for name in ended[0]}


def _trained(setting: Setting, seeds: Sequence[int], goals: Floats) -> Weights:
    inside, _ = asked(setting.gate)
    optimizer = SGD(setting.learning_rate, setting.weight_decay)
    weights: Weights = {
        name: np.repeat(one, len(goals), axis=1) for name, one in drawn(seeds, setting.scale).items()
    }  # fmt: skip
    memory = optimizer.start(weights)
    for _ in range(setting.steps):
        weights = optimizer.step(weights, rewarded(weights, inside, goals)[1], memory)
    return weights


def behavior(weights: Weights, gate: float) -> tuple[Floats, Floats]:
    """Return what networks answer in training and outside, each of shape (seed, designer, QUESTIONS)."""
    found = [np.asarray(forward(weights, inputs, RELU).output[..., 0], dtype=np.float64) for inputs in asked(gate)]
    return found[0], found[1]
