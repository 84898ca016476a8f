"""``python -m theory claims``: what the essays claim, and what the last check says of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from shutil import get_terminal_size

from theory.commands.written import write_json

LAST_CHECK = Path("essay/check.json")
"""What ``make essay`` writes."""
WIDEST = 110


def run(options: argparse.Namespace) -> int:
    """Print, and write if asked, the ledger; return 1 if a check contradicts a claim.

    Raises ValueError, in one line, if there is no check to take verdicts from.
    """
    from theory.claims import claims
    from theory.ledger import CONTRADICTED, entries, plain
    from theory.ledger_text import ledger_text
    from theory.report.read import read_check

    report = read_check(options.check or LAST_CHECK)
    found = entries(claims, report["rows"])
    if options.json is not None:
        write_json(options.json, plain(found, report))
    print(ledger_text(found, report, min(get_terminal_size((WIDEST, 40)).columns, WIDEST)))
    return int(any(entry.verdict == CONTRADICTED for entry in found))
