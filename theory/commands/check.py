"""``python -m theory [PHENOMENON ...]``: every analytic prediction against simulation."""

from __future__ import annotations

import argparse

from theory.commands.given import seed_of
from theory.commands.written import show_progress, write_json


def run(options: argparse.Namespace) -> int:
    """Print, and write if asked, a row a prediction and point; return 1 if one disagrees."""
    from theory.catalog import predictions, subjects
    from theory.check import check, report
    from theory.table import reproducer, summary, table

    family = [one for name in options.subject or subjects() for one in predictions(name)]
    trust = None
    if options.trust is not None:
        from theory.report.read import read_trust

        trust = read_trust(options.trust)
    seed = seed_of(options)
    rows = check(family, effort=options.effort, seed=seed, workers=options.workers, progress=show_progress)
    if options.json is not None:
        write_json(options.json, report(rows, options.effort, seed))
    if options.html is not None:
        from theory.report.page import write_page

        write_page(options.html, report(rows, options.effort, seed), trust)
    print(table(rows))
    for row in rows:
        if row.verdict == "disagrees":
            print(reproducer(row, options.effort, seed))
    print(summary(rows, options.effort, seed))
    return int(any(row.verdict == "disagrees" for row in rows))
