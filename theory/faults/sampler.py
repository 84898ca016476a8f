"""Faults of samplers: normals that are too wide, cut off or alike, exact transitions, reduced vectors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Any
from unittest import mock

import numpy as np

from simulator.levels.langevin import run
from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.exact.transition import Single
from theory.faults.fault import Fault, spoiled
from theory.region import Interval

_fault = partial(Fault, "audit")
LAG = 64  # the size of the first blocks


def _drawn(wrong: Callable[[Any], None]) -> tuple[Any, ...]:
    """Return the patch for normals that are spoiled in place after they are drawn."""

    def fill(generator: np.random.Generator, out: Any) -> None:
        generator.standard_normal(out=out)
        wrong(out)

    return (mock.patch.object(run, "NORMALS", MappingProxyType({"ziggurat": fill})),)


def _wider(out: Any) -> None:
    out *= 1.01


def _cut(out: Any) -> None:
    np.clip(out, -2.5, 2.5, out=out)


def _repeating(out: Any) -> None:
    out[..., LAG:] += 0.05 * out[..., :-LAG].copy()


def _alike(out: Any) -> None:
    out[1:] = out[:1]


def _wide(right: Callable[..., Any]) -> Callable[..., Any]:
    def coefficients(block: Any, *arguments: Any) -> Any:
        found = right(block, *arguments)
        return {name: 1.05 * value if name.startswith("_spread") else value for name, value in found.items()}

    return coefficients


def _axis_more(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda draws, freedom, out: right(draws, freedom + 1, out)


FAULTS = (
    _fault(
        "wide_normals", "sampler", "Normals are one per cent too wide.", ("preservation.danger_window",),
        _drawn(_wider), slow=True,
    ),
    _fault(
        "cut_normals", "sampler", "Normals are cut off at two and a half standard deviations.",
        ("preservation.danger_window",), _drawn(_cut),
    ),
    _fault(
        "repeating_normals", "sampler", "Normals repeat five per cent of those a block's length before.",
        ("audit.independent_blocks",), _drawn(_repeating), slow=True,
    ),
    _fault(
        "components_share_normals", "sampler", "All components of a step take the same normals.",
        ("goal_drift.cosine_to_start",), _drawn(_alike),
        box={"dim": Interval(2, 4, integer=True), "variance": Interval(0.5, 2.0)}, slow=True,
    ),
    _fault(
        "wide_transitions", "sampler", "Exact transitions are five per cent too wide.",
        ("audit.exact_memory",), (spoiled(Single, "coefficients", _wide),),
    ),
    _fault(
        "an_axis_more", "sampler", "The last row of a reduced vector stands for one axis too many.",
        ("audit.reduced_cosine",), (spoiled(Independent, "lengths", _axis_more),),
        box={"dim": Interval(5, 5, integer=True), "noise": Interval(0.3, 0.4), "pull": Interval(0.3, 0.5),
             "growth": Interval(2.0, 3.0)}, slow=True,
    ),
)  # fmt: skip
