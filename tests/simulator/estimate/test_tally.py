"""The error of a mean over replicates drawn in groups: it covers, it merges, and it sees what pairs gain and cost."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.estimate import Moments, Tally

SEED = 20261121


def paired(generator: np.random.Generator, repetitions: int, pairs: int, correlation: float) -> np.ndarray:
    """Return standard normal samples (pairs * 2, repetitions) whose two of a pair are correlated."""
    first, second = generator.standard_normal((2, pairs, repetitions))
    second = correlation * first + np.sqrt(1.0 - correlation**2) * second
    return np.stack([first, second], axis=1).reshape(2 * pairs, repetitions)


@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.9])
def test_the_error_is_that_of_the_mean(correlation):
    """Over 20 000 repetitions the squared errors average to the variance of the means, within five standard errors."""
    samples = paired(np.random.default_rng(SEED), 20_000, 50, correlation)
    tally = Tally.of(samples, 2)
    exact = (1.0 + correlation) / 100.0
    squared = tally.error() ** 2
    assert abs(squared.mean() - exact) < 5 * squared.std() / np.sqrt(20_000)
    assert abs(tally.mean.var() - exact) < 5 * exact * np.sqrt(2.0 / 20_000)


def test_independent_errors_would_be_wrong_for_pairs():
    """The planted fault: pairs taken for independent replicates give an error that is off by sqrt(1 + correlation)."""
    samples = paired(np.random.default_rng(SEED), 2_000, 50, -0.9)
    assert np.median(Tally.of(samples).error() / Tally.of(samples, 2).error()) > 2.5


def test_a_measure_that_seldom_applies_has_the_error_of_a_ratio():
    generator = np.random.default_rng(SEED)
    samples = paired(generator, 20_000, 60, 0.5) + 3.0
    samples[generator.random(samples.shape) < 0.4] = np.nan
    tally = Tally.of(samples, 2)
    assert np.array_equal(tally.count, (~np.isnan(samples)).sum(axis=0))
    spread, claimed = tally.mean.var(), (tally.error() ** 2).mean()
    assert abs(claimed / spread - 1.0) < 0.04  # the error of a variance over 20 000 is 1 %, the linearization's 1/60


def test_merging_is_the_same_as_taking_all_at_once():
    generator = np.random.default_rng(SEED)
    samples = generator.standard_normal((64, 3)) * 5.0 + 1e3
    samples[generator.random(samples.shape) < 0.2] = np.nan
    whole = Tally.of(samples, 4)
    parts = Tally.of(samples[:16], 4).merge(Tally.of(samples[16:40], 4)).merge(Tally.of(samples[40:], 4))
    for name, array in whole.arrays().items():
        assert np.allclose(parts.arrays()[name], array, rtol=1e-9, atol=1e-6), name
    assert np.allclose(parts.error(), whole.error(), rtol=1e-10)


def test_a_group_of_one_is_an_independent_replicate():
    samples = np.random.default_rng(SEED).standard_normal((40, 2))
    assert np.array_equal(Tally.of(samples).error(), Moments.of(samples).mean_error)
    assert Tally.of(samples).groups is None


def test_arrays_and_back():
    samples = np.random.default_rng(SEED).standard_normal((40, 2))
    for group in (1, 4):
        tally = Tally.of(samples, group)
        again = Tally.from_arrays(tally.arrays())
        assert again.arrays().keys() == tally.arrays().keys()
        assert all(np.array_equal(again.arrays()[name], array) for name, array in tally.arrays().items())


def test_none_of_all_is_not_certainty():
    assert np.all(Tally.of(np.zeros((64, 1)), 2).error(indicator=True) > 0.0)
    assert np.all(Tally.of(np.zeros((64, 1))).error(indicator=True) > 0.0)


def test_one_group_tells_no_error_and_broken_groups_are_refused():
    assert np.isnan(Tally.of(np.zeros((4, 1)), 4).error()).all()
    with pytest.raises(ValueError, match="multiple of the group"):
        Tally.of(np.zeros((5, 1)), 2)
