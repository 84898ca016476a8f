"""What came out of a simulation at one point, before it is labeled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.estimate import Tally
from simulator.experiment import Samples


@dataclass(frozen=True)
class Outcome:
    """What came out at one point.

    Parameters
    ----------
    tallies
        Per measure, what is kept of its samples.
    discretization
        Per measure, the estimated discretization error of its mean and that estimate's standard error; empty where
        nothing is discretized or it was not asked for.
    samples
        Per measure, every replicate's value; empty unless asked for.
    replicates, diverged
        How many replicates were run, and how many of them overflowed.
    """

    tallies: Mapping[str, Tally]
    discretization: Mapping[str, tuple[Any, Any]]
    samples: Samples
    replicates: int
    diverged: int
