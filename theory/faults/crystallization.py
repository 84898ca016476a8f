"""Faults of crystallization: eases, metrics, noise and absorption of races, gates, joint optimizers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import sympy

from simulator.functions import softplus, total
from simulator.levels import flow
from simulator.levels.population import generation
from simulator.levels.population.plan import Plan
from simulator.model import Model
from simulator.models.crystallization import (
    episodes,
    gated,
    joint,
    joint_optimizers,
    learned_honesty,
    race,
    routes,
)
from simulator.models.crystallization.gates import prerequisites, skill, threshold, width
from simulator.models.crystallization.learned import exponent, honesty_noise
from simulator.models.crystallization.racing import honesty
from theory.crystallization import predictions_of
from theory.faults.fault import Fault, spoiled
from theory.prediction import Prediction
from theory.region import Interval

_fault = partial(Fault, "crystallization")
LATE_LOOK = 0.25
SELECTED = {
    "strength": Interval(0.5, 1.0), "pull": Interval(1.0, 2.0), "distance": Interval(1.0, 1.5),
    "initial_capability": Interval(0.0, 0.2), "threshold": Interval(1.0, 1.5), "share": Interval(0.4, 0.7),
}  # fmt: skip


def _of(
    races: Callable[[int], Model] = race, learned: Model = learned_honesty, gates: Model = gated
) -> Callable[[], Iterable[Prediction]]:
    """Return what makes the predictions of other laws."""
    return lambda: predictions_of(races, learned, gates, joint_optimizers, episodes())


def _next_ease(number: int) -> Model:
    """Return the race in which every route has the ease of the next."""
    ways = routes(number)
    pairs = zip(ways, (*ways[1:], ways[0]), strict=True)
    return race(number).replace(learner={way.distance: other.ease for way, other in pairs})


STRATONOVICH = learned_honesty.replace(
    growth={honesty: exponent / 4 * honesty_noise**2 * sympy.Abs(honesty.variable) ** (exponent - 1)}
)
BENT = learned_honesty.replace(
    learner={**learned_honesty.learner, honesty: learned_honesty.learner[honesty] * sympy.Abs(honesty.variable)}
)
OPENNESS = total(softplus(-(skill - threshold) / width))
AVERAGED = gated.replace(reward=gated.reward.xreplace({OPENNESS: OPENNESS / prerequisites}),
                         measures={name: one.expression.xreplace({OPENNESS: OPENNESS / prerequisites})
                                   for name, one in gated.measures.items()})  # fmt: skip


def _late(right: Callable[..., Any]) -> Callable[..., Any]:
    """Look whether a path has reached zero every quarter of a unit of time only, and let it go on meanwhile."""

    def late(rate: Any, start: Any, times: Sequence[float], conditions: Any, solver: str = "DOP853") -> Any:
        looks = np.arange(LATE_LOOK, times[-1], LATE_LOOK)
        for now, state in zip(looks, right(rate, start, looks, (), solver).values.T, strict=True):
            stopped = [condition(now, state) <= 0.0 for condition in conditions]
            if any(stopped):
                return flow.Solution(np.repeat(state[:, np.newaxis], len(times), axis=1), now, stopped.index(True))
        return right(rate, start, times, (), solver)

    return late


def _a_generation_more(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda plan, resolved: [time + 1 for time in right(plan, resolved)]


def _a_generation_ago(right: Callable[..., Any]) -> Callable[..., Any]:
    def as_seen(populations: Any, generator: Any) -> Any:
        now = right(populations, generator)
        old = getattr(populations, "kept", now)
        populations.kept = now
        return old

    return as_seen


def _gaussian_belief(right: Callable[..., Any]) -> Callable[..., Any]:
    """Draw the utility of playing from a normal law of the logistic one's variance."""

    class Gaussian:
        def __init__(self, generator: np.random.Generator) -> None:
            self.standard_normal, self.random = generator.standard_normal, generator.random

        def logistic(self, size: int) -> Any:
            return np.pi / np.sqrt(3.0) * self.standard_normal(size)

    return lambda parameters, replicates, generator: right(parameters, replicates, Gaussian(generator))


FAULTS = (
    _fault(
        "ease_of_the_next_route", "law", "Every route has the ease of the next one.",
        ("crystallization.decision_time", "crystallization.race_remainder"), family=_of(_next_ease), points=2,
    ),
    _fault(
        "stratonovich_in_ito", "law", "Noise through a state-dependent metric has Stratonovich's drift in Ito's sense.",
        ("crystallization.mean_learning",), family=_of(learned=STRATONOVICH), slow=True,
    ),
    _fault(
        "metric_a_power_too_high", "law", "Honesty is learned by a metric one power of it too high.",
        ("crystallization.priced_residual",), family=_of(learned=BENT),
    ),
    _fault(
        "gates_averaged", "law", "Several gates are averaged, in logarithms, and not multiplied.",
        ("crystallization.grown_residual",), family=_of(gates=AVERAGED), box={"gates": Interval(2, 5, integer=True)},
    ),
    _fault(
        "late_absorption", "level", "Whether a path has stopped is asked every quarter of a unit of time.",
        ("crystallization.decision_time",), (spoiled(flow, "solve", _late),),
    ),
    _fault(
        "a_generation_more", "level", "A population is carried on by a generation too many.",
        ("crystallization.joint_share",), (spoiled(Plan, "requested_times", _a_generation_more),),
        box={**SELECTED, "generations": Interval(1, 2, integer=True)},
    ),
    _fault(
        "stale_reward", "level", "Selection sees the reward of a generation ago.", ("crystallization.joint_share",),
        (spoiled(generation.Populations, "_as_seen", _a_generation_ago),),
        box={**SELECTED, "generations": Interval(2, 3, integer=True)},
    ),
    _fault(
        "gaussian_belief", "mechanism", "Whether an agent plays is decided by normal noise of the logistic variance.",
        ("crystallization.reward_gap",), (spoiled(joint, "_episodes", _gaussian_belief),), _of(),
        {"capability": Interval(0.0, 0.1), "threshold": Interval(0.7, 0.8), "width": Interval(0.4, 0.5)},
    ),
)  # fmt: skip
