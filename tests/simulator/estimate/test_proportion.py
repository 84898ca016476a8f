"""Proportions: merging, Wilson's interval against SciPy's, errors that are never 0."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.estimate import Proportion


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([0.0, 1.0, np.nan]), max_size=60), st.integers(0, 60))
def test_merged_blocks_are_the_whole(values, cut):
    samples = np.array(values)
    whole, merged = Proportion.of(samples), Proportion.of(samples[:cut]).merge(Proportion.of(samples[cut:]))
    assert (merged.ones, merged.count) == (whole.ones, whole.count)
    assert whole.count == np.count_nonzero(~np.isnan(samples))


@pytest.mark.parametrize(("ones", "count"), [(0, 50), (3, 400), (25, 50), (50, 50)])
def test_wilson_against_scipy(ones, count):
    expected = stats.binomtest(ones, count).proportion_ci(0.95, method="wilson")
    found = Proportion(np.float64(ones), np.float64(count)).wilson(stats.norm.ppf(0.975))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_the_error_is_never_zero_and_tends_to_the_plain_one():
    none, all_of = Proportion.of(np.zeros(100)), Proportion.of(np.ones(100, dtype=bool))
    assert (none.estimate, all_of.estimate) == (0.0, 1.0)
    np.testing.assert_allclose([none.standard_error, all_of.standard_error], 1 / 202, rtol=1e-12)
    many = Proportion(np.float64(300_000), np.float64(1_000_000))
    np.testing.assert_allclose(many.standard_error, np.sqrt(0.3 * 0.7 / 1e6), rtol=1e-5)


def test_refusals():
    with pytest.raises(ValueError, match=r"samples: got 0\.5 \(1 such\)"):
        Proportion.of(np.array([0.0, 0.5]))
    assert np.isnan(Proportion.of(np.array([np.nan])).standard_error)
