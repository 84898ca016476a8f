"""What is predicted of the end: which circuit is left, by data size, by start, and by what its logits cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model
from simulator.models.grokking import (
    generalizing,
    generalizing_efficiency,
    memorizing,
    memorizing_now,
)
from simulator.models.grokking.circuits import logit
from simulator.parameter import SHARE, Parameter, first_axis
from theory.grokking import expressions as e
from theory.grokking import formulas, proofs
from theory.grokking.predicted.declared import declared
from theory.prediction import Margin, Point, Prediction
from theory.probed import HALVINGS, flip
from theory.region import Interval, Region, Several

BRACKET = 1.15  # how far below and above the predicted value a search begins, as a factor
DECIDED = 8.0  # e-folds of a lead, after which the run has decided
DECAY = 0.05
SIZES = {
    "memorizing_efficiency": Interval(0.5, 2.0, log=True),
    "generalizing_efficiency": Interval(0.7, 2.0, log=True),
    "reference_size": Interval(100.0, 1e4, log=True),
    "exponent": Interval(0.4, 2.0, log=True),
}
SEARCHED = Margin(
    "half of the last bracket, and what is still undecided at the end",
    lambda **point: (np.log(BRACKET**2) / 2 ** (HALVINGS + 1) + np.exp(-DECIDED)) * _size(**point),
)

chosen = Parameter("chosen", first_axis, "e", SHARE, meaning="1 for the circuit that is asked about", dim="circuits")


def of_outcomes(squared: Model, penalized: Model) -> tuple[Prediction, ...]:
    """Return what decides which circuit is left."""
    gain, lead = (
        with_outcome(squared).experiment("flow", solver="LSODA", measures=(f"generalizing_{what}",))
        for what in ("gain", "lead")
    )
    critical = declared(
        "critical_data_size",
        "Above a critical data size the general circuit gains on the other, below it loses, whatever the decay.",
        experiment=flip(gain, "generalizing_gain", "data_size"),
        measure="flip",
        setting=_sharing,
        valid=Region({**SIZES, "weight_decay": Interval(0.002, 0.2, log=True)}),
        margin=SEARCHED,
    )
    deep = {"depth": Interval(3.5, 6.0), "memorizing_share": Interval(0.2, 0.8)}
    return (
        critical,
        critical.replace(
            name="grokking.hysteresis",
            says="Deep circuits remember: what memorized groks only far above that size, what grokked falls far below.",
            expression=e.hysteresis,
            experiment=flip(lead, "generalizing_lead", "data_size"),
            setting=_from_shares,
            valid=Region({**SIZES, **deep}),
            proof=proofs.hysteresis,
        ),
        declared(
            "path_independence",
            "At depth two all starts end alike; beyond, the general circuit must not start from too little.",
            experiment=flip(lead, "generalizing_lead", "generalizing_start"
            ),
            measure="flip",
            setting=_from_memorizing,
            valid=Region(
                {"memorizing_start": Interval(0.3, 1.0), "memorizing_efficiency": Interval(0.7, 1.5),
                 "generalizing_efficiency": Interval(0.7, 3.0), "depth": Interval(3.5, 6.0)},
                lambda **point: 0.02 <= formulas.path_independence(**point) <= 1.0, "critical start in [0.02, 1]",
            ),
            margin=Margin(SEARCHED.says, lambda **point: (np.log(BRACKET**2) / 2 ** (HALVINGS + 1) + np.exp(-DECIDED))
                          * formulas.path_independence(**point)),
        ),
        declared(
            "coexistence_ratio",
            "Circuits whose logits cost ever more norm coexist, in a ratio that their norms decide.",
            experiment=with_ratio(penalized).experiment("flow", solver="LSODA", measures=("ratio",)),
            measure="ratio",
            setting=lambda **point: {**point, "circuits": 2, "weight_decay": 0.2, "time": 500.0},
            valid=Region(
                {"norms": Several(Interval(0.5, 2.0), 2), "norm_exponent": Interval(0.5, 1.4),
                 "penalty_exponent": Interval(1.5, 2.5)},
                _seen, "norm_exponent <= 0.75 penalty_exponent and ratio in [1/20, 20]",
            ),
            margin=Margin("what is left of the approach to the end, 1e-4 of the value",
                          lambda **point: 1e-4 * formulas.coexistence_ratio(**point)),
        ),
    )  # fmt: skip


def with_outcome(law: Model) -> Model:
    """Return a law of two circuits observed by the generalizing one's lead, now and since the start, in logarithms."""
    lead = (generalizing_efficiency * generalizing - memorizing_now * memorizing) / law.measures[
        "train_margin"
    ].expression
    begun = lead.xreplace({one.variable: one.initial for one in (memorizing, generalizing)})
    return law.replace(
        measures={
            "generalizing_lead": Measure(lead, meaning="share of the margin that generalizes, less what is memorized"),
            "generalizing_gain": Measure(lead - begun, meaning="how far that lead has grown since the start"),
        }
    )


def with_ratio(law: Model) -> Model:
    """Return the law of penalized circuits observed by the logit of one circuit over that of the others."""
    ratio = total(chosen * logit) / total((1 - chosen) * logit)
    return law.replace(
        measures={"ratio": Measure(ratio, meaning="logit of the chosen circuit over that of the others")},
        parameters=(*law.parameters, chosen),
    )


def _seen(norm_exponent: float, penalty_exponent: float, norms: Any) -> bool:
    ratio = formulas.coexistence_ratio(norms, norm_exponent, penalty_exponent)
    return norm_exponent <= 0.75 * penalty_exponent and bool(0.05 <= ratio <= 20.0)


def _size(**point: Any) -> Any:
    return formulas.critical_data_size(**point)


def _bracketed(value: float) -> Point:
    return {"lowest": value / BRACKET, "highest": value * BRACKET}


def _sharing(weight_decay: float, **point: float) -> Point:
    """Two circuits that share a margin at the start, of which the loss wants more; else the worse one gains first."""
    return {
        **point,
        **_bracketed(float(_size(**point))),
        "memorizing_start": 0.4 / point["generalizing_efficiency"],
        "generalizing_start": 0.4 / point["generalizing_efficiency"],
        "weight_decay": weight_decay,
        "stiffness": 20.0 * weight_decay,
        "time": 0.3 / weight_decay,
    }


def _from_shares(memorizing_share: float, depth: float, **point: float) -> Point:
    """Two circuits with given shares of the margin at the size that decides between them."""
    size = float(_size(**point, depth=depth, memorizing_share=memorizing_share))
    efficiency = point["memorizing_efficiency"] * (point["reference_size"] / size) ** point["exponent"]
    return {
        **point,
        **_bracketed(size),
        "memorizing_start": memorizing_share / efficiency,
        "generalizing_start": (1.0 - memorizing_share) / point["generalizing_efficiency"],
        **_until_decided(depth),
    }


def _from_memorizing(**point: float) -> Point:
    return {**point, **_bracketed(float(formulas.path_independence(**point))), **_until_decided(point["depth"])}


def _until_decided(depth: float) -> Point:
    """The lead of a circuit that is about to win grows as exp((L - 2) lambda t)."""
    return {
        "depth": depth,
        "weight_decay": DECAY,
        "stiffness": 20.0 * DECAY,
        "time": DECIDED / ((depth - 2.0) * DECAY),
    }
