"""Control variates: adjusted means without bias, errors that hold, folds that merge, and a wrong control found out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from simulator.estimate import CONTROL, Tally, layout_of, tally_rows

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; about 40 in this file: 3e-5 in all
ONE_SIDED = 1e-7


def drawn(number, replicates, seed=0, skew=True, wrong=0.0):
    """Samples y and controls x of many small runs, (replicates, number) and (2, replicates, number); E y = 1.

    y is skewed and bends with x, so that a slope from the same replicates would be biased by O(1/n).
    """
    a, b, noise = np.random.default_rng(seed).standard_normal((3, replicates, number))
    bend = (a**2 - 1.0) if skew else 0.0
    return 1.0 + 2.0 * a + bend + 0.5 * b + 0.3 * noise, np.stack([a, b]) + wrong


def naive(samples, controls):
    """The adjusted means with slopes from the same replicates, which is biased."""
    x = controls[0]
    left = x - x.mean(axis=0)
    return samples.mean(axis=0) - (left * samples).sum(axis=0) / (left**2).sum(axis=0) * x.mean(axis=0)


@pytest.mark.parametrize("replicates", [20, 64])
def test_adjusted_means_are_unbiased_and_errors_honest(replicates):
    samples, controls = drawn(20_000, replicates)
    tally = Tally.of(samples, controls=controls)
    error = tally.mean.std(ddof=1) / np.sqrt(tally.mean.size)
    assert abs(tally.mean.mean() - 1.0) < Z * error
    claimed = np.mean(tally.error() ** 2)
    own = Z * np.std(tally.error() ** 2) / np.sqrt(tally.mean.size) / claimed
    low, high = chi2.ppf([ONE_SIDED, 1 - ONE_SIDED], tally.mean.size - 1) / (tally.mean.size - 1)
    # Each fold's estimate has the other's slope: their covariance, (E x^2 (y - 2 x)/n)^2 = 4/n^2 in folds of n, is what
    # the claimed variance, 2.09/n of a fold, leaves out.
    spread = tally.mean.var(ddof=1) / claimed / (1.0 + 4.0 / 2.09 / (replicates / 2))
    kurtosis = np.mean((tally.mean - 1.0) ** 4) / tally.mean.var() ** 2
    widened = np.sqrt((kurtosis - 1.0) / 2.0)  # chi-square's spread, for means that are no normals
    assert 1 - (1 - low) * widened - own < spread < 1 + (high - 1) * widened + own


def test_a_slope_from_the_same_replicates_would_be_found_biased():
    samples, controls = drawn(20_000, 20)
    means = naive(samples, controls)
    assert abs(means.mean() - 1.0) > Z * means.std(ddof=1) / np.sqrt(means.size)


def test_a_control_whose_mean_is_not_zero_is_found_out():
    samples, controls = drawn(20_000, 64, wrong=0.02)
    means = Tally.of(samples, controls=controls).mean
    assert abs(means.mean() - 1.0) > Z * means.std(ddof=1) / np.sqrt(means.size)


def test_the_reduction_is_that_of_a_regression():
    samples, controls = drawn(1, 2**17, skew=False)
    tally = Tally.of(samples, controls=controls)
    assert tally.reduction[0] == pytest.approx((4.0 + 0.25 + 0.09) / 0.09, rel=0.03)  # five errors of a variance ratio
    assert abs(tally.mean[0] - 1.0) < Z * tally.error()[0]


def test_no_control_no_change():
    samples, controls = drawn(3, 64)
    plain, still = Tally.of(samples), Tally.of(samples, controls=np.zeros_like(controls))
    np.testing.assert_allclose(still.mean, plain.mean, rtol=1e-13)
    np.testing.assert_allclose(still.error(), plain.error(), rtol=0.3)  # each half has its own degree of freedom
    np.testing.assert_allclose(still.variance, plain.variance, rtol=1e-13)


def test_a_control_repeated_changes_nothing():
    samples, controls = drawn(3, 256)
    once, twice = Tally.of(samples, controls=controls), Tally.of(samples, controls=np.repeat(controls, 2, axis=0))
    np.testing.assert_allclose(twice.mean, once.mean, rtol=1e-9)
    np.testing.assert_allclose(twice.error(), once.error(), rtol=1e-6)


@pytest.mark.parametrize("group", [1, 2, 8])
def test_parts_merge_to_the_whole(group):
    samples, controls = drawn(4, 96)
    parts = [(samples[a:b], controls[:, a:b]) for a, b in ((0, 32), (32, 48), (48, 96))]
    first, *others = (Tally.of(y, group, x) for y, x in parts)
    merged = first.merge(others[0]).merge(others[1])
    whole = Tally.of(samples, group, controls)
    np.testing.assert_allclose(merged.mean, whole.mean, rtol=1e-12)
    np.testing.assert_allclose(merged.error(), whole.error(), rtol=1e-10)


def test_blocks_of_one_group_fill_both_folds():
    samples, controls = drawn(2, 32)
    parts = [Tally.of(samples[i : i + 4], 4, controls[:, i : i + 4]) for i in range(0, 32, 4)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merged.merge(part)
    assert merged.controls.number.ravel().tolist() == [4.0, 4.0]
    np.testing.assert_allclose(merged.mean, Tally.of(samples, 4, controls).mean, rtol=1e-12)


def test_a_measure_that_does_not_always_apply_keeps_its_mean():
    """E[y | y applies], with a control whose mean is zero over all replicates, not over those alone."""
    n = 256
    a, noise = np.random.default_rng(3).standard_normal((2, n, 8_000))
    samples = np.where(a > 0.0, a + 0.1 * noise, np.nan)
    tally = Tally.of(samples, controls=a[np.newaxis])
    truth = np.sqrt(2.0 / np.pi)
    error = tally.mean.std(ddof=1) / np.sqrt(tally.mean.size)
    # A ratio T/N is biased by E T Var N/(E N)^3 - Cov(T, N)/(E N)^2, here of T and N less their slopes in a: the
    # covariance vanishes, and Var N = (1/4 - 1/(2 pi))/n.
    bias = np.sqrt(0.5 / np.pi) * (0.25 - 0.5 / np.pi) * 8.0 / n
    assert abs(tally.mean.mean() - truth - bias) < Z * error + 0.1 * bias
    assert np.median(tally.reduction) > 1.1
    left = samples[np.isfinite(samples)]
    assert abs(left.mean() - truth) < Z * left.std() / np.sqrt(left.size)


def test_rows_hold_controls_and_do_not_depend_on_their_company():
    samples, controls = drawn(6, 40)
    points = [{"y": samples[:, [i]], "y" + CONTROL: np.moveaxis(controls, 0, -1)[:, [i]]} for i in range(6)]
    layout = layout_of(points[0], ("y",), controls=2)
    together = tally_rows(points, layout)
    alone = np.concatenate([tally_rows([one], layout) for one in points])
    assert together.tobytes() == alone.tobytes()
    assert together.shape == (6, layout.width)
    tally = layout.measured(together, "y")
    np.testing.assert_allclose(tally.mean[:, 0], Tally.of(samples, controls=controls).mean, rtol=1e-13)
    merged = layout.measured(layout.merge(together, together), "y")
    np.testing.assert_allclose(merged.mean, tally.mean, rtol=1e-12)


def test_an_indicator_is_never_certain():
    controls = np.random.default_rng(0).standard_normal((1, 64, 1))
    tally = Tally.of(np.zeros((64, 1)), controls=controls)
    assert tally.mean[0] == 0.0
    assert tally.error(indicator=True)[0] == pytest.approx(Tally.of(np.zeros((64, 1)), 2).error(indicator=True)[0])
