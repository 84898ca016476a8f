"""What is predicted of goals that are handed on: n times, through a run, along reuse trees, and in the blend."""

from __future__ import annotations

from typing import Any

from simulator.experiment import Experiment
from simulator.models.succession.blend import pursued
from theory.prediction import Point, Prediction
from theory.region import Box, Interval, Region, Several
from theory.succession.predicted.declared import Runs, declared

OVERLAP = Interval(-0.8, 0.95)
FEW = 4
LATE = 1e9  # in units of time, by which any circuit's share but the best one's is gone
LINES: Box = {
    "presence": Several(Interval(-1.0, 1.0), FEW),
    "quality": Several(Interval(-1.0, 1.0), FEW),
    "time": Interval(0.3, 5.0, log=True),
}


def of_goals(chain: Experiment, runs: Runs) -> tuple[Prediction, ...]:
    """Return what is left of a goal, by goals inherited a number of times and by whole runs."""
    return (
        declared(
            "goal_retention",
            "Every takeover keeps the same part of the goal, so that it falls as a power of their number.",
            Region({"overlap": OVERLAP, "successions": Interval(2, 6, integer=True)}),
            chain,
            measure="retention",
            scale=1.0,
        ),
        declared(
            "run_retention",
            "Through a whole run of three circuits so much of the first goal is left.",
            Region({"overlap": OVERLAP, "correlation": Interval(-0.8, 0.8)}),
            runs(False, ("retention",)),
            measure="retention",
            setting=lambda **point: {**point, "circuits": 3, "dim": 2},
            scale=1.0,
        ),
        declared(
            "reuse_retention",
            "Where circuits reuse earlier-built ones, the last leader keeps a power of their number of the first goal.",
            Region({"circuits": Interval(2, 8, integer=True), "overlap": OVERLAP}),
            pursued(measures=("leader_retention",)),
            measure="leader_retention",
            setting=lambda **point: {**point, "dim": 3, "time": LATE},
            scale=1.0,
        ),
        declared(
            "leader_share",
            "The leader's share, the largest of all, follows the softmax to one.",
            Region(LINES),
            pursued(measures=("leader_share",), method="stepped"),
            measure="leader_share",
            setting=_given,
        ),
        declared(
            "blend_overlap",
            "What the network pursues keeps as much of the first goal as the first leader's share, and what others "
            "have of it.",
            Region({**LINES, "overlap": OVERLAP}),
            pursued(measures=("blend_overlap",), method="stepped"),
            measure="blend_overlap",
            setting=lambda **point: {**_given(**point), "dim": 3},
            scale=1.0,
        ),
    )


def _given(**point: Any) -> Point:
    return {**point, "circuits": FEW}
