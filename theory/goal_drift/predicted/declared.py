"""What the predictions of goal_drift share: their boxes, a shut gate, and laws stepped under observation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.experiment import Experiment
from simulator.model import Model
from theory.declared import Declaring
from theory.goal_drift import expressions, formulas, proofs
from theory.prediction import Point, Prediction
from theory.region import Interval, Region

BASE_DIMENSION = 2
SHUT = {"threshold": -10.0, "width": 0.1, "initial_capability": 0.0, "pull": 2.0}  # 1 - a = exp(-100)
SHUT_STEPS = 16  # nothing pulls: a step is exact, and more of them only bring two step sizes nearer to each other

GATE_BOX = {
    "width": Interval(0.05, 0.5, log=True),
    "growth": Interval(0.1, 2.0, log=True),
    "threshold": Interval(0.0, 2.0),
    "initial_capability": Interval(-0.5, 0.5),
    "time": Interval(0.5, 6.0),
}
PULLED_BOX = {"pull": Interval(0.2, 3.0, log=True), **GATE_BOX}


_declare = Declaring("goal_drift", formulas, expressions, proofs)


def declared(
    name: str,
    says: str,
    valid: Region,
    experiment: Experiment,
    setting: Callable[..., Point] = lambda **point: point,
    *,
    measure: str = "",
    **options: Any,
) -> Prediction:
    """Return a prediction whose formula, expression and proof go by its name; two measures are a pair."""
    names = tuple(experiment.measures)
    seen = measure or ((names[0], names[1]) if len(names) == 2 else names[0])
    return _declare(name, says, valid, experiment, setting, seen, **options)


def watched(law: Model, *measures: str, times: tuple[float, ...] | None = None, steps: int = 64) -> Experiment:
    """Return a law stepped, with some of its measures observed."""
    made: Experiment = law.experiment("langevin", method="stepped", measures=measures, times=times, steps=steps)
    return made


def axis(dim: int, length: float, component: int = 0) -> Any:
    """Return a vector of the given length along one axis."""
    return length * np.eye(dim)[component]
