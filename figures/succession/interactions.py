"""The figure of interactions: what replacing components leaves of a goal that rests on several at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import agreement, comparison
from figures.style import MUTED, styled
from figures.succession.shared import figure, series, simulated
from simulator.models.succession.replacement import replacing
from simulator.parameter import COUNT, Parameter, Range, resolve
from theory.succession.formulas import selective_interactions

ORDERS = (1, 2, 3, 4, 5, 6)
FRACTIONS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
MANY, INTERACTIONS, FEWEST = 240, 16, 150
OPTIONS = (
    Parameter("components", 30, range=COUNT, meaning="of an agent", integer=True),
    Parameter("order", 3, range=COUNT, meaning="of the interactions that are kept for relevance", integer=True),
    Parameter("bias", 1.0, range=Range(0.0, 2.0), meaning="of relevant components to take part in the goal, or not to"),
)


def interactions(axes: Any = None, *, replicates: int = 1500, seed: int = 0, **parameters: Any) -> Figure:
    """Draw what is left of a goal against the fraction of components replaced, at random and selectively.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    parameters
        components, at least 10; order and bias of the selective replacement, in which the most relevant components are
        kept and the goal rests on those, or on the others.
    """
    check_replicates(replicates)
    point = resolve(OPTIONS, parameters)
    if point["components"] < 10:
        raise ValueError(f"components: got {point['components']}; must be at least 10, or few fractions; pass 30")
    shown = [_random(order, point["components"], replicates, seed) for order in ORDERS]
    canvas, upper, _ = comparison(
        shown, xlabel="fraction of components replaced", ylabel="left of the goal", axes=axes
    )  # fmt: skip
    biases = {
        "the goal rests on what is relevant": point["bias"],
        "the goal rests\non what is not": -point["bias"],
    }
    selected = {label: _selective(point["order"], bias, replicates, seed) for label, bias in biases.items()}
    fine = np.linspace(0.005, 0.995, 199)
    with styled():
        for (label, found), bias in zip(selected.items(), biases.values(), strict=True):
            upper.plot(fine, selective_interactions(fine, point["order"], bias), color=MUTED, linewidth=1.1,
                       linestyle="--", zorder=1)  # fmt: skip
            upper.plot(FRACTIONS, found[0], color=MUTED, marker="*", markersize=7.0, linestyle="", zorder=2.6)
            place = (0.42, 0.74) if bias > 0.0 else (-0.035, 0.0)
            upper.annotate(label, place, fontsize=8.0, color=MUTED)
    half = {k: 1.0 - 0.5 ** (1.0 / k) for k in (1, 6)}
    kept = [float(found[0][3]) for found in selected.values()]
    caption = (
        "A goal rests on interactions of one to six components; an interaction is lost with any of them. Half of the "
        f"goal is lost when {half[1]:.0%} of the components are replaced if it rests on single ones, when "
        f"{half[6]:.0%} are if it rests on six at a time. Gray stars (simulated, {MANY} components; dashed the law for "
        f"very many): the most relevant components are kept, of interactions of {point['order']}. With "
        f"{FRACTIONS[3]:.0%} replaced, {kept[0]:.2f} is left of a goal that rests on the same components and "
        f"{kept[1]:.2f} of one that rests on others; of one that does not care, as much as at random. "
        f"{agreement(shown)}"
    )
    alt = (
        "What is left of the goal against the fraction replaced: a straight falling line for single components, ever "
        "steeper curves for more. Two dashed curves of selective replacement lie far above and far below those of "
        "random replacement. Simulated points lie on the curves."
    )
    return figure(
        "interactions", "Parts are kept, and the goal is not", canvas, caption, alt, shown, "fraction",
        {"experiment": "succession_interactions", "parameters": point, "replicates": replicates, "seed": seed},
        ("succession.surviving_interactions", "succession.kept_for_relevance"),
        {label.replace("\n", " "): (FRACTIONS, *found) for label, found in selected.items()},
    )  # fmt: skip


def _random(order: int, components: int, replicates: int, seed: int) -> Any:
    """Return what random replacement leaves, at the whole numbers of components nearest to the fractions."""
    replaced = np.rint(FRACTIONS * components).astype(int)
    replaced = replaced[replaced + order <= components]
    points = [
        {"components": components, "replaced": int(m), "order": order, "interactions": INTERACTIONS} for m in replaced
    ]
    formula = theory.get("succession.surviving_interactions")
    found = simulated(replacing("random"), "surviving", points, replicates, seed)
    # Of fewer survivors the mean is not normal, and its deviation says nothing.
    expected = replicates * INTERACTIONS * formula(components=components, replaced=replaced, order=order)
    seen = expected >= FEWEST
    every = np.arange(components - order + 1)
    one = series(f"{order} together" if order > 1 else "single components", replaced[seen] / components,
                 (found[0][seen], found[1][seen]), lambda f: formula(components=components, replaced=np.rint(
                     f * components), order=order), every / components)  # fmt: skip
    return one


def _selective(order: int, bias: float, replicates: int, seed: int) -> tuple[Any, Any]:
    points = [
        {"components": MANY, "replaced": int(f * MANY), "order": order, "bias": bias, "interactions": 4}
        for f in FRACTIONS
    ]
    return simulated(replacing("relevance"), "surviving", points, max(replicates // 3, 2), seed)
