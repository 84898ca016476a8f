"""Row: one prediction at one point, held against simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One prediction at one point, held against simulation.

    Parameters
    ----------
    name, parameters
        Which prediction, and the keywords of its formula.
    predicted, simulated
        The two values; NaN for a simulation that diverged. For a distribution, 0 and the largest distance between
        the two distribution functions.
    standard_error
        Of the simulated value.
    margin
        How far they may be apart: the formula's own error and a bound on the discretization error.
    minimal_detectable_effect
        The smallest true difference that the row finds with probability 0.95, in the units of the value.
    z
        (simulated - predicted)/standard_error; without sampling error 0 within the margin and infinite beyond it.
    verdict
        "agrees", "disagrees" or "underpowered".
    p_value
        The chance of so large a difference beyond the margin if the prediction is right.
    replicates
        How many were simulated.
    scale
        What a detectable effect is relative to: the predicted value, or what the prediction declares.
    exact
        Whether the formula claims no error of its own, so that z is normal if it is right.
    """

    name: str
    parameters: dict[str, Any]
    predicted: float
    simulated: float
    standard_error: float
    margin: float
    minimal_detectable_effect: float
    z: float
    verdict: str
    p_value: float
    replicates: int
    scale: float
    exact: bool = True
