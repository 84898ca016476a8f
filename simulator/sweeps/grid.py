"""The points of a design: values by axis, resolved and identified point by point, without repeating what they share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from simulator.experiment import Experiment
from simulator.frame import Coordinate, label
from simulator.identity import canonical, fingerprint, joined
from simulator.parameter import Parameter, Resolved, resolve
from simulator.sweeps.axes import CASE, Axis, axes_of

_Values = tuple[Resolved, dict[str, str]]


@dataclass
class Grid:
    """The product of axes, in their order, the last one fastest.

    Parameters
    ----------
    experiment
        What runs at the points.
    axes
        The dimensions.
    fixed
        Values by name at every point.
    """

    experiment: Experiment
    axes: tuple[Axis, ...]
    fixed: Mapping[str, Any]
    _bases: dict[Any, _Values] = field(default_factory=dict, repr=False)
    _entries: dict[Any, _Values] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.shape = tuple(len(axis.entries) for axis in self.axes)
        """How long the axes are."""
        self._by_name = {parameter.name: parameter for parameter in self.experiment.parameters}
        self._count_names = [parameter.name for parameter in self.experiment.parameters if parameter.integer]
        self._fixed_counts = {name: self.fixed[name] for name in self._count_names if name in self.fixed}
        self._names = [axis.parameters for axis in self.axes]
        named = {number: [self._by_name[name] for name in names] for number, names in enumerate(self._names)}
        self._set_by_axes = {name for names in self._names for name in names}
        self._counting = [number for number, some in named.items() if any(one.integer for one in some)]
        self._vectors = {number for number, some in named.items() if any(one.dim is not None for one in some)}
        whole = joined({**self._identity(), "parameters": "\0"})
        self._before, self._after = whole.split("\0")

    def _identity(self) -> dict[str, str]:
        identity = {**self.experiment.identity, "name": self.experiment.name}
        return {name: canonical(entry) for name, entry in identity.items()}

    def __len__(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def places(self, point: int) -> tuple[int, ...]:
        """Return where along each axis a point is."""
        places = []
        for length in reversed(self.shape):
            point, place = divmod(point, length)
            places.append(place)
        return tuple(reversed(places))

    def resolved(self, point: int) -> Resolved:
        """Return every parameter's value at a point."""
        values: Resolved = {}
        for more, _ in self._parts(self.places(point)):
            values.update(more)
        return values

    def points(self) -> Iterator[tuple[str, Resolved]]:
        """Yield every point: its fingerprint, the one that ``point_key`` takes the key from, and its values."""
        for places in product(*(range(length) for length in self.shape)):
            values, texts = self._whole(places)
            yield self._digest(texts), values

    def along(self, number: int, place: int) -> _Values:
        """Return what the axis of a number sets at a place, where the others are at their first."""
        places = [0] * len(self.axes)
        places[number] = place
        values, texts = self._whole(places)
        names = self._names[number]
        return {name: values[name] for name in names}, {name: texts[name] for name in names}

    def _digest(self, texts: Mapping[str, str]) -> str:
        """Return the fingerprint of a point from its values' texts: ``joined``, with the constant part made once."""
        inner = ",".join(sorted(texts.values()))
        return hashlib.sha256(f"{self._before}{{{inner}}}{self._after}".encode("ascii")).hexdigest()

    def _whole(self, places: Sequence[int]) -> _Values:
        """Return a point's values, and for each its name and canonical text."""
        values: Resolved = {}
        texts: dict[str, str] = {}
        for more, more_texts in self._parts(places):
            values.update(more)
            texts.update(more_texts)
        return values, texts

    def _parts(self, places: Sequence[int]) -> list[_Values]:
        """Return what a point's values are put together from: what no axis sets, and then axis by axis."""
        counts = self._fixed_counts
        for number in self._counting:
            entry = self.axes[number].entries[places[number]]
            counts = {**counts, **{name: value for name, value in entry.items() if self._by_name[name].integer}}
        key = tuple(counts.items())
        return [
            self._base(key, counts),
            *(self._entry(number, place, key, counts) for number, place in enumerate(places)),
        ]

    def _base(self, key: Any, counts: Mapping[str, Any]) -> _Values:
        """Return the values of what no axis sets, for these counts."""
        if key not in self._bases:
            self._bases[key] = _with_texts(resolve(self.experiment.parameters, {**self.fixed, **counts}))
        return self._bases[key]

    def _entry(self, number: int, place: int, key: Any, counts: Mapping[str, Any]) -> _Values:
        """Return the values of an axis at one place; a vector depends on the counts."""
        at = (number, place, key if number in self._vectors else None)
        if at not in self._entries:
            entry = self.axes[number].entries[place]
            needed = {*entry, *self._count_names}
            parameters = [parameter for parameter in self.experiment.parameters if parameter.name in needed]
            values = resolve(parameters, {**counts, **entry})
            self._entries[at] = _with_texts({name: values[name] for name in entry})
        return self._entries[at]


