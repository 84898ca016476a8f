"""Rows of text in columns that fit a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 100


def columns(rows: Sequence[Sequence[str]], indent: int = 4) -> list[str]:
    """Return rows as lines of at most 100 characters: all columns but the last padded, the last one wrapped."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]]
    used = [place for place, width in enumerate(widths) if width]
    lines = []
    for row in rows:
        lead = " " * indent + "".join(f"{row[place]:{widths[place]}}  " for place in used)
        lines += wrapped(row[-1], lead, " " * len(lead))
    return lines


def wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """Return text as lines of at most 100 characters, the first after one lead, the others after another."""
    found = textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False)
    return found or [first.rstrip()]
