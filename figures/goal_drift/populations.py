"""Figures of goals in populations: they drift whatever the number of individuals, and spread as the gate shuts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.goal_drift.shared import figure, some_of_point
from figures.panel import Series, agreement, comparison
from simulator import simulate
from simulator.models.goal_drift import goal_drift
from theory.goal_drift import with_founders

SIZES = (10, 100, 1000, 10_000)
GENERATIONS = 16
AGENTS = 300  # individuals of each size, a replicate, in as many populations as that makes
COMPONENTS = 8  # of the goal: each drifts on its own, so that a population is nearly as good a witness as eight
SHUT: dict[str, Any] = {"threshold": -10.0, "width": 0.1, "initial_capability": 0.0, "growth": 0.0, "pull": 1.0}
SETTLING = 4  # times as many generations as individuals: exp(-4) of the start is left where nothing selects


def neutral_goals(axes: Any = None, *, replicates: int = 1000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw how far the mean goals of populations part behind a shut gate, for very different population sizes.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation: 300 individuals of each size a replicate, in 4 populations at most; at least 400.
    parameters
        Of ``goal_drift``: noise > 0, whose square is the mutation variance of a generation.
    """
    check_replicates(replicates)
    point = _positive(some_of_point({"noise": 0.2, **parameters}, "noise"), "noise")
    times, fine = np.arange(2.0, GENERATIONS + 1.0, 2.0), np.linspace(0.0, GENERATIONS, 200)
    series = [_parted(point, size, times, fine, replicates, seed) for size in SIZES]
    canvas, _, _ = comparison(
        series, xlabel="generations", ylabel="variance of the mean goal's change", axes=axes
    )  # fmt: skip
    rate = float(theory.get("goal_drift.neutral_divergence_rate")(mutation_variance=point["noise"] ** 2))
    caption = (
        "Capable individuals reproduce by a reward that is blind to their goals. The mean goals of separate "
        f"populations part at {rate:.2g} a generation, the variance that mutation adds in one, whether a population "
        f"has {SIZES[0]} individuals or {SIZES[-1]}: a thousand times as many do not average the drift away, for they "
        f"hold a thousand times the variance for chance to draw from. {agreement(series)} The points of a size share "
        "their populations."
    )
    alt = (
        "Variance of the change of the mean goal against generations: one straight line from zero, on which the points "
        "of all four population sizes lie."
    )
    return figure(
        "neutral_goals", "Goals drift whatever the number of individuals", canvas, caption, alt, series, "generations",
        replicates, seed, point, ("goal_drift.neutral_divergence_rate",),
    )  # fmt: skip


