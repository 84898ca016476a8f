"""Closed forms of a goal that is held to a memory outside the weights: restored steadily, at times, or frozen."""

from __future__ import annotations

from typing import Any

import numpy as np

Number = Any  # a number or an array; keywords broadcast


def memory_error(hold: Number, weight_decay: Number, noise: Number, memory_norm: Number, dim: Number) -> Any:
    """Return E|g - m|^2 = |m|^2 lambda^2/(lambda + kappa_h)^2 + d sigma^2/(2 (lambda + kappa_h)), once it has settled.

    Parameters
    ----------
    hold, weight_decay
        kappa_h, lambda >= 0, per unit of time, not both 0.
    noise
        sigma >= 0.
    memory_norm
        |m| >= 0.
    dim
        d >= 1.

    Valid with the gate shut and a memory that stands still.
    """
    restoring = np.add(hold, weight_decay)
    lost = np.square(np.multiply(memory_norm, weight_decay) / restoring)
    return lost + dim * np.square(noise) / (2.0 * restoring)


def required_hold(tolerance: Number, weight_decay: Number, noise: Number, memory_norm: Number, dim: Number) -> Any:
    """Return the least hold with memory_error <= tolerance, max(0, Lambda - lambda).

    Lambda = [d sigma^2/2 + sqrt(d^2 sigma^4/4 + 4 tolerance |m|^2 lambda^2)]/(2 tolerance), the positive root of
    tolerance Lambda^2 - (d sigma^2/2) Lambda - |m|^2 lambda^2 = 0.

    Parameters
    ----------
    tolerance
        > 0, of the squared distance to the memory.
    weight_decay, noise, memory_norm, dim
        As in ``memory_error``.
    """
    spread = np.multiply(dim, np.square(noise)) / 2.0
    lost = np.multiply(memory_norm, weight_decay)
    restoring = (spread + np.sqrt(np.square(spread) + 4.0 * np.multiply(tolerance, np.square(lost)))) / 2.0 / tolerance
    return np.maximum(restoring - weight_decay, 0.0)


def resetting_variance(noise: Number, rate: Number, read_noise: Number = 0.0) -> Any:
    """Return sigma^2/nu + read_noise^2, the variance of a component that is read from memory at random times.

    Parameters
    ----------
    noise
        sigma >= 0.
    rate
        nu > 0, of reading, per unit of time.
    read_noise
        The error of a read, >= 0.

    Valid once settled, without weight decay: sigma^2/nu is twice that of a steady hold at the rate nu.
    """
    return np.square(noise) / rate + np.square(read_noise)


def resetting_distribution(noise: Number, rate: Number, at: Any) -> Any:
    """Return P(g - m <= at) of a component read without error: Laplace's law of scale sigma/sqrt(2 nu), kurtosis 6.

    ``at`` has any shape; the others as in ``resetting_variance``, > 0. Source: Evans and Majumdar, Physical Review
    Letters 106 (2011) 160601, equation 4.
    """
    far = np.abs(at) * np.sqrt(2.0 * np.asarray(rate)) / noise
    tail = 0.5 * np.exp(-far)
    return np.where(np.asarray(at) < 0.0, tail, 1.0 - tail)


def resetting_error(
    rate: Number,
    weight_decay: Number,
    noise: Number,
    memory_norm: Number,
    dim: Number,
    read_noise: Number = 0.0,
) -> Any:
    """Return E|g - m|^2 of a goal that decays and is read from memory at the rate nu.

    2 |m|^2 lambda^2/((nu + lambda)(nu + 2 lambda)) + d (sigma^2 + nu r^2)/(nu + 2 lambda)

    The age of the last read is exponential, so this is also the error at a freeze that comes with the hazard nu, from
    a start at the memory with the spread r: see ``freezing_error``.

    Parameters
    ----------
    rate
        nu > 0, per unit of time.
    weight_decay, noise, read_noise
        lambda, sigma, r >= 0.
    memory_norm, dim
        |m| >= 0 and d >= 1.

    Valid once settled.
    """
    twice = np.add(rate, np.multiply(2.0, weight_decay))
    lost = 2.0 * np.square(np.multiply(memory_norm, weight_decay)) / (np.add(rate, weight_decay) * twice)
    return lost + dim * (np.square(noise) + rate * np.square(read_noise)) / twice


def freezing_error(hazard: Number, weight_decay: Number, noise: Number, memory_norm: Number, dim: Number) -> Any:
    """Return E|g - g(0)|^2 in the end, of a goal whose weights are frozen with a hazard: ``resetting_error`` at it.

    2 |g(0)|^2 lambda^2/((hazard + lambda)(hazard + 2 lambda)) + d sigma^2/(hazard + 2 lambda)

    Parameters
    ----------
    hazard
        > 0, per unit of time.
    weight_decay, noise, memory_norm, dim
        As in ``memory_error``; the norm is that of the goal at the start, which is what should be kept.
    """
    return resetting_error(hazard, weight_decay, noise, memory_norm, dim)


def held_strength(hold: Number, weight_decay: Number, noise: Number, remembered_strength: Number) -> Any:
    """Return (kappa_h m + sigma^2/2)/(kappa_h + 2 lambda), the mean of a strength g = w^2/2 held while w is noisy.

    Parameters
    ----------
    hold
        kappa_h > 0.
    weight_decay, noise
        Of the weight, >= 0.
    remembered_strength
        m > 0.

    Valid once settled; g is then a gamma variate (Cox, Ingersoll and Ross, Econometrica 53 (1985) 385, equation 20).
    """
    pushed = np.multiply(hold, remembered_strength) + np.square(noise) / 2.0
    return pushed / np.add(hold, np.multiply(2.0, weight_decay))


def held_strength_variance(hold: Number, weight_decay: Number, noise: Number, remembered_strength: Number) -> Any:
    """Return sigma^2 E g/(kappa_h + 2 lambda), the variance of that strength; parameters as in ``held_strength``."""
    mean = held_strength(hold, weight_decay, noise, remembered_strength)
    return np.square(noise) * mean / np.add(hold, np.multiply(2, weight_decay))
