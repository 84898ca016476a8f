"""The figure of who chose the goal: the designers, the seed of the start, or the noise of training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.goal_drift.shared import figure, some_of_point
from figures.panel import Series, agreement, comparison
from simulator import Normal, simulate
from simulator.estimate import STATISTICS
from simulator.models.goal_drift import goal_drift
from theory.goal_drift import with_causes

GATE = ("pull", "width", "growth", "threshold", "initial_capability")
CAUSES = ("designers_goal", "goal_at_start")
LABELS = ("designers' choice", "seed: the start", "seed: the noise")
LEAST_Z = 12.0  # a correlation of so many standard errors: nearer to 0 its square is not normally distributed


def designer_or_seed(
    axes: Any = None, *, replicates: int = 16000, seed: int = 0, base_sd: float = 1.0, start_sd: float = 1.0,
    **parameters: Any,
) -> Figure:  # fmt: skip
    """Draw which share of the variance of goals the designers' choice explains along training, and which the seed.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    base_sd, start_sd
        How much the designers' goals and the starts vary, > 0.
    parameters
        Of ``goal_drift``: pull, the gate's, growth > 0 and noise > 0.
    """
    check_replicates(replicates)
    point = _point(parameters, base_sd, start_sd)
    passed = max(point["threshold"] - point["initial_capability"], point["width"]) / point["growth"]
    times, fine = (passed * np.geomspace(0.1, 100.0, count) for count in (13, 300))
    series = _series(point, _simulated(point, times, replicates, seed), times, fine, replicates)
    canvas, upper, _ = comparison(
        series, xlabel="time", ylabel="share of the goals' variance", xscale="log", axes=axes
    )  # fmt: skip
    upper.axvline(passed, color="#555555", linewidth=0.8, linestyle=":")
    designers = series[0].curve_y
    best, late = int(np.argmax(designers)), float(designers[-1])
    half = fine[best:][designers[best:] < 0.5]
    falls = (
        f"falls below one half at time {half[0]:.3g}" if half.size and designers[best] > 0.5 else "is never the rule"
    )
    caption = (
        "What explains which goal an agent has. The designers' choice counts while the gate is open (it shuts at the "
        f"dotted line): at time {fine[best]:.2g} it explains {designers[best]:.0%}. Then the noise of training takes "
        f"over: the choice {falls} and at time {fine[-1]:.0f} is {late:.1%}. Designers change which random goal comes "
        f"out; they do not choose it. {agreement(series)} The points of a time share their agents."
    )
    alt = (
        "Three curves of shares of variance against time on a logarithmic axis. The start's share falls from one, the "
        "designers' rises while the gate is open and then falls, the noise's rises to one. Simulated points lie on "
        "the curves."
    )
    return figure(
        "designer_or_seed", "Who chose the goal?", canvas, caption, alt, series, "time", replicates, seed, point,
        ("goal_drift.designer_share",),
    )  # fmt: skip


def _point(given: Mapping[str, Any], base_sd: float, start_sd: float) -> dict[str, Any]:
    point = some_of_point({"noise": 0.3, **given}, *GATE, "noise") | {"base_sd": base_sd, "start_sd": start_sd}
    for name in ("pull", "growth", "noise", "base_sd", "start_sd"):
        if not (np.isfinite(point[name]) and point[name] > 0.0):
            raise ValueError(f"{name}: got {point[name]}; must be > 0, or a share is nothing; leave it out")
    return point


def _simulated(point: Mapping[str, Any], times: Any, replicates: int, seed: int) -> Any:
    """Draw many designers, starts and noises, and follow their goals."""
    law = {name: point[name] for name in (*GATE, "noise")} | {
        "dim": 1, "base": Normal(0.0, point["base_sd"]), "start": Normal(0.0, point["start_sd"]),
    }  # fmt: skip
    made = with_causes(goal_drift).experiment(method="stepped", times=times, steps=2000)
    return simulate(made, replicates=replicates, seed=seed, keep="samples", discretization=False, **law)


def _series(point: Mapping[str, Any], found: Any, times: Any, fine: Any, replicates: int) -> list[Series]:
    """Return the shares of the two causes, and what they leave to noise, each with its standard error."""
    goals = found["goal_now_samples"].values
    pairs = [np.stack([goals, found[f"{cause}_samples"].values], axis=-1) for cause in CAUSES]
    explained = STATISTICS["explained_variance"].influence
    parts = [np.stack([explained(pair[:, index]) for index in range(times.size)], axis=1) for pair in pairs]
    parts.append(1.0 - parts[0] - parts[1])
    made = []
    for index, (label, part) in enumerate(zip(LABELS, parts, strict=True)):
        predicted, curve = (shares(point, when)[index] for when in (times, fine))
        shown = predicted >= LEAST_Z**2 / replicates if index < 2 else predicted > 0.002
        shown[np.argmax(predicted)] = True
        mean, error = part.mean(axis=0), part.std(axis=0, ddof=1) / np.sqrt(replicates)
        made.append(Series(label, times[shown], mean[shown], error[shown], predicted[shown], fine, curve))
    return made


def shares(point: Mapping[str, Any], time: Any) -> tuple[Any, Any, Any]:
    """Return the shares of variance that the designers, the start and the noise explain; they add up to 1.

    The start's is the designers' with the roles of the two exchanged: (1 - learned) for learned.
    """
    gate = {name: point[name] for name in GATE}
    designers = theory.get("goal_drift.designer_share")(
        **gate, time=time, noise=point["noise"], base_sd=point["base_sd"], start_sd=point["start_sd"]
    )
    learned = theory.get("goal_drift.learned_fraction")(**gate, time=time)
    start = designers * ((1.0 - learned) * point["start_sd"] / (learned * point["base_sd"])) ** 2
    return designers, start, 1.0 - designers - start
