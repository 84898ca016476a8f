"""Closed forms of an aligned goal that simplifies: its cosine to the designers' goal, and how fast that is lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory import clock as exact
from theory.simplification.formulas.shares import Number, Vector, shares
from theory.simplification.formulas.winner import TIE, coexistence, log_scores

SCAN = 2048  # gains between which the first crossing is looked for
SETTLED = 1e-9
BISECTIONS = 60


def alignment(
    start: Vector,
    base: Vector,
    efficiency: Vector,
    weight_decay: Number,
    depth: Number,
    time: Number,
    drive: Number = 1.0,
) -> Any:
    """Return cos(g(t), b) from the exact shares, while the drive is held.

    Parameters
    ----------
    base
        The designers' goal b, shape (..., features), not all 0.
    start, efficiency, weight_decay, depth, time, drive
        As in ``shares``.
    """
    return _cosine(shares(start, efficiency, weight_decay, depth, time, drive) / np.asarray(efficiency), base)


def lasting_alignment(base: Vector, efficiency: Vector, depth: float) -> float:
    """Return the limit of cos(g(t), b) for an aligned start g(0) ~ b: b_w/|b| with w the winner.

    Where several coexist in the end it is their blend's: for L >= 2 features of equal score in the ratio of b, and for
    L < 2 all, with strengths h^(L/(2 - L)).

    Parameters
    ----------
    base
        b_j >= 0, not all 0, shape (features,).
    efficiency, depth
        h_j > 0, shape (features,), and L >= 1.
    """
    b, h = np.asarray(base, dtype=float), np.asarray(efficiency, dtype=float)
    if depth < 2.0:
        end = np.zeros_like(b)
        end[b > 0.0] = coexistence(h[b > 0.0], depth) / h[b > 0.0]
        return float(_cosine(end, b))
    scores = log_scores(b, h, depth)
    left = scores >= scores.max() - TIE * max(1.0, abs(scores.max()))
    return float(_cosine(np.where(left, b, 0.0), b))


def alignment_half_life(base: Vector, efficiency: Vector, weight_decay: Number, depth: Number) -> Any:
    """Return the first time at which an aligned start has lost half of the alignment that it will lose.

    It is exactly proportional to 1/weight_decay: the cosine depends on weight_decay t alone.

    Parameters
    ----------
    base
        b_j >= 0, shape (features,); the start is g(0) ~ b with a drive of 1.
    efficiency
        h_j > 0, shape (features,).
    weight_decay
        lambda > 0.
    depth
        L >= 1, of any shape that broadcasts with ``weight_decay``.

    Returns
    -------
    Array
        A time; infinity where nothing is lost.
    """
    layers = np.asarray(depth, dtype=float)
    compounded = np.array([_half_life(base, efficiency, float(one)) for one in layers.ravel()]).reshape(layers.shape)
    return compounded / (layers * weight_decay)


def _half_life(base: Vector, efficiency: Vector, depth: float) -> float:
    """Return L lambda t of the half-life: scan the clock for the first crossing, then bisect."""
    b, h = np.asarray(base, dtype=float), np.asarray(efficiency, dtype=float)
    start = b / np.sum(h * b)
    level = 0.5 * (1.0 + lasting_alignment(b, h, depth))
    if level >= 1.0 - SETTLED:
        return np.inf

    def above(gain: Any) -> Any:
        logs = exact.log_strengths(start, h, depth, gain)
        return _cosine(np.exp(logs - logs.max(axis=-1, keepdims=True)), b) - level

    end = 1.0
    while above(np.array(end)) > 0.0:
        end *= 2.0
    gains = np.linspace(0.0, end, SCAN)
    first = int(np.argmax(above(gains) <= 0.0))
    low, high = gains[first - 1], gains[first]
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if above(np.array(middle)) > 0.0 else (low, middle)
    logs = np.log(h) + exact.log_strengths(start, h, depth, np.array(high))
    return float(np.logaddexp.reduce(logs))


def _cosine(goal: Any, base: Vector) -> Any:
    b = np.asarray(base, dtype=float)
    return np.sum(goal * b, axis=-1) / np.sqrt(np.sum(goal**2, axis=-1) * np.sum(b**2, axis=-1))


def balance_decay(weight_decay: Number, time: Number, efficiency: Number = 1.0, batch_noise: Number = 0.0) -> Any:
    """Return (u_i^2 - u_j^2)(t)/(u_i^2 - u_j^2)(0) = exp(-(2 lambda + h^2 nu^2) t), two weights of one product.

    The loss gives both the same change of square and so none to the difference, and weight decay shrinks it: products
    become products of equal weights. Noise of the loss's slope that both share equalizes them faster.

    Parameters
    ----------
    weight_decay, time
        lambda, t >= 0.
    efficiency, batch_noise
        Of the feature, and nu >= 0: the slope of the loss is noisy by nu dW.

    Valid for any loss and depth without noise; with it for products of two weights, and then exact too: the difference
    has no noise of its own.

    Source: Ziyin, Li & Ueda, Law of balance and stationary distribution of stochastic gradient descent (2023).
    """
    return np.exp(-(2.0 * np.asarray(weight_decay) + np.square(np.multiply(efficiency, batch_noise))) * time)
