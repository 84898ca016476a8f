"""Ledger: every claim with the verdict that a check gives it, and whether that check is still of this code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from theory.claim import Claim, verdict
from theory.fingerprint import code_fingerprint

Rows: TypeAlias = Sequence[Mapping[str, Any]]

ROW_VERDICTS = ("agrees", "disagrees", "underpowered")
CONTRADICTED = "contradicted"


@dataclass(frozen=True)
class Entry:
    """A claim, its verdict, and what the verdict is made of.

    Parameters
    ----------
    claim
        What is claimed.
    verdict
        The claim's own finding, "contradicted" or "not shown".
    counts
        Per prediction of the claim, how many of its rows came out how; all zero where it was not checked.
    """

    claim: Claim
    verdict: str
    counts: Mapping[str, Mapping[str, int]]


def entries(claims: Sequence[Claim], rows: Rows, judge: Callable[[Claim, Rows], str] = verdict) -> tuple[Entry, ...]:
    """Return the claims with their verdicts, in their order, from the rows of a check as plain data."""
    grouped = by_prediction(rows)
    return tuple(
        Entry(claim, judge(claim, rows), {name: tally(grouped.get(name, ())) for name in claim.predictions})
        for claim in claims
    )


def by_prediction(rows: Rows) -> dict[str, Rows]:
    """Return the rows of each prediction by its name, in the order of the check."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["name"], []).append(row)
    return dict(groups)


def tally(rows: Rows) -> dict[str, int]:
    """Return how many rows agree, disagree and lack power."""
    counts = Counter(row["verdict"] for row in rows)
    return {name: counts[name] for name in ROW_VERDICTS}


def is_stale(report: Mapping[str, Any]) -> bool:
    """Tell whether a check is of other code than this, or does not say of which."""
    return report.get("code") != code_fingerprint()


def plain(found: Sequence[Entry], report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ledger as plain data, ready for JSON."""
    return {
        "stale": is_stale(report),
        "code": report.get("code", ""),
        "effort": report["effort"],
        "seed": report["seed"],
        "claims": [_plain(entry) for entry in found],
    }


def _plain(entry: Entry) -> dict[str, Any]:
    words = ("key", "title", "statement", "source", "condition", "assumption", "network", "figure")
    return {
        **{word: getattr(entry.claim, word) for word in words},
        "verdict": entry.verdict,
        "formula": entry.claim.condition_text,
        "predictions": {name: dict(counts) for name, counts in entry.counts.items()},
    }
