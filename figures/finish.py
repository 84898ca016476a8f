"""How a figure of simulated series is begun and finished: errors that can be believed, one table, its provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from figures.figure import Figure
from figures.panel import Series, table

LEAST_REPLICATES = 400


def check_replicates(replicates: int, least: int = LEAST_REPLICATES) -> None:
    """Raise ValueError for fewer replicates than a figure's standard errors can be believed with."""
    if replicates < least:
        raise ValueError(
            f"replicates: got {replicates}; must be at least {least}, or its errors mean nothing; pass more"
        )


def finished(
    name: str, title: str, canvas: Any, caption: str, alt: str, series: Sequence[Series], x: str,
    provenance: Mapping[str, Any], predictions: tuple[str, ...], more: Mapping[str, Any] | None = None,
) -> Figure:  # fmt: skip
    """Return a finished figure of series; ``more`` are rows of its table that are no series, by column."""
    shown = table(series, x=x)
    return Figure(name, title, canvas, caption, alt, shown if more is None else _joined(shown, more), provenance,
                  predictions)  # fmt: skip


def _joined(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    """Return two tables one under the other; a column that one of them lacks is NaN there."""
    sizes = [len(next(iter(part.values()))) for part in (upper, lower)]
    return {
        name: np.concatenate(
            [part.get(name, np.full(size, np.nan)) for part, size in zip((upper, lower), sizes, strict=True)]
        )
        for name in (*upper, *(name for name in lower if name not in upper))
    }
