"""Figures of training as selection: which goals reward leaves, at one capability and over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.goal_drift.shared import figure, some_of_point
from figures.panel import Series, agreement, comparison
from simulator import simulate
from simulator.estimate import estimate
from simulator.models.goal_drift import goal_drift
from simulator.models.goal_drift.posterior import posterior

LAW = ("dim", "pull", "threshold", "width")
LENGTH = 1.0  # of the designers' goal
CENTER, SPREAD = -0.8, 1.8  # of the prior of capability, from the threshold
VALUE = 0.3  # reward per unit of capability


def training_as_selection(
    axes: Any = None, *, replicates: int = 4000, seed: int = 0, prior_sd: float = 1.0,
    inverse_temperature: float = 4.0, **parameters: Any,
) -> Figure:  # fmt: skip
    """Draw mean and variance of the goals that reward selects, against capability.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation.
    prior_sd, inverse_temperature
        Spread of the goals before selection, > 0, and how strict it is, > 0.
    parameters
        Of ``goal_drift``: dim, pull, threshold and width.
    """
    point = _point({"width": 0.2, **parameters}, prior_sd=prior_sd, inverse_temperature=inverse_temperature)
    widths, fine = np.linspace(-5.0, 9.0, 11), np.linspace(-5.5, 9.5, 200)
    x, curve_x = (point["threshold"] + place * point["width"] for place in (widths, fine))
    samples = [_selected(point, replicates, seed, initial_capability=place) for place in x]
    series = [
        _of_samples(samples, statistic, label, scale, x, curve_x, formula)
        for statistic, label, scale, formula in (
            ("variance", "variance, relative to the prior's", prior_sd**2, lambda c: _posterior("variance", point, c)),
            ("mean", "mean, relative to the designers' goal", LENGTH, lambda c: _posterior("mean", point, c)),
        )
    ]
    canvas, upper, _ = comparison(series, xlabel="capability", ylabel="selected goals", axes=axes)
    upper.axvline(point["threshold"], color="#555555", linewidth=0.8, linestyle=":")
    caption = (
        "Random agents, kept in proportion to exp(inverse temperature times reward): no dynamics at all. Selection "
        f"among incapable agents leaves goals around {series[1].predicted[0]:.2f} of the designers', with "
        f"{series[0].predicted[0]:.2f} of the prior's variance. Beyond the threshold (dotted) the prior comes back: "
        f"{_small(series[1].predicted[-1])} of the one and "
        f"{series[0].predicted[-1]:.3f} of the other. {agreement(series)}"
    )
    alt = (
        "Two curves against capability. The variance of selected goals rises at the threshold from a small value to "
        "that of the prior, their mean falls from near the designers' goal to zero. Simulated points lie on the curves."
    )
    return figure(
        "training_as_selection", "Selecting capable agents leaves their goals free", canvas, caption, alt, series,
        "capability", replicates, seed, point, ("goal_drift.posterior_variance", "goal_drift.posterior_mean"),
    )  # fmt: skip


def selecting_harder(
    axes: Any = None, *, replicates: int = 4000, seed: int = 0, prior_sd: float = 1.0, **parameters: Any
) -> Figure:
    """Draw the mean goal when reward selects capability and goal together, against how strictly it does.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation.
    prior_sd
        Spread of the goals before selection, > 0.
    parameters
        Of ``goal_drift``: dim, pull, threshold and width.
    """
    point = _point(parameters, prior_sd=prior_sd)
    strictness, fine = (np.geomspace(0.1, 30.0, count) for count in (11, 200))
    # Without a gate a goal's reward does not depend on capability, so that one capability stands for all.
    never = {"threshold": point["threshold"] + 100.0 * (1.0 + point["width"]), "spread": 0.0, "value": 0.0}
    shuts = {"spread": SPREAD, "value": VALUE}
    series = [
        _harder({**point, **change}, point["threshold"], label, strictness, fine, replicates, seed)
        for label, change in (("the gate shuts", shuts), ("the gate never shuts", never))
    ]
    canvas, _, _ = comparison(
        series, xlabel="inverse temperature (1/reward)", ylabel="mean goal along the designers'", xscale="log",
        axes=axes,
    )  # fmt: skip
    gated = series[0].curve_y
    best = int(np.argmax(gated))
    least = best + int(np.argmin(gated[best:]))
    caption = (
        "Reward selects capability and goal together. At first stricter selection brings goals nearer to the "
        f"designers', to {gated[best]:.2f} of it at inverse temperature {fine[best]:.2g}; then it selects agents so "
        f"capable that their goals hardly matter, and at {fine[least]:.2g} {_small(gated[least])} of it is left, where "
        f"agents that never play for reward's sake are at {series[1].curve_y[least]:.2f}. It is capability that "
        "brings the prior back: with capability bounded, selection strict enough sees the goal through the narrowest "
        f"gate. {agreement(series)}"
    )
    alt = (
        "Mean goal against strictness of selection on a logarithmic axis. Without a gate it rises to one; with the "
        "gate it rises, and falls back to zero. Simulated points lie on both curves."
    )
    return figure(
        "selecting_harder", "Harder selection does not select the goal", canvas, caption, alt, series,
        "inverse_temperature", replicates, seed, point, ("goal_drift.selected_goal",),
    )  # fmt: skip


def _point(given: Mapping[str, Any], **numbers: float) -> dict[str, Any]:
    for name, number in numbers.items():
        if not (np.isfinite(number) and number > 0.0):
            raise ValueError(f"{name}: got {number}; must be > 0, or nothing is selected; leave it out")
    return some_of_point({"dim": 2, **given}, *LAW) | numbers


def _small(share: float) -> str:
    return f"{share:.3f}" if share >= 0.0005 else "less than 0.001"


def _selected(point: Mapping[str, Any], replicates: int, seed: int, **more: Any) -> Any:
    """Return the goals, along the designers', of selected agents."""
    found = simulate(posterior(goal_drift), replicates=replicates, seed=seed, keep="samples", **{**point, **more})
    return found["base_component_samples"].values


def _of_samples(samples: Sequence[Any], statistic: str, label: str, scale: float, x: Any, curve_x: Any, formula: Any
                ) -> Series:  # fmt: skip
    means, errors = np.array([estimate(statistic, one) for one in samples]).T / scale
    return Series(label, x, means, errors, formula(x) / scale, curve_x, formula(curve_x) / scale)


def _posterior(moment: str, point: Mapping[str, Any], capability: Any) -> Any:
    named = {name: point[name] for name in ("prior_sd", "inverse_temperature", "pull", "threshold", "width")}
    prediction = theory.get(f"goal_drift.posterior_{moment}")
    return prediction(**named, capability=capability, **({"base": LENGTH} if moment == "mean" else {}))


def _harder(point: Mapping[str, Any], around: float, label: str, strictness: Any, fine: Any, replicates: int, seed: int
            ) -> Series:  # fmt: skip
    """Select from capabilities around a place, as strictly as asked."""
    samples = [
        _selected(point, replicates, seed, initial_capability=around + CENTER, inverse_temperature=strict)
        for strict in strictness
    ]

    def formula(strict: Any) -> Any:
        return theory.get("goal_drift.selected_goal")(
            **point, capability=around + CENTER, base=LENGTH, inverse_temperature=strict
        )

    return _of_samples(samples, "mean", label, LENGTH, strictness, fine, formula)
