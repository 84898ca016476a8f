"""How exact a result must be: what a standard error may be, and whether it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.parameter import as_number, nearest

Array = NDArray[np.float64]
KINDS = ("absolute", "relative")
_REMEDY = 'pass a number, {"relative": 0.01}, or a mapping of these by measure'


@dataclass(frozen=True)
class Precision:
    """The largest standard error that is small enough: max(absolute, relative |mean|).

    Parameters
    ----------
    absolute, relative
        Numbers >= 0, one of them > 0.
    """

    absolute: float = 0.0
    relative: float = 0.0

    def excess(self, mean: Array, error: Array) -> Array:
        """Return how many times too large each standard error is; infinite where there is none."""
        allowed = np.maximum(self.absolute, self.relative * np.abs(mean))
        with np.errstate(divide="ignore", invalid="ignore"):
            excess = np.where(error <= allowed, np.where(allowed > 0, error / allowed, 0.0), error / allowed)
        return np.asarray(np.where(np.isnan(excess), np.inf, excess))


def precisions(given: Any, measures: Iterable[str], contrasts: Iterable[str] = ()) -> dict[str, Precision]:
    """Return what is asked of each measure that is judged; nothing for None.

    Parameters
    ----------
    given
        None, a number (absolute), a Precision, a mapping of "absolute" and "relative", or a mapping by measure.
    measures
        All measures: what is not given by measure holds for each of them.
    contrasts
        The names of their contrasts, which an absolute precision holds for too.

    Raises ValueError or TypeError, in one line, for anything else.
    """
    measures, contrasts = list(measures), list(contrasts)
    if given is None:
        return {}
    if not isinstance(given, Mapping) or (given and set(given) <= set(KINDS)):
        asked = _one("precision", given)
        alike = contrasts if asked.absolute > 0.0 and asked.relative == 0.0 else []
        return dict.fromkeys([*measures, *alike], asked)
    if not given:
        raise ValueError(f"precision: got an empty mapping; must name what to judge; {_REMEDY}")
    for name in given:
        if name not in (*measures, *contrasts):
            raise ValueError(f"precision: unknown measure {name!r}; {nearest(str(name), [*measures, *contrasts])}")
    return {name: _one(f"precision of {name}", one) for name, one in given.items()}


def _one(place: str, given: Any) -> Precision:
    if isinstance(given, Precision):
        parts: Mapping[Any, Any] = {"absolute": given.absolute, "relative": given.relative}
    else:
        parts = given if isinstance(given, Mapping) else {"absolute": given}
    for kind in parts:
        if kind not in KINDS:
            raise ValueError(f"{place}: got {kind!r}; {nearest(str(kind), KINDS)}")
    numbers = {kind: as_number(place, value) for kind, value in parts.items()}
    if not numbers or max(numbers.values()) <= 0.0 or not all(0.0 <= one < math.inf for one in numbers.values()):
        raise ValueError(f"{place}: got {given!r}; must be finite, >= 0 and not 0 alone; {_REMEDY}")
    return Precision(**numbers)
