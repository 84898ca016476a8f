"""The laws' own drifts and rates of variance, written out in components, and derivatives along them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from simulator.calculus import component, expand_components
from simulator.model import Model, Trait


def components(law: Model, sizes: Mapping[str, int], trait: Trait) -> list[Any]:
    """Return the symbols of a trait's components, one for a scalar."""
    return [trait.variable] if trait.dim is None else [component(trait.variable, j) for j in range(sizes[trait.dim])]


def along(law: Model, expression: Any, sizes: Mapping[str, int] | None = None) -> Any:
    """Return the time derivative of an expression in the traits' components, as the law's drift moves them."""
    given, moved = sizes or {}, sympy.Integer(0)
    for trait in law.traits:
        for index, symbol in enumerate(components(law, given, trait)):
            written = expand_components(law.drift[trait], law.dims, given, index if trait.dim else None)
            moved += sympy.diff(expression, symbol) * written
    return moved


def generated(law: Model, expression: Any) -> Any:
    """Return what the law's generator, drift and half the rate of variance, makes of a function of scalar traits."""
    spread = [law.noise.get(trait, sympy.Integer(0)) ** 2 / 2 * sympy.diff(expression, trait.variable, 2)
              for trait in law.traits]  # fmt: skip
    return along(law, expression) + sympy.Add(*spread)


def written(law: Model, expression: Any, sizes: Mapping[str, int] | None = None) -> Any:
    """Return a scalar expression of a law in components."""
    return expand_components(sympy.sympify(expression), law.dims, sizes or {})
