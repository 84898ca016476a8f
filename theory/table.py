"""A check as text: one line a row, one line for how to see a disagreement again, one line in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from theory.check import Row
from theory.judge import FAMILY_WISE_ERROR

HEADER = (
    "prediction",
    "predicted",
    "simulated",
    "s.e.",
    "margin",
    "detectable",
    "z",
    "replicates",
    "verdict",
    "at",
)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a plain aligned table."""
    lines = [HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]) for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    point = " ".join(f"{name}={value:.4g}" for name, value in row.parameters.items())
    numbers = (row.predicted, row.simulated)
    errors = (row.standard_error, row.margin, row.minimal_detectable_effect)
    return (
        row.name, *(f"{number:.6g}" for number in numbers), *(f"{error:.2g}" for error in errors),
        f"{row.z:+.2f}", str(row.replicates), row.verdict, point,
    )  # fmt: skip


def reproducer(row: Row, effort: str, seed: int) -> str:
    """Return the one line that shows a disagreement again."""
    phenomenon = row.name.partition(".")[0]
    return f"{row.name} disagrees; to see it again: python -m theory {phenomenon} --effort {effort} --seed {seed}"


def summary(rows: Sequence[Row]) -> str:
    """Return how many rows came out how, and at what rate of false alarms."""
    counts = Counter(row.verdict for row in rows)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("agrees", "disagrees", "underpowered"))
    return f"{len(rows)} rows: {parts}; family-wise false alarms at most {FAMILY_WISE_ERROR:g}"
