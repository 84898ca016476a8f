"""The clock of a drive that is held against a law of finite stiffness, over stiffness and depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator import simulate
from simulator.models.simplification import simplification
from theory.catalog import get
from theory.simplification import formulas
from theory.simplification.predicted.declared import INTEGRATED, LAW_STIFFNESS, stiff
from theory.validity.map import Axis, ValidityMap, mapped, witnessed

RATIOS = np.array([3e-5, 1e-4, 1e-3, 0.01, 0.03, 0.06, 0.1, 0.17, 0.3, 0.45, 0.7, 1.0])
DEPTHS = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0])
START, EFFICIENCY = (0.35, 0.3, 0.25), (1.4, 1.0, 0.7)
FIRST = 0


def constrained_clock(
    ratios: Sequence[float] = tuple(RATIOS), depths: Sequence[float] = tuple(DEPTHS), *,
    decay_times: float = 1.0, start: Sequence[float] = START, efficiency: Sequence[float] = EFFICIENCY,
    feature: int = FIRST,
) -> ValidityMap:  # fmt: skip
    """Return the error of a feature's share, the drive held at 1, against the law integrated with its stiffness.

    Parameters
    ----------
    ratios
        weight_decay/stiffness, > 0, increasing. Nothing else matters but ``decay_times``: time has no other unit.
    depths
        L >= 1, increasing.
    decay_times
        weight_decay t, when the shares are compared, > 0.
    start, efficiency
        Of three features; the loss first brings the start's drive to 1.
    feature
        Which share, from 0.
    """
    prediction = get("simplification.shares")
    made = simplification.experiment("flow", measures=("share",), solver="LSODA")
    axes = (Axis("decay_over_stiffness", r"\lambda/k", np.asarray(ratios, float)),
            Axis("depth", "L", np.asarray(depths, float)))  # fmt: skip

    def point(ratio: float, depth: float) -> dict[str, Any]:
        decay = ratio * LAW_STIFFNESS
        return {"start": tuple(start), "efficiency": tuple(efficiency), "weight_decay": decay, "depth": depth,
                "time": decay_times / decay, "feature": feature}  # fmt: skip

    def integrated(ratio: float, depth: float) -> tuple[float, float]:
        found = simulate(made, replicates=2, seed=0, discretization=False, **stiff(**point(ratio, depth)))
        return float(found["share"][feature]), INTEGRATED

    def margin(**given: Any) -> float:
        return float(prediction.margin.bound(**given)) if _bounded(**given) else np.inf

    return mapped(
        prediction, axes, point, witnessed(axes, integrated), margin=margin, scale=1.0, name="constrained_clock",
        fixed={"decay_times": decay_times, "feature": feature, "start": tuple(start), "efficiency": tuple(efficiency)},
        says="Error, in shares of the drive, of the clock that takes the drive to be held.",
        witness="the law integrated with its stiffness, to a tolerance",
    )  # fmt: skip


def _bounded(feature: int, **point: Any) -> bool:
    """Tell whether the margin bounds anything: it compares with a drive of 1 - 2 left_out, which has to be positive."""
    less = formulas.left_out(formulas.shares(**point), point["efficiency"], point["weight_decay"], point["depth"],
                             LAW_STIFFNESS)  # fmt: skip
    return bool(2.0 * less < 1.0)
