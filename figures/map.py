"""Validity maps as pictures: how far a formula is off, cell by cell, and where it leaves its margin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.figure import Figure
from figures.style import COLORS, MUTED, WIDTH, styled
from theory.validity import Axis, ValidityMap

LEVELS = (0.001, 0.01, 0.05, 0.2)  # of the absolute error, between the colors
# From light to dark, alike for every kind of color vision and in gray: ColorBrewer's YlGnBu.
TINTS = ("#FFFFD9", "#C7E9B4", "#7FCDBB", "#41B6C4", "#225EA8")
LINES = (0.01, 0.05)
SURE = 0.25  # of a difference: what the reference may have it off, for it to be compared with a margin in words
LOWEST = 1e-12  # of an error, so that it has a logarithm
HEIGHT = 4.3


@dataclass(frozen=True, eq=False)
class View:
    """How a map is shown.

    Parameters
    ----------
    map
        What is shown.
    title
        Of its panel.
    x, y
        What the map's first and second axis show, in words; their symbols are the map's.
    xticks, yticks
        The numbers written at them.
    """

    map: ValidityMap
    title: str
    x: str
    y: str
    xticks: tuple[float, ...]
    yticks: tuple[float, ...]


def chart(
    name: str, title: str, views: Sequence[View], caption: str, alt: str, columns: tuple[str, str],
    provenance: Mapping[str, Any], axes: Any = None, unit: str = "relative error",
) -> Figure:  # fmt: skip
    """Return a figure of one or two maps side by side.

    Parameters
    ----------
    name, title, caption, alt
        As in `Figure`.
    views
        The maps; with ``axes`` given, only the first is drawn, and all are in the table.
    columns
        What the maps' two axes are called in the table.
    provenance
        Plain data.
    axes
        Matplotlib axes, or None for a canvas of its own.
    unit
        What the errors are.
    """
    with styled():
        canvas, panels = _panels(len(views)) if axes is None else (axes.get_figure(root=True), [axes])
        drawn = [_draw(panel, view) for panel, view in zip(panels, views, strict=False)]
        if axes is None:
            _keys(canvas, panels, drawn[0], views, unit)
    predictions = tuple(dict.fromkeys(view.map.prediction for view in views))
    return Figure(name, title, canvas, caption, alt, _table(views, columns), provenance, predictions)


def worst(found: ValidityMap) -> tuple[float, float, float]:
    """Return the largest absolute error among resolved cells, and the values on both axes where it is."""
    shown = np.where(found.resolved, np.abs(found.error), -np.inf)
    i, j = np.unravel_index(int(np.argmax(shown)), shown.shape)
    return float(shown[i, j]), float(found.axes[0].values[i]), float(found.axes[1].values[j])


def of_margin(found: ValidityMap) -> str:
    """Return a sentence on the declared margin: whether it is left, and how much of it is used where it is checked."""
    left = ~found.covered & np.isfinite(found.margin) & np.isfinite(found.error)
    sure = found.reference_error <= SURE * np.abs(found.predicted - found.reference)
    used = found.use_of_margin[found.inside & sure]
    checked = f" In cells where it is checked (dots) at most {used.max():.0%} of it is used." if used.size else ""
    if not left.any():
        seen = found.use_of_margin[sure & np.isfinite(found.margin)]
        most = "all, as far as the reference tells," if seen.max() > 1.0 else f"{seen.max():.0%}"
        return f"Nowhere here does it leave its declared margin, of which at most {most} is used.{checked}"
    number = f"{int(left.sum())} of {left.size}"
    return f"It leaves its declared margin in {number} cells (orange line).{checked}"


def _panels(number: int) -> tuple[Any, list[Any]]:
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(WIDTH, HEIGHT), layout="constrained")
    made = canvas.subplots(1, number, squeeze=False)
    return canvas, list(made[0])


def _draw(axes: Any, view: View) -> Any:
    """Draw one map: colors, levels, the margin's boundary, and dots where the prediction is checked."""
    from matplotlib.colors import ListedColormap

    found = view.map
    x, y = (axis.values for axis in found.axes)
    shown = np.where(found.resolved, np.abs(found.error), np.nan)
    axes.set(xscale="log", yscale="log", xlabel=_label(view.x, found.axes[0]), ylabel=_label(view.y, found.axes[1]))
    axes.set_title(view.title, fontsize=10.0, loc="left")
    drawn = axes.pcolormesh(
        _edges(x), _edges(y), np.ma.masked_array(np.digitize(shown, LEVELS), np.isnan(shown)).T,
        cmap=ListedColormap(TINTS), vmin=-0.5, vmax=len(TINTS) - 0.5, edgecolor="face", linewidth=0.3,
    )  # fmt: skip
    _hatch(axes, _edges(x), _edges(y), ~found.resolved | np.isnan(found.error))
    _contours(axes, x, y, found, shown)
    inside = np.argwhere(found.inside)
    axes.plot(x[inside[:, 0]], y[inside[:, 1]], linestyle="", marker=".", markersize=3.5, color=COLORS["black"])
    empty = np.argwhere(np.isinf(found.margin))
    axes.plot(x[empty[:, 0]], y[empty[:, 1]], linestyle="", marker="x", markersize=4.5, color=COLORS["vermilion"])
    for set_ticks, ticks in ((axes.set_xticks, view.xticks), (axes.set_yticks, view.yticks)):
        set_ticks(ticks, [f"{one:g}" for one in ticks])
        set_ticks([], minor=True)
    return drawn


