"""The figure of the clock: features share one drive, and weights that are trained follow one exact solution."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import MUTED, styled
from simulator.models.simplification import efficiency, features, start
from simulator.models.simplification.weights import trained
from simulator.parameter import resolve

DEPTHS = (1, 2, 3, 6)
DECAY, STIFFNESS, LEARNING_RATE = 0.5, 150.0, 1e-3
POINTS, LAST = 12, 6.0  # and the end, in decay times of a weight
EFFICIENCY, START = (1.4, 1.0, 0.7), (0.1, 0.36, 0.714286)


def softmax_clock(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the shares of the drive along training, at four depths: exact lines, and the weights themselves.

    Parameters
    ----------
    axes
        Matplotlib axes for depth two alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        features, efficiency and start of ``simplification``; at most seven features.
    """
    del replicates, seed
    point = _point(parameters)
    curves = {depth: _curves(point, depth) for depth in (DEPTHS if axes is None else (2,))}
    canvas = _drawn(curves, axes)
    every = [one for several in curves.values() for one in several]
    ends = {depth: [float(one.curve_y[-1]) for one in several] for depth, several in curves.items()}
    leaders = "; ".join(
        f"at depth {depth} feature {int(np.argmax(shares)) + 1} ends with {max(shares):.0%}"
        for depth, shares in ends.items()
    )
    caption = (
        f"Features of efficiency {_listed(point['efficiency'])} share one drive, from "
        f"{_listed(point['efficiency'] * point['start'])} of it. Lines: the exact solution, one scalar clock for all. "
        f"Points: real weights, as many to a product as the depth, trained step by step on a loss of stiffness "
        f"{STIFFNESS:g}. Depth decides whom decay favors: {leaders}. The farthest point is "
        f"{farthest(every, 1.0):.1g} of the drive away, which is what a finite stiffness and finite steps leave."
    )
    alt = (
        "Panels of shares of the drive against time, one a depth. At depth one the shares level off side by side, at "
        "depth two the most efficient feature takes over, in deep products the one that led at the start does. Points "
        "of trained weights lie on the lines."
    )
    return figure(
        "softmax_clock", "One clock for all features", canvas, caption, alt, every, "decay_times",
        {"experiment": "simplification_weights", "parameters": {**point, "weight_decay": DECAY,
         "stiffness": STIFFNESS, "learning_rate": LEARNING_RATE}},
        ("simplification.shares", "simplification.trained_shares", "simplification.clock"),
    )  # fmt: skip


def _point(given: dict[str, Any]) -> dict[str, Any]:
    """Return the features; they start with a drive of 1, so that nothing but decay moves them."""
    if not given.keys() & {"features", "efficiency", "start"}:
        given = {"features": len(EFFICIENCY), "efficiency": EFFICIENCY, "start": START, **given}
    point = resolve((features, efficiency, start), given)
    if point["features"] > 7:
        raise ValueError(f"features: got {point['features']}; must be at most 7, one color each; draw fewer")
    drive = float(np.sum(point["efficiency"] * point["start"]))
    if drive <= 0.0:
        raise ValueError("start: got no drive; must have a positive strength; pass one")
    return {**point, "start": point["start"] / drive}


def _curves(point: dict[str, Any], depth: int) -> list[Curve]:
    """Train one depth and compare every feature's share."""
    ages, fine = np.linspace(0.0, LAST, POINTS + 1)[1:], np.linspace(0.0, LAST, 200)
    found = run(
        trained(times=tuple(ages / DECAY)), **point, depth=depth, weight_decay=DECAY, stiffness=STIFFNESS,
        learning_rate=LEARNING_RATE,
    )  # fmt: skip
    exact = theory.get("simplification.shares")
    given = {"start": point["start"], "efficiency": point["efficiency"], "weight_decay": 1.0, "depth": depth}
    at, along = (exact(**given, time=when) for when in (ages, fine))
    return [
        Curve(f"depth {depth}, feature {index + 1}", ages, found.share.values[:, index], at[:, index], fine,
              along[:, index])
        for index in range(point["features"])
    ]  # fmt: skip


def _drawn(curves: dict[int, list[Curve]], axes: Any) -> Any:
    if axes is not None:
        draw(axes, curves[2])
        return axes.get_figure(root=True)
    canvas, grid = panels(5.2, 1.0, 1.0, columns=2, sharex=True, sharey=True)
    with styled():
        for place, (depth, several) in zip(grid.ravel(), curves.items(), strict=True):
            draw(place, several)
            place.set_title(f"depth {depth}", loc="left", fontsize=10.0)
            place.set_ylim(-0.03, 1.03)
        for place in grid[-1]:
            place.set_xlabel("time (decay times of a weight)")
        for place in grid[:, 0]:
            place.set_ylabel("share of the drive")
        handles = grid[0, 0].get_lines()[1::2]
        grid[0, 0].legend(
            handles, [f"feature {index + 1}" for index in range(len(handles))], loc="upper right", labelcolor=MUTED
        )  # fmt: skip
    return canvas


def _listed(values: Any) -> str:
    return ", ".join(f"{value:.2g}" for value in values)
