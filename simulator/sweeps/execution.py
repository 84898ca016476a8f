"""Running tasks on whatever has ``submit``: a bounded number of them at once, their results as they come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

from simulator.sweeps.task import Result, Task, run_task

AHEAD = 2
"""Tasks in flight for each worker."""

REACH = 16
"""How far beyond the oldest task in flight new ones may go, for each worker: what comes early must be kept waiting."""


def workers_of(executor: Any) -> int:
    """Return how many tasks an executor runs at once, as far as it says; it decides about speed alone."""
    client = getattr(executor, "_client", None)  # dask.distributed's
    if client is not None:
        return max(1, int(sum(client.nthreads().values())))
    for name in ("_max_workers", "num_workers"):
        number = getattr(executor, name, None)
        if isinstance(number, int) and number > 0:
            return number
    return os.cpu_count() or 1


def stays_here(executor: Any) -> bool:
    """Tell whether an executor's tasks run in this process, so that nothing must be sent."""
    return isinstance(executor, ThreadPoolExecutor)


class Flight:
    """Tasks under way.

    Parameters
    ----------
    executor
        Anything with ``submit``; its futures need ``add_done_callback``, ``result`` and ``cancel``.
    workers
        How many tasks it runs at once.
    own
        Whether it is ours, so that its tasks may be waited for.
    """

    def __init__(self, executor: Any, workers: int, *, own: bool = False) -> None:
        self._executor, self._workers, self._own = executor, workers, own
        # Futures of other libraries must not be given to concurrent.futures.wait: they report to a queue of ours.
        self._arrived: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._tasks: dict[int, Task] = {}
        self._futures: dict[int, Any] = {}
        self._number = 0

    def run(self, following: Callable[[], Task | None], tick: float) -> Iterator[tuple[Task, Result] | None]:
        """Yield each task with its result as it comes, and None whenever ``tick`` seconds have brought nothing.

        Parameters
        ----------
        following
            Returns the next task; None where none can be told before others come back.
        tick
            In seconds.
        """
        while True:
            self._fill(following)
            if not self._tasks:
                return
            try:
                number, future = self._arrived.get(timeout=tick)
            except Empty:
                yield None
                continue
            yield self._tasks[number], self._landed(number, future)

    def _fill(self, following: Callable[[], Task | None]) -> None:
        while len(self._tasks) < AHEAD * self._workers + 1:
            if self._tasks and self._number - next(iter(self._tasks)) >= REACH * self._workers:
                return
            task = following()
            if task is None:
                return
            future = self._executor.submit(run_task, task)
            self._tasks[self._number], self._futures[self._number] = task, future
            future.add_done_callback(self._reporter(self._number))
            self._number += 1

    def _reporter(self, number: int) -> Callable[[Any], None]:
        return lambda future: self._arrived.put((number, future))

    def _landed(self, number: int, future: Future[Result]) -> Result:
        result = future.result()
        del self._tasks[number], self._futures[number]
        return result

    def stop(self) -> None:
        """Cancel what has not begun, and on threads of ours wait for what has."""
        for future in list(self._futures.values()):
            future.cancel()
        if self._own:
            self._executor.shutdown(wait=True)

    def leftovers(self) -> Iterator[tuple[Task, Result]]:
        """Yield what has come back meanwhile and was not taken."""
        while not self._arrived.empty():
            number, future = self._arrived.get()
            if number in self._tasks and not future.cancelled() and future.exception() is None:
                yield self._tasks.pop(number), future.result()
