"""Which phenomena there are and what is predicted of each: found by name, listed nowhere by hand."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.util import find_spec

import simulator.models
from simulator.parameter import nearest
from theory.prediction import Prediction


def phenomena() -> tuple[str, ...]:
    """Return the names of the phenomena that have both a law and a theory, in alphabetical order."""
    laws = sorted(module.name for module in pkgutil.iter_modules(simulator.models.__path__))
    return tuple(name for name in laws if find_spec(f"theory.{name}") is not None)


def subjects() -> tuple[str, ...]:
    """Return what can be checked: the machinery's own audit, and every phenomenon."""
    return ("audit", *phenomena())


def predictions(phenomenon: str) -> tuple[Prediction, ...]:
    """Return what is predicted of a phenomenon; raise ValueError with the nearest right name if it is unknown."""
    if phenomenon not in subjects():
        raise ValueError(f"unknown phenomenon {phenomenon!r}; {nearest(phenomenon, subjects())}")
    found: tuple[Prediction, ...] = import_module(f"theory.{phenomenon}").predictions
    return found


def get(name: str) -> Prediction:
    """Return the prediction called ``phenomenon.prediction``.

    Raises ValueError, with the nearest right name, if there is none.
    """
    phenomenon = name.partition(".")[0]
    known = {found.name: found for found in predictions(phenomenon)}
    if name not in known:
        raise ValueError(f"unknown prediction {name!r}; {nearest(name, known)}")
    return known[name]


def is_listed(prediction: Prediction) -> bool:
    """Tell whether a prediction is the one that its name finds: another process would then find it too."""
    phenomenon = prediction.name.partition(".")[0]
    return phenomenon in subjects() and any(prediction is one for one in predictions(phenomenon))
