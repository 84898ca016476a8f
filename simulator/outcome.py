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
