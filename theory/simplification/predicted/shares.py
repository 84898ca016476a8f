"""What is predicted of the shares of the drive on the way: the law integrated, and the weights themselves trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.model import Model
from simulator.models.simplification.weights import trained
from theory.prediction import Margin, Point, Prediction
from theory.region import Box, Interval, Region, Several
from theory.simplification import formulas
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
from theory.simplification.predicted.observed import with_clock, with_first_share

WEIGHT_STIFFNESS, LEARNING_RATE = 150.0, 0.8e-3  # stable up to L sum h^2 g^(2 - 2/L) = 11
FREEZING: Box = {
    "depth": Interval(1, 3, integer=True),
    "frozen": Several(Interval(0, 1, integer=True), FEATURES),
    "freeze_time": Interval(0.5, 3.0),
}
TRAINED_BOX: Box = {
    **BOX,
    "start": Several(Interval(0.2, 0.5, log=True), FEATURES),
    "weight_decay": Interval(0.06, 0.15, log=True),
    "depth": Interval(1, 4, integer=True),
    "time": Interval(1.0, 4.5),
}


def of_shares(law: Model) -> tuple[Prediction, ...]:
    """Return the shares, how many features they amount to, what they cost, and the clock that runs them."""
    return (
        declared(
            "shares",
            "Weight decay moves the drive, feature by feature, to those that are cheaper in weight or further ahead.",
            Region({**BOX, "feature": FIRST}),
            integrated(with_first_share(law), "first_share"),
            stiff,
            margin=finite_stiffness(formulas.shares, LAW_STIFFNESS),
            scale=1.0,
        ),
        declared(
            "clock",
            "One scalar clock carries all features; at depth 2 it anneals a softmax by decay alone.",
            Region(BOX, _started, "the start's drive is at most 1"),
            integrated(with_clock(law), "clock"),
            stiff,
            margin=finite_stiffness(formulas.clock, LAW_STIFFNESS),
        ),
        declared(
            "effective_features",
            "Fewer and fewer features supply the drive, in the sense of participation.",
            Region(BOX),
            integrated(law, "effective_features"),
            stiff,
            margin=finite_stiffness(formulas.effective_features, LAW_STIFFNESS),
        ),
        declared(
            "effective_features_entropy",
            "Fewer and fewer features supply the drive, in the sense of entropy.",
            Region(BOX),
            integrated(law, "effective_features_entropy"),
            stiff,
            margin=finite_stiffness(formulas.effective_features_entropy, LAW_STIFFNESS),
        ),
        declared(
            "weight_cost",
            "The sum of squared weights never rises while the drive is held: that is what decay simplifies.",
            Region(BOX),
            integrated(law, "weight_cost"),
            stiff,
            margin=finite_stiffness(formulas.weight_cost, LAW_STIFFNESS),
        ),
    )


def _started(start: tuple[float, ...], efficiency: tuple[float, ...], **_: Any) -> bool:
    """Tell whether the loss has to raise the drive at first: steps that lower it are the coarser the more it is."""
    return sum(g * h for g, h in zip(start, efficiency, strict=True)) <= 1.0


def of_weights() -> tuple[Prediction, ...]:
    """Return what the weights themselves must show: the law's shares, balance, and frozen features."""
    made = trained()
    return (
        declared(
            "trained_shares",
            "Real weights, trained step by step, share the drive as the law of their products says.",
            Region({**TRAINED_BOX, "feature": FIRST}, _started, "the start's drive is at most 1"),
            made,
            training,
            measure="first_share",
            about="shares",
            margin=finite_stiffness(formulas.shares, WEIGHT_STIFFNESS),
            scale=1.0,
        ),
        declared(
            "balance_decay",
            "The weights of one product become equal as they decay, whatever the loss.",
            # Noise equalizes them too, almost surely: its error is all of the step, and is tested at two of them.
            Region(
                {"weight_decay": Interval(0.1, 0.5, log=True), "time": Interval(0.2, 1.5),
                 "efficiency": Interval(0.6, 1.6)},
            ),
            made,
            unbalanced,
            measure="balance",
        ),
        declared(
            "frozen_shares",
            "Freezing some features keeps their share; the rest goes on simplifying.",
            Region({**TRAINED_BOX, **FREEZING, "feature": FIRST}, _some, "some are frozen, not all; drive <= 1"),
            made,
            training,
            measure="first_share",
            margin=Margin("of a loss of finite stiffness, before the freeze and, of the rest, after it", partly_frozen),
            scale=1.0,
        ),
    )  # fmt: skip


def _some(frozen: tuple[int, ...], **point: Any) -> bool:
    return 0 < sum(frozen) < len(frozen) and _started(**point)


def partly_frozen(feature: int, **point: Any) -> float:
    """Return the margin of frozen shares: of a drive that is less by 1 - q before, and of the rest by its own after."""
    before = {**point, "time": min(point["time"], point["freeze_time"])}
    efficiency, decay, depth = np.array(point["efficiency"]), point["weight_decay"], point["depth"]
    named = {name: before[name] for name in ("start", "efficiency", "weight_decay", "depth", "time")}
    less = formulas.left_out(formulas.shares(**named), efficiency, decay, depth, WEIGHT_STIFFNESS)
    p, still = formulas.frozen_shares(**point), np.array(point["frozen"], dtype=bool)
    rest = p[~still].sum()
    own = rest * formulas.left_out(p[~still], efficiency[~still], decay, depth, WEIGHT_STIFFNESS)
    moved = formulas.frozen_shares(**point, drive=1.0 - 2.0 * less) - p
    after = formulas.frozen_shares(**point, rest_drive=1.0 - 2.0 * own / rest) - p
    # A share is of the whole drive, of which ``own`` is missing too.
    return float(abs(moved[feature]) + abs(after[feature]) + 2.0 * own * p[feature]) + INTEGRATED


def training(feature: int = 0, **point: Any) -> Point:
    """Products of equal weights, trained with no noise, from the point of a formula."""
    return {**point, "features": FEATURES, "stiffness": WEIGHT_STIFFNESS, "learning_rate": LEARNING_RATE}


def unbalanced(efficiency: float, **point: Any) -> Point:
    """Two weights that differ by a factor of 3, of a single feature."""
    return {
        **point, "features": 1, "depth": 2, "efficiency": [efficiency], "start": [1.0 / efficiency],
        "imbalance": 1.1, "stiffness": 2.0, "learning_rate": 2e-3,
    }  # fmt: skip
