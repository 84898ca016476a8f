"""Integrals of a linear equation's coefficients over pieces of time, which join to those over longer ones.

Over a piece from u to t, with J(r) the integral of rho from r to t, they are J(u), int e^{-J} alpha dr of every pull
alpha, and int e^{-2J} s^2 dr of the noise s, by Gauss-Legendre quadrature. What comes before a piece is kept by
e^{-J(u)}, its variance by the square of that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Numbers = NDArray[np.intp]
NODES = 12
CHUNK = 2**20
"""Values that are held at once."""

Integrand = Callable[[Numbers, Vector], Sequence[Any]]
"""From the lane of each piece and times (pieces, n): rho, the alphas, and s, each (..., pieces, n)."""


@dataclass(frozen=True)
class Pieces:
    """Pieces of time, one or more a lane: arrays (pieces,)."""

    lane: Numbers
    begin: Vector
    end: Vector

    def part(self, which: Any) -> Pieces:
        """Return some of them."""
        return Pieces(self.lane[which], self.begin[which], self.end[which])

    def halves(self) -> Pieces:
        """Return all first halves, and then all second ones."""
        middle = (self.begin + self.end) / 2.0
        begin, end = np.concatenate([self.begin, middle]), np.concatenate([middle, self.end])
        return Pieces(np.tile(self.lane, 2), begin, end)


@dataclass(frozen=True)
class Integrals:
    """The integrals over some pieces.

    ``exponent`` and ``swing`` are those of rho and |rho|, (components, pieces); ``values`` and ``sizes`` those of the
    pulls and of the variance, and the same of absolute values, (values, components, pieces).
    """

    exponent: Vector
    swing: Vector
    values: Vector
    sizes: Vector

    def part(self, which: Any) -> Integrals:
        """Return those of some of the pieces."""
        parts = (self.exponent, self.swing, self.values, self.sizes)
        return Integrals(*(one[..., which] for one in parts))

    def then(self, late: Integrals) -> Integrals:
        """Return the integrals over each piece and the one that follows it, as one."""
        share = kept(np.exp(-late.exponent), len(self.values))
        return Integrals(
            self.exponent + late.exponent, self.swing + late.swing,
            share * self.values + late.values, share * self.sizes + late.sizes,
        )  # fmt: skip

    def replace(self, which: NDArray[np.bool_], by: Integrals) -> None:
        """Write down others for some of the pieces, in place."""
        self.exponent[..., which], self.swing[..., which] = by.exponent, by.swing
        self.values[..., which], self.sizes[..., which] = by.values, by.sizes


def kept(keep: Vector, count: int) -> Vector:
    """Return what is kept of each of the values, of which the last is a variance: (values, components, pieces)."""
    return np.stack([*[keep] * (count - 1), keep**2])


@dataclass(frozen=True)
class Rule:
    """Gauss-Legendre quadrature of an integrand on pieces of time.

    Parameters
    ----------
    integrand
        What is integrated.
    components
        How many components the largest of its values has; it decides how many pieces are integrated at once.
    """

    integrand: Integrand
    components: int

    def integrals(self, pieces: Pieces) -> Integrals:
        """Return the integrals over each of the pieces."""
        room = max(1, CHUNK // (NODES**2 * self.components))
        firsts = range(0, pieces.lane.size, room)
        found = [self._integrals(pieces.part(slice(first, first + room))) for first in firsts]
        parts = [(one.exponent, one.swing, one.values, one.sizes) for one in found]
        return Integrals(*(np.concatenate(values, axis=-1) for values in zip(*parts, strict=True)))

    def _integrals(self, pieces: Pieces) -> Integrals:
        nodes, weights, rest = _legendre()
        half = (pieces.end - pieces.begin)[:, np.newaxis] / 2.0
        rate, *pulls, noise = np.broadcast_arrays(
            *map(_column, self.integrand(pieces.lane, pieces.begin[:, np.newaxis] + half * (nodes + 1.0)))
        )
        # From each node to the end of its piece.
        decay = np.exp(-half * (rate[..., np.newaxis, :] * rest).sum(axis=-1))
        values = np.stack([*(decay * pull for pull in pulls), (decay * noise) ** 2])
        ruled = weights * half
        return Integrals(
            (rate * ruled).sum(axis=-1), (np.abs(rate) * ruled).sum(axis=-1),
            (values * ruled).sum(axis=-1), (np.abs(values) * ruled).sum(axis=-1),
        )  # fmt: skip


def _column(value: Any) -> Vector:
    """Return a value with an axis for its components."""
    return np.asarray(value if np.ndim(value) > 2 else value[np.newaxis])


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
