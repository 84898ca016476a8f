"""Validity maps: where each approximation leaves its margin, against a reference that does not know the formula.

from theory.validity import maps
found = maps["kimura"]()            # a ValidityMap
found.boundary(0.05), found.table   # where it is 5 % off; all of it as columns
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from theory.validity.constrained_clock import constrained_clock
from theory.validity.gaussian_closure import gaussian_closure
from theory.validity.grokking_time import grokking_time
from theory.validity.kimura import kimura
from theory.validity.map import Axis, ValidityMap
from theory.validity.small_noise import small_noise

__all__ = [
    "Axis", "ValidityMap", "constrained_clock", "gaussian_closure", "grokking_time", "kimura", "maps", "small_noise",
]  # fmt: skip

maps: Mapping[str, Callable[..., ValidityMap]] = MappingProxyType(
    {one.__name__: one for one in (kimura, small_noise, gaussian_closure, constrained_clock, grokking_time)}
)
"""Per approximation, what maps it; their keywords are their own."""
