"""``python -m theory trust``: planted faults that must turn rows red, and clean runs that must not."""

from __future__ import annotations

import argparse
from functools import partial

from theory.commands.given import seed_of
from theory.commands.written import show_progress, write_json

RUNS = 1000


def run(options: argparse.Namespace) -> int:
    """Print, and write if asked, every fault's trial and the rate of false alarms; return 1 if either fails."""
    from theory.alarms import false_alarms
    from theory.alarms import summary as of_alarms
    from theory.faults.catalog import faults
    from theory.faults.fault import verdicts
    from theory.faults.table import summary, table
    from theory.fingerprint import code_fingerprint

    seed = seed_of(options)
    alarms = false_alarms(
        RUNS if options.runs is None else options.runs, seed, partial(show_progress, doing="clean runs", unit="run")
    )
    trials = [verdicts(fault, seed=seed) for fault in show_progress(faults(), "planting", "fault")]
    if options.json is not None:
        found = {"code": code_fingerprint(), "seed": seed, "faults": [trial.plain for trial in trials],
                 "false_alarms": alarms.plain}  # fmt: skip
        write_json(options.json, found)
    print(table(trials))
    print(summary(trials))
    print(of_alarms(alarms))
    return int(alarms.red > 0 or not all(trial.caught for trial in trials))
