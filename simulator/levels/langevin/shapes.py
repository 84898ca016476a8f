"""Which arrays a law needs: a trait that nothing random reaches is one number a block, not one a replicate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.compiler import Shape
from simulator.distribution import arguments, is_distribution
from simulator.levels.langevin.step import is_noisy
from simulator.model import Model, Trait
from simulator.parameter import Parameter, Resolved

Shapes = Mapping[Any, Shape]


def parameter_shapes(parameters: tuple[Parameter, ...], resolved: Resolved) -> dict[Any, Shape]:
    """Return the shape of every parameter's array: one value a replicate where it is drawn."""
    return {
        parameter.variable: Shape(parameter.dim, is_distribution(resolved[parameter.name])) for parameter in parameters
    }


def trait_shapes(model: Model, parameters: Shapes) -> dict[Trait, Shape]:
    """Return the shape of every trait's array.

    A trait is one value for all replicates if it has no noise, starts from a number, and is moved only by such
    traits and undrawn parameters (the least fixpoint). Agents that stop stop each at their own time, so a law with
    absorption has no such trait.
    """
    drawn = {symbol for symbol, shape in parameters.items() if shape.replicate}
    spread = {trait for trait in model.traits if model.absorb or _is_random(model, trait, drawn)}
    while True:
        reached = drawn | {trait.variable for trait in spread}
        more = {trait for trait in model.traits if _moved_by(model, trait) & reached} - spread
        if not more:
            return {trait: Shape(trait.dim, trait in spread) for trait in model.traits}
        spread |= more


def _is_random(model: Model, trait: Trait, drawn: set[Any]) -> bool:
    initial = model.initial[trait]
    return is_noisy(model, trait) or is_distribution(initial) or bool(initial.free_symbols & drawn)


def _moved_by(model: Model, trait: Trait) -> set[Any]:
    return set(model.drift[trait].free_symbols)


def initial_terms(model: Model) -> list[tuple[Trait, str, Any]]:
    """Return every expression of the initial values: its trait, the distribution's field (or ""), and itself."""
    terms = []
    for trait in model.traits:
        value = model.initial[trait]
        fields = arguments(value) if is_distribution(value) else {"": value}
        terms += [(trait, name, expression) for name, expression in fields.items()]
    return terms
