"""Control variates of a block of agents: its twin of first and second order, carried along on the same normals.

Of a measure m the controls are the twin's deviations of it: of first order, dm/dz (z*) d, and of agents that stop also
those of every condition (which route ends a path is no smooth function of it, but these tell much of it); and of
second order, dm/dz e + 1/2 d2m/dz2 (d, d), less its mean. That is a quadratic form of independent normals of variance
one, whose mean is the sum of its values at the unit normals: ``units`` runs the twin on these. The twin stops where its
path does, at a time that no noise has a say in. What is drawn at the start, parameters and initial values, is the
twin's too: its mean is zero for each of them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.calculus import linearize
from simulator.compiler import Kernel, Program, Shape, compile_program
from simulator.estimate import CONTROL
from simulator.levels.langevin.exact.transition import coefficient_shapes
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.setting import Setting, copied, double
from simulator.levels.langevin.shapes import trait_shapes
from simulator.levels.langevin.step import STEP, split_step
from simulator.levels.langevin.tangent import Expansion
from simulator.model import Model
from simulator.structure.noise import noiseless

Shapes = Mapping[Any, Shape]


@dataclass(frozen=True)
class Expanded:
    """The compiled twin of a law.

    Parameters
    ----------
    path
        Per trait that has a path of its own, in order, its number among the law's, and the path's shape.
    first, second
        The numbers of the traits that deviate, to first and to second order.
    step, observe
        A move of paths and deviations, in place; of every measure its first and second deviation, and then the first
        ones of the conditions.
    stop
        Every condition along the path; None where none stops agents on their way.
    """

    path: Mapping[int, Shape]
    first: tuple[int, ...]
    second: tuple[int, ...]
    step: Kernel
    observe: Kernel
    stop: Kernel | None


def symmetric_controls(model: Model) -> int:
    """Return how many controls of first order each measure of a law has; one of second order comes after them."""
    return 1 + len(_stopping(model))


def _stopping(model: Model) -> tuple[Any, ...]:
    """Return the conditions that noise reaches."""
    still = {trait.variable for trait in noiseless(model)} | {one.variable for one in model.parameters}
    return tuple(one for one in model.absorb.values() if one.free_symbols - still)


_made: dict[Any, Expanded] = {}
_making = threading.Lock()


def expanded(plan: Langevin, made: Kernels, parameters: Shapes) -> Expanded:
    """Return the twin of a plan whose parameters have the given shapes."""
    drawn = tuple(sorted((str(symbol), shape.replicate) for symbol, shape in parameters.items()))
    key = (plan.model.fingerprint, drawn, plan.measures, plan.exact, plan.dtype)
    with _making:
        if key not in _made:
            _made[key] = _compile(plan, made, parameters)
        return _made[key]


def _compile(plan: Langevin, made: Kernels, parameters: Shapes) -> Expanded:
    model, exact = plan.model, made.transitions
    noisy = tuple(trait for trait in model.traits if trait not in noiseless(model))
    moved = model.traits if exact is None else noisy
    constants, moves = _moves(model, made, parameters)
    expansion = Expansion.of(model, moved, noisy, made.slots, moves)
    still = trait_shapes(model.replace(noise={}), parameters, apart=False)
    laned = exact is not None and exact.laned
    shapes = {trait: Shape(trait.dim, still[trait].replicate or laned) for trait in moved}
    curved = tuple(trait for trait in noisy if trait.variable in expansion.second)
    paths = {expansion.path[trait.variable]: shape for trait, shape in shapes.items()}
    deviations = {expansion.first[trait.variable]: Shape(trait.dim, True) for trait in noisy}
    deviations |= {expansion.second[trait.variable]: Shape(trait.dim, True) for trait in curved}
    here = {trait.variable: made.traits[trait] for trait in model.traits if trait not in moved}
    starts = {trait.initial: shapes.get(trait, made.traits[trait]) for trait in model.traits}
    seen = [_observed(model, name) for name in plan.measures]
    orders = (*map(expansion.deviation, seen), *map(expansion.curvature, seen))
    observe = Program(
        parameters, {**here, **paths, **deviations, **starts},
        returns=(*orders, *map(expansion.deviation, _stopping(model))),
    )  # fmt: skip
    stop = Program(parameters, {**here, **paths}, returns=tuple(map(expansion.along, model.absorb.values())))
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in made.slots}
    step = Program(constants, {**paths, **deviations, **noise}, statements=expansion.statements(moves))
    return Expanded(
        path={model.traits.index(trait): shape for trait, shape in shapes.items()},
        first=tuple(map(model.traits.index, noisy)),
        second=tuple(map(model.traits.index, curved)),
        step=compile_program(step, plan.dtype == "float32"),
        observe=compile_program(observe),
        stop=compile_program(stop) if model.absorb and exact is None else None,
    )


def _moves(model: Model, made: Kernels, parameters: Shapes) -> tuple[Shapes, tuple[Any, ...]]:
    """Return what does not change in a move, and the move's statements."""
    exact = made.transitions
    if exact is None:
        return {**parameters, STEP: Shape()}, split_step(model).statements
    statements = tuple(one for block in exact.blocks for one in block.statements())
    return {**parameters, **coefficient_shapes(model, exact.blocks, exact.laned)}, statements


def _observed(model: Model, measure: str) -> Any:
    if measure in model.observed:
        return linearize(model.observed[measure].expression, model.dims)
    return next(trait.variable for trait in model.traits if trait.name == measure)


