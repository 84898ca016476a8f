"""Where a trained network keeps what it memorized: in neurons of its own, or in those that generalize.

A neuron's strength is |w||v|. It generalizes if at least half of |w|^2 comes from the two bits that matter; cutting a
network leaves it only those neurons, and of their weights only those from these bits.
"""

from __future__ import annotations

import numpy as np

from witnesses import network
from witnesses.grokking.training import RELEVANT, Run
from witnesses.network import Array, Weights


def anatomy(run: Run) -> dict[str, float]:
    """Return what is found in a network in the end.

    Returns
    -------
    dict
        generalizing_strength, the generalizing neurons' share of all strength; memorized_when_cut, the share of the cut
        network's training margin that does not carry over to fresh examples; tilt_gain, margin per strength on training
        examples of the whole network over that of the cut one on fresh examples (NaN if nothing is left of it).
    """
    strengths = strength(run.weights)
    relevant = np.sum(run.weights["W"][:RELEVANT] ** 2, axis=0) / np.sum(run.weights["W"] ** 2, axis=0)
    generalizes = relevant >= 0.5
    less = cut(run.weights, generalizes)
    whole, kept = margin(run.weights, *run.trained), margin(less, *run.trained)
    carried, left = margin(less, *run.fresh), float(strength(less).sum())
    some = left > 0.0
    return {
        "generalizing_strength": float(strengths[generalizes].sum() / strengths.sum()),
        "memorized_when_cut": 1.0 - carried / kept if some else float("nan"),
        "tilt_gain": whole / float(strengths.sum()) / (carried / left) if some else float("nan"),
    }


def cut(weights: Weights, neurons: Array) -> Weights:
    """Return the weights of some neurons alone (a mask), from the bits that matter alone."""
    less = {"W": weights["W"] * neurons, "V": weights["V"].copy()}
    less["W"][RELEVANT:] = 0.0
    return less


def strength(weights: Weights) -> Array:
    """Return |w||v| of each neuron, shape (width,)."""
    return np.asarray(np.linalg.norm(weights["W"], axis=0) * np.linalg.norm(weights["V"], axis=1))


def margin(weights: Weights, x: Array, y: Array) -> float:
    """Return the mean of y f(x)."""
    return float(np.mean(y * network.forward(weights, x).output[:, 0]))
