"""The figure of where goals end up: agents that began aligned, and every direction alike at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.goal_drift.shared import figure, some_of_point
from figures.panel import Series, agreement, comparison
from figures.style import COLORS, HEIGHT, MUTED, WIDTH, styled
from simulator import simulate
from simulator.models.goal_drift import goal_drift

DIMENSIONS = (3, 8, 32)
AGENTS = 7
WIDTHS_BEYOND = 20.0  # gate widths beyond the threshold: 1 - a = 2e-9
LIFETIMES = 10.0  # of weight decay, after which exp(-10) of the start is left
BINS = np.linspace(-1.0, 1.0, 17)
FEWEST = 20.0  # agents expected in a bin that is shown: fewer are not normally distributed


def goals_end_random(axes: Any = None, *, replicates: int = 4000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the cosine to the designers' goal of a few agents that began at it, and of many at the end.

    Parameters
    ----------
    axes
        Matplotlib axes for the end alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    parameters
        Of ``goal_drift``: ``dim`` (of the agents drawn one by one), ``weight_decay`` > 0 and ``noise`` > 0.
    """
    check_replicates(replicates)
    point = _point(parameters)
    series = [_end(point, dim, replicates, seed) for dim in DIMENSIONS]
    canvas, upper, strip = comparison(
        series, xlabel="cosine to the designers' goal at the end", ylabel="density", axes=axes
    )
    paths = _paths(point, seed)
    if strip is not None:
        _draw_paths(canvas, upper, strip, paths, point["dim"])
    widest, narrowest = (float(_within(dim)) for dim in (DIMENSIONS[0], DIMENSIONS[-1]))
    caption = (
        f"Top: {AGENTS} agents with goals of {point['dim']} components that begin at the designers' goal and are "
        f"capable enough for reward not to touch it; at the end their cosines are {_listed(paths['cosine'][:, -1])}. "
        f"Below: the end of {replicates} agents each. Whatever the start, every direction is alike: of goals of "
        f"{DIMENSIONS[0]} components {widest:.0%} end with a cosine above 1/2, of {DIMENSIONS[-1]} components "
        f"{narrowest:.1%}. {agreement(series)}"
    )
    alt = (
        "Above, wandering lines that start at one and end scattered around zero. Below, the distribution of the "
        "cosine at the end, flat for three components and a narrow bell around zero for many. Simulated points lie on "
        "the curves."
    )
    rows = {
        "series": np.repeat([f"agent {number + 1}" for number in range(AGENTS)], paths["time"].size),
        "kind": np.full(paths["cosine"].size, "path"),
        "cosine": paths["cosine"].ravel(),
        "time": np.tile(paths["time"], AGENTS),
    }
    return figure(
        "goals_end_random", "Goals end up random", canvas, caption, alt, series, "cosine", replicates, seed, point,
        ("goal_drift.final_cosine_distribution",), rows,
    )  # fmt: skip


def _point(given: Mapping[str, Any]) -> dict[str, Any]:
    point = some_of_point({"dim": 8, "weight_decay": 0.5, "noise": 0.5, **given}, "dim", "weight_decay", "noise")
    for name in ("weight_decay", "noise"):
        if point[name] <= 0.0:
            raise ValueError(f"{name}: got {point[name]}; must be > 0, or the start is never forgotten; leave it out")
    return point


def _capable(point: Mapping[str, Any], dim: int) -> dict[str, Any]:
    """An agent of some dimension that begins at the designers' goal, far beyond the threshold, and stays there."""
    beyond = {"threshold": 0.0, "width": 0.1, "initial_capability": 0.1 * WIDTHS_BEYOND, "growth": 0.0}
    return {**point, **beyond, "dim": dim, "start": np.eye(dim)[0], "base": np.eye(dim)[0]}


def _end(point: Mapping[str, Any], dim: int, replicates: int, seed: int) -> Series:
    """Count final cosines in bins; the standard error of a share is that of the predicted one."""
    found = simulate(
        goal_drift.experiment(method="stepped", measures=("alignment",), steps=32), replicates=replicates, seed=seed,
        keep="samples", **_capable(point, dim), time=LIFETIMES / point["weight_decay"],
    )  # fmt: skip
    law = theory.get("goal_drift.final_cosine_distribution")
    share, size = np.diff(law(dim=dim, at=BINS)), np.diff(BINS)
    simulated = np.histogram(found["alignment_samples"].values, BINS)[0] / replicates
    error = np.sqrt(share * (1.0 - share) / replicates)
    shown = share * replicates >= FEWEST
    x, fine = (BINS[:-1] + size / 2.0)[shown], np.linspace(-0.99, 0.99, 199)
    curve = (law(dim=dim, at=fine + 5e-4) - law(dim=dim, at=fine - 5e-4)) / 1e-3
    return Series(f"{dim} components", x, (simulated / size)[shown], (error / size)[shown], (share / size)[shown],
                  fine, curve)  # fmt: skip


def _paths(point: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Follow a few agents from the start to the end."""
    times = np.linspace(0.0, LIFETIMES / point["weight_decay"], 161)
    found = simulate(
        goal_drift.experiment(method="stepped", measures=("alignment",), times=times, steps=times.size - 1),
        replicates=AGENTS, seed=seed, keep="samples", **_capable(point, point["dim"]),
    )  # fmt: skip
    return {"time": times, "cosine": found["alignment_samples"].values.reshape(AGENTS, times.size)}


def _draw_paths(canvas: Any, upper: Any, strip: Any, paths: Mapping[str, Any], dim: int) -> None:
    """Make room above a comparison and draw the agents' paths there."""
    with styled():
        canvas.set_size_inches(WIDTH, 1.5 * HEIGHT)
        grid = canvas.add_gridspec(3, 1, height_ratios=(1.9, 2.6, 1.0))
        upper.set_subplotspec(grid[1])
        strip.set_subplotspec(grid[2])
        top = canvas.add_subplot(grid[0])
        for path, color in zip(paths["cosine"], COLORS.values(), strict=False):
            top.plot(paths["time"], path, color=color, linewidth=1.1, alpha=0.85)
        top.axhline(0.0, color=MUTED, linewidth=0.8, linestyle=":")
        top.set_ylim(-1.08, 1.08)
        top.set_xlim(paths["time"][0], paths["time"][-1])
        top.set_xlabel("time")
        top.set_ylabel(f"cosine\n({dim} components)")
        canvas.align_ylabels([top, upper, strip])


def _within(dim: int) -> Any:
    return 1.0 - theory.get("goal_drift.final_cosine_distribution")(dim=dim, at=0.5)


def _listed(values: Any) -> str:
    words = [f"{value:.2f}".replace("-", "\u2212") for value in np.sort(values)]
    return f"{', '.join(words[:-1])} and {words[-1]}"
