"""The figure of who wins: the simple goal or the entrenched one, by depth and head start."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, figure, panels
from figures.figure import Figure
from figures.style import COLORS, styled
from simulator.models.simplification import held
from simulator.models.simplification.entrenchment import final_shares
from simulator.parameter import Parameter, Range, resolve

SHALLOW, DEEP = (1.0, 1.8, 5), (2.0, 8.0, 25)  # depths: from, to, how many
DEPTHS = np.concatenate([np.linspace(*SHALLOW), np.linspace(*DEEP)])
HEAD_STARTS = np.geomspace(1.0, 30.0, 15)
OPTIONS = (
    Parameter("advantage", 1.5, range=Range(1.0, 10.0, open_low=True),
              meaning="efficiency of the simple feature over that of the entrenched one"),
)  # fmt: skip


def simple_or_entrenched(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw which of two features has the drive in the end, by depth and head start, and the boundary of theory.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        advantage: efficiency of the simple feature over that of the entrenched one, > 1.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    rows = [_ends(point["advantage"], head) for head in HEAD_STARTS]
    canvas = _drawn(axes, rows, point["advantage"])
    wrong = sum(int(np.count_nonzero(np.abs(one.simulated - one.predicted) > 0.02)) for one in rows)
    deep = float(_boundary(point["advantage"], 10.0))
    caption = (
        f"Of two features, one is {point['advantage']:g} times as efficient (simple), the other starts larger by a "
        "head start (entrenched). Squares: the simple one's share of the drive in the end, from the integrated law; "
        "black line: the depth of entrenchment. In products of fewer than two weights both stay; at depth two the "
        f"simple one wins whatever the start; with ten times the head start the entrenched one wins beyond depth "
        f"{deep:.2f}. {wrong} of {sum(one.x.size for one in rows)} squares are off by more than 0.02 of the drive."
    )
    alt = (
        "A plane of depth and head start, colored by the simple feature's final share. Left of depth two it is "
        "between; right of it blue below a falling curve, where the simple feature wins, and orange above, where the "
        "entrenched one does. The theory's line runs along the change of color."
    )
    return figure(
        "simple_or_entrenched", "Simple or entrenched: depth decides", canvas, caption, alt, rows, "depth",
        {"experiment": held.name, "law": held.fingerprint, "parameters": point},
        ("simplification.winner", "simplification.depth_of_entrenchment", "simplification.coexistence"),
    )  # fmt: skip


def _ends(advantage: float, head: float) -> Curve:
    """Integrate one head start at every depth until it is settled; the theory's curve is the end itself."""
    efficiency, start = (advantage, 1.0), (1.0, head)
    found = [final_shares(efficiency, start, *depths)[:, 0] for depths in (SHALLOW, DEEP)]
    predicted = np.array([_end(efficiency, start, depth) for depth in DEPTHS])
    return Curve(f"head start {head:.3g}", DEPTHS, np.concatenate(found), predicted, DEPTHS, predicted)


def _end(efficiency: tuple[float, float], start: tuple[float, float], depth: float) -> float:
    """Return the simple feature's share in the end; features of equal score keep their shares."""
    if depth < 2.0:
        return float(theory.get("simplification.coexistence")(efficiency=efficiency, depth=depth, feature=0))
    winner = int(theory.get("simplification.winner")(start=start, efficiency=efficiency, depth=depth))
    mine = efficiency[0] * start[0]
    return mine / (mine + efficiency[1] * start[1]) if winner < 0 else float(winner == 0)


def _boundary(advantage: float, head: Any) -> Any:
    starts = np.stack([np.ones_like(head), np.asarray(head)], axis=-1)
    return theory.get("simplification.depth_of_entrenchment")(start=starts, efficiency=(advantage, 1.0))


def _drawn(axes: Any, rows: list[Curve], advantage: float) -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    canvas, upper = (axes.get_figure(root=True), axes) if axes is not None else panels(4.2)
    colors = LinearSegmentedColormap.from_list("winner", [COLORS["orange"], "#F4F4F4", COLORS["blue"]])
    with styled():
        shares = np.array([one.simulated for one in rows])
        depth, head = np.meshgrid(DEPTHS, HEAD_STARTS)
        drawn = upper.scatter(depth, head, c=shares, cmap=colors, vmin=0.0, vmax=1.0, marker="s", s=44, linewidths=0)
        heads = np.geomspace(1.0 + 1e-9, HEAD_STARTS[-1] * 1.15, 600)
        edge = _boundary(advantage, heads)
        shown = edge <= DEPTHS[-1] + 0.2
        upper.plot(edge[shown], heads[shown], color=COLORS["black"])
        upper.axvline(2.0, color=COLORS["black"], linewidth=0.8, linestyle=":", zorder=0)
        upper.set(yscale="log", xlabel="depth: weights to a product", ylabel="head start of the entrenched feature",
                  xlim=(0.8, DEPTHS[-1] + 0.2), ylim=(0.87, HEAD_STARTS[-1] * 1.15))  # fmt: skip
        upper.set_yticks([1, 2, 5, 10, 20, 30], ["1", "2", "5", "10", "20", "30"])
        upper.set_yticks([], minor=True)
        bar = canvas.colorbar(drawn, ax=upper, aspect=30, pad=0.02)
        bar.outline.set_visible(False)
        bar.set_label("share of the simple feature in the end")
    return canvas
