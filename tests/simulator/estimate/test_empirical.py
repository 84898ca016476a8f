"""Empirical distributions: merging, quantiles within their bound, bands, Kolmogorov's distance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.estimate import Empirical
from simulator.estimate.empirical import kolmogorov_tail

EDGES = np.linspace(-3.0, 3.0, 121)


def normals(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.floats(-4.0, 4.0), max_size=60), st.integers(0, 60))
def test_merged_blocks_are_the_whole(values, cut):
    whole = Empirical.of(values, EDGES)
    merged = Empirical.of(values[:cut], EDGES).merge(Empirical.of(values[cut:], EDGES))
    np.testing.assert_array_equal(merged.counts, whole.counts)


def test_the_distribution_function_is_exact_at_the_edges():
    samples = np.concatenate([normals(1, 500), EDGES[:5], [np.inf, -np.inf]])
    found = Empirical.of(np.append(samples, np.nan), EDGES)
    assert found.count == 507.0
    np.testing.assert_allclose(found.cdf, [(samples <= edge).mean() for edge in EDGES], rtol=1e-12)


@pytest.mark.parametrize("probability", [0.05, 0.5, 0.9])
def test_a_quantile_is_within_its_bound_of_the_sample_s(probability):
    samples = normals(2, 5000)
    value, error, bound = Empirical.of(samples, EDGES).quantile(probability)
    assert abs(value - np.quantile(samples, probability, method="inverted_cdf")) <= bound <= 0.05
    expected = np.sqrt(probability * (1 - probability) / 5000) / stats.norm.pdf(stats.norm.ppf(probability))
    np.testing.assert_allclose(error, expected, rtol=0.1)


def covers(sharpness):
    """How often a band for (level of) n values holds the law everywhere, if made as for sharpness times as many."""
    law = stats.norm.cdf(EDGES)
    held = []
    for samples in normals(3, 2000, 300):
        found = Empirical.of(samples, EDGES)
        low, high = Empirical(EDGES, found.counts * sharpness).band(0.95)
        held.append(np.all((low <= law) & (law <= high)))
    return np.mean(held)


def test_the_band_holds_the_whole_function():
    """At least 95 % of 2000 repetitions, less 4 binomial standard deviations; the fault is one too narrow by sqrt 2."""
    tolerance = 4 * np.sqrt(0.95 * 0.05 / 2000)
    assert covers(1) > 0.95 - tolerance
    assert covers(2) < 0.95 - tolerance


def test_distances_have_honest_p_values():
    """Of 2000 true laws, at most 5 % (and 4 standard deviations) have p < 0.05; a law off by 0.2 is found."""
    found = [Empirical.of(samples, EDGES) for samples in normals(4, 2000, 500)]
    p = np.array([one.distance(stats.norm.cdf(EDGES))[1] for one in found])
    assert 0.02 < np.mean(p < 0.05) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 2000)
    wrong = np.array([one.distance(stats.norm.cdf(EDGES - 0.2))[1] for one in found[:200]])
    assert np.mean(wrong < 0.05) > 0.9


def test_distance_against_scipy_on_a_fine_grid():
    samples, grid = normals(5, 400), np.linspace(-5.0, 5.0, 20_001)
    distance, p = Empirical.of(samples, grid).distance(stats.norm.cdf(grid))
    expected = stats.kstest(samples, "norm", method="asymp")
    np.testing.assert_allclose(distance, expected.statistic, atol=1e-3)
    np.testing.assert_allclose(p, expected.pvalue, atol=0.03)


def test_kolmogorov_s_limit_against_scipy():
    at = np.concatenate([np.linspace(0.0, 4.0, 401), [6.0, 10.0]])
    found = [kolmogorov_tail(float(one)) for one in at]
    np.testing.assert_allclose(found, stats.kstwobign.sf(at), rtol=1e-9, atol=1e-300)


def test_refusals():
    found = Empirical.of(normals(6, 100), EDGES)
    with pytest.raises(ValueError, match="edges: got 121 from -2 to 4, to be merged with 121 from -3 to 3"):
        found.merge(Empirical.of([], EDGES + 1.0))
    with pytest.raises(ValueError, match="widen the edges"):
        Empirical.of(normals(6, 100) + 10.0, EDGES).quantile(0.5)
    with pytest.raises(ValueError, match=r"probability: got 1\.5"):
        found.quantile(1.5)
    with pytest.raises(ValueError, match="edges: got 3 from 0 to 1"):
        Empirical.of([], [0.0, 2.0, 1.0])
    with pytest.raises(ValueError, match="cdf_at_edges: got shape"):
        found.distance([0.0, 1.0])
    assert np.isnan(Empirical.of([], EDGES).quantile(0.5)).all()
