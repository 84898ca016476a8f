"""When a law is observed, and what its measures are called: common to all levels that carry agents through time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.experiment import Observable
from simulator.model import Model
from simulator.parameter import POSITIVE, Parameter, nearest

TIME = Parameter("time", default=1.0, symbol="t", range=POSITIVE, unit="time", meaning="when the agents are observed")


def checked_times(times: Sequence[float] | None) -> tuple[float, ...] | None:
    """Return requested times as floats; raise ValueError, in one line, if they cannot be observed in order."""
    if times is None:
        return None
    try:
        array = np.asarray(times, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"times: got {times!r}; must be a sequence of numbers; pass for example [1.0, 2.0]") from None
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"times: got {times!r}; must be a sequence of at least one number; pass [1.0]")
    if not np.all(np.isfinite(array)) or array[0] < 0.0 or array[-1] <= 0.0:
        raise ValueError(f"times: got {times!r}; must be finite, >= 0 and end above 0; correct them")
    if np.any(np.diff(array) <= 0.0):
        raise ValueError(f"times: got {times!r}; must be strictly increasing; pass them sorted, each once")
    return tuple(float(time) for time in array)


def checked_measures(model: Model, measures: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the measures to compute; None is all of the law's; a trait is a measure of itself."""
    chosen = tuple(model.observed) if measures is None else tuple(measures)
    known = [*model.observed, *(trait.name for trait in model.traits)]
    for measure in chosen:
        if measure not in known:
            raise ValueError(f"unknown measure {measure!r} of {model.name}; {nearest(measure, known)}")
    return chosen


def observables(model: Model, measures: tuple[str, ...], timed: bool) -> dict[str, Observable]:
    """Return what each measure of a law is, those of its stopping included; ``timed`` adds the axis ``time``."""
    axes = ("time",) if timed else ()
    described = {name: _describe(model, name, axes) for name in measures}
    if model.absorb:
        described["stopping_time"] = Observable(axes, "time", "when the agent stopped (where it has)")
    for route in model.absorb:
        described[f"route_{route}"] = Observable(axes, "", f"share of agents stopped by {route}", indicator=True)
    return described


def _describe(model: Model, name: str, axes: tuple[str, ...]) -> Observable:
    if name in model.observed:
        measure: Any = model.observed[name]
        dim = model.dimension(measure.expression)
    else:
        measure = next(trait for trait in model.traits if trait.name == name)
        dim = measure.dim
    return Observable((*axes, *((f"{dim}_index",) if dim else ())), measure.unit, measure.meaning)
