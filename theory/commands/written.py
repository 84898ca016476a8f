"""What the command leaves behind: JSON, and a bar while it works."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def write_json(path: Path, found: Any) -> None:
    """Write plain data to a file."""
    path.write_text(json.dumps(finite(found), indent=1) + "\n", encoding="utf-8")


def finite(value: Any) -> Any:
    """Return plain data that JSON can hold: infinity and NaN become text."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return str(value) if isinstance(value, float) and value - value != 0.0 else value


def show_progress(work: Any, doing: str = "checking", unit: str = "row") -> Any:
    """Return the iterable with a bar on a terminal; elsewhere a plain line now and then."""
    from tqdm import tqdm

    interval = 0.1 if sys.stderr.isatty() else 15.0
    return tqdm(work, desc=doing, unit=unit, file=sys.stderr, mininterval=interval, maxinterval=2 * interval)
