"""The points of a sweep's file: values, lists and grids of numbers, read as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.parameter import as_number, nearest

GRIDS: Mapping[str, Callable[[float, float, int], Any]] = {"geomspace": np.geomspace, "linspace": np.linspace}
LONGEST_GRID = 1_000_000


def read_over(given: Mapping[str, Any], counts: Container[str]) -> dict[str, list[Any]]:
    """Return the axes of a product by parameter; ``counts`` names those that count something."""
    return {name: read_axis(f"over.{name}", value, name in counts) for name, value in given.items()}


def read_fixed(given: Mapping[str, Any], _: Container[str]) -> dict[str, Any]:
    """Return values that are the same at all points."""
    return {name: _number_or_vector(f"fixed.{name}", value) for name, value in given.items()}


def read_cases(given: Sequence[Any], _: Container[str]) -> list[dict[str, Any]]:
    """Return listed points."""
    cases = []
    for place, case in enumerate(given):
        if not isinstance(case, dict):
            raise TypeError(f"cases[{place}]: got {shown(case)}; must be a table of parameters; write [[cases]]")
        cases.append({name: _number_or_vector(f"cases[{place}].{name}", value) for name, value in case.items()})
    return cases


def read_axis(name: str, given: Any, whole: bool) -> list[Any]:
    """Return the values of an axis: listed, or a grid (rounded, each once, where they count something)."""
    if isinstance(given, list):
        return [_number_or_vector(f"{name}[{place}]", value) for place, value in enumerate(given)]
    if not isinstance(given, dict) or len(given) != 1:
        rule = "must be a list of numbers or one grid; write { linspace = [0.0, 1.0, 11] }"
        raise TypeError(f"{name}: got {shown(given)}; {rule}")
    [(kind, ends)] = given.items()
    if kind not in GRIDS:
        raise ValueError(f"{name}: unknown grid {kind!r}; {nearest(kind, GRIDS)}")
    values = _grid(f"{name}.{kind}", kind, ends)
    return sorted({round(value) for value in values}) if whole else values


def _grid(name: str, kind: str, given: Any) -> list[float]:
    if not isinstance(given, list) or len(given) != 3 or not all(_is_number(one) for one in given):
        raise TypeError(f"{name}: got {shown(given)}; must be [low, high, number of points]; write [0.1, 10.0, 21]")
    low, high, points = as_number(name, given[0]), as_number(name, given[1]), given[2]
    if not isinstance(points, int) or not 1 <= points <= LONGEST_GRID:
        raise ValueError(f"{name}: got {points} points; must be a whole number from 1 to {LONGEST_GRID}; correct it")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{name}: got {low:g} to {high:g}; must be finite; correct it")
    if kind == "geomspace" and min(low, high) <= 0:
        raise ValueError(f"{name}: got {low:g} to {high:g}; must be above 0; raise it, or use linspace")
    return [float(value) for value in GRIDS[kind](low, high, points)]


def _number_or_vector(name: str, given: Any) -> Any:
    if _is_number(given) or (isinstance(given, list) and given and all(_is_number(item) for item in given)):
        return given
    raise TypeError(f"{name}: got {shown(given)}; must be a number or a list of numbers; text is never evaluated")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def shown(value: Any, width: int = 60) -> str:
    """Return a value as text for a message of one line."""
    text = repr(value)
    return text if len(text) <= width else f"{text[: width - 3]}..."
