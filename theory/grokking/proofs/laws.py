"""The laws' own drifts, in the symbols of the closed forms, with every strength taken to be positive."""

from __future__ import annotations

from typing import Any

import sympy

from simulator.model import Model, Trait
from simulator.models.grokking import generalizing, memorizing
from theory.grokking import expressions as e

strong, better = sympy.symbols("g_M g_G", positive=True)
margin = e.memorizing_efficiency * strong + e.generalizing_efficiency * better
mu = sympy.Symbol("mu", real=True)


def plain(law: Model, expression: Any) -> Any:
    """Return an expression of a law in the closed forms' symbols, at the reference data size."""
    named = {one.variable: getattr(e, one.name) for one in law.parameters if hasattr(e, one.name)}
    size = {law.parameter("data_size").variable: e.reference_size}
    strengths = {memorizing.variable: strong, generalizing.variable: better}
    return sympy.sympify(expression).xreplace(size).xreplace({**named, **strengths})


def drift(law: Model, trait: Trait, depth: Any = e.depth) -> Any:
    """Return a circuit's drift under a law, at a depth."""
    return sympy.powsimp(plain(law, law.drift[trait]).subs(e.depth, depth))


def along(law: Model, expression: Any, depth: Any = e.depth) -> Any:
    """Return the time derivative of an expression in both strengths, as the law moves them."""
    return sympy.diff(expression, strong) * drift(law, memorizing, depth) + sympy.diff(expression, better) * drift(
        law, generalizing, depth
    )
