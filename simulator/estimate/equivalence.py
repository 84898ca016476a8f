"""Equivalence: evidence that an effect is absent, which a missing star is not."""

from __future__ import annotations

import math


def equivalence_p_value(estimate: float, standard_error: float, bound: float) -> float:
    """Return the p-value of "the effect is at least the bound" against "it is smaller": two one-sided tests.

    p = P(Z > (bound - |estimate|)/standard_error), the larger of the two tests' p-values

    Parameters
    ----------
    estimate
        Of the effect (of a difference, its deviation from none).
    standard_error
        Of the estimate, >= 0.
    bound
        The smallest effect that would matter, > 0, in the units of the estimate; chosen before looking.

    Returns
    -------
    float
        Small where the effect is shown to lie within (-bound, bound); at most alpha of such claims are wrong. It is
        above 0.5 where the estimate is beyond the bound, and 1 for an estimate that is NaN.

    Raises
    ------
    ValueError
        For a bound that is not positive or an error that is negative.

    Source: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987) 657.
    """
    if not bound > 0.0:
        raise ValueError(f"bound: got {bound!r}; the smallest effect that matters must be positive")
    if standard_error < 0.0:
        raise ValueError(f"standard_error: got {standard_error!r}; it must be at least 0")
    if math.isnan(estimate) or math.isnan(standard_error):
        return 1.0
    room = bound - abs(estimate)
    if standard_error == 0.0:
        return 0.0 if room > 0.0 else 1.0
    return 0.5 * math.erfc(room / (standard_error * math.sqrt(2.0)))
