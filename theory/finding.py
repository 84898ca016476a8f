"""Finding: what a simulation said of a statistic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A simulated value and its standard error.

    Parameters
    ----------
    simulated, standard_error
        The two, in the units of the value.
    trials
        Of how many replicates it is the share; 0 for what is no share.
    """

    simulated: float
    standard_error: float
    trials: int = 0