def _parted(point: Mapping[str, Any], size: int, times: Any, fine: Any, replicates: int, seed: int) -> Series:
    """Follow populations from the balance of drawing and mutation; their mean square is the variance."""
    mutation = point["noise"] ** 2
    made = with_founders(goal_drift).experiment("population", times=(0.0, *times), measures=("goal",))
    count = min(replicates * AGENTS // size, 4 * replicates)
    found = simulate(
        made, replicates=count, seed=seed, keep="samples", **SHUT, dim=COMPONENTS, start=0.0, noise=point["noise"],
        founder_spread=np.sqrt(size * mutation), population=size,
    )  # fmt: skip
    goals = found["goal_samples"].values
    square = np.square(goals[:, 1:] - goals[:, :1]).mean(axis=2)
    rate = theory.get("goal_drift.neutral_divergence_rate")(mutation_variance=mutation)
    error = square.std(axis=0, ddof=1) / np.sqrt(count)
    return Series(f"{size:,} individuals".replace(",", "\u202f"), times, square.mean(axis=0), error, rate * times, fine,
                  rate * fine)  # fmt: skip


def mutation_selection(
    axes: Any = None, *, replicates: int = 1200, seed: int = 0, population: int = 40, strength: float = 1.0,
    **parameters: Any,
) -> Figure:  # fmt: skip
    """Draw the variance of goals within a population against capability: from its balance with selection to neutral.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation: a quarter as many populations at each capability; at least 400 replicates.
    population, strength
        How many individuals, >= 30, and how strongly reward selects, > 0.
    parameters
        Of ``goal_drift``: pull, threshold, width, and noise > 0.
    """
    check_replicates(replicates)
    if population < 30:
        raise ValueError(f"population: got {population}; must be >= 30, or its formula is a poor closure; pass 40")
    given = some_of_point({"noise": 1.0, "width": 0.2, **parameters}, "pull", "threshold", "width", "noise")
    point = _positive({**given, "population": population, "strength": strength}, "noise", "strength", "pull")
    widths, fine = np.linspace(-4.0, 11.0, 17), np.linspace(-4.3, 11.3, 200)
    x, curve_x = (point["threshold"] + place * point["width"] for place in (widths, fine))
    means, errors = _settled(point, x, replicates, seed)
    series = [
        Series("", x, means, errors, _balance(point, x, population), curve_x, _balance(point, curve_x, population))
    ]
    canvas, upper, _ = comparison(series, xlabel="capability", ylabel="variance of goals", axes=axes)
    _plain_logarithmic(upper)
    upper.axvline(point["threshold"], color="#555555", linewidth=0.8, linestyle=":")
    bound = series[0].curve_y.max()
    endless = _balance(point, curve_x, np.inf)
    near = endless < 2.0 * bound
    upper.plot(curve_x[near], endless[near], color="#555555", linewidth=1.0, linestyle="--")
    low, high = series[0].curve_y[[0, -1]]
    caption = (
        f"Populations of {population} after {SETTLING * population} generations at one capability. While the gate is "
        f"open, selection holds the variance of goals at {low:.2f}; as it shuts (dotted), only the finite number of "
        f"parents bounds it: it goes to {high:.3g}, near the {population * point['noise'] ** 2:.3g} of neutral drift, "
        "the number of individuals times what mutation adds. Infinitely many (dashed) would have no bound. "
        f"{agreement(series)} For a finite population the formula is a closure, off by less than "
        f"{_closure(point):.1%} with the gate open."
    )
    alt = (
        "Variance of goals against capability on a logarithmic axis: low and flat while the gate is open, rising "
        "through the threshold to the level of neutral drift. Simulated points lie on the curve."
    )
    return figure(
        "mutation_selection", "What holds goals together lets go as the gate shuts", canvas, caption, alt, series,
        "capability", replicates, seed, point,
        ("goal_drift.mutation_selection_variance", "goal_drift.selected_variance"),
    )  # fmt: skip


def _plain_logarithmic(axes: Any) -> None:
    """Make the vertical axis logarithmic, with plain numbers at 1, 2 and 5."""
    from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))


def _curvature(point: Mapping[str, Any], capability: Any) -> Any:
    return point["pull"] / (1.0 + np.exp((capability - point["threshold"]) / point["width"]))


def _balance(point: Mapping[str, Any], capability: Any, population: float) -> Any:
    """Return the variance after the figure's generations from founders that are all alike."""
    return theory.get("goal_drift.selected_variance")(
        strength=point["strength"], curvature=_curvature(point, capability), mutation_variance=point["noise"] ** 2,
        start_variance=0.0, time=SETTLING * point["population"], population=population,
    )  # fmt: skip


def _closure(point: Mapping[str, Any]) -> float:
    from theory.goal_drift.formulas import closure_error

    return float(closure_error(point["strength"], point["pull"], point["noise"] ** 2, point["population"]))


def _settled(point: Mapping[str, Any], x: Any, replicates: int, seed: int) -> tuple[Any, Any]:
    made = goal_drift.experiment(
        "population", times=(float(SETTLING * point["population"]),), measures=("goal_variance",)
    )
    law = {name: point[name] for name in ("pull", "threshold", "width", "noise", "population", "strength")}
    found = [
        simulate(made, replicates=replicates // 4, seed=seed, **law, dim=1, start=[0.0], base=[0.0], growth=0.0,
                 initial_capability=place)
        for place in x
    ]  # fmt: skip
    means, errors = (
        np.array([float(one[name].values.item()) for one in found]) for name in ("goal_variance", "goal_variance_se")
    )
    return means, errors


def _positive(point: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        if not (np.isfinite(point[name]) and point[name] > 0.0):
            raise ValueError(f"{name}: got {point[name]}; must be > 0, or there is nothing to see; leave it out")
    return point
