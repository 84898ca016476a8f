"""The figure of one run: shares and goals along the clock."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, panels
from figures.curve import figure as curve_figure
from figures.figure import Figure
from figures.style import COLORS, MUTED, styled
from figures.succession.one_run import OPTIONS, Run, one_run
from simulator.models.succession.shares import softmax, stepped
from simulator.parameter import resolve
from theory.succession import formulas

SUBSTEPS = 6  # stretches between two looks: steps are stable only while shares change little in one


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
    run = one_run(point, seed)
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


def _shares(run: Run) -> list[Curve]:
    exact = formulas.shares
    looks, fine = run.clock(13), run.clock(400)
    paths = _stepped(run, looks)
    lines, points = (exact(run.presence, run.quality, times) for times in (fine, looks))
    return [
        Curve(f"leader {number + 1}", looks, paths[leader], points[leader], fine, lines[leader])
        for number, leader in enumerate(run.leaders)
    ]


def _stepped(run: Run, looks: Any) -> Any:
    """Return shares (circuits, looks) by steps of the replicator equation, ever longer ones."""
    times = np.concatenate([np.linspace(*ends, SUBSTEPS + 1)[1:] for ends in pairwise((0.0, *looks))])
    shares, path, unused = softmax(run.presence, run.quality, 0.0)[:, np.newaxis], [], np.random.default_rng(0)
    for before, time in pairwise((0.0, *times)):
        shares = stepped(np.log(shares), run.quality[:, np.newaxis], (time - before,), 0.0, unused)[0][0]
        path.append(shares[:, 0])
    return np.array(path[SUBSTEPS - 1 :: SUBSTEPS]).T


def _goals(run: Run) -> list[Curve]:
    exact = formulas.shares
    first = run.goals[run.leaders[0]]

    def cosine(shares: Any) -> Any:
        blend = run.goals.T @ shares
        return first @ blend / np.sqrt(np.sum(blend**2, axis=0))

    looks, fine = run.clock(13), run.clock(400)
    lines, points = (cosine(exact(run.presence, run.quality, times)) for times in (fine, looks))
    return [Curve("blend", looks, cosine(_stepped(run, looks)), points, fine, lines)]


def _drawn(axes: Any, run: Run, curves: list[Curve], blends: list[Curve]) -> Any:
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
