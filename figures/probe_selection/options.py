"""Figures of what changes the verdict: a frozen copy, a subverter, a probe with heavy-tailed noise."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import Series, agreement, comparison
from figures.probe_selection.shared import estimated, figure
from figures.style import MUTED
from simulator.estimate import equivalence_p_value
from simulator.models.probe_selection.passing import passing
from simulator.models.probe_selection.rollouts import rollouts
from simulator.models.probe_selection.subverter import subverter as subverted
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, Range, resolve
from theory.probe_selection import formulas

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
BOUND = 0.02
FROZEN = (
    Parameter("covariance", 0.15, "C", Range(0.0, 0.4), meaning="covariance of A and B in the other two series"),
    Parameter("evasion_variance", 0.25, "V_B", POSITIVE, meaning="variance of evasion, that of misbehavior being 1"),
)
SUBVERTED = (
    Parameter("evasion_sd", 0.1, range=POSITIVE, meaning="spread of evasion at capability 0, misbehavior's is 1"),
    Parameter("capability_rate", 1.0, range=POSITIVE, meaning="how fast the variance of evasion grows"),
)
TAILED = (Parameter("noise_scale", 1.0, "s", POSITIVE, meaning="scale of the probe's noise, misbehavior's sd is 1"),)
LOWEST = Parameter("lowest", 4.0, range=NONNEGATIVE, meaning="how far down the threshold goes")


def frozen_probe(axes: Any = None, *, replicates: int = 20_000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw how far evasion rises against the share of it that reaches the probe, for three covariances.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Groups of 32 rollouts at each point, at least 400, and the seed of their noise.
    parameters
        covariance (of the other two series, with either sign) and evasion_variance.
    """
    check_replicates(replicates)
    point = resolve(FROZEN, parameters)
    c, variance = point["covariance"], point["evasion_variance"]
    if c >= np.sqrt(variance):
        raise ValueError(
            f"covariance: got {c}; must be below {np.sqrt(variance):.3g}, the product of the sds; lower it"
        )
    measures, sd = ("evasion_rise_sd", "score_fall_sd"), float(np.sqrt(variance))
    made, x, fine = rollouts("natural", measures=measures), np.array(SHARES), np.linspace(0.0, 1.0, 100)
    exact = theory.get("probe_selection.transmitted_share")
    series = []
    for label, covariance in (("independent", 0.0), (f"covariance -{c:g}", -c), (f"covariance {c:g}", c)):
        points = [{"evasion_sd": sd, "correlation": covariance / sd, "transmitted": one, "group_size": 32}
                  for one in SHARES]  # fmt: skip
        found, errors = estimated(made, measures, replicates, seed, points)
        at, along = (
            exact(weights=(1.0, 1.0), variances=(1.0, variance), transmitted=one, covariance=covariance)
            for one in (x, fine)
        )
        series.append(Series(label, x, found, errors, at, fine, along))
    canvas, upper, _ = comparison(
        series,
        xlabel="share of evasion that reaches the probe",
        ylabel="rise of evasion (sd per sd of score)",
        axes=axes,
    )
    upper.axhline(0.0, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
    still, error = series[0].simulated[0], series[0].standard_error[0]
    p = equivalence_p_value(still, error, BOUND)
    caption = (
        "A probe that reads a frozen copy of the agent sees only what of evasion is transmitted to it. With nothing "
        f"transmitted and traits that are independent evasion does not respond: {still:+.4f} ± {2 * error:.4f} "
        f"standard deviations for one of the score, within ±{BOUND} by two one-sided tests (p = {p:.0e}). On the live "
        f"agent it rises by {series[0].simulated[-1]:.2f}. Freezing leaves what comes by correlation: evasion that "
        f"goes with misbehavior falls with it, and evasion that goes with good behavior rises. {agreement(series)}"
    )
    alt = (
        "Rise of evasion against the share that reaches the probe: three rising curves, of which the one for "
        "independent traits starts at zero, one starts above and one below."
    )
    return figure("frozen_probe", "A frozen copy gives evasion nothing to select", canvas, caption, alt, series,
                  "transmitted", replicates, seed, point, ("frozen_probe", "transmitted_share"))  # fmt: skip


def subverter(axes: Any = None, *, replicates: int = 4000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw repair and evasion of one update against capability, until evasion outruns repair.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Groups of 32 rollouts at each point, at least 400, and the seed of their noise.
    parameters
        evasion_sd at capability 0, and capability_rate.
    """
    check_replicates(replicates)
    point = resolve(SUBVERTED, parameters)
    crossing = float(theory.get("probe_selection.subverter_capability")(
        weights=(1.0, 1.0), variances=(1.0, point["evasion_sd"] ** 2), rate=point["capability_rate"]))  # fmt: skip
    x, fine = crossing + np.linspace(-3.0, 2.0, 6), crossing + np.linspace(-3.0, 2.0, 100)
    series = []
    for label, measure in (("repair: fall of misbehavior", "repair"), ("rise of evasion", "evasion")):
        points = [{**point, "capability": one, "group_size": 32} for one in x]
        found, errors = estimated(subverted(), (measure,), replicates, seed, points)
        at, along = (
            one * 0.0 + 1.0 if measure == "repair"
            else point["evasion_sd"] ** 2 * np.exp(point["capability_rate"] * one)
            for one in (x, fine)
        )  # fmt: skip
        series.append(Series(label, x, found, errors, at, fine, along))
    located, error = estimated(subverted(), ("crossing",), replicates, seed, [{**point, "group_size": 32}])
    canvas, upper, _ = comparison(series, xlabel="capability", ylabel="response (score units)", axes=axes)
    upper.set_yscale("log")
    upper.yaxis.set_major_formatter("{x:g}")
    upper.axvline(crossing, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
    caption = (
        f"If the variance of evasion grows by a factor e every {1 / point['capability_rate']:.3g} of capability, the "
        f"same probe in the same reward selects evasion ever faster, and outruns repair at a capability of "
        f"{crossing:.2f} (dotted); by bisection on simulated rollouts at {located[0]:.2f} ± {2 * error[0]:.2f}. A "
        f"probe in which evasion begins with a tenth of the variance moves that by "
        f"{np.log(10.0) / point['capability_rate']:.1f}. This is a growing variance, not "
        f"an agent that reasons about the probe. {agreement(series)}"
    )
    alt = (
        "Response against capability, logarithmic: a level line for the fall of misbehavior, and an exponentially "
        "rising one for evasion that crosses it at the dotted line."
    )
    return figure("subverter", "Where evasion outruns repair", canvas, caption, alt, series, "capability",
                  replicates, seed, point, ("subverter_capability",))  # fmt: skip


def goodhart(axes: Any = None, *, replicates: int = 200_000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the mean misbehavior of what passes a threshold on the probe, for three kinds of noise.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Rollouts at each point, at least 100 000, and the seed of their noise.
    parameters
        noise_scale, misbehavior having a standard deviation of 1, and lowest: how far down the threshold goes.
    """
    check_replicates(replicates, 100_000)
    point = resolve((*TAILED, LOWEST), parameters)
    lowest = point.pop("lowest")
    x, fine = np.linspace(-lowest, 0.0, 5), np.linspace(-2.0 * lowest, 0.0, 120)
    labels = {"normal": "normal noise", "laplace": "Laplace", "student": "Student, 3 degrees"}
    series = []
    for noise, label in labels.items():
        points = [{"threshold": one, **point} for one in x]
        found, errors = estimated(passing(noise), ("misbehavior_passed",), replicates, seed, points)
        at, along = (formulas.goodhart(one, 1.0, point["noise_scale"], noise) for one in (x, fine))
        series.append(Series(label, x, found, errors, at, fine, along))
    canvas, upper, _ = comparison(
        series, xlabel="score below which a rollout passes", ylabel="mean misbehavior of what passes", axes=axes
    )
    bound = -1.0 / point["noise_scale"]
    upper.axhline(bound, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
    deepest = fine[np.argmin(series[2].curve_y)]
    caption = (
        f"Selecting ever harder on a probe with noise of its own. Normal noise: the harder, the better is what passes. "
        f"Laplace noise of that scale: no better than {bound:.2g} standard deviations (dotted), however hard. "
        f"Student's t with three degrees: best at a threshold of {deepest:.1f}, and beyond it the lowest scores are "
        f"luck, with a mean of three variances over the threshold, which goes to nothing. {agreement(series)}"
    )
    alt = (
        "Mean misbehavior of what passes against the threshold: falling on toward the left with normal noise, leveling "
        "off with Laplace noise, and turning back toward zero with Student's t."
    )
    return figure("goodhart", "With heavy tails, selecting harder selects nothing", canvas, caption, alt, series,
                  "threshold", replicates, seed, point,
                  ("goodhart", "goodhart_laplace", "goodhart_student"))  # fmt: skip