def _label(words: str, axis: Axis) -> str:
    return f"{words} ${axis.symbol}$"


def _edges(centers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the cells of a logarithmic axis end, halfway between their centers."""
    logs = np.log(centers)
    middle = (logs[1:] + logs[:-1]) / 2.0
    return np.asarray(np.exp(np.concatenate([[2.0 * logs[0] - middle[0]], middle, [2.0 * logs[-1] - middle[-1]]])))


def _hatch(axes: Any, x: NDArray[np.float64], y: NDArray[np.float64], cells: NDArray[np.bool_]) -> None:
    """Hatch the cells in which the reference does not tell."""
    from matplotlib.patches import Rectangle

    for i, j in np.argwhere(cells):
        axes.add_patch(
            Rectangle((x[i], y[j]), x[i + 1] - x[i], y[j + 1] - y[j], fill=False, hatch="////", linewidth=0.0,
                      edgecolor=MUTED)
        )  # fmt: skip


def _contours(axes: Any, x: Any, y: Any, found: ValidityMap, shown: Any) -> None:
    logs = np.log(np.maximum(shown, LOWEST))
    if np.isfinite(logs).sum() > 3:
        levels = [one for one in LINES if np.nanmin(shown) < one < np.nanmax(shown)]
        if levels:
            made = axes.contour(x, y, np.ma.masked_invalid(logs.T), levels=np.log(levels), colors=COLORS["black"],
                                linewidths=1.1, linestyles="solid")  # fmt: skip
            axes.clabel(made, fmt=lambda level: f"{np.exp(level):.0%}", fontsize=9.0, inline_spacing=3)
    excess = _excess(found)
    if np.isfinite(excess).sum() > 3 and np.nanmin(excess) < 0.0 < np.nanmax(excess):
        axes.contour(x, y, np.ma.masked_invalid(excess.T), levels=[0.0], colors=COLORS["vermilion"], linewidths=2.4)


def _excess(found: ValidityMap) -> NDArray[np.float64]:
    """Return the logarithm of how much of the margin is used, below 0 where the reference cannot tell it is left."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.clip(np.log(found.use_of_margin), np.log(LOWEST), None)
    return np.where(np.isfinite(found.error), np.where(found.covered, np.minimum(logs, -1e-3), logs), np.nan)


def _keys(canvas: Any, panels: Sequence[Any], drawn: Any, views: Sequence[View], unit: str) -> None:
    """Draw the key of colors above the panels, and that of lines below them."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    bar = canvas.colorbar(drawn, ax=list(panels), location="top", aspect=45, pad=0.02, shrink=0.9)
    bar.set_ticks(np.arange(len(LEVELS)) + 0.5, labels=[f"{one:.1%}" if one < 0.01 else f"{one:.0%}" for one in LEVELS])
    bar.set_label(unit)
    bar.outline.set_visible(False)
    maps = [view.map for view in views]
    keys: list[Any] = [Line2D([], [], color=COLORS["black"], linewidth=1.1, label="off by 1%, 5%")]
    if any(np.nanmax(_excess(one), initial=-1.0) > 0.0 for one in maps):
        keys.append(Line2D([], [], color=COLORS["vermilion"], linewidth=2.4, label="leaves its margin"))
    if any(np.isinf(one.margin).any() for one in maps):
        keys.append(Line2D([], [], linestyle="", marker="x", color=COLORS["vermilion"], label="no margin"))
    if any(one.inside.any() for one in maps):
        keys.append(Line2D([], [], linestyle="", marker=".", color=COLORS["black"], label="checked here"))
    if any(not one.resolved.all() for one in maps):
        keys.append(Patch(fill=False, hatch="////", linewidth=0.0, edgecolor=MUTED, label="not resolved"))
    canvas.legend(handles=keys, loc="outside lower center", ncols=len(keys), columnspacing=1.4, handlelength=1.6)


def _table(views: Sequence[View], columns: tuple[str, str]) -> dict[str, NDArray[Any]]:
    """Return all maps, one under the other."""
    parts = []
    for view in views:
        names = (axis.name for axis in view.map.axes)
        renamed = dict(zip(names, columns, strict=True))
        one = {renamed.get(key, key): column for key, column in view.map.table.items()}
        parts.append({"map": np.full(view.map.error.size, view.title or view.map.name), **one})
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
