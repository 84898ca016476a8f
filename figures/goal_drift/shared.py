"""What the figures of goal_drift share: their points, their times, and how a figure is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from figures.figure import Figure
from figures.finish import finished
from figures.panel import Series
from simulator.models.goal_drift import goal_drift
from simulator.parameter import resolve


def crossing_time(point: Mapping[str, Any], widths: float) -> Any:
    """When capability is some gate widths beyond the threshold, or as long after the start if it began beyond."""
    way = np.maximum(point["threshold"] - point["initial_capability"], 0.0) + widths * point["width"]
    return way / point["growth"]


def whole_point(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole point of goal_drift; a changed law of the figure is refused like any other bad input."""
    point = resolve(goal_drift.parameters, given)
    if point["weight_decay"] != 0.0:
        raise ValueError(f"weight_decay: got {point['weight_decay']}; must be 0, the formula has none; leave it out")
    if point["growth"] <= 0.0:
        raise ValueError(f"growth: got {point['growth']}; must be > 0, or the gate is never passed; pass growth=0.5")
    return point


def some_of_point(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the parameters that a figure has, given or by default; any other is refused with the nearest name."""
    return resolve([one for one in goal_drift.parameters if one.name in names], given)


def figure(
    name: str, title: str, canvas: Any, caption: str, alt: str, series: Sequence[Series], x: str,
    replicates: int, seed: int, point: Mapping[str, Any], predictions: tuple[str, ...],
    more: Mapping[str, Any] | None = None,
) -> Figure:  # fmt: skip
    """Return a finished figure of goal_drift; ``more`` are rows of its table that are no series, by column."""
    provenance = {"experiment": goal_drift.name, "law": goal_drift.fingerprint, "parameters": point,
                  "replicates": replicates, "seed": seed}  # fmt: skip
    return finished(name, title, canvas, caption, alt, series, x, provenance, predictions, more)
