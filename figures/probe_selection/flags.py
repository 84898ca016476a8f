"""The figure of flags: sixteen of thirty-two rollouts are not flagged; how many of them misbehaved?"""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import Series, agreement, comparison
from figures.probe_selection.shared import figure
from simulator.estimate import Proportion
from simulator.models.probe_selection.detection import detection
from simulator.parameter import SHARE, Parameter, resolve
from simulator.randomness import point_key, stream

RATES = (0.01, 0.05, 0.2)
MOST = 7
UNFLAGGED, GROUP = 16, 32
OPTIONS = (
    Parameter("prevalence", 0.5, range=SHARE, meaning="share of the rollouts that misbehave"),
    Parameter("false_positive_rate", 0.02, range=SHARE, meaning="share of good behavior that the probe flags"),
)


def sixteen_of_thirty_two(axes: Any = None, *, replicates: int = 60_000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw how many of sixteen unflagged rollouts of thirty-two misbehaved after all, for three probes.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Groups of 32, at least 10 000, and the seed of their noise; those with just 16 unflagged count.
    parameters
        prevalence and false_positive_rate.
    """
    check_replicates(replicates, 10_000)
    point = resolve(OPTIONS, parameters)
    series = [_counted(rate, point, replicates, seed) for rate in RATES]
    honest = [float(theory.get("probe_selection.unflagged_honest")(false_negative_rate=rate, **point))
              for rate in RATES]  # fmt: skip
    canvas, upper, _ = comparison(
        series, xlabel=f"misbehaving ones among {UNFLAGGED} unflagged", ylabel="share of the groups", axes=axes
    )
    upper.set_ylim(-0.03, 1.0)
    means = [UNFLAGGED * (1.0 - one) for one in honest]
    caption = (
        f"Groups of {GROUP} rollouts of which the probe flags just {GROUP - UNFLAGGED}. How many of the {UNFLAGGED} "
        f"that are reinforced got there because the probe failed? On average {means[0]:.2f}, {means[1]:.2f} and "
        f"{means[2]:.2f} if it misses {RATES[0]:.0%}, {RATES[1]:.0%} and {RATES[2]:.0%} of misbehavior, which "
        f"{point['prevalence']:.0%} of all rollouts are: {honest[0]:.1%}, {honest[1]:.1%} and {honest[2]:.1%} of what "
        f"is reinforced is honest. The number is binomial. {agreement(series)}"
    )
    alt = (
        "Distribution of the number of misbehaving rollouts among sixteen unflagged ones, for probes that miss 1, 5 "
        "and 20 per cent: mostly none for the first, around three for the last. Simulated points lie on binomial lines."
    )
    return figure("sixteen_of_thirty_two", "Sixteen of thirty-two", canvas, caption, alt, series, "missed",
                  replicates, seed, point, ("unflagged_honest", "missed_among"))  # fmt: skip


def _counted(rate: float, point: dict[str, Any], replicates: int, seed: int) -> Series:
    """Return how often each number was missed, where just so many were unflagged."""
    from scipy.stats import binom

    made = detection()
    given = resolve(made.parameters, {**point, "false_negative_rate": rate, "group_size": GROUP,
                                      "unflagged": UNFLAGGED})  # fmt: skip
    found = made.sample(given, replicates, stream(seed, point_key({"figure": made.name, "parameters": given}), 0))
    missed = found["missed"][~np.isnan(found["missed"])]
    x = np.arange(MOST + 1.0)
    counts = Proportion(np.array([(missed == one).sum() for one in x]), np.full(x.size, float(missed.size)))
    mean = float(theory.get("probe_selection.missed_among")(unflagged=UNFLAGGED, false_negative_rate=rate, **point))
    law = binom(UNFLAGGED, mean / UNFLAGGED).pmf(x)
    return Series(f"misses {rate:.0%}", x, counts.estimate, counts.standard_error, law, x, law)
