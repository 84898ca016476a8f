"""The law of two circuits, fitted on the early phase of a run, when fresh examples are still answered by chance.

At two weights a strength the law is solved by the clock tau, the integral of the pull mu = -dloss/dq over time:

    ln m_j(t) = ln m_j(0) + 2 h_j tau(t) - 2 weight_decay t

for the margin m_j = h_j g_j of each circuit. The generalizing circuit's margin is that of fresh examples, the
memorizing one's is what training examples have beyond it, and tau is measured: two straight lines give all four
parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

BEGIN, END = 0.5, 1.5  # of the early phase, in units of 1/weight_decay


@dataclass(frozen=True)
class Fit:
    """The two-circuit law of one run, or the mean of several.

    Parameters
    ----------
    memorizing_efficiency, generalizing_efficiency
        h_M and h_G, margin per unit of strength.
    memorizing_margin, generalizing_margin
        m_M(0) and m_G(0), the margins at time 0 from which the law would come to what was seen.
    """

    memorizing_efficiency: float
    generalizing_efficiency: float
    memorizing_margin: float
    generalizing_margin: float

    @property
    def start_margin(self) -> float:
        """q(0)."""
        return self.memorizing_margin + self.generalizing_margin

    @property
    def memorizing_share(self) -> float:
        """p_M(0)."""
        return self.memorizing_margin / self.start_margin


def clock(course: Mapping[str, Any]) -> Any:
    """Return tau at each look, by the trapezoid rule."""
    time, pull = course["time"], course["pull"]
    return np.concatenate([[0.0], np.cumsum(np.diff(time) * (pull[1:] + pull[:-1]) / 2.0)])


def fit(course: Mapping[str, Any], weight_decay: float, begin: float = BEGIN, end: float = END) -> Fit | None:
    """Return the law fitted between two times in units of 1/weight_decay; None where a margin is not positive there."""
    time = course["time"]
    window = (time >= begin / weight_decay) & (time <= end / weight_decay)
    margins = course["train_margin"] - course["test_margin"], course["test_margin"]
    if window.sum() < 3 or any(np.any(one[window] <= 0.0) for one in margins):
        return None
    tau = clock(course)[window]
    lines = [np.polyfit(2.0 * tau, np.log(one[window]) + 2.0 * weight_decay * time[window], 1) for one in margins]
    (h_m, log_m), (h_g, log_g) = lines
    return Fit(float(h_m), float(h_g), float(np.exp(log_m)), float(np.exp(log_g)))


def pooled(fits: list[Fit]) -> Fit:
    """Return the mean law: mean efficiencies and geometric means of margins."""
    return Fit(
        float(np.mean([one.memorizing_efficiency for one in fits])),
        float(np.mean([one.generalizing_efficiency for one in fits])),
        float(np.exp(np.mean([np.log(one.memorizing_margin) for one in fits]))),
        float(np.exp(np.mean([np.log(one.generalizing_margin) for one in fits]))),
    )
