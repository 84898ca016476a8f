"""The plain meaning of an expression: what the compiled kernels must agree with, without any of their cleverness.

`evaluate` reads an expression elementwise with NumPy, `exact` at one point with mpmath. Neither groups or rewrites.
"""

from __future__ import annotations

import math
from functools import reduce

import mpmath
import numpy as np
import sympy
from sympy.codegen.cfunctions import expm1, log1p

from simulator.functions import exprel, logistic, softplus, total

DIGITS = 1000  # 1 - s(700) has 304 zeros behind the point; what is asked for are the digits after them

NUMPY = {
    sympy.Add: lambda *terms: sum(terms), sympy.Mul: lambda *factors: reduce(np.multiply, factors),
    sympy.Pow: lambda base, exponent: np.power(np.asarray(base, np.result_type(base, np.float32)), exponent),
    sympy.exp: np.exp, sympy.log: np.log, sympy.sin: np.sin, sympy.cos: np.cos, sympy.tan: np.tan, sympy.atan: np.arctan,
    sympy.sinh: np.sinh, sympy.cosh: np.cosh, sympy.tanh: np.tanh, sympy.asin: np.arcsin, sympy.acos: np.arccos,
    sympy.Abs: np.abs, sympy.sign: np.sign, sympy.floor: np.floor, sympy.ceiling: np.ceil, expm1: np.expm1,
    log1p: np.log1p, logistic: lambda x: 1 / (1 + np.exp(-x)), softplus: lambda x: np.log(1 + np.exp(x)),
    exprel: lambda x: np.where(x == 0, 1, np.expm1(x) / np.where(x == 0, 1, x)), sympy.erf: np.vectorize(math.erf),
    sympy.Heaviside: np.heaviside, sympy.Max: lambda *a: reduce(np.maximum, a), sympy.Min: lambda *a: reduce(np.minimum, a),
    sympy.And: lambda *a: reduce(np.logical_and, a), sympy.Or: lambda *a: reduce(np.logical_or, a), sympy.Not: np.logical_not,
    sympy.StrictLessThan: np.less, sympy.LessThan: np.less_equal, sympy.StrictGreaterThan: np.greater,
    sympy.GreaterThan: np.greater_equal, sympy.Equality: np.equal, sympy.Unequality: np.not_equal,
    sympy.functions.elementary.piecewise.ExprCondPair: lambda value, condition: (value, condition),
    sympy.Piecewise: lambda *branches: np.select(
        [np.asarray(condition) for _, condition in branches], [value for value, _ in branches], np.nan
    ),
    total: lambda elementwise: np.sum(elementwise, axis=0),
}  # fmt: skip
MPMATH = {
    sympy.Add: lambda *terms: mpmath.fsum(terms), sympy.Mul: lambda *factors: mpmath.fprod(factors),
    sympy.Pow: mpmath.power, sympy.exp: mpmath.exp, sympy.log: mpmath.log, expm1: mpmath.expm1, log1p: mpmath.log1p,
    sympy.tanh: mpmath.tanh, logistic: lambda x: 1 / (1 + mpmath.exp(-x)), softplus: lambda x: mpmath.log(1 + mpmath.exp(x)),
    exprel: lambda x: mpmath.expm1(x) / x if x else mpmath.mpf(1), sympy.Abs: abs, sympy.sign: mpmath.sign,
}  # fmt: skip


def evaluate(expression, values):
    """Return an expression's value, given its symbols' values.

    Vectors are arrays (component, replicate) or (component, 1), scalars are numbers or arrays (replicate,).
    """
    if expression in values:
        return values[expression]
    if not expression.args:
        return bool(expression) if expression in (sympy.true, sympy.false) else float(expression)
    return NUMPY[type(expression)](*(evaluate(argument, values) for argument in expression.args))


def exact(expression, values):
    """Return an expression's value as an mpmath number; scalars are numbers, vectors lists of components."""
    with mpmath.workdps(DIGITS):
        return _exact(expression, values)


def _exact(expression, values):
    if expression in values:
        return mpmath.mpf(values[expression])
    if isinstance(expression, total):
        size = max(len(value) for value in values.values() if isinstance(value, list))
        pick = [{key: v[j] if isinstance(v, list) else v for key, v in values.items()} for j in range(size)]
        return mpmath.fsum(_exact(expression.args[0], {**values, **one}) for one in pick)
    if not expression.args:
        return expression._to_mpmath(mpmath.mp.prec)
    return MPMATH[type(expression)](*(_exact(argument, values) for argument in expression.args))
