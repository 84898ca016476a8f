"""Which code a result came from: a hash of the source files, which needs none of them imported."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

KINDS = ("*.py", "*.npy")


def source_fingerprint(packages: Iterable[str]) -> str:
    """Return a SHA-256 in hexadecimal of every Python file and table of some packages.

    Comments and docstrings count: the rule is simple, and errs on the side of computing again.

    Parameters
    ----------
    packages
        Names of packages that can be found; one that cannot counts as empty.
    """
    digest = hashlib.sha256()
    for package in packages:
        for place in roots(package):
            for path in sorted(one for kind in KINDS for one in place.rglob(kind)):
                digest.update(f"{package}/{path.relative_to(place).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def roots(package: str) -> tuple[Path, ...]:
    """Return the folders of a package."""
    found = find_spec(package)
    return tuple(Path(one) for one in (found.submodule_search_locations or ())) if found else ()
