"""The law that predicts behavior outside training from K measured at the start.

    df/dt = -K(., training) (f_training - b . x)/QUESTIONS - 2 weight_decay f

K(p, q) = grad f(p) . grad f(q) is the learning operator of gradient descent in the space of answers, and 2 the degree
of homogeneity of a network of two layers without biases: decay of all weights at rate r is decay of answers at 2r, as
of products of two weights. K is held at what it was at the start. What training does outside is what K carries over.

`products` lets K move as the weights do, and holds only which units each question opens.

Source: dz = K grad R - decay z with z the answers; Jacot, Gabriel & Hongler, arXiv:1806.07572, for K held.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from witnesses.ensemble.context import QUESTIONS, asked, drawn, questions
from witnesses.ensemble.training import BLOCK, Setting, behavior
from witnesses.network import RELU, SGD, Activation, Weights, backward, forward, squared_error

Floats = NDArray[np.float64]


def operator(weights: Weights, gate: float) -> Floats:
    """Return K among all questions in training, then all outside: shape (seed, designer, 2 QUESTIONS, 2 QUESTIONS).

    With respect to V, df/dV_h = a_h; to W, df/dW_ih = x_i V_h [a_h > 0].
    """
    inputs = np.concatenate(asked(gate))
    seen = forward(weights, inputs, RELU)
    through = RELU.slope(seen.before) * np.swapaxes(weights["V"], -1, -2)
    return np.asarray(
        seen.hidden @ np.swapaxes(seen.hidden, -1, -2) + (inputs @ inputs.T) * (through @ np.swapaxes(through, -1, -2)),
        dtype=np.float64,
    )


def predicted(setting: Setting, seeds: Sequence[int], goals: Floats) -> tuple[Floats, Floats]:
    """Return the law's answers in training and outside at the end, each of shape (seed, designer, QUESTIONS).

    Parameters
    ----------
    setting
        How networks will be trained; the law takes the same steps.
    seeds
        Whose starts are measured; none is trained.
    goals
        What each designer rewards, shape (designer, BITS).
    """
    weights = drawn(seeds, setting.scale)
    carried = operator(weights, setting.gate)[:, 0, :, :QUESTIONS] / QUESTIONS
    first = np.concatenate(behavior(weights, setting.gate), axis=-1)[:, 0, :, None]
    answers = np.repeat(first, len(goals), axis=-1)
    target = questions() @ goals.T
    for _ in range(setting.steps):
        off = carried @ (answers[:, :QUESTIONS] - target)
        answers = answers - setting.learning_rate * (off + 2.0 * setting.weight_decay * answers)
    answers = np.swapaxes(answers, -1, -2)
    return answers[..., :QUESTIONS], answers[..., QUESTIONS:]


def products(setting: Setting, seeds: Sequence[int], goals: Floats) -> tuple[Floats, Floats]:
    """Return answers at the end of a network whose units stay open to the questions they were open to at the start.

    f(x) = sum_h V_h open_h(x) (W_h . x): a sum of products of two weights, under gradient descent and decay.

    Parameters
    ----------
    setting, seeds, goals
        As in `predicted`, and so is what comes back.
    """
    found = [_products(setting, seeds[place : place + BLOCK], goals) for place in range(0, len(seeds), BLOCK)]
    return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])


def _products(setting: Setting, seeds: Sequence[int], goals: Floats) -> tuple[Floats, Floats]:
    first = drawn(seeds, setting.scale)
    gates = [_held(first, inputs) for inputs in asked(setting.gate)]
    inside, outside = asked(setting.gate)
    target = (goals @ questions().T)[..., None]
    optimizer = SGD(setting.learning_rate, setting.weight_decay)
    weights: Weights = {name: np.repeat(one, len(goals), axis=1) for name, one in first.items()}
    for _ in range(setting.steps):
        seen = forward(weights, inside, gates[0])
        slope = squared_error(seen.output, target)[1]
        weights = optimizer.step(weights, backward(weights, seen, slope, gates[0]), {})
    found = [
        forward(weights, inputs, gate).output[..., 0] for inputs, gate in zip((inside, outside), gates, strict=True)
    ]
    return np.asarray(found[0], dtype=np.float64), np.asarray(found[1], dtype=np.float64)


def _held(weights: Weights, inputs: Floats) -> Activation:
    """Return an activation that lets through what these weights let through, whatever weights come later."""
    opened = RELU.slope(forward(weights, inputs, RELU).before)
    return Activation(lambda x: x * opened, lambda x: np.broadcast_to(opened, x.shape))
