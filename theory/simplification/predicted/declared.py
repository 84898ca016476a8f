"""What the predictions of simplification share: their box, what is integrated, and the margin of a finite stiffness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.experiment import Experiment
from simulator.model import Model
from theory.declared import Declaring
from theory.prediction import Margin, Point
from theory.region import Box, Interval, Several
from theory.simplification import expressions, formulas, proofs

FEATURES = 3
LAW_STIFFNESS = 1e4
INTEGRATED = 1e-7  # what the solver's tolerance (1e-10 a step) leaves of any share, generously
FIRST = Interval(0, 0, integer=True)  # features are drawn alike: the first is any one

BOX: Box = {
    "start": Several(Interval(0.1, 1.0, log=True), FEATURES),
    "efficiency": Several(Interval(0.6, 1.7, log=True), FEATURES),
    "weight_decay": Interval(0.2, 1.0, log=True),
    "depth": Interval(1.0, 6.0),
    "time": Interval(0.5, 4.0),
}


declared = Declaring("simplification", formulas, expressions, proofs)


def integrated(law: Model, measure: str) -> Experiment:
    """Return a law integrated by an implicit solver, with one of its measures observed."""
    made: Experiment = law.experiment("flow", measures=(measure,), solver="LSODA")
    return made


def stiff(feature: int = 0, **point: Any) -> Point:
    """A law whose loss holds the drive, from the point of a formula."""
    return {**point, "features": FEATURES, "stiffness": LAW_STIFFNESS}


def finite_stiffness(formula: Callable[..., Any], stiffness: float, beyond: float = INTEGRATED) -> Margin:
    """Return the margin of a loss that holds the drive only up to 1 - q = lambda/(k sum h^(2/L) p^(2 - 2/L)).

    The exact clock holds for any drive, so the error is what the formula itself says of a drive that is less by so
    much; twice that covers what is of second order in 1/k.

    Parameters
    ----------
    formula
        Takes ``drive``.
    stiffness
        k.
    beyond
        What else the simulation may be off.
    """

    def bound(feature: int = 0, **point: Any) -> float:
        named = {name: value for name, value in point.items() if name in _SHARES}
        p = formulas.shares(**named)
        less = formulas.left_out(p, point["efficiency"], point["weight_decay"], point["depth"], stiffness)
        asked = {**point, "feature": feature} if "feature" in _keywords(formula) else point
        low, high = (formula(**asked, drive=drive) for drive in (1.0 - 2.0 * less, 1.0))
        return float(np.abs(low - high)) + beyond

    return Margin("of a loss of finite stiffness, 1 - q = lambda/(k sum h^(2/L) p^(2 - 2/L)), twice", bound)


_SHARES = ("start", "efficiency", "weight_decay", "depth", "time")


def _keywords(formula: Callable[..., Any]) -> tuple[str, ...]:
    import inspect

    return tuple(inspect.signature(formula).parameters)
