"""The learning operator K, measured before training: how the policy's traits pull on each other.

The traits are L = ln(A/(1 - A)), the log odds of misbehavior, s_1 and s_0, the mean scores of misbehaving and honest
steps. Gradient ascent on the weights moves traits by K = (grad z_i . grad z_j): L through what is done (the score
function), s_1 and s_0 through what the probe reads of it, the rollouts held fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from witnesses.network import Weights
from witnesses.policy.gradients import inner, likelihood, reading
from witnesses.policy.measures import class_mean, within
from witnesses.policy.probe import read, softplus
from witnesses.policy.task import Rollouts, sample
from witnesses.policy.training import Schedule, Start

Floats = NDArray[np.float64]
GROUPS = 512  # a half


@dataclass(frozen=True, eq=False)
class Metric:
    """What is measured of each seed before training; every array begins with the axis of seeds.

    Parameters
    ----------
    metric
        K, shape (seed, 3, 3), of (L, s_1, s_0).
    misbehavior
        A, the share of steps that misbehave.
    score, score_sd
        Mean and standard deviation of the scores of misbehaving and of honest steps, shape (seed, 2).
    bonus
        What a misbehaving step is paid beyond an honest one.
    clumping
        Variance within groups of a rollout's misbehavior, over A(1 - A): 1/STEPS for independent steps of one mind.
    other_variance, other_variance_paid
        Variance within groups of a rollout's penalty, and of its pay, that misbehavior does not explain.
    covariance, penalty_variance, misbehavior_variance
        Within groups, of a rollout's misbehavior A and mean penalty S.
    pull, push
        grad A . grad S and |grad S|^2, through what is done alone.
    """

    metric: Floats
    misbehavior: Floats
    score: Floats
    score_sd: Floats
    bonus: Floats
    clumping: Floats
    other_variance: Floats
    other_variance_paid: Floats
    covariance: Floats
    penalty_variance: Floats
    misbehavior_variance: Floats
    pull: Floats
    push: Floats


def measured_metric(start: Start, schedule: Schedule, generators: Sequence[np.random.Generator]) -> Metric:
    """Return what can be known of the policies before any is trained.

    Parameters
    ----------
    start, schedule
        Policies, probes, and the size of groups.
    generators
        One a seed.

    Returns
    -------
    Metric
        Its inner products are between gradients of two independent halves of the rollouts, which makes them unbiased:
        the noise of a gradient would add to its own square.
    """
    halves = [sample(start.task, start.policy, GROUPS, schedule.members, generators) for _ in range(2)]
    first, second = (_gradients(start, one) for one in halves)
    products = np.stack([np.stack([inner(one, other) for other in second], axis=-1) for one in first], axis=-2)
    products = 0.5 * (products + np.swapaxes(products, -1, -2))
    both = Rollouts(*(np.concatenate([getattr(one, name) for one in halves], axis=1)
                      for name in ("inputs", "actions", "rewards")))  # fmt: skip
    share = both.misbehaving.mean(axis=(1, 2, 3))
    rate = share * (1.0 - share)
    scale = np.stack([1.0 / rate, np.ones_like(rate), np.ones_like(rate)], axis=-1)
    return Metric(
        metric=products[:, :3, :3] * scale[:, :, None] * scale[:, None, :],
        misbehavior=share, pull=products[:, 0, 3], push=products[:, 3, 3], **_spread(start, both, rate),
    )  # fmt: skip


def _gradients(start: Start, rollouts: Rollouts) -> list[Weights]:
    """Return the gradients of A, s_1, s_0 and S, of which the first and last go through what is done."""
    penalty = softplus(read(start.probe, start.policy, rollouts)).mean(axis=-1)
    found = []
    for value in (rollouts.misbehavior, penalty):
        off = value - value.mean(axis=-1, keepdims=True)
        # A member is part of its own group's mean: n/(n - 1) makes up for it.
        weight = off.shape[-1] / (off.shape[-1] - 1) / off[0].size
        found.append(likelihood(start.policy, rollouts, (off * weight)[..., None]))
    readings = []
    for where in (rollouts.misbehaving, ~rollouts.misbehaving):
        credit = where / where.sum(axis=(1, 2, 3), keepdims=True)
        readings.append(reading(start.policy, rollouts, start.probe.direction, credit))
    return [found[0], *readings, found[1]]


def _spread(start: Start, rollouts: Rollouts, rate: Floats) -> dict[str, Floats]:
    scores = read(start.probe, start.policy, rollouts)
    bad = rollouts.misbehaving
    means = [class_mean(scores, where) for where in (bad, ~bad)]
    squares = [class_mean(scores**2, where) for where in (bad, ~bad)]
    amount, cost, pay = rollouts.misbehavior, softplus(scores).mean(axis=-1), rollouts.rewards.mean(axis=-1)
    variance = within(amount, amount)
    return {
        "score": np.stack(means, axis=-1),
        "score_sd": np.sqrt(np.stack([two - one**2 for one, two in zip(means, squares, strict=True)], axis=-1)),
        "bonus": class_mean(rollouts.rewards, bad) - class_mean(rollouts.rewards, ~bad),
        "clumping": variance / rate,
        "other_variance": within(cost, cost) - within(amount, cost) ** 2 / variance,
        "other_variance_paid": within(pay, pay) - within(amount, pay) ** 2 / variance,
        "covariance": within(amount, cost),
        "penalty_variance": within(cost, cost),
        "misbehavior_variance": variance,
    }
