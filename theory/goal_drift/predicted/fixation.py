"""What is predicted of goals as types: which of them is left in a population, favored or not."""

from __future__ import annotations

from typing import Any

from simulator.models.goal_drift.kinds import fixation
from theory.goal_drift import formulas
from theory.goal_drift.predicted.declared import declared
from theory.prediction import Margin, Prediction
from theory.region import Interval, Region

KIMURA = Margin("u min(s/6, (N - 2) s^2/18), verified against the exact chain", formulas.kimura_error)
MOST_ERROR = 0.001  # of Kimura's formula, in probability, so that an effect of three per mille shows


def of_fixation() -> tuple[Prediction, ...]:
    """Return how likely a goal is to be the only one left."""
    sizes = {"population": Interval(3, 10, integer=True), "copies": Interval(1, 9, integer=True)}
    return (
        declared(
            "equal_goals",
            "Of equally common goals that reward does not tell apart, each is as likely to be the only one left.",
            Region({"kinds": Interval(2, 4, integer=True), "each": Interval(1, 3, integer=True)}),
            fixation,
            lambda kinds, each: {"kinds": kinds, "population": kinds * each, "copies": each},
            measure="fixed",
            statistic="probability",
            scale=1.0,
        ).replace(formula=_equal_goals),
        declared(
            "fixation_probability",
            "A goal that earns a little more reward is likelier to be the only one left: Kimura's formula.",
            Region({"advantage": Interval(0.03, 0.3, log=True), **sizes}, _diffusive,
                   "copies < population, and an error bound below 0.001"),
            fixation,
            measure="fixed",
            statistic="probability",
            scale=1.0,
        ).replace(margin=KIMURA),
        declared(
            "fixation_chain",
            "A goal that earns more or less reward is the only one left with the probability of the exact chain.",
            Region({"advantage": Interval(-0.5, 1.0), **sizes}, _proper, "copies < population"),
            fixation,
            measure="fixed",
            statistic="probability",
            scale=1.0,
        ),
    )  # fmt: skip


def _equal_goals(kinds: Any, each: Any = 1) -> Any:
    """The formula; how many individuals each goal has makes no difference."""
    return formulas.equal_goals(kinds)


def _proper(population: int, copies: int, **_: float) -> bool:
    return copies < population


def _diffusive(**point: Any) -> bool:
    return point["copies"] < point["population"] and bool(formulas.kimura_error(**point) <= MOST_ERROR)
