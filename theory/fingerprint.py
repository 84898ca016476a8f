"""Which code a check came from: any change of a law, a prediction or the judge makes what was found before stale."""

from __future__ import annotations

from functools import cache

from simulator.sources import source_fingerprint

PACKAGES = ("simulator", "theory")
"""What a check rests on: drawing a figure changes no verdict."""


@cache
def code_fingerprint() -> str:
    """Return a SHA-256 in hexadecimal of the sources that a check rests on."""
    return source_fingerprint(PACKAGES)
