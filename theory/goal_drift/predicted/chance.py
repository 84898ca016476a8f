"""What is predicted of chance: where goals end up, who chose them, and what behavior tells of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.distribution import Normal
from simulator.model import Model
from simulator.models.goal_drift.episode import watched as with_episode
from theory.goal_drift import formulas
from theory.goal_drift.predicted.declared import PULLED_BOX, SHUT, declared, watched
from theory.goal_drift.predicted.observed import with_causes
from theory.prediction import Point, Prediction
from theory.region import Interval, Region

FEW_STEPS = 4  # of a motion that the integrator steps exactly
EDGES = tuple(np.linspace(-0.9, 0.9, 19))
WATCHED_BOX = {
    "capability": Interval(0.0, 2.0),
    "threshold": Interval(0.5, 1.5),
    "width": Interval(0.1, 1.0, log=True),
    "signal_variance": Interval(0.2, 2.0, log=True),
    "observation_noise": Interval(0.3, 1.5, log=True),
}
CHOSEN_BOX = {
    **PULLED_BOX,
    "noise": Interval(0.1, 1.0, log=True),
    "base_sd": Interval(0.5, 2.0, log=True),
    "start_sd": Interval(0.2, 2.0, log=True),
}


def of_chance(law: Model) -> tuple[Prediction, ...]:
    """Return where goals end up, how much of that the designers chose, and what an episode shows of it."""
    return (
        declared(
            "final_cosine_distribution",
            "Where only noise has moved a goal, its direction is uniform: it is at right angles to b, give or take.",
            Region({"dim": Interval(1, 16, integer=True)}),
            watched(law, "alignment", steps=FEW_STEPS),
            lambda dim: {**SHUT, "dim": dim, "start": np.zeros(dim), "noise": 0.5, "time": 1.0},
            statistic="distribution",
            scale=1.0,
            edges=EDGES,
        ),
        declared(
            "designer_share",
            "The designers choose which random goal comes out while the gate is open; then noise outweighs the choice.",
            # A squared correlation near 0 or 1 is no longer normal around its value.
            Region(CHOSEN_BOX, lambda **point: 0.1 <= formulas.designer_share(**point) <= 0.95, "share in [0.1, 0.95]"),
            watched(with_causes(law), "goal_now", "designers_goal"),
            _chosen,
            statistic="explained_variance",
            scale=1.0,
        ),
        declared(
            "behavior_information",
            "The more capable the agent, the less an episode tells about its goal: all capable agents earn the reward.",
            Region(
                WATCHED_BOX, lambda **point: formulas.behavior_information(**point) >= 0.05, "information >= 0.05 nats"
            ),
            watched(with_episode(law), "signal", "observation", steps=FEW_STEPS),
            _acting,
            statistic="information",
            scale=1.0,
        ),
    )


def _chosen(base_sd: float, start_sd: float, **point: Any) -> Point:
    return {**point, "dim": 1, "base": Normal(0.0, base_sd), "start": Normal(0.0, start_sd)}


def _acting(capability: float, signal_variance: float, **point: Any) -> Point:
    """Agents of one capability, whose goals noise alone has spread in a time of 1."""
    drifted = {"dim": 2, "pull": 0.0, "growth": 0.0, "time": 1.0, "noise": np.sqrt(signal_variance)}
    return {**point, **drifted, "initial_capability": capability}
