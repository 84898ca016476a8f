"""Writer: the one who adds finished blocks to a file, in transactions that are soon committed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Demand
from simulator.estimate import Layout
from simulator.frame import Frame
from simulator.ledger import Ledger
from simulator.store.content import replay, specification_of
from simulator.store.file import check_pages, checksum, connect, create, encoded, layout_text, layouts, refusing
from simulator.store.lock import Lock, lock
from simulator.store.spec import differences

DELAY = 0.5
"""Seconds that finished work may wait to be committed."""


class UnwritableError(RuntimeError):
    """A file could not be written any more; what was committed before is kept."""


@dataclass
class Writer:
    """A file that is open for one sweep.

    Parameters
    ----------
    path, held, connection
        The file, its lock, and the connection to it.
    ids
        Per point of the design, its number in the file.
    committed
        The counts at the latest commit: what the file holds whatever happens now.
    """

    path: Path
    held: Lock
    connection: sqlite3.Connection
    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    committed: Mapping[str, int] = field(default_factory=dict)
    _layouts: dict[Layout, int] = field(default_factory=dict)
    _begun: float | None = None
    _broken: bool = False

    @classmethod
    def open(cls, path: Path, spec: Mapping[str, Any]) -> Writer:
        """Return a file open for writing, made where there is none.

        Raises
        ------
        ValueError
            In one line, where it cannot be written, is being written, is damaged or foreign, or is of another
            specification: then naming what differs.
        """
        held = lock(path)
        try:
            if not path.exists():
                create(path, spec)
            _refuse_changes(path, spec)
            return cls(path, held, connect(path))
        except BaseException:
            held.release()
            raise

    def resume(self, digests: Sequence[bytes], ledger: Ledger) -> None:
        """Give the ledger what is finished already. Nothing is written before all of it is found in order."""
        check_pages(self.path, self.connection)
        known = self._known()
        replay(self.path, self.connection, np.array([known.get(digest, -1) for digest in digests]), ledger)

    def _known(self) -> dict[bytes, int]:
        with refusing(self.path):
            return dict(self.connection.execute("select digest, id from points"))

    def begin(self, frame: Frame, demand: Demand, digests: Sequence[bytes], components: NDArray[np.int64]) -> None:
        """Write down what this sweep wants, and number its points."""
        numbered = layouts(self.path, self.connection)
        self.connection.close()
        self.connection = connect(self.path, writing=True)
        self._layouts = {layout: number for number, layout in numbered.items()}
        with refusing(self.path):
            self.connection.execute("begin immediate")
            known = self._known()
            new = sorted(digest for digest in digests if digest not in known)  # in the order of their index
            self.connection.executemany("insert into points(digest) values (?)", ((digest,) for digest in new))
            known = self._known() if new else known
            self.ids = np.array([known[digest] for digest in digests], dtype=np.int64)
            self.connection.execute("update points set failure = null where failure is not null")
            entries = {
                "frame": frame.text(),
                "demand": demand.text(),
                "points": self.ids.astype("<i8").tobytes(),
                "components": components.astype("<i8").tobytes(),
            }
            self.connection.executemany("insert or replace into meta values (?, ?)", entries.items())
            self.connection.execute("commit")

    def keep(self, points: NDArray[np.int64], block: int, used: int, layout: Layout, rows: Any, diverged: Any) -> None:
        """Add one block of several points."""
        number = self._number(layout)
        written = []
        for id, lost, row in zip(self.ids[points].tolist(), diverged.tolist(), rows, strict=True):
            numbers, data = (id, block, used, lost, number), encoded(row)
            written.append((*numbers, checksum(numbers, data), data))
        self._write("insert or ignore into blocks values (?, ?, ?, ?, ?, ?, ?)", written)

    def keep_refinements(self, points: NDArray[np.int64], size: int, layout: Layout | None, rows: Any) -> None:
        """Add the discretization errors of several points; without a layout, that there are none."""
        number = 0 if layout is None else self._number(layout)
        written = []
        for place, id in enumerate(self.ids[points].tolist()):
            numbers, data = (id, size, number), b"" if rows is None else encoded(rows[place])
            written.append((*numbers, checksum(numbers, data), data))
        self._write("insert or ignore into refinements values (?, ?, ?, ?, ?)", written)

    def note(self, point: int, parameters: str, failure: str | None = None) -> None:
        """Write down the parameters of a point that diverged or failed, and the error."""
        row = (parameters, failure, int(self.ids[point]))
        self._write("update points set note = ?, failure = ? where id = ?", [row])

    def _number(self, layout: Layout) -> int:
        if layout not in self._layouts:
            number = len(self._layouts) + 1
            self._write("insert into layouts values (?, ?)", [(number, layout_text(layout))])
            self._layouts[layout] = number
        return self._layouts[layout]

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if self._broken:  # SQLite may have ended the transaction: nothing may be added outside of one
            raise UnwritableError(f"{str(self.path)!r} cannot be written any more")
        try:
            if self._begun is None:
                self.connection.execute("begin immediate")
                self._begun = time.monotonic()
            self.connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self._lost(error) from None

    def commit(self, counts: Mapping[str, int], *, now: bool = False) -> None:
        """Commit what was added, if it has waited long enough or must not wait."""
        if self._broken or (self._begun is not None and not now and time.monotonic() - self._begun < DELAY):
            return
        try:
            if self._begun is not None:
                self.connection.executemany("insert or replace into meta values (?, ?)", counts.items())
                self.connection.execute("commit")
            self._begun, self.committed = None, dict(counts)
        except sqlite3.Error as error:
            raise self._lost(error) from None

    def _lost(self, error: sqlite3.Error) -> UnwritableError:
        self._broken = True
        return UnwritableError(f"{str(self.path)!r} cannot be written any more ({error})")

    def close(self) -> None:
        """Close the file and give up its lock; what is not committed is dropped."""
        try:
            if self.connection.in_transaction:
                self.connection.execute("rollback")
            # At rest the file is one file; where a reader still has it open it stays as it is.
            self.connection.execute("pragma journal_mode = delete")
        except sqlite3.Error:
            pass
        finally:
            self.connection.close()
            self.held.release()


def _refuse_changes(path: Path, spec: Mapping[str, Any]) -> None:
    found = differences(specification_of(path), spec)
    if found:
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        raise ValueError(
            f"store: {str(path)!r} is of another sweep: {', '.join(found[:3])}{more}; "
            "choose another file, or go back to what it was made with"
        )
