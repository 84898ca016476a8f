"""What a quick check costs, in processor seconds of one thread, by what is checked."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from theory.catalog import predictions, subjects
from theory.check import check


def measure(rounds: int = 1) -> list[dict[str, Any]]:
    """Return one row a subject, the audit and every phenomenon, and one for all of them."""
    table = [_cost(subject, rounds) for subject in subjects()]
    whole = {name: sum(row[name] for row in table) for name in table[0] if name != "task"}
    return [*table, {"task": "everything", **whole}]


def _cost(subject: str, rounds: int) -> dict[str, Any]:
    family, seconds = predictions(subject), []
    for _ in range(rounds):
        begun = time.process_time()
        rows = check(family, threads=1)
        seconds.append(time.process_time() - begun)
    replicates = sum(row.replicates for row in rows)
    return {
        "task": subject, "predictions": len(family), "rows": len(rows), "replicates": replicates,
        "seconds": median(seconds),
    }  # fmt: skip
