"""Kimura's fixation probability against the exact chain, over advantage and population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.wright_fisher import fixation_probability as chain
from theory.catalog import get
from theory.validity.map import Axis, ValidityMap, mapped, witnessed

ADVANTAGES = np.geomspace(0.01, 2.0, 16)
SIZES = np.array([3, 5, 8, 12, 20, 32, 50, 80, 125, 200])
LEAST = 1e-280  # below it a chance has no digits left
ROUNDING = 1e-12  # of the chain's solution, relative, per individual


def kimura(
    advantages: Sequence[float] = tuple(ADVANTAGES), sizes: Sequence[int] = tuple(SIZES), *, favored: bool = True
) -> ValidityMap:
    """Return the relative error of Kimura's formula for one copy, against the chain solved as a linear system.

    For a goal that costs reward (s < 0) the prediction declares no margin. The chain's logarithm is then above that of
    the formula by N |s|^3/54 as N grows: with u = exp(N phi(x)), phi(x) = max over y of phi(y) - I(y | x) for a
    generation's large deviations I is solved by phi' = -2s + (2x - 1) s^2/3 + ..., whose integral is -2s + s^3/54.

    Parameters
    ----------
    advantages
        |s| > 0, increasing.
    sizes
        N >= 2, increasing.
    favored
        Whether the goal earns more reward (s = |s|) or less (s = -|s|).

    Source of the reference: Ewens, Mathematical Population Genetics I (2004), section 3.3.
    """
    prediction = get("goal_drift.fixation_probability")
    sign = 1.0 if favored else -1.0
    axes = (Axis("advantage" if favored else "disadvantage", "s" if favored else "-s", np.asarray(advantages, float)),
            Axis("population", "N", np.asarray(sizes, float)))  # fmt: skip

    return mapped(
        prediction, axes, lambda strength, size: {"advantage": sign * strength, "population": int(size), "copies": 1},
        witnessed(axes, lambda strength, size: _exact(sign * strength, int(size))),
        name=f"kimura_{'favored' if favored else 'disfavored'}", fixed={"copies": 1},
        says="Relative error of Kimura's probability that one copy of a goal fixes.",
        witness="the exact Wright-Fisher chain, solved as a linear system; its error is rounding",
    )  # fmt: skip


def _exact(advantage: float, population: int) -> tuple[float, float]:
    """Return the chain's probability, NaN where it is too small for floating point."""
    if 2.0 * advantage * population < np.log(LEAST):
        return np.nan, np.nan
    found = chain(advantage, population)
    return found, ROUNDING * population * found
