"""When agents stop, where no noise has a say: the first root of a condition along the noiseless path.

The horizon is searched on a grid of 1024 cells, so a condition that falls to zero and rises again within one of them
can be missed; a root is then bisected to rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.levels.langevin.exact.path import Evaluate, Lanes

Vector = NDArray[np.float64]
CELLS, BISECTIONS = 1024, 60
ROOM = 1024
"""Lanes that are searched at once."""


def first_stops(conditions: Evaluate, lanes: Lanes, horizon: Vector) -> tuple[Vector, NDArray[np.int64]]:
    """Return when each lane stops, NaN where it does not by the horizon (lanes,), and by which route, -1 then.

    A tie is decided by the order of the routes.
    """
    firsts = range(0, lanes.count, ROOM)
    parts = [
        _first_stops(conditions, lanes.some(some), horizon[some])
        for some in (np.arange(first, min(first + ROOM, lanes.count)) for first in firsts)
    ]
    stops, routes = (np.concatenate(values) for values in zip(*parts, strict=True))
    return stops, routes


def _first_stops(conditions: Evaluate, lanes: Lanes, horizon: Vector) -> tuple[Vector, NDArray[np.int64]]:
    grid = horizon[:, np.newaxis] * np.linspace(0.0, 1.0, CELLS + 1)
    reached = np.array([value <= 0.0 for value in conditions(lanes, grid)])
    ever = reached.any(axis=-1)
    cell = reached.argmax(axis=-1)
    stops = np.array([_root(conditions, lanes, route, grid, cell[route]) for route in range(len(cell))])
    stops = np.where(ever, stops, np.inf)
    route = stops.argmin(axis=0)
    first = stops.min(axis=0)
    return np.where(np.isfinite(first), first, np.nan), np.where(np.isfinite(first), route, -1)


def _root(conditions: Evaluate, lanes: Lanes, route: int, grid: Vector, cell: NDArray[np.intp]) -> Vector:
    """Return where one condition falls to zero within each lane's cell, which ends where it is not positive."""
    rows = np.arange(lanes.count)
    low, high = grid[rows, np.maximum(cell - 1, 0)], grid[rows, cell]
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        stopped = conditions(lanes, middle[:, np.newaxis])[route][:, 0] <= 0.0
        low, high = np.where(stopped, low, middle), np.where(stopped, middle, high)
    return high
