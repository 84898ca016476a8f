"""The plain meaning of an expression: what the compiled kernels must agree with, without any of their cleverness.

`evaluate` reads an expression elementwise with NumPy, `exact` at one point with mpmath. Neither groups or rewrites.
"""

from __future__ import annotations

import math
import operator
from functools import reduce

import mpmath
import numpy as np
import sympy
from sympy.codegen.cfunctions import expm1, log1p

from simulator.functions import exprel, logistic, softplus, total


def fold(function):
    """Return a function of two arguments as one of any number."""
    return lambda *arguments: reduce(function, arguments)


def choose(*branches):
    """Return the value of the first branch (value, condition) that holds, and NaN if none does."""
    return np.select([np.asarray(condition) for _, condition in branches], [value for value, _ in branches], np.nan)


NUMPY = {
    sympy.Add: fold(np.add), sympy.Mul: fold(np.multiply), sympy.Pow: np.power,
    sympy.exp: np.exp, sympy.log: np.log, expm1: np.expm1, log1p: np.log1p,
    sympy.sin: np.sin, sympy.cos: np.cos, sympy.tan: np.tan,
    sympy.asin: np.arcsin, sympy.acos: np.arccos, sympy.atan: np.arctan,
    sympy.sinh: np.sinh, sympy.cosh: np.cosh, sympy.tanh: np.tanh,
    sympy.Abs: np.abs, sympy.sign: np.sign, sympy.floor: np.floor, sympy.ceiling: np.ceil,
    sympy.erf: np.vectorize(math.erf), sympy.Heaviside: np.heaviside,
    logistic: lambda x: 1 / (1 + np.exp(-x)),
    softplus: lambda x: np.log(1 + np.exp(x)),
    exprel: lambda x: np.where(x == 0, 1, np.expm1(x) / np.where(x == 0, 1, x)),
    total: lambda e: np.sum(e, axis=0) if e.shape[1] > 1 else np.sum(e),
    sympy.Max: fold(np.maximum), sympy.Min: fold(np.minimum),
    sympy.And: fold(np.logical_and), sympy.Or: fold(np.logical_or), sympy.Not: np.logical_not,
    sympy.StrictLessThan: np.less, sympy.LessThan: np.less_equal, sympy.Equality: np.equal,
    sympy.StrictGreaterThan: np.greater, sympy.GreaterThan: np.greater_equal, sympy.Unequality: np.not_equal,
    sympy.functions.elementary.piecewise.ExprCondPair: lambda value, condition: (value, condition),
    sympy.Piecewise: choose,
}  # fmt: skip
MPMATH = {
    sympy.Add: lambda *terms: mpmath.fsum(terms), sympy.Mul: lambda *factors: mpmath.fprod(factors),
    sympy.Pow: mpmath.power, sympy.exp: mpmath.exp, sympy.log: mpmath.log, sympy.sin: mpmath.sin, sympy.cos: mpmath.cos,
    logistic: lambda x: 1 / (1 + mpmath.exp(-x)),
    softplus: lambda x: mpmath.log(1 + mpmath.exp(x)),
    exprel: lambda x: (mpmath.exp(x) - 1) / x if x else mpmath.mpf(1),
    sympy.Max: max, sympy.Min: min, sympy.StrictGreaterThan: operator.gt,
    sympy.Heaviside: lambda x, middle: middle if x == 0 else mpmath.mpf(x > 0),
    sympy.functions.elementary.piecewise.ExprCondPair: lambda value, condition: (value, condition),
    sympy.Piecewise: lambda *branches: next(value for value, condition in branches if condition),
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


def exact(expression, values, digits=50):
    """Return an expression's value as an mpmath number; scalars are numbers, vectors lists of components.

    Differences lose leading digits: 1 - s(700) begins with 304 zeros.
    """
    with mpmath.workdps(digits):
        return _exact(expression, values)


def _exact(expression, values):
    if expression in values:
        return mpmath.mpf(values[expression])
    if isinstance(expression, total):
        (size,) = {len(value) for value in values.values() if isinstance(value, list)}
        pick = [{key: v[j] if isinstance(v, list) else v for key, v in values.items()} for j in range(size)]
        return mpmath.fsum(_exact(expression.args[0], component) for component in pick)
    if not expression.args:
        return True if expression is sympy.true else expression._to_mpmath(mpmath.mp.prec)
    return MPMATH[type(expression)](*(_exact(argument, values) for argument in expression.args))
