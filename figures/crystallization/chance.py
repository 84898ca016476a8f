"""The figure of chance: small-noise formula, backward equation and simulation, and where the formula stops holding."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.curve import panels
from figures.figure import Figure
from figures.panel import CONFIDENCE, Series, agreement, table
from figures.style import COLORS, HEIGHT, MUTED, series_style, styled
from simulator import simulate
from simulator.models.crystallization import crystallization
from simulator.parameter import POSITIVE, SHARE, Parameter, resolve
from theory.crystallization.backward import first_passage

NOISES = np.array([0.14, 0.2, 0.28, 0.4, 0.57, 0.8])
CELLS = (224, 160, 128, 96, 96, 96)  # the smaller the noise, the finer the grid has to be
SPLITS = (("alike on both", 1.0, 1.0), ("mostly on honesty", 0.2, 1.8), ("mostly on misalignment", 1.8, 0.2))
HORIZON = 6.0  # e-folds, by which all but some of a thousand races are decided
OPTIONS = (
    Parameter("honesty_start", 0.9, range=SHARE, meaning="honesty at the start, misalignment being 1"),
    Parameter("ease_ratio", 1.0, range=POSITIVE, meaning="ease of honesty over that of misalignment"),
)


def deception_probability(axes: Any = None, *, replicates: int = 4000, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the chance of deception against noise: by formula, backward equation and simulation, and the error.

    Parameters
    ----------
    axes
        Matplotlib axes for the chances alone, or None for a figure of its own.
    replicates, seed
        Of the simulation.
    parameters
        honesty_start > 0 and ease_ratio.
    """
    point = resolve(OPTIONS, parameters)
    if point["honesty_start"] <= 0.0:
        raise ValueError("honesty_start: got 0; must be > 0, or the race is over; pass for example 0.9")
    start, ease = (1.0, point["honesty_start"]), (1.0, point["ease_ratio"])
    series = [_series(label, start, ease, split, replicates, seed) for label, *split in SPLITS]
    closed = [_closed(start, ease, split) for _, *split in SPLITS]
    errors = [one.curve_y - small for one, small in zip(series, closed, strict=True)]
    canvas = _drawn(axes, series, closed, errors)
    worst = {level: max(float(np.abs(np.interp(level, NOISES, error))) for error in errors) for level in (0.14, 0.4)}
    caption = (
        f"The chance that deception wins from misalignment 1 and honesty {point['honesty_start']:g}, against noise: "
        "lines are the backward equation, dotted the small-noise formula, points simulated races. The formula is off "
        f"by {worst[0.14]:.3f} at most at noise 0.14, and by {worst[0.4]:.3f} at 0.4 (lower panel): more where most "
        "noise is on one distance, for what is noisy touches zero first. "
        f"{agreement(series)}"
    )
    alt = (
        "Above, three curves of the chance of deception against noise with simulated points on them, starting together "
        "near certainty and falling apart as noise grows; dotted lines leave them. Below, the difference between "
        "curves and dotted lines, near zero at small noise and growing to either side."
    )
    provenance = {"experiment": crystallization.name, "law": crystallization.fingerprint, "parameters": point,
                  "replicates": replicates, "seed": seed}  # fmt: skip
    return Figure(
        "deception_probability", "Deception by chance", canvas, caption, alt, table(series, x="noise"),
        provenance, ("crystallization.deception_probability", "crystallization.first_passage"),
    )  # fmt: skip


def _closed(start: Any, ease: Any, split: Any) -> Any:
    formula = theory.get("crystallization.deception_probability")
    return np.array([float(formula(start=start, ease=ease, noise=_divided(noise, split))) for noise in NOISES])


def _divided(noise: float, split: Any) -> tuple[float, float]:
    """Return the noises on misalignment and honesty whose squares are divided so, at the same sum."""
    return float(noise * np.sqrt(split[0])), float(noise * np.sqrt(split[1]))


def _series(label: str, start: Any, ease: Any, split: list[float], replicates: int, seed: int) -> Series:
    made = crystallization.experiment(method="stepped", measures=(), steps=100)
    found = [
        simulate(
            made, replicates=replicates, seed=seed, discretization=False, honesty_start=start[1], honesty_ease=ease[1],
            misalignment_noise=_divided(noise, split)[0], honesty_noise=_divided(noise, split)[1],
            time=HORIZON / np.sqrt(ease[1]),
        )
        for noise in NOISES
    ]  # fmt: skip
    means, errors = (np.array([float(one[f"route_deception{end}"]) for one in found]) for end in ("", "_se"))
    exact = np.array([
        first_passage(start, ease, _divided(noise, split), cells).deception
        for noise, cells in zip(NOISES, CELLS, strict=True)
    ])  # fmt: skip
    return Series(f"noise {label}", NOISES, means, errors, exact, NOISES, exact)


def _drawn(axes: Any, series: list[Series], closed: list[Any], errors: list[Any]) -> Any:
    if axes is not None:
        _chances(axes, series, closed)
        return axes.get_figure(root=True)
    canvas, (upper, lower) = panels(HEIGHT + 0.6, 2.2, 1.0, sharex=True)
    _chances(upper, series, closed)
    with styled():
        lower.axhline(0.0, color=COLORS["black"], linewidth=0.8)
        for index, error in enumerate(errors):
            lower.plot(NOISES, error, color=series_style(index)[0])
        lower.set(ylabel="error of\nthe formula", xlabel="noise (1/sqrt(time))")
    return canvas


def _chances(axes: Any, series: list[Series], closed: list[Any]) -> None:
    with styled():
        for index, (one, small) in enumerate(zip(series, closed, strict=True)):
            color, marker = series_style(index)
            axes.plot(one.curve_x, one.curve_y, color=color, zorder=2)
            axes.plot(NOISES, small, color=color, linestyle=":", linewidth=1.2, zorder=1)
            axes.errorbar(one.x, one.simulated, yerr=CONFIDENCE * one.standard_error, fmt=marker, color=color,
                          markeredgecolor="white", markeredgewidth=0.6, elinewidth=1.2, label=one.label,
                          zorder=3)  # fmt: skip
        axes.plot([], [], color=MUTED, label="backward equation")
        axes.plot([], [], color=MUTED, linestyle=":", label="small-noise formula")
        axes.axhline(0.5, color=MUTED, linewidth=0.6)
        axes.set(xscale="log", ylabel="chance of deception")
        axes.set_xticks([0.2, 0.4, 0.8], ["0.2", "0.4", "0.8"])
        axes.set_xticks([], minor=True)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2, columnspacing=1.6)
