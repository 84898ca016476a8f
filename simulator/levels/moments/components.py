"""A law written out in components, and the derivatives by them that a closure needs, compiled.

The state is one vector z = (z_1 ... z_D), trait by trait; at a given number of components the law's expressions are
expanded (``expand_components``) and differentiated symbolically. Only entries that are not identically zero are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from simulator.calculus import component, expand_components
from simulator.compiler import Kernel, Program, Shape, compile_program
from simulator.levels.langevin.setting import Setting
from simulator.levels.langevin.step import STEP
from simulator.model import Model, Trait
from simulator.parameter import Resolved

Array = NDArray[np.float64]
Entries = Mapping[tuple[int, ...], Any]  # an expression per place of an array that is not zero


@dataclass(frozen=True)
class State:
    """The components of a law's traits, in order.

    Parameters
    ----------
    model
        The law.
    sizes
        The number of components of each of its dimensions.
    """

    model: Model
    sizes: Mapping[str, int]

    @property
    def places(self) -> list[tuple[Trait, int | None]]:
        """Each component's trait, and its index there (None for a scalar trait)."""
        return [
            (trait, index)
            for trait in self.model.traits
            for index in ([None] if trait.dim is None else range(self.sizes[trait.dim]))
        ]

    @property
    def symbols(self) -> list[Any]:
        """The symbol of each component."""
        return [trait.variable if index is None else component(trait.variable, index) for trait, index in self.places]

    def rows(self, trait: Trait) -> slice:
        """Return where a trait's components are."""
        found = [row for row, (one, _) in enumerate(self.places) if one == trait]
        return slice(found[0], found[-1] + 1)

    def expand(self, expression: Any, index: int | None = None) -> Any:
        """Return an expression written out, the one of that index if it is a vector."""
        return expand_components(sympy.sympify(expression), self.model.dims, self.sizes, index)

    def per_component(self, by_trait: Mapping[Trait, Any]) -> list[Any]:
        """Return expressions, given one (elementwise) a trait, written out for every component."""
        return [self.expand(by_trait.get(trait, 0), index) for trait, index in self.places]


def vector(expressions: Sequence[Any]) -> dict[tuple[int, ...], Any]:
    """Return the entries of a vector that are not zero."""
    return {(row,): entry for row, entry in enumerate(expressions) if entry != 0}


def jacobian(entries: Entries, symbols: Sequence[Any]) -> dict[tuple[int, ...], Any]:
    """Return the derivatives of an array's entries by each symbol, one axis more."""
    return {
        (*place, column): slope
        for place, entry in entries.items()
        for column, symbol in enumerate(symbols)
        if symbol in entry.free_symbols and (slope := sympy.diff(entry, symbol)) != 0
    }


@dataclass(frozen=True)
class Compiled:
    """Arrays as functions of the state: their places, their shapes, and the kernel that fills them."""

    places: tuple[tuple[tuple[int, ...], ...], ...]
    shapes: tuple[tuple[int, ...], ...]
    kernel: Kernel

    def at(self, setting: Setting, sizes: Mapping[str, int], step: float = 1.0) -> Evaluator:
        """Return what evaluates the arrays at given parameters."""
        hoisted = self.kernel.hoist({**_components(setting, sizes), str(STEP): np.float64(step)})
        return Evaluator(self, hoisted, self.kernel.buffers({}, setting.replicates, np.float64), setting.replicates)


@dataclass(frozen=True)
class Evaluator:
    """Arrays as functions of the state, at given parameters; it belongs to one thread."""

    compiled: Compiled
    hoisted: tuple[Any, ...]
    buffers: tuple[Any, ...]
    replicates: int

    def __call__(self, state: Array) -> list[Array]:
        """Return the arrays, each (replicates, ...), at a state (replicates, components)."""
        values = iter(self.compiled.kernel.run(list(np.ascontiguousarray(state.T)), self.hoisted, self.buffers))
        filled = []
        for places, shape in zip(self.compiled.places, self.compiled.shapes, strict=True):
            array = np.zeros((self.replicates, *shape))
            for place in places:
                np.moveaxis(array, 0, -1)[place] = next(values)
            filled.append(array)
        return filled


def compile_arrays(
    state: State, parameters: Mapping[Any, Shape], arrays: Iterable[tuple[Entries, tuple[int, ...]]]
) -> Compiled:
    """Return arrays of expressions in the state's components as functions of it.

    Parameters
    ----------
    state
        The components.
    parameters
        The shape of each of the law's parameters.
    arrays
        Per array, its entries and its shape.
    """
    given = list(arrays)
    constants: dict[Any, Shape] = {STEP: Shape()}
    for symbol, shape in parameters.items():
        names = [symbol] if shape.component is None else _named(symbol, state.sizes[shape.component])
        constants |= {name: Shape(None, shape.replicate) for name in names}
    inputs = {symbol: Shape(None, True) for symbol in state.symbols}
    returns = tuple(entry for entries, _ in given for entry in entries.values())
    kernel = compile_program(Program(constants, inputs, returns=returns))
    return Compiled(tuple(tuple(entries) for entries, _ in given), tuple(shape for _, shape in given), kernel)


def _named(symbol: Any, size: int) -> list[Any]:
    return [component(symbol, index) for index in range(size)]


def _components(setting: Setting, sizes: Mapping[str, int]) -> dict[str, Any]:
    """Return the parameters' values with vectors taken apart: numbers, or one value a replicate."""
    apart: dict[str, Any] = {}
    for name, value in setting.constants.items():
        if np.ndim(value) < 2:
            apart[name] = value
        else:
            apart |= {f"{name}_{index}": one if one.size > 1 else one[0] for index, one in enumerate(value)}
    return apart


def sizes_of(model: Model, resolved: Resolved) -> dict[str, int]:
    """Return the number of components of every dimension."""
    return {parameter.name: int(resolved[parameter.name]) for parameter in model.parameters if parameter.integer}
