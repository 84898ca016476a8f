"""What is predicted of a whole run: the clock, and what the gradient shows of the general circuit on the way."""

from __future__ import annotations

from typing import Any

from simulator.model import Model
from simulator.models.grokking.weights import trained_weights
from theory.grokking import formulas
from theory.grokking.predicted.declared import declared
from theory.grokking.predicted.margins import tolerance
from theory.prediction import Margin, Point, Prediction
from theory.region import Interval, Region

STARTS = {
    "memorizing_start": Interval(0.1, 0.5, log=True),
    "generalizing_start": Interval(0.05, 0.3, log=True),
    "memorizing_efficiency": Interval(0.7, 1.3),
    "generalizing_efficiency": Interval(1.0, 3.0),
}
RUN_BOX = {
    **STARTS,
    "weight_decay": Interval(0.005, 0.05, log=True),
    "depth": Interval(1.0, 4.0),
    "time": Interval(2.0, 20.0, log=True),
}
FIRST_STEP = 1e-5  # of a gradient descent that shows the gradient
ROUNDING = 1e-8  # of weights of order 1 that move by some 1e-8 of themselves


def of_the_run(logistic: Model, squared: Model) -> tuple[Prediction, ...]:
    """Return what one scalar clock says of the law, on both losses, and of the weights themselves."""
    layered = {**RUN_BOX, "depth": Interval(1, 4, integer=True)}
    clock = declared(
        "clock",
        "One scalar clock carries both circuits through the whole run, memorization included, at every depth.",
        experiment=logistic.experiment("flow", measures=("test_margin",)),
        measure="test_margin",
        valid=Region(RUN_BOX),
        margin=tolerance(formulas.clock),
    )
    return (
        clock,
        clock.replace(
            name="grokking.clock_held",
            says="The same clock on a loss that wants a margin of one and no more.",
            experiment=squared.experiment("flow", measures=("test_margin",)),
            valid=Region({**RUN_BOX, "stiffness": Interval(1.0, 10.0, log=True)}, _wanting, "margin <= 1 at the start"),
        ),
        clock.replace(
            name="grokking.clock_of_weights",
            says="Real weights, as many to a circuit as its depth, trained by gradient steps, keep to the clock.",
            experiment=trained_weights(("test_margin",)),
            valid=Region(layered),
            setting=_in_weights,
            margin=Margin(),
        ),
        declared(
            "visible_from_start",
            "The first gradient step moves the general circuit too: less than the other, but it does.",
            experiment=trained_weights(("relative_step",)),
            measure="relative_step",
            setting=lambda **point: _in_weights(**point, weight_decay=0.0, time=FIRST_STEP),
            valid=Region({**STARTS, "depth": Interval(1, 6, integer=True)}),
            margin=Margin("the rounding of weights in a short step", lambda **point: ROUNDING),
        ),
    )


def _wanting(
    memorizing_start: float, generalizing_start: float, memorizing_efficiency: float, generalizing_efficiency: float,
    **_: float,
) -> bool:  # fmt: skip
    """Tell whether the loss begins by wanting more: from above its target a circuit of depth below 2 may be gone."""
    return memorizing_start * memorizing_efficiency + generalizing_start * generalizing_efficiency <= 1.0


def _in_weights(
    memorizing_start: float, generalizing_start: float, memorizing_efficiency: float, generalizing_efficiency: float,
    time: float, **point: Any,
) -> Point:  # fmt: skip
    return {
        **point,
        "start": [memorizing_start, generalizing_start],
        "efficiency": [memorizing_efficiency, generalizing_efficiency],
        "learning_rate": min(0.003, time),
        "time": time,
    }
