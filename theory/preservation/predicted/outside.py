"""What is predicted of memory outside the weights: read steadily, read at times, or not needed where all is frozen."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model
from simulator.models.preservation.law import goal, hold, memory
from simulator.models.preservation.resetting import freezing, resetting
from simulator.models.preservation.shares import share, shares
from simulator.models.preservation.strength import strength
from simulator.parameter import POSITIVE, Parameter, first_axis
from theory.prediction import Margin, Point, Prediction
from theory.preservation import formulas, proofs
from theory.preservation.predicted.declared import FROM_OUTSIDE, SETTLED, declared, stepped, unsettled
from theory.region import Box, Interval, Region, Several

ERROR: Box = {
    "weight_decay": Interval(0.05, 1.0, log=True), "noise": Interval(0.1, 0.6, log=True),
    "memory_norm": Interval(0.5, 3.0, log=True), "dim": Interval(2, 4, integer=True),
}  # fmt: skip
HOLD = Interval(0.2, 4.0, log=True)
READS: Box = {"noise": Interval(0.2, 1.5, log=True), "rate": Interval(0.3, 3.0, log=True)}
STRENGTH: Box = {
    "hold": Interval(0.5, 2.0, log=True), "weight_decay": Interval(0.0, 0.3), "noise": Interval(0.2, 0.6, log=True),
    "remembered_strength": Interval(0.8, 2.0, log=True),
}  # fmt: skip
STEPS = 32  # a step is exact where nothing but the goal moves; Euler's scheme is the witness in the tests
RELAXED = 8.0  # relaxation times of a strength
EDGES = tuple(np.linspace(-3.0, 3.0, 25))
tolerance = Parameter("tolerance", 1.0, r"\epsilon", POSITIVE, meaning="squared distance to the memory that is allowed")
first = Parameter("first", first_axis, meaning="1 for the feature that is looked at", dim="features")


def of_outside(law: Model) -> tuple[Prediction, ...]:
    """Return how far from an outside memory a goal is kept, and what it takes."""
    error = stepped(law, "memory_error", steps=STEPS)
    return (
        declared(
            "memory_error",
            "A memory outside the weights bounds the drift: what is left is bias from decay and spread from noise.",
            Region({"hold": HOLD, **ERROR}),
            error,
            lambda hold, weight_decay, **point: {
                **_outside(weight_decay=weight_decay, **point), "hold": hold, "time": SETTLED / (hold + weight_decay),
            },
            margin=unsettled(formulas.memory_error),
            proof=partial(proofs.memory_error, law),
        ),
        declared(
            "required_hold",
            "So much hold keeps a goal as near to its memory as is wished, and any nearness can be had.",
            Region({"tolerance": Interval(0.1, 1.0, log=True), **ERROR},
                   lambda **p: 0.05 <= formulas.required_hold(**p) <= 50.0, "it is from 0.05 to 50"),
            stepped(_needed(law), "hold_needed", steps=STEPS),
            _sufficient,
            margin=unsettled(formulas.required_hold),
            proof=partial(proofs.required_hold, law),
        ),
    )  # fmt: skip


def of_resetting() -> tuple[Prediction, ...]:
    """Return what reading at random times makes of a goal."""
    return (
        declared(
            "resetting_variance",
            "A goal that is read from memory at random times has a bounded spread, and the noise of reading beside it.",
            Region({**READS, "read_noise": Interval(0.0, 1.0)}),
            resetting,
            lambda **point: {**_read(**point), "dim": 4, "start": [0.0] * 4, "remembered": [0.0] * 4},
            measure="spread",
            margin=unsettled(formulas.resetting_variance),
        ),
        declared(
            "resetting_distribution",
            "Its law is Laplace's: most agents are near the memory, and a few far off (kurtosis 6).",
            Region({"noise": Interval(0.5, 1.5), "rate": Interval(0.5, 2.0)}),
            resetting,
            _read,
            measure="gap_component",
            statistic="distribution",
            edges=EDGES,
            scale=1.0,
            margin=Margin("agents that have not been read yet, exp(-10) of all", lambda **_: np.exp(-SETTLED)),
        ),
        declared(
            "resetting_error",
            "With decay a read goal is near its memory if it is read faster than it decays.",
            Region({"rate": READS["rate"], **ERROR, "read_noise": Interval(0.0, 0.5)}),
            resetting,
            lambda memory_norm, dim, **point: {
                **point, "dim": dim, "remembered": memory_norm * np.eye(dim)[0], "start": memory_norm * np.eye(dim)[0],
                "time": SETTLED / point["rate"],
            },
            measure="memory_error",
            margin=unsettled(formulas.resetting_error),
        ),
        declared(
            "freezing_error",
            "To freeze with a hazard is as good as to read from memory at that rate.",
            Region({"hazard": Interval(0.3, 3.0, log=True), **ERROR}),
            freezing,
            lambda memory_norm, dim, **point: {
                **point, "dim": dim, "start": memory_norm * np.eye(dim)[0], "time": SETTLED / point["hazard"],
            },
            margin=unsettled(formulas.freezing_error),
        ),
    )  # fmt: skip


def of_strengths(law: Model = strength) -> tuple[Prediction, ...]:
    """Return what noise on the weights does to a strength that is held."""
    return (
        declared(
            "held_strength",
            "Noise on weights moves a strength that is held, up: the metric depends on the state.",
            Region(STRENGTH),
            stepped(law, "held", steps=64),
            _kept_strong,
            margin=Margin("what has not settled, exp(-8) of the way from the memory", _way_left),
            proof=partial(proofs.held_strength, law),
        ),
    )


def of_shares(law: Model = shares) -> tuple[Prediction, ...]:
    """Return what memory keeps of features that decay would simplify away."""
    one = Measure(total(share * first), meaning="share of the drive that the first feature supplies")
    observed = law.replace(measures={"first_share": one}, parameters=(*law.parameters, first))
    return (
        declared(
            "held_shares",
            "Memory that restores the shares keeps every feature that it holds; decay alone leaves one.",
            Region({"remembered": Several(Interval(0.2, 1.0), 3), "efficiency": Several(Interval(0.6, 1.7), 3),
                    "weight_decay": Interval(0.05, 0.5, log=True), "hold": Interval(0.02, 0.5, log=True),
                    "feature": Interval(0, 0, integer=True)}),
            observed.experiment("flow", measures=("first_share",)),
            _restored,
            margin=Margin("the integrator's tolerance, and 40 relaxation times", lambda **_: 1e-8),
            scale=1.0,
            proof=partial(proofs.held_shares, law),
        ),
    )  # fmt: skip


def _outside(memory_norm: float, dim: int, **point: Any) -> Point:
    """A goal that is held to a memory outside its weights, from a start at it."""
    return {**FROM_OUTSIDE, **point, **_remembered(memory_norm, dim)}


def _remembered(memory_norm: float, dim: int) -> Point:
    one = memory_norm * np.eye(dim)[0]
    return {"dim": dim, "start": one, "remembered": one}


def _needed(law: Model) -> Model:
    """Return the law observed by hold |g - m|^2/tolerance: its mean is the hold where the error is the tolerance."""
    needed = hold * total((goal - memory) ** 2) / tolerance
    return law.replace(
        measures={"hold_needed": Measure(needed, "1/time", "hold times error over tolerance")},
        parameters=(*law.parameters, tolerance),
    )


def _sufficient(**point: Any) -> Point:
    """Hold the goal as the formula says: if that is right, the error is the tolerance."""
    enough = float(formulas.required_hold(**point))
    return {**_outside(**point), "hold": enough, "time": SETTLED / (enough + point["weight_decay"])}


def _read(**point: Any) -> Point:
    return {**point, "dim": 1, "start": [0.0], "remembered": [0.0], "time": SETTLED / point["rate"]}


def _kept_strong(**point: Any) -> Point:
    return {**point, "time": RELAXED / (point["hold"] + 2.0 * point["weight_decay"])}


def _way_left(remembered_strength: float, **point: float) -> float:
    settled = float(formulas.held_strength(remembered_strength=remembered_strength, **point))
    return float(np.exp(-RELAXED)) * abs(settled - remembered_strength)


def _restored(remembered: Any, feature: int, **point: Any) -> Point:
    kept = np.asarray(remembered) / np.sum(remembered)
    even = np.full(kept.size, 1.0 / kept.size)
    return {**point, "features": kept.size, "start": even, "remembered": kept, "first": np.eye(kept.size)[feature],
            "time": 40.0 / point["hold"]}  # fmt: skip
