"""The figure of a gate that leaks: faking most of the time does not preserve a goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import Series, agreement, comparison
from figures.preservation.shared import figure, point_of
from figures.style import MUTED
from simulator import simulate
from simulator.models.preservation import outside

AWARENESS = (0.0, 0.9, 0.99, 1.0)
DEFAULTS = {"pull": 1.0, "noise": 0.1, "dim": 8}
BEYOND: dict[str, Any] = {"initial_capability": 50.0, "growth": 0.0, "hold": 0.0}
HORIZON = 300.0  # in units of 1/pull


def leaky_faking(axes: Any = None, *, replicates: int = 2000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the distance to the designers' goal that fakers keep who play different shares of their episodes.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    parameters
        Of ``preservation``: pull > 0, noise > 0, dim.
    """
    check_replicates(replicates)
    point = point_of(parameters, DEFAULTS, "pull", "noise")
    times, fine = (np.geomspace(0.1, HORIZON, count) / point["pull"] for count in (13, 200))
    series = [_series(share, point, times, fine, replicates, seed) for share in AWARENESS]
    canvas, upper, _ = comparison(
        series, xlabel="time", ylabel="distance to the designers' goal, left", xscale="log", axes=axes
    )
    upper.axhline(0.5, color=MUTED, linewidth=0.8, linestyle=":")
    half = [
        float(theory.get("preservation.leaky_half_life")(pull=point["pull"], max_awareness=one)) for one in AWARENESS
    ]
    caption = (
        f"What an agent keeps of its distance to the designers' goal that plays a share of its episodes for reward's "
        f"sake, however capable it is. The mean goal loses half of it (dotted) in {half[0]:.2g} without faking, in "
        f"{half[1]:.2g} at {AWARENESS[1]:.0%}, in {half[2]:.2g} at {AWARENESS[2]:.0%}, and never at 100%: faking that "
        f"leaks delays, and does not preserve. {agreement(series)} The points of a curve share their agents."
    )
    alt = (
        "Four curves of distance left against time on a logarithmic axis. Without faking it is gone in a few units of "
        "time; each tenfold smaller leak moves the fall to ten times later; without a leak it stays at one."
    )
    return figure(
        "leaky_faking", "Faking is not preserving", canvas, caption, alt, series, "time",
        {"parameters": point, "replicates": replicates, "seed": seed},
        ("preservation.leaky_distance", "preservation.leaky_half_life"),
    )  # fmt: skip


def _series(share: float, point: Mapping[str, Any], times: Any, fine: Any, replicates: int, seed: int) -> Series:
    made = outside.experiment(method="stepped", measures=("kept_distance",), times=times, steps=200)
    found = simulate(made, replicates=replicates, seed=seed, discretization=False, **BEYOND, **point,
                     max_awareness=share)  # fmt: skip

    def left(time: Any) -> Any:
        return theory.get("preservation.leaky_distance")(pull=point["pull"], max_awareness=share, time=time)

    return Series(f"{share:.0%} played", times, found.kept_distance.values, found.kept_distance_se.values,
                  left(times), fine, left(fine))  # fmt: skip
