"""Faults of simplification: the metric and the decay of a product, who holds the drive, the weights, the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import sympy

from simulator import weights
from simulator.functions import total
from simulator.models.simplification import depth, drive, efficiency, simplification, strength, strings, weight_decay
from theory.faults.fault import Fault, spoiled
from theory.prediction import Prediction
from theory.region import Interval
from theory.simplification import predictions_of
from theory.simplification.predicted.description import of_descriptions

_fault = partial(Fault, "simplification")
DEEP = {"depth": Interval(2.5, 6.0)}


def _with(**parts: Any) -> Callable[[], Iterable[Prediction]]:
    """Return what makes the predictions of another law."""
    return lambda: predictions_of(simplification.replace(**parts))


SHARED = total(efficiency * strength * weight_decay) / total(efficiency * strength) * strength * depth


def _one_layer(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let one layer alone decay."""

    def step(path: Any, rate: float, noise: Any, free: Any) -> None:
        before = path.weights[1:].copy()
        right(path, rate, noise, free)
        path.weights[1:] += rate * path.parameters["weight_decay"] * before

    return step


def _rescaled(_: Any) -> Callable[..., Any]:
    """Let the weights decay, and hold the drive by rescaling all of them after the step."""

    def step(path: Any, rate: float, _: Any, __: Any) -> None:
        slopes, layers = path.parameters["efficiency"][:, np.newaxis], path.parameters["depth"]
        path.weights = path.weights * (1.0 - rate * path.parameters["weight_decay"])
        path.weights = path.weights / np.sum(slopes * path.weights.prod(axis=0), axis=0) ** (1.0 / layers)

    return step


def _next_feature(right: Callable[..., Any]) -> Callable[..., Any]:
    """Take the product of the other layers' weights from the next feature."""
    return lambda array: np.roll(right(array), 1, axis=1)


def _a_move_more(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda parameters, *rest: right({**parameters, "moves": parameters["moves"] + 1}, *rest)


FAULTS = (
    _fault(
        "decay_applied_once", "law", "A product of L weights decays at the rate of one weight.",
        ("simplification.shares", "simplification.clock"), family=_with(decay={strength: weight_decay}), box=DEEP,
    ),
    _fault(
        "decay_one_per_cent_fast", "law", "The decay of every weight is one per cent too fast.",
        ("simplification.clock",),
        family=_with(decay={strength: sympy.Rational(101, 100) * depth * weight_decay}),
        box={"time": Interval(1.0, 4.0)},
    ),
    _fault(
        "wrong_exponent", "law", "The metric of a product of L weights has the exponent 2 - 1/L.",
        ("simplification.effective_features_entropy", "simplification.coexistence"),
        family=_with(learner={strength: depth * sympy.Abs(strength) ** (2 - 1 / depth)}),
    ),
    _fault(
        "metric_without_depth", "law", "The metric of a product of L weights lacks the factor L.",
        ("simplification.clock",), family=_with(learner={strength: sympy.Abs(strength) ** (2 - 2 / depth)}), box=DEEP,
    ),
    _fault(
        "shares_rescaled", "law", "The drive is held by rescaling what decay has left, not by the loss.",
        ("simplification.shares", "simplification.alignment"),
        family=_with(reward=0, learner={}, growth={strength: SHARED}), box=DEEP,
    ),
    _fault(
        "drive_not_held", "law", "The loss is too soft to hold the drive.", ("simplification.clock",),
        family=_with(reward=-sympy.Rational(1, 2) * 10 * (drive - 1) ** 2),
    ),
    _fault(
        "weights_of_one_layer_decay", "mechanism", "Of the layers of weights one alone decays.",
        ("simplification.balance_decay",), (spoiled(weights._Path, "step", _one_layer),),
    ),
    _fault(
        "weights_rescaled", "mechanism", "The weights are rescaled to hold the drive, and take no gradient step.",
        ("simplification.trained_shares",), (spoiled(weights._Path, "step", _rescaled),),
        box={"depth": Interval(3, 4, integer=True), "time": Interval(2.0, 4.5)},
    ),
    _fault(
        "gradient_of_the_next_feature", "mechanism", "Each weight takes the gradient of the next feature's layer.",
        ("simplification.trained_shares",), (spoiled(weights, "others", _next_feature),),
        box={"depth": Interval(2, 3, integer=True), "time": Interval(1.0, 1.5)},
    ),
    _fault(
        "a_move_more", "mechanism", "The walk over descriptions makes one move too many.",
        ("simplification.first_bit_memory",), (spoiled(strings, "sample_memory", _a_move_more),), of_descriptions,
        {"moves": Interval(4, 8, integer=True), "max_length": Interval(2, 3, integer=True)},
    ),
)  # fmt: skip
