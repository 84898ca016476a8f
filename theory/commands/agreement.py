"""``python -m theory agreement``: laws at every level of description, and the differences between the levels."""

from __future__ import annotations

import argparse

from theory.commands.given import seed_of
from theory.commands.written import write_json


def run(options: argparse.Namespace) -> int:
    """Print, and write if asked, the matrix of differences; return 1 if a pair of levels or an order disagrees."""
    from theory.agreement.run import agreements, orders
    from theory.agreement.text import agreement_text, orders_text, plain

    seed = seed_of(options)
    found = agreements(options.effort, seed)
    rates = orders(options.effort, seed)
    if options.json is not None:
        write_json(options.json, {case.says: plain(one, rates) for case, one in found})
    for case, one in found:
        print(f"{case.says}\n\n{agreement_text(one)}\n")
    print(orders_text(rates))
    wrong = any(one.disagreements for _, one in found) or any(rate.verdict == "disagrees" for rate in rates)
    return int(wrong)
