"""Ledger: what has come in of every point, merged in block order, and what each point still needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Demand, Schedule
from simulator.estimate import Layout
from simulator.outcome import CONTRAST, Growing, Outcome, Table, divergence, joined
from simulator.refinement import refined_replicates

Array = NDArray[np.float64]
Points = NDArray[np.int64]

# How much precision may ask for at a time, relative to what there is: an early estimate of an error is a poor one.
GROWTH = 4.0


class Ledger:
    """The merged tallies of every point; blocks may come in any order and are merged in their own.

    Parameters
    ----------
    demand
        What is wanted.
    components
        Per point, the number of values in one replicate's state.
    """

    def __init__(self, demand: Demand, components: Sequence[int] | NDArray[np.int64]) -> None:
        self.demand = demand
        self.components = np.asarray(components, dtype=np.int64)
        number = len(self.components)
        self.merged, self.replicates, self.diverged = (np.zeros(number, dtype=np.int64) for _ in range(3))
        self.settled, self.refined, self.failed = (np.zeros(number, dtype=bool) for _ in range(3))
        self.excess = np.full(number, np.inf)
        self.failures: dict[int, str] = {}
        self._schedules = {int(one): Schedule(demand, int(one)) for one in np.unique(self.components)}
        self._tables: list[Growing] = []
        self._table, self._slot = np.full(number, -1), np.zeros(number, dtype=np.int64)
        self._waiting: dict[int, dict[int, tuple[Layout, Array, int]]] = {}
        self._refinements: list[Table] = []

    def schedule(self, point: int) -> Schedule:
        """Return the blocks of a point."""
        return self._schedules[int(self.components[point])]

    def add(self, points: Points, block: int, layout: Layout, rows: Array, diverged: Points) -> None:
        """Take in one block of several points, whose rows have one layout."""
        wanted = ~self.settled[points]
        for place in np.flatnonzero(wanted & (self.merged[points] < block)):
            waiting = self._waiting.setdefault(int(points[place]), {})
            waiting[block] = (layout, rows[place].copy(), int(diverged[place]))
        ready = wanted & (self.merged[points] == block)
        self._merge(points[ready], block, layout, rows[ready], diverged[ready])
        if self._waiting:
            for point in points[ready].tolist():
                self._continue(point)

    def _continue(self, point: int) -> None:
        """Merge what has waited for its turn."""
        waiting = self._waiting.get(point, {})
        while not self.settled[point] and int(self.merged[point]) in waiting:
            block = int(self.merged[point])
            layout, row, diverged = waiting.pop(block)
            self._merge(np.array([point]), block, layout, row[np.newaxis], np.array([diverged]))
        if not waiting or self.settled[point]:
            self._waiting.pop(point, None)

    def _merge(self, points: Points, block: int, layout: Layout, rows: Array, diverged: Points) -> None:
        number = self._table_of(layout)
        if block == 0:
            self._table[points] = number
            self._slot[points] = self._tables[number].append(points, rows)
        else:
            same = self._table[points] == number
            for point in points[~same].tolist():
                self.fail(point, "ValueError: its measures have other shapes in one block than in another")
            points, rows, diverged = points[same], rows[same], diverged[same]
            self._tables[number].merge(self._slot[points], rows)
        for components in np.unique(self.components[points]).tolist():
            here = points[self.components[points] == components]
            self.replicates[here] += self._schedules[components].block(block).used
        self.diverged[points] += diverged
        self.merged[points] = block + 1
        self._judge(points, self._tables[number])

    def _table_of(self, layout: Layout) -> int:
        for number, table in enumerate(self._tables):
            if table.layout == layout:
                return number
        self._tables.append(Growing(layout))
        return len(self._tables) - 1

    def _judge(self, points: Points, table: Growing) -> None:
        """Settle points that have what is wanted: after each block, so that it does not matter what came when."""
        due = points[self.replicates[points] >= self.demand.replicates]
        if self.demand.precision and len(due):
            self.excess[due] = _excess(table.layout, table.rows[self._slot[due]], self.demand)
            enough = (self.excess[due] <= 1.0) | (self.diverged[due] > 0)
            due = due[enough | (self.replicates[due] >= self.demand.most)]
        self.settled[due] = True

    def fail(self, point: int, error: str) -> None:
        """Record that a point failed; the first error counts."""
        self.failures.setdefault(point, error)
        self.failed[point] = self.settled[point] = True
        self._waiting.pop(point, None)

    def refine(self, points: Points, layout: Layout | None = None, rows: Array | None = None) -> None:
        """Take in the discretization errors of several points; without rows, that there are none."""
        self.refined[points] = True
        if layout is not None and rows is not None:
            self._refinements.append(Table(points, layout, rows))

    def to_refine(self, points: Points) -> Points:
        """Return those of the points whose discretization error is wanted and can be told by now."""
        return points[self.refines(points, self.refined_size(points)) & ~self.failed[points]]

    def used(self, points: Points, block: int) -> Points:
        """Return per point how many replicates are wanted of a block."""
        used = np.zeros(len(points), dtype=np.int64)
        for components, schedule in self._schedules.items():
            used[self.components[points] == components] = schedule.block(block).used
        return used

    def refined_size(self, points: Points) -> Points:
        """Return per point how many replicates its discretization error takes."""
        return np.minimum(self.replicates[points], refined_replicates(self.demand.most, self.demand.group))

    def refines(self, points: Points, size: int | Points) -> NDArray[np.bool_]:
        """Tell which points want the discretization error that so many replicates tell."""
        ready = self.settled[points] & ~self.refined[points] & (self.diverged[points] == 0)
        return np.asarray(ready & self.demand.refined & (self.refined_size(points) == size))

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which points are finished; failed ones are not."""
        refined = self.refined | (self.diverged > 0) if self.demand.refined else True
        return self.settled & refined & ~self.failed

    def work(self) -> float:
        """Return how many points' worth of work is done."""
        share = np.minimum(self.replicates / self.demand.replicates, 1.0)
        return float(np.where(self.settled, 1.0, 0.9 * share).sum())

    def missing(self, point: int) -> tuple[tuple[int, int], ...]:
        """Return the blocks that a point is known to need and that have not come in, as runs (first, last + 1)."""
        if self.settled[point]:
            return ()
        begun, end = int(self.merged[point]), self._end(point)
        runs = []
        for index in sorted(self._waiting.get(point, {})):
            if begun < index < end:
                runs.append((begun, index))
            begun = max(begun, index + 1)
        return (*runs, (begun, end)) if begun < end else tuple(runs)

    def _end(self, point: int) -> int:
        """Return how many blocks a point needs in all, as far as can be told."""
        schedule, done = self.schedule(point), int(self.replicates[point])
        if done < self.demand.replicates:
            return schedule.covering(self.demand.replicates)
        growth = min(float(self.excess[point]) ** 2, GROWTH)
        return max(schedule.covering(done * growth), int(self.merged[point]) + 1)

    def outcome(self, describe: Callable[[int], str]) -> Outcome:
        """Return what has come out; ``describe`` returns a point's parameters as text, for those that diverged."""
        return Outcome(
            tables=[table for one in self._tables for table in one.only(self.done)],
            refinements=joined(self._refinements),
            replicates=np.where(self.failed, 0, self.replicates),
            diverged=self.diverged,
            status=[self._status(point, describe) for point in range(len(self.components))],
        )

    def _status(self, point: int, describe: Callable[[int], str]) -> str:
        if self.failed[point]:
            return f"failed: {self.failures[point]}"
        replicates = int(self.replicates[point])
        if not self.settled[point]:
            wanted = self.demand.replicates if replicates < self.demand.replicates else "more"
            return f"missing: has {replicates} of {wanted} replicates"
        if self.diverged[point]:
            return divergence(int(self.diverged[point]), replicates, describe(point))
        if self.demand.refined and not self.refined[point]:
            return "missing: has no discretization error yet"
        if self.demand.precision and self.excess[point] > 1.0:
            worst = f"{self.excess[point]:.3g} times what was asked for"
            return f"max_replicates: after {replicates} the worst standard error is {worst}"
        return "ok"


def _excess(layout: Layout, rows: Array, demand: Demand) -> Array:
    """Return per point how many times too large its worst standard error is."""
    worst = np.zeros(len(rows))
    for name, precision in demand.precision.items():
        tally, measure = layout.measured(rows, name), name.removesuffix(CONTRAST)
        indicator = measure in demand.indicators
        error = tally.error(indicator) if measure == name else tally.contrast_error(indicator)
        excess = precision.excess(tally.mean, error)
        if measure != name:  # where the first value failed there is nothing to compare with, ever
            excess = np.where(tally.count > 0, excess, 0.0)
        worst = np.maximum(worst, excess.reshape(len(rows), -1).max(axis=1, initial=0.0))
    return worst
