"""Witness: a real learner, what is registered of it, how its runs are made again, and the verdicts on them.

A witness is a package here that has an object ``witness``. It keeps its registrations in ``registered/`` and the data
of its runs in ``data/``, a file ``NN-TABLE.csv`` per registration number and table, ``fit-TABLE.csv`` for the runs that
the predictions were fitted to.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from simulator.parameter import nearest
from witnesses import outcome
from witnesses.outcome import Data, Verdict
from witnesses.registration import Registration, registrations

Tables: TypeAlias = Mapping[str, Mapping[str, Any]]
Found: TypeAlias = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Witness:
    """A real learner and what is known of it.

    Parameters
    ----------
    name
        That of its package.
    says
        What learns, at what, in one sentence.
    directory
        Where ``registered`` and ``data`` are.
    run
        ``run(registration, seeds)`` makes the runs of those seeds and returns tables: per name columns of one length.
    judge
        ``judge(registration, tables)`` returns per forecast what came out and its standard error.
    register
        ``register(number, replaces, date)`` makes the runs to fit to and returns the next registration and the tables
        that it was fitted to.
    reasons
        Per registration number and forecast's name, the likely reason of what came out; written afterwards.
    """

    name: str
    says: str
    directory: Path
    run: Callable[[Registration, Sequence[int]], Tables]
    judge: Callable[[Registration, Tables], Found]
    register: Callable[[int, str, str], tuple[Registration, Tables]]
    reasons: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """All registrations, first to last; ValueError if one was changed."""
        return registrations(self.directory / "registered")

    def data(self, registration: Registration, table: str) -> Data:
        """Return a table of the runs that tested a registration; ValueError if they name another one."""
        return outcome.read(self.directory / "data" / f"{registration.number:02d}-{table}.csv", registration)

    def tables(self, registration: Registration) -> Tables:
        """Return all tables of the runs that tested a registration, none if it has not been tested yet."""
        paths = sorted((self.directory / "data").glob(f"{registration.number:02d}-*.csv"))
        return {path.stem[3:]: outcome.read(path, registration).columns for path in paths}

    def write(self, registration: Registration, tables: Tables) -> list[Path]:
        """Write the tables of all runs that test a registration, in the place of older ones."""
        return [
            outcome.write(
                self.directory / "data" / f"{registration.number:02d}-{table}.csv", columns,
                registration=registration.hash, command=f"python -m witnesses {self.name}", seeds=registration.seeds,
            )
            for table, columns in tables.items()
        ]  # fmt: skip

    def verdicts(self, registration: Registration, tables: Tables | None = None) -> tuple[Verdict, ...]:
        """Return the verdict on every forecast of a registration, from its stored data or the given tables."""
        tables = self.tables(registration) if tables is None else tables
        if not tables:
            return ()
        found = self.judge(registration, tables)
        return outcome.judged(registration, found, self.reasons.get(registration.number))


def witnesses() -> dict[str, Witness]:
    """Return every witness by its name: each package here that has one."""
    import witnesses as room

    found: dict[str, Witness] = {}
    for module in pkgutil.iter_modules(room.__path__):
        if module.ispkg:
            one: Witness = importlib.import_module(f"witnesses.{module.name}").witness
            found[one.name] = one
    return found


def find(name: str) -> Witness:
    """Return the witness of that name; ValueError, with the nearest right name, if there is none."""
    known = witnesses()
    if name not in known:
        raise ValueError(f"unknown witness {name!r}; {nearest(name, known)}")
    return known[name]


def verdicts() -> tuple[Verdict, ...]:
    """Return the verdicts on all forecasts of all registrations of all witnesses, from the stored data."""
    return tuple(
        verdict for one in witnesses().values() for registration in one.registrations
        for verdict in one.verdicts(registration)
    )  # fmt: skip
