"""Deep diagonal networks: who wins against head start and depth, and how the drive changes hands at depth two."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.curve import Curve, figure, panels
from figures.figure import Figure
from figures.style import COLORS, MARKERS, MUTED, styled
from theory.grokking.formulas import passage_time
from witnesses.entrenchment import witness
from witnesses.entrenchment.outcomes import judge
from witnesses.entrenchment.predictions import flip
from witnesses.registration import Registration

LAWS = ("simplification.depth_of_entrenchment", "grokking.grokking_time")


def deep_networks(axes: Any = None, *, replicates: int = 2, seed: int = 0) -> Figure:
    """Draw in which share of runs the simple feature wins, by head start and depth, and its share along training.

    Parameters
    ----------
    axes
        Matplotlib axes for the panel of winners alone, or None for a figure of its own.
    replicates, seed
        Not used: what is drawn is stored.
    """
    del replicates, seed
    registration = witness.registrations[0]
    tables = witness.tables(registration)
    found = judge(registration, tables)
    wins = [_wins(registration, tables["runs"], depth) for depth in registration.settings["depths"]]
    courses = [_course(registration, tables["courses"], noise, label) for noise, label in _noises(registration)]
    canvas = _drawn(axes, wins, courses)
    return figure(
        "deep_networks", "Depth decides between the simple and the entrenched", canvas, _caption(registration, found),
        _ALT, [*wins, *courses], "head_start_or_time",
        {"registration": registration.hash, "command": "python -m figures deep_networks",
         "runs": "python -m witnesses entrenchment", "seeds": list(registration.seeds)}, LAWS,
    )  # fmt: skip


_ALT = (
    "Left, the share of runs that the simple feature wins against the head start of the other, for depths 2, 3, 4 and "
    "6: it stays at one for depth 2 and falls from one to zero at a head start that is smaller the deeper the network. "
    "Right, the simple feature's share of the drive against time at depth 2: points along the law's curve to one "
    "without noise on the features, and points that stop below it with noise."
)


def _noises(registration: Registration) -> list[tuple[float, str]]:
    noisy = max(noise for _, noise in registration.settings["blocks"])
    return [(0.0, "redundant features"), (noisy, f"each with noise {noisy:g}")]


def _caption(registration: Registration, found: Any) -> str:
    heads = ", ".join(
        f"{found[key][0]:.2f} at depth {depth} (predicted {registration[key].value:.2f})"
        for depth in registration.settings["depths"] if depth > 2 for key in [f"head_start.depth_{depth}"]
    )  # fmt: skip
    noisy = found["winner_takes_all.noisy_features"]
    return (
        "A signal comes twice, once more strongly. Left: share of "
        f"{len(registration.seeds)} runs in which the stronger, simple feature ends with most of the drive, against "
        "the head start of the other; dotted lines are the law's. On average the runs turn at "
        f"{heads}. Right: depth 2, largest head start; points are means, the line is the law. Where each feature has "
        f"noise of its own, using both is worth more than what decay costs: the larger keeps {noisy[0]:.0%}, and that "
        "the winner takes all, which a flat loss implies, fails. With the noise in the law, shares at six noises "
        "agree, as the table of registered predictions says."
    )


def _wins(registration: Registration, runs: Any, depth: int) -> Curve:
    heads = np.array(registration.settings["head_starts"])
    mine = (runs["depth"] == depth) & (runs["noise"] == 0.0)
    share = np.array([np.mean(runs["simple"][mine & (runs["head_start"] == head)] > 0.5) for head in heads])
    h = registration.settings["efficiency"]
    turn = np.inf if depth == 2 else flip((h[0], h[1]), depth)
    fine = np.geomspace(heads[0], heads[-1], 400)
    below, line = (np.where(places < turn, 1.0, 0.0) for places in (heads, fine))
    return Curve(f"depth {depth}", heads, share, below, fine, line)


def _course(registration: Registration, courses: Any, noise: float, label: str) -> Curve:
    """Return the mean share of the simple feature at depth 2 and the largest head start, and the law's."""
    said = registration.settings
    mine = (courses["depth"] == 2) & (courses["noise"] == noise)
    times = np.unique(courses["time"][mine])
    mean = np.array([courses["simple"][mine & (courses["time"] == time)].mean() for time in times])
    h, first = said["efficiency"], said["efficiency"][0]
    begun = first / (first + h[1] * said["head_starts"][-1])
    shares = np.linspace(begun, 0.9999, 600)
    when = passage_time(begun, shares, h[1], first, said["weight_decay"])
    return Curve(label, times, mean, np.interp(times, when, shares), when, shares)


def _drawn(axes: Any, wins: list[Curve], courses: list[Curve]) -> Any:
    canvas, drawn = panels(3.6, columns=2) if axes is None else (axes.get_figure(root=True), (axes, None))
    left, right = drawn
    colors = tuple(COLORS.values())
    with styled():
        for index, one in enumerate(wins):
            left.plot(one.x, one.simulated, marker=MARKERS[index], color=colors[index], label=one.label, linewidth=0.8,
                      markeredgecolor="white", markeredgewidth=0.5)  # fmt: skip
            turn = one.curve_x[one.curve_y > 0.5][-1]
            if turn < one.curve_x[-1]:
                left.axvline(turn, color=colors[index], linestyle=":")
        left.set(xscale="log", xlabel="head start of the other feature", ylabel="runs that the simple feature wins")
        left.set_xticks([1.5, 2, 3, 5, 8], ["1.5", "2", "3", "5", "8"])
        left.set_xticks([], minor=True)
        left.legend(loc="center right", fontsize=8.0)
        if right is not None:
            _draw_courses(right, courses)
    return canvas


def _draw_courses(axes: Any, courses: list[Curve]) -> None:
    axes.plot(courses[0].curve_x, courses[0].curve_y, color=COLORS["blue"], label="law")
    for index, one in enumerate(courses):
        every = slice(None, None, 3)
        axes.plot(one.x[every], one.simulated[every], linestyle="", marker=MARKERS[index],
                  color=tuple(COLORS.values())[index + 1], markeredgecolor="white", markeredgewidth=0.5,
                  label=one.label)  # fmt: skip
    axes.axhline(0.5, color=MUTED, linewidth=0.8, linestyle=":")
    axes.set(xlabel="time (steps × learning rate)", ylabel="share of the simple feature", ylim=(0.0, 1.02),
             xlim=(0.0, courses[0].x[-1]))  # fmt: skip
    axes.legend(loc="lower right", fontsize=8.0)
