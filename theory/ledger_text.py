"""The ledger as text: a paragraph a claim, from its verdict to the commands that check and draw it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from theory.ledger import ROW_VERDICTS, Entry, is_stale

LABEL = 12  # columns of the names of an entry's parts
STALE = "stale: the code has changed since this check; make it again with python -m theory --json FILE (or make essay)"


def ledger_text(found: Sequence[Entry], report: Mapping[str, Any], width: int = 100) -> str:
    """Return the ledger, wrapped to a width, with what it was computed from at the top and a sum at the end."""
    head = f"the last check: {len(report['rows'])} rows at effort {report['effort']}, seed {report['seed']}"
    stale = [STALE] if is_stale(report) else []
    body = ["\n".join(_entry_lines(entry, width, bool(stale))) for entry in found]
    counts = Counter(entry.verdict for entry in found)
    total = f"{len(found)} claims: " + ", ".join(f"{count} {name}" for name, count in counts.most_common())
    return "\n\n".join(["\n".join([head, *stale]), *body, "\n".join([total, *stale])])


def counted(counts: Mapping[str, int]) -> str:
    """Return how many rows came out how, in words; "not checked" for none."""
    found = [(name, counts[name]) for name in ROW_VERDICTS if counts[name]]
    said = (f"{count} {name if count == 1 or name == 'underpowered' else name[:-1]}" for name, count in found)
    return ", ".join(said) or "not checked"


def _entry_lines(entry: Entry, width: int, stale: bool) -> Iterator[str]:
    claim = entry.claim
    yield f"{claim.key}  {claim.title}"
    verdict = entry.verdict.upper() + (" (stale)" if stale else "")
    yield from _wrapped("verdict", verdict, width)
    yield from _wrapped("claim", claim.statement, width)
    yield from _wrapped("formula", claim.condition_text, width)
    yield from _wrapped("condition", claim.condition, width)
    yield from _wrapped("driven by", claim.assumption, width)
    yield from _wrapped("network", claim.network, width)
    checks = "; ".join(f"{name} {counted(counts)}" for name, counts in entry.counts.items())
    yield from _wrapped("checks", checks or "none", width)
    yield from _wrapped("figure", f"python -m figures {claim.figure}" if claim.figure else "", width)
    yield from _wrapped("source", claim.source, width)


def _wrapped(label: str, words: str, width: int) -> list[str]:
    """Return a labeled paragraph, nothing for no words; names of predictions are never broken."""
    if not words:
        return []
    return textwrap.wrap(
        words, width, initial_indent=f"    {label}".ljust(LABEL + 4), subsequent_indent=" " * (LABEL + 4),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
