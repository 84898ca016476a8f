"""What the figures of preservation share: a point of their parameters, and how a figure is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from figures.figure import Figure
from figures.finish import finished
from figures.panel import Series
from simulator.models.preservation import preservation
from simulator.parameter import resolve


def point_of(given: Mapping[str, Any], defaults: Mapping[str, float], *positive: str) -> dict[str, Any]:
    """Return the parameters that a figure has, given or by default; refuse others, and those that must be positive."""
    known = [one for one in preservation.parameters if one.name in defaults]
    point = resolve(known, {**defaults, **given})
    for name in positive:
        if not point[name] > 0.0:
            raise ValueError(f"{name}: got {point[name]:g}; must be > 0 for this figure; leave it out")
    return point


def variance_series(
    label: str, x: Any, samples: Any, predicted: Any, curve_x: Any, curve_y: Any, steady: float = 1.0
) -> Series:
    """Return a series of variances of samples (replicates, points), each with its standard error."""
    from simulator.estimate import estimate

    found = np.array([estimate("variance", samples[:, index]) for index in range(samples.shape[1])])
    return Series(label, x, steady * found[:, 0], steady * found[:, 1], predicted, curve_x, curve_y)


def figure(
    name: str, title: str, canvas: Any, caption: str, alt: str, series: Sequence[Series], x: str,
    provenance: Mapping[str, Any], predictions: tuple[str, ...],
) -> Figure:  # fmt: skip
    """Return a finished figure of preservation."""
    origin = {"experiment": preservation.name, "law": preservation.fingerprint, **provenance}
    return finished(name, title, canvas, caption, alt, series, x, origin, predictions)
