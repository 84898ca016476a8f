"""A block of populations simulated from its stream to its measures, a few populations at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.distribution import is_distribution
from simulator.estimate import CONTROL
from simulator.experiment import Samples
from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.setting import Setting, double, draw_initial, draw_setting
from simulator.levels.langevin.shapes import parameter_shapes
from simulator.levels.population.generation import Populations
from simulator.levels.population.kernels import Generation, kernels_of
from simulator.levels.population.lineage import Lineages
from simulator.levels.population.measures import Statistic, mentions_drawn_start
from simulator.levels.population.neutral import Neutral
from simulator.levels.population.plan import POPULATION, Plan
from simulator.levels.population.snapshot import Snapshot, spread
from simulator.normals import NORMALS
from simulator.parameter import Resolved

TOGETHER = 2**17
"""Individuals x components of the populations that are carried together."""


def sample(
    plan: Plan,
    statistics: Mapping[str, Statistic],
    resolved: Resolved,
    replicates: int,
    generator: np.random.Generator,
) -> Samples:
    """Return the measures of a block of populations, a few of them after the others.

    The draws are, for some populations at a time, parameters and initial values, then generation by generation
    environment, what a scheme draws by lot, parents, coins and normals.
    """
    made = kernels_of(plan, parameter_shapes(plan.parameters, resolved))
    size = int(resolved[POPULATION.name])
    together = max(1, TOGETHER // (size * plan.components(resolved)))
    parts = []
    with np.errstate(all="ignore"):
        for start in range(0, replicates, together):
            shape = (min(together, replicates - start), size)
            parts.append(_joined(plan, list(_carried(plan, made, statistics, resolved, shape, generator))))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _joined(plan: Plan, seen: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put together what was seen at each time, measures (..., replicates), as samples (replicate, time, ...)."""
    moved = [{name: np.moveaxis(np.asarray(values), -1, 0) for name, values in one.items()} for one in seen]
    joined = {name: np.stack([one[name] for one in moved], axis=1) for name in moved[0]}
    samples = joined if plan.times is not None else {name: values[:, 0] for name, values in joined.items()}
    return samples | {"diverged": joined["diverged"].any(axis=1)}


def _carried(
    plan: Plan,
    made: Generation,
    statistics: Mapping[str, Statistic],
    resolved: Resolved,
    shape: tuple[int, int],
    generator: np.random.Generator,
) -> Iterator[dict[str, Any]]:
    """Carry some populations along and yield every measure, (..., replicates), at every requested time."""
    replicates, size = shape
    dtype = np.dtype(plan.dtype)
    draws = Independent(generator, NORMALS[plan.normals])
    setting = draw_setting(plan.parameters, (resolved,), replicates, draws, dtype)
    drawn = {name for name, value in resolved.items() if is_distribution(value)}
    each = {
        name: np.repeat(value, size, axis=-1) if name in drawn else value for name, value in setting.constants.items()
    }
    individuals = Setting(each, setting.sizes, replicates * size, dtype)
    initial = draw_initial(plan.model, made.law, individuals, draws)
    populations = Populations.found(plan, made, setting.constants, individuals, shape, initial)
    if any(statistic.lineage for statistic in statistics.values()):
        populations.lineages = Lineages.founded(*shape)
    if mentions_drawn_start(plan.model, tuple(statistics)):
        populations.founder = np.arange(replicates * size)
    if plan.control and not drawn:
        shapes = parameter_shapes(plan.parameters, resolved)
        populations.accompany(Neutral.found(plan, made, shapes, individuals, shape, initial))
    observe, now = _observer(plan, made, statistics, individuals, initial), 0
    for time in plan.requested_times(resolved):
        for _ in range(time - now):
            populations.reproduce(generator)
        now = time
        snapshot = Snapshot(populations, observe(populations))
        # Copies: a measure may be a view of what the next generation overwrites.
        found = {name: np.array(statistic.compute(snapshot)) for name, statistic in statistics.items()}
        if plan.control:
            found |= _controls(populations.neutral, found)
        yield found | {"diverged": populations.diverged | _overflowed(snapshot)}


def _controls(neutral: Neutral | None, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the measures' controls, (..., 1, replicates): none where parameters are drawn, for the twin is of one."""
    controls = (
        neutral.controls(found)
        if neutral is not None
        else {name: np.zeros((*np.shape(array)[:-1], 1, np.shape(array)[-1])) for name, array in found.items()}
    )
    return {name + CONTROL: array for name, array in controls.items()}


def _overflowed(snapshot: Snapshot) -> Any:
    """Tell which populations have an individual with a trait that is no number."""
    lost = [~np.isfinite(values).all(axis=-1) for values in snapshot.now.values()]
    return np.any([one.any(axis=0) if one.ndim > 1 else one for one in lost], axis=0)


def _observer(
    plan: Plan, made: Generation, statistics: Mapping[str, Statistic], setting: Setting, initial: Sequence[Any]
) -> Callable[[Populations], dict[str, Any]]:
    """Return what computes the law's own measures of every individual, whose start is its founder's."""
    kernel, names = made.law.observe, [name for name in plan.model.observed if name in statistics]
    if not names:
        return lambda populations: {}
    hoisted = kernel.hoist(setting.constants)
    buffers = kernel.buffers(setting.sizes, setting.replicates, np.float64)
    own = [shape.replicate for shape in made.law.traits.values()]
    scalars = 2 * sum(not value.ndim for value in initial)

    def observe(populations: Populations) -> dict[str, Any]:
        starts = initial
        if populations.founder is not None:
            founder = populations.founder
            starts = [value[..., founder] if mine else value for value, mine in zip(initial, own, strict=True)]
        values = kernel.run((*double(populations.state), *starts), hoisted, buffers)[scalars:]
        return {name: spread(value, populations.shape).copy() for name, value in zip(names, values, strict=True)}

    return observe
