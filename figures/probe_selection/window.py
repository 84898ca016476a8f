"""The figure of the window: what evades takes over, after a time that a better probe lengthens by a logarithm."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import COLORS, MUTED, styled
from simulator.models.probe_selection.types import probe_types, until_evading
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, Range, resolve
from theory.probe_selection import formulas

TIMES = (0.0, 0.5, 1.0, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
WEIGHTS = (0.0, 0.1, 0.2)
INSIDE = Range(0.0, 1.0, True, True)
OPTIONS = (
    Parameter("prevalence", 0.5, range=Range(0.0, 0.6, True), meaning="share of misbehavior at the start"),
    Parameter("false_negative_rate", 0.02, range=INSIDE, meaning="share of it that the probe misses"),
    Parameter("bonus", 1.0, range=POSITIVE, meaning="what misbehavior earns"),
    Parameter("penalty", 3.0, range=NONNEGATIVE, meaning="what being caught costs"),
)


def evasion_window(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the three types over time, and when evasion overtakes good behavior, by the probe's misses.

    Parameters
    ----------
    axes
        Matplotlib axes for the panel of types alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        prevalence (up to 0.6), false_negative_rate, bonus and penalty.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    types = _types(point)
    windows = [one for one in (_window(weight, point) for weight in WEIGHTS) if one is not None]
    when = float(_time(point["false_negative_rate"], 0.0, point))
    recall = float(formulas.recall_decay(point["false_negative_rate"], point["penalty"], when))
    lowest = types[1].curve_y.min()
    canvas = _drawn(axes, types, windows, point)
    tenth = np.log(10.0) / point["bonus"]
    caption = (
        f"Left: behavior that is good, that is bad, and the part of the bad that the probe catches, under selection "
        f"without a KL penalty. Misbehavior falls to {lowest:.2f} first and then takes over as what evades: as much "
        f"evades as is good at {when:.1f} (dotted), when recall has fallen from {1 - point['false_negative_rate']:.0%} "
        f"to {recall:.2g}. Right: that time against the share that the probe misses. A probe that misses a tenth as "
        f"much buys {tenth:.1f} of time, no more; a KL penalty to the start stretches it, and beyond a quality of the "
        f"probe (dotted) it never comes. Points are the law, integrated; the farthest is "
        f"{farthest([*types, *windows], 1.0):.0e} from its line."
    )
    alt = (
        "Left, shares over time: misbehavior falls, turns and rises to one, while recall falls to nothing. Right, the "
        "time at which evasion overtakes, against the share missed on a logarithmic axis: a straight falling line "
        "without a KL penalty, lines that diverge toward the left with one."
    )
    return figure(
        "evasion_window", "The window before evasion", canvas, caption, alt, [*types, *windows], "time_or_missed",
        {"experiment": probe_types.name, "law": probe_types.fingerprint, "parameters": point},
        ("probe_selection.misbehavior_share", "probe_selection.recall_decay", "probe_selection.evasion_time",
         "probe_selection.critical_kl"),
    )  # fmt: skip


def _types(point: dict[str, Any]) -> list[Curve]:
    measures = {"clean_share": "good", "misbehavior_share": "bad", "recall": "share of the bad that is caught"}
    made = probe_types.experiment("flow", times=TIMES[1:], measures=tuple(measures))
    found, x, fine = run(made, **point), np.array(TIMES[1:]), np.linspace(0.0, TIMES[-1], 200)

    def formula(name: str, time: Any) -> Any:
        if name == "recall":
            return formulas.recall_decay(point["false_negative_rate"], point["penalty"], time)
        bad = formulas.misbehavior_share(**point, kl=0.0, time=time)
        return bad if name == "misbehavior_share" else 1.0 - bad

    return [Curve(label, x, found[name].values, formula(name, x), fine, formula(name, fine))
            for name, label in measures.items()]  # fmt: skip


def _time(rate: Any, weight: float, point: dict[str, Any]) -> Any:
    start = {"clean": 1.0 - point["prevalence"], "evading": point["prevalence"] * np.asarray(rate)}
    return theory.get("probe_selection.evasion_time")(**start, bonus=point["bonus"], kl=weight)


def _window(weight: float, point: dict[str, Any]) -> Curve | None:
    """Return the time of overtaking by the probe's misses, where it comes at all; None where it never does."""
    x = np.array(RATES)
    x = x[np.isfinite(_time(x, weight, point)) & (_time(x, weight, point) > 0.0)]
    if x.size == 0:
        return None
    made = until_evading(probe_types).experiment("flow", measures=())
    found = [
        float(run(made, **{**point, "false_negative_rate": rate}, kl=weight, time=1000.0).stopping_time) for rate in x
    ]
    fine = np.geomspace(RATES[0], RATES[-1], 400)
    fine = fine[np.isfinite(_time(fine, weight, point))]
    label = "no KL penalty" if weight == 0.0 else f"KL weight {weight:g}"
    return Curve(label, x, np.array(found), _time(x, weight, point), fine, _time(fine, weight, point))


def _drawn(axes: Any, types: list[Curve], windows: list[Curve], point: dict[str, Any]) -> Any:
    if axes is not None:
        draw(axes, types)
        return axes.get_figure(root=True)
    canvas, (left, right) = panels(3.9, columns=2)
    draw(left, types)
    draw(right, windows, first=3)
    with styled():
        left.axvline(float(_time(point["false_negative_rate"], 0.0, point)), color=MUTED, linewidth=0.8, linestyle=":")
        left.set(xlabel="time (1/reward)", ylabel="share", ylim=(-0.03, 1.03))
        left.legend(fontsize=8.0, loc="lower left", bbox_to_anchor=(0.0, 1.0))
        right.set(xscale="log", xlabel="share of misbehavior missed", ylabel="time until evasion leads",
                  ylim=(0.0, 20.0))  # fmt: skip
        for index, weight in enumerate(WEIGHTS[1:], start=4):
            critical = np.exp(-point["bonus"] / weight) * (1.0 - point["prevalence"]) / point["prevalence"]
            if RATES[0] < critical < RATES[-1]:
                right.axvline(critical, color=tuple(COLORS.values())[index], linewidth=0.8, linestyle=":")
        right.xaxis.set_major_formatter("{x:g}")
        right.legend(fontsize=8.0, loc="lower left", bbox_to_anchor=(0.0, 1.0))
    return canvas
