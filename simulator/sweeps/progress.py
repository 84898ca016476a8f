"""How far a sweep has come: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

FIRST, GROWTH, LAST = 10.0, 1.5, 300.0
"""Seconds to the first line, the factor by which the time to the next one grows, and the longest."""


class Progress:
    """What is shown on stderr.

    Parameters
    ----------
    name
        What runs.
    points
        How many points there are.
    begun
        How many points' worth of work a file had already.
    shown
        Whether to show anything.
    """

    def __init__(self, name: str, points: int, begun: float, shown: bool) -> None:
        self._name, self._points, self._first, self._shown = name, points, begun, shown
        self._start = time.monotonic()
        self._wait, self._next = FIRST, self._start + FIRST
        self._bar = self._made_bar() if shown and sys.stderr.isatty() else None

    def _made_bar(self) -> Any:
        from tqdm import tqdm

        shape = "{desc}: {percentage:3.0f}%|{bar}| {postfix[0]} [{elapsed}<{remaining}]"
        return tqdm(
            total=self._points, initial=self._first, desc=self._name, bar_format=shape, postfix=[self._text(0, 0)]
        )

    def _text(self, done: int, failed: int) -> str:
        return f"{done} of {self._points} points" + (f", {failed} failed" if failed else "")

    def update(self, done: int, failed: int, work: float) -> None:
        """Show how many points are done and have failed, and how many points' worth of work is done."""
        if self._bar is not None:
            self._bar.postfix[0] = self._text(done, failed)
            self._bar.update(work - self._bar.n)
        elif self._shown and time.monotonic() >= self._next:
            self._wait = min(self._wait * GROWTH, LAST)
            self._next = time.monotonic() + self._wait
            print(f"{self._name}: {self._text(done, failed)}{self._remaining(work)}", file=sys.stderr, flush=True)

    def _remaining(self, work: float) -> str:
        made = work - self._first
        if made <= 0.0:
            return ""
        seconds = (time.monotonic() - self._start) * (self._points - work) / made
        return f", about {duration(seconds)} left"

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.close()


def duration(seconds: float) -> str:
    """Return a time span in its largest sensible unit."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
