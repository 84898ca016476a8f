"""Vectors inside symbolic laws: shapes, linearity of totals, gradients through nested totals.

An expression is elementwise in its vector symbols. ``dims`` maps each vector symbol to the name of its dimension;
symbols that it lacks are scalars.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from simulator.functions import total

Dims = Mapping[Any, str]


def dimension(expression: Any, dims: Dims) -> str | None:
    """Return the dimension of an expression, or None for a scalar.

    Raises ValueError if vectors of different dimensions meet outside a total.
    """
    if isinstance(expression, total):
        dimension(expression.args[0], dims)
        return None
    if expression.is_Symbol:
        return dims.get(expression)
    found = {dimension(argument, dims) for argument in expression.args} - {None}
    if len(found) > 1:
        names = " and ".join(sorted(str(name) for name in found))
        raise ValueError(
            f"dimensions {names} are mixed in {expression}; a sum over one of them must come first: use total()"
        )
    return found.pop() if found else None


def linearize(expression: Any, dims: Dims) -> Any:
    """Return the expression with scalar factors taken out of its totals, and no total of a scalar.

    ``total(k e)`` becomes ``k total(e)`` and ``total(k)`` becomes ``n k`` for a scalar k, where n is the symbol of
    the only dimension in ``dims``. Raises ValueError for ``total(scalar)`` where several dimensions are declared.
    A scalar term beside a vector stays: n - total(s(x)) would cancel where total(1 - s(x)) keeps its digits.
    """
    if not expression.args:
        return expression
    arguments = [linearize(argument, dims) for argument in expression.args]
    if isinstance(expression, total):
        return _sum(arguments[0], dimension(arguments[0], dims), dims)
    return expression.func(*arguments)


def _sum(elementwise: Any, dim: str | None, dims: Dims) -> Any:
    """Sum over the components of a dimension (None for the only one), the scalar factors outside."""
    factors = sympy.Mul.make_args(elementwise)
    outside = [factor for factor in factors if dimension(factor, dims) is None]
    inside = [factor for factor in factors if dimension(factor, dims) is not None]
    size = sympy.Integer(1) if inside or elementwise.is_zero else size_symbol(dim) if dim else _size(dims)
    return sympy.Mul(*outside, size) * (total(sympy.Mul(*inside)) if inside else 1)


def _size(dims: Dims) -> Any:
    names = sorted(set(dims.values()))
    if len(names) != 1:
        raise ValueError(
            f"total() of a scalar needs exactly one declared dimension, not {names or 'none'}; "
            "multiply by the number of components instead"
        )
    return size_symbol(names[0])


def size_symbol(dim: str) -> Any:
    """Return the symbol of the number of components of a dimension, the parameter of the same name."""
    return sympy.Symbol(dim, integer=True, positive=True)


def gradient(expression: Any, variable: Any, dims: Dims) -> Any:
    """Return the derivative of a scalar expression by a scalar symbol, or by component j of a vector symbol.

    Through nested totals it goes by the adjoint recursion
    d total(e)/d z_j = (de/dz)_j + sum over totals T inside e of total(de/dT) dT/dz_j;
    by a scalar c, d total(e)/dc = total(de/dc + sum over totals T inside e of de/dT dT/dc).
    The result is elementwise in the vector symbols. Raises ValueError if the expression is not a scalar.
    """
    if dimension(expression, dims) is not None:
        raise ValueError(f"gradient: {expression} is a vector; only a scalar has a gradient, sum it with total()")
    if variable not in dims:
        return linearize(_by_scalar(expression, variable, dims), dims)
    return linearize(sympy.Add(*(weight * _adjoint(e, variable, dims) for weight, e in _weights(expression))), dims)


def tangent(expression: Any, directions: Mapping[Any, Any], dims: Dims) -> Any:
    """Return the derivative of an expression along directions, sum over symbols z of (de/dz) directions[z].

    Through nested totals it goes forward,
    d e = (de/dz) dz + sum over totals T = total(i) inside e of (de/dT) total(d i).
    The expression may be a vector, elementwise; ``dims`` names the dimensions of the directions' symbols too.
    """
    held, back = _held_totals(expression)
    body = expression.xreplace(held)
    explicit = [body.diff(symbol).xreplace(back) * direction for symbol, direction in directions.items()]
    inner = [
        weight * _sum(change, dimension(change, dims) or dimension(e, dims), dims)
        for weight, e in _weights(expression)
        if (change := tangent(e, directions, dims)) != 0
    ]
    return linearize(sympy.Add(*explicit, *inner), dims)


def _adjoint(elementwise: Any, variable: Any, dims: Dims) -> Any:
    """Return d total(elementwise)/d variable_j."""
    dim = dimension(elementwise, dims)
    inner = [_sum(weight, dim, dims) * _adjoint(e, variable, dims) for weight, e in _weights(elementwise)]
    return _explicit(elementwise, variable) + sympy.Add(*inner)


def _by_scalar(expression: Any, variable: Any, dims: Dims) -> Any:
    inner = [
        weight * _sum(_by_scalar(e, variable, dims), dimension(e, dims), dims) for weight, e in _weights(expression)
    ]
    return _explicit(expression, variable) + sympy.Add(*inner)


def _explicit(expression: Any, variable: Any) -> Any:
    """Return the derivative with the totals held fixed."""
    held, back = _held_totals(expression)
    return sympy.factor_terms(expression.xreplace(held).diff(variable)).xreplace(back)


def _weights(expression: Any) -> list[tuple[Any, Any]]:
    """Return (d expression/dT, e) for each outermost total T = total(e) that the expression depends on."""
    held, back = _held_totals(expression)
    body = expression.xreplace(held)
    slopes = [(body.diff(dummy), inner) for inner, dummy in held.items()]
    return [(slope.xreplace(back), inner.args[0]) for slope, inner in slopes if not slope.is_zero]


def _held_totals(expression: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return what replaces the outermost totals by symbols, and what puts them back."""
    held = {inner: sympy.Dummy(real=True) for inner in _outermost_totals(expression)}
    return held, {dummy: inner for inner, dummy in held.items()}


def _outermost_totals(expression: Any) -> list[Any]:
    if isinstance(expression, total):
        return [expression]
    found = {inner for argument in expression.args for inner in _outermost_totals(argument)}
    return sorted(found, key=str)


def expand_components(expression: Any, dims: Dims, sizes: Mapping[str, int], index: int | None = None) -> Any:
    """Return the expression written out in components, ``goal`` becoming ``goal_0, goal_1, ...``.

    It is the plain meaning of a law, for proofs at a given number of components and for the twins in the tests.
    ``sizes`` gives the number of components of each dimension; ``index`` is the component of a vector expression.
    """
    if isinstance(expression, total):
        inner = linearize(expression, dims)
        if not isinstance(inner, total):
            return expand_components(inner, dims, sizes, index)
        dim = dimension(inner.args[0], dims)
        count = range(sizes[str(dim)])
        return sympy.Add(*(expand_components(inner.args[0], dims, sizes, j) for j in count))
    if expression.is_Symbol:
        sized = {size_symbol(dim): sympy.Integer(count) for dim, count in sizes.items()}
        return component(expression, index) if expression in dims else sized.get(expression, expression)
    if not expression.args:
        return expression
    return expression.func(*(expand_components(argument, dims, sizes, index) for argument in expression.args))


def component(variable: Any, index: int | None) -> Any:
    """Return the symbol of one component of a vector symbol."""
    if index is None:
        raise ValueError(f"{variable} is a vector; say which component is meant: pass index=0")
    return sympy.Symbol(f"{variable}_{index}", real=True)
