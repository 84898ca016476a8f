"""Variates from scrambled Sobol points: a group of replicates fills the cube of all its variates evenly.

Each group of 2^k replicates is one scrambled point set, so that groups are independent and every replicate has the
right law; the error follows from the groups. The normals of a stepped path are joined by the Brownian bridge, so that
the first coordinates of a point, the most even ones, decide where the path ends, the next where its middle is, and so
on. A coordinate is a multiple of 2^-30 and a half, so that no normal lies beyond 6.3 standard deviations.
Source: Owen, SIAM Journal on Numerical Analysis 34 (1997) 1884; Matousek, Journal of Complexity 14 (1998) 527, for
this scrambling; Caflisch, Morokoff and Owen, Journal of Computational Finance 1 (1997) 27.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import is_distribution
from simulator.levels.langevin.draws import Independent, Steered
from simulator.levels.langevin.frame import kept_rows
from simulator.levels.langevin.noise import in_order
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.step import Slot
from simulator.levels.langevin.stepped import segments
from simulator.parameter import Resolved

Vector = NDArray[np.float64]
LARGEST = 21_201
"""Coordinates that a Sobol point can have."""
HALF_CELL = 2.0**-31
"""Points are multiples of 2^-30; half of that keeps them off 0 and 1."""


@dataclass(frozen=True)
class Rows:
    """The normals of one move, row by row.

    Parameters
    ----------
    motions
        Per row the number of the Brownian motion that it belongs to, and the part of the step: 0 for a whole step,
        1 and 2 for its halves.
    lengths
        Whether a move takes a length from a coordinate of its own.
    """

    motions: tuple[tuple[int, int], ...]
    lengths: bool


class Sobol:
    """The variates of a block: first those of the start, in order, then those of the moves.

    Parameters
    ----------
    source
        Scrambles the points, and draws what has no coordinate: the lengths of a stepped path, whether agents stop
        within a step, and variates of distributions that are made of neither normals nor uniforms.
    start
        Uniform coordinates of the start, (coordinates, replicates).
    moves
        Normals, (moves, rows, replicates).
    lengths
        Uniform coordinates of the moves' lengths, (moves, replicates); None where they are drawn from the source.
    """

    def __init__(self, source: Independent, start: Vector, moves: Vector, lengths: Vector | None) -> None:
        self._source, self._start, self._moves, self._lengths = source, start, moves, lengths
        self._used = self._move = 0

    def sample(self, distribution: Any, shape: tuple[int, ...]) -> Vector:
        """Return variates of a distribution, made of as many coordinates as it has components.

        What it draws beyond these, or in another shape, is independent.
        """
        own = iter(self._taken(math.prod(shape[:-1])))

        def uniform(size: tuple[int, ...]) -> Vector:
            rows = list(itertools.islice(own, math.prod(size[:-1])))
            short = len(rows) < math.prod(size[:-1])
            return self._source.random(size) if short else np.reshape(rows, size)

        seen = Steered(self._source.generator, shape[-1], lambda size: _normal(uniform(size)), uniform)
        return np.asarray(distribution.draw(seen, shape))

    def random(self, shape: tuple[int, ...]) -> Vector:
        """Return independent uniform variates on [0, 1)."""
        return self._source.random(shape)

    def normals(self, out: NDArray[Any]) -> None:
        """Fill an array with standard normals: of the start, then of one move after another."""
        if self._used < len(self._start):
            out[...] = _normal(self._taken(len(out)))
        else:
            out[...] = self._moves[self._move]
            self._move += 1

    def lengths(self, freedom: int, out: NDArray[Any]) -> None:
        """Fill a row with the lengths of standard normal vectors of ``freedom`` components."""
        if self._used < len(self._start):
            out[...] = _lengths(freedom, self._taken(1)[0])
        elif self._lengths is not None:
            out[...] = _lengths(freedom, self._lengths[self._move - 1])
        else:
            self._source.lengths(freedom, out)

    def _taken(self, count: int) -> Vector:
        """Return the next coordinates of the start."""
        self._used += count
        return self._start[self._used - count : self._used]


def _normal(uniform: Vector) -> Vector:
    from scipy.special import ndtri

    return np.asarray(ndtri(uniform))


def _lengths(freedom: int, uniform: Vector) -> Vector:
    from scipy.special import gammaincinv

    return np.asarray(np.sqrt(2.0 * gammaincinv(freedom / 2.0, uniform)))


def sobol(plan: Langevin, slots: Sequence[Slot], resolved: Resolved, replicates: int, source: Independent) -> Sobol:
    """Return the variates of one block of a plan at a point, whose moves take normals for the given slots.

    Raises ValueError, in one line, where a replicate takes more coordinates than a Sobol point has.
    """
    rows = _rows(plan, slots, resolved)
    durations = _durations(plan, resolved)
    start, moves = _start_coordinates(plan, resolved), len(durations)
    width = len(rows.motions)
    size = start + moves * (width + rows.lengths)
    if size > LARGEST:
        raise ValueError(
            f"variance_reduction: got 'sobol', whose points have at most {LARGEST} coordinates; a replicate takes "
            f"{size} here; pass fewer steps, or variance_reduction='antithetic'"
        )
    uniform = _points(source.generator, size, replicates, plan.group)
    lengths = uniform[start + moves * width :] if rows.lengths else None
    normals = _moves(uniform[start : start + moves * width], rows, durations, bridged=not plan.exact)
    return Sobol(source, uniform[:start], normals, lengths)


def _points(generator: np.random.Generator, size: int, replicates: int, group: int) -> Vector:
    """Return one scrambled point set for each group, side by side, (coordinates, replicates)."""
    from scipy.stats import qmc

    points = np.empty((size, replicates))
    for first in range(0, replicates, group):
        points[:, first : first + group] = qmc.Sobol(size, scramble=True, rng=generator).random(group).T
    points += HALF_CELL
    return points


def _durations(plan: Langevin, resolved: Resolved) -> list[float]:
    """Return how long each move lasts."""
    times = plan.requested_times(resolved)
    if plan.exact:
        return [later - earlier for earlier, later in zip((0.0, *times), times, strict=False) if later > earlier]
    return [step for count, step in segments(times, plan.steps) for _ in range(count)]


def _sizes(plan: Langevin, resolved: Resolved) -> dict[Any, int]:
    """Return how many normals each noisy trait takes in a move (in a frame its last row takes a length)."""
    sizes = {trait: 1 if trait.dim is None else int(resolved[trait.dim]) for trait in plan.model.traits}
    found = plan.reduction(resolved)
    return sizes if found is None else sizes | {found.trait: kept_rows(found) + 1}


def _rows(plan: Langevin, slots: Sequence[Slot], resolved: Resolved) -> Rows:
    sizes = _sizes(plan, resolved)
    first: dict[Any, int] = {}
    motions: list[tuple[int, int]] = []
    for slot in in_order(slots):
        first.setdefault(slot.trait, sum(sizes[known] for known in first))
        motions += [(first[slot.trait] + component, slot.part) for component in range(sizes[slot.trait])]
    return Rows(tuple(motions), lengths=plan.exact and plan.reduction(resolved) is not None)


def _start_coordinates(plan: Langevin, resolved: Resolved) -> int:
    """Return how many variates parameters and initial values take."""
    drawn = sum(
        1 if parameter.dim is None else int(resolved[parameter.dim])
        for parameter in plan.model.parameters
        if is_distribution(resolved[parameter.name])
    )
    found = plan.reduction(resolved)
    sizes = _sizes(plan, resolved)
    for trait, value in plan.model.initial.items():
        if is_distribution(value):
            drawn += sizes[trait] + int(found is not None and trait == found.trait)
    return drawn


def _moves(uniform: Vector, rows: Rows, durations: Sequence[float], bridged: bool) -> Vector:
    """Return the normals of all moves, (moves, rows, replicates)."""
    normals = _normal(uniform).reshape(len(durations), len(rows.motions), -1)
    if not bridged:
        return normals
    moves = np.empty_like(normals)
    # One row of coordinates for each increment of each motion; the first of every motion come first.
    for number in dict.fromkeys(motion for motion, _ in rows.motions):
        own = [row for row, (motion, _) in enumerate(rows.motions) if motion == number]
        steps = np.repeat(durations, len(own)) / len(own)
        flat = np.ascontiguousarray(normals[:, own]).reshape(len(steps), -1)
        moves[:, own] = bridge(flat, steps).reshape(len(durations), len(own), -1)
    return moves


def bridge(normals: Vector, durations: Vector) -> Vector:
    """Return standardized increments of a Brownian motion whose end, middle, quarters, ... the normals decide in turn.

    Parameters
    ----------
    normals
        Independent standard normals, (increments, replicates), the most important first.
    durations
        How long each increment lasts, (increments,).
    """
    times = np.concatenate([[0.0], np.cumsum(durations)])
    path = np.zeros((len(times), normals.shape[1]))
    path[-1] = math.sqrt(times[-1]) * normals[0]
    for number, (left, middle, right) in enumerate(_middles(len(times) - 1), start=1):
        before, after = times[middle] - times[left], times[right] - times[middle]
        spread = math.sqrt(before * after / (before + after))
        path[middle] = (after * path[left] + before * path[right]) / (before + after) + spread * normals[number]
    return np.asarray(np.diff(path, axis=0) / np.sqrt(durations)[:, np.newaxis])


def _middles(last: int) -> Iterator[tuple[int, int, int]]:
    """Yield (left, middle, right) of every interval that is halved, widest first."""
    open_still = [(0, last)]
    while open_still:
        narrower = []
        for left, right in open_still:
            if right - left > 1:
                middle = (left + right) // 2
                yield left, middle, right
                narrower += [(left, middle), (middle, right)]
        open_still = narrower
