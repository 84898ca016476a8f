"""Validity map of grokking: the closed forms of its time against the integrated law."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.figure import Figure
from figures.map import View, chart, of_margin, worst
from simulator.models.grokking import grokking, squared
from simulator.parameter import Parameter, Range, resolve
from theory.validity import ValidityMap
from theory.validity import grokking_time as mapped

OPTIONS = (
    Parameter("memorizing_share", 0.99, range=Range(0.5, 1.0, True, True), meaning="what is memorized at the start"),
)


def validity_of_grokking_time(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the relative error of grokking time over decay and efficiency ratio, for a held margin and a logistic loss.

    Parameters
    ----------
    axes
        Matplotlib axes for the held margin alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        memorizing_share at the start, on the floor of the loss, in (1/2, 1).
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    held, logistic = (mapped(loss=loss, **point) for loss in ("held", "logistic"))
    ratios = (1.05, 1.2, 1.5, 2.0, 3.0, 4.0)
    views = [
        View(held, "squared loss, margin held", "decay over stiffness", "efficiency ratio",
             (1e-4, 1e-2), ratios),
        View(logistic, "logistic loss", "decay over efficiency", "efficiency ratio",
             (0.002, 0.01, 0.05, 0.2), ratios),
    ]  # fmt: skip
    most, more = worst(held), worst(logistic)
    caption = (
        "Relative error of the closed forms of grokking time, against the law integrated until both circuits carry the "
        f"margin alike; {point['memorizing_share']:g} of it is memorized at the start. Left, the margin taken for held:"
        f" too early by {most[0]:.1%} at most (λ/k = {most[1]:.2g}, efficiency ratio {most[2]:g}), below 1 % "
        f"for λ/k < {_least(held):.2g}. {of_margin(held)} Right, the logistic loss: its floor is met late, by up to "
        f"{more[0]:.0%} (λ = {more[1]:.2g} h_M, ratio {more[2]:g}), above 1 % from λ = {_least(logistic):.2g} h_M on. "
        f"{of_margin(logistic)} In {int(np.isinf(logistic.margin).sum())} cells (crosses) the bound on the floor's lag "
        "is infinite. Where the circuits are nearly alike the time itself diverges, "
        f"to {_longest(logistic):.0f} half decay times "
        f"at a ratio of {logistic.axes[1].values[0]:g}, and the error is least."
    )
    alt = (
        "Two maps of weight decay and efficiency ratio, both darker to the right and upward: errors grow with decay "
        "and with how much better the general circuit is. The contours of one and five per cent fall to the right."
    )
    return chart(
        "validity_of_grokking_time", "Where grokking time is known", views, caption, alt, ("decay", "efficiency_ratio"),
        {"experiment": grokking.name, "law": grokking.fingerprint, "squared_law": squared.fingerprint,
         "parameters": point}, axes,
    )  # fmt: skip


def _least(found: ValidityMap) -> float:
    """Return the smallest decay at which the error passes one per cent for some ratio."""
    passed = found.boundary(0.01)
    return float(passed[:, 0].min()) if len(passed) else float(found.axes[0].values[-1])


def _longest(found: ValidityMap) -> float:
    """Return the longest time, in half decay times."""
    return float(np.nanmax(2.0 * found.axes[0].values[:, np.newaxis] * found.reference))
