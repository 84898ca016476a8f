"""What the law's own measures do not show, added to a law: one share, the clock, the last feature left."""

from __future__ import annotations

from typing import Any

import sympy

from simulator.declaration import Measure
from simulator.experiment import Experiment
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.simplification import base as designers
from simulator.models.simplification import (
    cosine,
    depth,
    drive,
    label,
    measures,
    share,
    stiffness,
    strength,
    weight_decay,
)
from simulator.parameter import SHARE, Parameter
from theory.simplification.formulas import lasting_alignment

age = Trait("age", symbol="t", unit="time", meaning="how long training has gone on")
clock = Trait("clock", symbol="S", unit="time", meaning="integral of exp(-(L - 2) lambda t) mu")
level = Parameter("level", 0.5, "c", SHARE, meaning="cosine at which the goal stops")
ALONE = sympy.Rational(98, 100)


def with_first_share(law: Model) -> Model:
    """Return the law observed by the share of the feature that is labeled 0."""
    first = total(sympy.Piecewise((share, sympy.Eq(label.variable, 0)), (0, True)))
    return law.replace(
        measures={"first_share": Measure(first, meaning="share of the drive that the first feature supplies")}
    )


def with_clock(law: Model) -> Model:
    """Return the law with its clock, S' = exp(-(L - 2) lambda t) mu, for the loss's own mu = k (1 - q)."""
    pace = sympy.exp(-(depth - 2) * weight_decay * age) * stiffness * (1 - drive)
    return law.replace(
        traits=(age, *law.traits, clock),
        growth={**law.growth, age: 1, clock: pace},
        initial={**law.initial, age: 0, clock: 0},
        measures={"clock": Measure(clock.variable, clock.unit, clock.meaning)},
    )


def with_survivor(law: Model) -> Model:
    """Return the law observed by the label of the feature that has all but 2 per cent of the drive, else -1."""
    alone = sympy.Piecewise((1, sympy.Gt(share, ALONE)), (0, True))
    return law.replace(
        measures={"survivor": Measure(total((label + 1) * alone) - 1, meaning="the feature left alone, -1 if none is")}
    )


def with_goal_stopping(law: Model) -> Model:
    """Return the law whose agents stop where the cosine of their goal to the designers' has fallen to ``level``."""
    return law.replace(
        absorb={"misaligned": cosine(strength, designers) - level},
        measures={"alignment": measures["alignment"]},
        parameters=(*law.parameters, level),
    )


def until_misaligned(law: Model, base: Any, efficiency: Any, depth: float) -> tuple[Experiment, float]:
    """Return a law that stops where half of the alignment that an aligned start will lose is lost, and that level."""
    made: Experiment = with_goal_stopping(law).experiment("flow", measures=("alignment",), solver="LSODA")
    return made, 0.5 * (1.0 + lasting_alignment(base, efficiency, depth))
