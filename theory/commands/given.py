"""What the command's options mean, and which are refused before any work."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path


def seed_of(options: argparse.Namespace) -> int:
    """Return the seed; a full run draws a fresh one, and says which: a prediction must not come to fit its seed."""
    if options.seed is not None:
        return int(options.seed)
    return secrets.randbits(48) if options.effort == "full" else 0


def check_writable(name: str, path: Path | None) -> None:
    """Raise ValueError, before any work, for a file that could not be written after it."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path if path.exists() else path.parent
    if path.is_dir() or not os.access(target, os.W_OK):
        raise ValueError(f"--{name}: got {path}; must be a writable file; choose another path")
