"""Which experiments there are: every law and experiment of every phenomenon, found by name and listed nowhere."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any, TypeAlias

import simulator.models
from simulator.experiment import Experiment
from simulator.model import Model
from simulator.parameter import nearest

Subject: TypeAlias = Model | Experiment


def phenomena() -> tuple[str, ...]:
    """Return the names of the phenomena, the modules of ``simulator.models``, in alphabetical order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(simulator.models.__path__)))


def declared(phenomenon: str) -> dict[str, Subject]:
    """Return what a phenomenon declares, by name: its laws and experiments, then its ``variants``.

    Raises ValueError, with the nearest right name, if there is no such phenomenon, or if two things have one name.
    """
    if phenomenon not in phenomena():
        raise ValueError(f"unknown phenomenon {phenomenon!r}; {nearest(phenomenon, phenomena())}")
    contents = vars(import_module(f"simulator.models.{phenomenon}"))
    found: dict[str, Subject] = {}
    for subject in (*contents.values(), *contents.get("variants", ())):
        if isinstance(subject, (Model, Experiment)):
            _add(found, subject, phenomenon)
    return found


def subjects() -> dict[str, Subject]:
    """Return every law and experiment by name, phenomenon by phenomenon; see `declared` for the errors raised."""
    found: dict[str, Subject] = {}
    for phenomenon in phenomena():
        for subject in declared(phenomenon).values():
            _add(found, subject, phenomenon)
    return found


def find(name: str) -> Any:
    """Return the law or experiment of that name; raise ValueError, with the nearest right name, if there is none."""
    # The usual name is the phenomenon's own, and the others need not be imported for it.
    known = declared(name) if name in phenomena() else {}
    if name not in known:
        known = subjects()
    if name not in known:
        raise ValueError(f"unknown experiment {name!r}; {nearest(name, known)}")
    return known[name]


def _add(found: dict[str, Subject], subject: Subject, phenomenon: str) -> None:
    if found.setdefault(subject.name, subject) is not subject:
        raise ValueError(f"{phenomenon}: two experiments are called {subject.name!r}; must be one; rename the other")
