"""Numerically safe forms: rewriting an expression so that its tails keep their digits."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.codegen.cfunctions import expm1, log1p

from simulator.functions import logistic, softplus


def stable(expression: Any) -> Any:
    """Return an equal expression without cancellation in the tails of logistic, exp and log.

    k - k s(x) becomes k s(-x); k exp(x) - k becomes k expm1(x); ln s(x) becomes -sp(-x); ln(1 + exp(x)) becomes
    sp(x); ln(1 + x) becomes log1p(x); 1/(1 + exp(x)) becomes s(-x); exp(x) s(-x) becomes s(x).
    """
    if not expression.args:
        return expression
    arguments = [stable(argument) for argument in expression.args]
    rebuilt = expression.func(*arguments)
    if isinstance(rebuilt, sympy.Add):
        return _without_cancellation(rebuilt)
    if isinstance(rebuilt, sympy.Pow):
        return _without_overflow(_logistic_power(*rebuilt.args))
    if isinstance(rebuilt, sympy.Mul):
        return _without_overflow(rebuilt)
    return _stable_log(rebuilt.args[0]) if isinstance(rebuilt, sympy.log) else rebuilt


def _without_cancellation(expression: Any) -> Any:
    terms = list(expression.args)
    for term in terms:
        for factor in map(_once, sympy.Mul.make_args(term)):
            if isinstance(factor, (logistic, sympy.exp)):
                rest = term / factor
                if -rest in terms:
                    kept = [other for other in terms if other not in (term, -rest)]
                    return stable(sympy.Add(*kept, _complement(rest, factor)))
    return expression


def _once(factor: Any) -> Any:
    """Return s(x) for a factor s(x)^2, s(x)^3, ..., and any other factor as it is."""
    base, exponent = factor.as_base_exp()
    return base if isinstance(base, logistic) and exponent.is_Integer and exponent > 0 else factor


def _complement(rest: Any, factor: Any) -> Any:
    """Return rest*factor - rest without the cancellation."""
    argument = factor.args[0]
    return -rest * logistic(-argument) if isinstance(factor, logistic) else rest * expm1(argument)


def _logistic_power(base: Any, exponent: Any) -> Any:
    if exponent.is_negative and isinstance(base, sympy.Add) and isinstance(base - 1, sympy.exp):
        return logistic(-(base - 1).args[0]) ** -exponent
    return base**exponent


def _without_overflow(product: Any) -> Any:
    """Return the product with exp(m x) s(-x)^k, for whole m, k > 0, in logistics alone as far as they reach."""
    factors = sympy.Mul.make_args(product)
    for power in factors:
        shut, k = power.as_base_exp()
        if not (isinstance(shut, logistic) and k.is_Integer and k > 0):
            continue
        for grown in factors:
            m = _multiple(grown.args[0], -shut.args[0]) if isinstance(grown, sympy.exp) else sympy.Integer(0)
            if m.is_Integer and m > 0:
                rest, whole = [factor for factor in factors if factor not in (power, grown)], min(m, k)
                opened = logistic(-shut.args[0]) ** whole, shut ** (k - whole)
                return _without_overflow(sympy.Mul(*rest, *opened, sympy.exp((m - whole) * -shut.args[0])))
    return product


def _multiple(one: Any, other: Any) -> Any:
    """Return how many times one expression is another, 0 if it is no multiple of it."""
    (content, primitive), (divisor, same) = one.as_content_primitive(), other.as_content_primitive()
    return content / divisor if primitive == same else sympy.Integer(0)


def _stable_log(argument: Any) -> Any:
    if isinstance(argument, logistic):
        return -softplus(-argument.args[0])
    if isinstance(argument, sympy.Add) and 1 in argument.args:
        rest = argument - 1
        return softplus(rest.args[0]) if isinstance(rest, sympy.exp) else log1p(rest)
    return sympy.log(argument)
