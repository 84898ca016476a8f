"""Streaming moments against NumPy and SciPy, merging, standard errors on known laws, extrapolated step errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.estimate import Moments, richardson


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 2**31), st.floats(-1e3, 1e3))
def test_merged_blocks_are_the_whole(sizes, seed, shift):
    parts = [np.random.default_rng([seed, i]).gamma(2.0, size=(size, 3)) + shift for i, size in enumerate(sizes)]
    merged = Moments.of(parts[0])
    for part in parts[1:]:
        merged = merged.merge(Moments.of(part))
    whole = np.concatenate(parts)
    np.testing.assert_allclose(merged.mean, whole.mean(axis=0), rtol=1e-12)
    scale = 1.0 + np.ptp(whole, axis=0)
    for power, found in ((2, merged.second), (3, merged.third), (4, merged.fourth)):
        expected = ((whole - whole.mean(axis=0)) ** power).sum(axis=0)
        np.testing.assert_allclose(found / scale**power, expected / scale**power, rtol=1e-7, atol=1e-7)


def test_a_measure_that_does_not_apply_is_left_out_and_counted():
    moments = Moments.of(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]]))
    assert moments.count.tolist() == [2.0, 0.0]
    assert moments.mean[0] == 2.0
    assert moments.variance[0] == 2.0
    assert np.isnan(moments.variance[1])
    assert np.isnan(moments.mean_error[1])


LAWS = {"normal": stats.norm(), "skewed": stats.gamma(2.0), "flat": stats.uniform()}


@pytest.mark.parametrize("name", LAWS)
def test_standard_errors_cover(name):
    """Nominal 95 % intervals cover 93.5 to 96.5 % of 4000 repetitions: 4 binomial standard deviations wide."""
    law = LAWS[name]
    moments = Moments.of(law.rvs(size=(1000, 4000), random_state=1))
    mean_covered = np.abs(moments.mean - law.mean()) < 1.96 * moments.mean_error
    variance_covered = np.abs(moments.variance - law.var()) < 1.96 * moments.variance_error
    assert 0.935 < mean_covered.mean() < 0.965
    low = 0.92 if name == "skewed" else 0.935  # a variance from 1000 skewed values is itself skewed
    assert low < variance_covered.mean() < 0.965
    halved = np.abs(moments.mean - law.mean()) < 1.96 * moments.mean_error / np.sqrt(2)
    assert halved.mean() < 0.9  # the planted fault: a standard error too small by the root of 2


def test_none_of_n_is_not_certainty():
    moments = Moments.of(np.zeros((100, 1)))
    assert moments.mean_error[0] == 0.0
    posterior = stats.beta(0.5, 100.5)
    np.testing.assert_allclose(moments.proportion_error[0], posterior.std(), rtol=1e-12)


def test_richardson_recovers_the_error_of_a_known_order():
    steps = np.array([0.1])
    for order in (1, 2):
        coarse, fine = 1.0 + 3.0 * steps**order, 1.0 + 3.0 * (steps / 2) ** order
        error, own = richardson(np.repeat(coarse - fine, 5), order)
        np.testing.assert_allclose(error, 3.0 * 0.1**order, rtol=1e-12)
        assert own == 0.0
