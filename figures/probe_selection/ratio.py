"""Figures of the ratio: misbehavior falls and evasion rises by variance under selection, by ease under gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.finish import check_replicates
from figures.panel import Series, agreement, comparison
from figures.probe_selection.shared import estimated, figure
from figures.style import MUTED
from simulator.models.probe_selection.groups import groups
from simulator.models.probe_selection.rollouts import rollouts
from simulator.parameter import POSITIVE, Parameter, Range, resolve

MOVED, IN_SD = ("misbehavior_fall", "evasion_rise"), ("misbehavior_fall_sd", "evasion_rise_sd")
RATIOS = (1.0, 3.0, 10.0, 30.0, 99.0)
EASES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
SIZE = 32
RATIO_OPTIONS = (
    Parameter(
        "evasion_ease", 1.0, r"\eta_B", POSITIVE, meaning="how easily gradients move evasion, misbehavior's is 1"
    ),
)
METRIC_OPTIONS = (
    Parameter("variance_ratio", 99.0, range=Range(1.0, 1e4), meaning="variance of misbehavior over that of evasion"),
)
LEARNERS = (
    ("selection, natural gradient", "natural", "response_ratio"),
    ("plain score function", "score_function", "response_ratio_score_function"),
    ("probe in the loss", "gradient", "response_ratio_gradient"),
)
ROUNDING = 1e-12  # relative


def _traits(ratio: float) -> dict[str, float]:
    """Return traits that share a variance of the score of 1 in that ratio."""
    return {"misbehavior_sd": float(np.sqrt(ratio / (1.0 + ratio))), "evasion_sd": float(np.sqrt(1.0 / (1.0 + ratio))),
            "group_size": SIZE}  # fmt: skip


def variance_ratio(axes: Any = None, *, replicates: int = 60_000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw how far misbehavior falls for evasion's rise against the ratio of their variances, under three learners.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Groups of 32 rollouts at each point, at least 400, and the seed of their noise.
    parameters
        evasion_ease: how easily gradients move evasion, relative to misbehavior.
    """
    check_replicates(replicates)
    point = resolve(RATIO_OPTIONS, parameters)
    fine = np.geomspace(1.0, 120.0, 100)
    eased = {"evasion_ease": point["evasion_ease"]}
    series = [
        _against_variance("selection, score units", groups(measures=MOVED), MOVED, "response_ratio", {}, fine,
                          replicates, seed),
        _against_variance("selection, standard deviations", groups(measures=IN_SD), IN_SD, "standardized_ratio", {},
                          fine, replicates, seed + 1),
        _against_variance("plain policy gradient, score units", rollouts("score_function", measures=MOVED), MOVED,
                          "response_ratio_score_function", eased, fine, replicates, seed),
    ]  # fmt: skip
    canvas, upper, _ = comparison(
        series, xlabel="variance of misbehavior : variance of evasion", ylabel="fall of A : rise of B", xscale="log",
        axes=axes,
    )  # fmt: skip
    upper.set_yscale("log")
    upper.yaxis.set_major_formatter("{x:g}")
    upper.xaxis.set_major_formatter("{x:g}")
    upper.axvline(99.0, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
    upper.annotate("99 : 1", (99.0, 2.0), xytext=(-4, 0), textcoords="offset points", ha="right", color=MUTED)
    raw, own, flat = (one.simulated[-1] for one in series)
    caption = (
        f"A probe that reads misbehavior A, minus what evades it B, is put into the reward. Selection within groups of "
        f"{SIZE} rollouts moves the two as their variances: where A makes up 99 % of the probe's variance and B 1 % "
        f"(dotted), A falls {raw:.0f} ± {4 * series[0].standard_error[-1]:.1f} times as far as B rises in units of the "
        f"score, and {own:.1f} times as far in the standard deviations of each. Plain policy gradient on the means, "
        f"like a gradient through the probe, divides the variance out: {flat:.2g} wherever. {agreement(series)}"
    )
    alt = (
        "Ratio of responses against ratio of variances, both logarithmic: a line of slope one for selection in units "
        "of the score, one of slope one half in standard deviations, and a flat line for plain policy gradient."
    )
    return figure("variance_ratio", "What varies is what selection moves", canvas, caption, alt, series,
                  "variance_ratio", replicates, seed, {**point, "ratios": list(RATIOS)},
                  ("response_ratio", "standardized_ratio", "response_ratio_score_function"))  # fmt: skip


def _against_variance(
    label: str, made: Any, measures: Any, name: str, eased: Any, fine: Any, replicates: int, seed: int
) -> Series:
    found, errors = estimated(made, measures, replicates, seed, [{**_traits(one), **eased} for one in RATIOS])

    def formula(ratio: Any) -> Any:
        given = {"ease": (1.0, eased["evasion_ease"])} if eased else {}
        ones = np.ones((*np.shape(ratio), 2))
        return theory.get(f"probe_selection.{name}")(
            weights=ones, variances=np.stack([ratio, np.ones_like(ratio)], axis=-1), **given
        )

    x = np.array(RATIOS)
    return Series(label, x, found, errors, formula(x), fine, formula(fine))


def which_metric(axes: Any = None, *, replicates: int = 20_000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the ratio that three learners make of the same rollouts, against how easily gradients move evasion.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Groups of 32 rollouts, at least 400, and their seed: the same for every learner.
    parameters
        variance_ratio: of misbehavior to evasion.
    """
    check_replicates(replicates)
    ratio = resolve(METRIC_OPTIONS, parameters)["variance_ratio"]
    series = [_against_ease(*one, ratio, replicates, seed) for one in LEARNERS]
    canvas, upper, _ = comparison(
        series, xlabel="ease of evasion, that of misbehavior being 1", ylabel="fall of A : rise of B", xscale="log",
        axes=axes,
    )  # fmt: skip
    upper.set_yscale("log")
    upper.yaxis.set_major_formatter("{x:g}")
    upper.xaxis.set_major_formatter("{x:g}")
    upper.axhline(1.0, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
    caption = (
        f"The same rollouts, in which misbehavior varies {ratio:.3g} times as much as evasion, teach three learners "
        f"three things. Whoever moves by covariance (selection, natural policy gradient) has a ratio of "
        f"{series[0].simulated[0]:.3g} whatever is easy. Plain policy gradient on the means, and a gradient through a "
        f"probe in the loss, move by ease: {series[2].simulated[0]:.3g} where evasion is hard, "
        f"{series[2].simulated[-1]:.2g} where it takes a wiggle. The two lie on one line: sampling alone does not make "
        f"a learner select; its metric does. {agreement(series)}"
    )
    alt = (
        "Ratio of responses against the ease of evasion, logarithmic: a level line for selection, and one falling line "
        "that plain policy gradient and the probe in the loss share."
    )
    return figure("which_metric", "The same rollouts, three ratios", canvas, caption, alt, series, "evasion_ease",
                  replicates, seed, {"variance_ratio": ratio},
                  ("response_ratio", "response_ratio_score_function", "response_ratio_gradient"))  # fmt: skip


def _against_ease(label: str, learner: str, name: str, ratio: float, replicates: int, seed: int) -> Series:
    """Return a learner's ratio of responses by the ease of evasion; its points have the same rollouts, and luck."""
    point = _traits(ratio)
    eased = [{**point, "evasion_ease": one} if learner != "natural" else point for one in EASES]
    found, errors = estimated(rollouts(learner, measures=MOVED), MOVED, replicates, seed, eased)

    def formula(ease: Any) -> Any:
        given = {} if name == "response_ratio" else {"ease": np.stack([np.ones_like(ease), ease], axis=-1)}
        value = theory.get(f"probe_selection.{name}")(weights=(1.0, 1.0), variances=(ratio, 1.0), **given)
        return value + 0.0 * ease

    x, fine = np.array(EASES), np.geomspace(EASES[0], EASES[-1], 100)
    # A derivative has no sampling error; its sum over rollouts is rounded.
    return Series(label, x, found, np.maximum(errors, ROUNDING * formula(x)), formula(x), fine, formula(fine))
