"""The figure of the window: what a goal drifts by from awareness to the first hold, against growth speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import Series, agreement, comparison
from figures.preservation.shared import figure, point_of
from simulator import simulate
from simulator.models.preservation import outside
from simulator.models.preservation.course import course
from simulator.models.preservation.law import NEVER

DEFAULTS = {"growth": 0.5, "noise": 0.3, "threshold": 1.0, "initial_capability": 0.0, "hacking_threshold": 4.0,
            "memory_threshold": 1.5, "dim": 8}  # fmt: skip
SHARP = {"width": 1e-9, "hold": 5.0, "pull": 1.0}
WINDOW = ("noise", "threshold", "initial_capability", "hacking_threshold")


def danger_window(axes: Any = None, *, replicates: int = 1000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the variance that a goal gains between awareness and the first hold, against the speed of growth.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    parameters
        Of ``preservation``: growth > 0 (the middle of the axis), noise > 0, threshold, initial_capability,
        hacking_threshold and memory_threshold above both, dim.
    """
    check_replicates(replicates)
    point = point_of(parameters, DEFAULTS, "growth", "noise")
    aware = max(point["threshold"], point["initial_capability"])
    for name in ("hacking_threshold", "memory_threshold"):
        if not point[name] > aware:
            raise ValueError(f"{name}: got {point[name]:g}; must be above awareness at {aware:g}, or there is no "
                             "window; raise it")  # fmt: skip
    speeds, fine = (point["growth"] * np.geomspace(0.1, 10.0, count) for count in (9, 200))
    series = [
        _series("held by hacking", {**point, "memory_threshold": NEVER}, speeds, fine, replicates, seed),
        _series("memory outside as well", point, speeds, fine, replicates, seed + 1),
    ]
    canvas, upper, _ = comparison(
        series, xlabel="growth of capability (1/time)", ylabel="variance gained, a component", xscale="log", axes=axes
    )
    upper.set_yscale("log")
    ends = [one.predicted[[0, -1]] for one in series]
    gain = (point["hacking_threshold"] - aware) / (point["memory_threshold"] - aware)
    said = f"makes the window {gain:.2g} times as short" if gain > 1.0 else "comes too late to make it shorter"
    caption = (
        f"From awareness (capability {aware:g}) to the first hold nothing holds a goal. Where that is hacking "
        f"({point['hacking_threshold']:g}), each component gains a variance of {ends[0][0]:.2g} at growth "
        f"{speeds[0]:.2g} and {ends[0][1]:.2g} at {speeds[-1]:.2g}: a fast takeoff preserves a goal, a slow one loses "
        f"it. A memory outside that can be written at {point['memory_threshold']:g} {said}. "
        f"{agreement(series)}"
    )
    alt = (
        "Two parallel falling lines of gained variance against growth speed on logarithmic axes, the one with outside "
        "memory not above the other. Simulated points lie on both."
    )
    return figure(
        "danger_window", "Between awareness and the first hold", canvas, caption, alt, series, "growth",
        {"parameters": point, "replicates": replicates, "seed": seed}, ("preservation.danger_window",),
    )  # fmt: skip


def _series(label: str, point: Mapping[str, Any], speeds: Any, fine: Any, replicates: int, seed: int) -> Series:
    def formula(growth: Any) -> Any:
        return theory.get("preservation.danger_window")(
            growth=growth, memory_threshold=point["memory_threshold"], **{name: point[name] for name in WINDOW}
        )

    made, first = course(outside, steps=8), min(point["hacking_threshold"], point["memory_threshold"])
    found = [
        simulate(made, replicates=replicates, seed=seed, discretization=False,
                 **{**point, **SHARP, "growth": speed}, time=1.1 * (first - point["initial_capability"]) / speed)
        for speed in speeds
    ]  # fmt: skip
    means, errors = (np.array([float(one[name]) for one in found]) for name in ("window_drift", "window_drift_se"))
    return Series(label, speeds, means, errors, formula(speeds), fine, formula(fine))
