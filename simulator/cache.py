"""Text that takes long to derive, kept on disk under a key of everything that it follows from.

The cache is a convenience: it may be deleted at any time, a file that was damaged or cut short is not believed, and
where nothing can be written everything is derived again.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

VARIABLE = "GOALDRIFT_CACHE"


def directory() -> Path | None:
    """Return where texts are kept: what ``GOALDRIFT_CACHE`` says (nothing: nowhere), else the user's cache folder."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    with suppress(RuntimeError):  # there may be no home
        return (Path(base) if base else Path.home() / ".cache") / "goaldrift"
    return None


def kept(key: str, derive: Callable[[], str]) -> str:
    """Return a text, from disk if it was derived before.

    Parameters
    ----------
    key
        Everything that the text follows from, versions of code included: equal keys must mean equal texts.
    derive
        Derives it; what it raises is raised, and nothing is kept.
    """
    place = directory()
    if place is None:
        return derive()
    path = place / f"{_digest(key)}.txt"
    found = _read(path)
    if found is None:
        found = derive()
        with suppress(OSError):
            _write(path, found)
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> str | None:
    """Return the text of a file whose first line is its digest, None for any other."""
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest == _digest(text) else None


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, whoever else is writing it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(f"{_digest(text)}\n{text}")
        os.replace(name, path)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise
