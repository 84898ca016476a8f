"""The coefficients of a Gaussian transition, by Gauss-Legendre panels that are halved until nothing changes.

For dz = [sum over k of alpha_k(t) v_k - rho(t) z] dt + s(t) dW from time u to t, with J(r) the integral of rho from r
to t,

    z(t) = e^{-J(u)} z(u) + sum over k of v_k int e^{-J} alpha_k dr + xi sqrt(int e^{-2J} s^2 dr),      xi ~ N(0, 1).

Every lane is refined by itself, so that its coefficients do not depend on its company.
Source: Gardiner, Handbook of Stochastic Methods (2004), section 4.5.4 (the time-dependent Ornstein-Uhlenbeck process).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
NODES = 12
TOLERANCE = 1e-12
FEWEST, MOST = 4, 4096
"""Panels between two requested times."""

CHUNK = 2**20
"""Values a call of the integrand may hold."""


@dataclass(frozen=True)
class Coefficients:
    """A transition's coefficients: each an array (lanes,), or (components, lanes).

    Parameters
    ----------
    keep
        What is kept of the earlier value, e^{-J}.
    pulls
        Per pull v_k, the integral that multiplies it.
    variance
        The variance that the noise adds.
    """

    keep: Vector
    pulls: tuple[Vector, ...]
    variance: Vector

    def parts(self) -> tuple[Vector, ...]:
        """All of them in one row."""
        return (self.keep, *self.pulls, self.variance)


Integrand = Callable[[NDArray[np.intp], Vector], Sequence[Any]]
"""From the numbers of some lanes and times (lanes, n): rho, the alphas, and s, each (..., lanes, n)."""


def transition(integrand: Integrand, begin: Vector, end: Vector, where: str) -> Coefficients:
    """Return the coefficients of the transition from ``begin`` to ``end``, both of shape (lanes,).

    Raises ArithmeticError where 4096 panels are too few; ``where`` names what was integrated.
    """
    lanes = np.arange(begin.size)
    best = _panels(integrand, lanes, begin, end, FEWEST)
    panels = FEWEST
    while lanes.size:
        panels *= 2
        if panels > MOST:
            raise ArithmeticError(
                f"{where}: its coefficients between times {begin[lanes[0]]:g} and {end[lanes[0]]:g} are not resolved "
                f"by {MOST} panels; pass method='stepped'"
            )
        finer = _panels(integrand, lanes, begin[lanes], end[lanes], panels)
        coarser = [part[..., lanes] for part in best.parts()]
        open_still = _unsettled(coarser, finer.parts())
        for part, value in zip(best.parts(), finer.parts(), strict=True):
            part[..., lanes] = value
        lanes = lanes[open_still]
    return best


def _unsettled(coarse: Sequence[Vector], fine: Sequence[Vector]) -> NDArray[np.bool_]:
    """Tell which lanes still change; what is not finite will not settle and is left as it is."""
    moved = np.zeros(fine[0].shape[-1], dtype=bool)
    for old, new in zip(coarse, fine, strict=True):
        change = np.abs(new - old) > TOLERANCE * np.abs(new) + np.finfo(float).tiny
        moved |= np.atleast_2d(change & np.isfinite(new)).any(axis=0)
    return moved


def _panels(integrand: Integrand, lanes: NDArray[np.intp], begin: Vector, end: Vector, panels: int) -> Coefficients:
    """Integrate some lanes with a given number of panels, so many lanes at a time as memory should hold."""
    room = max(1, CHUNK // (panels * NODES))
    parts = [
        _rule(integrand, lanes[first : first + room], begin[first : first + room], end[first : first + room], panels)
        for first in range(0, lanes.size, room)
    ]
    joined = [np.concatenate(values, axis=-1) for values in zip(*parts, strict=True)]
    return Coefficients(joined[0], tuple(joined[1:-1]), joined[-1])


def _rule(integrand: Integrand, lanes: NDArray[np.intp], begin: Vector, end: Vector, panels: int) -> tuple[Vector, ...]:
    nodes, weights, rest = _legendre()
    width = (end - begin) / panels
    places = (np.arange(panels)[:, np.newaxis] + (nodes + 1.0) / 2.0).ravel()
    times = begin[:, np.newaxis] + width[:, np.newaxis] * places
    rate, *pulls, noise = (_folded(value, panels) for value in integrand(lanes, times))
    half = width[:, np.newaxis, np.newaxis] / 2.0
    whole = (rate * weights).sum(axis=-1) * half[..., 0]
    after = np.flip(np.cumsum(np.flip(whole, -1), -1), -1) - whole
    # From a node to the end of its panel, and from there to the end of all.
    decay = np.exp(-(half * (rate[..., np.newaxis, :] * rest).sum(axis=-1) + after[..., np.newaxis]))

    def integral(value: Vector) -> Vector:
        return np.asarray((value * weights * half).reshape(*value.shape[:-2], -1).sum(axis=-1))

    return (
        np.exp(-whole.sum(axis=-1)),
        *(integral(decay * pull) for pull in pulls),
        integral(decay**2 * noise**2),
    )


def _folded(value: Any, panels: int) -> Vector:
    return np.ascontiguousarray(value).reshape(*np.shape(value)[:-1], panels, NODES)


@cache
def _legendre() -> tuple[Vector, Vector, Vector]:
    """Return nodes and weights on [-1, 1], and the weights (node, node) of integrals from each node to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    rest = np.empty((NODES, NODES))
    for row, node in enumerate(nodes):
        inner = (node + 1.0) / 2.0 + (1.0 - node) / 2.0 * nodes
        rest[row] = (1.0 - node) / 2.0 * (weights[:, np.newaxis] * _lagrange(nodes, inner)).sum(axis=0)
    return nodes, weights, rest


def _lagrange(nodes: Vector, at: Vector) -> Vector:
    """Return the Lagrange polynomials of the nodes at some places, (place, node)."""
    gaps = at[:, np.newaxis, np.newaxis] - nodes[np.newaxis, np.newaxis, :]
    scales = nodes[:, np.newaxis] - nodes[np.newaxis, :]
    np.fill_diagonal(scales, 1.0)
    ratios = gaps / scales
    ratios[:, np.arange(nodes.size), np.arange(nodes.size)] = 1.0
    return np.asarray(ratios.prod(axis=-1))
