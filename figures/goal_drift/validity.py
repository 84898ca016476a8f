"""Validity maps of goal_drift: Kimura's formula against the exact chain, the Gaussian closure against individuals."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.figure import Figure
from figures.map import View, chart, of_margin, worst
from simulator.parameter import Parameter, Range, resolve
from theory.validity import ValidityMap, gaussian_closure, kimura
from theory.validity.gaussian_closure import INDIVIDUALS, STANDARD_ERRORS
from theory.validity.gaussian_closure import SIZES as SELECTED
from theory.validity.kimura import ADVANTAGES, SIZES

SIZE_TICKS = (3.0, 10.0, 30.0, 100.0)
STRONGEST = Parameter("strongest", 2.0, range=Range(0.02, 2.0, open_low=True), meaning="largest |advantage|")
LARGEST = Parameter("largest", 200, range=Range(5, 200), integer=True, meaning="largest population, of those shown")
ALIKE = 0.05  # the error at which the two sides are compared


def validity_of_kimura(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the relative error of Kimura's formula over advantage and population, for favored and disfavored goals.

    Parameters
    ----------
    axes
        Matplotlib axes for the favored goals alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        strongest: the largest advantage and disadvantage, in (0.02, 2]; largest: the largest population, 5 to 200.
    """
    del replicates, seed
    point = resolve((STRONGEST, LARGEST), parameters)
    strengths = tuple(ADVANTAGES * point["strongest"] / ADVANTAGES[-1])
    sizes = _up_to(SIZES, point["largest"])
    up, down = (kimura(strengths, sizes, favored=favored) for favored in (True, False))
    ticks = (0.01, 0.03, 0.1, 0.3, 1.0)
    shown = tuple(one for one in ticks if strengths[0] <= 1.001 * one and one <= point["strongest"])
    views = [
        View(up, "it earns more reward", "advantage", "population", shown, _up_to(SIZE_TICKS, sizes[-1])),
        View(down, "it earns less", "disadvantage", "population", shown, _up_to(SIZE_TICKS, sizes[-1])),
    ]
    largest, far = worst(up), worst(down)
    caption = (
        f"Relative error of Kimura's chance that one copy of a goal fixes, against the exact chain of 3 to {sizes[-1]} "
        f"individuals. For a goal that earns more reward it is at most {largest[0]:.1%} (s = {largest[1]:.2g}, N = "
        f"{largest[2]:.0f}){', always too low' if np.all(up.error < 0.0) else ''}; it is below 1 % wherever s < 0.06 "
        f"or (N - 2) s² < 0.18. {of_margin(up)} For a goal that earns less no margin is declared, and the "
        f"error grows without bound, to {far[0]:.0%}: {_where(down)}, as the chain's logarithm is above the formula's "
        "by N |s|³/54 for many individuals."
    )
    alt = (
        "Two maps of advantage and population, darker where the formula is further off. Left, contours of one and five "
        "per cent fall with population and level off; it never gets dark. Right, the contours go on falling and the "
        "upper right corner is darkest."
    )
    return chart("validity_of_kimura", "Where Kimura's formula holds", views, caption, alt, ("strength", "population"),
                 {"experiment": "wright_fisher", "witness": up.witness, "parameters": point}, axes)  # fmt: skip


def _up_to(sizes: Any, largest: float) -> tuple[Any, ...]:
    return tuple(size for size in sizes if size <= largest)


def _where(found: ValidityMap) -> str:
    """Say from which disadvantage on the formula is off by more than the level, for the smallest and largest N."""
    passed = found.boundary(ALIKE)
    if not len(passed):
        return f"nowhere here above {ALIKE:.0%}"
    few, many = passed[0], passed[-1]
    return (
        f"above {ALIKE:.0%} from -s = {few[0]:.2g} on at N = {few[1]:.0f} and from {many[0]:.2g} on at "
        f"N = {many[1]:.0f}"
    )


def validity_of_closure(axes: Any = None, *, replicates: int = INDIVIDUALS, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the relative error of the Gaussian closure of mutation-selection balance over selection and population.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates, seed
        Individuals in each cell, at least 16 populations of them, and the seed of their reproduction.
    parameters
        largest: the largest population shown, 5 to 200.
    """
    if replicates < 2:
        raise ValueError(f"replicates: got {replicates}; must be at least 2; pass for example {INDIVIDUALS}")
    point = resolve((LARGEST,), parameters)
    shown = _up_to(SELECTED, point["largest"])
    if len(shown) < 2:
        raise ValueError(f"largest: got {point['largest']}; must be at least {SELECTED[1]}, for a map; pass 40 or more")
    found = gaussian_closure(sizes=shown, replicates=replicates, seed=seed)
    view = View(found, "", "selection times mutation variance", "population",
                (0.001, 0.01, 0.1, 1.0), shown)  # fmt: skip
    largest, cells = worst(found), int(np.count_nonzero(found.resolved))
    side = "too narrow" if np.all(found.error[found.resolved] < 0.0) else "off"
    strong = np.abs(found.error[-1]) * found.axes[1].values
    caption = (
        "Relative error of the variance of goals in the balance of selection and mutation, if every population is "
        f"taken for normal, against simulated individuals. {cells} of {found.error.size} cells are resolved at "
        f"{STANDARD_ERRORS:g} standard errors; the others are hatched. The closure is {side} by up to {largest[0]:.1%} "
        f"± {_unsure(found, largest):.1%} (s h v = {largest[1]:.2g}, N = {largest[2]:.0f}); with strong selection by "
        f"some {np.median(strong):.1f}/N. {of_margin(found)} That margin is below 1 % where N √(s h v) > 45."
    )
    alt = (
        "A map of selection times mutation variance and population: darkest for small populations under weak selection,"
        " lighter to the right and upward, hatched where the simulation does not resolve the error."
    )
    return chart("validity_of_closure", "Where populations may be taken for normal", [view], caption, alt,
                 ("selection_times_mutation", "population"),
                 {"experiment": "individuals", "witness": found.witness, "parameters": point, "replicates": replicates,
                  "seed": seed},
                 axes)  # fmt: skip


def _unsure(found: ValidityMap, place: tuple[float, float, float]) -> float:
    """Return how far the reference may have the relative error off at a place of the map."""
    i, j = (int(np.argmin(np.abs(axis.values - at))) for axis, at in zip(found.axes, place[1:], strict=True))
    return float(found.reference_error[i, j] / found.scale[i, j])
