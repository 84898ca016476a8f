"""What the predictions of preservation share: points at which only the hold acts, and the margin of what settles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from simulator.experiment import Experiment
from simulator.model import Model
from simulator.models.preservation.law import NEVER
from theory.declared import Declaring
from theory.prediction import Margin, Point
from theory.preservation import expressions, formulas, proofs

HELD = {"pull": 0.0, "threshold": 0.0, "initial_capability": 1.0, "growth": 0.0, "width": 0.01}
"""A shut gate; who holds, and from where, is said beside it."""
FROM_OUTSIDE = {**HELD, "memory_threshold": 0.0, "hacking_threshold": NEVER}
BY_HACKING = {**HELD, "hacking_threshold": 0.0}
SETTLED = 10.0  # relaxation times: exp(-10) of the start is left


declared = Declaring("preservation", formulas, expressions, proofs)


def stepped(law: Model, *measures: str, steps: int = 64) -> Experiment:
    """Return a law stepped, with some of its measures observed once, at ``time``."""
    made: Experiment = law.experiment("langevin", method="stepped", measures=measures, steps=steps)
    return made


def unsettled(formula: Callable[..., Any]) -> Margin:
    """Return the margin of a settled value that a run of so many relaxation times has not quite come to.

    With x = 10: a hold leaves 2 exp(-x) of a bias; of an exponential age that is cut off at x means, exp(-x) is missing
    from its mean and (x + 1) exp(-x) from its mean square, relatively, and decay only bends these down.
    """
    left = (SETTLED + 1.0) * math.exp(-SETTLED)
    return Margin("what has not settled, 11 exp(-10) of the value", lambda **point: left * float(formula(**point)))


def alone(level: float = 0.0) -> Point:
    """A goal of one component, from a level, and its memory there."""
    return {"dim": 1, "base": [1.0], "start": [level], "remembered": [level]}
