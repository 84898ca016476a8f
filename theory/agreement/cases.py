"""The laws on which all levels are held against each other: a gate that stays open, and one that shuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.model import Model
from simulator.models.goal_drift import goal_drift
from theory.agreement.levels import Closed
from theory.goal_drift import formulas
from theory.goal_drift.predicted.population import with_founders

FOUNDERS: dict[str, Any] = {
    "dim": 1,
    "base": [0.0],
    "start": [0.6],
    "founder_spread": 0.4,
    "noise": 0.05,
    "strength": 0.4,
}
# Selection is weak, s h V at most 0.064 in a generation, and the gate shuts at generation 20.
OPEN = {**FOUNDERS, "threshold": 10.0, "growth": 0.0}
SHUTTING = {**FOUNDERS, "threshold": 1.0, "width": 0.15, "growth": 0.05}


@dataclass(frozen=True)
class Case:
    """A law at a point, when to look, and its closed forms, if it has any.

    Parameters
    ----------
    says
        In a few words.
    law, parameters, times
        What is run.
    closed
        Per quantity a function of time.
    """

    says: str
    law: Model
    parameters: dict[str, Any]
    times: tuple[float, ...]
    closed: Closed


def cases() -> tuple[Case, ...]:
    """Return the cases, in order."""
    law = with_founders(goal_drift)
    return (
        Case("goal_drift, the gate open", law, OPEN, (1.0, 10.0, 40.0), _closed()),
        Case("goal_drift, the gate shutting", law, SHUTTING, (10.0, 20.0, 30.0), {}),
    )


def _closed() -> dict[str, Callable[[Any], Any]]:
    selected = {"strength": OPEN["strength"], "curvature": 1.0, "mutation_variance": OPEN["noise"] ** 2,
                "start_variance": OPEN["founder_spread"] ** 2}  # fmt: skip
    return {
        "goal": lambda time: formulas.selected_mean(**selected, distance=OPEN["start"][0], time=time),
        "goal_variance": lambda time: formulas.selected_variance(**selected, time=time),
    }
