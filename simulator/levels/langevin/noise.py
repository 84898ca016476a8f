"""The normals of one move, and how those of two half-steps make those of a whole one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Noise:
    """The normals of one step in one array, and its views, one a slot."""

    array: NDArray[Any]
    slots: tuple[NDArray[Any], ...]

    @classmethod
    def empty(cls, made: Kernels, setting: Setting) -> Noise:
        """Return room for the normals of one step."""
        sizes = {slot: 1 if slot.trait.dim is None else setting.sizes[slot.trait.dim] for slot in made.slots}
        array = aligned_empty((sum(sizes.values()), setting.replicates), setting.dtype)
        views, start = {}, 0
        for slot in in_order(made.slots):
            view = array[start : start + sizes[slot]]
            views[slot] = view if slot.trait.dim else view[0]
            start += sizes[slot]
        return cls(array, tuple(views[slot] for slot in made.slots))

    def draw(self, draws: Draws, frame: Frame | None) -> None:
        """Draw the variates of a move; in a frame the last row takes lengths."""
        if not self.slots:
            return
        if frame is None:
            draws.normals(self.array)
        else:
            draws.normals(self.array[:-1])
            draws.lengths(frame.freedom, self.array[-1])


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
