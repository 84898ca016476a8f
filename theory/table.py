"""A check as text: one line a row, one line for how to see a disagreement again, a few lines in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from theory.judge import FAMILY_WISE_ERROR, LARGEST_EFFECT
from theory.row import Row

HEADER = ("prediction", "predicted", "simulated", "s.e.", "margin", "detectable", "z", "replicates", "verdict", "at")
LEAST_UNIFORM = 20  # rows below which uniformity of p-values is not worth a word


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a plain aligned table."""
    return aligned([HEADER, *(_cells(row) for row in rows)])


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Return lines of as many cells each as text, every column but the last as wide as its widest cell."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]) for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    point = " ".join(f"{name}={_text(value)}" for name, value in row.parameters.items())
    numbers = (row.predicted, row.simulated)
    errors = (row.standard_error, row.margin, row.minimal_detectable_effect)
    return (
        row.name, *(f"{number:.6g}" for number in numbers), *(f"{error:.2g}" for error in errors),
        f"{row.z:+.2f}", str(row.replicates), row.verdict, point,
    )  # fmt: skip


def _text(value: float | Sequence[float]) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else ",".join(f"{one:.4g}" for one in value)


def reproducer(row: Row, effort: str, seed: int) -> str:
    """Return the one line that shows a disagreement again."""
    phenomenon = row.name.partition(".")[0]
    return f"{row.name} disagrees; to see it again: python -m theory {phenomenon} --effort {effort} --seed {seed}"


def uniformity(rows: Sequence[Row]) -> float:
    """Return the p-value (Kolmogorov-Smirnov) of the rows' own p-values being uniform, 1 for too few rows.

    Only rows that are normal around their prediction count: those with a sampling error, of an exact formula, and of
    no distribution distance.
    """
    from scipy.stats import kstest, norm

    z = np.array([row.z for row in rows if row.exact and row.standard_error > 0.0 and row.predicted])
    return float(kstest(norm.cdf(z), "uniform").pvalue) if z.size >= LEAST_UNIFORM else 1.0


def summary(rows: Sequence[Row], effort: str, seed: int) -> str:
    """Return how many rows came out how, at what rate of false alarms, and what this effort cannot see."""
    counts = Counter(row.verdict for row in rows)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("agrees", "disagrees", "underpowered"))
    return "\n".join(
        [
            f"{len(rows)} rows at seed {seed}: {parts}; family-wise false alarms at most {FAMILY_WISE_ERROR:g}",
            f"what {effort} cannot see: effects below {LARGEST_EFFECT[effort]:.1%} of a prediction (or of its scale) "
            "may pass; above that each row finds them with probability 0.95",
            f"z-values against the normal law: p = {uniformity(rows):.2g}",
        ]
    )