@dataclass
class Companion:
    """The twin of one block on its way; it belongs to one thread.

    Parameters
    ----------
    plan, expanded, setting
        The law, its twin, and the block's parameters.
    initial
        The start, in the twin's shapes.
    path, deviation
        The path without noise, and the deviations from it, of first and then of second order.
    running
        Whether the path goes on: a truth, or one a replicate.
    """

    plan: Langevin
    expanded: Expanded
    setting: Setting
    initial: list[Any]
    path: list[Any]
    deviation: list[Any]
    buffers: tuple[Any, ...]
    hoisted: tuple[Any, ...] = ()
    running: Any = True

    @classmethod
    def start(
        cls, plan: Langevin, made: Kernels, parameters: Shapes, setting: Setting, initial: Sequence[Any]
    ) -> Companion:
        """Return the twin of a block at time 0, from the same start and without deviation."""
        twin, dtype = expanded(plan, made, parameters), setting.dtype
        starts = [_shaped(value, twin.path.get(number)) for number, value in enumerate(initial)]
        path = [copied(starts[number], dtype) for number in twin.path]
        dims = [plan.model.traits[number].dim for number in (*twin.first, *twin.second)]
        deviation = [
            np.zeros(setting.replicates if dim is None else (setting.sizes[dim], setting.replicates), dtype)
            for dim in dims
        ]
        buffers = twin.step.buffers(setting.sizes, setting.replicates, dtype)
        companion = cls(plan, twin, setting, starts, path, deviation, buffers)
        if twin.stop is not None:
            companion.running = np.all(companion._conditions(path) > 0.0, axis=0)
        return companion

    def set_constants(self, constants: Mapping[str, Any]) -> None:
        """Fix what the moves to come depend on: the law's parameters, and the step or the coefficients."""
        if self.setting.dtype == np.float32:
            constants = {name: one.astype(np.float32) if np.ndim(one) else one for name, one in constants.items()}
        self.hoisted = self.expanded.step.hoist(constants)

    def advance(self, noise: Sequence[Any]) -> None:
        """Make one move with the agents' normals, one array a slot; they are left as they are."""
        if not np.any(self.running):
            return
        before = [np.array(value) for value in (*self.path, *self.deviation)] if self.expanded.stop else None
        scalars = iter(self.expanded.step.run((*self.path, *self.deviation, *noise), self.hoisted, self.buffers))
        self.path = [value if np.ndim(value) else next(scalars) for value in self.path]
        if before is not None:
            self._halt(before[: len(self.path)], before[len(self.path) :])

    def _halt(self, path: Sequence[Any], deviation: Sequence[Any]) -> None:
        """Put path and deviations where the path met a condition in this move, or where it had stopped before."""
        start, end = self._conditions(path), self._conditions(self.path)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.min(np.where(end > 0.0, 1.0, start / (start - end)), axis=0)
        share = np.where(self.running, share, 0.0)
        self.running = share == 1.0
        if np.all(self.running):
            return
        self.path = [_between(old, new, share) for old, new in zip(path, self.path, strict=True)]
        self.deviation = [_between(old, new, share) for old, new in zip(deviation, self.deviation, strict=True)]

    def _conditions(self, path: Sequence[Any]) -> Any:
        assert self.expanded.stop is not None
        kernel = self.expanded.stop
        buffers = kernel.buffers(self.setting.sizes, self.setting.replicates, np.float64)
        given = double([np.asarray(value) for value in path])
        values = kernel.run(given, kernel.hoist(self.setting.constants), buffers)
        return np.array([np.asarray(value) for value in values[-len(self.plan.model.absorb) :]])

    def observe(self, state: Sequence[Any]) -> tuple[dict[str, tuple[Any, Any]], list[Any]]:
        """Return every measure's first and second deviation, and the conditions' first; ``state`` is the agents'."""
        kernel = self.expanded.observe
        here = [value for number, value in enumerate(state) if number not in self.expanded.path]
        given = double([np.asarray(value) for value in (*here, *self.path, *self.deviation, *self.initial)])
        buffers = kernel.buffers(self.setting.sizes, self.setting.replicates, np.float64)
        values = kernel.run(given, kernel.hoist(self.setting.constants), buffers)
        values = values[sum(not value.ndim for value in given) :]
        number = len(self.plan.measures)
        orders = zip(values[:number], values[number : 2 * number], strict=True)
        return dict(zip(self.plan.measures, orders, strict=True)), list(values[2 * number :])


def write(samples: Mapping[str, Any], at: Any, companion: Companion, state: Sequence[Any]) -> None:
    """Write the controls of every measure at one time; ``at`` picks the time from samples (replicates, ...)."""
    own, stopping = companion.observe(state)
    for name, array in samples.items():
        if name.endswith(CONTROL):
            here = array[at]
            first, second = own.get(name.removesuffix(CONTROL), (0.0, 0.0))
            here[..., 0], here[..., -1] = np.transpose(first), np.transpose(second)
            for number, value in enumerate(stopping, start=1):
                here[..., number] = np.reshape(value, (-1, *[1] * (here.ndim - 2)))


def _shaped(value: Any, shape: Shape | None) -> Any:
    """Return a start in the shape of the path: what all replicates share once."""
    if shape is None or shape.replicate or not np.ndim(value):
        return value
    return value[..., :1] if shape.component is not None else np.float64(value[0])


def _between(old: Any, new: Any, share: Any) -> Any:
    """Return what lies between, share 1 being the new one; what is no number there stays out of it."""
    return np.where(share < 1.0, old + share * (new - old), new)[()]
