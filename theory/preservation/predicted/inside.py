"""What is predicted of a memory that is weights itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from simulator.declaration import Measure
from simulator.model import Model
from simulator.models.preservation.law import along, goal, hold, memory, tracking
from theory.prediction import Point, Prediction
from theory.preservation import formulas, proofs
from theory.preservation.predicted.declared import FROM_OUTSIDE, alone, declared, stepped
from theory.region import Box, Interval, Region

PAIR: Box = {
    "hold": Interval(0.2, 1.0, log=True), "tracking": Interval(0.1, 0.8, log=True),
    "noise": Interval(0.2, 1.0, log=True), "memory_noise": Interval(0.2, 1.0, log=True),
}  # fmt: skip
DECAYING: Box = {**PAIR, "weight_decay": Interval(0.0, 0.3), "time": Interval(0.5, 1.6)}
LASTING: Box = {"weight_decay": Interval(0.05, 1.0, log=True), "time": Interval(1.0, 5.0)}
STEPS = 14  # of order 2, for the times above


def of_inside(law: Model) -> tuple[Prediction, ...]:
    """Return what a memory inside the weights keeps, and what it does not."""
    return (
        declared(
            "internal_diffusion",
            "A memory inside the weights drifts with the goal: what they share diffuses without end.",
            Region(PAIR),
            stepped(with_common_mode(law), "common_mode", steps=8),
            lambda **point: {**FROM_OUTSIDE, **alone(), **point, "time": 1.0},
            statistic="variance",
            proof=partial(proofs.internal_diffusion, law),
        ),
        declared(
            "internal_variance",
            "The goal's spread grows with it, unless decay holds both.",
            Region(DECAYING),
            stepped(law, "goal_component", steps=STEPS),
            _inside,
            statistic="variance",
            proof=partial(proofs.internal_variance, law),
        ),
        declared(
            "internal_retention",
            "With weight decay on the goal alone, the memory in the weights decays with it.",
            Region(
                {"hold": PAIR["hold"], "tracking": PAIR["tracking"], **LASTING},
                lambda **point: formulas.internal_retention(**point) >= 0.1, "internal_retention >= 0.1",
            ),
            stepped(law, "goal_component", steps=64),
            lambda **point: {**FROM_OUTSIDE, **alone(1.0), **point, "noise": 0.2, "memory_noise": 0.1},
            proof=partial(proofs.internal_retention, law),
        ),
    )  # fmt: skip


def with_common_mode(law: Model) -> Model:
    """Return the law observed by (kappa_m g + kappa_h m)/(kappa_h + kappa_m), which nothing restores."""
    mode = (tracking * along(goal) + hold * along(memory)) / (hold + tracking)
    return law.replace(measures={"common_mode": Measure(mode, meaning="what goal and memory share")})


def _inside(**point: Any) -> Point:
    return {**FROM_OUTSIDE, **alone(), **point}
