"""What an experiment takes and gives, in rows of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulator.catalog import Subject
from simulator.experiment import Observable
from simulator.model import Model
from simulator.observation import TIME, observables
from simulator.parameter import Parameter


def parameters(subject: Subject) -> tuple[Parameter, ...]:
    """Return what a point fixes; a law's agents are observed at a ``time`` unless ``times`` are asked for."""
    return (*subject.parameters, TIME) if isinstance(subject, Model) else subject.parameters


def measures(subject: Subject) -> Mapping[str, Observable]:
    """Return what is measured, those of its stopping included."""
    return (
        observables(subject, tuple(subject.observed), timed=False) if isinstance(subject, Model) else subject.measures
    )


def parameter_row(parameter: Parameter) -> tuple[str, ...]:
    """Return name, default with its unit, range, and meaning."""
    value: Any = parameter.default
    if callable(value):
        text = str(getattr(value, "__name__", value)).replace("_", " ")
    else:
        text = "(" + ", ".join(f"{one:g}" for one in value) + ")" if isinstance(value, Sequence) else f"{value}"
    return parameter.name, f"{text} {parameter.unit}".strip(), _values(parameter), parameter.meaning


def _values(parameter: Parameter) -> str:
    low, high = parameter.range.low, parameter.range.high
    if parameter.integer:
        first = max(1, round(low)) if np.isfinite(low) else 1
        return f"{first}, {first + 1}, …" if np.isinf(high) else f"{first}, …, {high:g}"
    return str(parameter.range).replace("inf", "∞") + (f"^{parameter.dim}" if parameter.dim else "")


def measure_row(name: str, observable: Observable) -> tuple[str, ...]:
    """Return name, axes, unit and meaning."""
    return name, ", ".join(observable.dims), observable.unit, observable.meaning