def _with_texts(values: Resolved) -> _Values:
    return values, {name: f"{json.dumps(name)}:{canonical(value)}" for name, value in values.items()}


def grid(experiment: Experiment, over: Any, cases: Any, fixed: Any) -> Grid:
    """Return the grid of a call of ``sweep``.

    Raises
    ------
    ValueError, TypeError
        In one line, for unknown names, a parameter that is set twice, empty or repeated values, and every value that
        breaks its parameter's rule.
    """
    axes, given = axes_of(experiment, over, cases, fixed)
    made = Grid(experiment, axes, given)
    for number, axis in enumerate(axes):
        _check_values(made, number, axis)
    return made


def _check_values(made: Grid, number: int, axis: Axis) -> None:
    """Resolve every value of an axis once, with the others at their first, and refuse repeated ones."""
    seen: dict[tuple[str, ...], int] = {}
    for place in range(len(axis.entries)):
        text = tuple(made.along(number, place)[1].values())
        if text in seen:
            raise ValueError(
                f"{axis.name}: entries {seen[text]} and {place} are the same point; must differ, or their replicates "
                "would be copies; give each once (more replicates, or another seed, are independent)"
            )
        seen[text] = place
    if axis.labels is not None and len(set(axis.labels)) < len(axis.labels):
        raise ValueError(f"{axis.name}: got labels {list(axis.labels)!r}; must differ; give each value its own")


def coordinates(made: Grid) -> list[Coordinate]:
    """Return the coordinates along the axes: a parameter's values, or labels and then the values beside them."""
    found: list[Coordinate] = []
    for number, axis in enumerate(made.axes):
        entries = [made.along(number, place)[0] for place in range(len(axis.entries))]
        if axis.name == CASE:
            found.append(Coordinate(CASE, (CASE,), list(range(len(entries)))))
        elif axis.labels is not None:
            found.append(Coordinate(axis.name, (axis.name,), list(axis.labels), label(made._by_name[axis.name])))
        for name in axis.parameters:
            named = f"{name}_value" if axis.labels is not None else name
            values = [entry[name] for entry in entries]
            parameter = made._by_name[name]
            sized = parameter.dim in made._set_by_axes  # then it has another length elsewhere
            found.append(_coordinate(parameter, named, axis.name, [str(one) for one in values] if sized else values))
    return found


def _coordinate(parameter: Parameter, name: str, axis: str, values: Sequence[Any]) -> Coordinate:
    """Return a parameter's values along an axis: numbers, vectors of one length, or else text."""
    attrs = label(parameter)
    if all(isinstance(value, int | float) for value in values):
        return Coordinate(name, (axis,), list(values), attrs)
    lengths = {value.shape for value in values if isinstance(value, np.ndarray)}
    if len(lengths) == 1 and all(isinstance(value, np.ndarray) for value in values):
        return Coordinate(name, (axis, f"{parameter.dim}_index"), [value.tolist() for value in values], attrs)
    texts = [str(value.tolist()) if isinstance(value, np.ndarray) else str(value) for value in values]
    return Coordinate(name, (axis,), texts, attrs)


def specification(made: Grid, digests: Sequence[str]) -> str:
    """Return the fingerprint of a design: of what runs, and of its points in order."""
    return fingerprint({**made.experiment.identity, "name": made.experiment.name, "points": list(digests)})
