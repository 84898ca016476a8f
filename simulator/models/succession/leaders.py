"""Runs of training as a succession of leaders: how often, when, and what is left of the first leader's goal.

Each new leader takes over components of the one before it, and so a part of its goal (`goals.inherit`); who leads when
is the envelope's (`envelope.reigns`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.succession.circuits import PARAMETERS, Array, lines, tiles
from simulator.models.succession.envelope import Reigns, reigns
from simulator.models.succession.goals import dim, fresh, inherit, overlap
from simulator.parameter import COUNT, POSITIVE, Parameter, Resolved, nearest

end = Parameter("end", 1.0, "T", POSITIVE, "time", "end of the clock")
successions = Parameter("successions", 3, "n", COUNT, meaning="how often a goal is inherited", integer=True)

MEASURES = {
    "successions": Observable(meaning="how often the lead changed hands; the leader at the start is no change"),
    "first_stays": Observable(meaning="whether the first leader leads to the end", indicator=True),
    "first_change": Observable((), "time", "when the lead first changed hands (where it did)"),
    "interval": Observable((), "time", "mean time from one change to the next (where there are two)"),
    "retention": Observable(meaning="cosine of the last leader's goal to the first leader's"),
}


def run(ends: bool = False, measures: Sequence[str] | None = None) -> Experiment:
    """Return runs of training over circuits, each a replicate.

    Parameters
    ----------
    ends
        Whether the clock has an ``end``, a parameter; otherwise it runs on until the best circuit leads.
    measures
        Which of ``MEASURES``; None for all. Goals are drawn only if it is asked what is left of them.

    Raises ValueError, in one line, for an unknown measure.
    """
    chosen = tuple(MEASURES) if measures is None else tuple(measures)
    for name in chosen:
        if name not in MEASURES:
            raise ValueError(f"unknown measure {name!r} of succession; {nearest(name, MEASURES)}")
    return Experiment(
        name="succession_until" if ends else "succession",
        parameters=(*PARAMETERS, overlap, dim, *((end,) if ends else ())),
        measures={name: MEASURES[name] for name in chosen},
        sample=partial(sample, chosen),
        components=lambda resolved: int(resolved["circuits"]),
        identity={"level": "envelope", "ends": ends, "measures": list(chosen)},
        says="Circuits that are better take the lead, one after another, and a part of the goal along"
        + (", until the clock ends." if ends else "."),
    )


def sample(
    measures: Sequence[str], parameters: Resolved, replicates: int, generator: np.random.Generator
) -> Samples:  # fmt: skip
    """Return the measures of some runs, (replicates,) each; memory does not grow with circuits x replicates."""
    numbers_only(parameters, "overlap", "end", "correlation")
    parts = [_tile(measures, parameters, size, generator) for size in tiles(replicates, parameters["circuits"])]
    return {name: np.concatenate([part[name] for part in parts]) for name in ("diverged", *measures)}


def _tile(
    measures: Sequence[str], parameters: Resolved, replicates: int, generator: np.random.Generator
) -> Samples:  # fmt: skip
    finite, (presence, quality) = _finite(*lines(parameters, replicates, generator))
    found = reigns(presence, quality, parameters.get("end", np.inf))
    count = found.successions
    looks: dict[str, Callable[[], Array]] = {
        "successions": lambda: count.astype(float),
        "first_stays": lambda: (count == 0).astype(float),
        "first_change": lambda: _when(found, 1),
        "interval": lambda: _interval(found),
        "retention": lambda: retained(count, parameters["overlap"], parameters["dim"], generator),
    }
    return {"diverged": ~finite} | {name: looks[name]() for name in measures}


def _finite(presence: Array, quality: Array) -> tuple[NDArray[np.bool_], tuple[Array, Array]]:
    """Return which replicates' lines are finite, and the lines: tails may be so heavy that a draw overflows."""
    with np.errstate(invalid="ignore", over="ignore"):
        finite = np.isfinite(presence.sum(axis=0) + quality.sum(axis=0))
    if finite.all():
        return finite, (presence, quality)
    return finite, (np.where(finite, presence, 0.0), np.where(finite, quality, 0.0))


def _when(found: Reigns, change: int) -> Array:
    """Return when a change happened, NaN where it did not."""
    if change >= len(found.since):
        return np.full(found.since.shape[1], np.nan)
    return np.where(np.isfinite(found.since[change]), found.since[change], np.nan)


def _interval(found: Reigns) -> Array:
    count = found.successions
    last = np.take_along_axis(found.since, count[np.newaxis], axis=0)[0]
    return np.where(count >= 2, (last - _when(found, 1)) / np.maximum(count - 1, 1), np.nan)


def retained(count: Any, kept: float, size: int, generator: np.random.Generator) -> Array:
    """Return the cosine of goals to their first ancestors', shape (replicates,).

    Parameters
    ----------
    count
        How often each goal was inherited, integers (replicates,).
    kept
        overlap, the cosine of a goal to the one it was inherited from.
    size
        dim, number of components.
    generator
        What is new in a goal is drawn from it.
    """
    first = fresh((size, count.size), generator)
    goal = first
    for change in range(int(count.max(initial=0))):
        goal = np.where(count > change, inherit(goal, kept, generator), goal)
    return np.asarray(np.sum(first * goal, axis=0))


def chain() -> Experiment:
    """Return goals that are inherited a given number of times, whoever leads."""
    return Experiment(
        name="succession_inheritance",
        parameters=(overlap, successions, dim),
        measures={"retention": Observable(meaning="cosine of the last goal to the first")},
        sample=_chained,
        components=lambda resolved: int(resolved["dim"]),
        identity={"level": "inheritance"},
        says="A goal is handed on from circuit to circuit, and a part of it is kept each time.",
    )


def _chained(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    numbers_only(parameters, "overlap")
    count = np.full(replicates, parameters["successions"])
    return {"retention": retained(count, parameters["overlap"], parameters["dim"], generator)}
