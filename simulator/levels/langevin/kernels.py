"""The compiled kernels of one law at the langevin level, made once per law and per shape of its parameters."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.calculus import linearize
from simulator.compiler import Kernel, Program, Shape, compile_program
from simulator.functions import total
from simulator.levels.langevin.exact.orbit import Integrate, integration
from simulator.levels.langevin.exact.path import Evaluate, along
from simulator.levels.langevin.exact.transition import Block, coefficient_shapes, transition_blocks
from simulator.levels.langevin.shapes import initial_terms, trait_shapes
from simulator.levels.langevin.step import STEP, Slot, split_step
from simulator.model import Model, Trait
from simulator.structure import is_noisy, structure


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
        Per route, its condition and the rate of its variance; None where agents do not stop on their way.
    order
        The weak order of the step; 0 for exact transitions.
    transitions
        For exact transitions, where ``step`` is one of these: what is evaluated along the noiseless paths.
    """

    traits: Mapping[Trait, Shape]
    slots: tuple[Slot, ...]
    step: Kernel
    initial: Kernel
    observe: Kernel
    stop: Kernel | None
    order: int
    transitions: Transitions | None = None


@dataclass(frozen=True)
class Transitions:
    """What exact transitions need beyond a kernel.

    Parameters
    ----------
    quiet, noisy
        The indices of the noiseless traits and of the others.
    blocks, evaluators
        The traits that are drawn together, and what evaluates their equations along the noiseless paths.
    positions, conditions
        What evaluates the noiseless traits themselves, and the conditions at which agents stop (None: never).
    integrate
        What integrates the noiseless traits; None where they have a closed form.
    laned
        Whether replicates differ in what the transitions depend on.
    rows
        The names of the parameters that have one value a replicate.
    """

    quiet: tuple[int, ...]
    noisy: tuple[int, ...]
    blocks: tuple[Block, ...]
    evaluators: tuple[Evaluate, ...]
    positions: Evaluate
    conditions: Evaluate | None
    integrate: Integrate | None
    laned: bool
    rows: frozenset[str]


_made: dict[Any, Kernels] = {}
_making = threading.Lock()


def kernels_of(
    model: Model,
    parameters: Mapping[Any, Shape],
    measures: tuple[str, ...],
    single: bool,
    exact: bool = False,
    clocks: bool = False,
) -> Kernels:
    """Return the kernels of a law.

    Parameters
    ----------
    model
        The law.
    parameters
        The shape of every parameter.
    measures
        What is observed.
    single
        Whether to step in float32.
    exact
        Whether a step is an exact transition.
    clocks
        Whether replicates differ in when they are observed.
    """
    key = (model.fingerprint, tuple(sorted((str(symbol), shape.replicate) for symbol, shape in parameters.items())),
           measures, single, exact, clocks)  # fmt: skip
    with _making:
        if key not in _made:
            make = _compile_exact if exact else _compile_stepped
            _made[key] = make(model, parameters, measures, single, clocks)
        return _made[key]


def _compile_stepped(
    model: Model, parameters: Mapping[Any, Shape], measures: tuple[str, ...], single: bool, clocks: bool
) -> Kernels:
    # Agents that stop stop each at its own time.
    traits = trait_shapes(model, parameters, apart=clocks or bool(model.absorb))
    state = {trait.variable: shape for trait, shape in traits.items()}
    step = split_step(model)
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in step.slots}
    stepping = Program({**parameters, STEP: Shape(None, clocks)}, state, noise, step.statements)
    stop = Program(parameters, state, returns=stopping_terms(model)) if model.absorb else None
    return Kernels(
        traits=traits,
        slots=step.slots,
        step=compile_program(stepping, single),
        initial=_initial(model, parameters),
        observe=_observe(model, parameters, traits, measures),
        stop=compile_program(stop) if stop else None,
        order=step.order,
    )


def _compile_exact(
    model: Model, parameters: Mapping[Any, Shape], measures: tuple[str, ...], single: bool, clocks: bool
) -> Kernels:
    found = structure(model, ())
    blocks = transition_blocks(model, found)
    spread = trait_shapes(model, parameters, apart=False)
    used = {symbol for block in blocks for one in block.expressions() for symbol in sympy.sympify(one).free_symbols}
    used |= {symbol for trait in found.noiseless for symbol in model.drift[trait].free_symbols}
    used |= {symbol for condition in model.absorb.values() for symbol in condition.free_symbols}
    quiet = {trait.variable for trait in found.noiseless}
    rows = {symbol for symbol, shape in parameters.items() if shape.replicate}
    laned = clocks or bool(used & rows) or any(spread[trait].replicate for trait in found.noiseless)
    traits = {trait: Shape(trait.dim, laned or trait.variable not in quiet) for trait in model.traits}
    # Scalars first: a reduced vector is drawn last, its last row as a length.
    drawn = sorted((trait for block in found.blocks for trait in block), key=lambda trait: trait.dim is not None)
    slots = tuple(Slot(trait, 0) for trait in drawn)
    state = {trait.variable: shape for trait, shape in traits.items() if trait.variable not in quiet}
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in slots}
    statements = tuple(statement for block in blocks for statement in block.statements())
    moving = Program({**parameters, **coefficient_shapes(model, blocks, laned)}, state, noise, statements)
    lanes = {symbol: Shape(shape.component, laned and shape.replicate) for symbol, shape in parameters.items()}
    lanes |= {trait.initial: Shape(trait.dim, laned) for trait in found.noiseless}
    conditions = tuple(linearize(condition, model.dims) for condition in model.absorb.values())
    order = list(model.traits)
    return Kernels(
        traits=traits,
        slots=slots,
        step=compile_program(moving, single),
        initial=_initial(model, parameters),
        observe=_observe(model, parameters, traits, measures),
        stop=None,
        order=0,
        transitions=Transitions(
            quiet=tuple(order.index(trait) for trait in found.noiseless),
            noisy=tuple(index for index, trait in enumerate(order) if trait.variable not in quiet),
            blocks=blocks,
            evaluators=tuple(along(model, found.noiseless, lanes, block.expressions()) for block in blocks),
            positions=along(model, found.noiseless, lanes, [trait.variable for trait in found.noiseless]),
            conditions=along(model, found.noiseless, lanes, conditions) if conditions else None,
            integrate=integration(model, found.noiseless, lanes),
            laned=laned,
            rows=frozenset(str(symbol) for symbol in rows),
        ),
    )


def _initial(model: Model, parameters: Mapping[Any, Shape]) -> Kernel:
    terms = tuple(expression for *_, expression in initial_terms(model))
    return compile_program(Program(parameters, {}, returns=terms))


def _observe(
    model: Model, parameters: Mapping[Any, Shape], traits: Mapping[Trait, Shape], measures: tuple[str, ...]
) -> Kernel:
    state = {trait.variable: shape for trait, shape in traits.items()}
    start = {trait.initial: shape for trait, shape in traits.items()}
    observed = tuple(_observed(model, measure) for measure in measures)
    return compile_program(Program(parameters, state | start, returns=observed))


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
