"""Planted faults: each a small named patch of law, kernel, sampler, estimator or formula that must turn a check red.

``python -m tests.faults`` prints the verdicts with and without each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pytest
import sympy

import simulator.point
import theory
from simulator import total
from simulator.estimate import Moments
from simulator.levels import flow
from simulator.levels.langevin import kernels, run, step
from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.exact.transition import Single
from simulator.levels.population import run as population_run
from simulator.levels.population import tile
from simulator.models.crystallization import (
    episodes,
    gated,
    joint_optimizers,
    learned_honesty,
    race,
    routes,
)
from simulator.models.crystallization.learned import exponent, honesty_noise
from simulator.models.crystallization.racing import honesty
from simulator.models.goal_drift import base, goal, goal_drift, noise, pull
from simulator.models.preservation import law as preserving
from simulator.models.preservation.strength import ito, strength
from tests.simulator.test_population import evenly, stale
from theory.check import check
from theory.crystallization import predictions_of as races_of
from theory.goal_drift import predictions_of
from theory.prediction import Prediction
from theory.preservation import predictions_of as predictions_of_preservation
from theory.preservation.predicted.outside import of_strengths
from theory.row import Row

Plant = Callable[[pytest.MonkeyPatch], Sequence[Prediction]]


@dataclass(frozen=True)
class Fault:
    """A planted fault.

    Parameters
    ----------
    name, kind
        What is wrong, and where: law, kernel, sampler, population, estimator or formula.
    plant
        Puts it in place and returns the predictions to check with it there.
    red
        The predictions that must disagree.
    effort, points
        How it is looked for.
    slow
        Whether it takes minutes to see.
    """

    name: str
    kind: str
    plant: Plant
    red: tuple[str, ...]
    effort: str = "quick"
    points: int = 2
    slow: bool = False


def verdicts(fault: Fault) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the rows of a fault's predictions without it and with it, at the same points and seed."""
    options = {"effort": fault.effort, "points": fault.points, "seed": 11}
    clean = check([theory.get(name) for name in fault.red], **options)
    with pytest.MonkeyPatch.context() as patch:
        planted = check(fault.plant(patch), **options)
    return clean, planted


def _law(changed: object) -> Callable[[tuple[str, ...]], Plant]:
    """Plant another law under the same predictions."""

    def with_names(red: tuple[str, ...]) -> Plant:
        return lambda patch: [one for one in predictions_of(changed) if one.name in red]

    return with_names


def _named(red: tuple[str, ...]) -> list[Prediction]:
    return [theory.get(name) for name in red]


def _law_fault(name: str, changed: object, *red: str, **how: object) -> Fault:
    names = tuple(f"goal_drift.{one}" for one in red)
    return Fault(name, "law", _law(changed)(names), names, **how)


