"""What is predicted of the end: who is left, from which depth on the start decides, what is left of an aligned goal."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.model import Model
from simulator.models.simplification.entrenchment import boundary, resolution
from theory.prediction import Margin, Point, Prediction
from theory.region import Box, Interval, Region, Several
from theory.simplification import formulas
from theory.simplification.formulas.winner import log_scores
from theory.simplification.predicted.declared import (
    BOX,
    FEATURES,
    FIRST,
    INTEGRATED,
    LAW_STIFFNESS,
    declared,
    finite_stiffness,
    integrated,
    stiff,
)
from theory.simplification.predicted.observed import with_first_share, with_goal_stopping, with_survivor

LONG = 60.0  # decay times, after which what is beaten is gone
GAP = 0.15  # of the best two log-scores, for LONG to be long enough
LEFT = 0.03  # the least share in a coexistence that is told from a lone winner
DEEPEST = 12.0
BASE = Several(Interval(0.3, 1.0, log=True), FEATURES)
ENDING: Box = {name: BOX[name] for name in ("start", "efficiency", "depth")}
TWO: Box = {
    "start": Several(Interval(0.05, 1.0, log=True), 2),
    "efficiency": Several(Interval(0.6, 1.7, log=True), 2),
}


def of_winners(law: Model) -> tuple[Prediction, ...]:
    """Return who is left in the end, and from which depth on the start decides."""
    return (
        declared(
            "winner",
            "In shallow products all features coexist; at depth 2 the simplest wins; in deep ones the entrenched.",
            Region(ENDING, _decided, f"the best two log-scores are {GAP} apart, or the least share is {LEFT}"),
            integrated(with_survivor(law), "survivor"),
            lambda **point: {**stiff(**point), "weight_decay": 1.0, "time": LONG},
            scale=1.0,
        ),
        declared(
            "coexistence",
            "In products of fewer than two weights the features coexist in shares that the start has no part in.",
            Region({"efficiency": BOX["efficiency"], "depth": Interval(1.0, 1.7), "feature": FIRST}),
            integrated(with_first_share(law), "first_share"),
            lambda **point: {**stiff(**point), "start": (0.7, 0.1, 0.3), "weight_decay": 1.0, "time": LONG},
            margin=Margin("what the start still has a part in, exp(-(2 - L) lambda t)", _unsettled),
            scale=1.0,
        ),
        declared(
            "depth_of_entrenchment",
            "There is a depth above which the goal that is already there wins over the simpler one.",
            Region(TWO, _contested, f"it is between 2.2 and {DEEPEST:g} - 2"),
            boundary(),
            lambda **point: {**point, "features": 2, "deepest": DEEPEST},
            margin=Margin("the gap in which the search ends", lambda **_: resolution(2.0, DEEPEST)),
        ),
    )


def of_alignment(law: Model) -> tuple[Prediction, ...]:
    """Return what becomes of the cosine to the designers' goal."""
    return (
        declared(
            "alignment",
            "The cosine to the designers' goal follows the shares: decay prefers features, not goals.",
            Region({**BOX, "base": BASE}),
            integrated(law, "alignment"),
            stiff,
            margin=finite_stiffness(formulas.alignment, LAW_STIFFNESS),
            scale=1.0,
        ),
        declared(
            "alignment_half_life",
            "A goal that is aligned in many features decays to a proxy of one, at the pace of weight decay.",
            Region(
                {"base": BASE, "efficiency": BOX["efficiency"], "weight_decay": BOX["weight_decay"],
                 "depth": Interval(1.5, 6.0)},
                _something_to_lose, "at least 0.05 of the cosine is lost in the end",
            ),
            integrated(with_goal_stopping(law), "alignment"),
            _aligned,
            measure="stopping_time",
            margin=Margin("of a loss of finite stiffness, a time of 2 (1 - q)/(L lambda)", _late),
        ),
    )  # fmt: skip


def _decided(start: tuple[float, ...], efficiency: tuple[float, ...], depth: float) -> bool:
    if depth >= 2.0:
        first, second = np.sort(log_scores(start, efficiency, depth))[:-3:-1]
        return bool(first - second >= GAP)
    return bool(depth <= 1.8 and formulas.coexistence(efficiency, depth).min() >= LEFT)


def _unsettled(efficiency: tuple[float, ...], depth: float, feature: int) -> float:
    return float(10.0 * np.exp(-(2.0 - depth) * LONG)) + INTEGRATED


def _contested(start: tuple[float, ...], efficiency: tuple[float, ...]) -> bool:
    return bool(2.2 <= formulas.depth_of_entrenchment(start, efficiency) <= DEEPEST - 2.0)


def _something_to_lose(
    base: tuple[float, ...], efficiency: tuple[float, ...], weight_decay: float, depth: float
) -> bool:
    left = formulas.lasting_alignment(base, efficiency, depth)
    return bool(left <= 0.95 and formulas.alignment_half_life(base, efficiency, weight_decay, depth) <= 40.0)


def _aligned(base: tuple[float, ...], **point: Any) -> Point:
    """A goal that is aligned at the start and runs until half of what it will lose is lost, or for twice as long."""
    efficiency = np.array(point["efficiency"])
    left = formulas.lasting_alignment(base, efficiency, point["depth"])
    return {
        **stiff(**point), "base": base, "start": tuple(np.array(base) / (efficiency @ np.array(base))),
        "level": 0.5 * (1.0 + left), "time": 2.0 * float(formulas.alignment_half_life(base, **point)),
    }  # fmt: skip


def _late(base: tuple[float, ...], **point: Any) -> float:
    efficiency, decay, depth = np.array(point["efficiency"]), point["weight_decay"], point["depth"]
    time = float(formulas.alignment_half_life(base, **point))
    p = formulas.shares(np.array(base) / (efficiency @ np.array(base)), efficiency, decay, depth, time)
    less = formulas.left_out(p, efficiency, decay, depth, LAW_STIFFNESS)
    return float(2.0 * less / (depth * decay)) + INTEGRATED * time
