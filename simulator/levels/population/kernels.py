"""The compiled kernels of one law at the population level, made once per law and per shape of its parameters."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.calculus import linearize
from simulator.compiler import Assign, Kernel, Let, Program, Shape, compile_program
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.shapes import initial_terms, trait_shapes
from simulator.levels.langevin.step import STEP, Slot, move, split_step
from simulator.levels.population.plan import Plan
from simulator.model import Model
from simulator.structure import is_noisy

SEGREGATION = 3
"""The part of a generation, in the sense of ``Slot``, that segregation is; 0 to 2 are those of a step."""


@dataclass(frozen=True)
class Generation:
    """Everything of a law that is compiled to carry populations.

    Parameters
    ----------
    law
        The traits' shapes, one generation's growth, decay and mutation as ``step``, initial values, measures.
    reward
        The reward of every individual.
    """

    law: Kernels
    reward: Kernel


_made: dict[Any, Generation] = {}
_making = threading.Lock()


def kernels_of(plan: Plan, parameters: Mapping[Any, Shape]) -> Generation:
    """Return the kernels of a plan whose parameters have the given shapes."""
    own = tuple(name for name in plan.model.observed if name in plan.measures)
    drawn = tuple(sorted((str(symbol), shape.replicate) for symbol, shape in parameters.items()))
    key = (plan.model.fingerprint, drawn, plan.recombination, own, plan.dtype)
    with _making:
        if key not in _made:
            _made[key] = _compile(plan, parameters, own)
        return _made[key]


def _compile(plan: Plan, parameters: Mapping[Any, Shape], own: tuple[str, ...]) -> Generation:
    model = plan.model
    segregates = plan.recombination == "infinitesimal"
    shapes = trait_shapes(model, parameters, apart=False)
    traits = {trait: Shape(trait.dim, True) if segregates else shape for trait, shape in shapes.items()}
    state = {trait.variable: shape for trait, shape in traits.items()}
    start = {trait.initial: shape for trait, shape in traits.items()}
    statements, slots = generation_step(plan)
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in slots}
    measured = tuple(linearize(model.observed[name].expression, model.dims) for name in own)
    earned = linearize(model.reward, model.dims)
    law = Kernels(
        traits=traits,
        slots=slots,
        step=compile_program(Program(parameters, state, noise, statements), single=plan.dtype == "float32"),
        initial=compile_program(Program(parameters, {}, returns=tuple(term for *_, term in initial_terms(model)))),
        observe=compile_program(Program(parameters, state | start, returns=measured)),
        stop=None,
        order=split_step(model).order,
    )
    return Generation(law, compile_program(Program(parameters, state, returns=(earned,))))


def generation_step(plan: Plan) -> tuple[tuple[Assign | Let, ...], tuple[Slot, ...]]:
    """Return what happens to an offspring in a generation: segregation, then one unit of time of growth and noise."""
    segregation = list(_segregation(plan))
    statements, slots = _drift_and_noise(plan.model)
    whole = tuple(
        type(one)(one.symbol, one.expression.xreplace({STEP: sympy.Integer(1)})) for one in (*segregation, *statements)
    )
    added = tuple(Slot(trait, SEGREGATION) for trait in plan.model.traits) if segregation else ()
    return whole, (*added, *slots)


def _segregation(plan: Plan) -> Iterator[Assign]:
    """Add to the mean of the parents a normal of half the genic variance."""
    for trait, genic in zip(plan.model.traits, plan.genic, strict=bool(plan.genic)):
        normal = Slot(trait, SEGREGATION).symbol
        yield Assign(trait.variable, trait.variable + sympy.sqrt(genic.variable / 2) * normal)


def _drift_and_noise(model: Model) -> tuple[tuple[Assign | Let, ...], tuple[Slot, ...]]:
    """Move by the law without its selection; traits that leave each other alone need no splitting."""
    if _coupled(model):
        step = split_step(model)
        return step.statements, step.slots
    statements = tuple(statement for trait in model.traits for statement in move(model, trait, STEP, 0))
    return statements, tuple(Slot(trait, 0) for trait in model.traits if is_noisy(model, trait))


def _coupled(model: Model) -> bool:
    for trait in model.traits:
        moved_by = model.drift[trait].free_symbols | model.noise.get(trait, sympy.Integer(0)).free_symbols
        if any(other.variable in moved_by for other in model.traits if other != trait):
            return True
    return False
