"""The law that predicts training from K measured before it: a few traits, dz = K grad R, and no network.

    R = sum_k A_k [paid_k - weight P(s_k)],    A = softmax(0, L_1 .. L_m),    P(s) = E ln(1 + e^(s + sd x)), x normal

REINFORCE sees R through the A_k alone, divided by the standard deviation of rewards within a group and shrunk by
c4(n)(n - 1)/n; a probe in the loss sees R through the s_k alone. A frozen probe's scores stay where they were, and a
retrained one's come back. K and the standard deviations of the scores are held at what they were before training.

Source: dz = K grad R, with the K of gradient descent on weights; c4(n)(n - 1)/n is that of the prediction
probe_selection.group_update; with K diagonal it is that of probe_selection.response_ratio for a gradient learner.
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
    """What the law predicts, update by update, of each seed.

    Parameters
    ----------
    share
        A_0 .. A_m, shape (update, seed, m + 1).
    score
        s_0 .. s_m as the probe in use reads them, shape (update, seed, m + 1).
    start
        What was measured before training.
    """

    share: Floats
    score: Floats
    start: Metric

    @property
    def misbehavior(self) -> Floats:
        """Share of steps that misbehave, shape (update, seed)."""
        return np.asarray(self.share[..., self.start.bad].sum(axis=-1))

    @property
    def auc(self) -> Floats:
        """Mean over pairs of kinds, as common as at the start, of Phi((s_k - s_j)/sqrt(sd_k^2 + sd_j^2)).

        Shape (update, seed); k misbehaves and j does not.
        """
        from scipy.special import ndtr

        bad, spread = self.start.bad, self.start.score_sd
        apart = self.score[..., bad, None] - self.score[..., None, ~bad]
        both = np.hypot(spread[:, bad, None], spread[:, None, ~bad])
        pairs = self.start.share[:, bad, None] * self.start.share[:, None, ~bad]
        return np.asarray((ndtr(apart / both) * pairs).sum(axis=(-1, -2)) / pairs.sum(axis=(-1, -2)))

    @property
    def recall(self) -> Floats:
        """Mean over kinds that misbehave, as common as at the start, of Phi(s_k/sd_k), shape (update, seed)."""
        from scipy.special import ndtr

        bad = self.start.bad
        known, seen = self.start.share[:, bad], ndtr(self.score[..., bad] / self.start.score_sd[:, bad])
        return np.asarray((seen * known).sum(axis=-1) / known.sum(axis=-1))

    @property
    def subtle(self) -> Floats:
        """Share of the last kind in misbehavior, shape (update, seed)."""
        return np.asarray(self.share[..., -1] / self.misbehavior)

    @property
    def margin(self) -> Floats:
        """Mean score of misbehaving steps less that of others, kinds as common as at the start: (update, seed)."""
        bad, share = self.start.bad, self.start.share
        means = [
            (self.score[..., one] * share[:, one]).sum(axis=-1) / share[:, one].sum(axis=-1) for one in (bad, ~bad)
        ]
        return np.asarray(means[0] - means[1])

    @property
    def angle(self) -> Floats:
        """Angle between probe and feature, whose length is held: cos falls as the margin; (update, seed), radians."""
        cosine = np.cos(self.start.angle) * self.margin / self.margin[0]
        return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))

    @property
    def penalty(self) -> Floats:
        """Mean penalty of a step, shape (update, seed)."""
        return np.asarray((self.share * penalty(self.score, self.start.score_sd)).sum(axis=-1))

    @property
    def frozen_penalty(self) -> Floats:
        """Mean penalty of a step as the copy from before training reads it, shape (update, seed)."""
        return np.asarray((self.share * penalty(self.start.score, self.start.score_sd)).sum(axis=-1))


def shrinkage(members: int) -> float:
    """Return c4(n)(n - 1)/n: how much of Cov/sd a group-normalized advantage keeps, for n normal rewards."""
    n = members
    return sqrt(2.0 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2)) * (n - 1) / n


def predicted(metric: Metric, technique: Technique, schedule: Schedule, *, base_rate: bool = False) -> Path:
    """Return what the law predicts of a technique.

    Parameters
    ----------
    metric
        What was measured before training.
    technique, schedule
        How it will be trained.
    base_rate
        Whether a retrained probe knows how rare misbehavior has become: its scores are log odds, and come back less by
        as much as the log odds of misbehavior have fallen.

    Returns
    -------
    Path
        From before the first update to after the last.
    """
    kinds = metric.share.shape[-1] - 1
    state = np.concatenate((np.log(metric.share[:, 1:] / metric.share[:, :1]), metric.score), axis=1)
    states = [state]
    for number in range(1, schedule.updates + 1):
        state = state + schedule.learning_rate * _velocity(state, metric, technique, schedule)
        if technique.retrained_every and number % technique.retrained_every == 0:
            now = shares(state[:, :kinds])
            fallen = _odds(now, metric.bad) - _odds(metric.share, metric.bad) if base_rate else np.zeros(len(state))
            state = np.concatenate((state[:, :kinds], metric.score + fallen[:, None]), axis=1)
        states.append(state)
    found = np.stack(states)
    return Path(share=shares(found[..., :kinds]), score=found[..., kinds:], start=metric)


def shares(log_odds: Floats) -> Floats:
    """Return softmax(0, L_1 .. L_m) over the last axis."""
    from scipy.special import softmax

    full = np.concatenate((np.zeros((*log_odds.shape[:-1], 1)), log_odds), axis=-1)
    return np.asarray(softmax(full, axis=-1), dtype=np.float64)


def penalty(score: Floats, spread: Floats) -> Floats:
    """Return the mean penalty of normal scores of given mean and standard deviation."""
    return _mean(softplus, score, spread)


def _odds(share: Floats, bad: NDArray[np.bool_]) -> Floats:
    """Return the log odds of misbehavior."""
    return np.asarray(np.log(share[..., bad].sum(axis=-1) / share[..., ~bad].sum(axis=-1)), dtype=np.float64)


def _velocity(state: Floats, metric: Metric, technique: Technique, schedule: Schedule) -> Floats:
    kinds = metric.share.shape[-1] - 1
    share, score = shares(state[:, :kinds]), state[:, kinds:]
    weight = schedule.weight if technique.in_reward else 0.0
    cost = penalty(metric.score if technique.frozen else score, metric.score_sd)
    earned = (metric.paid if technique.pays else 0.0) - weight * cost
    off = earned - (share * earned).sum(axis=-1, keepdims=True)
    other = (metric.other_pay if technique.pays else 0.0) + weight**2 * metric.other_penalty
    spread = np.sqrt(metric.clumping * (share * off**2).sum(axis=-1) + other)
    slope = np.zeros_like(state)
    slope[:, :kinds] = shrinkage(schedule.members) * (share * off)[:, 1:] / spread[:, None]
    if technique.in_loss:
        slope[:, kinds:] = -schedule.weight * share * _mean(sigmoid, score, metric.score_sd)
    return np.asarray((metric.metric @ slope[:, :, None])[:, :, 0], dtype=np.float64)


def _mean(function: Callable[[Floats], Floats], score: Floats, spread: Floats) -> Floats:
    """Return the mean of a function of normal scores, by Gauss-Hermite quadrature."""
    return np.asarray((function(score[..., None] + spread[..., None] * NODES) * MASS).sum(axis=-1), dtype=np.float64)
