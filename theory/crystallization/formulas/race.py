"""Closed forms of the race without noise: who wins, what is left of the others, and when it is over.

Vectors are sequences over routes, the last axis; everything else broadcasts in front of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = Any  # a sequence over routes, or an array whose last axis is routes
Number = Any
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
PANELS = 16
WIDE = 1e3  # how far beyond the winner's own distance a rival's scale still matters


def _pair(start: Vector, ease: Vector) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return starts and eases as arrays of one shape; raise ValueError, in one line, for what is no race."""
    x, eta = np.broadcast_arrays(np.asarray(start, dtype=float), np.asarray(ease, dtype=float))
    if x.ndim == 0 or x.shape[-1] < 2:
        raise ValueError(f"start: got shape {x.shape}; must have at least two routes on its last axis; pass two")
    for name, one in (("start", x), ("ease", eta)):
        if not np.all(one >= 0.0):
            raise ValueError(f"{name}: got {np.min(one):g}; must be >= 0 on every route; pass its absolute value")
    return x, eta


def _scores(x: Any, eta: Any) -> NDArray[np.float64]:
    """Return x^2/ease per route: 0 where a route has arrived, infinite where it never will."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x == 0.0, 0.0, np.square(x) / eta)


def race_winner(start: Vector, ease: Vector) -> Any:
    """Return which route wins, argmin x_i(0)^2/ease_i, by number from 0; -1 where none ever does.

    x_i^2/ease_i - x_j^2/ease_j is conserved, so all x_i^2/ease_i fall alike and the smallest reaches zero first.

    Parameters
    ----------
    start, ease
        Distances x_i(0) >= 0 and eases >= 0, shape (..., routes), two routes or more.

    A route at zero has won (the first, if several); an ease of 0 cannot win; an exact tie for the smallest is never
    decided. Raises ValueError, in one line, for a value out of range.
    """
    x, eta = _pair(start, ease)
    scores = _scores(x, eta)
    best = scores.min(axis=-1)
    undecided = ((scores == best[..., np.newaxis]).sum(axis=-1) > 1) & (best > 0.0)
    return np.where(undecided | ~np.isfinite(best), -1, scores.argmin(axis=-1))


def race_remainder(start: Vector, ease: Vector, route: int | None = None) -> Any:
    """Return what is left of every distance, sqrt(x_j(0)^2 - ease_j min_i x_i(0)^2/ease_i), 0 for the winner.

    So deception crystallizes a goal with a misalignment of sqrt(x^2 - (ease_x/ease_y) y^2), iff ease_y x^2 > ease_x
    y^2. On a tie it is where the distances tend to.

    Parameters
    ----------
    start, ease
        As in ``race_winner``.
    route
        Whose remainder alone to return; None for all, with routes as the last axis.

    Raises ValueError, in one line, for a value out of range.
    """
    x, eta = _pair(start, ease)
    scores = _scores(x, eta)
    best = scores.min(axis=-1, keepdims=True)
    taken = np.where(np.isfinite(best), best, 0.0)
    # A difference of squares as a product: near a tie it keeps its digits.
    reach = np.sqrt(eta * taken)
    left = np.where(
        scores == best, np.where(np.isfinite(best), 0.0, x), np.sqrt(np.maximum((x - reach) * (x + reach), 0.0))
    )
    return left if route is None else left[..., route]


def decision_time(start: Vector, ease: Vector) -> Any:
    """Return when the race is decided, the integral of dx/(ease_w prod_{j != w} x_j) along the winner's distance.

    With two routes it is artanh(sqrt(ease_x/ease_y) y/x)/sqrt(ease_x ease_y) where y wins, and mirrored; infinite on a
    tie. With more, x_j^2 = r_j^2 + (ease_j/ease_w) x_w^2, r_j the remainders, and x_w = s sinh(theta), s the scale of
    the closest rival, leaves an integrand that is constant for two routes and smooth for more: panels of
    Gauss-Legendre in theta.

    Parameters
    ----------
    start, ease
        As in ``race_winner``.

    Raises ValueError, in one line, for a value out of range.
    """
    x, eta = _pair(start, ease)
    scores, left = _scores(x, eta), race_remainder(x, eta)
    winner = scores.argmin(axis=-1)[..., np.newaxis]
    own, own_ease = np.take_along_axis(x, winner, -1), np.take_along_axis(eta, winner, -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = eta / own_ease
        near = np.where(ratio > 0.0, left / np.sqrt(ratio), np.inf)
        np.put_along_axis(near, winner, np.inf, -1)
        closest = np.minimum(near.min(axis=-1, keepdims=True), WIDE * own)
    scale = np.where(closest > 0.0, closest, 1.0)  # a tie, or a race that is over: overruled below
    end = np.arcsinh(own / scale)
    edges = end * np.linspace(0.0, 1.0, PANELS + 1)
    half = np.diff(edges, axis=-1)[..., np.newaxis] / 2.0
    theta = edges[..., :-1, np.newaxis] + half * (NODES + 1.0)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        distance = scale[..., np.newaxis] * np.sinh(theta)
        speed = own_ease[..., np.newaxis] * np.ones_like(theta)
        for index in range(x.shape[-1]):
            others = np.hypot(left[..., index, np.newaxis, np.newaxis],
                              np.sqrt(ratio[..., index])[..., np.newaxis, np.newaxis] * distance)  # fmt: skip
            speed = speed * np.where(winner[..., np.newaxis] == index, 1.0, others)
        time = np.sum(half * WEIGHTS * scale[..., np.newaxis] * np.cosh(theta) / speed, axis=(-2, -1))
    never = race_winner(x, eta) < 0
    return np.where(never, np.inf, np.where(own[..., 0] == 0.0, 0.0, time))


def described_remainder(start: Vector, ease: Vector, description_cost: Number) -> Any:
    """Return the misalignment that two routes end with if closeness to the designers' goal has a price.

    (y - cost)^2/ease_y - x^2/ease_x is conserved: honesty has to last not to zero but to the price. Deception wins iff
    sqrt(ease_y) x > sqrt(ease_x) (y - cost), and leaves x^2 = x(0)^2 - (ease_x/ease_y) (y(0)^2 - 2 cost y(0)), more
    than the start where cost > y(0)/2; otherwise nothing is left.

    Parameters
    ----------
    start, ease
        Of misalignment x and honesty y, as in ``race_winner``, eases > 0.
    description_cost
        >= 0, the reward that a unit of closeness costs, such as a penalty on the length of its description.

    Raises ValueError, in one line, for a value out of range.
    """
    distances, eta = _pair(start, ease)
    x, y = distances[..., 0], distances[..., 1]
    ease_x, ease_y = eta[..., 0], eta[..., 1]
    deceives = np.sqrt(ease_y) * x > np.sqrt(ease_x) * (y - description_cost)
    left = x**2 - ease_x / ease_y * (y**2 - 2.0 * np.asarray(description_cost) * y)
    return np.where(deceives & (x > 0.0), np.sqrt(np.maximum(left, 0.0)), 0.0)


def critical_ease(start: Vector) -> Any:
    """Return the ratio ease_y/ease_x above which deception beats internalization, (y(0)/x(0))^2.

    Parameters
    ----------
    start
        Misalignment x(0) > 0 and honesty y(0) >= 0, shape (..., 2).
    """
    distances = np.asarray(start, dtype=float)
    return np.square(distances[..., 1] / distances[..., 0])
