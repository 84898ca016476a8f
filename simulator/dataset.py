"""Results as labeled data: an xarray.Dataset with the means, their errors, and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.estimate import SAFETY
from simulator.experiment import Observable
from simulator.frame import Frame
from simulator.outcome import CONTRAST, Outcome, Table, usable


def to_dataset(frame: Frame, outcome: Outcome) -> xr.Dataset:
    """Return the outcome of a design as a Dataset; where a point is not to be trusted its values are NaN."""
    dims = tuple(name for name, _ in frame.axes)
    variables: dict[str, Any] = {}
    for name, observable in frame.measures.items():
        for variable, values, attrs in _statistics(name, observable, frame, outcome):
            shape = (*(length for _, length in frame.axes), *values.shape[1:])
            variables[variable] = ((*dims, *observable.dims), values.reshape(shape), attrs)
        if name in outcome.samples:
            variables[f"{name}_samples"] = (("replicate", *observable.dims), outcome.samples[name])
    lengths = [length for _, length in frame.axes]
    counts = {"replicates": "number of replicates", "diverged": "replicates that overflowed"}
    for name, meaning in counts.items():
        variables[name] = (dims, getattr(outcome, name).reshape(lengths), {"long_name": meaning})
    variables["status"] = (dims, np.array(outcome.status, dtype=np.str_).reshape(lengths))
    coordinates = {one.name: (one.dims, one.values, dict(one.attrs)) for one in frame.coordinates}
    return xr.Dataset(variables, coords=coordinates, attrs=dict(frame.attrs))


Variable = tuple[str, NDArray[Any], dict[str, str]]


def _statistics(name: str, observable: Observable, frame: Frame, outcome: Outcome) -> list[Variable]:
    """Return the variables of one measure, each with its values (points, ...)."""
    parts = [(table, table.layout.measured(table.rows, name)) for table in outcome.tables]
    # A replicate that overflowed makes a mean meaningless; leaving it out would be a silent choice.
    trusted = _usable(outcome)

    def whole(value: Any, fill: float = np.nan) -> NDArray[Any]:
        return _padded([(table.points, value(tally)) for table, tally in parts], observable, frame, outcome, fill)

    count = whole(lambda tally: tally.count, 0.0)
    valid = np.where((count > 0) & trusted.reshape(-1, *[1] * (count.ndim - 1)), 1.0, np.nan)
    mean = whole(lambda tally: tally.mean) * valid
    error = whole(lambda tally: tally.error(observable.indicator)) * valid
    variables = [
        (name, mean, {"long_name": observable.meaning, "units": observable.unit}),
        (f"{name}_se", error, {"long_name": f"standard error of {name}"}),
        (f"{name}_var", whole(lambda tally: tally.variance) * valid, {"long_name": f"variance of {name}"}),
        (f"{name}_n", count.astype(np.int64), {"long_name": f"replicates of {name}"}),
    ]
    if frame.controlled:
        reduction = whole(lambda tally: tally.reduction) * valid
        label = f"variance of the plain mean of {name} over that of the adjusted one"
        variables.append((f"{name}_reduction", reduction, {"long_name": label}))
    if frame.discretized:
        bounds = [(table.points, _bound(table, name)) for table in outcome.refinements]
        bound = _padded(bounds, observable, frame, outcome, np.nan, mean.shape[1:]) * valid
        variables.append((f"{name}_de", bound, {"long_name": f"bound on the discretization error of {name}"}))
    if frame.contrast is not None:
        variables += _contrasts(name, observable, frame, outcome)
    return variables


def _contrasts(name: str, observable: Observable, frame: Frame, outcome: Outcome) -> list[Variable]:
    """Return the paired differences from the first value; 0 there, and NaN where either point is not to be trusted."""
    parts = [(table.points, table.layout.measured(table.rows, name + CONTRAST)) for table in outcome.tables]
    first, with_first = _firsts(frame)
    trusted = _usable(outcome)
    trusted = trusted & trusted[with_first]

    def whole(value: Any) -> NDArray[Any]:
        return _padded([(points, value(tally)) for points, tally in parts], observable, frame, outcome, np.nan)

    mean, count = whole(lambda tally: tally.mean), whole(lambda tally: tally.count)
    shape = (-1, *[1] * (mean.ndim - 1))
    valid = np.where((count > 0) & np.isfinite(mean) & trusted.reshape(shape), 1.0, np.nan)
    error = np.where(first.reshape(shape), 0.0, whole(lambda tally: tally.contrast_error(observable.indicator)))
    label = f"{name} less {name} at the first {frame.contrast}"
    return [
        (name + CONTRAST, mean * valid, {"long_name": label, "units": observable.unit}),
        (f"{name}{CONTRAST}_se", error * valid, {"long_name": f"standard error of {name}{CONTRAST}"}),
    ]


def _firsts(frame: Frame) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which points have the first value of the contrast, and for each point the one that has it."""
    lengths = [length for _, length in frame.axes]
    axis = [name for name, _ in frame.axes].index(str(frame.contrast))
    numbers = np.arange(np.prod(lengths, dtype=np.int64)).reshape(lengths)
    with_first = np.broadcast_to(np.take(numbers, [0], axis=axis), lengths).ravel()
    return with_first == numbers.ravel(), with_first


def _usable(outcome: Outcome) -> NDArray[np.bool_]:
    return np.array([usable(one) for one in outcome.status])


def _bound(table: Table, measure: str) -> NDArray[np.float64]:
    estimate, own_error = (table.layout.of_measure(half, measure) for half in np.split(table.rows, 2, axis=1))
    return np.asarray(SAFETY * np.abs(estimate) + 2.0 * own_error)


def _padded(
    parts: Sequence[tuple[Any, NDArray[Any]]],
    observable: Observable,
    frame: Frame,
    outcome: Outcome,
    fill: float,
    least: tuple[int, ...] = (),
) -> NDArray[Any]:
    """Return an array (points, ...) long enough for all parts and coordinates, filled where there is nothing."""
    known = {one.name: len(one.values) for one in frame.coordinates if one.dims == (one.name,)}
    shapes = [values.shape[1:] for _, values in parts] + ([least] if least else [])
    shapes.append(tuple(known.get(dim, 0) for dim in observable.dims))
    longest = tuple(map(max, zip(*shapes, strict=True)))
    whole = np.full((len(outcome.status), *longest), fill)
    for points, values in parts:
        whole[(points, *(slice(length) for length in values.shape[1:]))] = values
    return whole
