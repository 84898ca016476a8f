"""The runs that test a registration: every technique, for every registered seed, at every registered setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from witnesses.network import Weights
from witnesses.policy.measures import measured, within
from witnesses.policy.metric import Metric, measured_metric
from witnesses.policy.probe import Probe
from witnesses.policy.task import sample
from witnesses.policy.technique import PENALTY, TECHNIQUES
from witnesses.policy.training import Schedule, Start, advantage, returns, started, streams, train

BY_NAME = {one.name: one for one in TECHNIQUES}
REFERENCE = 128  # groups
WATCHED, WATCHED_AT = ("none", "reward", "loss"), (0, 20, 40)
SNAPSHOT = 512  # groups, for the covariances before training


def run(settings: Mapping[str, Any], seeds: Sequence[int]) -> dict[str, dict[str, NDArray[Any]]]:
    """Run what settings say.

    Parameters
    ----------
    settings
        ``schedule`` (of `Schedule`), ``times`` (updates at which to measure) and ``runs``, a list of technique,
        setting, weight and updates.
    seeds
        Of the runs.

    Returns
    -------
    dict
        Table "training": a row per setting, technique, update and seed; table "before": a row per seed; table
        "operator": what of K moved on the way, a row per technique, update and seed.
    """
    schedule = Schedule(**settings["schedule"])
    start = started(seeds, schedule)
    rows: list[dict[str, NDArray[Any]]] = []
    for technique, setting, weight, updates in settings["runs"]:
        now = replace(schedule, weight=weight, updates=updates)
        for number, found in _watched(technique, seeds, now, start, settings["times"]).items():
            labels = {"setting": setting, "technique": technique, "update": number}
            repeated = {name: np.full(len(seeds), value) for name, value in labels.items()}
            rows.append({**repeated, "seed": np.array(seeds), **found})
    training = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    tables = {"training": training, "before": before(start, schedule, seeds)}
    on_the_way = moved(settings, start, schedule, seeds)
    return tables | {"operator": on_the_way} if on_the_way else tables


def before(start: Start, schedule: Schedule, seeds: Sequence[int]) -> dict[str, NDArray[Any]]:
    """Return the measured covariance of rollouts before training, and what one group-normalized update does with it.

    ``group_update`` is the mean of (1/n) sum_i adv_i A_i, with advantages of the penalty alone.
    """
    batch = sample(start.task, start.policy, SNAPSHOT, schedule.members, streams(seeds, 6))
    earned = returns(PENALTY, schedule, start, start.policy, start.probe, batch)
    cost, amount = -earned / schedule.weight, batch.misbehavior
    return {
        "seed": np.array(seeds),
        "group_update": (advantage(earned) * amount).mean(axis=(1, 2)),
        "covariance": within(amount, cost),
        "penalty_variance": within(cost, cost),
        "misbehavior_variance": within(amount, amount),
    }


def moved(
    settings: Mapping[str, Any], start: Start, schedule: Schedule, seeds: Sequence[int]
) -> dict[str, NDArray[Any]]:
    """Return what the law holds and training moves: K of the log odds, spread of scores, noise of pay.

    The first runs are made again, and K is measured on the way as it was before them, by the probe from before.
    """
    rows = []
    for technique, setting, weight, _ in settings["runs"]:
        if technique not in WATCHED or setting != settings["runs"][0][1]:
            continue
        now = replace(schedule, weight=weight, updates=max(WATCHED_AT))
        for number, one in _operators(technique, seeds, now, start).items():
            rows.append({
                "technique": np.full(len(seeds), technique), "update": np.full(len(seeds), number),
                "seed": np.array(seeds), "misbehavior": one.share[:, 1], "K[odds;odds]": one.metric[:, 0, 0],
                "score_sd_honest": one.score_sd[:, 0], "score_sd_misbehaving": one.score_sd[:, 1],
                "other_pay": one.other_pay,
            })  # fmt: skip
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]} if rows else {}


def _operators(technique: str, seeds: Sequence[int], schedule: Schedule, start: Start) -> dict[int, Metric]:
    found: dict[int, Metric] = {}

    def watch(number: int, start: Start, policy: Weights, probe: Probe) -> None:
        if number in WATCHED_AT:
            here = Start(start.task, policy, start.probe)
            found[number] = measured_metric(here, schedule, streams(seeds, 5), groups=REFERENCE)

    train(BY_NAME[technique], seeds, schedule, watch, start)
    return found


def _watched(
    technique: str, seeds: Sequence[int], schedule: Schedule, start: Start, times: Sequence[int]
) -> dict[int, dict[str, NDArray[Any]]]:
    reference = sample(start.task, start.policy, REFERENCE, schedule.members, streams(seeds, 3))
    found: dict[int, dict[str, NDArray[Any]]] = {}

    def watch(number: int, start: Start, policy: Weights, probe: Probe) -> None:
        if number in times:  # the same prompts and noise each time: what changes is the policy
            found[number] = measured(start, policy, probe, reference, schedule, streams(seeds, 4))

    train(BY_NAME[technique], seeds, schedule, watch, start)
    return found
