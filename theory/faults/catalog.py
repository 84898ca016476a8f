"""All planted faults, found in the files of this package and listed nowhere by hand."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

import theory.faults
from simulator.parameter import nearest
from theory.faults.fault import Fault


@cache
def faults() -> tuple[Fault, ...]:
    """Return every fault: the ``FAULTS`` of every file, files in alphabetical order.

    Raises ValueError, in one line, if two of one subject share a name.
    """
    names = [module.name for module in pkgutil.iter_modules(theory.faults.__path__)]
    files = [import_module(f"theory.faults.{name}") for name in sorted(names) if name != "catalog"]
    found: list[Fault] = [fault for file in files for fault in getattr(file, "FAULTS", ())]
    known = [(fault.subject, fault.name) for fault in found]
    for one in known:
        if known.count(one) > 1:
            raise ValueError(f"faults: {one[0]}.{one[1]} is declared twice; rename one")
    return tuple(found)


def get(name: str) -> Fault:
    """Return the fault called ``subject.name``; raise ValueError, with the nearest right name, if there is none."""
    known = {f"{fault.subject}.{fault.name}": fault for fault in faults()}
    if name not in known:
        raise ValueError(f"unknown fault {name!r}; {nearest(name, known)}")
    return known[name]
