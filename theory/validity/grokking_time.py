"""Grokking time against the law integrated to the crossing, over weight decay and the ratio of efficiencies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator import simulate
from simulator.models.grokking import grokking, squared, until_crossing
from theory.catalog import get
from theory.grokking.predicted.margins import STIFFNESS
from theory.validity.map import Axis, ValidityMap, mapped, witnessed

RATIOS = np.array([1.05, 1.15, 1.35, 1.7, 2.2, 3.0, 4.0])
HELD = np.array([1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3])
LOGISTIC = np.array([0.002, 0.006, 0.02, 0.05, 0.1, 0.2, 0.4])
SHARE = 0.99
TOLERANCE = 1e-6  # of the crossing, relative, as the integrator's
LONGER = 1.5  # how much longer than predicted a run may take, in predicted times and in decay times


def grokking_time(
    decays: Sequence[float] | None = None, ratios: Sequence[float] = tuple(RATIOS), *,
    loss: str = "held", memorizing_share: float = SHARE,
) -> ValidityMap:  # fmt: skip
    """Return the relative error of the closed grokking time, against the crossing of the integrated law.

    Parameters
    ----------
    decays
        For loss "held" weight_decay/stiffness, for "logistic" weight_decay over the memorizing efficiency (a floor
        needs it below 1), > 0, increasing.
    ratios
        h_G/h_M > 1, increasing.
    loss
        "held" (a squared loss of finite stiffness) or "logistic".
    memorizing_share
        p_M at the start, on the floor of the loss.

    Raises ValueError for another loss.
    """
    if loss not in ("held", "logistic"):
        raise ValueError(f"loss: got {loss!r}; must be held or logistic; pass one of them")
    held = loss == "held"
    prediction = get("grokking.grokking_time" if held else "grokking.grokking_time_logistic")
    made = until_crossing(squared if held else grokking).experiment("flow", solver="LSODA", measures=())
    unit = STIFFNESS if held else 1.0

    axes = (
        Axis("decay_over_stiffness" if held else "weight_decay", r"\lambda/k" if held else r"\lambda/h_M",
             np.asarray((HELD if held else LOGISTIC) if decays is None else decays, float)),
        Axis("efficiency_ratio", "h_G/h_M", np.asarray(ratios, float)),
    )  # fmt: skip

    def point(decay: float, ratio: float) -> dict[str, float]:
        return {"memorizing_share": memorizing_share, "memorizing_efficiency": 1.0, "generalizing_efficiency": ratio,
                "weight_decay": decay * unit}  # fmt: skip

    def crossed(decay: float, ratio: float) -> tuple[float, float]:
        given = point(decay, ratio)
        whole = {**prediction.setting(**given)}
        whole["time"] = LONGER * (abs(float(prediction(**given))) + 10.0 / given["weight_decay"])
        found = float(simulate(made, replicates=2, seed=0, discretization=False, **whole).stopping_time)
        return found, TOLERANCE * found

    return mapped(
        prediction, axes, point, witnessed(axes, crossed),
        name=f"grokking_time_{loss}", fixed={"memorizing_share": memorizing_share},
        says="Relative error of the closed form of the time at which the general circuit leads.",
        witness="the law integrated until both circuits carry the margin alike, to a tolerance",
    )  # fmt: skip
