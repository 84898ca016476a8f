"""What is predicted of the race without noise: winner, remainder, time, and where the winner changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from simulator.model import Model
from simulator.models.crystallization import decided, routes
from theory.crystallization import formulas
from theory.crystallization.predicted.declared import declared, integrated, point_of, with_side
from theory.prediction import Margin, Point, Prediction
from theory.probed import HALVINGS, flip
from theory.region import Interval, Region, Several

ROUTES = 3
LONG = 500.0  # longer than any race here takes
BRACKET = (1.2, 1.3)  # how far below and above the predicted value a search begins, as factors
CLEAR = 0.02  # how far apart the two smallest scores are, relatively: nearer ones take their time
RACES = {
    "start": Several(Interval(0.2, 1.0), ROUTES),
    "ease": Several(Interval(0.3, 2.0, log=True), ROUTES),
}
SEARCHED = np.log(BRACKET[0] * BRACKET[1]) / 2 ** (HALVINGS + 1)


def of_the_race(races: Callable[[int], Model]) -> tuple[Prediction, ...]:
    """Return what is predicted of races of two and three routes."""
    law = races(2)
    three = decided(races(ROUTES), routes(ROUTES), "flow")
    clear = Region(RACES, _clear, "the two smallest of x^2/ease differ by 2 %")
    side = with_side(law).experiment("flow", measures=("side",))
    pair = {"start": Several(Interval(0.2, 1.0), 2), "ease": Several(Interval(0.3, 2.0, log=True), 2)}
    return (
        declared(
            "race_winner",
            "The route with the smallest squared distance over ease wins, whatever the others do.",
            experiment=three, measure="route", valid=clear, setting=_three, scale=1.0,
        ),
        declared(
            "race_remainder",
            "Another route that wins leaves exactly the misalignment by which internalization was behind.",
            experiment=three, measure="residual_misalignment", setting=_three, scale=1.0,
            valid=Region({**RACES, "route": Interval(0, 0, integer=True)}, _behind,
                         f"{clear.says}, and internalization is not the smallest"),
            margin=integrated(formulas.race_remainder),
        ),
        declared(
            "decision_time",
            "The race is over after a time that grows with the logarithm of how close it was.",
            experiment=three, measure="decision_time", setting=_three, valid=clear,
            margin=integrated(formulas.decision_time),
        ),
        declared(
            "critical_ease",
            "Deception beats internalization above one ratio of eases, the squared ratio of the distances.",
            experiment=flip(side, "side", "honesty_ease"), measure="flip",
            setting=_searched, valid=Region({"start": pair["start"]}),
            margin=Margin("half of the last bracket of the search",
                          lambda **point: SEARCHED * formulas.critical_ease(**point)),
        ),
        declared(
            "described_remainder",
            "A price on describing the designers' goal moves the separatrix, and the goal that is left away.",
            experiment=law.experiment("flow", measures=("misalignment",)), measure="misalignment", setting=_described,
            valid=Region({**pair, "description_cost": Interval(0.0, 0.4)}, _priced_apart,
                         "2 % from the separatrix"),
            margin=integrated(formulas.described_remainder, 1.0), scale=1.0,
        ),
    )  # fmt: skip


def _clear(start: Sequence[float], ease: Sequence[float]) -> bool:
    first, second = sorted(x * x / eta for x, eta in zip(start, ease, strict=True))[:2]
    return second > (1.0 + CLEAR) * first


def _behind(start: Sequence[float], ease: Sequence[float], route: int) -> bool:
    return _clear(start, ease) and int(formulas.race_winner(start, ease)) != route


def _three(start: Sequence[float], ease: Sequence[float], **_: Any) -> Point:
    return {**point_of(start, ease), "time": LONG}


def _searched(start: Sequence[float]) -> Point:
    middle = float(formulas.critical_ease(start))
    point = {name: value for name, value in point_of(start, [1.0, 1.0]).items() if name != "honesty_ease"}
    return {**point, "lowest": middle / BRACKET[0], "highest": middle * BRACKET[1], "time": LONG}


def _described(start: Sequence[float], ease: Sequence[float], description_cost: float) -> Point:
    return {**point_of(start, ease), "description_cost": description_cost, "time": 40.0}


def _priced_apart(start: Sequence[float], ease: Sequence[float], description_cost: float) -> bool:
    ahead, behind = np.sqrt(ease[1]) * start[0], np.sqrt(ease[0]) * (start[1] - description_cost)
    return bool(abs(ahead - behind) > CLEAR * ahead)
