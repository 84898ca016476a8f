"""``python -m benchmarks``: every topic, one table each, and what was aimed at."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TOPICS = (
    "startup", "normals", "stepping", "sweeps", "selection", "succession", "probes", "against", "standard_error",
    "scaling", "checks", "control",
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("--only", nargs="+", choices=TOPICS, default=TOPICS, metavar="TOPIC", help=", ".join(TOPICS))
    made.add_argument("--rounds", type=int, default=None, help="turns of every task (default: the topic's own)")
    made.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="default: %(default)s")
    made.add_argument("--markdown", type=Path, default=Path("build/benchmarks.md"), help="default: %(default)s")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write both files; return the exit code."""
    from benchmarks import report, targets

    chosen = parser().parse_args(arguments)
    if chosen.rounds is not None and chosen.rounds < 1:
        print(f"rounds: got {chosen.rounds}; must be >= 1; pass for example --rounds 7", file=sys.stderr)
        return 2
    tables: dict[str, list[dict[str, Any]]] = {}
    about = report.machine()
    for name in chosen.only:
        topic = importlib.import_module(f"benchmarks.{name}")
        print(f"\n## {name}: {(topic.__doc__ or '').partition(chr(10))[0]}\n", flush=True)
        tables[name] = topic.measure(**({} if chosen.rounds is None else {"rounds": chosen.rounds}))
        print(report.markdown(tables[name]), flush=True)
    tables["targets"] = targets.judge(tables)
    print(f"\n## targets\n\n{report.markdown(tables['targets'])}")
    report.write_json(chosen.json, tables, about)
    report.write_markdown(chosen.markdown, tables, about)
    print(f"\nwritten: {chosen.json}, {chosen.markdown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
