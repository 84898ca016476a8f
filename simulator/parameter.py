"""Parameters: what they are called, what they may be, and how given values become resolved ones."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from simulator.distribution import arguments, is_distribution, with_arguments
from simulator.symbolic import Symbolic

Resolved = dict[str, Any]

SHOWN = 24
"""Names that a hint lists at most."""


@dataclass(frozen=True)
class Range:
    """An interval of the real line that a parameter's value must lie in.

    Parameters
    ----------
    low, high
        Its ends, possibly infinite; ``low`` < ``high``.
    open_low, open_high
        Whether that end itself is excluded (an infinite end always is).
    """

    low: float = -np.inf
    high: float = np.inf
    open_low: bool = False
    open_high: bool = False

    def contains(self, values: Any) -> bool:
        """Tell whether every value is finite and inside."""
        if isinstance(values, float):  # one by one they are many, and NumPy is slow with one
            number = float(values)
            over = number > self.low or (number == self.low and not self.open_low)
            under = number < self.high or (number == self.high and not self.open_high)
            return over and under and math.isfinite(number)
        array = np.asarray(values, dtype=float)
        above = array > self.low if self.open_low else array >= self.low
        below = array < self.high if self.open_high else array <= self.high
        return bool(np.all(np.isfinite(array) & above & below))

    def __str__(self) -> str:
        left = "(" if self.open_low or np.isinf(self.low) else "["
        right = ")" if self.open_high or np.isinf(self.high) else "]"
        return f"{left}{self.low:g}, {self.high:g}{right}"


REAL = Range()
POSITIVE = Range(low=0.0, open_low=True)
NONNEGATIVE = Range(low=0.0)
SHARE = Range(low=0.0, high=1.0)
COUNT = Range(low=1.0)


@dataclass(frozen=True)
class Parameter(Symbolic):
    """A named constant of a law; it stands in expressions by its symbol.

    Parameters
    ----------
    name
        The code name, a Python identifier.
    default
        A number, a sequence for a vector, a distribution, or (for a vector) a function of the number of components.
    symbol
        How it is printed, in LaTeX.
    range
        The interval its value, or each of its components, must lie in.
    unit, meaning
        For the reader; ``unit`` is "" for a pure number.
    dim
        The name of its dimension if it is a vector, else None.
    integer
        Whether it counts something; then it is a whole number, at least 1.
    """

    name: str
    default: Any
    symbol: str = ""
    range: Range = REAL
    unit: str = ""
    meaning: str = ""
    dim: str | None = None
    integer: bool = False

    @cached_property
    def variable(self) -> Any:
        """The SymPy symbol, with the assumptions that the range justifies."""
        import sympy

        if self.integer:
            return sympy.Symbol(self.name, integer=True, positive=True)
        positive = self.range.low > 0 or (self.range.low == 0 and self.range.open_low)
        if positive:
            return sympy.Symbol(self.name, positive=True)
        return sympy.Symbol(self.name, nonnegative=True) if self.range.low == 0 else sympy.Symbol(self.name, real=True)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest right name, or at all of them, as far as they fit a line."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"known: {', '.join(names[:SHOWN])}{more}"


def resolve(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> Resolved:
    """Return every parameter's value: given or default, checked, in one canonical form.

    Scalars become float (int where ``integer``), vectors float64 arrays of shape (components,), distributions stay.
    Raises ValueError or TypeError, in one line, for an unknown name or a value that breaks its rule.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            raise ValueError(f"unknown parameter {name!r}; {nearest(str(name), known)}")
    values: Resolved = {}
    # Counts first: they size the vectors.
    for parameter in sorted(parameters, key=lambda parameter: not parameter.integer):
        value = given.get(parameter.name, parameter.default)
        values[parameter.name] = _resolve_one(parameter, value, values)
    return {parameter.name: values[parameter.name] for parameter in parameters}


def _resolve_one(parameter: Parameter, value: Any, counts: Mapping[str, Any]) -> Any:
    if is_distribution(value):
        return _resolve_distribution(parameter, value)
    if parameter.dim is None:
        return _checked_scalar(parameter, value)
    size = counts[parameter.dim]
    if callable(value):
        value = value(size)
    return _checked_vector(parameter, value, size)


def _resolve_distribution(parameter: Parameter, value: Any) -> Any:
    if parameter.integer:
        raise TypeError(
            f"{parameter.name}: got {_shown(value)}; a count cannot be drawn per replicate; pass an integer"
        )
    # The numbers of a distribution are held to finiteness here and its draws to the range when they are made.
    numbers = {}
    for name, number in arguments(value).items():
        numbers[name] = as_number(f"{parameter.name}: {name} of {type(value).__name__}", number)
        if not np.isfinite(numbers[name]):
            raise ValueError(f"{parameter.name}: got {_shown(value)}; its {name} must be finite; pass a finite number")
    return with_arguments(value, numbers)


def _checked_scalar(parameter: Parameter, value: Any) -> float | int:
    number = as_number(parameter.name, value)
    _check_range(parameter, number, value)
    if not parameter.integer:
        return number
    if number != int(number) or number < 1:
        rule = "must be a whole number, at least 1"
        raise ValueError(f"{parameter.name}: got {_shown(value)}; {rule}; pass {max(1, round(number))}")
    return int(number)


def _checked_vector(parameter: Parameter, value: Any, size: int) -> Any:
    given = np.asarray(value, dtype=object)
    if given.ndim == 0:
        given = np.full(size, as_number(parameter.name, value))
    if given.shape != (size,):
        raise ValueError(
            f"{parameter.name}: got shape {given.shape}; must be ({size},), one number for each component of "
            f"{parameter.dim!r}; pass {size} numbers or change {parameter.dim}"
        )
    array = np.array([as_number(parameter.name, number) for number in given])
    _check_range(parameter, array, value)
    return array


def _check_range(parameter: Parameter, number: Any, value: Any) -> None:
    if not parameter.range.contains(number):
        raise ValueError(
            f"{parameter.name}: got {_shown(value)}; must be finite and in {parameter.range}; "
            "pass a value in that range"
        )


def as_number(name: str, value: Any) -> float:
    """Return the value as a float; raise TypeError, in one line, if it is not a real number."""
    if type(value) is float:
        return value
    try:
        array = np.asarray(value)
        # Booleans, text and dates would pass for numbers.
        if array.ndim == 0 and array.dtype.kind in "iufO":
            return float(value)
    except OverflowError:
        return np.inf
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{name}: got {_shown(value)}; must be one number; pass one")


def _shown(value: Any, width: int = 60) -> str:
    """Return a value as text for a message of one line."""
    text = " ".join((repr(value) if isinstance(value, (str, bytes)) else str(value)).split())
    return text if len(text) <= width else f"{text[: width - 3]}..."


def check_draw(parameter: Parameter, values: Any) -> None:
    """Raise ValueError if a distribution drew a value outside the parameter's range."""
    if not parameter.range.contains(values):
        raise ValueError(
            f"{parameter.name}: its distribution drew a value outside {parameter.range}; "
            "choose a distribution with support in that range"
        )


def first_axis(size: int) -> Any:
    """Return the unit vector (1, 0, 0, ...), a default for vectors of any number of components."""
    return np.eye(size)[0]


def second_axis(size: int) -> Any:
    """Return the unit vector (0, 1, 0, ...), or (-1,) in one dimension: never parallel to ``first_axis``."""
    return np.eye(size)[1] if size > 1 else np.array([-1.0])
