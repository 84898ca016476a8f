"""The judge: from a difference, its standard error and a margin to a verdict, at a stated false-alarm rate.

All rows of a check are one family: the chance that any of them is called a disagreement although every prediction is
right is at most ``FAMILY_WISE_ERROR`` (Holm's step-down procedure, valid under any dependence between rows).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import equivalence_p_value
from theory.prediction import Prediction
from theory.row import Row

FAMILY_WISE_ERROR = 1e-6
POWER = 0.95
LARGEST_EFFECT = {"quick": 0.01, "full": 0.003}


def normal_quantile(tail: float) -> float:
    """Return z with P(Z > z) = tail for a standard normal Z."""
    from statistics import NormalDist

    return -NormalDist().inv_cdf(tail)


def p_value(difference: float, standard_error: float, margin: float) -> float:
    """Return the two-sided p-value of a difference, of which a part up to the margin is no evidence."""
    excess = max(abs(difference) - margin, 0.0)
    if standard_error == 0.0:
        return 1.0 if excess == 0.0 else 0.0
    return math.erfc(excess / (standard_error * math.sqrt(2.0)))


def sensitivity(rows: int) -> float:
    """Return how many standard errors beyond its margin a true effect is found with probability ``POWER``.

    It is found even as the family's hardest row: (1 - FAMILY_WISE_ERROR/(2 rows)) and POWER quantiles, added.
    """
    return normal_quantile(FAMILY_WISE_ERROR / (2 * rows)) + normal_quantile(1.0 - POWER)


def holm(p_values: Sequence[float], level: float = FAMILY_WISE_ERROR) -> NDArray[np.bool_]:
    """Tell which hypotheses are rejected at a family-wise error rate.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65.
    """
    values = np.asarray(p_values, dtype=float)
    rejected = np.zeros(values.size, dtype=bool)
    for step, index in enumerate(np.argsort(values, kind="stable")):
        if values[index] > level / (values.size - step):
            break
        rejected[index] = True
    return rejected


def verdict(rejected: bool, effect: float, largest: float) -> str:
    """Return "disagrees", "underpowered" or "agrees"; lack of power is never agreement."""
    if rejected:
        return "disagrees"
    return "agrees" if effect <= largest else "underpowered"


def verdicts(rows: Sequence[Row], predictions: Mapping[str, Prediction], largest: float) -> tuple[Row, ...]:
    """Return the rows with their verdicts.

    Parameters
    ----------
    rows
        Measured, all of one family.
    predictions
        By name, what they are rows of.
    largest
        The effect that must be detectable, relative to the prediction's scale. A prediction of no effect declares an
        equivalence bound instead; it agrees only where the two one-sided tests exclude every larger effect at the
        family's level.
    """
    rejected = holm([row.p_value for row in rows])
    return tuple(
        replace(row, verdict=_verdict(row, bool(no), predictions[row.name], largest, len(rows)))
        for row, no in zip(rows, rejected, strict=True)
    )


def _verdict(row: Row, rejected: bool, prediction: Prediction, largest: float, rows: int) -> str:
    if prediction.equivalence is None:
        return verdict(rejected, row.minimal_detectable_effect, largest * row.scale)
    difference, bound = row.simulated - row.predicted, prediction.equivalence
    excluded = equivalence_p_value(difference, row.standard_error, bound) <= FAMILY_WISE_ERROR / rows
    # An effect beyond the bound is a disagreement; one that merely is not excluded is a lack of power.
    beyond = p_value(difference, row.standard_error, bound) <= FAMILY_WISE_ERROR / rows
    return "agrees" if excluded else "disagrees" if beyond else "underpowered"
