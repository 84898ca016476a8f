"""The figure of fixation: how likely a goal that earns a little more reward is to be the only one left."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.goal_drift.shared import figure
from figures.panel import Series, agreement, comparison
from figures.style import MUTED
from simulator import simulate
from simulator.models.goal_drift.kinds import fixation as kinds

SIZES = (10, 25, 60)
LEAST = 12.0  # fixations and losses expected at a point that is shown: fewer are not normally distributed


def fixation(axes: Any = None, *, replicates: int = 4000, seed: int = 0, strongest: float = 0.5) -> Figure:
    """Draw the probability that one individual's goal becomes that of all, against its advantage in reward.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Of the simulation; at least 400 replicates.
    strongest
        The largest advantage, in (0, 1].
    """
    check_replicates(replicates)
    if not 0.0 < strongest <= 1.0:
        raise ValueError(f"strongest: got {strongest}; must be in (0, 1], where Kimura's error is known; pass 0.5")
    advantages, fine = np.linspace(0.0, strongest, 8), np.linspace(0.0, strongest, 60)
    series = [_size(size, advantages, fine, replicates, seed) for size in SIZES]
    canvas, upper, _ = comparison(
        series, xlabel="advantage in reward", ylabel="probability of fixation", axes=axes
    )  # fmt: skip
    kimura = theory.get("goal_drift.fixation_probability")(advantage=fine, population=SIZES[-1])
    upper.plot(fine, kimura, color=MUTED, linewidth=1.2, linestyle="--")
    off = float(np.max(1.0 - kimura / series[-1].curve_y))
    none = ", ".join(f"{series_of.curve_y[0]:.3f}" for series_of in series)
    caption = (
        "One individual has a goal that earns more reward than the others'. Lines are the exact chain, solved as a "
        f"linear system, for {SIZES[0]}, {SIZES[1]} and {SIZES[2]} individuals; dashed is Kimura's formula for "
        f"{SIZES[-1]}, at most {off:.1%} below. Without advantage the goal is the only one left with probability one "
        f"over their number ({none}); an advantage of {strongest:g} gives it {series[-1].curve_y[-1]:.2f}, however "
        f"many they are. {agreement(series)}"
    )
    alt = (
        "Probability of fixation against advantage: three rising curves that start at one over the population size "
        "and come together. Simulated points lie on the curves, dashed approximations just below."
    )
    return figure(
        "fixation", "A small advantage decides which goal is left", canvas, caption, alt, series, "advantage",
        replicates, seed, {"strongest": strongest}, ("goal_drift.fixation_chain", "goal_drift.fixation_probability"),
    )  # fmt: skip


def _size(size: int, advantages: Any, fine: Any, replicates: int, seed: int) -> Series:
    """Simulate one population size; the standard error of a share is that of the predicted one."""
    exact = theory.get("goal_drift.fixation_chain")
    predicted = exact(advantage=advantages, population=size)
    shown = replicates * np.minimum(predicted, 1.0 - predicted) >= LEAST
    found = [
        float(simulate(kinds, replicates=replicates, seed=seed, population=size, advantage=float(advantage)).fixed)
        for advantage in advantages[shown]
    ]
    error = np.sqrt(predicted * (1.0 - predicted) / replicates)
    return Series(f"{size} individuals", advantages[shown], np.array(found), error[shown], predicted[shown], fine,
                  exact(advantage=fine, population=size))  # fmt: skip
