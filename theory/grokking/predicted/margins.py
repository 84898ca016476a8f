"""How far the closed forms may be off, each bound derived before any simulation."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.grokking import formulas
from theory.prediction import Margin

TOLERANCE = 1e-6  # of the flow's integrator, relative: its steps are good to 1e-10, and errors add up along a run
STIFFNESS = 120.0  # per unit of time, of a loss that holds the margin under a decay of 0.2 at most


def tolerance(formula: Any, says: str = "the integrator's tolerance, 1e-6 of the value") -> Margin:
    """Return the margin of an exact formula against a path integrated to a tolerance."""
    return Margin(says, lambda **point: TOLERANCE * np.abs(formula(**point)))


def held(weight_decay: Any, *efficiencies: Any) -> Any:
    """Return how late or early a finite stiffness k makes a passage, at most: -ln(1 - lambda/(k h))/(2 lambda).

    q' = L q (<h> mu - lambda) with mu = k (1 - q) is positive below q = 1 - lambda/(k h), h the smallest efficiency,
    and negative above 1, so q stays between; and t - t_held = -ln(q_c/q_0)/(2 lambda), exactly.
    """
    smallest = np.minimum.reduce(efficiencies)
    return -np.log1p(-np.divide(weight_decay, STIFFNESS * smallest)) / (2.0 * np.asarray(weight_decay))


def lag(memorizing_share: Any, memorizing_efficiency: Any, generalizing_efficiency: Any, weight_decay: Any) -> Any:
    """Return how late the creeping floor may make a crossing that began on it.

    With y = <h> mu/weight_decay, V = Var(h)/<h>^2 over the shares and mu = logistic(-q),

        y' = 2 weight_decay y [V y - (1 - mu) q (y - 1)],      y(0) = 1,

    so y stays below 1 + X with X = V/(q_0 (1 - weight_decay/h_0) - V) and V <= (h_G - h_M)^2/(4 h_G h_M)
    (Kantorovich), and the margin at the crossing between floor(h_c/(1 + X)) and floor(h_c). The formula takes the
    latter, so it is early by at most ln of their ratio over 2 weight_decay.
    """
    h, better = memorizing_efficiency, generalizing_efficiency
    begun, middle = memorizing_share * h + (1.0 - memorizing_share) * better, (h + better) / 2.0
    spread = (better - h) ** 2 / (4.0 * h * better)
    room = formulas.floor(begun, weight_decay) * (1.0 - weight_decay / begun) - spread
    excess = np.where(room > 0.0, spread / np.where(room > 0.0, room, 1.0), np.inf)
    low = formulas.floor(middle / (1.0 + excess), weight_decay)
    with np.errstate(invalid="ignore", divide="ignore"):
        late = np.log(formulas.floor(middle, weight_decay) / low) / (2.0 * weight_decay)
    return np.where((room > 0.0) & (low > 0.0), late, np.inf)
