"""What is predicted of learning without decay: one mode rises along a logistic curve."""

from __future__ import annotations

from typing import Any

from simulator.model import Model
from simulator.models.grokking import memorizing, memorizing_now, target
from theory.grokking import formulas
from theory.grokking.predicted.declared import declared
from theory.grokking.predicted.margins import tolerance
from theory.prediction import Point, Prediction
from theory.region import Interval, Region

MODE = {"strength": Interval(0.3, 3.0, log=True), "time_constant": Interval(0.2, 5.0, log=True)}


def of_rising(squared: Model) -> tuple[Prediction, ...]:
    """Return how one circuit alone learns a margin, without decay."""
    risen = squared.replace(absorb={"risen": target * 9 / 10 - memorizing_now * memorizing})
    return (
        declared(
            "rise_time",
            "A mode is learned in a snap: from a tenth to nine in a time that does not depend on the start.",
            experiment=risen.experiment("flow", measures=()),
            measure="stopping_time",
            setting=lambda strength, time_constant: _alone(
                strength, time_constant, start=strength / 10.0, time=20.0 * time_constant / strength
            ),
            valid=Region(MODE),
            margin=tolerance(formulas.rise_time),
        ),
        declared(
            "rise",
            "One mode learned without decay rises along a logistic curve.",
            experiment=squared.experiment("flow", measures=("train_margin",)),
            measure="train_margin",
            setting=_alone,
            valid=Region(
                {**MODE, "start": Interval(1e-3, 0.1, log=True), "time": Interval(0.1, 20.0, log=True)},
            ),
            margin=tolerance(formulas.rise),
        ),
    )


def _alone(strength: float, time_constant: float, start: float, **point: Any) -> Point:
    """One circuit of efficiency one, without decay, that is to learn a margin."""
    alone = {"memorizing_efficiency": 1.0, "memorizing_start": start, "generalizing_start": 0.0, "weight_decay": 0.0}
    return {**point, **alone, "target": strength, "stiffness": 1.0 / time_constant}
