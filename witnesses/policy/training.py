"""Training: REINFORCE with group-normalized advantage, against a probe, in one of several ways.

theta <- theta + learning_rate [ mean_i adv_i grad sum_t ln p(a_it) - weight in_loss grad mean softplus(score) ]
adv_i = (R_i - mean of its group) / (sd of its group, ddof 1)
R_i   = mean over steps of (paid - weight in_reward softplus(score))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from witnesses.network import Weights
from witnesses.policy.gradients import added, likelihood, reading
from witnesses.policy.imitation import imitated
from witnesses.policy.probe import Probe, beforehand, read, sigmoid, softplus
from witnesses.policy.task import Rollouts, Task, sample, worlds
from witnesses.policy.technique import Technique

Floats = NDArray[np.float64]
Generators = Sequence[np.random.Generator]
FLAT = 1e-9  # a group whose rewards differ by less has no advantages


@dataclass(frozen=True)
class Schedule:
    """How training goes.

    Parameters
    ----------
    updates
        How many.
    groups, members
        Prompts a batch, and rollouts a prompt, 2 or more.
    learning_rate
        Of plain gradient ascent.
    weight
        What a unit of penalty weighs against a unit of reward.
    audit
        Groups of the rollouts, of known misbehavior, to which a probe is fitted.
    """

    updates: int = 300
    groups: int = 16
    members: int = 8
    learning_rate: float = 0.05
    weight: float = 0.5
    audit: int = 128


@dataclass(frozen=True, eq=False)
class Start:
    """What every technique starts from: worlds, a policy in each, and a probe fitted to it beforehand."""

    task: Task
    policy: Weights
    probe: Probe


def streams(seeds: Sequence[int], purpose: int) -> list[np.random.Generator]:
    """Return a generator a seed for one of several purposes, which share nothing."""
    return [np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(purpose,))) for seed in seeds]


def started(seeds: Sequence[int], schedule: Schedule) -> Start:
    """Return the start of each seed."""
    generators = streams(seeds, 0)
    task = worlds(generators)
    policy = imitated(task, generators)
    return Start(task, policy, beforehand(policy, sample(task, policy, schedule.audit, schedule.members, generators)))


def advantage(returns: Floats) -> Floats:
    """Return group-normalized advantages of returns (seed, group, member), ddof 1; 0 in groups all alike."""
    off = returns - returns.mean(axis=-1, keepdims=True)
    spread = returns.std(axis=-1, ddof=1, keepdims=True)
    return np.asarray(np.divide(off, spread, out=np.zeros_like(off), where=spread > FLAT), dtype=np.float64)


def returns(
    technique: Technique, schedule: Schedule, start: Start, policy: Weights, probe: Probe, rollouts: Rollouts
) -> Floats:
    """Return what rollouts earn under a technique, shape (seed, group, member)."""
    earned = rollouts.rewards if technique.pays else np.zeros_like(rollouts.rewards)
    if technique.in_reward:
        scores = read(probe, start.policy if technique.frozen else policy, rollouts)
        earned = earned - schedule.weight * softplus(scores)
    return np.asarray(earned.mean(axis=-1), dtype=np.float64)


def update(
    technique: Technique, schedule: Schedule, start: Start, policy: Weights, probe: Probe, rollouts: Rollouts
) -> Weights:
    """Return the policy after one update on given rollouts."""
    credit = advantage(returns(technique, schedule, start, policy, probe, rollouts))
    count = credit[0].size
    way = likelihood(policy, rollouts, credit[..., None] / count)
    if technique.in_loss:
        slope = sigmoid(read(probe, policy, rollouts)) / rollouts.actions[0].size
        way = added(way, reading(policy, rollouts, probe.direction, slope), -schedule.weight)
    return added(policy, way, schedule.learning_rate)


def train(
    technique: Technique,
    seeds: Sequence[int],
    schedule: Schedule,
    watch: Callable[[int, Start, Weights, Probe], None],
    start: Start | None = None,
) -> Weights:
    """Train policies against a probe.

    Parameters
    ----------
    technique, seeds, schedule
        What is done, to whom, for how long.
    watch
        Called before the first update and after each with the number of updates, the start, the policy and the probe.
    start
        The seeds' start, if it is at hand; else it is made.

    Returns
    -------
    Weights
        The policies in the end.
    """
    start = started(seeds, schedule) if start is None else start
    policy, probe = start.policy, start.probe
    generators, auditors = streams(seeds, 1), streams(seeds, 2)
    watch(0, start, policy, probe)
    for number in range(1, schedule.updates + 1):
        batch = sample(start.task, policy, schedule.groups, schedule.members, generators)
        policy = update(technique, schedule, start, policy, probe, batch)
        if technique.retrained_every and number % technique.retrained_every == 0:
            probe = beforehand(policy, sample(start.task, policy, schedule.audit, schedule.members, auditors))
        watch(number, start, policy, probe)
    return policy
