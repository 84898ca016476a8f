"""What is predicted of waiting: how long until the general circuit leads, how sharp it snaps, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.model import Model
from simulator.models.grokking import generalizing, generalizing_efficiency, memorizing, memorizing_now, until_crossing
from theory.grokking import formulas
from theory.grokking.predicted.declared import declared
from theory.grokking.predicted.margins import STIFFNESS, held, lag
from theory.prediction import Margin, Point, Prediction
from theory.probed import slope
from theory.region import Interval, Region

PATIENCE = 60.0  # decay times: longer than anything here takes
ALLOWED = 0.002  # of the value, for what a formula leaves out
SNAP = (0.1, 0.9)
TINY_START = 0.05  # margin at the start of a network that has yet to memorize
FORGETTING = 4.0  # half decay times, in which the margin forgets how it came to its floor
STEP = 0.02  # in the logarithm, of slopes
EFFICIENCIES = {"memorizing_efficiency": Interval(0.5, 1.5), "generalizing_efficiency": Interval(0.6, 4.0)}
WAITING_BOX = {
    "memorizing_share": Interval(0.8, 0.9999),
    **EFFICIENCIES,
    "weight_decay": Interval(0.002, 0.2, log=True),
}
LATE = "what a finite stiffness does: -ln(1 - decay/(stiffness efficiency))/(2 decay)"
FINITE = Margin(
    LATE,
    lambda memorizing_efficiency, generalizing_efficiency, weight_decay, **_: held(
        weight_decay, memorizing_efficiency, generalizing_efficiency
    ),
)


def of_waiting(logistic: Model, squared: Model) -> tuple[Prediction, ...]:
    """Return how long grokking, snapping and ungrokking take, and what the time is proportional to."""
    return (
        *_held(squared),
        *_creeping(logistic),
        declared(
            "ungrokking_time",
            "Cut the data below the critical size, and memorizing takes the margin back at the pace of decay.",
            experiment=_ungrokking(squared).experiment("flow", solver="LSODA", measures=()),
            measure="stopping_time",
            setting=_cut,
            valid=Region(
                {"generalizing_share": Interval(0.8, 0.999), "data_ratio": Interval(0.3, 0.85),
                 "exponent": Interval(0.5, 1.5), "weight_decay": Interval(0.01, 0.2, log=True)},
                lambda **point: _long_enough(formulas.ungrokking_time(**point), **point), "2 decay t >= 2",
            ),
            margin=Margin(LATE, lambda weight_decay, **_: held(weight_decay, 1.0)),
        ),
    )  # fmt: skip


def _held(squared: Model) -> tuple[Prediction, ...]:
    crossing = until_crossing(squared).experiment("flow", solver="LSODA", measures=())
    return (
        declared(
            "grokking_time",
            "With the margin held, grokking waits for decay: exactly proportional to one over it.",
            experiment=crossing,
            measure="stopping_time",
            setting=_on_the_floor,
            valid=Region(
                WAITING_BOX, lambda **point: _waiting(formulas.grokking_time(**point), **point),
                "h_G > 1.1 h_M and 2 <= 2 decay t <= 60",
            ),
            margin=FINITE,
        ),
        declared(
            "snap_duration",
            "The snap, from a tenth of the margin to nine, takes as long from whatever start.",
            experiment=_snapping(squared).experiment("flow", solver="LSODA", measures=()),
            measure="stopping_time",
            setting=lambda **point: _on_the_floor(memorizing_share=1.0 - SNAP[0], **point),
            valid=Region(
                {**EFFICIENCIES, "weight_decay": WAITING_BOX["weight_decay"]},
                lambda **point: _waiting(formulas.snap_duration(**point), **point),
                "h_G > 1.1 h_M and 2 <= 2 decay t <= 60",
            ),
            margin=FINITE,
        ),
    )  # fmt: skip


def _creeping(logistic: Model) -> tuple[Prediction, ...]:
    crossing = until_crossing(logistic).experiment("flow", solver="LSODA", measures=())
    slow = {**WAITING_BOX, "weight_decay": Interval(0.002, 0.05, log=True)}

    def near(**point: float) -> bool:
        time = grokking_time_logistic(**point)
        return _waiting(time, **point) and bool(lag(**point) <= ALLOWED * time)

    def late(**point: float) -> bool:
        return (
            near(**point)
            and _from_tiny(**point) * 2.0 * point["weight_decay"] >= FORGETTING
            and bool(_exponent_error(**point) <= ALLOWED)
        )

    says = "h_G > 1.1 h_M, 2 <= 2 decay t <= 60, and the floor's lag is below 0.2 %"
    return (
        declared(
            "grokking_time_logistic",
            "A logistic loss lets its floor creep up as the better circuit takes over, which saves a little time.",
            formula=grokking_time_logistic,
            experiment=crossing,
            measure="stopping_time",
            setting=_on_the_creeping_floor,
            valid=Region(slow, near, says),
            margin=Margin("the floor's lag", lag),
        ),
        declared(
            "grokking_exponent",
            "From a small start, memorization included, grokking time falls a little slower than one over decay.",
            formula=grokking_exponent,
            experiment=slope(crossing, "stopping_time", "weight_decay", STEP, logarithmic=True),
            measure="slope",
            setting=lambda **point: _at_margin(TINY_START, **point),
            valid=Region(slow, late, f"{says}; from the small start 2 decay t >= 4, and the margin is below 0.002"),
            margin=Margin("the floor's relative lag, which changes less than itself over an e-fold of decay, and what "
                          "the margin remembers of memorization", _exponent_error),
        ),
        declared(
            "transition_slope",
            "Larger weights at the start delay grokking by the logarithm of their scale over weight decay.",
            experiment=slope(crossing, "stopping_time", "weight_scale", STEP),
            measure="slope",
            setting=lambda weight_decay: {
                "weight_decay": weight_decay, "weight_scale": 3.0, "memorizing_start": 1.0, "generalizing_start": 0.01,
                "generalizing_efficiency": 1.6, "time": PATIENCE / weight_decay,
            },
            valid=Region({"weight_decay": slow["weight_decay"]}),
            margin=Margin("what the floor remembers of the start at the crossing, 1e-4 of the value",
                          lambda weight_decay: 1e-4 / weight_decay),
        ),
    )  # fmt: skip


def grokking_time_logistic(
    memorizing_share: Any, memorizing_efficiency: Any, generalizing_efficiency: Any, weight_decay: Any
) -> Any:
    """Return ``formulas.grokking_time`` with the logistic loss, begun on its floor. Parameters as there."""
    return formulas.grokking_time(
        memorizing_share, memorizing_efficiency, generalizing_efficiency, weight_decay, "logistic"
    )


def grokking_exponent(
    memorizing_share: Any, memorizing_efficiency: Any, generalizing_efficiency: Any, weight_decay: Any
) -> Any:
    """Return ``formulas.grokking_exponent`` with the logistic loss, from a margin of 0.05. Parameters as there."""
    return formulas.grokking_exponent(
        memorizing_share, memorizing_efficiency, generalizing_efficiency, weight_decay, "logistic", TINY_START
    )


def _waiting(time: Any, memorizing_efficiency: float, generalizing_efficiency: float, weight_decay: float,
             **_: Any) -> bool:  # fmt: skip
    return generalizing_efficiency > 1.1 * memorizing_efficiency and _long_enough(time, weight_decay)


def _long_enough(time: Any, weight_decay: float, **_: Any) -> bool:
    return bool(2.0 <= 2.0 * weight_decay * time <= PATIENCE)


def _from_tiny(**point: Any) -> Any:
    return formulas.grokking_time(**point, loss="logistic", start_margin=TINY_START)


def _exponent_error(memorizing_efficiency: Any, generalizing_efficiency: Any, weight_decay: Any, **point: Any) -> Any:
    """Return how far the exponent may be off.

    The time is late by the floor's lag, a share of it that varies with decay by less than itself. And the margin comes
    to its floor from below: in ``lag``'s words y - 1 falls as exp(-q 2 weight_decay t) once y is 2 and q within one of
    the floor, which it is before 2 weight_decay t = 1/q; what is left shifts ln q by that over q.
    """
    whole = {"memorizing_efficiency": memorizing_efficiency, "generalizing_efficiency": generalizing_efficiency,
             "weight_decay": weight_decay, **point}  # fmt: skip
    time, end = _from_tiny(**whole), formulas.floor((memorizing_efficiency + generalizing_efficiency) / 2, weight_decay)
    remembered = np.exp(1.0 - (end - 1.0) * 2.0 * weight_decay * time) / end
    return 1e-5 + lag(**whole) / time + remembered


def _at_margin(margin: Any, memorizing_share: float, memorizing_efficiency: float, generalizing_efficiency: float,
               weight_decay: float) -> Point:  # fmt: skip
    """A start at which the circuits share a margin."""
    return {
        "memorizing_start": margin * memorizing_share / memorizing_efficiency,
        "generalizing_start": margin * (1.0 - memorizing_share) / generalizing_efficiency,
        "memorizing_efficiency": memorizing_efficiency,
        "generalizing_efficiency": generalizing_efficiency,
        "weight_decay": weight_decay,
        "time": PATIENCE / weight_decay,
    }


def _on_the_floor(**point: float) -> Point:
    return {**_at_margin(1.0, **point), "stiffness": STIFFNESS}


def _on_the_creeping_floor(**point: float) -> Point:
    share = point["memorizing_share"]
    whole = share * point["memorizing_efficiency"] + (1.0 - share) * point["generalizing_efficiency"]
    return _at_margin(formulas.floor(whole, point["weight_decay"]), **point)


def _snapping(law: Model) -> Model:
    """The law stopped when the generalizing circuit carries nine tenths of the margin."""
    odds = SNAP[1] / (1.0 - SNAP[1])
    return law.replace(absorb={"snapped": odds * memorizing_now * memorizing - generalizing_efficiency * generalizing})


def _ungrokking(law: Model) -> Model:
    """The law stopped when the memorizing circuit carries as much of the margin as the generalizing one."""
    return law.replace(absorb={"lost": generalizing_efficiency * generalizing - memorizing_now * memorizing})


def _cut(generalizing_share: float, data_ratio: float, exponent: float, weight_decay: float) -> Point:
    """A network that grokked, its data cut to a part of the size at which both circuits are equally efficient (1)."""
    worn = float(np.power(data_ratio, -exponent))
    begun = _at_margin(1.0, 1.0 - generalizing_share, worn, 1.0, weight_decay)
    return {
        **begun,
        "memorizing_efficiency": 1.0,
        "data_size": data_ratio * 500.0,
        "reference_size": 500.0,
        "exponent": exponent,
        "stiffness": STIFFNESS,
    }
