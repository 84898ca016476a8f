"""One writer a file: a lock that the operating system releases however its owner ends."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lock:
    """A lock that is held; SQLite's own, on an empty file beside the one that is written, so that others may read it.

    Parameters
    ----------
    path
        The lock's file.
    connection
        What holds it.
    """

    path: Path
    connection: sqlite3.Connection

    def release(self) -> None:
        """Give the lock up and remove its file."""
        with suppress(OSError):  # where open files cannot be removed it stays, which does no harm
            self.path.unlink()
        self.connection.close()


def lock(path: Path) -> Lock:
    """Return the lock of a file.

    Raises
    ------
    ValueError
        In one line, if somebody holds it or its directory cannot be written.
    """
    beside = path.with_name(path.name + "-lock")
    while True:
        try:
            beside.touch()
            before = os.stat(beside).st_ino
            connection = sqlite3.connect(beside, timeout=0.0, isolation_level=None)
            connection.execute("begin exclusive")
        except FileNotFoundError:
            raise ValueError(f"store: got {str(path)!r}; its directory does not exist; make it first") from None
        except sqlite3.OperationalError as error:
            connection.close()
            if "locked" in str(error):
                raise ValueError(
                    f"store: {str(path)!r} is being written by another sweep; wait until it ends or choose another file"
                ) from None
            raise ValueError(_unwritable(path, error)) from None
        except OSError as error:
            raise ValueError(_unwritable(path, error)) from None
        # Whoever held the lock may have removed the file in between: then this is the lock of no file.
        if beside.exists() and os.stat(beside).st_ino == before:
            return Lock(beside, connection)
        connection.close()


def _unwritable(path: Path, error: Exception) -> str:
    return f"store: got {str(path)!r}, where nothing can be written ({error}); choose another directory"