def _late_gate(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Move everything else by a whole step first: the gate is read at the end of the step, not in its middle."""
    right = step.split_step

    def late(model):
        *others, last = sorted(model.traits, key=lambda trait: (trait.dim is not None, step.is_noisy(model, trait)))
        moves = [*((trait, step.STEP, 1) for trait in others), (last, step.STEP, 0)]
        statements = tuple(one for move in moves for one in step.move(model, *move))
        return step.Step(statements, right(model).slots, right(model).order)

    patch.setattr(kernels, "split_step", late)
    patch.setattr(kernels, "_made", {})
    return _named(("goal_drift.open_time",))


def _wrong_scale(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Draw normals whose standard deviation is one per cent too large."""

    def scaled(generator, out):
        generator.standard_normal(out=out)
        out *= 1.01

    patch.setattr(run, "NORMALS", MappingProxyType({"ziggurat": scaled}))
    return _named(("goal_drift.shut_variance",))


def _cloned(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Let the second half of every block repeat the first."""
    right = run._run

    def cloned(company, *arguments):
        samples = right(company, *arguments)
        for array in samples.values():
            array[company.replicates // 2 :] = array[: company.replicates - company.replicates // 2]
        return samples

    patch.setattr(run, "_run", cloned)
    return _named(("audit.distinct_replicates",))


def _shared_streams(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Give every block the stream of the first."""
    right = simulator.point.stream
    patch.setattr(simulator.point, "stream", lambda seed, key, block, purpose=0: right(seed, key, 0, purpose))
    return _named(("audit.distinct_replicates",))


def _correlated(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Let normals repeat five per cent of those a block's length before."""

    def correlated(generator, out):
        generator.standard_normal(out=out)
        out[..., 64:] += 0.05 * out[..., :-64].copy()

    patch.setattr(run, "NORMALS", MappingProxyType({"ziggurat": correlated}))
    return _named(("audit.independent_blocks",))


def _wide_transition(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Let exact transitions spread two per cent too far."""
    right = Single.coefficients

    def wide(block, *arguments):
        found = right(block, *arguments)
        return {name: 1.02 * value if name.startswith("_spread") else value for name, value in found.items()}

    patch.setattr(Single, "coefficients", wide)
    return _named(("audit.exact_variance", "audit.exact_memory"))


def _one_axis_more(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Let the last row of a frame stand for one axis too many."""
    right = Independent.lengths
    patch.setattr(Independent, "lengths", lambda draws, freedom, out: right(draws, freedom + 1, out))
    return _named(("audit.reduced_cosine", "audit.reduced_steps"))


def _biased_variance(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Divide by n, not by n - 1."""
    patch.setattr(Moments, "variance", property(lambda moments: moments.second / moments.count))
    return _named(("audit.sample_variance",))


def _small_error(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Make the standard error of a mean too small by the root of 2."""
    right = Moments.mean_error.fget
    patch.setattr(Moments, "mean_error", property(lambda moments: right(moments) / 2**0.5))
    return _named(("audit.coverage",))


def _population(spoil: Callable[[pytest.MonkeyPatch], None], name: str) -> Plant:
    """Plant a fault of the population level, as its own tests do; schemes are looked up when experiments are made."""

    def plant(patch: pytest.MonkeyPatch) -> list[Prediction]:
        spoil(patch)
        return [one for one in predictions_of(goal_drift) if one.name == name]

    return plant


def _early(patch: pytest.MonkeyPatch) -> None:
    """Let parents mutate, and offspring be as their parents then are."""
    right = tile.Tile.descend

    def first_mutate(one, old, new, parents, reward, generator):
        state = right(one, old, new, [np.arange(one.place.stop)], reward, generator)
        for value in (*new, reward.reshape(-1)):
            if np.shape(value)[-1:] == parents[0].shape:  # what individuals have of their own
                value[...] = value[..., parents[0]]
        return state

    patch.setattr(population_run, "TOGETHER", tile.TILE_ELEMENTS)  # one tile at a time
    patch.setattr(tile.Tile, "descend", first_mutate)


def _population_fault(name: str, spoil: Callable[[pytest.MonkeyPatch], None], red: str) -> Fault:
    return Fault(name, "population", _population(spoil, f"goal_drift.{red}"), (f"goal_drift.{red}",), points=1)


def _race_fault(
    name: str, *red: str, races: Callable[[int], object] = race, learned: object = learned_honesty
) -> Fault:
    """Plant another race, or another law of honesty, under the predictions of crystallization."""
    names = tuple(f"crystallization.{one}" for one in red)

    def plant(patch: pytest.MonkeyPatch) -> list[Prediction]:
        return [one for one in races_of(races, learned, gated, joint_optimizers, episodes()) if one.name in names]

    return Fault(name, "law", plant, names)


def _wrong_eases(number: int) -> object:
    """Return the race in which every route has the ease of the next."""
    law, ways = race(number), routes(number)
    pairs = zip(ways, (*ways[1:], ways[0]), strict=True)
    return law.replace(learner={way.distance: other.ease for way, other in pairs})


LATE_LOOK = 0.25


def _late_absorption(patch: pytest.MonkeyPatch) -> list[Prediction]:
    """Look whether a path has reached zero every quarter of a unit of time only, and let it go on meanwhile."""
    right = flow.solve

    def late(rate, start, times, conditions, solver="DOP853"):
        looks = np.arange(LATE_LOOK, times[-1], LATE_LOOK)
        for now, state in zip(looks, right(rate, start, looks, (), solver).values.T, strict=True):
            stopped = [condition(now, state) <= 0.0 for condition in conditions]
            if any(stopped):
                return flow.Solution(np.repeat(state[:, np.newaxis], len(times), axis=1), now, stopped.index(True))
        return right(rate, start, times, (), solver)

    patch.setattr(flow, "solve", late)
    return _named(("crystallization.decision_time", "crystallization.race_remainder"))


def _formula(name: str, wrong: Callable[[Callable[..., object]], Callable[..., object]]) -> Plant:
    right = theory.get(name)
    return lambda patch: [right.replace(formula=wrong(right.formula))]


def _memory_of_weights(_: pytest.MonkeyPatch) -> list[Prediction]:
    """Let a memory outside the weights follow the goal after all."""
    right = preserving.outside
    follows = (preserving.goal - preserving.memory) / 2
    law = right.replace(growth={**right.growth, preserving.memory: follows})
    found = predictions_of_preservation(preserving.preservation, law)
    return [one for one in found if one.name == "preservation.memory_error"]


def _stratonovich(_: pytest.MonkeyPatch) -> list[Prediction]:
    """Leave out the drift that noise through a state-dependent metric makes, as if Ito's sense were Stratonovich's."""
    (trait,) = strength.traits
    return list(of_strengths(strength.replace(growth={trait: strength.growth[trait] - ito})))


def _one_per_cent(right):
    return lambda **point: 1.01 * right(**point)


FAULTS: tuple[Fault, ...] = (
    _law_fault(
        "a factor 2 in the variance", goal_drift.replace(noise={goal: sympy.sqrt(2) * noise}),
        "shut_variance", "mean_squared_displacement", "cosine_to_start", points=1,
    ),
    _law_fault(
        "no decay", goal_drift.replace(decay={}), "retained_goal", "shut_variance", "mean_squared_displacement",
        points=1,
    ),
    _law_fault(
        "one per cent of the gradient leaks through the shut gate",
        goal_drift.replace(reward=goal_drift.reward - pull / 200 * total((goal - base) ** 2)),
        "retained_goal", "mean_squared_displacement", points=3,
    ),
    _law_fault(
        "one per cent more variance", goal_drift.replace(noise={goal: sympy.sqrt(sympy.Rational(101, 100)) * noise}),
        "shut_variance", effort="full", points=1, slow=True,
    ),
    _law_fault(
        "two per cent more learning", goal_drift.replace(learner={goal: sympy.Rational(102, 100)}),
        "learned_fraction", effort="full", points=2, slow=True,
    ),
    Fault(
        "an outside memory that follows the goal", "law", _memory_of_weights, ("preservation.memory_error",), points=1
    ),
    Fault("Stratonovich's drift in Ito's sense", "law", _stratonovich, ("preservation.held_strength",)),
    _race_fault("the ease on the wrong route", "decision_time", "race_remainder", races=_wrong_eases),
    _race_fault(
        "Stratonovich's drift where the law is Ito's, K depending on the state", "mean_learning",
        learned=learned_honesty.replace(
            growth={honesty: exponent / 4 * honesty_noise**2 * sympy.Abs(honesty.variable) ** (exponent - 1)}
        ),
    ),
    Fault(
        "absorption tested only at output times", "level", _late_absorption,
        ("crystallization.decision_time", "crystallization.race_remainder"),
    ),
    Fault("the gate is read after the step", "kernel", _late_gate, ("goal_drift.open_time",)),
    Fault("normals one per cent too wide", "sampler", _wrong_scale, ("goal_drift.shut_variance",)),
    Fault("cloned replicates", "sampler", _cloned, ("audit.distinct_replicates",)),
    Fault("streams shared across blocks", "sampler", _shared_streams, ("audit.distinct_replicates",)),
    Fault("normals that repeat a little of each other", "sampler", _correlated, ("audit.independent_blocks",)),
    Fault(
        "exact transitions two per cent too wide", "sampler", _wide_transition,
        ("audit.exact_variance", "audit.exact_memory"),
    ),
    Fault(
        "a reduced vector with an axis too many", "sampler", _one_axis_more,
        ("audit.reduced_cosine", "audit.reduced_steps"),
    ),
    _population_fault("offspring numbers more even than multinomial", evenly, "variance_of_mean"),
    _population_fault("mutation before reproduction", _early, "within_variance"),
    _population_fault("selection by the reward of a generation ago", stale, "mutation_selection_variance"),
    Fault("the variance of a sample over n", "estimator", _biased_variance, ("audit.sample_variance",)),
    Fault("a standard error too small by the root of 2", "estimator", _small_error, ("audit.coverage",)),
    Fault(
        "a formula one per cent too large", "formula", _formula("goal_drift.learned_fraction", _one_per_cent),
        ("goal_drift.learned_fraction",), effort="full", points=2, slow=True,
    ),
    Fault(
        "an open time one per cent too long", "formula", _formula("goal_drift.open_time", _one_per_cent),
        ("goal_drift.open_time",),
    ),
)  # fmt: skip
