"""Noisy traits whose drift is affine in them: Gaussian from one time to any later one.

For the traits z of a block, component by component,

    dz = [a(t) - rho(t) z] dt + s(t) dW,        a, rho, s functions of noiseless traits and parameters,

so that z(t) given z(s) is normal, with a mean linear in z(s) and a covariance that does not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.functions import total
from simulator.model import Model, Trait
from simulator.structure.noise import variables


@dataclass(frozen=True)
class Affine:
    """One trait's equation, dz = [constant - sum over y of rates[y] y] dt + noise dW.

    Parameters
    ----------
    constant, noise
        Expressions in noiseless traits and parameters; the noise has the trait's dimension or none.
    rates
        Per noisy trait that moves this one, itself included, an expression of the same kind; never 0.
    """

    constant: Any
    rates: Mapping[Trait, Any]
    noise: Any


def affine(model: Model, trait: Trait, noisy: Sequence[Trait]) -> Affine | str:
    """Return a noisy trait's equation if it is affine in all noisy traits; otherwise the reason why not, in words."""
    drift, noise = model.drift[trait], sympy.sympify(model.noise.get(trait, 0))
    reached = variables(noisy)
    if noise.free_symbols & reached:
        return f"its noise depends on {_names(noise, noisy)}"
    sums = {symbol for inner in drift.atoms(total) for symbol in inner.free_symbols}
    if sums & reached:
        coupled = " and ".join(one.name for one in noisy if one.variable in sums)
        return f"its drift depends on {coupled} through a sum over components"
    rates = {}
    for one in noisy:
        slope = sympy.expand(drift.diff(one.variable))
        if slope.free_symbols & reached:
            return f"its drift is not affine in {one.name}"
        if slope.is_zero:
            continue
        if one.dim != trait.dim:
            return f"all of its components are moved by the same {one.name}, so that they are not independent"
        rates[one] = -slope
    constant = drift.xreplace({symbol: sympy.Integer(0) for symbol in reached})
    linear = constant - sympy.Add(*(rate * one.variable for one, rate in rates.items()))
    # Differentiation alone could be fooled by a function that it does not know; the form must come back whole.
    if not sympy.expand(drift - linear).is_zero:
        return "its drift could not be brought into affine form"
    return Affine(constant, rates, noise)


def _names(expression: Any, traits: Sequence[Trait]) -> str:
    return " and ".join(trait.name for trait in traits if trait.variable in expression.free_symbols)


def blocks(equations: Mapping[Trait, Affine]) -> tuple[tuple[Trait, ...], ...]:
    """Return the traits that must be drawn together: the connected components of who moves whom."""
    pairs = [(trait, other) for trait, equation in equations.items() for other in equation.rates if other != trait]
    if not pairs:
        return tuple((trait,) for trait in equations)
    import networkx as nx  # loaded only where traits are coupled

    graph = nx.Graph(pairs)
    graph.add_nodes_from(equations)
    order = list(equations)
    found = [tuple(sorted(block, key=order.index)) for block in nx.connected_components(graph)]
    return tuple(sorted(found, key=lambda block: order.index(block[0])))
