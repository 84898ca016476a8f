"""Closed forms of the race of two routes by chance: with noise on the way, or from a start that is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = Any  # a sequence over misalignment and honesty, or an array whose last axis they are
Number = Any


def _halves(vector: Vector) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    array = np.asarray(vector, dtype=float)
    return array[..., 0], array[..., 1]


def lead(start: Vector, ease: Vector, noise: Vector) -> Any:
    """Return how far the start is on deception's side of the separatrix, in standard deviations of what noise adds.

    m = (sqrt(ease_y) x - sqrt(ease_x) y) sqrt(2 omega)/s, omega = sqrt(ease_x ease_y), s^2 = ease_y noise_x^2 + ease_x
    noise_y^2. Parameters as in ``deception_probability``; infinite without noise.
    """
    (x, y), (ease_x, ease_y) = _halves(start), _halves(ease)
    ahead = np.sqrt(ease_y) * x - np.sqrt(ease_x) * y
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ahead * np.sqrt(2.0 * np.sqrt(ease_x * ease_y)) / _spread(ease, noise)
    return np.where(ahead == 0.0, 0.0, found)


def _spread(ease: Vector, noise: Vector) -> Any:
    (ease_x, ease_y), (noise_x, noise_y) = _halves(ease), _halves(noise)
    return np.sqrt(ease_y * noise_x**2 + ease_x * noise_y**2)


def deception_probability(start: Vector, ease: Vector, noise: Vector) -> Any:
    """Return Phi(m), the chance that honesty reaches zero before misalignment does; ``lead`` is m.

    sqrt(ease_y) x - sqrt(ease_x) y grows at omega and takes up normal noise; its sign in the end is the outcome. What
    that leaves out is agents that stop while the sign could still change, near the corner where both distances are
    small: ``corner_error`` bounds it.

    Parameters
    ----------
    start, ease, noise
        Of misalignment x and honesty y, shape (..., 2): distances >= 0, eases > 0, noises >= 0 on the scalars.

    Source: the linear part is Gardiner, Stochastic Methods (2009), section 4.5.6 (Ornstein-Uhlenbeck in several
    variables), unstable; the escape from a saddle along its unstable direction.
    """
    from scipy.special import ndtr

    return ndtr(lead(start, ease, noise))


def noise_ratio(start: Vector, ease: Vector, noise: Vector) -> Any:
    """Return K = (sqrt(ease_y) x + sqrt(ease_x) y) sqrt(2 omega)/s: how many of noise's widths the start is away.

    Parameters as in ``deception_probability``; infinite without noise.
    """
    (x, y), (ease_x, ease_y) = _halves(start), _halves(ease)
    whole = (np.sqrt(ease_y) * x + np.sqrt(ease_x) * y) * np.sqrt(2.0 * np.sqrt(ease_x * ease_y))
    with np.errstate(divide="ignore"):
        return whole / _spread(ease, noise)


def lopsidedness(ease: Vector, noise: Vector) -> Any:
    """Return rho = (ease_y noise_x^2 - ease_x noise_y^2)/s^2, from -1 (all noise on honesty) to 1 (on misalignment)."""
    (ease_x, ease_y), (noise_x, noise_y) = _halves(ease), _halves(noise)
    return (ease_y * noise_x**2 - ease_x * noise_y**2) / _spread(ease, noise) ** 2


def corner_error(start: Vector, ease: Vector, noise: Vector) -> Any:
    """Return a bound on the error of ``deception_probability``, phi(m) (0.65 |rho|/K + 1.7 |m|/K^2), for K >= 6.

    The exact error is E[Phi(-k X); deceived] - E[Phi(-k Y); internalized], k = sqrt(2 omega)/s and X, Y the scaled
    distance left at the stop: what the sign could still have become. With the distance left being sqrt(z K)/k for an
    agent that ends z widths from the separatrix, the two sum to 1.5 m phi(m)/K^2 where noise is alike on both sides
    (rho = 0). Lopsided noise shifts the separatrix near the corner, by a part of 1/K; its constant is read off the
    backward equation, 0.6 |rho| phi(m)/K at K = 6 and falling to about 0.43 as K grows. Nearer to the corner it is
    passed, by some 4 %, between K = 2 and 3.3 where all noise is on one side (``theory.validity.small_noise``).

    Parameters as in ``deception_probability``.
    """
    m, k = lead(start, ease, noise), noise_ratio(start, ease, noise)
    density = np.exp(-np.square(m) / 2.0) / np.sqrt(2.0 * np.pi)
    return density * (0.65 * np.abs(lopsidedness(ease, noise)) / k + 1.7 * np.abs(m) / np.square(k))


def deception_prior(ease: Vector) -> Any:
    """Return the chance of deception if both distances start uniform on (0, 1): 1 - k/2, or 1/(2k) for k >= 1.

    k = sqrt(ease_x/ease_y) is the slope of the separatrix that divides the unit square.

    Parameters
    ----------
    ease
        Of misalignment and honesty, > 0, shape (..., 2).

    Valid without noise; any other prior is simulated by giving the starts as distributions.
    """
    ease_x, ease_y = _halves(ease)
    k = np.sqrt(ease_x / ease_y)
    return np.where(k <= 1.0, 1.0 - k / 2.0, 0.5 / np.maximum(k, 1.0))


def first_passage(start: Vector, ease: Vector, noise: Vector) -> Any:
    """Return the chance of deception at any noise, from the backward equation on a grid.

    Parameters as in ``deception_probability``, noises > 0; one race at a time. ``theory.crystallization.backward``
    states the error.
    """
    from theory.crystallization import backward

    return backward.first_passage(start, ease, noise, cells=backward.QUICK_CELLS).deception


def chance_lock_in(pull: Number, goal_ease: Number, honesty_start: Number, honesty_noise: Number) -> Any:
    """Return the share of misalignment that chance alone locks in, 2 sqrt(alpha) K_1(2 sqrt(alpha)).

    Where honesty is learned through the tail of a gate (exponent 2) and nothing but noise moves it, dy = noise y dW,
    its mean stays and yet it dies out in every run: ln y falls at noise^2/2. The goal then learns for a finite time,
    whose inverse is exponential (Dufresne), and the mean of exp(-goal_ease pull integral of y) is this, alpha = 2
    goal_ease pull y(0)/noise^2. Read in Stratonovich's sense the same noise locks nothing.

    Parameters
    ----------
    pull, goal_ease
        > 0.
    honesty_start, honesty_noise
        y(0) >= 0 and the noise > 0 per root of time.

    Source: Dufresne, Scandinavian Actuarial Journal (1990) 39, proposition 4.4.4; Borodin & Salminen, Handbook of
    Brownian Motion (2002), 9.1.8.3.
    """
    from scipy.special import k1

    alpha = 2.0 * np.asarray(goal_ease, dtype=float) * pull * honesty_start / np.square(honesty_noise)
    root = 2.0 * np.sqrt(np.where(alpha > 0.0, alpha, 1.0))
    return np.where(alpha > 0.0, root * k1(root), 1.0)


def mean_learning(pull: Number, goal_ease: Number, honesty_start: Number, time: Number) -> Any:
    """Return -goal_ease pull y(0) t, the mean logarithm of the share of misalignment that is left, by noise alone.

    Noise on honesty is a martingale in Ito's sense, at every exponent of the metric: it does not change how honest
    agents are on average. (In Stratonovich's it would add (exponent/4) noise^2 y^(exponent - 1) to honesty's drift.)

    Parameters as in ``chance_lock_in``; ``time`` >= 0. Valid where selection leaves honesty alone, honesty_ease = 0.
    """
    return -np.asarray(goal_ease, dtype=float) * pull * honesty_start * time
