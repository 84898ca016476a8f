"""Gradients of a policy: of the likelihood of what it did, and of what a probe reads in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from witnesses.network import TANH, Array, Weights, backward, forward, log_softmax
from witnesses.policy.task import INPUTS, Rollouts

Floats = NDArray[np.float64]


def flat(inputs: Array) -> Array:
    """Return inputs (seed, ..., INPUTS) as examples (seed, example, INPUTS)."""
    return inputs.reshape(len(inputs), -1, INPUTS)


def likelihood(policy: Weights, rollouts: Rollouts, credit: Floats) -> Weights:
    """Return the gradient of sum credit * ln p(action), summed over each seed's steps.

    Parameters
    ----------
    policy
        Weights with an axis of seeds.
    rollouts
        What was done.
    credit
        Shape (seed, group, member, STEPS), or one that broadcasts to it.
    """
    seen = forward(policy, flat(rollouts.inputs[..., :-1, :]), TANH)
    given = np.broadcast_to(credit, rollouts.actions.shape).reshape(*seen.output.shape[:-1], 1)
    taken = rollouts.actions.reshape(given.shape)
    slope = -np.exp(log_softmax(seen.output)) * given
    np.put_along_axis(slope, taken, np.take_along_axis(slope, taken, -1) + given, -1)
    return backward(policy, seen, slope, TANH)


def reading(policy: Weights, rollouts: Rollouts, direction: Floats, credit: Floats) -> Weights:
    """Return the gradient of sum credit * (direction . activations), the rollouts held fixed.

    Parameters
    ----------
    policy, rollouts
        Whose activations are read, just after each action.
    direction
        Shape (seed, hidden).
    credit
        Shape (seed, group, member, STEPS).
    """
    seen = forward(policy, flat(rollouts.inputs[..., 1:, :]), TANH)
    hidden_slope = credit.reshape(*seen.output.shape[:-1], 1) * direction[:, None, :]
    return backward(policy, seen, np.zeros_like(seen.output), TANH, hidden_slope)


def added(one: Mapping[str, Array], other: Mapping[str, Array], scale: float = 1.0) -> Weights:
    """Return one + scale * other, array by array."""
    return {name: one[name] + scale * other[name] for name in one}


def inner(one: Mapping[str, Array], other: Mapping[str, Array]) -> Floats:
    """Return each seed's inner product of two gradients, shape (seed,)."""
    return np.asarray(sum((one[name] * other[name]).sum(axis=(-1, -2)) for name in one), dtype=np.float64)
