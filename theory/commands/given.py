"""What the command's options mean, and which are refused before any work."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

HOMES = {"html": "check", "trust": "check", "workers": "check", "check": "claims", "runs": "trust"}
"""Of each option that only one word takes, the word."""


def seed_of(options: argparse.Namespace) -> int:
    """Return the seed; a full run draws a fresh one, and says which: a prediction must not come to fit its seed."""
    if options.seed is not None:
        return int(options.seed)
    return secrets.randbits(48) if options.effort == "full" else 0


def check_goes_with(word: str, options: argparse.Namespace) -> None:
    """Raise ValueError for an option that means nothing beside the others: it would be passed over in silence."""
    for name, home in HOMES.items():
        if getattr(options, name) is not None and word != home:
            told = "python -m theory" + (f" {home}" if home != "check" else "")
            raise ValueError(f"--{name}: got {getattr(options, name)} with {word!r}; must go with {told}; leave it out")
    if options.trust is not None and options.html is None:
        raise ValueError(f"--trust: got {options.trust} without a page; must go with --html; add --html FILE")


def check_writable(name: str, path: Path | None) -> None:
    """Raise ValueError, before any work, for a file that could not be written after it."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path if path.exists() else path.parent
    if path.is_dir() or not os.access(target, os.W_OK):
        raise ValueError(f"--{name}: got {path}; must be a writable file; choose another path")
