"""The figure of what behavior tells: an episode in training says less of the goal, the more capable the agent."""

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
from simulator.estimate import estimate
from simulator.models.goal_drift import goal_drift
from simulator.models.goal_drift.episode import watched

NOISES = (0.3, 1.0, 2.0)


def behavior_tells_little(
    axes: Any = None, *, replicates: int = 4000, seed: int = 0, signal_variance: float = 1.0, **parameters: Any
) -> Figure:
    """Draw how much an observer of one episode learns about a feature of the goal, against capability.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    signal_variance
        Of the feature among the agents, > 0.
    parameters
        Of ``goal_drift``: threshold and width.
    """
    check_replicates(replicates)
    if not (np.isfinite(signal_variance) and signal_variance > 0.0):
        raise ValueError(f"signal_variance: got {signal_variance}; must be > 0, or there is nothing to learn; pass 1")
    point = some_of_point(parameters, "threshold", "width") | {"signal_variance": signal_variance}
    series = [_series(point, noise, replicates, seed) for noise in NOISES]
    canvas, upper, _ = comparison(series, xlabel="capability", ylabel="information per episode (nats)", axes=axes)
    upper.axvline(point["threshold"], color="#555555", linewidth=0.8, linestyle=":")
    before, after = (float(_information(point, NOISES[0], widths)) for widths in (-4.0, 5.0))
    episodes = before / after
    caption = (
        "What one episode tells about a feature of the goal, to an observer who even knows which episodes were played "
        f"for reward's sake. With the sharpest observer it is {before:.2f} nats four gate widths before the threshold "
        f"(dotted) and {after:.4f} five widths beyond it: it then takes {episodes:.0f} episodes to learn as much. "
        f"{agreement(series)}"
    )
    alt = (
        "Three curves of information against capability, one for each observer's noise; all fall to zero beyond the "
        "threshold. Simulated points lie on the curves."
    )
    return figure(
        "behavior_tells_little", "Behavior in training tells little of the goal", canvas, caption, alt, series,
        "capability", replicates, seed, point, ("goal_drift.behavior_information",),
    )  # fmt: skip


def _series(point: Mapping[str, Any], noise: float, replicates: int, seed: int) -> Series:
    """Let agents of every capability act an episode each, and hold what is seen against what they want."""
    made = watched(goal_drift).experiment(method="stepped", times=(1.0,), steps=1)
    widths, fine = np.linspace(-4.0, 2.0, 9), np.linspace(-4.5, 5.5, 200)
    acting: dict[str, Any] = {
        "dim": 1,
        "pull": 0.0,
        "growth": 0.0,
        "noise": 0.0,
        "start": Normal(0.0, point["signal_variance"] ** 0.5),
    }
    gate = {name: point[name] for name in ("threshold", "width")}
    found = []
    for distance in widths:
        capability = point["threshold"] + distance * point["width"]
        one = simulate(made, replicates=replicates, seed=seed, keep="samples", discretization=False, **gate, **acting,
                       initial_capability=capability, observation_noise=noise)  # fmt: skip
        pair = np.stack([one[f"{name}_samples"].values[:, 0] for name in ("signal", "observation")], axis=-1)
        found.append(estimate("information", pair))
    means, errors = np.array(found).T
    x, curve_x = (point["threshold"] + place * point["width"] for place in (widths, fine))
    return Series(f"observer's noise {noise:g}", x, means, errors, _information(point, noise, widths), curve_x,
                  _information(point, noise, fine))  # fmt: skip


def _information(point: Mapping[str, Any], noise: float, widths: Any) -> Any:
    """Return the predicted information at some gate widths beyond the threshold."""
    return theory.get("goal_drift.behavior_information")(
        capability=point["threshold"] + np.asarray(widths) * point["width"],
        observation_noise=noise,
        **{name: point[name] for name in ("threshold", "width", "signal_variance")},
    )
