"""The compiled kernels of one law at the langevin level, made once per law and per shape of its parameters."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.calculus import linearize
from simulator.compiler import SCALAR, Kernel, Program, Shape, compile_program
from simulator.functions import total
from simulator.levels.langevin.shapes import initial_terms, trait_shapes
from simulator.levels.langevin.step import STEP, Slot, is_noisy, split_step
from simulator.model import Model, Trait


@dataclass(frozen=True)
class Kernels:
    """Everything of a law that is compiled.

    Parameters
    ----------
    traits
        The shape of every trait's array.
    slots
        The normals that a step takes, in the order in which they are drawn.
    step, initial, observe
        A step in place; the initial values (or their distributions' arguments); the measures.
    stop
        Per route, its condition and the rate of its variance; None for a law without absorption.
    order
        The weak order of the step.
    """

    traits: Mapping[Trait, Shape]
    slots: tuple[Slot, ...]
    step: Kernel
    initial: Kernel
    observe: Kernel
    stop: Kernel | None
    order: int


_made: dict[Any, Kernels] = {}
_making = threading.Lock()


def kernels_of(model: Model, parameters: Mapping[Any, Shape], measures: tuple[str, ...], single: bool) -> Kernels:
    """Return the kernels of a law whose parameters have the given shapes; float32 steps where ``single``."""
    key = (model.fingerprint, tuple(sorted((str(symbol), shape.replicate) for symbol, shape in parameters.items())),
           measures, single)  # fmt: skip
    with _making:
        if key not in _made:
            _made[key] = _compile(model, parameters, measures, single)
        return _made[key]


def _compile(model: Model, parameters: Mapping[Any, Shape], measures: tuple[str, ...], single: bool) -> Kernels:
    traits = trait_shapes(model, parameters)
    state = {trait.variable: shape for trait, shape in traits.items()}
    start = {trait.initial: shape for trait, shape in traits.items()}
    step = split_step(model)
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in step.slots}
    stepping = Program({**parameters, STEP: SCALAR}, state, noise, step.statements)
    initial = Program(parameters, {}, returns=tuple(expression for *_, expression in initial_terms(model)))
    observed = tuple(_observed(model, measure) for measure in measures)
    observe = Program(parameters, state | start, returns=observed)
    stop = Program(parameters, state, returns=stopping_terms(model)) if model.absorb else None
    return Kernels(
        traits=traits,
        slots=step.slots,
        step=compile_program(stepping, single),
        initial=compile_program(initial),
        observe=compile_program(observe),
        stop=compile_program(stop) if stop else None,
        order=step.order,
    )


def _observed(model: Model, measure: str) -> Any:
    """A measure's expression; a trait is a measure of itself."""
    if measure in model.observed:
        return linearize(model.observed[measure].expression, model.dims)
    return next(trait.variable for trait in model.traits if trait.name == measure)


def stopping_terms(model: Model) -> tuple[Any, ...]:
    """Return the conditions of all routes, and then the rate at which noise spreads each of them.

    By Ito, d<x> = sum over traits of total((dx/dz noise)^2) dt.
    """
    conditions = [linearize(expression, model.dims) for expression in model.absorb.values()]
    return (*conditions, *(linearize(_variance_rate(model, x), model.dims) for x in model.absorb.values()))


def _variance_rate(model: Model, condition: Any) -> Any:
    rate = sympy.Integer(0)
    for trait in model.traits:
        if is_noisy(model, trait):
            spread = (model.gradient(condition, trait) * model.noise[trait]) ** 2
            rate += total(spread) if trait.dim else spread
    return rate
