"""The figure of a run: what behavior shows, and what the gradient saw all along."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

import theory
from figures.curve import Curve, draw, farthest, figure, panels, run
from figures.figure import Figure
from figures.style import MUTED, styled
from simulator.models.grokking import grokking
from simulator.models.grokking.weights import trained_weights
from simulator.parameter import resolve

KNOWN = (
    "memorizing_start", "generalizing_start", "memorizing_efficiency", "generalizing_efficiency", "weight_decay",
    "readout_noise",
)  # fmt: skip
START = {
    "memorizing_start": 0.3, "generalizing_start": 1e-6, "generalizing_efficiency": 1.6, "weight_decay": 0.02,
    "readout_noise": 0.6,
}  # fmt: skip
HORIZON = 1.8  # grokking times
LEARNING_RATE = 0.02
DEPTH = 2


def grokking_snap(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw train and test accuracy along a run of real weights, the shares, and the gradient on what will win.

    Parameters
    ----------
    axes
        Matplotlib axes for the accuracies alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        Of ``grokking``: starts, efficiencies, weight_decay, readout_noise; there are two weights to a product.
    """
    del replicates, seed
    point = resolve([one for one in grokking.parameters if one.name in KNOWN], {**START, **parameters})
    crossing, noise = _crossing(point), point.pop("readout_noise")
    fine = np.geomspace(0.2, HORIZON * crossing, 200)
    times = np.concatenate([np.geomspace(0.2, 0.5 * crossing, 14), np.linspace(0.6, HORIZON, 9) * crossing])
    found = _trained(point, times)
    (train, test), (train_line, test_line) = (_margins(point, when) for when in (times, fine))
    accuracies = [
        Curve("train accuracy", times, ndtr(found.train_margin.values / noise), ndtr(train / noise), fine,
              ndtr(train_line / noise)),
        Curve("test accuracy", times, ndtr(found.test_margin.values / noise), ndtr(test / noise), fine,
              ndtr(test_line / noise)),
    ]  # fmt: skip
    seen = float(point["generalizing_efficiency"])
    inside = [
        Curve("share of the margin that generalizes", times, found.generalizing_share.values, test / train, fine,
              test_line / train_line),
        Curve("loss gradient on the general circuit", times, seen * _pull(found.train_margin.values),
              seen * _pull(train), fine, seen * _pull(train_line)),
    ]  # fmt: skip
    canvas = _drawn(axes, accuracies, inside, crossing)
    perfect, half = (_first(fine, one.curve_y, level) for one, level in zip(accuracies, (0.99, 0.75), strict=True))
    then = float(np.interp(perfect, fine, accuracies[1].curve_y))
    ratio = float(theory.get("grokking.visible_from_start")(**{key: point[key] for key in KNOWN[:4]}, depth=DEPTH))
    caption = (
        f"Two circuits as real weights, two to a product. Train accuracy passes 99 % at time "
        f"{perfect:.2g}; test accuracy, then {then:.0%}, passes 75 % at {half:.0f}. Yet the first gradient step "
        f"moves the general circuit's weights by {ratio:.2g} of what it moves the others by, and it goes on: below, "
        f"the gradient on it is never zero, and decay hands it the margin (dotted: equal shares, at "
        f"{crossing:.0f}). Points are trained weights, lines the exact clock of the law; the farthest point is "
        f"{farthest([*accuracies, *inside], 1.0):.1g} away, which is what steps of {LEARNING_RATE:g} leave."
    )
    alt = (
        "Two panels against time on a logarithmic axis. Above, train accuracy rises early to one and test accuracy "
        "late. Below, the gradient on the general circuit falls from its start but stays positive, and its share of "
        "the margin rises steadily to one. Points of trained weights lie on the theory's lines."
    )
    return figure(
        "grokking_snap", "In sight from the start, in place late", canvas, caption, alt, [*accuracies, *inside],
        "time", {"experiment": "grokking_weights", "parameters": {**point, "readout_noise": noise}},
        ("grokking.clock", "grokking.clock_of_weights", "grokking.visible_from_start"),
    )  # fmt: skip


def _trained(point: dict[str, Any], times: Any) -> Any:
    return run(
        trained_weights(("train_margin", "test_margin", "generalizing_share"), times=times),
        start=[point["memorizing_start"], point["generalizing_start"]],
        efficiency=[point["memorizing_efficiency"], point["generalizing_efficiency"]],
        weight_decay=point["weight_decay"], depth=DEPTH, learning_rate=LEARNING_RATE,
    )  # fmt: skip


def _margins(point: dict[str, Any], times: Any) -> tuple[Any, Any]:
    """Return train and test margin by the clock; that of the memorizing circuit is the other with both exchanged."""
    exchanged = {
        "memorizing_start": point["generalizing_start"], "generalizing_start": point["memorizing_start"],
        "memorizing_efficiency": point["generalizing_efficiency"],
        "generalizing_efficiency": point["memorizing_efficiency"],
    }  # fmt: skip
    clock = theory.get("grokking.clock")
    test = clock(**point, depth=DEPTH, time=times)
    return test + clock(**{**point, **exchanged}, depth=DEPTH, time=times), test


def _crossing(point: dict[str, Any]) -> float:
    """Return when the general circuit leads; refuse a point at which that is not late, or never."""
    h, better = point["memorizing_efficiency"], point["generalizing_efficiency"]
    margins = h * point["memorizing_start"], better * point["generalizing_start"]
    if not (better > h and point["weight_decay"] > 0.0 and margins[0] > margins[1] > 0.0):
        raise ValueError(
            f"generalizing_efficiency: got {better}; must be above memorizing_efficiency {h}, from a smaller start "
            "> 0 and with weight_decay > 0, or nothing groks; leave them out"
        )
    time = float(theory.get("grokking.grokking_time")(
        memorizing_share=margins[0] / sum(margins), memorizing_efficiency=h, generalizing_efficiency=better,
        weight_decay=point["weight_decay"], loss="logistic", start_margin=sum(margins),
    ))  # fmt: skip
    if not time * point["weight_decay"] > 1.0:
        raise ValueError(
            f"generalizing_start: got {point['generalizing_start']:g}; must be so small that decay has to bring it up, "
            "or it is learned at once; lower it"
        )
    return time


def _pull(margin: Any) -> Any:
    return np.exp(-np.logaddexp(0.0, margin))


def _first(x: Any, y: Any, level: float) -> float:
    """Return the first x at which y has reached a level."""
    return float(x[np.argmax(y >= level)])


def _drawn(axes: Any, accuracies: Any, inside: Any, crossing: float) -> Any:
    if axes is not None:
        draw(axes, accuracies)
        return axes.get_figure(root=True)
    canvas, (upper, lower) = panels(5.6, 1.0, 1.0, sharex=True)
    draw(upper, accuracies)
    draw(lower, inside, first=2)
    with styled():
        for one, place in ((upper, "center"), (lower, "center left")):
            one.axvline(crossing, color=MUTED, linewidth=0.8, linestyle=":")
            one.legend(loc=place)
        upper.set_ylabel("accuracy")
        lower.set(ylabel="share, gradient", xlabel="time", xscale="log", yscale="log")
    return canvas
