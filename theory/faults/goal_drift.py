"""Faults of goal_drift: its law, its gate, its stakes, its fixation, one formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import sympy

from simulator.functions import logistic, total
from simulator.models.goal_drift import (
    base,
    cost,
    decision,
    discount,
    goal,
    goal_drift,
    horizon,
    kinds,
    law_reward,
    noise,
    pull,
    stake,
    temperature,
    weight_decay,
)
from theory.catalog import get
from theory.faults.fault import Fault, spoiled
from theory.goal_drift import predictions_of
from theory.goal_drift.predicted.stakes import stake_selection
from theory.prediction import Prediction
from theory.region import Interval

_fault = partial(Fault, "goal_drift")


def _with(**parts: Any) -> Callable[[], Iterable[Prediction]]:
    """Return what makes the predictions of another law."""
    return lambda: predictions_of(goal_drift.replace(**parts))


def _a_step_later() -> list[Prediction]:
    """Discount the stake by a step more than the horizon."""
    gate = logistic((discount ** (horizon + 1) * stake - cost) / temperature)
    return [stake_selection(decision.replace(reward=law_reward(gate)))]


def _stronger(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda rewards, generator: right(1.1 * rewards, generator)


def _one_per_cent(name: str) -> Callable[[], Iterable[Prediction]]:
    right = get(name)
    return lambda: [right.replace(formula=lambda **point: 1.01 * right(**point))]


FAULTS = (
    _fault(
        "wider_mutation", "law", "Mutation of the goal is one per cent too wide.", ("goal_drift.within_variance",),
        family=_with(noise={goal: sympy.Rational(101, 100) * noise}),
        box={"start_variance": Interval(0.1, 0.2), "mutation_variance": Interval(0.6, 1.0)},
    ),
    _fault(
        "more_decay", "law", "The goal decays two per cent faster.", ("goal_drift.retained_goal",),
        family=_with(decay={goal: sympy.Rational(102, 100) * weight_decay}),
        box={"weight_decay": Interval(0.9, 1.0), "time": Interval(0.9, 1.0)},
    ),
    _fault(
        "leaking_gradient", "law", "One per cent of the gradient on the goal leaks through the shut gate.",
        ("goal_drift.retained_goal",), family=_with(reward=goal_drift.reward - pull / 200 * total((goal - base) ** 2)),
        box={"weight_decay": Interval(0.05, 0.2), "time": Interval(2.0, 4.0)},
    ),
    _fault(
        "wrong_metric", "law", "The goal learns by K = 1.02, not 1.", ("goal_drift.learned_fraction",),
        family=_with(learner={goal: sympy.Rational(102, 100)}),
        box={"pull": Interval(0.2, 0.4), "threshold": Interval(1.5, 2.0), "growth": Interval(0.5, 0.8),
             "time": Interval(4.0, 6.0)}, slow=True,
    ),
    _fault(
        "horizon_plus_one", "law", "The stake is discounted by one step more than the horizon.",
        ("goal_drift.stake_selection",), family=_a_step_later, box={"discount": Interval(0.8, 0.9)},
    ),
    _fault(
        "stronger_selection", "mechanism", "Goals as kinds are selected by a strength ten per cent too high.",
        ("goal_drift.fixation_chain",), (spoiled(kinds, "softmax", _stronger),),
        box={"advantage": Interval(0.2, 0.4), "copies": Interval(1, 1, integer=True),
             "population": Interval(4, 8, integer=True)}, slow=True,
    ),
    _fault(
        "longer_open_time", "formula", "The open time of the gate is said to be one per cent longer.",
        ("goal_drift.open_time",), family=_one_per_cent("goal_drift.open_time"),
    ),
)  # fmt: skip
