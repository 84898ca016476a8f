"""What the figures of succession share: simulated series, rows that have no prediction, and how a figure is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from figures.figure import Figure
from figures.panel import CONFIDENCE, Series, table
from figures.style import series_style, styled
from simulator import simulate
from simulator.experiment import Experiment

LEAST = 400


def check_replicates(replicates: int) -> None:
    """Refuse fewer replicates than a figure's standard errors can be believed with."""
    if replicates < LEAST:
        raise ValueError(
            f"replicates: got {replicates}; must be at least {LEAST}, or its errors mean nothing; pass more"
        )


def simulated(
    experiment: Experiment, measure: str, points: Sequence[Mapping[str, Any]], replicates: int, seed: int
) -> tuple[Any, Any]:
    """Return means and standard errors of a measure at some points, arrays (points,)."""
    found = [simulate(experiment, replicates=replicates, seed=seed, discretization=False, **point) for point in points]
    means, errors = (np.array([float(one[name]) for one in found]) for name in (measure, f"{measure}_se"))
    return means, errors


def series(
    label: str, x: Any, found: tuple[Any, Any], formula: Callable[[Any], Any], fine: Any
) -> Series:  # fmt: skip
    """Return simulated means and errors with their prediction; points without error or deviation stay as they are."""
    means, errors = found
    return Series(label, x, means, errors, formula(x), fine, formula(fine))


def alone(axes: Any, index: int, label: str, x: Any, found: tuple[Any, Any]) -> None:
    """Draw points that no formula is drawn with: hollow, joined by a thin line."""
    color, marker = series_style(index)
    with styled():
        axes.errorbar(x, found[0], yerr=CONFIDENCE * found[1], color=color, marker=marker, markerfacecolor="white",
                      linewidth=0.8, elinewidth=1.2, linestyle=":", label=label, zorder=2.5)  # fmt: skip


def figure(
    name: str, title: str, canvas: Any, caption: str, alt: str, shown: Sequence[Series], x: str,
    provenance: Mapping[str, Any], predictions: tuple[str, ...],
    more: Mapping[str, tuple[Any, Any, Any]] | None = None,
) -> Figure:  # fmt: skip
    """Return a finished figure; ``more`` are simulated series without prediction: by label x, means and errors."""
    columns = {key: [value] for key, value in table(shown, x=x).items()}
    for label, (at, means, errors) in (more or {}).items():
        none = np.full(np.shape(at), np.nan)
        rows = (np.full(none.shape, label), np.full(none.shape, "simulation"), at, means, errors, none, none)
        for column, row in zip(columns.values(), rows, strict=True):
            column.append(np.asarray(row))
    joined = {key: np.concatenate(parts) for key, parts in columns.items()}
    return Figure(name, title, canvas, caption, alt, joined, provenance, predictions)
