"""Running a plan to its end: results into the ledger and the file, whatever happens on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.ledger import Ledger
from simulator.sweeps.execution import Flight
from simulator.sweeps.plan import Plan
from simulator.sweeps.progress import Progress
from simulator.sweeps.task import Part, Result, Task

if TYPE_CHECKING:
    from simulator.store.writer import Writer

TICK = 0.25


class PointError(RuntimeError):
    """A point failed, and the sweep was to stop there."""


@dataclass
class Run:
    """A sweep under way.

    Parameters
    ----------
    plan, ledger
        What to do next, and what has come in.
    flight
        What is under way.
    store
        The file that keeps what is finished, or None.
    describe
        Returns a point's parameters as text.
    progress
        What is shown.
    fail_fast
        Whether the first failure stops it.
    """

    plan: Plan
    ledger: Ledger
    flight: Flight
    store: Writer | None
    describe: Callable[[int], str]
    progress: Progress
    fail_fast: bool = False
    _kept: float = 0.0

    def to_the_end(self) -> None:
        """Run everything.

        Raises
        ------
        RuntimeError
            In one line that says how to go on: where a worker died, a point failed that must not, or the file cannot
            be written any more.
        KeyboardInterrupt
            Likewise, on Ctrl-C.
        """
        try:
            for arrived in self.flight.run(self.plan.next, TICK):
                if arrived is not None:
                    self._take(*arrived)
                    self.plan.finished(arrived[0])
                self._keep()
            self._keep(now=True)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._stopped("stopped")) from None
        except PointError as error:
            raise PointError(self._stopped(str(error))) from None
        except Exception as error:
            raise RuntimeError(self._stopped(f"{type(error).__name__}: {' '.join(str(error).split())}")) from error
        finally:
            self.progress.close()

    def _take(self, task: Task, result: Result) -> None:
        for part in result.parts:
            self._take_part(part)
        for point, error in result.failures.items():
            self.ledger.fail(point, error)
            if self.store is not None:
                self.store.note(point, self.describe(point), error)
            if self.fail_fast:
                raise PointError(f"the point {self.describe(point)} failed: {error}")

    def _take_part(self, part: Part) -> None:
        if part.block < 0:
            self.ledger.refine(part.points, part.layout, part.rows)
            if self.store is not None:
                self.store.keep_refinements(part.points, part.size, part.layout, part.rows)
            return
        assert part.layout is not None
        assert part.rows is not None
        self.ledger.add(part.points, part.block, part.layout, part.rows, part.diverged)
        if self.store is not None:
            self.store.keep(part.points, part.block, part.size, part.layout, part.rows, part.diverged)
            for point in part.points[part.diverged > 0].tolist():
                self.store.note(point, self.describe(point))

    def _keep(self, *, now: bool = False) -> None:
        """Show and save, not after every task: counting all points takes its time."""
        if not now and time.monotonic() - self._kept < TICK:
            return
        self._kept = time.monotonic()
        done, failed = int(np.count_nonzero(self.ledger.done)), len(self.ledger.failures)
        self.progress.update(done, failed, self.ledger.work())
        if self.store is not None:
            self.store.commit({"done": done, "failed": failed}, now=now)

    def _stopped(self, reason: str) -> str:
        """Save what there is and return what happened and how to go on."""
        self.flight.stop()
        with suppress(Exception):  # the reason that is told is the first one
            for arrived in self.flight.leftovers():
                self._take(*arrived)
        with suppress(Exception):
            self._keep(now=True)
        done, points = int(np.count_nonzero(self.ledger.done)), len(self.ledger.merged)
        done = done if self.store is None else self.store.committed.get("done", 0)
        reason = reason.rstrip(".;")
        if self.store is None:
            return f"{reason}; {done} of {points} points were finished and are lost; pass store='FILE.db' to keep them"
        path = str(self.store.path)
        return (
            f"{reason}; {done} of {points} points are finished and kept in {path!r}; run the same sweep again to go on"
        )
