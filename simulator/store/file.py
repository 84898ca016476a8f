"""The file itself: SQLite tables of plain numbers and JSON; opening it runs no code.

A row is a block of a point: who it is, and its tallies as little-endian float64, with a checksum. Rows are added and
never changed. While a sweep writes, the file is in write-ahead mode, so that what was committed outlives the process.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import Layout

APPLICATION = 0x676F616C
FORMAT = 1
MAGIC = b"SQLite format 3\x00"
PAGE = 16384
BATCH = 2**12

SCHEMA = """
create table meta(name text primary key, value) without rowid;
create table layouts(id integer primary key, content text not null unique);
create table points(id integer primary key, digest blob not null unique, note text, failure text);
create table blocks(
    point integer, block integer, used integer, diverged integer, layout integer, checksum integer, data blob,
    primary key (point, block, used)
) without rowid;
create table refinements(
    point integer, size integer, layout integer, checksum integer, data blob, primary key (point, size)
) without rowid;
"""


def create(path: Path, spec: Mapping[str, Any]) -> None:
    """Make an empty file for a specification; it appears under its name only when it is whole."""
    beside = path.with_name(path.name + "-new")
    with refusing(path):
        beside.unlink(missing_ok=True)
        connection = sqlite3.connect(beside, isolation_level=None)
        try:
            connection.execute(f"pragma page_size = {PAGE}")
            connection.execute(f"pragma application_id = {APPLICATION}")
            connection.execute(f"pragma user_version = {FORMAT}")
            connection.executescript(f"begin; {SCHEMA} commit;")
            connection.execute("insert into meta values ('spec', ?)", (json.dumps(spec),))
        finally:
            connection.close()
        beside.replace(path)


def check(path: Path) -> None:
    """Raise ValueError, in one line, unless a file is a sweep's, of this format, and whole."""
    remedy = "it is left as it is; choose another file"
    if not path.is_file():
        raise ValueError(f"store: got {str(path)!r}, where there is no file; check the path")
    with path.open("rb") as file:
        head = file.read(100)
    if head[:16] != MAGIC or int.from_bytes(head[68:72], "big") != APPLICATION:
        raise ValueError(f"store: {str(path)!r} is not a file of a sweep; {remedy}")
    if int.from_bytes(head[60:64], "big") != FORMAT:
        found = int.from_bytes(head[60:64], "big")
        raise ValueError(f"store: {str(path)!r} has format {found}, and this version reads format {FORMAT}; {remedy}")


def damaged(path: Path, what: object) -> ValueError:
    """Return the error for a file whose content cannot be right."""
    return ValueError(f"store: {str(path)!r} is damaged ({what}); it is left as it is; restore a copy or start anew")


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say of a file into one line."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "malformed" in str(error) or "no such" in str(error):
            raise damaged(path, error) from None
        raise ValueError(f"store: {str(path)!r} cannot be used ({error}); choose another file or directory") from None
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from None
    except OSError as error:
        raise ValueError(f"store: {str(path)!r} cannot be used ({error}); choose another file or directory") from None


def connect(path: Path, *, writing: bool = False) -> sqlite3.Connection:
    """Return a connection to a file that is a sweep's."""
    check(path)
    with refusing(path):
        mode = "rw" if writing else "ro"
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        try:
            if writing:
                connection.execute("pragma journal_mode = wal")
                connection.execute("pragma synchronous = normal")
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def check_pages(path: Path, connection: sqlite3.Connection) -> None:
    """Raise ValueError, in one line, unless every page of the file is in order."""
    with refusing(path):
        found = connection.execute("pragma quick_check(1)").fetchone()[0]
    if found != "ok":
        raise damaged(path, " ".join(str(found).split()))


def layout_text(layout: Layout) -> str:
    """Return a layout as JSON."""
    shapes = [[name, list(shape)] for name, shape in layout.shapes]
    return json.dumps({"shapes": shapes, "grouped": layout.grouped, "controls": layout.controls})


