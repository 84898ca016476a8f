"""The law that a large population's mean goal obeys for weak selection: langevin, with K the population's covariance.

For selection that is weak in each generation, the mean of a population of N with covariance V moves like an agent,

    dm = [s V dR/dz + growth - decay m] dt + sqrt(V/N) dW,        K = s V,

and V by itself, dV/dt = s V^2 d2R/dz2 + noise^2 - 2 (decay - growth') V - V/N. So K is no constant: it is carried as
a trait of its own, and the lifted law is an ordinary one, for every level that takes a law. Fluctuations of the mean
are not all there: see ``simulator.levels.moments.generation`` on W.
"""

from __future__ import annotations

from typing import Any

import sympy

from simulator.declaration import is_zero
from simulator.distribution import arguments, is_distribution
from simulator.levels.moments.components import State, jacobian, vector
from simulator.levels.moments.start import spread_of
from simulator.levels.population.plan import POPULATION
from simulator.levels.population.schemes import STRENGTH
from simulator.model import Model, Trait


def varying(model: Model) -> tuple[Trait, ...]:
    """Return the traits in which individuals differ: those that mutate, or start from a distribution."""
    return tuple(
        trait
        for trait in model.traits
        if not is_zero(model.noise.get(trait, 0)) or is_distribution(model.initial[trait])
    )


def spread_trait(trait: Trait) -> Trait:
    """Return the trait that stands for another one's variance within the population."""
    return Trait(f"{trait.name}_spread", symbol=f"V_{{{trait.symbol}}}", dim=trait.dim, meaning="its variance")


def with_covariance(model: Model) -> Model:
    """Return the law of a population's mean for weak selection, with the variance of each trait as a trait.

    Parameters
    ----------
    model
        The law of an individual; its learner plays no part.

    Raises
    ------
    ValueError
        In one line, where reward or growth couple the traits that vary, so that they would covary.
    """
    moving = varying(model)
    _check_uncoupled(model, moving)
    spreads = {trait: spread_trait(trait) for trait in moving}
    learner, growth, noise, initial = {}, dict(model.growth), {}, dict(model.initial)
    for trait, spread in spreads.items():
        learner[trait] = STRENGTH.variable * spread.variable
        growth[spread] = _variance_rate(model, trait, spread)
        noise[trait] = sympy.sqrt(spread.variable / POPULATION.variable)
        initial[trait], initial[spread] = _start(model, trait)
    return model.replace(
        name=f"{model.name}_mean", traits=(*model.traits, *spreads.values()), learner=learner, growth=growth,
        noise=noise, initial=initial, parameters=(*model.parameters, STRENGTH, POPULATION), measures={},
    )  # fmt: skip


def _variance_rate(model: Model, trait: Trait, spread: Trait) -> Any:
    z, v = trait.variable, spread.variable
    bend = sympy.diff(model.gradient(model.reward, trait), z)
    pull = sympy.diff(sympy.sympify(model.growth.get(trait, 0)) - model.decay.get(trait, 0) * z, z)
    mutation = sympy.sympify(model.noise.get(trait, 0)) ** 2
    return STRENGTH.variable * v**2 * bend + 2 * pull * v + mutation - v / POPULATION.variable


def _start(model: Model, trait: Trait) -> tuple[Any, Any]:
    """Return the mean and the variance of a trait at time 0, as expressions."""
    declared = model.initial[trait]
    if not is_distribution(declared):
        return declared, sympy.Integer(0)
    size: Any = sympy.Integer(1) if trait.dim is None else sympy.Symbol(trait.dim, integer=True, positive=True)
    return spread_of(type(declared), arguments(declared), size)


def _check_uncoupled(model: Model, moving: tuple[Trait, ...]) -> None:
    """Refuse a law whose varying components are coupled, judged on two components of each dimension."""
    state = State(model, dict.fromkeys(set(model.dims.values()), 2))
    rows = [row for row, (trait, _) in enumerate(state.places) if trait in moving]
    parts = {
        "reward": {trait: model.gradient(model.reward, trait) for trait in moving},
        "growth": {
            trait: sympy.sympify(model.growth.get(trait, 0)) - model.decay.get(trait, 0) * trait.variable
            for trait in moving
        },
    }
    for name, by_trait in parts.items():
        slopes = jacobian(vector(state.per_component(by_trait)), state.symbols)
        for row, column in slopes:
            if row != column and row in rows and column in rows:
                raise ValueError(
                    f"{model.name}: {name} couples {state.symbols[row]} and {state.symbols[column]}, which vary; their "
                    "covariance is no trait; agree on levels='population' and 'moments' only"
                )
