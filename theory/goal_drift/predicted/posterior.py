"""What is predicted of training as selection among random agents, with no dynamics at all."""

from __future__ import annotations

from typing import Any

from simulator.model import Model
from simulator.models.goal_drift.posterior import posterior
from theory.goal_drift import formulas
from theory.goal_drift.predicted.declared import axis, declared
from theory.prediction import Point, Prediction
from theory.region import Interval, Region

PRIOR_BOX = {
    "prior_sd": Interval(0.5, 1.2, log=True),
    "inverse_temperature": Interval(0.2, 4.0, log=True),
    "pull": Interval(0.2, 3.0, log=True),
    "capability": Interval(0.0, 2.0),
    "threshold": Interval(0.5, 1.5),
    "width": Interval(0.05, 0.5, log=True),
}
BASE = Interval(0.5, 1.5)
SELECTED_BOX = {
    **PRIOR_BOX,
    "value": Interval(0.1, 1.0, log=True),
    "capability": Interval(0.5, 1.5),
    "spread": Interval(0.3, 1.0),
    "base": BASE,
    "dim": Interval(1, 2, integer=True),
}


def of_selection(law: Model) -> tuple[Prediction, ...]:
    """Return the goals of agents that reward selects from a prior, at one capability and over all of them."""
    selected = posterior(law)
    return (
        declared(
            "posterior_variance",
            "Selection by reward narrows the goals of incapable agents; of capable ones it leaves the prior as it was.",
            Region(PRIOR_BOX),
            selected,
            _at_one_capability,
            measure="base_component",
            statistic="variance",
        ),
        declared(
            "posterior_mean",
            "Selection by reward moves the goals of incapable agents toward the designers', and of capable ones not.",
            Region({**PRIOR_BOX, "base": BASE}),
            selected,
            _at_one_capability,
            measure="base_component",
            scale=1.0,
        ),
        declared(
            "selected_goal",
            "Selection of capability and goal together: the capable are selected, and their goals are the prior's.",
            Region(SELECTED_BOX, _seen, "selected_goal >= 0.1 and value spread inverse_temperature <= 2"),
            selected,
            lambda capability, base, dim, **point: {
                **point, "initial_capability": capability, "base": axis(dim, base), "dim": dim,
            },
            measure="base_component",
            scale=1.0,
        ),
    )  # fmt: skip


def _at_one_capability(capability: float, base: float = 0.5, **point: Any) -> Point:
    return {**point, "initial_capability": capability, "spread": 0.0, "dim": 1, "base": [base]}


def _seen(**point: float) -> bool:
    """Tell whether there is a goal to be seen, and enough random agents pass for a simulation that rejects the rest."""
    strictness = point["value"] * point["spread"] * point["inverse_temperature"]
    return strictness <= 2.0 and bool(formulas.selected_goal(**point) >= 0.1)
