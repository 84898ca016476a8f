"""The table of statistics: streaming, influences and their agreement, determinism, what does not apply."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.estimate import STATISTICS, Moments, distribution, estimate, quantile

MEDIAN = quantile(0.5, np.linspace(0.0, 8.0, 401))
EVERY = {**STATISTICS, "quantile": MEDIAN}


def drawn(name, n, seed=1):
    generator = np.random.default_rng(seed)
    if name == "probability":
        return np.asarray(generator.random(n) < 0.3, dtype=float)
    samples = generator.gamma(3.0, size=(n, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])
    return samples if EVERY[name].columns == 2 else samples[:, 0]


@pytest.mark.parametrize("name", EVERY)
def test_blocks_stream(name):
    statistic, samples = EVERY[name], drawn(name, 3000)
    samples[::7] = np.nan
    streamed = statistic.of(samples[:1000]).merge(statistic.of(samples[1000:1010])).merge(statistic.of(samples[1010:]))
    np.testing.assert_allclose(statistic.evaluate(streamed), estimate(statistic, samples), rtol=1e-9)


@pytest.mark.parametrize("name", EVERY)
def test_influences_carry_the_estimate_and_its_error(name):
    """Their mean is the estimate (a quantile's to the share of one value), their spread its error within 5 %."""
    samples = drawn(name, 4000)
    samples[::5] = np.nan
    value, error = estimate(EVERY[name], samples)
    influence = Moments.of(EVERY[name].influence(samples))
    np.testing.assert_allclose(influence.mean, value, rtol=2e-3 if name == "quantile" else 1e-10)
    np.testing.assert_allclose(influence.mean_error, error, rtol=0.05)
    assert influence.count == (4000 if name == "information" else 3200)


@pytest.mark.parametrize("name", EVERY)
def test_influences_follow_a_small_change_of_the_law(name):
    """The mean difference of influences on coupled samples is the difference of estimates, to first order.

    A quantile's estimate moves by jumps, whose noise is of order (change n)^(1/2)/n: hence its tolerance.
    """
    statistic, samples = EVERY[name], drawn(name, 100_000)
    changed = samples.copy()
    if name == "probability":
        changed[:500] = 1.0
    elif statistic.columns == 2:
        changed[:, 0] += 0.01 * samples[:, 0] ** 2
    else:
        changed = samples * 1.01
    exact = estimate(statistic, changed)[0] - estimate(statistic, samples)[0]
    linear = np.mean(statistic.influence(changed) - statistic.influence(samples))
    np.testing.assert_allclose(linear, exact, rtol=0.05, atol=1e-3 if name == "quantile" else 0.0)


def test_a_deterministic_measure_has_no_error():
    for size in (2, 100, 1_000_003):
        assert estimate("mean", np.full(size, 0.1)) == (0.1, 0.0)
        assert estimate("variance", np.full(size, 0.1)) == (0.0, 0.0)
    nearly = 7.3 * (1.0 + 1e-14 * np.random.default_rng(1).uniform(-0.5, 0.5, 1000))
    assert estimate("mean", nearly)[1] == 0.0
    assert estimate("mean", nearly + 1e-12 * np.arange(1000))[1] > 0.0
    mean = STATISTICS["mean"]
    value, error = mean.evaluate(mean.of(np.full(1000, 0.1)).merge(mean.of(np.full(77, 0.1))))
    assert (value, error) == (0.1, 0.0)


@pytest.mark.parametrize("name", EVERY)
def test_of_nothing_there_is_no_estimate(name):
    shape = (50, 2) if EVERY[name].columns == 2 else (50,)
    assert np.isnan(estimate(EVERY[name], np.full(shape, np.nan))).all()


def test_a_distribution_at_its_edges():
    edges, samples = np.array([1.0, 2.0, 9.0]), np.append(drawn("mean", 999), np.nan)
    statistic = distribution(edges)
    shares, errors = statistic.evaluate(statistic.of(samples))
    np.testing.assert_allclose(shares, [(samples[:-1] <= edge).mean() for edge in edges], rtol=1e-12)
    np.testing.assert_allclose(np.nanmean(statistic.influence(samples), axis=0), shares, rtol=1e-12)
    assert np.all(errors > 0.0)


def test_cells_share_one_accumulator():
    samples = np.random.default_rng(2).standard_normal((500, 4, 2))
    values, errors = STATISTICS["correlation"].evaluate(STATISTICS["correlation"].of(samples))
    for cell in range(4):
        np.testing.assert_allclose((values[cell], errors[cell]), estimate("correlation", samples[:, cell]), rtol=1e-12)


def test_refusals():
    with pytest.raises(ValueError, match="statistic: got 'median'; it must be one of mean, variance"):
        estimate("median", [1.0, 2.0])
    with pytest.raises(ValueError, match=r"samples: got shape \(3,\); ratio needs \(replicates, 2\)"):
        estimate("ratio", [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="probability: got 2"):
        quantile(2, [0.0, 1.0])
