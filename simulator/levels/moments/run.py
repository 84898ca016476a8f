"""The moments of a law carried from its start to the requested times, and observed there."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.compiler import Shape
from simulator.distribution import is_distribution
from simulator.experiment import Samples
from simulator.levels.flow import solve
from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.setting import Setting, draw_setting
from simulator.levels.langevin.shapes import parameter_shapes
from simulator.levels.moments.components import (
    Compiled,
    Entries,
    Evaluator,
    State,
    compile_arrays,
    jacobian,
    sizes_of,
    vector,
)
from simulator.levels.moments.generation import Moments, Population, Reproduction, reproduction
from simulator.levels.moments.linear_noise import closure, packed, rate, unpacked
from simulator.levels.moments.plan import Plan
from simulator.levels.moments.start import initial_moments
from simulator.levels.population.plan import POPULATION
from simulator.levels.population.schemes import STRENGTH
from simulator.normals import ziggurat
from simulator.parameter import Resolved

Array = NDArray[np.float64]
_made: dict[Any, Any] = {}
_making = threading.Lock()


@dataclass(frozen=True)
class _Law:
    """What is compiled of a law at given sizes: its dynamics, and its reward with two derivatives."""

    dynamics: Reproduction | Compiled
    reward: Compiled


def sample(plan: Plan, resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of a block; the draws are the parameters alone."""
    drawn = any(is_distribution(resolved[parameter.name]) for parameter in plan.parameters)
    shapes = parameter_shapes(plan.model.parameters, resolved)
    draws = Independent(generator, ziggurat)
    setting = draw_setting(plan.parameters, (resolved,), replicates if drawn else 1, draws, np.float64)
    state = State(plan.model, sizes_of(plan.model, resolved))
    law = _law(plan, state, shapes)
    with np.errstate(all="ignore"):
        start = initial_moments(state, shapes, setting)
        path = list(_path(plan, law, state, setting, start, plan.requested_times(resolved)))
        reward = law.reward.at(setting, state.sizes)
        parts = [_measures(plan, state, reward, setting, moments) for moments in path]
    samples = {
        name: np.stack([part[name] for part in parts], axis=1) if plan.times is not None else parts[0][name]
        for name in plan.measures
    }
    samples["diverged"] = ~np.all([moments.finite for moments in path], axis=0)
    return {name: np.broadcast_to(array, (replicates, *array.shape[1:])) for name, array in samples.items()}


def _law(plan: Plan, state: State, shapes: Mapping[Any, Shape]) -> _Law:
    """Return a law compiled, made once for its sizes and the shapes of its parameters."""
    drawn = tuple(sorted(str(symbol) for symbol, shape in shapes.items() if shape.replicate))
    key = (plan.model.fingerprint, tuple(sorted(state.sizes.items())), drawn, plan.of, plan.hessian)
    with _making:
        if key not in _made:
            population = plan.of == "population"
            dynamics = reproduction(state, shapes) if population else closure(state, shapes, plan.hessian)
            _made[key] = _Law(dynamics, _reward(state, shapes))
        return _made[key]  # type: ignore[no-any-return]


def _reward(state: State, shapes: Mapping[Any, Shape]) -> Compiled:
    size = len(state.symbols)
    value: Entries = {(): state.expand(state.model.reward)}
    bend = jacobian(jacobian(vector([value[()]]), state.symbols), state.symbols)
    second = {place[1:]: entry for place, entry in bend.items()}
    return compile_arrays(state, shapes, ((value, ()), (second, (size, size))))


def _path(
    plan: Plan, law: _Law, state: State, setting: Setting, start: tuple[Array, Array], times: tuple[float, ...]
) -> Iterator[Moments]:
    """Yield the moments at the requested times."""
    if isinstance(law.dynamics, Compiled):
        yield from _continuous(law.dynamics.at(setting, state.sizes), start, times)
        return
    length = plan.generation
    selection, motion = law.dynamics.at(setting, state.sizes, length)
    drawn = length / setting.constants[POPULATION.name] if plan.finite else 0.0
    population = Population(selection, motion, length * setting.constants[STRENGTH.name], drawn)
    mean, spread = start
    moments, done = Moments(mean, spread, np.asarray(drawn)[..., np.newaxis, np.newaxis] * spread), 0
    for count in plan.generations(times):
        for _ in range(count - done):
            moments = population.advance(moments)
        done = count
        yield moments


def _continuous(evaluator: Evaluator, start: tuple[Array, Array], times: tuple[float, ...]) -> Iterator[Moments]:
    mean, covariance = start
    replicates, size = mean.shape
    solution = solve(rate(evaluator, size), packed(mean, covariance), times, ())
    for values in solution.values.T:
        now = unpacked(np.ascontiguousarray(values), replicates, size)
        yield Moments(*now, np.zeros_like(covariance))


def _measures(plan: Plan, state: State, reward: Evaluator, setting: Setting, moments: Moments) -> dict[str, Array]:
    """Return the chosen measures of moments, each (replicates, ...)."""
    found: dict[str, Array] = {}
    rows = {trait: state.rows(trait) for trait in plan.model.traits}
    variances = {"variance": moments.within, "between": moments.between}
    for trait, own in rows.items():
        pick: Any = own if trait.dim else own.start
        found[trait.name] = moments.mean[:, pick]
        for name, matrix in variances.items():
            found[f"{trait.name}_{name}"] = np.diagonal(matrix, axis1=1, axis2=2)[:, pick]
        found[f"{trait.name}_covariance"] = moments.within[:, own, own]
    for left, right in combinations(plan.model.traits, 2):
        first, second = ((rows[trait] if trait.dim else rows[trait].start) for trait in (left, right))
        found[f"{left.name}_{right.name}_covariance"] = moments.within[:, first, second]
    if "reward" in plan.measures:
        value, bend = reward(moments.mean)
        drawn = np.asarray(1.0 / setting.constants[POPULATION.name] if plan.finite else 0.0)[..., None, None]
        spread = (1.0 - drawn) * moments.within + moments.between
        found["reward"] = value + 0.5 * np.einsum("rij,rij->r", bend, spread)
    return {name: found[name] for name in plan.measures}
