"""What came out of a design of points, before it is labeled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import Layout

CONTRAST = "_contrast"
"""What is added to a measure's name where it is compared with the first value of a parameter."""


@dataclass(frozen=True)
class Table:
    """Rows of numbers of the points whose measures have the same shapes.

    Parameters
    ----------
    points
        The points' numbers in the design, shape (points,).
    layout
        What the rows hold.
    rows
        Tallies, shape (points, width); or discretization errors and their own standard errors, (points, 2 cells).
    """

    points: NDArray[np.int64]
    layout: Layout
    rows: NDArray[np.float64]


class Growing:
    """Rows that are appended to and merged into, in place."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.rows: NDArray[np.float64] = np.empty((0, layout.width))
        self._points: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._used = 0

    def append(self, points: NDArray[np.int64], rows: NDArray[np.float64]) -> NDArray[np.int64]:
        """Add rows and return their places."""
        start, self._used = self._used, self._used + len(points)
        if self._used > len(self.rows):
            room = max(self._used, 2 * len(self.rows))
            grown, numbers = np.empty((room, self.layout.width)), np.empty(room, dtype=np.int64)
            grown[:start], numbers[:start] = self.rows[:start], self._points[:start]
            self.rows, self._points = grown, numbers
        self.rows[start : self._used] = rows
        self._points[start : self._used] = points
        return np.arange(start, self._used)

    def merge(self, places: NDArray[np.int64], rows: NDArray[np.float64]) -> None:
        """Merge rows into those at some places."""
        self.rows[places] = self.layout.merge(self.rows[places], rows)

    def only(self, wanted: NDArray[np.bool_]) -> list[Table]:
        """Return a table of the points that are wanted, or nothing."""
        keep = np.flatnonzero(wanted[self._points[: self._used]])
        return [Table(self._points[keep], self.layout, self.rows[keep])] if len(keep) else []


def joined(tables: Sequence[Table]) -> list[Table]:
    """Return one table a layout."""
    alike: dict[Layout, list[Table]] = {}
    for table in tables:
        alike.setdefault(table.layout, []).append(table)
    return [
        Table(np.concatenate([one.points for one in some]), layout, np.concatenate([one.rows for one in some]))
        for layout, some in alike.items()
    ]


@dataclass(frozen=True)
class Outcome:
    """What came out of every point of a design.

    Parameters
    ----------
    tables
        The merged tallies.
    refinements
        The estimated discretization errors of the means.
    replicates, diverged
        Per point, how many replicates were run, and how many of them overflowed.
    status
        Per point, "ok" or what is wrong.
    samples
        Per measure, every replicate's value; empty unless asked for, and then there is one point.
    """

    tables: Sequence[Table]
    refinements: Sequence[Table]
    replicates: NDArray[np.int64]
    diverged: NDArray[np.int64]
    status: Sequence[str]
    samples: Mapping[str, Any] = field(default_factory=dict)


def divergence(diverged: int, replicates: int, point: str) -> str:
    """Return the status of a point at which replicates overflowed."""
    return f"diverged: {diverged} of {replicates} replicates overflowed at {point}"


def usable(status: str) -> bool:
    """Tell whether the values of a point with this status are to be trusted."""
    return status.startswith(("ok", "max_replicates"))
