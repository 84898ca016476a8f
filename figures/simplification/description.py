"""The figure of description length: long random goals or short ones, by the pressure on goals to be short."""

from __future__ import annotations

from typing import Any

import numpy as np

import theory
from figures.figure import Figure
from figures.panel import Series, agreement, comparison, table
from figures.style import MUTED
from simulator.estimate import chain_mean, effective_sample_size
from simulator.models.simplification.strings import walk
from simulator.parameter import POSITIVE, Parameter, resolve
from simulator.randomness import point_key, stream

LENGTHS = (3, 6, 12)
DRAWS = 600
OPTIONS = (Parameter("reach", 0.6, range=POSITIVE, meaning="how far around ln 2 the pressure goes"),)
POINTS = 7


def description_length(axes: Any = None, *, replicates: int = 64, seed: int = 0, **parameters: Any) -> Figure:
    """Draw the mean length of goals that are bit strings, by the pressure to be short: walks and theory.

    Parameters
    ----------
    axes
        Matplotlib axes for the upper part alone, or None for a figure of its own.
    replicates, seed
        Chains at each point, at least 2, and the seed of their noise.
    parameters
        reach: how far the pressure goes to either side of ln 2, in 1/bit, at most ln 2.
    """
    reach = resolve(OPTIONS, parameters)["reach"]
    if reach > np.log(2.0):
        raise ValueError(f"reach: got {reach}; must be at most ln 2, where the pressure is 0; pass less")
    if replicates < 2:
        raise ValueError(f"replicates: got {replicates}; must be at least 2 chains; pass more")
    pressures, fine = (np.log(2.0) + np.linspace(-reach, reach, count) for count in (POINTS, 300))
    found = [_walks(pressures, fine, longest, replicates, seed) for longest in LENGTHS]
    series, worth = [one for one, _ in found], [least for _, least in found]
    canvas, upper, _ = comparison(
        series, xlabel="pressure to be short (1/bit)", ylabel="mean length, of the longest", axes=axes
    )  # fmt: skip
    upper.axvline(np.log(2.0), color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
    upper.axhline(0.5, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
    slopes = [longest * (longest + 2) / 12 / longest for longest in LENGTHS]
    caption = (
        "Goals are bit strings, and a bit costs the pressure. There are twice as many goals for each bit more, so "
        f"below ln 2 (dotted) counting wins and goals are long and random; above it the cost wins and they are short. "
        f"The change is the sharper the longer goals may be: the curves fall there at {slopes[0]:.2g}, {slopes[1]:.2g} "
        f"and {slopes[2]:.2g} of the longest per unit of pressure. {agreement(series)} Each point is {replicates} "
        f"walks of {DRAWS} draws, worth {min(worth):.0f} independent ones or more."
    )
    alt = (
        "Mean length, relative to the longest possible, against the pressure to be short, for three longest lengths: "
        "falling curves that cross at one half where the pressure is ln 2, the steeper the longer goals may be. "
        "Simulated points lie on the curves."
    )
    provenance = {"experiment": "simplification_strings", "replicates": replicates, "seed": seed,
                  "parameters": {"reach": reach, "lengths": list(LENGTHS)}}  # fmt: skip
    return Figure("description_length", "Counting against simplicity", canvas, caption, alt,
                  table(series, x="pressure"), provenance,
                  ("simplification.mean_description_length",))  # fmt: skip


def _walks(pressures: Any, fine: Any, longest: int, replicates: int, seed: int) -> tuple[Series, float]:
    """Walk at every pressure; return the mean lengths, and how many independent draws the least of them is worth."""
    made = walk()
    thinning = max(3, longest**2 // 6)  # so that a draw is worth a tenth of an independent one or more
    means, errors, worth = [], [], []
    for pressure in pressures:
        point = resolve(made.parameters, {"inverse_temperature": float(pressure), "max_length": longest,
                                          "sweeps": DRAWS, "thinning": thinning, "burn_in": 60})  # fmt: skip
        draws = made.sample(point, replicates, stream(seed, point_key({"figure": made.name, "parameters": point}), 0))
        mean, error = chain_mean(draws["length"])
        means.append(mean / longest)
        errors.append(error / longest)
        worth.append(effective_sample_size(draws["length"]))
    exact = theory.get("simplification.mean_description_length")
    at, along = (exact(inverse_temperature=one, max_length=longest) / longest for one in (pressures, fine))
    return Series(f"up to {longest} bits", pressures, np.array(means), np.array(errors), at, fine, along), min(worth)
