"""Control variates of a block of agents: its linear twin, carried along on the same normals.

Of a measure m the control is the twin's first-order deviation of it, dm/dz (z*) d, and of agents that stop also those
of every condition: which route ends a path is no smooth function of it, but the conditions' deviations tell much of it.
The twin stops where its path does, at a time that no noise has a say in. What is drawn at the start, parameters and
initial values, is the twin's too: its mean is zero for each of them.
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
LINEARIZED = "linearized law"


@dataclass(frozen=True)
class Linear:
    """The compiled linear twin of a law.

    Parameters
    ----------
    path
        Per trait that has a path of its own, in order, its number among the law's, and the path's shape.
    deviations
        The numbers of the traits that deviate.
    step, observe
        A move of paths and deviations, in place; every measure's deviation, and then every condition's.
    stop
        Every condition along the path; None where none stops agents on their way.
    """

    path: Mapping[int, Shape]
    deviations: tuple[int, ...]
    step: Kernel
    observe: Kernel
    stop: Kernel | None


def controls_of(model: Model) -> int:
    """Return how many control variates each measure of a law gets."""
    return 1 + len(_stopping(model))


def _stopping(model: Model) -> tuple[Any, ...]:
    """Return the conditions that noise reaches."""
    still = {trait.variable for trait in noiseless(model)} | {one.variable for one in model.parameters}
    return tuple(one for one in model.absorb.values() if one.free_symbols - still)


_made: dict[Any, Linear] = {}
_making = threading.Lock()


def linear_of(plan: Langevin, made: Kernels, parameters: Shapes) -> Linear:
    """Return the linear twin of a plan whose parameters have the given shapes."""
    drawn = tuple(sorted((str(symbol), shape.replicate) for symbol, shape in parameters.items()))
    key = (plan.model.fingerprint, drawn, plan.measures, plan.exact, plan.dtype)
    with _making:
        if key not in _made:
            _made[key] = _compile(plan, made, parameters)
        return _made[key]


def _compile(plan: Langevin, made: Kernels, parameters: Shapes) -> Linear:
    model, single, exact = plan.model, plan.dtype == "float32", made.transitions
    quiet = noiseless(model)
    noisy = tuple(trait for trait in model.traits if trait not in quiet)
    moved = model.traits if exact is None else noisy
    laned = exact is not None and exact.laned
    still = trait_shapes(model.replace(noise={}), parameters, apart=False)
    shapes = {trait: Shape(trait.dim, still[trait].replicate or laned) for trait in moved}
    expansion = Expansion.of(model, moved, noisy, made.slots)
    paths = {expansion.path[trait.variable]: shape for trait, shape in shapes.items()}
    deviations = {expansion.deviation[trait.variable]: Shape(trait.dim, True) for trait in noisy}
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in made.slots}
    if exact is None:
        constants, moves = {**parameters, STEP: Shape()}, split_step(model).statements
    else:
        constants = {**parameters, **coefficient_shapes(model, exact.blocks, laned)}
        moves = tuple(one for block in exact.blocks for one in block.statements())
    move = Program(constants, {**paths, **deviations, **noise}, statements=tuple(expansion.statements(moves)))
    conditions = _stopping(model)
    here = {trait.variable: made.traits[trait] for trait in model.traits if trait not in moved}
    starts = {trait.initial: shapes.get(trait, made.traits[trait]) for trait in model.traits}
    seen = tuple(expansion.deviates(one) for one in (*(_observed(model, name) for name in plan.measures), *conditions))
    observe = Program(parameters, {**here, **paths, **deviations, **starts}, returns=seen)
    stop = Program(parameters, {**here, **paths}, returns=tuple(map(expansion.along, model.absorb.values())))
    return Linear(
        path={model.traits.index(trait): shape for trait, shape in shapes.items()},
        deviations=tuple(model.traits.index(trait) for trait in noisy),
        step=compile_program(move, single),
        observe=compile_program(observe),
        stop=compile_program(stop) if model.absorb and exact is None else None,
    )


def _observed(model: Model, measure: str) -> Any:
    if measure in model.observed:
        return linearize(model.observed[measure].expression, model.dims)
    return next(trait.variable for trait in model.traits if trait.name == measure)


@dataclass
class Companion:
    """The linear twin of one block on its way; it belongs to one thread.

    Parameters
    ----------
    plan, linear, setting
        The law, its twin, and the block's parameters.
    initial, path, deviation
        The start, the path without noise, and the deviations from it, in the twin's shapes.
    running
        Whether the path goes on: a truth, or one a replicate.
    """

    plan: Langevin
    linear: Linear
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
        linear, dtype = linear_of(plan, made, parameters), setting.dtype
        starts = [_shaped(value, linear.path.get(number)) for number, value in enumerate(initial)]
        path = [copied(starts[number], dtype) for number in linear.path]
        dims = [plan.model.traits[number].dim for number in linear.deviations]
        deviation = [
            np.zeros(setting.replicates if dim is None else (setting.sizes[dim], setting.replicates), dtype)
            for dim in dims
        ]
        buffers = linear.step.buffers(setting.sizes, setting.replicates, dtype)
        companion = cls(plan, linear, setting, starts, path, deviation, buffers)
        if linear.stop is not None:
            companion.running = np.all(companion._conditions(path) > 0.0, axis=0)
        return companion

    def set_constants(self, constants: Mapping[str, Any]) -> None:
        """Fix what the moves to come depend on: the law's parameters, and the step or the coefficients."""
        if self.setting.dtype == np.float32:
            constants = {name: one.astype(np.float32) if np.ndim(one) else one for name, one in constants.items()}
        self.hoisted = self.linear.step.hoist(constants)

    def advance(self, noise: Sequence[Any]) -> None:
        """Make one move with the agents' normals, one array a slot; they are left as they are."""
        if not np.any(self.running):
            return
        before = [np.array(value) for value in (*self.path, *self.deviation)] if self.linear.stop else None
        scalars = iter(self.linear.step.run((*self.path, *self.deviation, *noise), self.hoisted, self.buffers))
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
        assert self.linear.stop is not None
        kernel = self.linear.stop
        buffers = kernel.buffers(self.setting.sizes, self.setting.replicates, np.float64)
        given = double([np.asarray(value) for value in path])
        values = kernel.run(given, kernel.hoist(self.setting.constants), buffers)
        return np.array([np.asarray(value) for value in values[-len(self.plan.model.absorb) :]])

    def observe(self, state: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
        """Return every measure's deviation, and those of the conditions; ``state`` is that of the agents."""
        kernel = self.linear.observe
        here = [value for number, value in enumerate(state) if number not in self.linear.path]
        given = double([np.asarray(value) for value in (*here, *self.path, *self.deviation, *self.initial)])
        buffers = kernel.buffers(self.setting.sizes, self.setting.replicates, np.float64)
        values = kernel.run(given, kernel.hoist(self.setting.constants), buffers)
        values = values[sum(not value.ndim for value in given) :]
        number = len(self.plan.measures)
        return dict(zip(self.plan.measures, values[:number], strict=True)), list(values[number:])


def write(samples: Mapping[str, Any], at: Any, companion: Companion, state: Sequence[Any]) -> None:
    """Write the controls of every measure at one time; ``at`` picks the time from samples (replicates, ...)."""
    own, stopping = companion.observe(state)
    for name, array in samples.items():
        if not name.endswith(CONTROL):
            continue
        here = array[at]
        measure = name.removesuffix(CONTROL)
        here[..., 0] = np.transpose(own[measure]) if measure in own else 0.0
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
