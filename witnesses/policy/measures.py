"""What is measured along training, by rollouts of its own that training never sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from witnesses.network import TANH, Weights, forward
from witnesses.policy.gradients import flat
from witnesses.policy.probe import Probe, area, read, softplus
from witnesses.policy.task import SUBTLE, Rollouts, sample
from witnesses.policy.training import Schedule, Start

Floats = NDArray[np.float64]
GROUPS = 64


def within(one: Floats, other: Floats) -> Floats:
    """Return each seed's covariance within groups, ddof 1, of (seed, group, member): shape (seed,)."""
    size = one.shape[-1]
    product = (one - one.mean(axis=-1, keepdims=True)) * (other - other.mean(axis=-1, keepdims=True))
    return np.asarray(product.mean(axis=(-1, -2)) * size / (size - 1), dtype=np.float64)


def class_mean(values: Floats, where: NDArray[np.bool_]) -> Floats:
    """Return each seed's mean of values where a condition holds, shape (seed,); NaN where it never does."""
    axes = tuple(range(1, values.ndim))
    count = where.sum(axis=axes)
    total = (values * where).sum(axis=axes)
    return np.asarray(np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0), dtype=np.float64)


def angle(policy: Weights, probe: Probe, reference: Rollouts) -> Floats:
    """Return each seed's angle between probe and feature of misbehavior, in radians.

    The feature is the mean activation after misbehaving steps of the reference less that after honest ones.
    """
    hidden = forward(policy, flat(reference.inputs[..., 1:, :]), TANH).hidden
    flags = reference.misbehaving.reshape(*hidden.shape[:-1], 1)
    feature = (hidden * flags).sum(axis=1) / flags.sum(axis=1) - (hidden * ~flags).sum(axis=1) / (~flags).sum(axis=1)
    length = np.linalg.norm(feature, axis=-1) * np.linalg.norm(probe.direction, axis=-1)
    cosine = (feature * probe.direction).sum(axis=-1) / length
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)), dtype=np.float64)


def measured(
    start: Start, policy: Weights, probe: Probe, reference: Rollouts, schedule: Schedule,
    generators: Sequence[np.random.Generator],
) -> dict[str, Floats]:  # fmt: skip
    """Return what there is to know of policies at one moment, each of shape (seed,).

    Parameters
    ----------
    start, policy, probe
        Where training began, and where it is.
    reference
        Rollouts of the policies at the start, on which the probe's sight is judged, so that rarer misbehavior does not
        count as worse sight.
    schedule
        For the size of groups.
    generators
        One a seed, of the rollouts of the moment.

    Returns
    -------
    dict
        misbehavior (share of steps), subtle (share of misbehavior, NaN without any), paid (a step), auc and recall (of
        the probe in use, on the reference), caught (recall on the misbehavior of the moment), flagged and cleared (mean
        score of misbehaving and honest steps of the reference), angle, penalty and frozen_penalty (mean, of the policy
        as it is and of its frozen copy, on the rollouts of the moment), covariance (of misbehavior and penalty, within
        groups), penalty_sd and misbehavior_variance (within groups).
    """
    now = sample(start.task, policy, GROUPS, schedule.members, generators)
    seen, current = read(probe, policy, reference), read(probe, policy, now)
    penalty, frozen = softplus(current), softplus(read(start.probe, start.policy, now))
    bad, known = now.misbehaving, reference.misbehaving
    cost = penalty.mean(axis=-1)
    return {
        "misbehavior": bad.mean(axis=(1, 2, 3)),
        "subtle": class_mean((now.actions == SUBTLE).astype(np.float64), bad),
        "paid": now.rewards.mean(axis=(1, 2, 3)),
        "auc": area(seen, known),
        "recall": class_mean((seen > 0.0).astype(np.float64), known),
        "caught": class_mean((current > 0.0).astype(np.float64), bad),
        "flagged": class_mean(seen, known),
        "cleared": class_mean(seen, ~known),
        "angle": angle(policy, probe, reference),
        "penalty": penalty.mean(axis=(1, 2, 3)),
        "frozen_penalty": frozen.mean(axis=(1, 2, 3)),
        "covariance": within(now.misbehavior, cost),
        "penalty_sd": np.sqrt(within(cost, cost)),
        "misbehavior_variance": within(now.misbehavior, now.misbehavior),
    }
