"""Dependent draws: the integrated time of an autoregression, refusal of short chains, autocorrelations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from simulator.estimate import autocorrelation, chain_mean, effective_sample_size, integrated_time


def autoregression(rho, chains, length, seed):
    """Stationary chains x' = rho x + noise: tau = (1 + rho)/(1 - rho)."""
    noise = np.random.default_rng(seed).standard_normal((chains, length))
    noise[:, 0] /= np.sqrt(1.0 - rho**2)
    return lfilter([1.0], [1.0, -rho], noise, axis=1)


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.5, 0.9])
def test_the_integrated_time_of_an_autoregression(rho):
    """Within 4 of Sokal's standard deviations, tau sqrt(2(2M + 1)/n), and what the window leaves out."""
    draws = autoregression(rho, 4, 50_000, 1)
    tau = (1 + rho) / (1 - rho)
    window = max(10.0, 5 * tau)
    assert abs(integrated_time(draws) / tau - 1) < 4 * np.sqrt(2 * (2 * window + 1) / draws.size) + 0.01
    np.testing.assert_allclose(effective_sample_size(draws), draws.size / integrated_time(draws), rtol=1e-12)


def test_correlations_against_their_definition():
    draws = autoregression(0.5, 3, 1000, 2) + 100.0
    deviation = draws - draws.mean()
    plain = [np.mean(deviation[:, : 1000 - lag] * deviation[:, lag:]) for lag in (0, 1, 7, 40)]
    rho, error = autocorrelation(draws, [0, 1, 7, 40])
    np.testing.assert_allclose(rho, np.array(plain) / plain[0], rtol=1e-9)
    assert error[0] == 0.0
    assert np.all(error[1:] > 0.0)


def test_bartlett_s_error_against_its_closed_form():
    """Of an autoregression: n Var r(k) = (1 + a^2)(1 - a^2k)/(1 - a^2) - 2 k a^2k; the estimate within 5 %."""
    a, draws, k = 0.6, autoregression(0.6, 4, 100_000, 3), np.array([1, 3, 8])
    expected = (1 + a**2) * (1 - a ** (2 * k)) / (1 - a**2) - 2 * k * a ** (2 * k)
    np.testing.assert_allclose(autocorrelation(draws, k)[1], np.sqrt(expected / draws.size), rtol=0.05)


def test_short_chains_are_refused_with_evidence():
    with pytest.raises(
        ValueError, match=r"got 500 draws each, but one .* tau = \d.*; make each chain at least \d+ draws"
    ):
        integrated_time(autoregression(0.98, 4, 500, 4))
    with pytest.raises(ValueError, match="50 tau"):
        chain_mean(np.random.default_rng(5).standard_normal((1, 30)).cumsum(axis=1))


def test_chains_that_have_not_mixed_are_refused():
    apart = autoregression(0.5, 2, 5000, 6) + np.array([[0.0], [20.0]])
    with pytest.raises(ValueError, match="at least tau"):
        effective_sample_size(apart)


def test_draws_that_do_not_vary():
    assert chain_mean(np.full((2, 100), 0.1)) == (0.1, 0.0)
    assert effective_sample_size(np.full((2, 100), 0.1)) == 200.0
    with pytest.raises(ValueError, match="200 equal draws"):
        autocorrelation(np.full((2, 100), 0.1), [1])


def test_refusals():
    with pytest.raises(ValueError, match="lags: got"):
        autocorrelation(autoregression(0.5, 1, 2000, 7), [2000])
    with pytest.raises(ValueError, match="1 values that are not finite"):
        integrated_time([1.0, np.nan, 2.0])
