"""The axes of a design: what is given along each, by parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.distribution import is_distribution
from simulator.experiment import Experiment
from simulator.parameter import nearest

CASE = "case"


@dataclass(frozen=True)
class Axis:
    """A dimension of a design.

    Parameters
    ----------
    name
        The parameter, or "case".
    entries
        Per place along it, what is given there, by parameter.
    labels
        What the places are called, where the values themselves do not.
    """

    name: str
    entries: tuple[Mapping[str, Any], ...]
    labels: tuple[Any, ...] | None = None

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters that it sets somewhere."""
        return list(dict.fromkeys(name for entry in self.entries for name in entry))


def axes_of(experiment: Experiment, over: Any, cases: Any, fixed: Any) -> tuple[tuple[Axis, ...], Mapping[str, Any]]:
    """Return the axes and the fixed values of a call of ``sweep``; values are not resolved yet.

    Raises
    ------
    ValueError, TypeError
        In one line, for unknown names, a parameter that is set twice, and empty or misshapen arguments.
    """
    axes = [_axis(experiment, str(name), values) for name, values in _mapping("over", over).items()]
    if cases is not None:
        if any(axis.name == CASE for axis in axes):
            raise ValueError(f"over: got {CASE!r}, which cases are called; must differ; pass its values by cases")
        axes.append(_cases(cases))
    given = _mapping("fixed", fixed)
    _check_names(experiment, axes, given)
    return tuple(axes), given


def _mapping(place: str, given: Any) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TypeError(f"{place}: got {type(given).__name__}; must be a mapping by parameter; pass {{'name': ...}}")
    return given


def _axis(experiment: Experiment, name: str, values: Any) -> Axis:
    labels: Any = None
    if isinstance(values, Mapping):
        labels, values = list(values), list(values.values())
    if isinstance(values, str) or not hasattr(values, "__iter__") or is_distribution(values):
        raise TypeError(f"over: got {values!r} for {name}; must be a sequence of values; pass [{values!r}]")
    entries = list(values)
    if not entries:
        raise ValueError(f"over: got no values for {name}; must have at least one; leave it out or pass one")
    if labels is None and any(_unlabeled(experiment, name, value) for value in entries):
        labels = range(len(entries))
    named = None if labels is None else tuple(one if isinstance(one, int) else str(one) for one in labels)
    return Axis(name, tuple({name: value} for value in entries), named)


def _unlabeled(experiment: Experiment, name: str, value: Any) -> bool:
    """Tell whether a value cannot stand on an axis by itself."""
    vector = any(parameter.name == name and parameter.dim for parameter in experiment.parameters)
    return vector or is_distribution(value)


def _cases(cases: Any) -> Axis:
    if isinstance(cases, Mapping | str) or not hasattr(cases, "__iter__"):
        raise TypeError(f"cases: got {type(cases).__name__}; must be a list of mappings; pass [{{'name': ...}}]")
    entries = tuple(_mapping(f"cases[{place}]", case) for place, case in enumerate(cases))
    if not entries:
        raise ValueError("cases: got no points; must have at least one; leave it out or pass [{}]")
    return Axis(CASE, entries)


def _check_names(experiment: Experiment, axes: Sequence[Axis], fixed: Mapping[str, Any]) -> None:
    known = [parameter.name for parameter in experiment.parameters]
    owners: dict[str, str] = {}
    for owner, names in [*((axis.name, axis.parameters) for axis in axes), ("fixed", list(fixed))]:
        for name in names:
            if name not in known:
                raise ValueError(f"unknown parameter {name!r}; {nearest(str(name), known)}")
            if name in owners:
                first, second = ("over" if one == name else one for one in (owners[name], owner))
                raise ValueError(f"{name}: is set in {first} and in {second}; must be set once; leave one out")
            owners[name] = owner
    taken = {dim for one in experiment.measures.values() for dim in one.dims} | set(experiment.measures)
    for axis in axes:
        if axis.name in taken:
            raise ValueError(
                f"{axis.name}: cannot be an axis of the design and of {experiment.name}'s measures; sweep it by cases, "
                "or choose other measures"
            )
