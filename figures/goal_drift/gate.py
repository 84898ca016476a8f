"""Figures of the gate: the gradient that vanishes, and the race between growing and being corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.goal_drift.shared import crossing_time, figure, whole_point
from figures.panel import Series, agreement, comparison
from simulator import simulate
from simulator.models.goal_drift import goal_drift
from theory.goal_drift import with_relative_gradient

GATE = ("width", "growth", "threshold", "initial_capability")
PULLED = ("pull", *GATE)
REACH = 12.0  # gate widths beyond which the gate is shut or open to 1e-5


def zero_gradient(axes: Any = None, *, replicates: int = 4000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the goal's gradient and its alignment while capability passes the threshold.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation.
    parameters
        Of ``goal_drift``; without weight decay.
    """
    point = whole_point({"dim": 8, "pull": 0.6, "noise": 0.15, **parameters})
    end = crossing_time(point, REACH)
    times = np.linspace(0.0, end, 17)[1:]
    law = with_relative_gradient(goal_drift, beside=("alignment",))
    found = simulate(law.experiment(method="stepped", times=times), replicates=replicates, seed=seed, **point)
    fine = np.linspace(0.0, end, 400)[1:]
    series = [
        _series("gradient on the goal", found, "relative_gradient", point, times, fine, _gradient),
        _series("alignment with the designers' goal", found, "alignment", point, times, fine, _alignment),
    ]
    canvas, upper, _ = comparison(
        series, xlabel="capability", ylabel="relative gradient, cosine", axes=axes
    )  # fmt: skip
    upper.axvline(point["threshold"], color="#555555", linewidth=0.8, linestyle=":")
    left = float(_gradient(point, np.array([crossing_time(point, 5.0)]))[0])
    caption = (
        f"The gradient on the goal vanishes as capability passes the threshold {point['threshold']:g} (dotted): five "
        f"gate widths beyond it, {left:.1e} of an ungated agent's is left. From there on only noise moves the goal: "
        f"its alignment ends at {series[1].simulated[-1]:.2f}. {agreement(series)} "
        "The points of a curve share their agents, so neighbors deviate together."
    )
    alt = (
        "Two curves against capability. The gradient falls to zero at the threshold. Alignment rises until the "
        "threshold and then slowly falls. Simulated points lie on both curves."
    )
    predictions = ("goal_drift.goal_gradient", "goal_drift.goal_variance", "goal_drift.alignment")
    return figure(
        "zero_gradient", "The gradient around the goal vanishes", canvas, caption, alt, series, "capability",
        replicates, seed, point, predictions,
    )  # fmt: skip


def lock_in(axes: Any = None, *, replicates: int = 4000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw how much of the designers' goal is learned before the gate shuts, against the speed of growth.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation.
    parameters
        Of ``goal_drift``; ``growth`` is the middle of the axis.
    """
    point = whole_point({"dim": 3, "noise": 0.05, **parameters})
    speeds, fine = (point["growth"] * np.geomspace(0.1, 10.0, count) for count in (9, 200))
    series = [
        _lock_in_series(label, {**point, "initial_capability": point["threshold"] + widths * point["width"]},
                        speeds, fine, replicates, seed)
        for label, widths in (("unaware at the start", -10.0), ("half aware", 0.0), ("aware", 3.0))
    ]  # fmt: skip
    canvas, _, _ = comparison(
        series, xlabel="growth of capability (1/time)", ylabel="learned fraction", xscale="log", axes=axes
    )
    half = point["pull"] * point["width"] * np.logaddexp(0.0, 10.0) / np.log(2.0)
    caption = (
        "How much of the way to the designers' goal is covered before the gate shuts. An agent that starts ten gate "
        f"widths below the threshold learns half of it at growth {half:.2g}; a faster one keeps its own goal without "
        f"having known itself at the start, a slower one is corrected. {agreement(series)}"
    )
    alt = (
        "Learned fraction against growth speed, falling from one to zero; three curves for agents that start unaware, "
        "half aware and aware, the last the lowest. Simulated points lie on the curves."
    )
    return figure("lock_in", "Fast growth locks a goal in", canvas, caption, alt, series, "growth",
                   replicates, seed, point, ("goal_drift.learned_fraction", "goal_drift.open_time"))  # fmt: skip


def _lock_in_series(label: str, point: Mapping[str, Any], speeds: Any, fine: Any, replicates: int, seed: int) -> Series:
    """Simulate one start at every speed, each until its gate is shut."""

    def learned(growth: Any) -> Any:
        given = {name: point[name] for name in PULLED} | {"growth": growth}
        return theory.get("goal_drift.learned_fraction")(
            **given, time=crossing_time({**point, "growth": growth}, REACH)
        )

    made = goal_drift.experiment(method="stepped", measures=("learned_fraction",))
    found = [
        simulate(made, replicates=replicates, seed=seed,
                 **{**point, "growth": speed}, time=crossing_time({**point, "growth": speed}, REACH))
        for speed in speeds
    ]  # fmt: skip
    means, errors = (
        np.array([float(one[name]) for one in found]) for name in ("learned_fraction", "learned_fraction_se")
    )
    return Series(label, speeds, means, errors, learned(speeds), fine, learned(fine))


def _series(label: str, found: Any, measure: str, point: Any, times: Any, fine: Any, formula: Any) -> Series:
    """Return a measure along time, shown against capability."""
    capability, curve = (point["initial_capability"] + point["growth"] * when for when in (times, fine))
    return Series(label, capability, found[measure].values, found[f"{measure}_se"].values,
                  formula(point, times), curve, formula(point, fine))  # fmt: skip


def _gradient(point: Mapping[str, Any], time: Any) -> Any:
    return theory.get("goal_drift.goal_gradient")(**{name: point[name] for name in PULLED}, time=time)


def _alignment(point: Mapping[str, Any], time: Any) -> Any:
    """The mean cosine to b with the gate open: the mean goal and the spread around it, put together."""
    gate = {name: point[name] for name in PULLED}
    learned = theory.get("goal_drift.learned_fraction")(**gate, time=time)[:, np.newaxis]
    mean = (1.0 - learned) * point["start"] + learned * point["base"]
    norm = np.linalg.norm(mean, axis=1)
    return theory.get("goal_drift.alignment")(
        mean_norm=norm,
        variance=theory.get("goal_drift.goal_variance")(**gate, time=time, noise=point["noise"]),
        dim=point["dim"],
        mean_cosine=mean @ point["base"] / norm / np.linalg.norm(point["base"]),
    )
