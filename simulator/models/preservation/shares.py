"""Features that share one drive, some of them frozen, all of them restored from memory.

Features j supply the shares p_j of a drive that the loss holds. Each is a product of ``depth`` weights L that decay, so
that with efficiencies h_j

    dp_j = f_j [L h_j^(2/L) p_j^(2 - 2/L) mu - L weight_decay p_j - hold (p_j - m_j)] dt

where f_j is 0 for a feature that is frozen, from ``freeze_time`` on, and mu is what keeps the shares' sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.preservation.law import age, freeze_time, hold, weight_decay
from simulator.parameter import COUNT, POSITIVE, SHARE, Parameter, Range


def graded(size: int) -> Any:
    """Return efficiencies from 1.5 (the simplest) to 0.5, or 1 for a single feature."""
    return np.linspace(1.5, 0.5, size) if size > 1 else np.ones(1)


def even(size: int) -> Any:
    """Return equal shares."""
    return np.full(size, 1.0 / size)


share = Trait("share", symbol="p", dim="features", meaning="share of the drive that each feature supplies")
features = Parameter("features", 3, "n", COUNT, meaning="number of features of the goal", integer=True)
efficiency = Parameter("efficiency", graded, "h", POSITIVE, meaning="drive per unit of strength", dim="features")
start = Parameter("start", even, "p_0", SHARE, meaning="shares at the start, of sum 1", dim="features")
kept = Parameter("remembered", even, "m", SHARE, meaning="shares as they are remembered, of sum 1", dim="features")
frozen = Parameter("frozen", 0.0, "f", SHARE, meaning="1 for a feature that will be frozen", dim="features")
depth = Parameter("depth", 2.0, "L", Range(low=1.0), meaning="number of weights whose product a strength is")

_moving = sympy.Piecewise((1, sympy.Lt(age.variable, freeze_time.variable)), (1 - frozen, True))
_lost = depth * weight_decay * share + hold * (share - kept)
_gain = depth * efficiency ** (2 / depth) * sympy.Abs(share) ** (2 - 2 / depth)

shares = Model(
    name="preservation_shares",
    says="Memory, or freezing, keeps features that weight decay would simplify away.",
    traits=(age, share),
    reward=0,
    growth={age: 1, share: _moving * (_gain * total(_moving * _lost) / total(_moving * _gain) - _lost)},
    initial={age: 0, share: start},
    measures={
        "shares": Measure(share.variable, meaning="share of the drive that each feature supplies"),
        "cosine_to_memory": Measure(
            total(share * kept) / sympy.sqrt(total(share**2) * total(kept**2)),
            meaning="cosine of the shares to those remembered",
        ),
    },
    parameters=(features, efficiency, start, kept, frozen, depth, weight_decay, hold, freeze_time),
)
