"""Which code a result came from: any change of a law, a prediction or the judge makes what was found before stale."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("simulator", "theory")
"""What a check rests on: drawing a figure changes no verdict."""


@cache
def code_fingerprint() -> str:
    """Return a SHA-256 in hexadecimal of every Python file and table of the packages that a check rests on.

    Comments and docstrings count: the rule is simple, and errs on the side of checking again.
    """
    digest = hashlib.sha256()
    for package in PACKAGES:
        for place in _roots(package):
            for path in sorted(one for kind in ("*.py", "*.npy") for one in place.rglob(kind)):
                digest.update(f"{package}/{path.relative_to(place).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _roots(package: str) -> tuple[Path, ...]:
    found = find_spec(package)
    return tuple(Path(one) for one in (found.submodule_search_locations or ())) if found else ()
