"""The normals of one move, and how those of two half-steps make those of a whole one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.aligned import aligned_empty
from simulator.levels.langevin.draws import Draws
from simulator.levels.langevin.frame import Frame
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.setting import Setting
from simulator.levels.langevin.step import Slot

HALF = math.sqrt(0.5)


def in_order(slots: Sequence[Slot]) -> list[Slot]:
    """Return a move's slots as they are drawn.

    What moves by whole steps comes last: a reduced vector does, and its last row is drawn as a length.
    """
    return sorted(slots, key=lambda slot: slot.part == 0)


@dataclass
class Noise:
    """The normals of one step, or of several that are drawn ahead.

    Parameters
    ----------
    array
        The normals, (moves, rows, replicates), the moves in the order in which they are made.
    views
        Per move, its part of the array, one a slot.
    left
        How many moves are still to be drawn in all.
    slots
        The normals of the present move, one a slot.
    """

    array: NDArray[Any]
    views: tuple[tuple[NDArray[Any], ...], ...]
    left: int
    slots: tuple[NDArray[Any], ...]
    _drawn: list[tuple[NDArray[Any], ...]] = field(default_factory=list)

    @classmethod
    def empty(cls, made: Kernels, setting: Setting, ahead: int = 1, moves: int = 1) -> Noise:
        """Return room for the normals of one move, or of ``ahead`` of the ``moves`` that will be made."""
        array = aligned_empty((ahead, rows_of(made, setting), setting.replicates), setting.dtype)
        views = tuple(_views(made, setting, move) for move in array)
        return cls(array, views, moves, views[0])

    def draw(self, draws: Draws, frame: Frame | None) -> None:
        """Provide the variates of the next move in ``slots``; in a frame the last row takes lengths."""
        if not self._drawn:
            moves = max(1, min(self.left, len(self.array)))
            self._fill(self.array[:moves], draws, frame)
            self._drawn = list(reversed(self.views[:moves]))
            self.left -= moves
        self.slots = self._drawn.pop()

    def _fill(self, array: NDArray[Any], draws: Draws, frame: Frame | None) -> None:
        # One move is an array of two axes, as it always was to those who draw for one: contiguous without its last row.
        array = array[0] if len(array) == 1 else array
        if not array.size:
            return
        if frame is None:
            draws.normals(array)
        else:
            draws.normals(array[..., :-1, :])
            draws.lengths(frame.freedom, array[..., -1, :])


def rows_of(made: Kernels, setting: Setting) -> int:
    """Return how many variates a replicate takes in one move."""
    return sum(_size(slot, setting) for slot in made.slots)


def _size(slot: Slot, setting: Setting) -> int:
    return 1 if slot.trait.dim is None else setting.sizes[slot.trait.dim]


def _views(made: Kernels, setting: Setting, array: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return the parts of one move's rows, one a slot."""
    views, start = {}, 0
    for slot in in_order(made.slots):
        view = array[start : start + _size(slot, setting)]
        views[slot] = view if slot.trait.dim else view[0]
        start += _size(slot, setting)
    return tuple(views[slot] for slot in made.slots)


def combine(made: Kernels, first: Noise, second: Noise, whole: Noise) -> None:
    """Write into ``whole`` the normals of one step that follows the same Brownian motion as two of half its length.

    A whole-step slot joins the two steps' normals; the first and second half-step of another trait join the two
    half-steps inside the first and inside the second short step.
    """
    parts = {(slot.trait, slot.part): index for index, slot in enumerate(made.slots)}
    for index, slot in enumerate(made.slots):
        if slot.part == 0:
            a, b = first.slots[index], second.slots[index]
        else:
            short = first if slot.part == 1 else second
            a, b = short.slots[parts[slot.trait, 1]], short.slots[parts[slot.trait, 2]]
        np.add(a, b, out=whole.slots[index])
        np.multiply(whole.slots[index], HALF, out=whole.slots[index])
