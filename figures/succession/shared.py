"""What the figures of succession share: simulated series, rows that have no prediction, and how a figure is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from figures.figure import Figure
from figures.finish import finished
from figures.panel import CONFIDENCE, Series
from figures.style import series_style, styled
from simulator import simulate
from simulator.experiment import Experiment


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
    rows = None if not more else {
        "series": np.concatenate([np.full(np.shape(at), label) for label, (at, _, _) in more.items()]),
        "kind": np.full(sum(np.size(at) for at, _, _ in more.values()), "simulation"),
        **{column: np.concatenate([one[place] for one in more.values()])
           for place, column in enumerate((x, "simulated", "standard_error"))},
    }  # fmt: skip
    return finished(name, title, canvas, caption, alt, shown, x, provenance, predictions, rows)
