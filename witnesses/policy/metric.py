"""The learning operator K, measured before training: how the policy's traits pull on each other.

The traits are L_k = ln(A_k/A_0), the log odds of each kind of step against the first kind, and s_0, s_1, ..., the mean
scores of each kind. Gradient ascent on the weights moves traits by K = (grad z_i . grad z_j): L_k
through what is done (the score function), s_k through what the probe reads of it, the rollouts held fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from witnesses.network import Weights
from witnesses.policy.gradients import inner, likelihood, reading
from witnesses.policy.measures import angle, class_mean, within
from witnesses.policy.probe import read, softplus
from witnesses.policy.task import OVERT, SUBTLE, Rollouts, sample
from witnesses.policy.training import Schedule, Start

Floats = NDArray[np.float64]
ONE_KIND = ("honest", "misbehaving")
TYPES = ("right", "wrong", "overt", "subtle")
MISBEHAVING = frozenset({"misbehaving", "overt", "subtle"})
GROUPS = 512


@dataclass(frozen=True, eq=False)
class Metric:
    """What is measured of each seed before training; every array begins with the axis of seeds.

    Parameters
    ----------
    kinds
        What steps are told apart as.
    metric
        K, shape (seed, 2m + 1, 2m + 1), of (L_1 .. L_m, s_0 .. s_m), for m + 1 kinds.
    share
        A_0 .. A_m, the shares of steps, shape (seed, m + 1).
    score, score_sd
        Mean and standard deviation of the scores of each, shape (seed, m + 1).
    angle
        Between the probe and the feature of misbehavior, in radians, shape (seed,).
    paid
        What each is paid a step, shape (seed, m + 1).
    clumping
        Variance within groups of a rollout's misbehavior over A(1 - A), shape (seed,): 1/STEPS if steps were
        independent and prompts alike.
    other_penalty, other_pay
        Variance within groups of a rollout's penalty, and of its pay, that misbehavior does not explain, shape (seed,).
    covariance, penalty_variance, misbehavior_variance
        Within groups, of a rollout's misbehavior A and mean penalty S, shape (seed,).
    pull, push
        grad A . grad S and |grad S|^2, both through what is done alone, shape (seed,).
    """

    kinds: tuple[str, ...]
    metric: Floats
    share: Floats
    score: Floats
    score_sd: Floats
    angle: Floats
    paid: Floats
    clumping: Floats
    other_penalty: Floats
    other_pay: Floats
    covariance: Floats
    penalty_variance: Floats
    misbehavior_variance: Floats
    pull: Floats
    push: Floats

    @property
    def bad(self) -> NDArray[np.bool_]:
        """Which kinds misbehave, shape (m + 1,)."""
        return np.array([kind in MISBEHAVING for kind in self.kinds])


def measured_metric(
    start: Start, schedule: Schedule, generators: Sequence[np.random.Generator], kinds: tuple[str, ...] = ONE_KIND,
    groups: int = GROUPS,
) -> Metric:  # fmt: skip
    """Return what can be known of policies and the probes that read them, before any is trained.

    Parameters
    ----------
    start, schedule
        Policies, probes, and the size of groups.
    generators
        One a seed.
    kinds
        What steps are told apart as: `ONE_KIND` of misbehavior, or four `TYPES` of steps.
    groups
        Prompts of either half of the rollouts.

    Returns
    -------
    Metric
        Its inner products are between gradients of two independent halves of the rollouts, which makes them unbiased:
        the noise of a gradient would add to its own square.
    """
    halves = [sample(start.task, start.policy, groups, schedule.members, generators) for _ in range(2)]
    first, second = (_gradients(start, one, kinds) for one in halves)
    products = np.stack([np.stack([inner(one, other) for other in second], axis=-1) for one in first], axis=-2)
    products = 0.5 * (products + np.swapaxes(products, -1, -2))
    both = Rollouts(*(np.concatenate([getattr(one, name) for one in halves], axis=1)
                      for name in ("inputs", "actions", "rewards")))  # fmt: skip
    share = np.stack([where.mean(axis=(1, 2, 3)) for where in _classes(both, kinds)], axis=-1)
    odds = _log_odds(share)
    return Metric(
        kinds=kinds,
        metric=odds @ products[:, :-2, :-2] @ np.swapaxes(odds, -1, -2),
        share=share, pull=products[:, -2, -1], push=products[:, -1, -1], **_spread(start, both, kinds),
    )  # fmt: skip


def _classes(rollouts: Rollouts, kinds: tuple[str, ...]) -> list[NDArray[np.bool_]]:
    """Return where steps are of each kind."""
    honest = ~rollouts.misbehaving
    where = {
        "honest": honest, "right": honest & (rollouts.rewards > 0.0), "wrong": honest & (rollouts.rewards == 0.0),
        "misbehaving": ~honest, "overt": rollouts.actions == OVERT, "subtle": rollouts.actions == SUBTLE,
    }  # fmt: skip
    return [where[kind] for kind in kinds]


def _log_odds(share: Floats) -> Floats:
    """Return the matrix from gradients of (A_1 .. A_m, s_0 .. s_m) to those of (L_1 .. L_m, s_0 .. s_m).

    A_0 = 1 - A_1 - ... - A_m, so grad L_k = grad A_k/A_k + sum_j grad A_j/A_0.
    """
    kinds = share.shape[-1] - 1
    found = np.tile(np.eye(2 * kinds + 1), (len(share), 1, 1))
    found[:, :kinds, :kinds] = np.eye(kinds) / share[:, None, 1:] + 1.0 / share[:, :1, None]
    return found


def _gradients(start: Start, rollouts: Rollouts, kinds: tuple[str, ...]) -> list[Weights]:
    """Return gradients of A_1 .. A_m, s_0 .. s_m, A and S; all but the scores go through what is done."""
    classes = _classes(rollouts, kinds)
    readings = []
    for where in classes:
        credit = where / where.sum(axis=(1, 2, 3), keepdims=True)
        readings.append(reading(start.policy, rollouts, start.probe.direction, credit))
    penalty = softplus(read(start.probe, start.policy, rollouts)).mean(axis=-1)
    shares = [_through_deeds(start, rollouts, where.mean(axis=-1)) for where in classes[1:]]
    amount = _through_deeds(start, rollouts, rollouts.misbehavior)
    return [*shares, *readings, amount, _through_deeds(start, rollouts, penalty)]


def _through_deeds(start: Start, rollouts: Rollouts, value: Floats) -> Weights:
    """Return the score function's estimate of the gradient of a rollout's mean value."""
    off = value - value.mean(axis=-1, keepdims=True)
    # A member is part of its own group's mean: n/(n - 1) makes up for it.
    weight = off.shape[-1] / (off.shape[-1] - 1) / off[0].size
    return likelihood(start.policy, rollouts, (off * weight)[..., None])


def _spread(start: Start, rollouts: Rollouts, kinds: tuple[str, ...]) -> dict[str, Floats]:
    scores, classes = read(start.probe, start.policy, rollouts), _classes(rollouts, kinds)
    means = np.stack([class_mean(scores, where) for where in classes], axis=-1)
    squares = np.stack([class_mean(scores**2, where) for where in classes], axis=-1)
    amount, cost, pay = rollouts.misbehavior, softplus(scores).mean(axis=-1), rollouts.rewards.mean(axis=-1)
    variance, share = within(amount, amount), rollouts.misbehaving.mean(axis=(1, 2, 3))
    return {
        "score": means,
        "score_sd": np.sqrt(squares - means**2),
        "angle": angle(start.policy, start.probe, rollouts),
        "paid": np.stack([class_mean(rollouts.rewards, where) for where in classes], axis=-1),
        "clumping": variance / (share * (1.0 - share)),
        "other_penalty": within(cost, cost) - within(amount, cost) ** 2 / variance,
        "other_pay": within(pay, pay) - within(amount, pay) ** 2 / variance,
        "covariance": within(amount, cost),
        "penalty_variance": within(cost, cost),
        "misbehavior_variance": variance,
    }
