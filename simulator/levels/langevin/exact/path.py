"""Traits that no noise reaches, as functions of time: in closed form where they relax, integrated where they do not.

dz/dt = a - rho z  with constants a, rho:      z(t) = e^{-rho t} z(0) + a t exprel(-rho t)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from simulator.compiler import Kernel, Let, Program, Shape, compile_program
from simulator.compiler.kernel import array_shape
from simulator.functions import exprel
from simulator.levels.langevin.step import affine_parts
from simulator.model import Model, Trait

Vector = NDArray[np.float64]
MOMENT = sympy.Symbol("_moment", nonnegative=True)
RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-12, 1e-14


def closed_form(model: Model, trait: Trait) -> Any | None:
    """Return a noiseless trait as an expression in its start, the parameters and time; None if it has no such form."""
    state = {one.variable for one in model.traits}
    parts = affine_parts(model.drift[trait], trait.variable)
    if parts is None or any(part.free_symbols & state for part in parts):
        return None
    constant, rate = parts
    if rate.is_zero:
        return trait.initial + constant * MOMENT
    return sympy.exp(-rate * MOMENT) * trait.initial + constant * MOMENT * exprel(-rate * MOMENT)


@dataclass(frozen=True)
class Lanes:
    """What the noiseless part of a block depends on: one lane for each set of parameters and starts in it.

    Parameters
    ----------
    count
        How many lanes there are; each serves an equal run of the block's replicates.
    constants
        Per parameter a number, a column (components, 1), a row (lanes,) or an array (components, lanes).
    starts
        Per noiseless trait, its value at time 0, of the same shapes.
    sizes
        The number of components of every dimension.
    """

    count: int
    constants: Mapping[str, Any]
    starts: Mapping[Trait, Any]
    sizes: Mapping[str, int]

    def one(self, lane: int) -> Lanes:
        """Return a lane by itself."""
        return Lanes(1, _taken(self.constants, lane, self.count), _taken(self.starts, lane, self.count), self.sizes)

    def some(self, lanes: NDArray[np.intp]) -> Lanes:
        """Return some of the lanes."""
        constants = {name: value[..., lanes] if _laned(value) else value for name, value in self.constants.items()}
        starts = {trait: value[..., lanes] if _laned(value) else value for trait, value in self.starts.items()}
        return Lanes(lanes.size, constants, starts, self.sizes)

    def repeated(self, value: Any, times: int) -> Any:
        """Return a value with each of its lanes repeated, one lane's copies in a row."""
        return np.repeat(value, times, axis=-1) if _laned(value) else value


def _laned(value: Any) -> bool:
    """Tell whether the last axis is that of the lanes: a number has no axis, and a column's is of length one."""
    return np.ndim(value) == 1 or (np.ndim(value) == 2 and np.shape(value)[-1] > 1)


def _taken(values: Mapping[Any, Any], lane: int, count: int) -> dict[Any, Any]:
    return {key: value[..., lane : lane + 1] if _laned(value) else value for key, value in values.items()}


Evaluate = Callable[[Lanes, Vector], list[Any]]
"""From lanes and times (lanes, n): per expression an array (lanes, n), or (components, lanes, n) of a vector."""


def along(model: Model, quiet: Sequence[Trait], shapes: Mapping[Any, Shape], expressions: Sequence[Any]) -> Evaluate:
    """Return a function that evaluates expressions in noiseless traits and parameters at any times.

    Parameters
    ----------
    model, quiet
        The law and its noiseless traits.
    shapes
        Per parameter and per noiseless trait's start symbol, its shape; ``replicate`` is the axis of the lanes.
    expressions
        In noiseless traits and parameters.
    """
    forms = {trait: closed_form(model, trait) for trait in quiet}
    starts = {trait.initial: shapes[trait.initial] for trait in quiet}
    constants = {parameter.variable: shapes[parameter.variable] for parameter in model.parameters}
    moving = {trait.variable: Shape(trait.dim, True) for trait in quiet}
    moment = {MOMENT: Shape(None, True)}
    if any(form is None for form in forms.values()):
        kernel = compile_program(Program(constants, moment | moving | starts, returns=tuple(expressions)))
        rate = compile_program(Program(constants, moving, returns=tuple(model.drift[trait] for trait in quiet)))
        return lambda lanes, times: _run(kernel, lanes, times, _integrated(rate, quiet, lanes, times))
    named = tuple(Let(trait.variable, form) for trait, form in forms.items())
    kernel = compile_program(Program(constants, moment | starts, statements=named, returns=tuple(expressions)))
    return lambda lanes, times: _run(kernel, lanes, times, [])


def _run(kernel: Kernel, lanes: Lanes, times: Vector, states: Sequence[Vector]) -> list[Any]:
    moments = times.shape[1]
    constants = {name: lanes.repeated(value, moments) for name, value in lanes.constants.items()}
    starts = [lanes.repeated(value, moments) for value in lanes.starts.values()]
    inputs = [np.ravel(times), *states, *starts]
    buffers = kernel.buffers(lanes.sizes, times.size, np.float64)
    values = kernel.run(inputs, kernel.hoist(constants), buffers)[sum(not np.ndim(value) for value in inputs) :]
    return [_spread(value, times.shape) for value in values]


def _spread(value: Any, shape: tuple[int, ...]) -> Vector:
    """Return a kernel's value as (lanes, n), or (components, lanes, n)."""
    value = np.asarray(value)
    if value.ndim < 2:
        return np.broadcast_to(value, (shape[0] * shape[1],)).reshape(shape)
    return np.broadcast_to(value, (value.shape[0], shape[0] * shape[1])).reshape(value.shape[0], *shape)


def _integrated(rate: Kernel, quiet: Sequence[Trait], lanes: Lanes, times: Vector) -> list[Vector]:
    """Integrate the noiseless traits lane by lane, so that no lane's steps depend on another's."""
    found = [_one_lane(rate, quiet, lanes.one(lane), times[lane]) for lane in range(lanes.count)]
    return [np.concatenate(parts, axis=-1) for parts in zip(*found, strict=True)]


def _one_lane(rate: Kernel, quiet: Sequence[Trait], lane: Lanes, times: Vector) -> list[Vector]:
    from scipy.integrate import solve_ivp

    shapes = [array_shape(Shape(trait.dim, True), lane.sizes, 1) for trait in quiet]
    start = np.concatenate(
        [np.ravel(np.broadcast_to(lane.starts[trait], shape)) for trait, shape in zip(quiet, shapes, strict=True)]
    )
    hoisted, buffers = rate.hoist(lane.constants), rate.buffers(lane.sizes, 1, np.float64)

    def slope(_: float, flat: Vector) -> Vector:
        values = rate.run(_cut(flat, shapes), hoisted, buffers)
        return np.concatenate(
            [np.ravel(np.broadcast_to(value, shape)) for value, shape in zip(values, shapes, strict=True)]
        )

    order = np.argsort(times, kind="stable")
    end = max(float(times[order[-1]]), np.finfo(float).tiny)
    solution = solve_ivp(
        slope, (0.0, end), start, "DOP853", dense_output=True, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE
    )
    states = solution.sol(times) if solution.success else np.full((start.size, times.size), np.nan)
    cuts = np.split(states, np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1])
    return [cut if len(shape) == 2 else cut[0] for cut, shape in zip(cuts, shapes, strict=True)]


def _cut(flat: Vector, shapes: Sequence[tuple[int, ...]]) -> list[Vector]:
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]
