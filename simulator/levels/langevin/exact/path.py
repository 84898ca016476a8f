"""Traits that no noise reaches, and what depends on them, as functions of time.

Where each relaxes by itself, dz/dt = a - rho z with constants a and rho, they have a closed form,

    z(t) = e^{-rho t} z(0) + a t exprel(-rho t);

otherwise they are integrated once (``orbit``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from simulator.compiler import Kernel, Let, Program, Shape, compile_program
from simulator.functions import exprel
from simulator.levels.langevin.step import affine_parts
from simulator.model import Model, Trait

Vector = NDArray[np.float64]
MOMENT = sympy.Symbol("_moment", nonnegative=True)
Orbit = Callable[[Vector], Vector]
"""From times (n,), all noiseless traits, one below the other: (components of all, n)."""


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


def closed_forms(model: Model, quiet: Sequence[Trait]) -> dict[Trait, Any] | None:
    """Return the closed forms of all noiseless traits; None if one has none."""
    forms = {trait: closed_form(model, trait) for trait in quiet}
    return None if any(form is None for form in forms.values()) else forms


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
    orbits
        Per lane, its noiseless traits as they were integrated; () where they have a closed form.
    """

    count: int
    constants: Mapping[str, Any]
    starts: Mapping[Trait, Any]
    sizes: Mapping[str, int]
    orbits: tuple[Orbit, ...] = ()

    def one(self, lane: int) -> Lanes:
        """Return a lane by itself."""
        return self.some(np.array([lane]))

    def some(self, lanes: NDArray[np.intp]) -> Lanes:
        """Return some of the lanes, possibly several times."""
        constants = {name: value[..., lanes] if _laned(value) else value for name, value in self.constants.items()}
        starts = {trait: value[..., lanes] if _laned(value) else value for trait, value in self.starts.items()}
        orbits = tuple(self.orbits[lane] for lane in lanes) if self.orbits else ()
        return Lanes(lanes.size, constants, starts, self.sizes, orbits)

    def repeated(self, value: Any, times: int) -> Any:
        """Return a value with each of its lanes repeated, one lane's copies in a row."""
        return np.repeat(value, times, axis=-1) if _laned(value) else value


def _laned(value: Any) -> bool:
    """Tell whether the last axis is that of the lanes: a number has no axis, and a column's is of length one."""
    return np.ndim(value) == 1 or (np.ndim(value) == 2 and np.shape(value)[-1] > 1)


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
    forms = closed_forms(model, quiet)
    starts = {trait.initial: shapes[trait.initial] for trait in quiet}
    constants = {parameter.variable: shapes[parameter.variable] for parameter in model.parameters}
    inputs = {MOMENT: Shape(None, True)}
    if forms is None:
        inputs |= {trait.variable: Shape(trait.dim, True) for trait in quiet}
    named = tuple(Let(trait.variable, form) for trait, form in (forms or {}).items())
    kernel = compile_program(Program(constants, inputs | starts, statements=named, returns=tuple(expressions)))
    return partial(_values, kernel, quiet)


def _values(kernel: Kernel, quiet: Sequence[Trait], lanes: Lanes, times: Vector) -> list[Any]:
    moments = times.shape[1]
    constants = {name: lanes.repeated(value, moments) for name, value in lanes.constants.items()}
    starts = [lanes.repeated(value, moments) for value in lanes.starts.values()]
    inputs = [np.ravel(times), *(_states(quiet, lanes, times) if lanes.orbits else ()), *starts]
    buffers = kernel.buffers(lanes.sizes, times.size, np.float64)
    values = kernel.run(inputs, kernel.hoist(constants), buffers)[sum(not np.ndim(value) for value in inputs) :]
    return [_spread(value, times.shape) for value in values]


def _states(quiet: Sequence[Trait], lanes: Lanes, times: Vector) -> list[Vector]:
    """Return the integrated traits lane after lane, (lanes * n,) or (components, lanes * n)."""
    if len(set(lanes.orbits)) == 1:
        joined = lanes.orbits[0](np.ravel(times))
    else:
        joined = np.concatenate([orbit(row) for orbit, row in zip(lanes.orbits, times, strict=True)], axis=-1)
    sizes = [1 if trait.dim is None else lanes.sizes[trait.dim] for trait in quiet]
    parts = np.split(joined, np.cumsum(sizes)[:-1])
    return [part if trait.dim else part[0] for trait, part in zip(quiet, parts, strict=True)]


def _spread(value: Any, shape: tuple[int, ...]) -> Vector:
    """Return a kernel's value as (lanes, n), or (components, lanes, n)."""
    value = np.asarray(value)
    if value.ndim < 2:
        return np.broadcast_to(value, (shape[0] * shape[1],)).reshape(shape)
    return np.broadcast_to(value, (value.shape[0], shape[0] * shape[1])).reshape(value.shape[0], *shape)
