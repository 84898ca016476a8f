"""Which arrays a law needs: a trait that nothing random reaches is one number a block, not one a replicate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.compiler import Shape
from simulator.distribution import arguments, is_distribution
from simulator.model import Model, Trait
from simulator.parameter import Parameter, Resolved
from simulator.structure import is_noisy

Shapes = Mapping[Any, Shape]


def parameter_shapes(parameters: tuple[Parameter, ...], resolved: Resolved, packed: bool = False) -> dict[Any, Shape]:
    """Return the shape of every parameter's array: one value a replicate where it is drawn.

    In a pack, where several points stand side by side, every number but a count has one value a replicate.
    """
    return {parameter.variable: Shape(parameter.dim, rowed(parameter, resolved, packed)) for parameter in parameters}


def rowed(parameter: Parameter, resolved: Resolved, packed: bool) -> bool:
    """Tell whether a parameter has one value a replicate."""
    return is_distribution(resolved[parameter.name]) or (packed and parameter.dim is None and not parameter.integer)


def trait_shapes(model: Model, parameters: Shapes, apart: bool) -> dict[Trait, Shape]:
    """Return the shape of every trait's array.

    A trait is one value for all replicates if it has no noise, starts from a number, and is moved only by such
    traits and undrawn parameters (the least fixpoint); none is where replicates are ``apart``, each at a time of its
    own.
    """
    drawn = {symbol for symbol, shape in parameters.items() if shape.replicate}
    spread = {trait for trait in model.traits if apart or _is_random(model, trait, drawn)}
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
