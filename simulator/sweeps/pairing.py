"""Paired differences: each replicate less the same replicate at the point that it is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from simulator.estimate import CONTROL
from simulator.experiment import Experiment, Samples
from simulator.outcome import CONTRAST


def contrasts(measures: Iterable[str]) -> tuple[str, ...]:
    """Return what the differences of some measures are called."""
    return tuple(name + CONTRAST for name in measures)


def compared(experiment: Experiment, samples: Samples, partner: Samples | Exception) -> dict[str, Any]:
    """Return samples with their differences from the partner's, replicate by replicate; NaN where there is none."""
    both = dict(samples)
    for name in experiment.measures:
        mine = np.asarray(samples[name], dtype=np.float64)
        if isinstance(partner, Exception):
            both[name + CONTRAST] = np.full(mine.shape, np.nan)
            if experiment.controls:
                both[name + CONTRAST + CONTROL] = np.zeros((*mine.shape, experiment.controls))
            continue
        if mine.shape != np.shape(partner[name]):
            raise ValueError(f"{name} has another shape at the first value of the contrast, so that none can be paired")
        with np.errstate(invalid="ignore"):
            difference = mine - partner[name]
        lost = np.asarray(partner.get("diverged", False))
        # A partner that overflowed must not pass for one that does not apply.
        difference[np.broadcast_to(lost, len(mine))] = np.inf
        both[name + CONTRAST] = difference
        if experiment.controls:
            both[name + CONTRAST + CONTROL] = samples[name + CONTROL] - partner[name + CONTROL]
    return both
