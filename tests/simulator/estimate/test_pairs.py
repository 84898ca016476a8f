"""Joint moments: merging, left-out rows, references, and the statistics of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator.estimate import PairMoments, correlation, explained_variance, information, ratio
from simulator.estimate.pairs import ORDERS


def drawn(seed, *shape):
    return np.random.default_rng(seed).gamma(2.0, size=(*shape, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 2**31), st.floats(-1e3, 1e3))
def test_merged_blocks_are_the_whole(sizes, seed, shift):
    parts = [drawn([seed, i], size, 3) + shift * i for i, size in enumerate(sizes)]
    merged = PairMoments.of(parts[0])
    for part in parts[1:]:
        merged = merged.merge(PairMoments.of(part))
    whole = PairMoments.of(np.concatenate(parts))
    np.testing.assert_array_equal(merged.count, whole.count)
    np.testing.assert_allclose(merged.mean, whole.mean, rtol=1e-12, atol=1e-12)
    spread = 1.0 + np.sqrt(whole.powers[2, 0] + whole.powers[0, 2])
    for i, j in ORDERS:
        np.testing.assert_allclose(
            merged.powers[i, j] / spread ** (i + j), whole.powers[i, j] / spread ** (i + j), atol=1e-9
        )


def test_sums_against_their_definition():
    samples = drawn(1, 50)
    deviation = samples - samples.mean(axis=0)
    found = PairMoments.of(samples)
    for i, j in ORDERS:
        np.testing.assert_allclose(found.powers[i, j], np.sum(deviation[:, 0] ** i * deviation[:, 1] ** j), rtol=1e-10)
    assert found.powers[0, 0] == 50.0
    assert not found.powers[1, 0] and not found.powers[0, 1]  # noqa: PT018


def test_a_row_with_a_nan_is_left_out_and_counted():
    samples = drawn(2, 30)
    holed = samples.copy()
    holed[3, 0] = holed[7, 1] = holed[9] = np.nan
    found, expected = PairMoments.of(holed), PairMoments.of(np.delete(samples, [3, 7, 9], axis=0))
    assert (found.total, found.count) == (30.0, 27.0)
    np.testing.assert_allclose(found.powers, expected.powers, rtol=1e-12, atol=1e-12)
    for statistic in (correlation, explained_variance, ratio):
        np.testing.assert_allclose(statistic(found), statistic(expected), rtol=1e-12)
    np.testing.assert_allclose(information(found)[0], 27 / 30 * information(expected)[0], rtol=1e-12)


def test_estimates_against_references():
    samples = drawn(3, 200)
    pairs = PairMoments.of(samples)
    r = stats.pearsonr(*samples.T).statistic
    np.testing.assert_allclose(correlation(pairs)[0], r, rtol=1e-12)
    np.testing.assert_allclose(explained_variance(pairs)[0], stats.linregress(*samples.T).rvalue ** 2, rtol=1e-12)
    np.testing.assert_allclose(information(pairs)[0], -0.5 * np.log(1 - r**2), rtol=1e-12)
    np.testing.assert_allclose(ratio(pairs)[0], samples[:, 0].mean() / samples[:, 1].mean(), rtol=1e-12)


@pytest.mark.parametrize("statistic", [correlation, explained_variance, information, ratio])
def test_errors_against_the_jackknife(statistic):
    """At n = 600 the two first-order errors differ by O(1/n), here below 2 %."""
    samples = drawn(4, 600)
    samples[:60, 1] = np.nan
    left_out = np.stack([np.delete(samples, one, axis=0) for one in range(600)], axis=1)
    values = statistic(PairMoments.of(left_out))[0]
    expected = np.sqrt(599.0**2 / 600.0 * values.var())
    np.testing.assert_allclose(statistic(PairMoments.of(samples))[1], expected, rtol=0.02)


def test_a_normal_pair_has_the_textbook_error():
    x, y = np.random.default_rng(5).standard_normal((2, 200_000))
    r, error = correlation(PairMoments.of(np.stack([x, 0.6 * x + 0.8 * y], axis=1)))
    np.testing.assert_allclose(error * np.sqrt(200_000), 1 - r**2, rtol=0.02)


def squares(r):
    """r^2 and its error from 2000 samples of 400 normal pairs, of which the correlation has the error 0.05."""
    x, y = np.random.default_rng(6).standard_normal((2, 400, 2000))
    return explained_variance(PairMoments.of(np.stack([x, r * x + np.sqrt(1.0 - r**2) * y], axis=-1)))


def test_near_no_correlation_the_error_of_its_square_fails_as_documented():
    """The mean of r^2 is se^2, not 0; a true r of two se is missed by six errors in 4 % of samples, of ten in none."""
    np.testing.assert_allclose(squares(0.0)[0].mean() * 400, 1.0, rtol=0.15)
    for r, expected in ((0.1, 0.04), (0.5, 0.0)):
        square, error = squares(r)
        far = np.mean(np.abs(square - r**2) > 6.0 * error)
        np.testing.assert_allclose(far, expected, atol=4 * np.sqrt(expected / 2000))


def test_degenerate_pairs():
    constant = np.full((100, 2), [0.1, 0.3])
    value, error = ratio(PairMoments.of(constant[:50]).merge(PairMoments.of(constant[50:])))
    assert (value, error) == (0.1 / 0.3, 0.0)
    assert np.isnan(correlation(PairMoments.of(constant))).all()
    assert np.isnan(ratio(PairMoments.of(np.full((9, 2), np.nan)))).all()
    assert np.isnan(ratio(PairMoments.of(np.array([[1.0, 1.0], [1.0, -1.0]])))).all()
    line = np.repeat(np.random.default_rng(7).standard_normal((1000, 1)), 2, axis=1)
    r, error = correlation(PairMoments.of(line))
    np.testing.assert_allclose((r, error), (1.0, 0.0), atol=1e-8)
    with pytest.raises(ValueError, match=r"samples: got shape \(5,\)"):
        PairMoments.of(np.zeros(5))
