"""Shares along the clock: exactly where quality is what it is, and stepped, which knows nothing of that.

Circuit k has the share p_k ~ exp(presence_k + quality_k tau), which solves the replicator equation

    dp_k = p_k (s_k - sum_j p_j s_j) dtau.

With noise of its own in each quality, s_k dtau + noise dW_k takes the place of s_k dtau (in Stratonovich's sense, in
which the rules of calculus hold, so that ln p_k goes on being a line, with noise on it).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.models.succession.circuits import Array

STEPS = 24


def softmax(presence: Array, quality: Array, time: float) -> Array:
    """Return p_k = exp(presence_k + quality_k tau)/sum_j exp(presence_j + quality_j tau) along the first axis."""
    logarithm = presence + quality * time
    weight = np.exp(logarithm - logarithm.max(axis=0))
    return np.asarray(weight / weight.sum(axis=0))


def stepped(
    presence: Array, quality: Array, looks: Sequence[float], noise: float, generator: np.random.Generator,
    both: bool = False, heard: list[Array] | None = None,
) -> tuple[list[Array], list[Array]]:  # fmt: skip
    """Return shares at each look, by steps of the replicator equation from one look to the next.

    Parameters
    ----------
    presence, quality
        Log-shares at the start and growth rates, shape (circuits, replicates).
    looks
        When to look, increasing, >= 0; ``STEPS`` steps to the last.
    noise
        In the quality of each circuit, per root of time.
    generator
        What the noise is drawn from.
    both
        Whether to go at half the step too, on the same noise: the second list (the first again otherwise).
    heard
        Where the noise of each log-share up to each look is written down, or None.
    """
    coarse = fine = softmax(presence, quality, 0.0)
    seen: tuple[list[Array], list[Array]] = ([], [])
    before, noises = 0.0, np.zeros(presence.shape)
    for look in looks:
        steps = int(np.ceil(STEPS * (look - before) / looks[-1])) if look > before else 0
        for _ in range(steps):
            width = (look - before) / steps
            if both:
                moves = [_move(quality, width / 2.0, noise, generator)[0] for _ in range(2)]
                fine = advance(advance(fine, moves[0]), moves[1])
                coarse = advance(coarse, moves[0] + moves[1])
            else:
                move, shock = _move(quality, width, noise, generator)
                coarse = advance(coarse, move)
                noises = noises if heard is None else noises + shock
        seen[0].append(coarse)
        if heard is not None:
            heard.append(noises)
        seen[1].append(fine if both else coarse)
        before = look
    return seen


def _move(quality: Array, width: float, noise: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return what quality adds to log-shares in a step, and what of it is noise."""
    if noise == 0.0:
        return np.asarray(quality * width), np.zeros(quality.shape)
    shock = noise * np.sqrt(width) * generator.standard_normal(quality.shape)
    return np.asarray(quality * width + shock), np.asarray(shock)


def advance(shares: Array, move: Array) -> Array:
    """Return shares after dp_k = p_k (dx_k - sum_j p_j dx_j) along a move dx, by the classical Runge-Kutta rule.

    The vector fields of different circuits commute, so the flow along the sum of a step's noise is the noisy flow; of
    that the rule leaves out the fifth power of dx: weak order 2 with noise, order 4 without.
    Source: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations (1992), sections 4.9 and 8.2.
    """
    first = _slope(shares, move)
    second = _slope(shares + first / 2.0, move)
    third = _slope(shares + second / 2.0, move)
    return np.asarray(shares + (first + 2.0 * (second + third) + _slope(shares + third, move)) / 6.0)


def _slope(shares: Array, move: Array) -> Array:
    return np.asarray(shares * (move - np.sum(shares * move, axis=0)))
