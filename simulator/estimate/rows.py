"""Many tallies in one matrix: a row of numbers for each point, that merges, is stored and is sent as it stands.

Every cell is reduced over its own contiguous replicates, so a row does not depend on the rows computed with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.estimate.controls import FOLDS
from simulator.estimate.moments import Moments
from simulator.estimate.tally import Groups, Tally

Array: TypeAlias = NDArray[np.float64]

CONTROL = "_control"
"""What is added to a measure's name for its control variates, an array (replicates, ..., controls) of mean zero."""

# Numbers reduced at once: few enough to stay in the cache, many enough to keep NumPy busy.
SLAB = 2**18


@dataclass(frozen=True)
class Layout:
    """Where the tallies of several measures stand in a row: field by field, in each the cells of all measures.

    Parameters
    ----------
    shapes
        Per measure, in order, the shape of its cells.
    grouped
        Whether replicates are drawn in groups, so that a row holds their moments too.
    controls
        How many control variates each measure has, so that a row holds their joint moments with it too.
    """

    shapes: tuple[tuple[str, tuple[int, ...]], ...]
    grouped: bool = False
    controls: int = 0

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Per measure, its cells among all."""
        ends = list(accumulate(prod(shape) for _, shape in self.shapes))
        starts = [0, *ends[:-1]]
        return {name: slice(a, b) for (name, _), a, b in zip(self.shapes, starts, ends, strict=True)}

    @cached_property
    def cells(self) -> int:
        """How many cells there are."""
        return sum(prod(shape) for _, shape in self.shapes)

    @cached_property
    def _fields(self) -> dict[str, tuple[int, ...]]:
        """Per array of ``Tally.arrays``, its shape in a row; the last axis is the cells, or 1 for all of them."""
        shapes: dict[str, tuple[int, ...]] = {f"moments.{field.name}": (self.cells,) for field in fields(Moments)}
        if self.grouped:
            shapes |= {f"groups.{field.name}": (self.cells,) for field in fields(Groups)} | {"groups.number": (1,)}
        if self.controls:
            joint = 2 + self.controls
            shapes |= {
                "controls.number": (FOLDS, 1),
                "controls.mean": (FOLDS, joint, self.cells),
                "controls.product": (FOLDS, joint, joint, self.cells),
            }
        return shapes

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return sum(map(prod, self._fields.values()))

    def tally(self, rows: Array) -> Tally:
        """Return the tally, of cells of shape (points, cells), that rows of shape (points, width) hold."""
        ends = list(accumulate(map(prod, self._fields.values())))
        parts = np.split(rows, ends[:-1], axis=1)
        return Tally.from_arrays(
            {
                name: np.moveaxis(part.reshape(len(rows), *shape), 0, -2)
                for (name, shape), part in zip(self._fields.items(), parts, strict=True)
            }
        )

    def measured(self, rows: Array, measure: str) -> Tally:
        """Return one measure's tally, of cells (points, ...) in the measure's own shape."""
        own, here = dict(self.shapes)[measure], self.slices[measure]
        return Tally.from_arrays(
            {
                name: array.reshape(*array.shape[:-1], *[1] * len(own))
                if name.endswith(".number")
                else array[..., here].reshape(*array.shape[:-1], *own)
                for name, array in self.tally(rows).arrays().items()
            }
        )

    def rows(self, tally: Tally) -> Array:
        """Return the rows of a tally whose cells have the shape (points, cells)."""
        points = tally.count.shape[0]
        arrays = tally.arrays()
        parts = []
        for name, shape in self._fields.items():
            whole = np.broadcast_to(arrays[name], (*shape[:-1], points, shape[-1]))
            parts.append(np.moveaxis(whole, -2, 0).reshape(points, prod(shape)))
        return np.concatenate(parts, axis=1)

    def merge(self, left: Array, right: Array) -> Array:
        """Return the rows of both samples together."""
        with np.errstate(over="ignore", invalid="ignore"):  # of replicates that overflowed
            return self.rows(self.tally(left).merge(self.tally(right)))

    def of_measure(self, cells: Array, measure: str) -> Array:
        """Return one measure's part of an array (points, cells), in its own shape (points, ...)."""
        part = cells[:, self.slices[measure]]
        return part.reshape(len(cells), *dict(self.shapes)[measure])


def layout_of(samples: Mapping[str, Any], measures: Sequence[str], group: int = 1, controls: int = 0) -> Layout:
    """Return the layout of samples of shape (replicates, ...) each."""
    return Layout(tuple((name, tuple(np.shape(samples[name])[1:])) for name in measures), group > 1, controls)


def tally_rows(samples: Sequence[Mapping[str, Any]], layout: Layout, group: int = 1) -> Array:
    """Return the tallies of a block at several points, shape (points, width).

    Parameters
    ----------
    samples
        Per point, each measure's array (replicates, ...), of this layout; NaN means "does not apply". Where there are
        controls, NAME_control is an array (replicates, ..., controls).
    layout
        What the measures look like.
    group
        How many replicates in a row were drawn together.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # of replicates that overflowed
        drawn = zip(_cubes(samples, layout), *_control_cubes(samples, layout), strict=True)
        parts = [_tally([np.moveaxis(cube, -1, 0) for cube in cubes], group) for cubes in drawn]
    if len(parts) == 1:
        return layout.rows(parts[0])
    arrays = [part.arrays() for part in parts]
    joined = {
        name: arrays[0][name] if name.endswith(".number") else np.concatenate([one[name] for one in arrays], axis=-1)
        for name in arrays[0]
    }
    return layout.rows(Tally.from_arrays(joined))


def _tally(cubes: Sequence[Array], group: int) -> Tally:
    """Return the tally of samples, the first, with their controls, the others."""
    measured, *controls = cubes
    return Tally.of(measured, group, np.stack(controls) if controls else None)


def _control_cubes(samples: Sequence[Mapping[str, Any]], layout: Layout) -> list[Iterator[Array]]:
    """Return, control by control, what ``_cubes`` does; one that overflowed is 0, as its mirror image would be."""

    def one(number: int) -> list[dict[str, Array]]:
        found = []
        for each in samples:
            chosen = {name: each[name + CONTROL][..., number] for name, _ in layout.shapes}
            found.append({name: np.where(np.isfinite(array), array, 0.0) for name, array in chosen.items()})
        return found

    return [_cubes(one(number), layout) for number in range(layout.controls)]


def _cubes(samples: Sequence[Mapping[str, Any]], layout: Layout) -> Iterator[Array]:
    """Yield the samples as arrays (points, cells, replicates), replicates contiguous, some cells at a time."""
    replicates = len(samples[0][layout.shapes[0][0]])
    room = max(1, SLAB // (len(samples) * replicates))
    for batch in _batches(layout, room):
        cube = np.empty((len(samples), sum(stop - start for _, start, stop in batch), replicates))
        for one, out in zip(samples, cube, strict=True):
            at = 0
            for name, start, stop in batch:
                flat = np.reshape(one[name], (replicates, -1))
                out[at : at + stop - start] = flat[:, start:stop].T
                at += stop - start
        yield cube


def _batches(layout: Layout, room: int) -> list[list[tuple[str, int, int]]]:
    """Return pieces (measure, first cell, last cell + 1) in order, in batches of at most ``room`` cells."""
    batches: list[list[tuple[str, int, int]]] = [[]]
    left = room
    for name, shape in layout.shapes:
        start, size = 0, prod(shape)
        while start < size:
            if left == 0:
                batches.append([])
                left = room
            stop = min(size, start + left)
            batches[-1].append((name, start, stop))
            left -= stop - start
            start = stop
    return batches
