"""Faults of probe selection: advantages, baselines and readings of a group, flags, types, a feature that turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from unittest import mock

import numpy as np
import sympy

from simulator.model import Model
from simulator.models.probe_selection import learners
from simulator.models.probe_selection.learners import LEARNERS, group_normalized
from simulator.models.probe_selection.rotation import (
    VECTORS,
    ease_angle,
    ease_strength,
    misbehavior,
)
from simulator.models.probe_selection.types import kl, probe_types
from theory.faults.fault import Fault, spoiled
from theory.prediction import Prediction
from theory.probe_selection import of_a_feature
from theory.probe_selection.predicted.subjects import Subjects
from theory.probe_selection.predicted.types import of_types
from theory.region import Interval

_fault = partial(Fault, "probe_selection")
TRAINED = Subjects().trained


def _feature(law: Model) -> Callable[[], Iterable[Prediction]]:
    """Return what makes the predictions of another feature under a gradient."""
    return lambda: of_a_feature(Subjects(trained=law))


def _types(**parts: Any) -> Callable[[], Iterable[Prediction]]:
    return lambda: of_types(probe_types.replace(**parts))


def _leaking(_: Any) -> Callable[..., Any]:
    """Count the own reward in what it is compared with."""
    return lambda rewards: np.broadcast_to(rewards.mean(axis=0), rewards.shape)


def _read_later(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let the probe read rollouts of the agent after its update: a tenth of their variance is new."""

    def read(misbehavior: Any, evasion: Any, parameters: Any, out: Any, scratch: Any) -> None:
        # Any noise of its own will do; it follows from what is read, so that the same seed gives the same rows.
        generator = np.random.default_rng(np.abs(misbehavior.ravel()[:4]).view(np.uint64))
        later = [
            np.sqrt(0.9) * trait + np.sqrt(0.1) * generator.standard_normal(trait.shape)
            for trait in (misbehavior, evasion)
        ]
        right(*later, parameters, out, scratch)

    return read


def _wrong_sign(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda misbehavior, evasion, *rest: right(misbehavior, -evasion, *rest)


def _leaking_copy(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let a frozen copy show a twentieth of the live evasion."""

    def read(misbehavior: Any, evasion: Any, parameters: Any, out: Any, scratch: Any) -> None:
        seen = 0.95 * parameters["transmitted"] + 0.05
        right(misbehavior, evasion, {**parameters, "transmitted": seen}, out, scratch)

    return read


def _one_more_kept(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda rewards, generator, kept: right(rewards, generator, kept + 1)


def _turning_fast(law: Model) -> Model:
    (direction,) = (trait for trait in law.traits if trait != misbehavior)
    return law.replace(learner={**law.learner, direction: sympy.Rational(101, 100) * law.learner[direction]})


FAULTS = (
    _fault(
        "advantage_over_n", "mechanism", "The spread of a group's rewards is over n, not n - 1.",
        ("probe_selection.group_update",),
        (mock.patch.dict(LEARNERS, group_normalized=(partial(group_normalized, ddof=0), ())),),
        box={"group_size": Interval(2, 12, integer=True)},
    ),
    _fault(
        "leaking_baseline", "mechanism", "A rollout's own reward is part of its baseline: 1/n for 1/(n - 1).",
        ("probe_selection.natural_update",), (spoiled(learners, "baseline", _leaking),),
    ),
    _fault(
        "read_after_the_update", "mechanism", "The probe reads the agent after its update.",
        ("probe_selection.group_update",), (spoiled(learners, "read", _read_later),),
    ),
    _fault(
        "sign_of_evasion", "mechanism", "Evasion adds to the score, where it should take from it.",
        ("probe_selection.response_ratio", "probe_selection.response_ratio_gradient"),
        (spoiled(learners, "read", _wrong_sign),),
    ),
    _fault(
        "copy_that_leaks", "mechanism", "A frozen copy shows a twentieth of the live agent's evasion.",
        ("probe_selection.frozen_probe",), (spoiled(learners, "read", _leaking_copy),),
    ),
    _fault(
        "one_more_kept", "mechanism", "Truncation keeps one rollout more than it should.",
        ("probe_selection.truncation_intensity",), (spoiled(learners, "best", _one_more_kept),),
        box={"group_size": Interval(8, 40, integer=True), "kept": Interval(1, 10, integer=True)},
    ),
    _fault(
        "half_the_penalty", "law", "The KL penalty counts half.",
        ("probe_selection.recall_decay", "probe_selection.misbehavior_share"),
        family=_types(reward=probe_types.reward.xreplace({kl.variable: kl.variable / 2})),
    ),
    _fault(
        "diagonal_metric", "law", "Shares are learned by diag(p), without what keeps their sum.",
        ("probe_selection.misbehavior_share",),
        family=_types(learner={trait: trait.variable for trait in probe_types.traits}),
    ),
    _fault(
        "metrics_exchanged", "law", "Strength and direction are learned by each other's ease.",
        ("probe_selection.frontier_slope",),
        family=_feature(TRAINED.replace(learner={misbehavior: ease_angle,
                                                 VECTORS.direction: ease_strength * VECTORS.length**2})),
    ),
    _fault(
        "turns_one_per_cent_fast", "law", "The feature turns one per cent too readily.",
        ("probe_selection.frontier_slope",), family=_feature(_turning_fast(TRAINED)),
    ),
    _fault(
        "misbehavior_fades", "law", "Misbehavior fades a little by itself.", ("probe_selection.frontier",),
        family=_feature(TRAINED.replace(decay={misbehavior: sympy.Rational(1, 20)})),
    ),
)  # fmt: skip
