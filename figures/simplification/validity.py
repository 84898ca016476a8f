"""Validity map of simplification: the clock of a drive that is held against a law of finite stiffness."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.figure import Figure
from figures.map import View, chart, of_margin, worst
from simulator.models.simplification import simplification
from simulator.parameter import Parameter, Range, resolve
from theory.validity import constrained_clock

OPTIONS = (
    Parameter("decay_times", 1.0, range=Range(0.05, 4.0), meaning="decay times after which shares are compared"),
)


def validity_of_held_drive(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the error of a share while the drive is taken to be held, over stiffness and depth.

    Parameters
    ----------
    axes
        Matplotlib axes, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        decay_times: weight_decay t at which shares are compared, in [0.05, 4].
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    found = constrained_clock(decay_times=point["decay_times"])
    view = View(found, "", "weight decay over stiffness", "depth",
                (1e-4, 1e-3, 1e-2, 1e-1, 1.0), (1.0, 1.5, 2.0, 3.0, 4.0, 6.0))  # fmt: skip
    largest, ratio, depth = worst(found)
    slope = np.abs(found.error[0]) / found.axes[0].values[0]
    passed = found.boundary(0.01)
    least = f"from λ/k = {passed[:, 0].min():.2g} on" if len(passed) else "nowhere here"
    caption = (
        f"Error of the simplest feature's share after {point['decay_times']:g} decay times, if the drive is held at 1, "
        f"against the law integrated with its stiffness k. It is at most {slope.max():.2g} λ/k while that is small, "
        f"and passes 1 % of the drive {least}; the largest is {largest:.2f} (λ/k = {ratio:.2g}, depth {depth:g}). "
        f"{of_margin(found)} It is left where a deep, slack drive collapses, and bounds nothing where decay takes "
        "half of the drive (crosses)."
    )
    alt = (
        "A map of decay over stiffness and depth, light on the left and ever darker to the right, with nearly vertical "
        "contours of one and five per cent; the deepest products are the last to leave the light and the darkest in "
        "the end."
    )
    return chart(
        "validity_of_held_drive", "Where the drive may be taken for held", [view], caption, alt,
        ("decay_over_stiffness", "depth"),
        {"experiment": simplification.name, "law": simplification.fingerprint, "parameters": {**point, **found.fixed}},
        axes, unit="error, in shares of the drive",
    )  # fmt: skip