def layout_from(text: str) -> Layout:
    """Return the layout that ``layout_text`` wrote."""
    content = json.loads(text)
    shapes = tuple((name, tuple(shape)) for name, shape in content["shapes"])
    return Layout(shapes, content["grouped"], content.get("controls", 0))


def layouts(path: Path, connection: sqlite3.Connection) -> dict[int, Layout]:
    """Return the layouts that the rows of a file have."""
    with refusing(path):
        found = connection.execute("select id, content from layouts").fetchall()
    try:
        return {number: layout_from(text) for number, text in found}
    except (TypeError, ValueError, KeyError) as error:
        raise damaged(path, error) from None


def checksum(numbers: Sequence[int], data: bytes) -> int:
    """Return the checksum of a row."""
    return zlib.crc32(data, zlib.crc32(struct.pack(f"<{len(numbers)}q", *numbers)))


def encoded(row: NDArray[np.float64]) -> bytes:
    """Return numbers as bytes, little-endian float64."""
    return row.astype("<f8", copy=False).tobytes()


def decoded(rows: Sequence[bytes], width: int) -> NDArray[np.float64]:
    """Return rows of bytes as an array (rows, width); raise ValueError if there are not as many numbers."""
    return np.frombuffer(b"".join(rows), dtype="<f8").astype(np.float64, copy=False).reshape(len(rows), width)


Batch = tuple[int, int, Layout, NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]


def read_blocks(path: Path, connection: sqlite3.Connection) -> Iterator[Batch]:
    """Yield (block, used, layout, points, rows, diverged) of all rows, for each point in the order of its blocks."""
    known = layouts(path, connection)
    query = "select point, block, used, diverged, layout, checksum, data from blocks order by point, block, used"
    with refusing(path):
        cursor = connection.execute(query)
        while batch := cursor.fetchmany(BATCH):
            alike: dict[tuple[int, int, int], list[Any]] = {}
            for row in batch:
                _verify(path, row[:5], row[5], row[6])
                alike.setdefault((row[1], row[2], row[4]), []).append(row)
            for (block, used, layout), rows in sorted(alike.items()):
                points, diverged = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 3))
                width = known[layout].width if layout in known else -1
                numbers = _decoded(path, [row[6] for row in rows], width)
                counts = numbers[:, : known[layout].cells]
                if not np.all((counts >= 0) & (counts <= used)):
                    raise damaged(
                        path, f"a row counts more than the {used} replicates of its block, or fewer than none"
                    )
                yield block, used, known[layout], points, numbers, diverged


def read_refinements(
    path: Path, connection: sqlite3.Connection
) -> Iterator[tuple[int, Layout | None, NDArray[np.int64], NDArray[np.float64] | None]]:
    """Yield (size, layout, points, rows) of all discretization errors; None of points where they cannot be told."""
    known = layouts(path, connection)
    with refusing(path):
        cursor = connection.execute("select point, size, layout, checksum, data from refinements order by point, size")
        while batch := cursor.fetchmany(BATCH):
            alike: dict[tuple[int, int], list[Any]] = {}
            for row in batch:
                _verify(path, row[:3], row[3], row[4])
                alike.setdefault((row[1], row[2]), []).append(row)
            for (size, layout), rows in alike.items():
                points = np.array([row[0] for row in rows], dtype=np.int64)
                if layout == 0:
                    yield size, None, points, None
                else:
                    width = 2 * known[layout].cells if layout in known else -1
                    yield size, known[layout], points, _decoded(path, [row[4] for row in rows], width)


def _verify(path: Path, numbers: Sequence[int], expected: int, data: bytes) -> None:
    try:
        if checksum(numbers, data) == expected:
            return
    except (struct.error, TypeError):  # not even numbers
        pass
    raise damaged(path, f"the checksum of row {tuple(numbers)} is wrong")


def _decoded(path: Path, rows: Sequence[bytes], width: int) -> NDArray[np.float64]:
    if any(len(row) != 8 * width for row in rows):
        raise damaged(path, f"a row has {len(rows[0])} bytes instead of {8 * width}")
    return decoded(rows, width)
