"""Faults of estimators: denominators, standard errors, what does not apply."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from simulator.estimate import STATISTICS, Moments
from theory.faults.fault import Fault, spoiled

_fault = partial(Fault, "audit")


def _over_n(_: Any) -> Any:
    return property(lambda moments: moments.second / moments.count)


def _small(right: Any) -> Any:
    return property(lambda moments: right.fget(moments) / 2**0.5)


MEAN = STATISTICS["mean"]
COUNTING_ALL = replace(MEAN, of=lambda samples: MEAN.of(np.nan_to_num(samples, nan=0.0)))


FAULTS = (
    _fault(
        "variance_over_n", "estimator", "The variance of a sample is over n, not n - 1.", ("audit.sample_variance",),
        (spoiled(Moments, "variance", _over_n),),
    ),
    _fault(
        "small_error", "estimator", "The standard error of a mean is too small by the root of 2.", ("audit.coverage",),
        (spoiled(Moments, "mean_error", _small),),
    ),
    _fault(
        "zero_for_nothing", "estimator", "A replicate to which a measure does not apply counts as zero.",
        ("probe_selection.goodhart", "probe_selection.missed_among"), (mock.patch.dict(STATISTICS, mean=COUNTING_ALL),),
    ),
)  # fmt: skip
