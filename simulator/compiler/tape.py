"""From expressions to a straight line of array operations, each computed once and at the smallest shape.

SymPy flattens products and sums. Here their members are grouped by shape again (scalars, then one value a component
or a replicate, then full arrays), and terms that share a full-size factor are collected, so that few operations are
full-size; equal groups are computed once, and those that never change in a run are marked for hoisting.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy.codegen.cfunctions import expm1, log1p

from simulator.functions import exprel, logistic, softplus, total


@dataclass(frozen=True)
class Shape:
    """Which axes an array has: components of a named dimension, replicates, both, or none."""

    component: str | None = None
    replicate: bool = False

    @property
    def rank(self) -> int:
        """0 for a scalar, 1 for a column, 2 for a row of replicates, 3 for a full array: the order of their sizes."""
        return (self.component is not None) + 2 * self.replicate

    def __or__(self, other: Shape) -> Shape:
        return Shape(self.component or other.component, self.replicate or other.replicate)


SCALAR = Shape()
UFUNCS: Mapping[Any, str] = {
    sympy.exp: "np.exp", sympy.log: "np.log", sympy.sin: "np.sin", sympy.cos: "np.cos", sympy.tan: "np.tan",
    sympy.tanh: "np.tanh", sympy.sinh: "np.sinh", sympy.cosh: "np.cosh", sympy.atan: "np.arctan",
    sympy.asin: "np.arcsin", sympy.acos: "np.arccos", sympy.Abs: "np.abs", sympy.sign: "np.sign",
    sympy.floor: "np.floor", sympy.ceiling: "np.ceil", expm1: "np.expm1", log1p: "np.log1p",
    logistic: "logistic", softplus: "softplus", exprel: "exprel", sympy.erf: "erf",
}  # fmt: skip
FOLDS: Mapping[Any, str] = {
    sympy.Max: "np.maximum", sympy.Min: "np.minimum", sympy.And: "np.logical_and", sympy.Or: "np.logical_or",
}  # fmt: skip
RELATIONS: Mapping[Any, str] = {
    sympy.StrictLessThan: "np.less", sympy.LessThan: "np.less_equal", sympy.StrictGreaterThan: "np.greater",
    sympy.GreaterThan: "np.greater_equal", sympy.Equality: "np.equal", sympy.Unequality: "np.not_equal",
}  # fmt: skip
LOGICAL = frozenset({"np.logical_and", "np.logical_or", "np.logical_not", *RELATIONS.values()})
NOT_IN_PLACE = frozenset({"exprel", "choose", "np.add.reduce"})


@dataclass(frozen=True)
class Value:
    """One array or scalar on the tape; ``name`` is an input's name, a literal, or a temporary's."""

    name: str
    shape: Shape
    invariant: bool
    boolean: bool = False


@dataclass(frozen=True)
class Operation:
    """result = call(operands); ``store`` writes its operand into the array of the input that ``result`` renews."""

    call: str
    operands: tuple[Value, ...]
    result: Value


@dataclass
class Tape:
    """The operations so far, and what is known of every expression already computed."""

    known: dict[Any, Value]
    operations: list[Operation] = field(default_factory=list)

    def add(self, expression: Any) -> Value:
        """Return the value of an expression, computing what is new of it."""
        if expression not in self.known:
            self.known[expression] = self._compute(expression)
        return self.known[expression]

    def assign(self, symbol: Any, expression: Any) -> None:
        """Write an expression into the array of an input symbol, which from here on means the new value."""
        old = self.known[symbol]
        new = Value(f"{symbol}@{len(self.operations)}", old.shape, invariant=False)
        self.operations.append(Operation("store", (self.add(expression),), new))
        self._forget(symbol)
        self.known[symbol] = new

    def let(self, symbol: Any, expression: Any) -> None:
        """Give an expression's value a name, from here on."""
        value = self.add(expression)
        self._forget(symbol)
        self.known[symbol] = value

    def _forget(self, symbol: Any) -> None:
        self.known = {key: known for key, known in self.known.items() if symbol not in key.free_symbols}

    def _compute(self, expression: Any) -> Value:
        if expression.is_number and not expression.has(total):
            return Value(_literal(expression), SCALAR, invariant=True)
        if isinstance(expression, sympy.Add):
            return self._sum(expression)
        if isinstance(expression, sympy.Mul):
            return self._product(expression)
        if isinstance(expression, sympy.Pow):
            return self._power(*expression.args)
        if isinstance(expression, total):
            return self._total(expression.args[0])
        if isinstance(expression, sympy.Piecewise):
            return self._piecewise(expression.args)
        return self._function(expression)

    def _function(self, expression: Any) -> Value:
        kind = type(expression)
        if kind in UFUNCS:
            return self._call(UFUNCS[kind], self.add(expression.args[0]))
        if kind in RELATIONS:
            return self._call(RELATIONS[kind], *map(self.add, expression.args))
        if kind in FOLDS:
            return self._fold(FOLDS[kind], [self.add(argument) for argument in expression.args])
        if kind is sympy.Heaviside:  # the derivative of Min and Max
            return self._call("np.heaviside", *map(self.add, expression.args))
        if kind is sympy.Not:
            return self._call("np.logical_not", self.add(expression.args[0]))
        if expression in (sympy.true, sympy.false):
            return Value(str(bool(expression)), SCALAR, invariant=True, boolean=True)
        raise ValueError(
            f"{kind.__name__} in {expression} cannot be compiled; use "
            f"{', '.join(sorted(known.__name__ for known in UFUNCS))}, Min, Max, Piecewise or comparisons"
        )

    def _call(self, call: str, *operands: Value) -> Value:
        shape, invariant = SCALAR, True
        for operand in operands:
            shape, invariant = shape | operand.shape, invariant and operand.invariant
        return self._record(call, operands, shape, invariant)

    def _record(self, call: str, operands: tuple[Value, ...], shape: Shape, invariant: bool) -> Value:
        result = Value(f"_t{len(self.operations)}", shape, invariant, boolean=call in LOGICAL)
        self.operations.append(Operation(call, operands, result))
        return result

    def _fold(self, call: str, values: Iterable[Value]) -> Value:
        """Combine values from the smallest shape up, constants first."""
        ordered = sorted(values, key=lambda value: (value.shape.rank, not value.invariant))
        result = ordered[0]
        for value in ordered[1:]:
            result = self._call(call, result, value)
        return result

    def _total(self, inner: Any) -> Value:
        value = self.add(inner)
        if value.shape.component is None:
            raise ValueError(f"total({inner}) sums over no components; linearize it, so that it becomes a product")
        shape = Shape(None, value.shape.replicate)
        return self._record("np.add.reduce", (value,), shape, value.invariant)

    def _piecewise(self, branches: Any) -> Value:
        result = Value("np.nan", SCALAR, invariant=True)
        for expression, condition in reversed(branches):
            if condition == sympy.true:
                result = self.add(expression)
            else:
                result = self._call("choose", self.add(condition), self.add(expression), result)
        return result

    def _power(self, base: Any, exponent: Any) -> Value:
        if exponent.is_Integer and exponent > 0:
            return self._integer_power(base, int(exponent))
        if exponent.is_negative:
            return self._call("np.reciprocal", self.add(base**-exponent))
        if exponent == sympy.Rational(1, 2):
            return self._call("np.sqrt", self.add(base))
        if exponent.is_Rational and exponent.q == 2:
            return self._fold("np.multiply", [self.add(sympy.sqrt(base)), self.add(base ** (exponent.p // 2))])
        return self._call("np.power", self.add(base), self.add(exponent))

    def _integer_power(self, base: Any, exponent: int) -> Value:
        if exponent == 1:
            return self.add(base)
        if exponent % 2 == 0:
            half = self.add(base ** (exponent // 2))
            return self._call("np.multiply", half, half)
        return self._call("np.multiply", self.add(base), self.add(base ** (exponent - 1)))

    def _product(self, expression: Any) -> Value:
        small, full = self._split(expression.args)
        groups = [self._group(sympy.Mul, "np.multiply", members) for members in small]
        return self._fold("np.multiply", [*groups, *(self.add(factor) for factor in full)])

    def _sum(self, expression: Any) -> Value:
        """Collect the terms by their full-size factors: each such product is multiplied once."""
        collected: dict[Any, list[Any]] = {}
        for term in expression.args:
            small, full = self._split(sympy.Mul.make_args(term))
            coefficient = sympy.Mul(*(factor for members in small for factor in members))
            collected.setdefault(sympy.Mul(*full), []).append(coefficient)
        flat = collected.pop(sympy.Integer(1), [])
        if not collected:
            return self._small_sum(flat)
        plus = [self._small_sum(flat)] if flat else []
        minus = []
        for product, coefficients in collected.items():
            coefficient = sympy.Add(*coefficients)
            if coefficient.could_extract_minus_sign():
                minus.append(self._scaled(-coefficient, product))
            else:
                plus.append(self._scaled(coefficient, product))
        result = self._fold("np.add", plus) if plus else self._call("np.negative", minus.pop(0))
        for value in minus:
            result = self._call("np.subtract", result, value)
        return result

    def _scaled(self, coefficient: Any, product: Any) -> Value:
        if coefficient == 1:
            return self.add(product)
        # A pair, not the product, which SymPy would multiply out; so a term of two sums is computed once.
        pair = sympy.Tuple(coefficient, product)
        if pair not in self.known:
            self.known[pair] = self._fold("np.multiply", [self.add(coefficient), self.add(product)])
        return self.known[pair]

    def _small_sum(self, terms: Any) -> Value:
        """Sum terms of less than full size, group by group; subtract rather than multiply by -1."""
        groups: dict[tuple[int, bool], list[Any]] = {}
        for term in terms:
            groups.setdefault(self._order(term), []).append(term)
        return self._fold("np.add", [self._signed_sum(groups[key]) for key in sorted(groups)])

    def _signed_sum(self, terms: list[Any]) -> Value:
        positive = [term for term in terms if not term.could_extract_minus_sign()]
        negative = [-term for term in terms if term.could_extract_minus_sign()]
        if not positive:
            return self._call("np.negative", self._fold("np.add", map(self.add, negative)))
        result = self._fold("np.add", map(self.add, positive))
        for term in negative:
            result = self._call("np.subtract", result, self.add(term))
        return result

    def _group(self, kind: Any, call: str, members: list[Any]) -> Value:
        joined = kind(*members)
        if len(members) == 1 or not isinstance(joined, kind):
            return self.add(joined)
        if joined not in self.known:
            self.known[joined] = self._fold(call, [self.add(member) for member in members])
        return self.known[joined]

    def _split(self, factors: Any) -> tuple[list[list[Any]], list[Any]]:
        """Split factors into groups of less than full size, by shape and constancy, and full-size ones."""
        groups: dict[tuple[int, bool], list[Any]] = {}
        full = []
        for factor in factors:
            order = self._order(factor)
            if order[0] == 3:
                full.append(factor)
            else:
                groups.setdefault(order, []).append(factor)
        return [groups[key] for key in sorted(groups)], full

    def _order(self, expression: Any) -> tuple[int, bool]:
        shape, invariant = self.shape_of(expression)
        return shape.rank, not invariant

    def shape_of(self, expression: Any) -> tuple[Shape, bool]:
        """Return an expression's shape, and whether it never changes in a run, without computing it."""
        if expression.is_Symbol:
            value = self.known[expression]
            return value.shape, value.invariant
        shape, invariant = SCALAR, True
        for argument in expression.args:
            inner = self.shape_of(argument)
            shape, invariant = shape | inner[0], invariant and inner[1]
        return (Shape(None, shape.replicate), invariant) if isinstance(expression, total) else (shape, invariant)


def _literal(number: Any) -> str:
    """Return a number as Python source."""
    try:
        value = float(number)
    except TypeError:
        raise ValueError(f"{number} cannot be compiled; must be a real number") from None
    return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
