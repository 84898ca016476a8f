"""Faults of grokking: the metric, the decay and the loss of two circuits, their efficiency, and the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import sympy

from simulator import weights
from simulator.model import Model
from simulator.models.grokking import (
    depth,
    exponent,
    generalizing,
    generalizing_efficiency,
    grokking,
    memorizing,
    memorizing_now,
    metric,
    squared,
    weight_decay,
)
from simulator.models.grokking.circuits import norm_exponent, penalized_circuits
from theory.faults.fault import Fault, spoiled
from theory.grokking import predictions_of
from theory.prediction import Prediction
from theory.region import Interval

_fault = partial(Fault, "grokking")
BOTH = (memorizing, generalizing)


def _of(changed: Callable[[Model], Model]) -> Callable[[], Iterable[Prediction]]:
    """Return what makes the predictions of two changed laws, on the logistic loss and on the squared one."""
    return lambda: predictions_of(changed(grokking), changed(squared), penalized_circuits)


def _with(**parts: Mapping[Any, Any]) -> Callable[[], Iterable[Prediction]]:
    return _of(lambda law: law.replace(**{name: {**getattr(law, name), **part} for name, part in parts.items()}))


def _half_the_exponent(law: Model) -> Model:
    """Let data wear memorizing down with half the exponent."""
    halved = {exponent.variable: exponent.variable / 2}
    return law.replace(
        reward=law.reward.xreplace(halved),
        measures={name: one.expression.xreplace(halved) for name, one in law.measures.items()},
    )


def _exponential(law: Model) -> Model:
    """Train on exp(-q), which is the logistic loss of large margins only."""
    margin = memorizing_now * memorizing + generalizing_efficiency * generalizing
    return law.replace(reward=-sympy.exp(-margin)) if law is grokking else law


def _bent_norms() -> Iterable[Prediction]:
    """Let logits take norm^(1.01 norm_exponent)."""
    bent = {norm_exponent.variable: sympy.Rational(101, 100) * norm_exponent.variable}
    return predictions_of(
        grokking, squared, penalized_circuits.replace(reward=penalized_circuits.reward.xreplace(bent))
    )


def _single(right: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the weights in float32."""

    def step(path: Any, rate: float, noise: Any, free: Any) -> None:
        right(path, rate, noise, free)
        path.weights = path.weights.astype(np.float32).astype(np.float64)

    return step


def _undecayed_first_layer(right: Callable[..., Any]) -> Callable[..., Any]:
    """Leave the first layer out of weight decay."""

    def step(path: Any, rate: float, noise: Any, free: Any) -> None:
        before = path.weights[:1].copy()
        right(path, rate, noise, free)
        path.weights[:1] += rate * path.parameters["weight_decay"] * before

    return step


FAULTS = (
    _fault(
        "decay_applied_once", "law", "A product of L weights decays at the rate of one weight.",
        ("grokking.clock", "grokking.grokking_time"), family=_with(decay=dict.fromkeys(BOTH, weight_decay.variable)),
        box={"depth": Interval(2.0, 4.0), "time": Interval(5.0, 20.0)},
    ),
    _fault(
        "decay_one_per_cent_fast", "law", "Weight decay is one per cent too fast.", ("grokking.grokking_time",),
        family=_with(decay=dict.fromkeys(BOTH, sympy.Rational(101, 100) * depth * weight_decay)),
    ),
    _fault(
        "wrong_exponent", "law", "The metric of a product of L weights has the exponent 2 - 1/L.",
        ("grokking.clock_held", "grokking.rise_time"),
        family=_with(learner={one: metric(one) * sympy.Abs(one.variable) ** (1 / depth) for one in BOTH}),
    ),
    _fault(
        "decay_undone", "law", "Strengths are normalized after the step, so that decay is undone.",
        ("grokking.grokking_time",), family=_with(decay=dict.fromkeys(BOTH, 0)),
    ),
    _fault(
        "half_the_wear", "law", "Data wear memorizing down with half the exponent.",
        ("grokking.ungrokking_time", "grokking.critical_data_size"), family=_of(_half_the_exponent),
    ),
    _fault(
        "exponential_loss", "law", "The loss is exp(-margin), which the logistic one is for large margins only.",
        ("grokking.clock",), family=_of(_exponential),
    ),
    _fault(
        "bent_norms", "law", "Logits take norms to a power that is one per cent too high.",
        ("grokking.coexistence_ratio",), family=_bent_norms, points=3,
    ),
    _fault(
        "weights_in_float32", "mechanism", "Weights are kept in float32, in which a first step is mostly rounding.",
        ("grokking.visible_from_start",), (spoiled(weights._Path, "step", _single),),
        box={"depth": Interval(1, 2, integer=True)}, points=6,
    ),
    _fault(
        "first_layer_does_not_decay", "mechanism", "The first layer of weights is left out of weight decay.",
        ("grokking.clock_of_weights",), (spoiled(weights._Path, "step", _undecayed_first_layer),),
        box={"time": Interval(10.0, 20.0), "weight_decay": Interval(0.02, 0.05)}, slow=True,
    ),
)  # fmt: skip
