"""The figure of three routes: which one wins, for every division of ease among them."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import panels
from figures.figure import Figure
from figures.style import COLORS, styled
from simulator import simulate
from simulator.models.crystallization import race, routes
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, resolve

CELLS = 14
LAW = race(3)
NAMES = tuple(way.name for way in routes(3))
TINTS = ("blue", "vermilion", "green")
OPTIONS = (
    Parameter("misalignment_start", 1.0, range=POSITIVE, meaning="distance of the goal at the start"),
    Parameter("honesty_start", 0.8, range=POSITIVE, meaning="honesty at the start"),
    Parameter("pointer_error_start", 1.1, range=POSITIVE, meaning="error of the pointer at the start"),
    Parameter("noise", 0.12, range=NONNEGATIVE, meaning="noise on all distances"),
)


def three_routes(axes: Any = None, *, replicates: int = 100, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the triangle of eases, colored by how often each of three routes wins, and the borders of theory.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates, seed
        Of the simulated races at each division of ease.
    parameters
        The three starts, and noise.
    """
    point = resolve(OPTIONS, parameters)
    start = [point[way.start.name] for way in routes(3)]
    ease, share = _won(point, max(replicates, 2), seed)
    winner = theory.get("crystallization.race_winner")(start=np.broadcast_to(start, ease.shape), ease=ease)
    clear = share.max(axis=1) >= 0.9
    right = int(np.count_nonzero(share.argmax(axis=1)[clear] == winner[clear]))
    canvas = _drawn(axes, ease, share, np.array(start))
    meeting = np.square(start) / np.sum(np.square(start))
    caption = (
        "Every place in the triangle divides one ease of learning among three routes; a corner gives all to one. Dots "
        f"are colored by how often each route won {replicates} simulated races with noise {point['noise']:g}; blends "
        "are undecided. The borders of theory (black) are straight lines from the corners through the one division at "
        f"which all three tie, {meeting[0]:.0%}, {meeting[1]:.0%} and {meeting[2]:.0%}, the squares of the distances. "
        f"Where one route wins nine races of ten it is the one of theory at {right} of {int(clear.sum())} places."
    )
    alt = (
        "A triangle with corners for internalization, deception and corrigibility, divided by three straight lines "
        "that meet inside into three regions of different colors, blended along the lines."
    )
    columns = {f"{name}_ease": ease[:, index] for index, name in enumerate(NAMES)}
    columns |= {f"{name}_share": share[:, index] for index, name in enumerate(NAMES)}
    provenance = {"experiment": LAW.name, "law": LAW.fingerprint, "parameters": point,
                  "replicates": replicates, "seed": seed}  # fmt: skip
    return Figure(
        "three_routes", "Three routes divide the eases", canvas, caption, alt,
        {**columns, "predicted": np.array([NAMES[int(one)] if one >= 0 else "tie" for one in winner])},
        provenance, ("crystallization.race_winner",),
    )  # fmt: skip


def _won(point: dict[str, Any], replicates: int, seed: int) -> tuple[Any, Any]:
    """Return the divisions of ease, (places, 3), and at each how often every route won, (places, 3)."""
    made = LAW.experiment(method="stepped", measures=(), steps=60)
    whole = np.array([(i, j, CELLS - i - j) for i in range(1, CELLS) for j in range(1, CELLS - i)])
    found = []
    for ease in whole / CELLS:
        given: dict[str, Any] = {}
        for way, own in zip(routes(3), ease, strict=True):
            given |= {way.ease.name: 3.0 * own, way.noise.name: point["noise"], way.start.name: point[way.start.name]}
        one = simulate(made, replicates=replicates, seed=seed, discretization=False, time=15.0, **given)
        found.append([float(one[f"route_{name}"]) for name in NAMES])
    return whole / CELLS, np.array(found)


def _flat(ease: Any) -> Any:
    """Return places of the triangle in the plane: internalization left, deception right, corrigibility on top."""
    return np.stack([ease[..., 1] + ease[..., 2] / 2.0, ease[..., 2] * np.sqrt(3.0) / 2.0])


def _drawn(axes: Any, ease: Any, share: Any, start: Any) -> Any:
    from matplotlib.colors import to_rgb

    canvas, upper = (axes.get_figure(root=True), axes) if axes is not None else panels(4.8)
    tints = np.array([to_rgb(COLORS[name]) for name in TINTS])
    decided = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
    with styled():
        corners = _flat(np.eye(3))
        upper.plot(*corners[:, [0, 1, 2, 0]], color=COLORS["black"], linewidth=0.8)
        upper.scatter(*_flat(ease), c=decided @ tints, s=330, marker="h", linewidths=0)
        middle = start**2 / np.sum(start**2)
        for one in range(3):
            opposite = np.where(np.arange(3) == one, 0.0, middle)
            opposite = opposite / opposite.sum()
            upper.plot(*np.stack([_flat(middle), _flat(opposite)], axis=1), color=COLORS["black"])
        places = (("left", "top", -0.02), ("right", "top", -0.02), ("center", "bottom", 0.02))
        for name, tint, at, (side, height, away) in zip(NAMES, TINTS, corners.T, places, strict=True):
            upper.text(at[0], at[1] + away, f"all ease to {name}", ha=side, va=height, color=COLORS[tint])
        upper.set(aspect="equal", xlim=(-0.1, 1.1), ylim=(-0.1, 0.98))
        upper.axis("off")
    return canvas
