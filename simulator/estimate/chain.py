"""Draws that depend on one another: how many independent ones they are worth, and the errors that follow."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.estimate.moments import ROUNDING

Array: TypeAlias = NDArray[np.float64]

WINDOW = 5.0  # how many times tau are summed over: what an exponential tail leaves out is e^-10
LEAST_WINDOW = 10
LEAST_LENGTH = 50.0  # in units of tau


def integrated_time(chains: ArrayLike) -> float:
    """Return how many draws one independent draw takes, the integrated autocorrelation time.

    tau = 1 + 2 sum over t = 1..M of rho(t), M the smallest with M >= 5 tau(M) and M >= 10

    Parameters
    ----------
    chains
        Shape (chains, draws), or (draws,) for one; stationary, of one law, independent of one another. Deviations are
        from the mean of all chains, so chains that have not mixed appear as a long tau.

    Returns
    -------
    float
        tau > 0; 1 for independent draws and for draws that do not vary.

    Valid for correlations that decay and stay mostly positive; one that swings about 0 may end the sum too early.

    Raises
    ------
    ValueError
        Where the chains are shorter than 50 tau, so that tau itself cannot be believed: with tau, the length and the
        length needed; for a value that is not finite.

    Source: Sokal, Monte Carlo Methods in Statistical Mechanics (1996), section 3, equation 3.16 ff.
    """
    draws = _checked(chains)
    return 1.0 if _steady(draws) else _believed(draws)[1]


def effective_sample_size(chains: ArrayLike) -> float:
    """Return how many independent draws would know the mean as well: chains * draws / tau.

    Parameters, validity and refusals are those of ``integrated_time``.
    """
    return _checked(chains).size / integrated_time(chains)


def chain_mean(chains: ArrayLike) -> tuple[float, float]:
    """Return the mean of all draws and its standard error, sqrt(variance/effective_sample_size).

    Exactly 0 for draws that do not vary. Parameters, validity and refusals are those of ``integrated_time``; the error
    itself is known to sqrt(10 tau/(chains * draws)) of its value, so coverage needs some 1000 tau in all.
    """
    draws = _checked(chains)
    first = float(draws[0, 0])
    mean = first + float((draws - first).mean())
    if _steady(draws):
        return mean, 0.0
    effective = effective_sample_size(draws)
    return mean, float(np.sqrt(draws.var() / effective))


def autocorrelation(chains: ArrayLike, lags: ArrayLike) -> tuple[Array, Array]:
    """Return the autocorrelation at lags and its standard errors.

    Var rho(k) = sum over j >= 1 of (rho(j + k) + rho(j - k) - 2 rho(j) rho(k))^2 / (chains * draws)

    Parameters
    ----------
    chains
        As for ``integrated_time``.
    lags
        Whole numbers from 0 to draws - 1, shape (lags,).

    Returns
    -------
    tuple of Array
        rho and its standard error (0 at lag 0), shape (lags,) each. In the error, rho counts as 0 beyond the window.

    Valid for linear processes (autoregressions, linear stochastic differential equations) with finite variance. An
    error belongs to one lag; those of neighboring lags are not independent.

    Raises
    ------
    ValueError
        As ``integrated_time``; for a lag out of range; for draws that do not vary.

    Source: Bartlett, Journal of the Royal Statistical Society supplement 8 (1946) 27.
    """
    draws = _checked(chains)
    wanted = np.asarray(lags)
    if (
        wanted.ndim != 1
        or not np.issubdtype(wanted.dtype, np.integer)
        or np.any((wanted < 0) | (wanted >= draws.shape[1]))
    ):
        raise ValueError(f"lags: got {lags!r}; they must be whole numbers from 0 to {draws.shape[1] - 1}")
    if _steady(draws):
        raise ValueError(f"chains: got {draws.size} equal draws; their autocorrelation is not defined")
    correlations, _, window = _believed(draws)
    errors = [_bartlett(correlations[: window + 1], int(lag), float(correlations[lag])) for lag in wanted]
    return correlations[wanted], np.sqrt(np.array(errors) / draws.size)


def _bartlett(head: Array, lag: int, at_lag: float) -> float:
    """Return n Var rho(lag) where rho is ``head`` and 0 beyond it."""
    if lag == 0:
        return 0.0
    span = np.arange(1, lag + head.size)
    rho = np.zeros(2 * lag + 2 * head.size)
    rho[: head.size] = head
    return float(np.sum((rho[span + lag] + rho[np.abs(span - lag)] - 2.0 * rho[span] * at_lag) ** 2))


def _checked(chains: ArrayLike) -> Array:
    draws = np.atleast_2d(np.asarray(chains, dtype=np.float64))
    if draws.ndim != 2 or draws.shape[1] < 2:
        raise ValueError(f"chains: got shape {draws.shape}; it must be (chains, draws) with at least two draws")
    if not np.all(np.isfinite(draws)):
        raise ValueError(f"chains: got {np.count_nonzero(~np.isfinite(draws))} values that are not finite")
    return draws


def _steady(draws: Array) -> bool:
    """Tell whether the draws are equal up to rounding."""
    return bool(np.ptp(draws) <= ROUNDING * np.abs(draws).max())


def _believed(draws: Array) -> tuple[Array, float, int]:
    """Return rho, tau and the window of draws that vary; refuse what is too short or alternates."""
    correlations, length = _correlations(draws), draws.shape[1]
    tau, window = _window(correlations)
    if window is None or length < LEAST_LENGTH * tau:
        least = "at least " if window is None else ""
        raise ValueError(
            f"chains: got {length} draws each, but one independent draw takes {least}tau = {tau:.3g} of them; "
            f"make each chain at least {max(math.ceil(LEAST_LENGTH * tau), length + 1)} draws (50 tau) long"
        )
    if tau <= 0.0:
        raise ValueError(f"chains: got tau = {tau:.3g} <= 0; the draws alternate too strongly; keep every second draw")
    return correlations, tau, window


def _correlations(draws: Array) -> Array:
    """Return rho(t), t = 0..draws - 1, averaged over chains about the common mean, by fast Fourier transform."""
    length = draws.shape[1]
    padded = 1 << (2 * length - 1).bit_length()  # no wrapping around
    spectrum = np.fft.rfft(draws - draws.mean(), padded, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).mean(axis=0)
    covariance = np.fft.irfft(power, padded)[:length] / (length - np.arange(length))
    return np.asarray(covariance / covariance[0])


def _window(correlations: Array) -> tuple[float, int | None]:
    """Return tau over the self-consistent window, and the window; without one, the largest tau and None."""
    times = 2.0 * np.cumsum(correlations) - 1.0
    reach = np.arange(correlations.size)
    closed = np.flatnonzero((reach >= WINDOW * times) & (reach >= LEAST_WINDOW))
    if closed.size == 0:
        return float(times.max()), None
    return float(times[closed[0]]), int(closed[0])
