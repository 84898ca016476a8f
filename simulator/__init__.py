"""A theory simulator for what training does to an agent's goals: laws, levels of description, sweeps.

Names load on first use, so that ``import simulator`` costs little more than ``import numpy``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.declaration import Measure
    from simulator.distribution import Exponential, Normal, Sphere, Uniform
    from simulator.experiment import Experiment, Observable
    from simulator.functions import logistic, softplus, total
    from simulator.model import Model, Trait
    from simulator.parameter import Parameter, Range
    from simulator.point import simulate
    from simulator.sweeps import sweep

_HOMES = {
    "Experiment": "experiment",
    "Exponential": "distribution",
    "Measure": "declaration",
    "Model": "model",
    "Normal": "distribution",
    "Observable": "experiment",
    "Parameter": "parameter",
    "Range": "parameter",
    "Sphere": "distribution",
    "Trait": "model",
    "Uniform": "distribution",
    "logistic": "functions",
    "simulate": "point",
    "softplus": "functions",
    "sweep": "sweeps",
    "total": "functions",
}

__all__ = [
    "Experiment", "Exponential", "Measure", "Model", "Normal", "Observable", "Parameter", "Range", "Sphere", "Trait",
    "Uniform", "logistic", "simulate", "softplus", "sweep", "total",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    return getattr(import_module(f"simulator.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
