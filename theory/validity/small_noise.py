"""The small-noise chance of deception against the backward equation, over noise and asymmetry of the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from theory.catalog import get
from theory.crystallization.backward import deception_from
from theory.validity.map import Axis, ValidityMap, mapped

NOISES = np.geomspace(0.2, 1.6, 21)
ADVANTAGES = np.geomspace(0.6, 1.0 / 0.6, 21)
CELLS, GRIDS = 224, 2


def small_noise(
    noises: Sequence[float] = tuple(NOISES), advantages: Sequence[float] = tuple(ADVANTAGES), *,
    split: float = 1.0, ease: float = 1.0, cells: int = CELLS,
) -> ValidityMap:  # fmt: skip
    """Return the error of Phi(m), in probability, against the backward equation solved by finite volumes.

    Scaled by sqrt(ease) a distance, and by omega in time, a race has three numbers: how many of noise's widths away
    the start is, how it divides between the routes, and how noise does. The first two are the axes.

    Parameters
    ----------
    noises
        noise_y/(sqrt(omega) y_0), noise on honesty while distances grow e-fold, over honesty's distance at the start (1
        here), > 0, increasing; omega = sqrt(ease_x ease_y), 1 at equal eases.
    advantages
        sqrt(ease_y) x_0/(sqrt(ease_x) y_0), on the separatrix 1, > 0, increasing; above 1 deception is ahead.
    split
        sqrt(ease_y) noise_x/(sqrt(ease_x) noise_y), > 0: 1 where noise is alike on both routes, 0 all on honesty.
    ease
        ease_y/ease_x, > 0; it makes no difference.
    cells
        Of the finest grid.
    """
    prediction = get("crystallization.deception_probability")
    axes = (
        Axis("noise_over_distance", r"\sigma_y/\sqrt{\omega}\,y_0", np.asarray(noises, float)),
        Axis("advantage_of_deception", r"\sqrt{\eta_y}\,x_0/\sqrt{\eta_x}\,y_0", np.asarray(advantages, float)),
    )
    longer, pace = 1.0 / np.sqrt(ease), ease**0.25  # pace: the root of omega

    def point(noise: float, advantage: float) -> dict[str, Any]:
        unit = min(1.0, 1.0 / (advantage * longer))  # so that no distance is above 1
        return {"start": (unit * advantage * longer, unit), "ease": (1.0, ease),
                "noise": (unit * split * noise * longer * pace, unit * noise * pace)}  # fmt: skip

    # In units of the noise on honesty all cells are starts of one law; the less noise, the farther a grid has to reach.
    noise, advantage = np.meshgrid(*(axis.values for axis in axes), indexing="ij")
    starts = np.stack([advantage * longer, np.ones_like(noise)], axis=-1) / (noise * pace)[..., np.newaxis]
    parts = [one for one in np.array_split(starts, GRIDS) if one.size]
    fields = [deception_from(one, (1.0, ease), (split * longer, 1.0), cells) for one in parts]
    return mapped(
        prediction,
        axes,
        point,
        (np.concatenate([chance for chance, _ in fields]), np.concatenate([off for _, off in fields])),
        scale=1.0,
        name="small_noise",
        fixed={"split": split, "ease_ratio": ease},
        says="Error, in probability, of the small-noise chance that deception wins a race of two routes.",
        witness="the backward equation by finite volumes on grids of three sizes, with its stated error",
    )
