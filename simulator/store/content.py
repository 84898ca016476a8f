"""What a file says, read without the law: its specification, the latest sweep's demand, and what is finished of it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Demand
from simulator.frame import Frame
from simulator.ledger import Ledger
from simulator.store.file import connect, damaged, read_blocks, read_refinements, refusing


@dataclass(frozen=True)
class Asked:
    """What the latest sweep on a file asked for: labels, demand, and per point its number and components."""

    frame: Frame
    demand: Demand
    ids: NDArray[np.int64]
    components: NDArray[np.int64]


def specification_of(path: Path) -> dict[str, Any]:
    """Return the specification that a file was made for."""
    connection = connect(path)
    try:
        return dict(json.loads(entry(path, connection, "spec")))
    except (TypeError, json.JSONDecodeError) as error:
        raise damaged(path, error) from None
    finally:
        connection.close()


def entry(path: Path, connection: sqlite3.Connection, name: str) -> Any:
    """Return an entry of the file, None if it is not there."""
    with refusing(path):
        row = connection.execute("select value from meta where name = ?", (name,)).fetchone()
    return row[0] if row else None


def asked(path: Path, connection: sqlite3.Connection) -> Asked | None:
    """Return what the latest sweep asked for; None where none has come so far."""
    frame, demand, ids, components = (
        entry(path, connection, name) for name in ("frame", "demand", "points", "components")
    )
    if frame is None:
        return None
    try:
        return Asked(
            Frame.from_text(frame),
            Demand.from_text(demand),
            np.frombuffer(ids, dtype="<i8").astype(np.int64),
            np.frombuffer(components, dtype="<i8").astype(np.int64),
        )
    except (TypeError, ValueError, KeyError) as error:
        raise damaged(path, error) from None


def replay(path: Path, connection: sqlite3.Connection, ids: NDArray[np.int64], ledger: Ledger) -> None:
    """Give a ledger every block and discretization error of its points that a file holds and that it wants."""
    place = np.full(int(ids.max(initial=0)) + 1, -1)
    place[ids[ids >= 0]] = np.flatnonzero(ids >= 0)

    def places(stored: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        known = (stored >= 0) & (stored < len(place))
        found = np.where(known, place[np.where(known, stored, 0)], -1)
        return found, found >= 0

    for block, used, layout, stored, rows, diverged in read_blocks(path, connection):
        points, here = places(stored)
        wanted = here & (ledger.used(points, block) == used)
        ledger.add(points[wanted], block, layout, rows[wanted], diverged[wanted])
    for size, shape, stored, errors in read_refinements(path, connection):
        points, here = places(stored)
        wanted = here & ledger.refines(points, size)
        if wanted.any():
            ledger.refine(points[wanted], shape, None if errors is None else errors[wanted])
