"""Who leads when: the upper envelope of lines, for many replicates at once.

The leader at tau in (0, end) is the circuit of largest presence + quality tau. From the leader (l, s) the next change
is where the first steeper line catches up,

    tau' = min over s_k > s of (l - l_k)/(s_k - s),

and of lines that catch up together the steepest leads from there on. A line below the chord from the first leader to
the last (the steepest of all) never leads, which leaves few of many. So the cost is that of a few passes over the
lines, and a few passes a succession over the few that are left.
Source: gift wrapping, Jarvis, Information Processing Letters 2 (1973) 18; discarding, Akl & Toussaint, ibid. 7 (1978)
219.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.models.succession.circuits import Array

ROUNDING = 1e-9  # of the numbers that a chord is made of: what is so little below it is looked at nonetheless
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Reigns:
    """Who leads when, in each replicate; row 0 is the leader at the start.

    Parameters
    ----------
    leader
        Index of the circuit that leads in each reign, shape (reigns, replicates); -1 where there is no such reign.
    since
        When the reign began, of the same shape: 0 in the first row, infinite where there is none.
    """

    leader: NDArray[np.int64]
    since: Array

    @property
    def successions(self) -> NDArray[np.int64]:
        """How often the lead changed, shape (replicates,); the leader at the start is no change."""
        return np.asarray(np.count_nonzero(self.leader != NOBODY, axis=0) - 1)

    @property
    def last(self) -> NDArray[np.int64]:
        """Index of the circuit that leads in the end, shape (replicates,)."""
        return np.asarray(np.take_along_axis(self.leader, self.successions[np.newaxis], axis=0)[0])


@dataclass(frozen=True, eq=False)
class _Challengers:
    """The lines that may still lead, replicate by replicate: flat arrays (lines,), replicates in order."""

    circuit: NDArray[np.int64]
    presence: Array
    quality: Array
    replicate: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> _Challengers:
        """Return some of them."""
        circuit, replicate = self.circuit[chosen], self.replicate[chosen]
        return _Challengers(circuit, self.presence[chosen], self.quality[chosen], replicate)


def reigns(presence: Array, quality: Array, end: float = np.inf) -> Reigns:
    """Return the leaders of circuits on the clock from 0 to ``end``.

    Parameters
    ----------
    presence, quality
        Where the lines start and how they rise, shape (circuits, replicates), finite.
    end
        End of the clock, > 0; a change at that very time or later is none.

    Of lines that start together the steepest leads, of equal lines the first; parallel lines never change places.
    """
    first, last = _top(presence, quality), _top(quality, presence)
    left = _above_chord(presence, quality, first, last)
    start, slope = _at(presence, first), _at(quality, first)
    leader, since = [first], [np.zeros(first.size)]
    while True:
        left = left.only(left.quality > slope[left.replicate])
        if left.circuit.size == 0:
            return Reigns(np.array(leader), np.array(since))
        where, time, next_one = _next(left, start, slope)
        inside = time < end
        where, time, next_one = where[inside], time[inside], next_one[inside]
        going = np.zeros(first.size, dtype=bool)
        going[where] = True
        if where.size:
            leader.append(np.full(first.size, NOBODY))
            since.append(np.full(first.size, np.inf))
            leader[-1][where], since[-1][where] = left.circuit[next_one], time
            start[where], slope[where] = left.presence[next_one], left.quality[next_one]
        left = left.only(going[left.replicate])


def _top(value: Array, tie: Array) -> NDArray[np.int64]:
    """Return the circuit of the largest value in each replicate; of several, that of the largest other value."""
    circuit, replicate = _places(value == value.max(axis=0))
    # Sorted by replicate, then by the other value, falling; a stable sort keeps the first of equal circuits first.
    order = np.lexsort((-tie[circuit, replicate], replicate))
    circuit, replicate = circuit[order], replicate[order]
    return circuit[np.flatnonzero(np.diff(replicate, prepend=-1))]


def _at(value: Array, circuit: NDArray[np.int64]) -> Array:
    """Return one circuit's value in each replicate."""
    return np.asarray(value[circuit, np.arange(circuit.size)])


def _places(chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows and columns of what is chosen: of few among many faster than ``numpy.nonzero``."""
    row, column = np.divmod(np.flatnonzero(chosen), chosen.shape[1])
    return row, column


def _above_chord(
    presence: Array, quality: Array, first: NDArray[np.int64], last: NDArray[np.int64]
) -> _Challengers:  # fmt: skip
    """Return the lines on or above the chord from the first leader to the last, as points (quality, presence)."""
    ends = [(_at(presence, one), _at(quality, one)) for one in (first, last)]
    fall, rise = ends[0][0] - ends[1][0], ends[1][1] - ends[0][1]
    size = sum(rise * np.abs(start) + fall * np.abs(slope) for start, slope in ends)
    height = rise * ends[0][0] + fall * ends[0][1] - ROUNDING * size
    height[rise == 0.0] = np.inf  # the first leader is the steepest of all: nobody will lead after it
    above = rise * presence
    above += fall * quality
    circuit, replicate = _places(above >= height)
    order = np.argsort(replicate, kind="stable")
    circuit, replicate = circuit[order], replicate[order]
    return _Challengers(circuit, presence[circuit, replicate], quality[circuit, replicate], replicate)


def _next(
    left: _Challengers, start: Array, slope: Array
) -> tuple[NDArray[np.int64], Array, NDArray[np.int64]]:  # fmt: skip
    """Return per replicate that has challengers: which it is, when the next change comes, and whose place takes over.

    The places are those in the flat arrays.
    """
    heads = np.flatnonzero(np.diff(left.replicate, prepend=-1))
    sizes = np.diff(heads, append=left.replicate.size)
    catching = (start[left.replicate] - left.presence) / (left.quality - slope[left.replicate])
    time = np.minimum.reduceat(catching, heads)
    together = np.where(catching == np.repeat(time, sizes), left.quality, -np.inf)
    steepest = together == np.repeat(np.maximum.reduceat(together, heads), sizes)
    places = np.flatnonzero(steepest)
    first_of_each = np.flatnonzero(np.diff(left.replicate[places], prepend=-1))
    return left.replicate[heads], time, places[first_of_each]
