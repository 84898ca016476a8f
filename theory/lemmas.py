"""What proofs have in common: obligations that are carried out, and the shapes that they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from simulator.functions import logistic, softplus
from theory.obligation import Obligation

QUADRATURE_TOLERANCE = 1e-9


def vanishes(says: str, expression: Any) -> Obligation:
    """Oblige an expression to be zero, by symbolic simplification with logistic and softplus in exponential form."""
    plain = sympy.sympify(expression).rewrite(sympy.exp)
    return Obligation(says, bool(sympy.simplify(plain) == 0))


def solves(says: str, solution: Any, variable: Any, rate: Any) -> Obligation:
    """Oblige a solution to have zero residual in d solution/d variable = rate."""
    return vanishes(says, sympy.diff(solution, variable) - rate)


def tends(says: str, expression: Any, variable: Any, point: Any, value: Any, direction: str = "+") -> Obligation:
    """Oblige an expression to have a limit."""
    plain = sympy.sympify(expression).rewrite(sympy.exp)
    limit = sympy.limit(plain, variable, point, direction)
    return Obligation(says, bool(sympy.simplify(limit - sympy.sympify(value).rewrite(sympy.exp)) == 0))


def equals_numerically(
    says: str, left: Callable[..., Any], right: Callable[..., Any], points: Sequence[Mapping[str, Any]]
) -> Obligation:
    """Oblige two evaluations (a formula and, say, its defining integral) to agree to 1e-9, relatively, at points."""
    pairs = [(float(left(**point)), float(right(**point))) for point in points]
    close = [abs(a - b) <= QUADRATURE_TOLERANCE * max(abs(b), 1e-300) for a, b in pairs]
    return Obligation(says, bool(np.all(close)))


def formula_is(
    says: str, formula: Callable[..., Any], expression: Any, points: Sequence[Mapping[str, Any]]
) -> Obligation:
    """Oblige a NumPy formula to equal its SymPy expression, evaluated to 30 digits, at points."""
    names = {str(symbol): symbol for symbol in expression.free_symbols}

    def exact(**point: float) -> float:
        values = {names[name]: sympy.Float(value, 30) for name, value in point.items() if name in names}
        # Angles must not turn complex: of the functions that have exponential forms only these two are to take them.
        plain = expression.rewrite([logistic, softplus], sympy.exp)
        return float(sympy.N(plain.subs(values), 30))

    return equals_numerically(says, formula, exact, points)


def only(points: Sequence[Mapping[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Return points with some of their keywords."""
    return [{name: point[name] for name in names} for point in points]
