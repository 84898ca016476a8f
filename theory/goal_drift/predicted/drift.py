"""What is predicted of a goal that drifts behind a shut gate."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.distribution import Normal
from simulator.model import Model
from theory.goal_drift import formulas, proofs
from theory.goal_drift.predicted.declared import BASE_DIMENSION, SHUT, SHUT_STEPS, axis, declared, watched
from theory.prediction import Point, Prediction
from theory.region import Interval, Region

SHUT_BOX = {"weight_decay": Interval(0.05, 1.0, log=True), "time": Interval(0.5, 6.0)}
ONE = Interval(1.0, 1.0)  # with fixed times only the products with weight decay matter
COSINE_BOX = {
    "mean_norm": Interval(0.2, 3.0, log=True),
    "variance": Interval(0.05, 2.0, log=True),
    "dim": Interval(2, 12, integer=True),
}


def of_drift(law: Model) -> tuple[Prediction, ...]:
    """Return how a goal decays and diffuses behind a shut gate."""
    return (
        declared(
            "retained_goal",
            "Behind a shut gate the mean goal only decays, at the rate of weight decay.",
            Region(SHUT_BOX, lambda **point: formulas.retained_goal(**point) >= 0.1, "retained_goal >= 0.1"),
            watched(law, "retained_fraction", steps=SHUT_STEPS),
            lambda **point: {**SHUT, **point, "dim": BASE_DIMENSION, "noise": 0.2},
            proof=proofs.shut_moments,
        ),
        declared(
            "shut_variance",
            "Behind a shut gate each component of the goal diffuses, as far as weight decay lets it.",
            Region({**SHUT_BOX, "noise": Interval(0.1, 1.0, log=True)}),
            watched(law, "base_component", steps=SHUT_STEPS),
            lambda **point: {**SHUT, **point, "dim": 1},
            statistic="variance",
            proof=proofs.shut_moments,
        ),
        declared(
            "autocorrelation",
            "The goal forgets where it was at the rate of weight decay.",
            Region({"weight_decay": Interval(0.05, 0.5, log=True), "time": ONE, "lag": ONE}),
            watched(law, "base_component", times=(1.0, 2.0), steps=SHUT_STEPS),
            lambda weight_decay, **_: {**SHUT, "weight_decay": weight_decay, "dim": 1, "noise": 0.5},
            statistic="correlation",
        ),
        declared(
            "stationary_autocorrelation",
            "Once its spread has settled, the goal remembers for as long as weight decay takes.",
            Region({"weight_decay": Interval(0.05, 0.5, log=True), "lag": ONE}),
            watched(law, "base_component", times=(1.0, 2.0), steps=SHUT_STEPS),
            _settled,
            statistic="correlation",
        ),
        declared(
            "mean_squared_displacement",
            "Behind a shut gate the goal leaves its start, by decay and by diffusion in every component.",
            Region(
                {**SHUT_BOX, "start_norm": Interval(0.3, 3.0, log=True), "dim": Interval(2, 16, integer=True),
                 "noise": Interval(0.1, 1.0, log=True)},
            ),
            watched(law, "squared_displacement", steps=SHUT_STEPS),
            lambda start_norm, dim, **point: {
                **SHUT, **point, "dim": dim, "start": axis(dim, start_norm), "base": -axis(dim, 1.0),
            },
        ),
    )  # fmt: skip


def of_cosines(law: Model) -> tuple[Prediction, ...]:
    """Return the angles that a drifting goal takes."""
    return (
        declared(
            "cosine_to_start",
            "Random directions take over: the cosine to where the goal began falls, the faster the more components.",
            Region(COSINE_BOX),
            watched(law, "cosine_to_start", steps=SHUT_STEPS),
            lambda mean_norm, variance, dim: shut_at(mean_norm, variance, dim, 1.0),
            scale=1.0,
        ),
        declared(
            "alignment",
            "Alignment is what it was in the mean, times the cosine that the noise has left.",
            Region({**COSINE_BOX, "mean_cosine": Interval(-1.0, 1.0)}),
            watched(law, "alignment", steps=SHUT_STEPS),
            shut_at,
            scale=1.0,
            proof=proofs.cosine_to_start,
        ),
    )


def shut_at(mean_norm: float, variance: float, dim: int, mean_cosine: float) -> Point:
    """A shut gate behind which, at time 1, the goal is normal with the given mean and variance."""
    decay = 0.3
    noise = np.sqrt(variance / formulas.shut_variance(decay, 1.0, 1.0))
    start = mean_norm / formulas.retained_goal(decay, 1.0)
    sine = np.sqrt(1.0 - mean_cosine**2)
    direction = mean_cosine * axis(dim, 1.0) + (sine * axis(dim, 1.0, 1) if dim > 1 else 0.0)
    return {
        **SHUT,
        "dim": dim,
        "weight_decay": decay,
        "noise": noise,
        "start": start * direction,
        "time": 1.0,
    }


def _settled(weight_decay: float, **_: Any) -> Point:
    """A start drawn from the spread that decay and noise balance at."""
    noise = 0.5
    start = Normal(0.0, noise / np.sqrt(2.0 * weight_decay))
    return {**SHUT, "weight_decay": weight_decay, "dim": 1, "noise": noise, "start": start}
