"""A panel: simulated points and the analytic curve, and under them the deviations in standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figures.style import BAND, COLORS, HEIGHT, MUTED, WIDTH, series_style, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

CONFIDENCE = 1.96  # half the width of a 95 % interval, in standard errors
_CHARACTERS = 74  # of legend text that fit over a panel of full width


@dataclass(frozen=True, eq=False)
class Series:
    """One simulated quantity with its prediction; every part is stored as a float array.

    Parameters
    ----------
    label
        Its name in the legend; may be "" where there is only one.
    x
        Array (points,): where it was simulated.
    simulated, standard_error, predicted
        Arrays (points,): the estimate, its standard error >= 0, and the theory at the same x.
    curve_x, curve_y
        Arrays (curve,): the analytic curve, on its own finer grid.

    Raises
    ------
    ValueError
        For unequal shapes, a number that is not finite, a negative standard error, or a deviation from theory where
        the standard error is 0.
    """

    label: str
    x: NDArray[np.float64]
    simulated: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    predicted: NDArray[np.float64]
    curve_x: NDArray[np.float64]
    curve_y: NDArray[np.float64]

    def __post_init__(self) -> None:
        for part in fields(self)[1:]:
            place = f"{part.name} of series {self.label!r}"
            partner = "curve_x" if part.name.startswith("curve") else "x"
            array = _finite(place, getattr(self, part.name))
            if array.shape != np.shape(getattr(self, partner)):
                raise ValueError(f"{place}: got shape {array.shape}; must be that of {partner}; pass one value each")
            object.__setattr__(self, part.name, array)
        _check_errors(self)


def deviations(series: Series) -> NDArray[np.float64]:
    """Return (simulated - predicted)/standard error, an array (points,); 0 where both numerator and error are 0."""
    difference = series.simulated - series.predicted
    exact = series.standard_error == 0
    return difference / np.where(exact, 1.0, series.standard_error)


def comparison(
    series: Sequence[Series],
    *,
    xlabel: str,
    ylabel: str,
    xscale: Literal["linear", "log"] = "linear",
    axes: Axes | None = None,
) -> tuple[Canvas, Axes, Axes | None]:
    """Draw simulation (points, 95 % bars) against theory (lines), and the deviations in a strip under them.

    Parameters
    ----------
    series
        One to seven series, drawn in their order.
    xlabel, ylabel
        What the axes show, with units.
    xscale
        "log" needs every x > 0.
    axes
        Where to draw the upper part only, for a composed figure; a new canvas is made if None.

    Returns
    -------
    tuple[Canvas, Axes, Axes | None]
        The canvas, the upper axes, and the strip's axes (None if ``axes`` was given).

    Raises
    ------
    ValueError
        For no series, more than seven, an unknown scale, or x <= 0 on a logarithmic one.
    """
    _check_panel(series, xscale)
    with styled():
        canvas, upper, strip = _layout(axes)
        upper.set_xscale(xscale)
        for index, one in enumerate(series):
            _draw_points_and_curve(upper, one, index)
        upper.set_ylabel(ylabel)
        _draw_legend(upper, series)
        if strip is not None:
            _draw_strip(strip, series)
        (upper if strip is None else strip).set_xlabel(xlabel)
    return canvas, upper, strip


def table(series: Sequence[Series], *, x: str = "x") -> dict[str, NDArray[Any]]:
    """Return what `comparison` shows as columns of one length: a row a point, then a row a place on the curve.

    Parameters
    ----------
    series
        What is drawn.
    x
        The name of the column of x.

    Returns
    -------
    dict
        Columns series, kind ("point" or "curve"), x, simulated, standard_error, predicted, deviation; a curve has
        only x and predicted, the others are NaN there.
    """
    columns: dict[str, list[Any]] = {
        name: [] for name in ("series", "kind", x, "simulated", "standard_error", "predicted", "deviation")
    }
    for one in series:
        none = np.full(one.curve_x.shape, np.nan)
        points = (one.x, one.simulated, one.standard_error, one.predicted, deviations(one))
        for kind, parts in (("point", points), ("curve", (one.curve_x, none, none, one.curve_y, none))):
            size = parts[0].size
            for column, part in zip(
                columns.values(), (np.full(size, one.label), np.full(size, kind), *parts), strict=True
            ):
                column.append(part)
    return {name: np.concatenate(parts) for name, parts in columns.items()}


def agreement(series: Sequence[Series]) -> str:
    """Return a sentence for the caption: how many points lie within two standard errors, and the worst of them."""
    every = np.abs(np.concatenate([deviations(one) for one in series]))
    near = int(np.count_nonzero(every <= 2))
    return (
        f"{near} of {every.size} simulated points lie within two standard errors of the theory; "
        f"the farthest is {every.max():.1f} standard errors away."
    )


def _layout(axes: Axes | None) -> tuple[Canvas, Axes, Axes | None]:
    from matplotlib.figure import Figure as Canvas

    if axes is not None:
        canvas = axes.get_figure(root=True)
        if canvas is None:
            raise ValueError("axes: got axes that were removed; must belong to a figure; pass new axes")
        return canvas, axes, None
    canvas = Canvas(figsize=(WIDTH, HEIGHT), layout="constrained")
    upper, strip = canvas.subplots(2, 1, sharex=True, height_ratios=(3.2, 1))
    canvas.align_ylabels([upper, strip])
    return canvas, upper, strip


def _draw_points_and_curve(axes: Axes, series: Series, index: int) -> None:
    color, marker = series_style(index)
    axes.plot(series.curve_x, series.curve_y, color=color, zorder=2)
    axes.errorbar(
        series.x, series.simulated, yerr=CONFIDENCE * series.standard_error, label=series.label,
        fmt=marker, color=color, markeredgecolor="white", markeredgewidth=0.6, elinewidth=1.2, zorder=3,
    )  # fmt: skip


def _draw_legend(axes: Axes, series: Sequence[Series]) -> None:
    from matplotlib.lines import Line2D

    entries: list[Line2D] = []
    for index, one in enumerate(series):
        color, marker = series_style(index)
        if one.label:
            entries.append(Line2D([], [], color=color, marker=marker, markeredgecolor="white", label=one.label))
    color, marker = (MUTED, "o") if entries else series_style(0)
    entries.append(Line2D([], [], color=color, label="theory"))
    entries.append(Line2D([], [], color=color, marker=marker, linestyle="", label="simulation, 95 %"))
    sizes = [len(str(entry.get_label())) + 6 for entry in entries]  # a handle is six characters wide
    room = _CHARACTERS * axes.get_position().width / 0.775  # of a panel alone on its canvas
    # Above the panel, where it can never hide a point.
    axes.legend(
        handles=entries, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=_columns(sizes, room),
        borderaxespad=0.2, columnspacing=1.6,
    )  # fmt: skip


def _columns(sizes: Sequence[int], room: float) -> int:
    """Return the largest number of columns in which entries of these sizes, filled column by column, find room."""
    for columns in range(len(sizes), 1, -1):
        if sum(max(part) for part in np.array_split(sizes, columns)) <= room:
            return columns
    return 1


def _draw_strip(axes: Axes, series: Sequence[Series]) -> None:
    from matplotlib.ticker import FixedLocator, MaxNLocator
    from matplotlib.transforms import offset_copy

    axes.axhspan(-2, 2, color=BAND, linewidth=0, zorder=0)
    axes.axhline(0, color=COLORS["black"], linewidth=0.8, zorder=1)
    for index, one in enumerate(series):
        color, marker = series_style(index)
        # Side by side, so that no series hides another; the data stay where they are.
        aside = 3.5 * (index - (len(series) - 1) / 2)
        axes.plot(
            one.x, deviations(one), linestyle="", marker=marker, color=color,
            markeredgecolor="white", markeredgewidth=0.6, label=one.label, zorder=3,
            transform=offset_copy(axes.transData, axes.get_figure(root=True), x=aside, units="points"),
        )  # fmt: skip
    limit = max(3.2, 1.15 * max(float(np.abs(deviations(one)).max()) for one in series))
    axes.set_ylim(-limit, limit)
    axes.yaxis.set_major_locator(FixedLocator([-2, 0, 2]) if limit < 5 else MaxNLocator(4, symmetric=True))
    axes.set_ylabel("deviation\n(std. errors)")


def _check_panel(series: Sequence[Series], xscale: str) -> None:
    if not series:
        raise ValueError("series: got none; must be at least one; pass a list of Series")
    series_style(len(series) - 1)
    if xscale not in ("linear", "log"):
        raise ValueError(f"xscale: got {xscale!r}; must be linear or log; choose one")
    for one in series:
        lowest = min(one.x.min(), one.curve_x.min())
        if xscale == "log" and lowest <= 0:
            raise ValueError(f"x of series {one.label!r}: got {lowest:g}; must be > 0 on a log axis; leave it out")


def _check_errors(series: Series) -> None:
    if np.any(series.standard_error < 0):
        raise ValueError(f"standard_error of series {series.label!r}: got a negative one; must be >= 0; pass s.e.")
    stuck = (series.standard_error == 0) & (series.simulated != series.predicted)
    if np.any(stuck):
        raise ValueError(
            f"standard_error of series {series.label!r}: got 0 at x = {series.x[stuck][0]:g}, where simulation and "
            "theory differ; must be > 0 to measure that by; leave the point out or give its error"
        )


def _finite(place: str, values: ArrayLike) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{place}: got shape {array.shape}; must be one-dimensional and not empty; pass a list")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{place}: got {array[~np.isfinite(array)][0]}; must be finite; leave that point out")
    return array
