"""The figure of waiting: proportional to one over decay, and without end at the critical data size."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import MUTED, styled
from simulator.models.grokking import generalizing, generalizing_efficiency, memorizing, memorizing_now, squared
from simulator.models.grokking import until_crossing as crossing_law
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, Range, resolve

GAPS = (0.2, 0.5, 1.0, 2.0)
DECAYS = (0.003, 0.01, 0.03, 0.1)
RATIOS = (0.4, 0.55, 0.7, 0.8, 0.88, 1.15, 1.3, 1.6, 2.2, 3.0)
STIFFNESS = 100.0  # the same for every decay
PATIENCE = 400.0  # decay times
OPTIONS = (
    Parameter("memorizing_share", 0.99, range=Range(0.5, 1.0, True, True), meaning="what is memorized at the start"),
    Parameter("exponent", 1.0, range=POSITIVE, meaning="how fast data wear memorizing down"),
    Parameter("weight_decay", 0.01, range=NONNEGATIVE, meaning="decay of the panel of data sizes"),
)


def grokking_time(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw when the general circuit leads, against weight decay for several gaps, and against the size of the data.

    Parameters
    ----------
    axes
        Matplotlib axes for the panel of decay alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        memorizing_share (at the start, on the floor of the loss), exponent, and weight_decay of the right panel.
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    by_decay = [_against_decay(gap, point["memorizing_share"]) for gap in GAPS]
    by_size = [_against_size(label, keep, point) for label, keep in (("grokking", True), ("ungrokking", False))]
    slopes = [np.polyfit(np.log(one.x), np.log(one.simulated), 1)[0] for one in by_decay]
    off = max(abs(slope + 1.0) for slope in slopes)
    canvas = _drawn(axes, by_decay, by_size)
    caption = (
        f"Left: grokking time against weight decay, the general circuit more efficient by "
        f"{', '.join(f'{gap:.0%}' for gap in GAPS)}. On a loss that holds the margin it is proportional to one over "
        f"decay: the slopes of the simulated points differ from -1 by {off:.1g} at most. Right: the waiting, in half "
        f"decay times, against the data. Toward the critical size it has no end; below it, a network that grokked "
        f"ungroks. Lines are the formula; the farthest point is {farthest([*by_decay, *by_size]):.2%} away, what a "
        f"stiffness of {STIFFNESS:g} leaves."
    )
    alt = (
        "Left, four parallel falling lines of grokking time against weight decay on logarithmic axes, simulated points "
        "on them. Right, waiting time against data size relative to the critical one: it rises steeply to infinity "
        "toward one from both sides."
    )
    return figure(
        "grokking_time", "Grokking waits for decay, and for data", canvas, caption, alt, [*by_decay, *by_size],
        "decay_or_data_ratio", {"experiment": squared.name, "law": squared.fingerprint, "parameters": point},
        ("grokking.grokking_time", "grokking.ungrokking_time", "grokking.critical_data_size"),
    )  # fmt: skip


def _start(share: float, h: float, better: float, decay: float) -> dict[str, float]:
    """Return a start on the floor of the loss, at which the memorizing circuit has a share of the margin."""
    return {
        "memorizing_start": share / h, "generalizing_start": (1.0 - share) / better,
        "generalizing_efficiency": better, "weight_decay": decay, "stiffness": STIFFNESS,
    }  # fmt: skip


def _against_decay(gap: float, share: float) -> Curve:
    def formula(decay: Any) -> Any:
        return theory.get("grokking.grokking_time")(
            memorizing_share=share, memorizing_efficiency=1.0, generalizing_efficiency=1.0 + gap, weight_decay=decay
        )

    made = crossing_law(squared).experiment("flow", solver="LSODA", measures=())
    found = [
        float(run(made, **_start(share, 1.0, 1.0 + gap, decay), time=PATIENCE / decay).stopping_time)
        for decay in DECAYS
    ]
    fine = np.geomspace(DECAYS[0], DECAYS[-1], 50)
    return Curve(f"{gap:.0%} more efficient", np.array(DECAYS), np.array(found), formula(np.array(DECAYS)), fine,
                 formula(fine))  # fmt: skip


def _against_size(label: str, above: bool, point: dict[str, Any]) -> Curve:
    """Return the waiting on one side of the critical size, where both circuits have an efficiency of one."""
    share, exponent, decay = point["memorizing_share"], point["exponent"], point["weight_decay"]
    ratios = np.array([ratio for ratio in RATIOS if (ratio > 1.0) == above])
    fine = 1.0 + np.geomspace(0.02, 2.2, 80) if above else np.linspace(0.35, 0.985, 80)

    def formula(ratio: Any) -> Any:
        if not above:
            return 2.0 * decay * theory.get("grokking.ungrokking_time")(
                generalizing_share=share, data_ratio=ratio, exponent=exponent, weight_decay=decay
            )  # fmt: skip
        return 2.0 * decay * theory.get("grokking.grokking_time")(
            memorizing_share=share, memorizing_efficiency=ratio**-exponent, generalizing_efficiency=1.0,
            weight_decay=decay,
        )  # fmt: skip

    lead = generalizing_efficiency * generalizing - memorizing_now * memorizing
    law = crossing_law(squared) if above else squared.replace(absorb={"lost": lead})
    made = law.experiment("flow", solver="LSODA", measures=())
    found = []
    for ratio in ratios:
        start = _start(share if above else 1.0 - share, ratio**-exponent, 1.0, decay)
        size = {"data_size": 1000.0 * ratio, "exponent": exponent, "time": PATIENCE / decay}
        found.append(2.0 * decay * float(run(made, **start, **size).stopping_time))
    return Curve(label, ratios, np.array(found), formula(ratios), fine, formula(fine))


def _drawn(axes: Any, by_decay: Any, by_size: Any) -> Any:
    if axes is not None:
        draw(axes, by_decay)
        axes.set(xscale="log", yscale="log")
        return axes.get_figure(root=True)
    canvas, (left, right) = panels(3.9, columns=2)
    draw(left, by_decay)
    draw(right, by_size, first=4)
    with styled():
        left.set(xscale="log", yscale="log", xlabel="weight decay (1/time)", ylabel="grokking time")
        left.legend(fontsize=8.0)
        right.axvline(1.0, color=MUTED, linewidth=0.8, linestyle=":")
        right.set(xscale="log", xlabel="data, in critical sizes", ylabel="waiting (half decay times)", ylim=(0.0, 60.0))
        right.set_xticks([0.5, 1.0, 2.0, 3.0], ["0.5", "1", "2", "3"])
        right.set_xticks([], minor=True)
        right.legend(fontsize=8.0)
    return canvas
