"""What is predicted of a goal behind a shutting gate."""

from __future__ import annotations

from simulator.model import Model
from theory.goal_drift import formulas
from theory.goal_drift.predicted.declared import BASE_DIMENSION, GATE_BOX, PULLED_BOX, declared, watched
from theory.goal_drift.predicted.observed import with_clock, with_relative_gradient
from theory.prediction import Prediction
from theory.region import Interval, Region


def of_the_gate(law: Model) -> tuple[Prediction, ...]:
    """Return how far a goal is pulled before the gate shuts, and how it spreads."""
    visible = Region(PULLED_BOX, lambda **point: formulas.learned_fraction(**point) >= 0.1, "learned_fraction >= 0.1")
    steep = Region(PULLED_BOX, lambda **point: formulas.goal_gradient(**point) >= 0.1, "goal_gradient >= 0.1")
    return (
        declared(
            "open_time",
            "The gate stands open for a finite time: capability grows through it.",
            Region(GATE_BOX, lambda **point: formulas.open_time(**point) >= 0.05, "open_time >= 0.05"),
            watched(with_clock(law), "open_time"),
            lambda **point: {**point, "dim": 1},
        ),
        declared(
            "learned_fraction",
            "Before the gate shuts, the mean goal covers a fixed part of the way to the designers' goal.",
            visible,
            watched(law, "learned_fraction"),
            lambda **point: {**point, "dim": BASE_DIMENSION, "noise": 0.2},
        ),
        declared(
            "goal_gradient",
            "The gradient on the goal vanishes exponentially as capability passes the threshold.",
            steep,
            watched(with_relative_gradient(law), "relative_gradient"),
            lambda **point: {**point, "dim": BASE_DIMENSION, "noise": 0.2},
        ),
        declared(
            "goal_variance",
            "While the gate is open the pull holds the goal's spread down; once it shuts, the goal diffuses freely.",
            Region({**PULLED_BOX, "noise": Interval(0.1, 1.0, log=True)}),
            watched(law, "base_component", steps=96),
            lambda **point: {**point, "dim": 1},
            statistic="variance",
        ),
    )
