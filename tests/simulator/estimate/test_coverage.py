"""Coverage of every standard error on laws whose truth is known, and that an error too small is found out."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.coverage import CASES, coverage

NAMES = [f"{case.statistic}, {case.law}" for case in CASES]


def accepted(share: float, repetitions: int) -> bool:
    """Tell whether a coverage is 95 %: within 4 binomial standard deviations and 0.5 % of first order's own error.

    A coverage that is exact is refused with probability 6e-5; that is 1e-3 for the whole of this file, at other seeds.
    """
    return abs(share - 0.95) < 4.0 * np.sqrt(0.95 * 0.05 / repetitions) + 0.005


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_intervals_cover(case):
    assert accepted(coverage(case, 600, seed=2), 600)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_an_error_too_small_by_the_root_of_two_is_rejected(case):
    """Its coverage is 83.4 %: 400 repetitions tell it from 95 % with probability 0.9998."""
    assert not accepted(coverage(case, 400, seed=3, shrink=np.sqrt(0.5)), 400)


def test_an_error_too_large_is_rejected_too():
    assert not accepted(coverage(CASES[0], 2000, seed=4, shrink=np.sqrt(2.0)), 2000)
