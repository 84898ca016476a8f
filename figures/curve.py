"""Runs without chance: simulated points on the theory's lines, and how far they are from them.

Nothing is drawn at random in such a run, so a point has no error bar, and a deviation no standard error: how far points
are from their lines is said in words, and written into the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.figure import Figure
from figures.style import COLORS, MARKERS, WIDTH, styled
from simulator import simulate
from simulator.experiment import Experiment


@dataclass(frozen=True, eq=False)
class Curve:
    """One simulated quantity without chance, and its prediction.

    Parameters
    ----------
    label
        Its name in the legend.
    x, simulated, predicted
        Arrays (points,): where it was simulated, what came out, and the theory there.
    curve_x, curve_y
        Arrays (curve,): the theory on a finer grid.
    """

    label: str
    x: NDArray[np.float64]
    simulated: NDArray[np.float64]
    predicted: NDArray[np.float64]
    curve_x: NDArray[np.float64]
    curve_y: NDArray[np.float64]


def run(experiment: Experiment, **point: Any) -> Any:
    """Return what an experiment without chance measures; two replicates, which are alike."""
    return simulate(experiment, replicates=2, seed=0, discretization=False, **point)


def panels(height: float, *ratios: float, columns: int = 1, **shared: Any) -> tuple[Any, Any]:
    """Return a canvas of the essay's width and its axes: rows of the given heights, and columns."""
    from matplotlib.figure import Figure as Canvas

    with styled():
        canvas = Canvas(figsize=(WIDTH, height), layout="constrained")
        given: dict[str, Any] = {"height_ratios": ratios} if ratios else {}
        return canvas, canvas.subplots(max(len(ratios), 1), columns, **shared, **given)


def draw(axes: Any, curves: Sequence[Curve], first: int = 0) -> None:
    """Draw theory as lines and simulation as points, in the style's colors from a given one on."""
    colors = tuple(COLORS.values())
    with styled():
        for index, one in enumerate(curves, start=first):
            axes.plot(one.curve_x, one.curve_y, color=colors[index], zorder=2)
            axes.plot(one.x, one.simulated, linestyle="", marker=MARKERS[index - first], color=colors[index],
                      markeredgecolor="white", markeredgewidth=0.6, label=one.label, zorder=3)  # fmt: skip


def farthest(curves: Sequence[Curve], scale: float | None = None) -> float:
    """Return the largest distance of a point from its line, relative to the prediction, or to a scale."""
    return max(
        float(np.max(np.abs(one.simulated - one.predicted) / (np.abs(one.predicted) if scale is None else scale)))
        for one in curves
    )


def figure(
    name: str, title: str, canvas: Any, caption: str, alt: str, curves: Sequence[Curve], x: str,
    provenance: Mapping[str, Any], predictions: tuple[str, ...],
) -> Figure:  # fmt: skip
    """Return a finished figure; its table has a row a point and a row a place on the theory's line."""
    columns: dict[str, list[Any]] = {key: [] for key in ("series", "kind", x, "simulated", "predicted")}
    for one in curves:
        none = np.full(one.curve_x.shape, np.nan)
        for kind, parts in (
            ("point", (one.x, one.simulated, one.predicted)), ("curve", (one.curve_x, none, one.curve_y))
        ):  # fmt: skip
            size = parts[0].size
            for column, part in zip(
                columns.values(), (np.full(size, one.label), np.full(size, kind), *parts), strict=True
            ):
                column.append(part)
    table = {key: np.concatenate(parts) for key, parts in columns.items()}
    return Figure(name, title, canvas, caption, alt, table, provenance, predictions)
