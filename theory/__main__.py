"""``python -m theory``: check every analytic prediction against simulation."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from theory.commands.given import check_goes_with, check_writable

WORDS = ("agreement", "claims", "trust")
"""What may stand alone in the place of phenomena; each is a file of ``theory.commands``."""


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments; nothing heavy is imported for ``--help``."""
    made = argparse.ArgumentParser(prog="python -m theory", description=__doc__)
    made.add_argument(
        "subject",
        nargs="*",
        help="which phenomena to check; all if none is named; alone, 'agreement' compares the levels of description, "
        "'claims' prints what the essays claim with the verdict of the last check, "
        "and 'trust' plants faults and counts false alarms",
    )
    made.add_argument("--effort", choices=("quick", "full"), default="quick", help="effects of 1 %% or of 0.3 %%")
    made.add_argument("--seed", type=int, help="seed of points and noise (default: 0 at quick, a fresh one at full)")
    made.add_argument("--workers", type=int, metavar="N", help="how many processes to check in; one a processor")
    made.add_argument("--runs", type=int, metavar="N", help="of 'trust': how many clean runs to make (default: 1000)")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write what was found there")
    made.add_argument("--html", type=Path, metavar="FILE", help="of a check: also write it there as a page")
    made.add_argument(
        "--trust", type=Path, metavar="FILE", help="with --html: also show the planted faults of this JSON"
    )
    made.add_argument("--check", type=Path, metavar="FILE", help="of claims: the last check (default essay/check.json)")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 if nothing disagrees, 1 if something does, 2 for bad input or a worker that died."""
    options = parser().parse_args(arguments)
    word = options.subject[0] if len(options.subject) == 1 and options.subject[0] in WORDS else "check"
    try:
        check_writable("json", options.json)
        check_writable("html", options.html)
        check_goes_with(word, options)
        return int(import_module(f"theory.commands.{word}").run(options))
    except (ValueError, TypeError, ChildProcessError) as problem:
        print(problem, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
