"""Rows as Markdown and JSON, with the machine that they come from."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Row = Mapping[str, Any]


def markdown(rows: Sequence[Row]) -> str:
    """Return rows as a table; an interval stands behind its number."""
    if not rows:
        return "(nothing measured)"
    columns = [name for name in rows[0] if not name.endswith(("_low", "_high"))]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row, name) for name in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(row: Row, name: str) -> str:
    value = row.get(name, "")
    if f"{name}_low" not in row:
        return _text(value)
    return f"{_text(value)} ({_text(row[f'{name}_low'])} to {_text(row[f'{name}_high'])})"


def _text(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def machine() -> dict[str, str]:
    """Return what the figures depend on: processor, versions, date, and the load as the measurement begins."""
    return {
        "processor": _processor(),
        "processors": str(os.cpu_count()),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "load": ", ".join(f"{load:.2f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown",
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def write_markdown(path: Path, tables: Mapping[str, Sequence[Row]], about: Mapping[str, str]) -> None:
    """Write every topic's table under its title, after a line on the machine."""
    lines = ["# Benchmarks", "", ", ".join(f"{name} {value}" for name, value in about.items()), ""]
    for title, rows in tables.items():
        lines += [f"## {title}", "", markdown(rows), ""]
    _write(path, "\n".join(lines))


def write_json(path: Path, tables: Mapping[str, Sequence[Row]], about: Mapping[str, str]) -> None:
    """Write the same as JSON: ``machine``, and ``tables`` by topic."""
    _write(path, json.dumps({"machine": about, "tables": tables}, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
