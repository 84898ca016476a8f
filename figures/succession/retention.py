"""The figure of retention: what takeovers leave of a goal, one by one and through a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import Series, agreement, comparison
from figures.style import HEIGHT, WIDTH, series_style, styled
from figures.succession.shared import alone, figure, series, simulated
from simulator.models.succession.blend import pursued
from simulator.models.succession.leaders import chain, run
from simulator.parameter import Parameter, Range, resolve
from theory.succession.formulas import least_retention

COUNTS = np.array([2, 4, 8, 16, 32, 64])
FINE = np.arange(2.0, 71.0)
TAKEOVERS = np.arange(1, 9)
LATE = 1e9
OPTIONS = (
    Parameter("strong", 0.9, range=Range(0.0, 1.0), meaning="overlap of the upper series"),
    Parameter("weak", 0.6, range=Range(0.0, 1.0), meaning="overlap of the lower series"),
)


def retention(axes: Any = None, *, replicates: int = 2500, seed: int = 0, **parameters: Any) -> Figure:
    """Draw what is left of a goal: after a number of takeovers, and after whole runs of ever more circuits.

    Parameters
    ----------
    axes
        Matplotlib axes for whole runs alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    parameters
        strong and weak, the two overlaps that are drawn.
    """
    check_replicates(replicates)
    point = resolve(OPTIONS, parameters)
    overlaps = (point["strong"], point["weak"])
    along = [_reused(overlap, replicates, seed) for overlap in overlaps]
    canvas, upper, strip = comparison(
        along, xlabel="number of circuits", ylabel="left of the first goal", xscale="log", axes=axes
    )
    handed = {f"from leader to leader, {overlap:g}": _handed(overlap, replicates, seed) for overlap in overlaps}
    with styled():
        for index, (overlap, (label, found)) in enumerate(zip(overlaps, handed.items(), strict=True)):
            alone(upper, index, label, COUNTS, found)
            upper.plot(FINE, least_retention(FINE, overlap), color=series_style(index)[0], linewidth=0.9,
                       linestyle="--", zorder=1)  # fmt: skip
        upper.set_ylim(0.0, 1.05)
        upper.annotate("from leader to leader, simulated", (COUNTS[3], handed[next(iter(handed))][0][3]), (0, 9),
                       textcoords="offset points", fontsize=8.5)  # fmt: skip
        (upper if strip is None else strip).set_xticks(COUNTS, [str(count) for count in COUNTS])
        (upper if strip is None else strip).set_xticks([], minor=True)
    one_by_one = [_powers(overlap, replicates, seed) for overlap in overlaps]
    if strip is not None:
        _draw_powers(canvas, upper, strip, one_by_one)
    last = [(found[0][-1], one.simulated[-1]) for found, one in zip(handed.values(), along, strict=True)]
    caption = (
        f"{'Top: e' if strip is not None else 'E'}very takeover keeps an overlap of {overlaps[0]:g} or {overlaps[1]:g} "
        "with the goal before it, so that a power is left. Whole runs: where each leader is built from the one before "
        f"it (hollow, simulated; dashed a lower bound), {last[0][0]:.2f} and {last[1][0]:.2f} is left among "
        f"{COUNTS[-1]} circuits, for takeovers are few. Where circuits reuse any that were built before them (filled, "
        f"and the exact curve), the last leader is a distant relative of the first, and {last[0][1]:.2f} and "
        f"{last[1][1]:.2f} is left. {agreement([*along, *one_by_one])}"
    )
    alt = (
        "Above, two falling powers of the number of takeovers. Below, what is left after whole runs against the number "
        "of circuits: it falls slowly from leader to leader and fast where circuits reuse any earlier one. Simulated "
        "points lie on the curves."
    )
    return figure(
        "retention", "Each takeover leaves a part of the goal", canvas, caption, alt, along, "circuits",
        {"experiment": "succession", "parameters": point, "replicates": replicates, "seed": seed},
        ("succession.goal_retention", "succession.reuse_retention"),
        {**{label: (COUNTS, *found) for label, found in handed.items()},
         **{f"{one.label} (takeovers)": (one.x, one.simulated, one.standard_error) for one in one_by_one}},
    )  # fmt: skip


def _reused(overlap: float, replicates: int, seed: int) -> Series:
    points = [{"circuits": int(count), "overlap": overlap, "dim": 3, "time": LATE} for count in COUNTS]
    found = simulated(pursued(measures=("leader_retention",)), "leader_retention", points, replicates, seed)
    formula = theory.get("succession.reuse_retention")
    return series(f"reuse of any before, {overlap:g}", COUNTS, found,
                  lambda K: formula(circuits=K, overlap=overlap), FINE)  # fmt: skip


def _handed(overlap: float, replicates: int, seed: int) -> tuple[Any, Any]:
    points = [{"circuits": int(count), "overlap": overlap, "dim": 3} for count in COUNTS]
    return simulated(run(measures=("retention",)), "retention", points, replicates, seed)


def _powers(overlap: float, replicates: int, seed: int) -> Series:
    """Return goals after some takeovers; after one, nothing is random."""
    takeovers = TAKEOVERS[1:]
    points = [{"successions": int(count), "overlap": overlap} for count in takeovers]
    formula = theory.get("succession.goal_retention")
    return series(f"overlap {overlap:g}", takeovers, simulated(chain(), "retention", points, replicates, seed),
                  lambda n: formula(overlap=overlap, successions=n), np.linspace(0.0, 8.3, 100))  # fmt: skip


def _draw_powers(canvas: Any, upper: Any, strip: Any, powers: Sequence[Series]) -> None:
    """Make room above a comparison and draw the powers there."""
    with styled():
        canvas.set_size_inches(WIDTH, 1.45 * HEIGHT)
        grid = canvas.add_gridspec(3, 1, height_ratios=(1.5, 2.6, 1.0))
        upper.set_subplotspec(grid[1])
        strip.set_subplotspec(grid[2])
        top = canvas.add_subplot(grid[0])
        for index, one in enumerate(powers):
            color, marker = series_style(index)
            top.plot(one.curve_x, one.curve_y, color=color)
            top.plot(one.x, one.simulated, color=color, marker=marker, linestyle="", markeredgecolor="white")
            top.annotate(one.label, (one.x[2], one.simulated[2]), (5, 5), textcoords="offset points", fontsize=8.5)
        top.set(xlabel="takeovers", ylabel="left of\nthe goal", ylim=(0.0, 1.05))
        canvas.align_ylabels([top, upper, strip])
