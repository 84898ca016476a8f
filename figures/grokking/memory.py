"""The figure of memory: data added and taken away again, for circuits of two and of more weights."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, figure, panels, run
from figures.figure import Figure
from figures.style import BAND, COLORS, MUTED, styled
from simulator.models.grokking import squared
from simulator.parameter import POSITIVE, Parameter, Range, resolve

DECAY, STIFFNESS, PATIENCE = 0.05, 2.0, 60.0
SIZES = np.geomspace(0.15, 1.0 / 0.15, 18)
LOOKS: tuple[dict[str, Any], ...] = ({"marker": "o"}, {"marker": "s", "markersize": 9.0, "markerfacecolor": "none"})
OPTIONS = (
    Parameter("depth", 4.0, range=Range(2.0, 8.0, open_low=True), meaning="weights of a deep circuit's product"),
    Parameter("exponent", 1.0, range=POSITIVE, meaning="how fast data wear memorizing down"),
    Parameter("minority", 0.2, range=Range(0.0, 0.5, True, True), meaning="share that the losing circuit is kept at"),
)


def grokking_hysteresis(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw which circuit is left while the data grow and shrink again, at depth two and deeper.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        depth > 2 of the deep circuits, exponent, and minority: the share of the margin at which every change of the
        data finds the losing circuit.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    curves, ends = [], []
    for depth in (2.0, point["depth"]):
        both = [_boundary(share, depth, point) for share in (1.0 - point["minority"], point["minority"])]
        ends.append(both)
        for way, sizes, boundary in (("more data", SIZES, both[0]), ("less data", SIZES[::-1], both[1])):
            curves.append(_swept(f"depth {depth:g}, {way}", sizes, boundary, depth, point))
    canvas = _drawn(axes, curves, ends)
    wrong = sum(int(np.count_nonzero(np.abs(one.simulated - one.predicted) > 0.5)) for one in curves)
    up, down = ends[1]
    caption = (
        f"Data are added and taken away again, and each time the network settles; the losing circuit is found at "
        f"{point['minority']:.0%} of the margin. At depth two the network groks and ungroks at one size (dotted). At "
        f"depth {point['depth']:g} it groks at {up:.2g} critical sizes and ungroks at {down:.2g}: in between (shaded) "
        f"what it is depends on what it was. Lines are the formula, points end states of the law; "
        f"{wrong} of {sum(one.x.size for one in curves)} are on the wrong side."
    )
    alt = (
        "The share that generalizes against data size. At depth two it steps from zero to one at one size whichever "
        "way the data change. Deeper, the step lies far to the right as data grow and far to the left as they shrink."
    )
    return figure(
        "grokking_hysteresis", "Deep circuits remember", canvas, caption, alt, curves, "data_ratio",
        {"experiment": squared.name, "law": squared.fingerprint, "parameters": point},
        ("grokking.hysteresis", "grokking.critical_data_size"),
    )  # fmt: skip


def _boundary(memorizing_share: float, depth: float, point: dict[str, Any]) -> float:
    """Return the data size that decides, from a start at which so much of the margin is memorized."""
    return float(theory.get("grokking.critical_data_size")(
        memorizing_efficiency=1.0, generalizing_efficiency=1.0, reference_size=1.0, exponent=point["exponent"],
        depth=depth, memorizing_share=memorizing_share,
    ))  # fmt: skip


def _swept(label: str, sizes: Any, boundary: float, depth: float, point: dict[str, Any]) -> Curve:
    """Change the data step by step; whichever circuit leads starts each step with all but the minority's share."""
    made = squared.experiment("flow", solver="LSODA", measures=("generalizing_share",))
    general, found = sizes[0] > 1.0, []
    for size in sizes:
        share = 1.0 - point["minority"] if general else point["minority"]
        efficiency = size ** -point["exponent"]
        settled = run(
            made, memorizing_start=(1.0 - share) / efficiency, generalizing_start=share, generalizing_efficiency=1.0,
            data_size=1000.0 * size, exponent=point["exponent"], depth=depth, weight_decay=DECAY,
            stiffness=STIFFNESS, time=PATIENCE / DECAY,
        )  # fmt: skip
        found.append(float(settled.generalizing_share))
        general = found[-1] > 0.5
    fine = np.geomspace(sizes.min(), sizes.max(), 2000)
    return Curve(label, sizes, np.array(found), (sizes > boundary).astype(float), fine, (fine > boundary).astype(float))


def _drawn(axes: Any, curves: list[Curve], ends: list[list[float]]) -> Any:
    if axes is not None:
        _loop(axes, curves[2:], ends[1])
        return axes.get_figure(root=True)
    canvas, (upper, lower) = panels(4.8, 1.0, 1.0, sharex=True)
    _loop(upper, curves[:2], ends[0])
    _loop(lower, curves[2:], ends[1])
    with styled():
        lower.set_xlabel("data, in critical sizes of depth two")
    return canvas


def _loop(axes: Any, curves: list[Curve], ends: list[float]) -> None:
    """Draw one depth: adding data as filled points, taking it away as open ones around them."""
    with styled():
        for one, color, look in zip(curves, (COLORS["blue"], COLORS["vermilion"]), LOOKS, strict=True):
            axes.plot(one.curve_x, one.curve_y, color=color, zorder=2)
            axes.plot(one.x, one.simulated, linestyle="", color=color, label=one.label, zorder=3, **look)
        axes.axvspan(min(ends), max(ends), color=BAND, linewidth=0, zorder=0)
        axes.axvline(1.0, color=MUTED, linewidth=0.8, linestyle=":")
        axes.set(xscale="log", ylabel="share that generalizes", ylim=(-0.12, 1.12))
        axes.set_xticks([0.2, 0.5, 1.0, 2.0, 5.0], ["0.2", "0.5", "1", "2", "5"])
        axes.set_xticks([], minor=True)
        axes.legend(loc="center left", bbox_to_anchor=(0.53, 0.5))
