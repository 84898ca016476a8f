"""The catalog: every figure of every phenomenon, found by name and listed nowhere."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from figures.figure import Figure

Draw: TypeAlias = "Callable[..., Figure]"


def phenomena() -> tuple[str, ...]:
    """Return the names of the phenomena that have a file of figures, without importing their models; witnesses last."""
    import simulator.models

    found = (module.name for module in pkgutil.iter_modules(simulator.models.__path__))
    drawn = sorted(name for name in found if importlib.util.find_spec(f"figures.{name}") is not None)
    return (*drawn, "witnesses")


def functions() -> dict[str, Draw]:
    """Return every figure's function by its name, phenomenon by phenomenon, each in its own order.

    Returns
    -------
    dict
        ``draw(axes=None, *, replicates=..., seed=..., **parameters) -> Figure`` per name.

    Raises
    ------
    ValueError
        If a file of figures has no tuple ``figures``, or two figures have one name.
    """
    found: dict[str, Draw] = {}
    for phenomenon in phenomena():
        module = importlib.import_module(f"figures.{phenomenon}")
        if not hasattr(module, "figures"):
            raise ValueError(f"{module.__name__}: has no 'figures'; must be a tuple of functions; add it")
        for function in module.figures:
            name = function.__name__
            if name in found:
                raise ValueError(
                    f"{module.__name__}: figure {name!r} is also in {found[name].__module__}; "
                    "must be one function a name; rename one"
                )
            found[name] = function
    return found


def names() -> tuple[str, ...]:
    """Return the names of all figures, in the order of `functions`, which see for the errors raised."""
    return tuple(functions())


def find(name: str) -> Draw:
    """Return the function that draws a figure.

    Parameters
    ----------
    name
        One of `names`.

    Returns
    -------
    Draw
        ``draw(axes=None, *, replicates=..., seed=..., **parameters) -> Figure``.

    Raises
    ------
    ValueError
        If there is no such figure, with the nearest right name.
    """
    from simulator.parameter import nearest

    known = functions()
    if name not in known:
        raise ValueError(f"unknown figure {name!r}; {nearest(name, known)}")
    return known[name]
