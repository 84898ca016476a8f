"""The figures of one run: shares and goals along the clock, and the lineage of its leaders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, panels
from figures.curve import figure as curve_figure
from figures.figure import Figure
from figures.style import COLORS, MUTED, styled
from simulator.models.succession.envelope import reigns
from simulator.models.succession.goals import along_tree, recursive_tree
from simulator.models.succession.lineage import lineage as lineage_of
from simulator.models.succession.lineage import retention as retention_on
from simulator.models.succession.lineage import reuse
from simulator.models.succession.shares import softmax, stepped
from simulator.parameter import COUNT, Parameter, Range, resolve
from simulator.randomness import point_key, stream
from theory.succession import formulas

TRIES = 400
OPTIONS = (
    Parameter("circuits", 16, range=COUNT, meaning="number of circuits", integer=True),
    Parameter("overlap", 0.7, range=Range(0.0, 1.0), meaning="cosine of a goal to the one it was inherited from"),
    Parameter("changes", 4, range=COUNT, meaning="how often the lead changes hands in the run shown", integer=True),
)
BEYOND = 5.0  # how far before the first change and after the last the clock is shown, as a factor
SUBSTEPS = 6  # stretches between two looks: steps are stable only while shares change little in one
DIM = 8


@dataclass(frozen=True, eq=False)
class _Run:
    """One run: its lines, who reuses whom, goals (circuits, dim), its leaders in order and since when."""

    presence: Any
    quality: Any
    parents: Any
    goals: Any
    leaders: Any
    since: Any

    def clock(self, count: int) -> Any:
        """Return times from well before the first change to well after the last."""
        return np.geomspace(self.since[1] / BEYOND, self.since[-1] * BEYOND, count)


def succession(axes: Any = None, *, replicates: int = 1, seed: int = 0, **parameters: Any) -> Figure:
    """Draw one run: the circuits' shares along the clock, and whose goal is pursued.

    Parameters
    ----------
    axes
        Matplotlib axes for the shares alone, or None for a figure of its own.
    replicates
        Not used: it is one run, of those drawn in which the lead changes hands as often as asked the one done first.
    seed
        Of what is drawn.
    parameters
        circuits, overlap along the reuse tree, and changes of the lead.
    """
    del replicates
    point = resolve(OPTIONS, parameters)
    run = _run(point, seed)
    curves, blends = _shares(run), _goals(run)
    canvas = _drawn(axes, run, curves, blends)
    expected = float(theory.get("succession.expected_successions")(circuits=point["circuits"]))
    wanted = float(blends[0].predicted[-1])
    caption = (
        f"One run of {point['circuits']} circuits, in which the lead changes hands {point['changes']} times "
        f"({expected:.2f} is the average). Top: shares of the circuits that ever lead, exact (lines) and by steps of "
        f"the replicator equation (points, at most {farthest(curves, 1.0):.0e} away). Below: the cosine to the first "
        "leader's goal, of the blend that the whole network pursues and of the leader's own (dotted). The blend moves "
        f"smoothly where the leader's jumps; in the end it is the last leader's, at {wanted:.2f}."
    )
    alt = (
        "Above, bell-shaped shares that follow one another along a logarithmic clock until the last goes to one. "
        "Below, the cosine to the first goal jumps, and that of the blend moves smoothly along."
    )
    return curve_figure(
        "succession", "One leader after another", canvas, caption, alt, [*curves, *blends], "time",
        {"experiment": "succession_shares", "parameters": point, "seed": seed},
        ("succession.leader_share", "succession.blend_overlap"),
    )  # fmt: skip


def _run(point: Mapping[str, Any], seed: int) -> _Run:
    """Return, of the seed's runs in which the lead changes hands as often as asked, the one that is done first."""
    generator = stream(seed, point_key({"figure": "succession", "parameters": dict(point)}), 0)
    count = point["circuits"]
    presence, quality = generator.standard_normal((2, count, TRIES))
    found = reigns(presence, quality)
    chosen = np.flatnonzero(found.successions == point["changes"])
    if chosen.size == 0:
        raise ValueError(
            f"changes: got {point['changes']}; must happen in one of {TRIES} runs of {count} circuits; pass fewer"
        )
    reign = slice(0, point["changes"] + 1)
    one = chosen[np.argmin(found.since[point["changes"], chosen])]
    parents = recursive_tree(count, 1, generator)
    goals = along_tree(parents, np.full(count, point["overlap"]), DIM, generator)[:, :, 0]
    return _Run(presence[:, one], quality[:, one], parents[:, 0], goals, found.leader[reign, one],
                found.since[reign, one])  # fmt: skip


def _shares(run: _Run) -> list[Curve]:
    exact = formulas.shares
    looks, fine = run.clock(13), run.clock(400)
    paths = _stepped(run, looks)
    lines, points = (exact(run.presence, run.quality, times) for times in (fine, looks))
    return [
        Curve(f"leader {number + 1}", looks, paths[leader], points[leader], fine, lines[leader])
        for number, leader in enumerate(run.leaders)
    ]


def _stepped(run: _Run, looks: Any) -> Any:
    """Return shares (circuits, looks) by steps of the replicator equation, ever longer ones."""
    times = np.concatenate([np.linspace(*ends, SUBSTEPS + 1)[1:] for ends in pairwise((0.0, *looks))])
    shares, path, unused = softmax(run.presence, run.quality, 0.0)[:, np.newaxis], [], np.random.default_rng(0)
    for before, time in pairwise((0.0, *times)):
        shares = stepped(np.log(shares), run.quality[:, np.newaxis], (time - before,), 0.0, unused)[0][0]
        path.append(shares[:, 0])
    return np.array(path[SUBSTEPS - 1 :: SUBSTEPS]).T


def _goals(run: _Run) -> list[Curve]:
    exact = formulas.shares
    first = run.goals[run.leaders[0]]

    def cosine(shares: Any) -> Any:
        blend = run.goals.T @ shares
        return first @ blend / np.sqrt(np.sum(blend**2, axis=0))

    looks, fine = run.clock(13), run.clock(400)
    lines, points = (cosine(exact(run.presence, run.quality, times)) for times in (fine, looks))
    return [Curve("blend", looks, cosine(_stepped(run, looks)), points, fine, lines)]


def _drawn(axes: Any, run: _Run, curves: list[Curve], blends: list[Curve]) -> Any:
    if axes is not None:
        draw(axes, curves)
        return axes.get_figure(root=True)
    canvas, (upper, lower) = panels(5.2, 1.3, 1.0, sharex=True)
    draw(upper, curves)
    draw(lower, blends, first=6)
    times = run.clock(2)
    led = [float(run.goals[run.leaders[0]] @ run.goals[leader]) for leader in run.leaders]
    with styled():
        upper.set(xscale="log", ylabel="share", ylim=(-0.03, 1.05))
        upper.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=5, columnspacing=1.2)
        for number, (since, color) in enumerate(zip(run.since, COLORS.values(), strict=False)):
            until = run.since[number + 1] if number + 1 < len(run.since) else times[-1]
            lower.hlines(led[number], max(since, times[0]), until, color=color, linewidth=2.2, linestyle=":")
        lowest = min(0.0, *led, *blends[0].curve_y) - 0.06
        lower.set(xlabel="clock of training", ylabel="cosine to the\nfirst leader's goal", ylim=(lowest, 1.06))
        lower.axhline(0.0, color=MUTED, linewidth=0.6)
        canvas.align_ylabels([upper, lower])
    return canvas


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
    run = _run(point, seed)
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


def _by_circuit(run: _Run, values: Any) -> Any:
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
