"""Validity map of crystallization: the small-noise chance of deception against the backward equation."""

from __future__ import annotations

from typing import Any

import numpy as np

from figures.figure import Figure
from figures.map import View, chart, of_margin, worst
from simulator.parameter import Parameter, Range, resolve
from theory.crystallization.formulas import noise_ratio
from theory.validity import ValidityMap, small_noise

OPTIONS = (
    Parameter("split", 0.1, range=Range(0.05, 1.0),
              meaning="noise on misalignment relative to that on honesty, in the right panel"),
)  # fmt: skip


def validity_of_small_noise(axes: Any = None, *, replicates: int = 2, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the error of the small-noise chance of deception, over noise and asymmetry, for noise alike and split.

    Parameters
    ----------
    axes
        Matplotlib axes for noise alike on both routes alone, or None for a figure of its own.
    replicates, seed
        Not used: nothing is drawn at random.
    parameters
        split: noise on misalignment relative to that on honesty, in the right panel, in [0.05, 1].
    """
    del replicates, seed
    point = resolve(OPTIONS, parameters)
    alike, split = small_noise(split=1.0), small_noise(split=point["split"])
    words = ("noise on honesty", "head start of deception\n",
             (0.2, 0.4, 0.8, 1.6), (0.6, 0.8, 1.0, 1.25, 1.6))  # fmt: skip
    views = [View(alike, "noise alike on both", *words), View(split, "noise mostly on honesty", *words)]
    (most, *_), (more, noise, ahead) = worst(alike), worst(split)
    caption = (
        "Error, in probability, of the small-noise chance that deception wins, against the backward equation. Left, "
        f"with noise alike on both routes, it is at most {most:.3f}, and none on the separatrix; it stays below 0.01 "
        f"for noise up to {_until(alike):.2f} of honesty's distance. {of_margin(alike)} Right, with {point['split']:g} "
        f"of it on misalignment, it is up to {more:.3f} (noise {noise:.2f}, head start {ahead:.2f}), and "
        f"{_below(split)}: lopsided noise shifts the separatrix. {of_margin(split)}{_nearest(split)}"
    )
    alt = (
        "Two maps of noise and head start. Left, a light band along the separatrix, darker to both sides with noise. "
        "Right, no light band: errors are largest about the separatrix and grow with noise everywhere, hatched where "
        "the grids do not resolve them."
    )
    return chart(
        "validity_of_small_noise", "Where noise is small", views, caption, alt, ("noise_over_distance", "head_start"),
        {"experiment": "backward_equation", "witness": alike.witness, "parameters": point}, axes,
        unit="error, in probability",
    )  # fmt: skip


def _until(found: ValidityMap) -> float:
    """Return the smallest noise at which the error passes one per cent for some head start."""
    passed = found.boundary(0.01)
    return float(passed[:, 0].min()) if len(passed) else float(found.axes[0].values[-1])


def _nearest(found: ValidityMap) -> str:
    """Say how far away the starts are at which the margin is left; it is stated for six of noise's widths and more."""
    noise, ahead = np.meshgrid(*(axis.values for axis in found.axes), indexing="ij")
    flat, split = np.ones_like(noise), float(found.fixed["split"])
    widths = noise_ratio(np.stack([ahead, flat], -1), (1.0, 1.0), np.stack([split * noise, noise], -1))[~found.covered]
    return (
        f" There the start is {widths.min():.1f} to {widths.max():.1f} of noise's widths away." if widths.size else ""
    )


def _below(found: ValidityMap) -> str:
    """Say below which noise the error is below one per cent, whatever the head start."""
    noises = found.axes[0].values
    off = np.any((np.abs(found.error) > 0.01) & found.resolved, axis=1)
    if off[0]:
        return f"above 0.01 for some head start at any noise from {noises[0]:.2f} on"
    return f"below 0.01 for noise below {noises[off].min():.2f}" if off.any() else "below 0.01 everywhere here"
