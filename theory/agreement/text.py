"""Agreement as text: the matrix of largest differences, what was judged, and the orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from theory.agreement import Agreement, Order, matrix

MARKS = {"agrees": "", "disagrees": "!", "underpowered": "?", "not judged": "."}


def agreement_text(found: Agreement) -> str:
    """Return the matrix and one line a judged pair and quantity."""
    names, largest, verdicts = matrix(found.comparisons)
    rows = [["largest difference", *(f"({index + 1})" for index in range(len(names)))]]
    for index, name in enumerate(names):
        cells = [
            "" if np.isnan(value) else f"{value:.2%}{MARKS[str(mark)]}"
            for value, mark in zip(largest[index], verdicts[index], strict=True)
        ]
        rows.append([f"({index + 1}) {name}", *cells])
    lines: list[tuple[str, ...]] = [
        ("left", "right", "quantity", "at", "difference", "s.e.", "margin", "detectable", "verdict")
    ]
    lines += [
        (one.left, one.right, one.quantity, f"{one.time:g}",
         *(f"{value / one.scale:.3%}" for value in (one.difference, one.standard_error, one.margin, one.effect)),
         one.verdict)
        for one in found.comparisons if one.verdict != "not judged"
    ]  # fmt: skip
    marks = "over all quantities, relative to each one's largest value; ? underpowered, ! disagrees, . not judged"
    return f"{_aligned(rows)}\n{marks}\n\n{_aligned(lines)}\n{_counted(found)}"


def _counted(found: Agreement) -> str:
    counts = Counter(one.verdict for one in found.comparisons)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in MARKS)


def orders_text(orders: Sequence[Order]) -> str:
    """Return one line an order: predicted, fitted, its interval, the margin and the verdict."""
    lines = [("order of", "predicted", "fitted", "interval", "margin", "verdict")]
    for one in orders:
        low, high = one.interval
        lines.append(
            (one.says, f"{one.predicted:g}", f"{one.estimated:.3f}", f"[{low:.3f}, {high:.3f}]", f"{one.margin:.3f}",
             one.verdict)
        )  # fmt: skip
    return _aligned(lines)


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def plain(found: Agreement, orders: Sequence[Order]) -> dict[str, Any]:
    """Return everything as plain data, ready for JSON."""
    from dataclasses import asdict

    arrays = ("x", "difference", "standard_error")
    return {
        "times": list(found.times),
        "comparisons": [asdict(one) for one in found.comparisons],
        "orders": [
            {**asdict(one), **{name: getattr(one, name).tolist() for name in arrays}, "interval": list(one.interval),
             "verdict": one.verdict}
            for one in orders
        ],
    }  # fmt: skip
