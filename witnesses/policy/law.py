"""The law that predicts training from K measured before it: three traits, dz = K grad R, and no network.

    R(L, s_1, s_0) = A bonus - weight [A P(s_1) + (1 - A) P(s_0)],    A = 1/(1 + e^-L),    P(s) = E ln(1 + e^(s + sd x))

REINFORCE sees R through A alone, divided by the standard deviation of rewards within a group and shrunk by
c4(n)(n - 1)/n; the probe in the loss sees R through s_1 and s_0 alone. A frozen probe's scores stay where they were, and
a retrained one's come back. K and the standard deviations of the scores are held at what they were before training.

Source: THEORY's law dz = K grad R; c4 is that of the standard deviation of n normals (probe_selection.group_update).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, sqrt

import numpy as np
from numpy.typing import NDArray

from witnesses.policy.metric import Metric
from witnesses.policy.probe import sigmoid, softplus
from witnesses.policy.technique import Technique
from witnesses.policy.training import Schedule

Floats = NDArray[np.float64]
NODES, MASS = np.polynomial.hermite_e.hermegauss(15)
MASS = MASS / MASS.sum()


@dataclass(frozen=True, eq=False)
class Path:
    """What the law predicts, update by update.

    Parameters
    ----------
    misbehavior
        Shape (seed, update).
    score, score_sd
        s_1 and s_0 as the probe in use reads them, shape (seed, 2, update), and their standard deviations (seed, 2).
    """

    misbehavior: Floats
    score: Floats
    score_sd: Floats

    @property
    def auc(self) -> Floats:
        """Phi((s_1 - s_0)/sqrt(sd_1^2 + sd_0^2)), for normal scores, shape (seed, update)."""
        from scipy.special import ndtr

        spread = np.sqrt((self.score_sd**2).sum(axis=-1, keepdims=True))
        return np.asarray(ndtr((self.score[:, 0] - self.score[:, 1]) / spread), dtype=np.float64)

    @property
    def recall(self) -> Floats:
        """Phi(s_1/sd_1), for normal scores, shape (seed, update)."""
        from scipy.special import ndtr

        return np.asarray(ndtr(self.score[:, 0] / self.score_sd[:, :1]), dtype=np.float64)


def shrinkage(members: int) -> float:
    """Return c4(n)(n - 1)/n: how much of a covariance a group-normalized advantage keeps, for n normal rewards."""
    n = members
    return sqrt(2.0 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2)) * (n - 1) / n


def predicted(metric: Metric, technique: Technique, schedule: Schedule) -> Path:
    """Return what the law predicts of a technique.

    Parameters
    ----------
    metric
        What was measured before training.
    technique, schedule
        How it will be trained.

    Returns
    -------
    Path
        From before the first update to after the last.
    """
    state = np.concatenate((np.log(metric.misbehavior / (1.0 - metric.misbehavior))[:, None], metric.score), axis=1)
    states = [state]
    for number in range(1, schedule.updates + 1):
        state = state + schedule.learning_rate * _velocity(state, metric, technique, schedule)
        if technique.retrained_every and number % technique.retrained_every == 0:
            state = np.concatenate((state[:, :1], metric.score), axis=1)
        states.append(state)
    found = np.stack(states, axis=-1)
    return Path(misbehavior=sigmoid(found[:, 0]), score=found[:, 1:], score_sd=metric.score_sd)


def _velocity(state: Floats, metric: Metric, technique: Technique, schedule: Schedule) -> Floats:
    share, rate = sigmoid(state[:, 0]), sigmoid(state[:, 0]) * sigmoid(-state[:, 0])
    weight = schedule.weight if technique.in_reward else 0.0
    cost = _mean(softplus, metric.score if technique.frozen else state[:, 1:], metric.score_sd)
    gain = (metric.bonus if technique.pays else 0.0) - weight * (cost[:, 0] - cost[:, 1])
    other = (metric.other_variance_paid if technique.pays else 0.0) + weight**2 * metric.other_variance
    spread = np.sqrt(metric.clumping * rate * gain**2 + other)
    moved = metric.metric[:, :, 0] * (shrinkage(schedule.members) * rate * gain / spread)[:, None]
    if technique.in_loss:
        slope = _mean(sigmoid, state[:, 1:], metric.score_sd) * np.stack((share, 1.0 - share), axis=-1)
        moved = moved - schedule.weight * (metric.metric[:, :, 1:] @ slope[:, :, None])[:, :, 0]
    return moved


def _mean(function: Callable[[Floats], Floats], score: Floats, spread: Floats) -> Floats:
    """Return the mean of a function of normal scores, by Gauss-Hermite quadrature."""
    return np.asarray((function(score[..., None] + spread[..., None] * NODES) * MASS).sum(axis=-1), dtype=np.float64)
