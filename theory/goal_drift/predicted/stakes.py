"""What is predicted of goals that have something at stake."""

from __future__ import annotations

from typing import Any

from simulator.model import Model
from simulator.models.goal_drift import stake
from theory.goal_drift.predicted.declared import declared, watched
from theory.prediction import Point, Prediction
from theory.region import Interval, Region


def stake_selection(law: Model) -> Prediction:
    """The selection of stakes, with the goal held still and no noise, so that the climb has a closed form."""
    still = law.replace(learner={stake: law.learner[stake]}, noise={})
    box = {
        "stake": Interval(0.5, 2.5), "cost": Interval(0.5, 1.5), "temperature": Interval(0.1, 0.5, log=True),
        "discount": Interval(0.8, 1.0), "horizon": Interval(0.0, 10.0), "pull": Interval(0.2, 3.0, log=True),
        "distance": Interval(0.5, 2.0), "ease": Interval(0.05, 0.5, log=True), "time": Interval(0.5, 6.0),
    }  # fmt: skip
    return declared(
        "stake_selection",
        "Reward does select goals for how much, and how long, they care about surviving training.",
        Region(box),
        watched(still, "stake"),
        _standing_still,
    )


def _standing_still(stake: float, discount: float, distance: float, ease: float, **point: Any) -> Point:
    still = {
        "dim": 1,
        "base": [distance],
        "start": [0.0],
        "initial_stake": stake,
        "initial_discount": discount,
    }
    return {**point, **still, "ease_stake": ease}
