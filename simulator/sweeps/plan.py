"""Plan: which task comes next, from what the ledger still needs; results never depend on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.ledger import Ledger
from simulator.randomness import Block, Key
from simulator.sweeps.grid import Grid
from simulator.sweeps.subject import Subject
from simulator.sweeps.task import Site, Task

TASK = 2**17
"""Elements, replicates x components, of a task: so many that its way there and back costs little."""

TASKS_EACH = 4
"""Tasks that each worker should get at least, so that none is idle for long at the end."""

Points = NDArray[np.int64]
Runs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Request:
    """Points of equal components that need the same blocks, or (runs empty) their discretization error."""

    points: Points
    runs: Runs = ()
    refined: int = 0


class Plan:
    """The tasks of a sweep, made as they are asked for.

    Parameters
    ----------
    grid, keys
        The points, and the keys of their streams.
    ledger
        What has come in.
    subject
        What all tasks have in common.
    partners
        Per point, the one that it is compared with; None where nothing is compared.
    workers
        How many tasks run at once.
    """

    def __init__(
        self,
        grid: Grid,
        keys: Sequence[Key],
        ledger: Ledger,
        subject: Subject,
        partners: Points | None,
        workers: int,
    ) -> None:
        self._grid, self._keys, self._ledger, self._subject = grid, keys, ledger, subject
        self._partners, self._workers = partners, workers
        self._open = np.zeros(len(grid), dtype=np.int64)  # tasks of each point that have not come back
        self._more: list[Points] = [np.arange(len(grid))]
        self._requests: deque[_Request] = deque()
        self._making: Iterator[Task] = iter(())

    def next(self) -> Task | None:
        """Return the next task; None where all that can be asked for now is under way."""
        while True:
            task = next(self._making, None)
            if task is not None:
                return task
            if not self._requests and self._more:
                points, self._more = np.concatenate(self._more), []
                self._requests.extend(self._needs(points))
            if not self._requests:
                if not self._more:
                    return None
                continue
            request = self._requests.popleft()
            self._making = self._refinements(request) if request.refined else self._blocks(request)

    def finished(self, task: Task) -> None:
        """Take note that a task has come back and the ledger knows what it brought."""
        self._release(np.array([site.number for site in task.sites], dtype=np.int64))

    def _release(self, points: Points) -> None:
        self._open[points] -= 1
        idle = points[self._open[points] == 0]
        wanting = idle[~self._ledger.settled[idle]]
        self._more.append(np.concatenate([wanting, self._ledger.to_refine(idle)]))
        if not len(self._more[-1]):
            self._more.pop()

    def _needs(self, points: Points) -> Iterator[_Request]:
        ledger = self._ledger
        alike: dict[tuple[int, tuple[tuple[int, int], ...]], list[int]] = {}
        refine: dict[tuple[int, int], list[int]] = {}
        for point in points[~ledger.settled[points]].tolist():
            key = (int(ledger.components[point]), ledger.missing(point))
            alike.setdefault(key, []).append(point)
        ready = ledger.to_refine(points)
        for point, size in zip(ready.tolist(), ledger.refined_size(ready).tolist(), strict=True):
            refine.setdefault((int(ledger.components[point]), size), []).append(point)
        for (_, runs), some in alike.items():
            yield _Request(self._sorted(some), runs=runs)
        for (_, size), some in refine.items():
            yield _Request(np.array(some, dtype=np.int64), refined=size)

    def _sorted(self, points: list[int]) -> Points:
        """Return points in an order in which those that share a partner are neighbors."""
        ordered = np.array(points, dtype=np.int64)
        return ordered if self._partners is None else ordered[np.argsort(self._partners[ordered], kind="stable")]

    def _blocks(self, request: _Request) -> Iterator[Task]:
        schedule = self._ledger.schedule(int(request.points[0]))
        components = int(self._ledger.components[request.points[0]])
        size = sum(schedule.block(index).size for first, last in request.runs for index in _few(first, last))
        for points in self._chunks(request.points, size * components):
            self._open[points] += 1  # held until the last task is made
            for blocks in _cut(request.runs, schedule, max(1, TASK // (components * len(points)))):
                left = points[~self._ledger.failed[points]]
                if len(left):
                    self._open[left] += 1
                    yield self._task(left, blocks)
            self._release(points)

    def _refinements(self, request: _Request) -> Iterator[Task]:
        components = int(self._ledger.components[request.points[0]])
        for points in self._chunks(request.points, 3 * request.refined * components):
            self._open[points] += 1
            yield Task(self._subject, self._sites(points), refined=request.refined)

    def _chunks(self, points: Points, elements: int) -> Iterator[Points]:
        """Yield points in portions of one task each, or one by one where a point makes more than a task."""
        fair = -(-len(points) // (TASKS_EACH * self._workers))
        length = max(1, min(TASK // max(elements, 1), fair))
        for start in range(0, len(points), length):
            yield points[start : start + length]

    def _task(self, points: Points, blocks: tuple[Block, ...]) -> Task:
        sites = self._sites(points)
        if self._partners is None:
            return Task(self._subject, sites, blocks)
        distinct, which = np.unique(self._partners[points], return_inverse=True)
        partners = self._sites(distinct)
        return Task(self._subject, sites, blocks, partners=partners, partner=tuple(which.tolist()))

    def _sites(self, points: Points) -> tuple[Site, ...]:
        return tuple(Site(point, self._grid.resolved(point), self._keys[point]) for point in points.tolist())


def _few(first: int, last: int) -> range:
    """Return a run of blocks, or of a long one only as many as are more than a task anyway."""
    return range(first, min(last, first + 64))


def _cut(runs: Runs, schedule: Any, replicates: int) -> Iterator[tuple[Block, ...]]:
    """Yield the blocks of some runs in portions of about so many replicates, in order."""
    portion: list[Block] = []
    size = 0
    for first, last in runs:
        for index in range(first, last):
            block = schedule.block(index)
            if portion and size + block.size > replicates:
                yield tuple(portion)
                portion, size = [], 0
            portion.append(block)
            size += block.size
    if portion:
        yield tuple(portion)
