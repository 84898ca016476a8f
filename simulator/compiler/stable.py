"""Numerically safe forms: rewriting an expression so that its tails keep their digits."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.codegen.cfunctions import expm1, log1p

from simulator.functions import logistic, softplus


def stable(expression: Any) -> Any:
    """Return an equal expression without cancellation in the tails of logistic, exp and log.

    k - k s(x) becomes k s(-x); k exp(x) - k becomes k expm1(x); ln s(x) becomes -sp(-x); ln(1 + exp(x)) becomes
    sp(x); ln(1 + x) becomes log1p(x).
    """
    if not expression.args:
        return expression
    arguments = [stable(argument) for argument in expression.args]
    rebuilt = expression.func(*arguments)
    if isinstance(rebuilt, sympy.Add):
        return _without_cancellation(rebuilt)
    return _stable_log(rebuilt.args[0]) if isinstance(rebuilt, sympy.log) else rebuilt


def _without_cancellation(expression: Any) -> Any:
    terms = list(expression.args)
    for term in terms:
        for factor in sympy.Mul.make_args(term):
            if isinstance(factor, (logistic, sympy.exp)):
                rest = term / factor
                if -rest in terms:
                    kept = [other for other in terms if other not in (term, -rest)]
                    return stable(sympy.Add(*kept, _complement(rest, factor)))
    return expression


def _complement(rest: Any, factor: Any) -> Any:
    """Return rest*factor - rest without the cancellation."""
    argument = factor.args[0]
    return -rest * logistic(-argument) if isinstance(factor, logistic) else rest * expm1(argument)


def _stable_log(argument: Any) -> Any:
    if isinstance(argument, logistic):
        return -softplus(-argument.args[0])
    if isinstance(argument, sympy.Add) and 1 in argument.args:
        rest = argument - 1
        return softplus(rest.args[0]) if isinstance(rest, sympy.exp) else log1p(rest)
    return sympy.log(argument)
