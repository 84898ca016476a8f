"""What is predicted of goal_drift: how far a goal is pulled before the gate shuts, and how it drifts behind it.

``predictions_of(law)`` says what any variant of the law would have to satisfy; ``predictions`` are the law's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.declaration import Measure
from simulator.experiment import Experiment
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.goal_drift import base, decision, gate, goal, goal_drift, pull, stake
from theory.goal_drift import expressions, formulas, proofs
from theory.prediction import Point, Prediction
from theory.region import Interval, Region

BASE_DIMENSION = 3
SHUT = {"threshold": -10.0, "width": 0.1, "initial_capability": 0.0, "pull": 2.0}  # 1 - a = exp(-100)
SHUT_STEPS = 32

GATE_BOX = {
    "width": Interval(0.05, 0.5, log=True),
    "growth": Interval(0.1, 2.0, log=True),
    "threshold": Interval(0.0, 2.0),
    "initial_capability": Interval(-0.5, 0.5),
    "time": Interval(0.5, 6.0),
}
PULLED_BOX = {"pull": Interval(0.2, 3.0, log=True), **GATE_BOX}
SHUT_BOX = {"weight_decay": Interval(0.05, 1.0, log=True), "time": Interval(0.5, 6.0)}
ONE = Interval(1.0, 1.0)  # with fixed times only the products with weight decay matter
COSINE_BOX = {
    "mean_norm": Interval(0.2, 3.0, log=True),
    "variance": Interval(0.05, 2.0, log=True),
    "dim": Interval(2, 12, integer=True),
}


def predictions_of(law: Model) -> tuple[Prediction, ...]:
    """Return the predictions of goal_drift, each with the given law as what is simulated."""
    return (*_of_the_open_gate(law), *_of_the_shut_gate(law), *_of_cosines(law))


def _watched(law: Model, measure: str, times: tuple[float, ...] | None = None, steps: int = 128) -> Experiment:
    made: Experiment = law.experiment("langevin", measures=(measure,), times=times, steps=steps)
    return made


def _of_the_open_gate(law: Model) -> tuple[Prediction, ...]:
    visible = Region(PULLED_BOX, lambda **point: formulas.learned_fraction(**point) >= 0.1, "learned_fraction >= 0.1")
    steep = Region(PULLED_BOX, lambda **point: formulas.goal_gradient(**point) >= 0.05, "goal_gradient >= 0.05")
    return (
        _prediction(
            "open_time",
            "The gate stands open for a finite time: capability grows through it.",
            Region(GATE_BOX, lambda **point: formulas.open_time(**point) >= 0.05, "open_time >= 0.05"),
            _watched(_with_clock(law), "open_time"),
        ),
        _prediction(
            "learned_fraction",
            "Before the gate shuts, the mean goal covers a fixed part of the way to the designers' goal.",
            visible,
            _watched(law, "learned_fraction"),
            lambda **point: {**point, "dim": BASE_DIMENSION, "noise": 0.2},
        ),
        _prediction(
            "goal_gradient",
            "The gradient on the goal vanishes exponentially as capability passes the threshold.",
            steep,
            _watched(with_relative_gradient(law), "relative_gradient"),
            lambda **point: {**point, "dim": BASE_DIMENSION, "noise": 0.2},
        ),
        _prediction(
            "goal_variance",
            "While the gate is open the pull holds the goal's spread down; once it shuts, the goal diffuses freely.",
            Region({**PULLED_BOX, "noise": Interval(0.1, 1.0, log=True)}),
            _watched(law, "base_component", steps=256),
            lambda **point: {**point, "dim": 1},
            statistic="variance",
        ),
    )


def _of_the_shut_gate(law: Model) -> tuple[Prediction, ...]:
    return (
        _prediction(
            "retained_goal",
            "Behind a shut gate the mean goal only decays, at the rate of weight decay.",
            Region(SHUT_BOX, lambda **point: formulas.retained_goal(**point) >= 0.1, "retained_goal >= 0.1"),
            _watched(law, "retained_fraction", steps=SHUT_STEPS),
            lambda **point: {**SHUT, **point, "dim": BASE_DIMENSION, "noise": 0.2},
            proof=proofs.shut_moments,
        ),
        _prediction(
            "shut_variance",
            "Behind a shut gate each component of the goal diffuses, as far as weight decay lets it.",
            Region({**SHUT_BOX, "noise": Interval(0.1, 1.0, log=True)}),
            _watched(law, "base_component", steps=SHUT_STEPS),
            lambda **point: {**SHUT, **point, "dim": 1},
            statistic="variance",
            proof=proofs.shut_moments,
        ),
        _prediction(
            "autocorrelation",
            "The goal forgets where it was at the rate of weight decay.",
            Region({"weight_decay": Interval(0.05, 0.5, log=True), "time": ONE, "lag": ONE}),
            _watched(law, "base_component", times=(1.0, 2.0), steps=SHUT_STEPS),
            lambda weight_decay, **_: {**SHUT, "weight_decay": weight_decay, "dim": 1, "noise": 0.5},
            statistic="correlation",
        ),
        _prediction(
            "mean_squared_displacement",
            "Behind a shut gate the goal leaves its start, by decay and by diffusion in every component.",
            Region(
                {**SHUT_BOX, "start_norm": Interval(0.3, 3.0, log=True), "dim": Interval(2, 16, integer=True),
                 "noise": Interval(0.1, 1.0, log=True)},
            ),
            _watched(law, "squared_displacement", steps=SHUT_STEPS),
            lambda start_norm, dim, **point: {
                **SHUT, **point, "dim": dim, "start": _axis(dim, start_norm), "base": -_axis(dim, 1.0),
            },
        ),
    )  # fmt: skip


def _of_cosines(law: Model) -> tuple[Prediction, ...]:
    return (
        _prediction(
            "cosine_to_start",
            "Random directions take over: the cosine to where the goal began falls, the faster the more components.",
            Region(COSINE_BOX),
            _watched(law, "cosine_to_start", steps=SHUT_STEPS),
            lambda mean_norm, variance, dim: _shut_at(mean_norm, variance, dim, 1.0),
            scale=1.0,
        ),
        _prediction(
            "alignment",
            "Alignment is what it was in the mean, times the cosine that the noise has left.",
            Region({**COSINE_BOX, "mean_cosine": Interval(-1.0, 1.0)}),
            _watched(law, "alignment", steps=SHUT_STEPS),
            _shut_at,
            scale=1.0,
            proof=proofs.cosine_to_start,
        ),
    )


def _stake_selection(law: Model) -> Prediction:
    """The selection of stakes, with the goal held still and no noise, so that the climb has a closed form."""
    still = law.replace(learner={stake: law.learner[stake]}, noise={})
    box = {
        "stake": Interval(0.5, 2.5), "cost": Interval(0.5, 1.5), "temperature": Interval(0.1, 0.5, log=True),
        "discount": Interval(0.8, 1.0), "horizon": Interval(0.0, 10.0), "pull": Interval(0.2, 3.0, log=True),
        "distance": Interval(0.5, 2.0), "ease": Interval(0.05, 0.5, log=True), "time": Interval(0.5, 6.0),
    }  # fmt: skip
    return _prediction(
        "stake_selection",
        "Reward does select goals for how much, and how long, they care about surviving training.",
        Region(box),
        _watched(still, "stake"),
        _standing_still,
    )


def _prediction(
    name: str,
    says: str,
    valid: Region,
    experiment: Experiment,
    setting: Callable[..., Point] = lambda **point: point,
    *,
    statistic: str = "mean",
    scale: float | None = None,
    proof: Any = None,
) -> Prediction:
    """Return a prediction whose formula, expression and proof go by its name."""
    return Prediction(
        name=f"goal_drift.{name}",
        says=says,
        formula=getattr(formulas, name),
        expression=expressions.SHOWN.get(name, getattr(expressions, name, None)),
        experiment=experiment,
        measure=next(iter(experiment.measures)),
        statistic=statistic,
        setting=setting,
        valid=valid,
        scale=scale,
        proof=proof or getattr(proofs, name),
        symbols=expressions.SYMBOLS,
    )


def _axis(dim: int, length: float, component: int = 0) -> Any:
    return length * np.eye(dim)[component]


def _shut_at(mean_norm: float, variance: float, dim: int, mean_cosine: float) -> Point:
    """A shut gate behind which, at time 1, the goal is normal with the given mean and variance."""
    decay = 0.3
    noise = np.sqrt(variance / formulas.shut_variance(decay, 1.0, 1.0))
    start = mean_norm / formulas.retained_goal(decay, 1.0)
    sine = np.sqrt(1.0 - mean_cosine**2)
    direction = mean_cosine * _axis(dim, 1.0) + (sine * _axis(dim, 1.0, 1) if dim > 1 else 0.0)
    return {
        **SHUT,
        "dim": dim,
        "weight_decay": decay,
        "noise": noise,
        "start": start * direction,
        "time": 1.0,
    }


def _standing_still(stake: float, discount: float, distance: float, ease: float, **point: Any) -> Point:
    still = {
        "dim": 1,
        "base": [distance],
        "start": [0.0],
        "initial_stake": stake,
        "initial_discount": discount,
    }
    return {**point, **still, "ease_stake": ease}


# What the law's own measures do not show: the time the gate has stood open, the gradient relative to an ungated start.
clock = Trait("open_time", symbol="I", unit="time", meaning="how long the gate has stood open")


def _with_clock(law: Model) -> Model:
    return law.replace(
        traits=(*law.traits, clock), growth={**law.growth, clock: 1 - gate}, initial={**law.initial, clock: 0}
    )


def with_relative_gradient(law: Model, beside: tuple[str, ...] = ()) -> Model:
    """Return the law observed by the gradient toward b, relative to an ungated start's, and some of its measures."""
    way = base - goal.initial
    toward = total(law.gradient(law.reward, goal) * way) / (pull * total(way**2))
    gradient = Measure(toward, meaning="gradient toward the designers' goal, relative to an ungated start's")
    return law.replace(measures={"relative_gradient": gradient} | {name: law.measures[name] for name in beside})


predictions = (*predictions_of(goal_drift), _stake_selection(decision))
