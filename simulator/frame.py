"""Frame: everything that labels results, as plain data, so that a file can be read without the law."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from simulator.distribution import is_distribution
from simulator.experiment import Experiment, Observable
from simulator.parameter import Parameter, Resolved

PACKAGES = ("goaldrift", "numpy", "scipy", "sympy", "xarray")


@dataclass(frozen=True)
class Coordinate:
    """Values along some dimensions.

    Parameters
    ----------
    name, dims
        What it is called and which dimensions it has; none for a single value.
    values
        Nested lists of numbers or text, of the shape of the dimensions.
    attrs
        ``long_name`` and ``units``, if there are any.
    """

    name: str
    dims: tuple[str, ...]
    values: Any
    attrs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """What labels the results of a design.

    Parameters
    ----------
    axes
        The dimensions of the design and their lengths; the points are in their order, the last axis fastest.
    measures
        Per measure, what it is.
    coordinates
        Of the design and of the measures' own axes.
    contrast
        The axis along which measures are compared with the first value, or None.
    discretized
        Whether measures have a discretization error.
    controlled
        Whether their means are adjusted by control variates.
    attrs
        Where the results come from.
    """

    axes: tuple[tuple[str, int], ...]
    measures: Mapping[str, Observable]
    coordinates: tuple[Coordinate, ...]
    contrast: str | None = None
    discretized: bool = False
    controlled: bool = False
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Return the frame as JSON; ``from_text`` is its inverse."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Frame:
        """Return the frame that ``text`` wrote."""
        parts = json.loads(text)
        return cls(
            axes=tuple((name, length) for name, length in parts["axes"]),
            measures={
                name: Observable(**{**one, "dims": tuple(one["dims"])}) for name, one in parts["measures"].items()
            },
            coordinates=tuple(Coordinate(**{**one, "dims": tuple(one["dims"])}) for one in parts["coordinates"]),
            contrast=parts["contrast"],
            discretized=parts["discretized"],
            controlled=parts.get("controlled", False),
            attrs=parts["attrs"],
        )


def provenance(experiment: Experiment, seed: str, **more: Any) -> dict[str, Any]:
    """Return where results come from: the experiment, every plain entry of its identity, the seed, the versions."""
    entries = {name: value for name, entry in experiment.identity.items() if (value := _plain(entry)) is not None}
    return {
        "experiment": experiment.name,
        "level": "experiment",
        "law": "",
        **entries,
        **more,
        "seed": seed,
        **{f"version_{package}": version(package) for package in PACKAGES},
    }


def _plain(entry: Any) -> Any:
    """Return a number, text, or a list of either, as it may stand in a file's attributes; None for anything else."""
    if isinstance(entry, bool | np.bool_):
        return int(entry)
    if isinstance(entry, str | int | float):
        return entry
    if isinstance(entry, np.generic):
        return entry.item()
    if isinstance(entry, list | tuple | np.ndarray):
        items = [_plain(item) for item in entry]
        if items and all(isinstance(item, str) for item in items):
            return items
        if items and all(isinstance(item, int | float) for item in items):
            return items
    return None


def label(parameter: Parameter) -> dict[str, str]:
    """Return the label of a parameter's coordinate."""
    return {"long_name": parameter.meaning, "units": parameter.unit}


def scalars(experiment: Experiment, resolved: Resolved, without: Iterable[str] = ()) -> list[Coordinate]:
    """Return the parameters that are one number, and the same at every point."""
    left_out = set(without)
    return [
        Coordinate(parameter.name, (), resolved[parameter.name], label(parameter))
        for parameter in experiment.parameters
        if parameter.name not in left_out and isinstance(resolved[parameter.name], (int, float))
    ]


def component_axes(
    experiment: Experiment, points: Iterable[Resolved], axes: Sequence[tuple[str, int]]
) -> list[Coordinate]:
    """Return the coordinates of the measures' own axes.

    Where they differ between points but start alike, the longest stands for all; otherwise they are a coordinate
    ``{axis}_values`` along the points too, padded with NaN.
    """
    found = []
    points = points if any(map(callable, experiment.coordinates.values())) else ()
    listed = list(points)
    for axis, given in experiment.coordinates.items():
        values = [np.asarray(given(point)) for point in listed] if callable(given) else [np.asarray(given)]
        longest = max(values, key=len)
        if all(np.array_equal(one, longest[: len(one)]) for one in values):
            found.append(Coordinate(axis, (axis,), longest.tolist()))
            continue
        padded = np.full((len(values), len(longest)), np.nan)
        for row, one in zip(padded, values, strict=True):
            row[: len(one)] = one
        shape = (*(length for _, length in axes), len(longest))
        dims = (*(name for name, _ in axes), axis)
        found.append(Coordinate(f"{axis}_values", dims, padded.reshape(shape).tolist()))
    return found


def readable(resolved: Mapping[str, Any]) -> str:
    """Return a point as JSON whose numbers are exact; distributions are written as they are declared."""
    return json.dumps({name: _written(value) for name, value in resolved.items()})


def _written(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value) if is_distribution(value) else value
