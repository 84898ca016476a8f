"""A block of agents carried along its time grid: drawn whole, stepped whole, observed where asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.aligned import aligned_empty
from simulator.compiler.kernel import array_shape
from simulator.distribution import is_distribution, with_arguments
from simulator.levels.langevin.absorption import Absorption
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.shapes import initial_terms
from simulator.model import Model
from simulator.parameter import Parameter, Resolved, check_draw

HALF = math.sqrt(0.5)


@dataclass(frozen=True)
class Setting:
    """The parameters of a block as arrays, and its sizes.

    Parameters
    ----------
    constants
        Per parameter a number, a column (components, 1), or, where it is drawn, one value a replicate.
    sizes
        The number of components of every dimension.
    replicates
        The number of agents.
    dtype
        The type of the state's arrays, float64 or float32.
    """

    constants: Mapping[str, Any]
    sizes: Mapping[str, int]
    replicates: int
    dtype: Any


def draw_setting(
    parameters: Sequence[Parameter],
    resolved: Resolved,
    replicates: int,
    generator: np.random.Generator,
    dtype: Any,
) -> Setting:
    """Return the parameters as arrays, those that are distributions drawn once for each replicate."""
    sizes = {parameter.name: int(resolved[parameter.name]) for parameter in parameters if parameter.integer}
    constants: dict[str, Any] = {}
    # By name, like the law's fingerprint: the order of a declaration is no part of its identity.
    for parameter in sorted(parameters, key=lambda parameter: parameter.name):
        value = resolved[parameter.name]
        if is_distribution(value):
            shape = (replicates,) if parameter.dim is None else (sizes[parameter.dim], replicates)
            value = value.draw(generator, shape)
            check_draw(parameter, value)
        elif parameter.dim is not None:
            value = np.asarray(value)[:, np.newaxis]
        else:
            value = np.float64(value)
        constants[parameter.name] = value
    return Setting(constants, sizes, replicates, dtype)


def draw_initial(model: Model, made: Kernels, setting: Setting, generator: np.random.Generator) -> list[Any]:
    """Return the state at time 0 in float64, in the order of the traits: arrays, or numbers for single values."""
    values = made.initial.run((), made.initial.hoist(setting.constants), ())
    evaluated: dict[Any, dict[str, Any]] = {trait: {} for trait in model.traits}
    for (trait, name, _), value in zip(initial_terms(model), values, strict=True):
        evaluated[trait][name] = value
    state = []
    for trait, shape in made.traits.items():
        size = array_shape(shape, setting.sizes, setting.replicates)
        declared = model.initial[trait]
        if is_distribution(declared):
            value = with_arguments(declared, evaluated[trait]).draw(generator, size)
        else:
            value = evaluated[trait][""]
        state.append(np.array(np.broadcast_to(value, size), dtype=np.float64) if size else np.float64(value))
    return state


@dataclass
class Path:
    """The state of a block on its way, and what moves it; each path belongs to one thread."""

    made: Kernels
    setting: Setting
    state: list[Any]
    absorption: Absorption | None
    buffers: tuple[Any, ...]
    now: float = 0.0
    hoisted: tuple[Any, ...] = ()
    step: float = 0.0

    @classmethod
    def start(cls, model: Model, made: Kernels, setting: Setting, initial: Sequence[Any]) -> Path:
        """Return a path at time 0 with a copy of the initial state."""
        state = [_copied(value, setting.dtype) if value.ndim else value for value in initial]
        buffers = made.step.buffers(setting.sizes, setting.replicates, setting.dtype)
        absorption = None
        if made.stop is not None:
            stop, hoisted = made.stop, made.stop.hoist(setting.constants)
            scratch = stop.buffers(setting.sizes, setting.replicates, np.float64)
            absorption = Absorption.start(
                tuple(model.absorb),
                lambda state: stop.run(double(state), hoisted, scratch),
                state,
                setting.replicates,
            )
        return cls(made, setting, state, absorption, buffers)

    def set_step(self, step: float) -> None:
        """Fix the length of the steps to come and compute once what depends on it alone."""
        self.step = step
        single = self.setting.dtype == np.float32
        constants = {**self.setting.constants, "_step": np.float64(step)}
        if single:
            constants = {name: value.astype(np.float32) if value.ndim else value for name, value in constants.items()}
        self.hoisted = self.made.step.hoist(constants)

    def advance(self, noise: Sequence[Any], generator: np.random.Generator) -> None:
        """Make one step with the given normals, one array a slot; they are overwritten."""
        before = [value.copy() for value in self.state] if self.absorption else None
        scalars = self.made.step.run((*self.state, *noise), self.hoisted, self.buffers)
        if scalars:
            renewed = iter(scalars)
            self.state = [value if value.ndim else next(renewed) for value in self.state]
        if self.absorption is not None and before is not None:
            self.absorption.stop(before, self.state, self.now, self.step, generator)
        self.now += self.step


def _copied(value: NDArray[Any], dtype: Any) -> NDArray[Any]:
    copy = aligned_empty(value.shape, dtype)
    np.copyto(copy, value, casting="same_kind")
    return copy


def double(state: Sequence[Any]) -> list[Any]:
    """Return a state's arrays in float64."""
    return [value.astype(np.float64, copy=False) if value.ndim else value for value in state]


@dataclass(frozen=True)
class Noise:
    """The normals of one step in one array, and its views, one a slot."""

    array: NDArray[Any]
    slots: tuple[NDArray[Any], ...]

    @classmethod
    def empty(cls, made: Kernels, setting: Setting) -> Noise:
        """Return room for the normals of one step."""
        sizes = [1 if slot.trait.dim is None else setting.sizes[slot.trait.dim] for slot in made.slots]
        array = aligned_empty((sum(sizes), setting.replicates), setting.dtype)
        starts = np.cumsum([0, *sizes])
        views = [array[start : start + size] for start, size in zip(starts, sizes, strict=False)]
        return cls(
            array,
            tuple(view if slot.trait.dim else view[0] for view, slot in zip(views, made.slots, strict=True)),
        )


def combine(made: Kernels, first: Noise, second: Noise, whole: Noise) -> None:
    """Write into ``whole`` the normals of one step that follows the same Brownian motion as two of half its length.

    A whole-step slot joins the two steps' normals; the first and second half-step of another trait join the two
    half-steps inside the first and inside the second short step.
    """
    parts = {(slot.trait, slot.part): index for index, slot in enumerate(made.slots)}
    for index, slot in enumerate(made.slots):
        if slot.part == 0:
            a, b = first.slots[index], second.slots[index]
        else:
            short = first if slot.part == 1 else second
            a, b = short.slots[parts[slot.trait, 1]], short.slots[parts[slot.trait, 2]]
        np.add(a, b, out=whole.slots[index])
        np.multiply(whole.slots[index], HALF, out=whole.slots[index])


def segments(times: Sequence[float], steps: int) -> Iterator[tuple[int, float]]:
    """Yield, from each requested time to the next, how many steps lead there and how long they are.

    About ``steps`` steps lead from 0 to the last time, at least one to each.
    """
    previous, horizon = 0.0, times[-1]
    for time in times:
        duration = time - previous
        count = max(1, math.ceil(steps * duration / horizon - 1e-9)) if duration > 0.0 else 0
        yield count, duration / count if count else 0.0
        previous = time
