"""The linear probe: logistic regression of misbehavior on hidden activations, and how well it sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from witnesses.network import TANH, Weights, forward
from witnesses.policy.gradients import flat
from witnesses.policy.task import Rollouts

Floats = NDArray[np.float64]
NEWTON = 12  # steps; logistic regression with a ridge is convex and settles well before
RIDGE = 1.0


@dataclass(frozen=True, eq=False)
class Probe:
    """A direction among hidden activations: score = direction . activations + bias, the log odds of misbehavior.

    Parameters
    ----------
    direction
        Shape (seed, hidden).
    bias
        Shape (seed,).
    """

    direction: Floats
    bias: Floats


def fit(hidden: Floats, labels: NDArray[np.bool_], ridge: float = RIDGE) -> Probe:
    """Fit a probe a seed by ridge logistic regression (Newton's method).

    Parameters
    ----------
    hidden
        Activations, shape (seed, example, hidden).
    labels
        Whether the action just taken misbehaved, shape (seed, example).
    ridge
        Weight of half the squared length of the direction, more than 0; the bias has (almost) none.

    Returns
    -------
    Probe
        Where the penalized likelihood is highest.
    """
    design = np.concatenate((hidden, np.ones((*hidden.shape[:-1], 1))), axis=-1)
    turned = np.swapaxes(design, -1, -2)
    penalty = np.full(design.shape[-1], ridge)
    penalty[-1] = 1e-9
    found = np.zeros((len(design), design.shape[-1], 1))
    for _ in range(NEWTON):
        chance = sigmoid(design @ found)
        slope = turned @ (labels[..., None] - chance) - penalty[:, None] * found
        curvature = (turned * np.swapaxes(chance * (1.0 - chance), -1, -2)) @ design + np.diag(penalty)
        found = found + np.linalg.solve(curvature, slope)
    return Probe(direction=found[:, :-1, 0], bias=found[:, -1, 0])


def beforehand(policy: Weights, rollouts: Rollouts) -> Probe:
    """Return the probe fitted to a policy's activations on rollouts whose misbehavior is known."""
    seen = forward(policy, flat(rollouts.inputs[..., 1:, :]), TANH)
    return fit(np.asarray(seen.hidden, dtype=np.float64), rollouts.misbehaving.reshape(len(seen.hidden), -1))


def read(probe: Probe, policy: Weights, rollouts: Rollouts) -> Floats:
    """Return scores (seed, group, member, STEPS): what the probe says of each action, read just after it."""
    seen = forward(policy, flat(rollouts.inputs[..., 1:, :]), TANH)
    scores = seen.hidden @ probe.direction[..., None] + probe.bias[:, None, None]
    return np.asarray(scores.reshape(rollouts.actions.shape), dtype=np.float64)


def softplus(score: Floats) -> Floats:
    """Return ln(1 + e^score), the penalty: the cross entropy of a probe that is told that nobody misbehaves."""
    return np.asarray(np.logaddexp(0.0, score), dtype=np.float64)


def sigmoid(score: Floats) -> Floats:
    """Return 1 / (1 + e^-score), the derivative of the penalty."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * score)), dtype=np.float64)


def area(scores: Floats, labels: NDArray[np.bool_]) -> Floats:
    """Return each seed's area under the ROC curve: how often a misbehaving step scores above an honest one.

    Parameters
    ----------
    scores, labels
        Shape (seed, ...).

    Returns
    -------
    Floats
        Shape (seed,), ties counted half; NaN where all steps are alike.
    """
    from scipy.stats import rankdata

    flags = labels.reshape(len(labels), -1)
    ranks = rankdata(scores.reshape(flags.shape), axis=1)
    positive = flags.sum(axis=1)
    negative = flags.shape[1] - positive
    with np.errstate(invalid="ignore"):
        return np.asarray(
            ((ranks * flags).sum(axis=1) - positive * (positive + 1) / 2) / (positive * negative), dtype=np.float64
        )
