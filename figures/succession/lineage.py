"""The figure of the lineage of leaders, on the tree of circuits that reuse one another."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.curve import panels
from figures.figure import Figure
from figures.style import COLORS, styled
from figures.succession.one_run import OPTIONS, Run, one_run
from simulator.models.succession.lineage import lineage as lineage_of
from simulator.models.succession.lineage import retention as retention_on
from simulator.models.succession.lineage import reuse
from simulator.parameter import resolve


def lineage(axes: Any = None, *, replicates: int = 1, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the graph of circuits that reuse one another, and the lineage of its leaders on it.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates
        Not used: it is the run that `succession` shows.
    seed
        Of what is drawn.
    parameters
        As in `succession`.
    """
    del replicates
    point = resolve(OPTIONS, parameters)
    run = one_run(point, seed)
    tree = reuse(run.parents.tolist(), point["overlap"])
    overlaps = {
        (int(old), int(new)): retention_on(tree, int(old), int(new))
        for old, new in zip(run.leaders[:-1], run.leaders[1:], strict=True)
    }
    path = lineage_of(run.presence, run.quality, overlaps)
    kept = [retention_on(tree, int(run.leaders[0]), int(leader)) for leader in run.leaders]
    canvas = _drawn_lineage(axes, tree, path, kept)
    ended, handed = kept[-1], retention_on(path)
    caption = (
        f"Circuits in the order they were built, from the top: each reuses one built before it (gray, overlap "
        f"{point['overlap']:g} an edge). In color the leaders of one run, numbered as they lead, with the expected "
        f"cosine of each one's goal to the first leader's: the product of overlaps along the gray way between them, "
        f"{ended:.2f} for the last. Arrows are the lineage of leaders: had each its goal from the one before it "
        f"alone, what they have in common would multiply to {handed:.2f}."
    )
    alt = (
        "A tree of small gray nodes, some of them large and colored with numbers from one on, joined by curved arrows "
        "that jump across the tree."
    )
    columns: dict[str, Any] = {
        "circuit": np.arange(len(run.parents)), "parent": np.asarray(run.parents),
        "presence": run.presence, "quality": run.quality, "reign": _by_circuit(run, np.arange(1.0, 1.0 + len(kept))),
        "since": _by_circuit(run, run.since), "retention": _by_circuit(run, np.array(kept)),
    }  # fmt: skip
    return Figure(
        "lineage", "The next leader is no child of the last", canvas, caption, alt, columns,
        {"experiment": "succession", "parameters": point, "seed": seed}, ("succession.reuse_retention",),
    )  # fmt: skip


def _by_circuit(run: Run, values: Any) -> Any:
    whole = np.full(len(run.parents), np.nan)
    whole[run.leaders] = values
    return whole


def places(tree: Any) -> dict[int, tuple[float, float]]:
    """Return where to draw the nodes of a tree: leaves side by side, parents over the middle of their children."""
    place: dict[int, tuple[float, float]] = {}
    leaves = 0

    def put(node: int, depth: int) -> float:
        nonlocal leaves
        children = sorted(tree.successors(node))
        if children:
            across = float(np.mean([put(child, depth + 1) for child in children]))
        else:
            across, leaves = float(leaves), leaves + 1
        place[node] = (across, -float(depth))
        return across

    put(0, 0)
    return place


def _drawn_lineage(axes: Any, tree: Any, path: Any, kept: list[float]) -> Any:
    import networkx

    where = places(tree)
    if axes is None:
        canvas, axes = panels(4.4)
    else:
        canvas = axes.get_figure(root=True)
    leaders = list(path)
    colors = tuple(COLORS.values())[: len(leaders)]
    with styled():
        networkx.draw_networkx_edges(tree, where, ax=axes, edge_color="#BBBBBB", width=1.2, arrows=False)
        others = [node for node in tree if node not in path]
        networkx.draw_networkx_nodes(tree, where, others, node_size=40, node_color="#999999", ax=axes)
        networkx.draw_networkx_nodes(tree, where, leaders, node_size=330, node_color=colors, ax=axes)
        names = {node: str(number + 1) for number, node in enumerate(leaders)}
        networkx.draw_networkx_labels(tree, where, names, font_size=10, font_color="white", font_weight="bold", ax=axes)
        networkx.draw_networkx_edges(path, where, ax=axes, edge_color="black", width=1.3, arrowsize=12, node_size=330,
                                     connectionstyle="arc3,rad=0.25", style="--")  # fmt: skip
        for node, part in zip(leaders, kept, strict=True):
            axes.annotate(
                f"{part:.2f}",
                where[node],
                (13, 5),
                textcoords="offset points",
                fontsize=9,
                zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
        axes.margins(0.1)
        axes.set_axis_off()
    return canvas
