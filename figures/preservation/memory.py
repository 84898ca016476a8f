"""The figure of memory: as weights it drifts with the goal, outside it bounds the drift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import Series, agreement, comparison
from figures.preservation.shared import figure, point_of, variance_series
from simulator import simulate
from simulator.models.preservation import outside, preservation
from simulator.models.preservation.law import NEVER
from simulator.models.preservation.resetting import resetting

DEFAULTS = {"noise": 0.3, "memory_noise": 0.3, "hold": 1.0, "tracking": 0.5}
HELD = {"pull": 0.0, "threshold": 0.0, "initial_capability": 1.0, "growth": 0.0, "width": 0.01,
        "hacking_threshold": NEVER, "dim": 1, "base": [1.0], "start": [0.0], "remembered": [0.0]}  # fmt: skip
HORIZON = 30.0


def memory(axes: Any = None, *, replicates: int = 4000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the spread of goals without a memory, with one inside the weights, and with one outside.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    parameters
        Of ``preservation``: noise, memory_noise, hold and tracking, all > 0.
    """
    check_replicates(replicates)
    point = point_of(parameters, DEFAULTS, *DEFAULTS)
    times, fine = np.linspace(0.0, HORIZON, 11)[1:], np.linspace(0.0, HORIZON, 200)[1:]
    series = [
        _free(point, times, fine, replicates, seed),
        _inside(point, times, fine, replicates, seed + 1),
        _outside(point, times, fine, replicates, seed + 2),
        _read(point, times, fine, replicates, seed + 3),
    ]
    canvas, upper, _ = comparison(series, xlabel="time", ylabel="variance of the goal, a component", axes=axes)
    upper.set_yscale("log")
    pair = {name: point[name] for name in DEFAULTS}
    slope = float(theory.get("preservation.internal_diffusion")(**pair))
    bound = series[2].curve_y[-1]
    verb = "slows it" if slope < point["noise"] ** 2 else "even speeds it up"
    caption = (
        f"The spread of goals that nothing selects. Left alone they diffuse at {point['noise'] ** 2:.2g} per unit of "
        f"time. A memory inside the weights {verb}, to {slope:.2g}, and without end: it drifts along. The same hold to "
        f"a memory outside bounds it, at {bound:.2g}; reading at random times at that rate at "
        f"{series[3].curve_y[-1]:.2g}. {agreement(series)} The points of a curve of the first three share their agents."
    )
    alt = (
        "Four curves of variance against time on a logarithmic vertical axis. Free goals and those with a memory "
        "inside the weights go on rising; with a memory outside, held or read at times, the variance is soon constant."
    )
    return figure(
        "memory", "Inside the weights, or outside", canvas, caption, alt, series, "time",
        {"parameters": point, "replicates": replicates, "seed": seed},
        ("preservation.internal_variance", "preservation.internal_diffusion", "preservation.memory_error",
         "preservation.resetting_variance"),
    )  # fmt: skip


def _stepped(law: Any, times: Any, replicates: int, seed: int, **point: Any) -> Any:
    made = law.experiment(method="stepped", measures=("goal_component",), times=times, steps=240)
    found = simulate(made, replicates=replicates, seed=seed, keep="samples", discretization=False, **{**HELD, **point})
    return found["goal_component_samples"].values


def _free(point: Mapping[str, Any], times: Any, fine: Any, replicates: int, seed: int) -> Series:
    samples = _stepped(outside, times, replicates, seed, noise=point["noise"], hold=0.0)
    spread = point["noise"] ** 2
    return variance_series("no memory", times, samples, spread * times, fine, spread * fine)


def _inside(point: Mapping[str, Any], times: Any, fine: Any, replicates: int, seed: int) -> Series:
    samples = _stepped(preservation, times, replicates, seed, **point, memory_threshold=0.0)

    def formula(time: Any) -> Any:
        return theory.get("preservation.internal_variance")(**point, weight_decay=0.0, time=time)

    return variance_series("inside the weights", times, samples, formula(times), fine, formula(fine))


def _outside(point: Mapping[str, Any], times: Any, fine: Any, replicates: int, seed: int) -> Series:
    samples = _stepped(outside, times, replicates, seed, noise=point["noise"], hold=point["hold"], memory_threshold=0.0)
    settled = float(theory.get("preservation.memory_error")(
        hold=point["hold"], weight_decay=0.0, noise=point["noise"], memory_norm=0.0, dim=1
    ))  # fmt: skip

    def formula(time: Any) -> Any:
        return -settled * np.expm1(-2.0 * point["hold"] * time)

    return variance_series("outside, held", times, samples, formula(times), fine, formula(fine))


def _read(point: Mapping[str, Any], times: Any, fine: Any, replicates: int, seed: int) -> Series:
    """Read at random times at the rate of the hold; each point is a run of its own."""
    given = {"noise": point["noise"], "rate": point["hold"], "dim": 1, "start": [0.0], "remembered": [0.0]}
    samples = np.stack([
        simulate(resetting, replicates=replicates, seed=seed + index, keep="samples", **given, time=float(time))[
            "gap_component_samples"
        ].values
        for index, time in enumerate(times)
    ], axis=1)  # fmt: skip
    settled = float(theory.get("preservation.resetting_variance")(noise=point["noise"], rate=point["hold"]))

    def formula(time: Any) -> Any:
        return -settled * np.expm1(-point["hold"] * time)

    return variance_series("outside, read at times", times, samples, formula(times), fine, formula(fine))
