"""What is predicted of joint optimizers: what an episode costs them, and what selection leaves of them."""

from __future__ import annotations

import math

from simulator.experiment import Experiment
from simulator.model import Model
from theory.crystallization.predicted.declared import declared
from theory.prediction import Point, Prediction
from theory.region import Interval, Region


def of_joint_optimizers(law: Model, episodes: Experiment) -> tuple[Prediction, ...]:
    """Return what joint optimization loses, and how fast it is selected away."""
    return (
        declared(
            "reward_gap",
            "An agent that also serves its own goal earns less, by its squared distance in the share it does so.",
            experiment=episodes, measure="loss",
            valid=Region({"pull": Interval(0.5, 2.0), "capability": Interval(0.0, 1.0),
                          "threshold": Interval(0.5, 1.5), "width": Interval(0.1, 0.5),
                          "distance": Interval(0.5, 2.0), "effort": Interval(0.6, 1.0)}, _often, "half of the time"),
        ),
        declared(
            "joint_share",
            "Selection overtakes joint optimizers at the pace of the gap; few individuals dull it by chance.",
            experiment=law.experiment("population", measures=("joint",)), measure="joint", setting=_selected,
            scale=1.0,
            valid=Region({"share": Interval(0.3, 0.95), "strength": Interval(0.2, 1.0), "pull": Interval(0.5, 2.0),
                          "distance": Interval(0.5, 1.5), "width": Interval(0.1, 0.4), "growth": Interval(0.05, 0.4),
                          "threshold": Interval(0.5, 1.5), "initial_capability": Interval(0.0, 0.5),
                          "generations": Interval(1, 5, integer=True),
                          "population": Interval(20, 64, integer=True)}),
        ),
    )  # fmt: skip


def _often(capability: float, threshold: float, width: float, **_: float) -> bool:
    return 1.0 / (1.0 + math.exp((capability - threshold) / width)) >= 0.5


def _selected(share: float, generations: int, **point: float) -> Point:
    return {**point, "joint_share": share, "time": generations}
