"""Work in several processes: what takes longest is begun first, and whatever comes back carries its place."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeAlias, TypeVar

Result = TypeVar("Result")
Task: TypeAlias = tuple[str, Any]
"""A name, and whatever else says what is to be done; tasks of one name take about as long as each other."""


def scattered(
    run: Callable[[str, Any], Result], tasks: Mapping[int, Task], workers: int
) -> Iterator[tuple[int, Result]]:
    """Do tasks in processes of their own, and yield the place and result of each as it comes.

    One task of each name goes first; from then on, always one of the name whose tasks have taken longest.

    Parameters
    ----------
    run
        What does a task: a function that can be found by its name in a new process.
    tasks
        By place, a name and something that can be sent to another process.
    workers
        How many processes, >= 1.

    Raises
    ------
    ChildProcessError
        In one line, if a process died; which tasks were under way is said.
    """
    if not tasks:
        return
    # New processes, not forks: threads may be running here. A terminal's Ctrl-C reaches all; this one decides.
    pool = ProcessPoolExecutor(
        min(workers, len(tasks)), get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    )
    try:
        yield from _as_they_come(pool, run, _Waiting(tasks), workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def checked_workers(workers: int | None) -> int:
    """Return a number of processes, one a processor for None; raise ValueError, in one line, if it is below 1."""
    if workers is not None and workers < 1:
        raise ValueError(f"workers: got {workers}; must be at least 1; leave it out for one a processor")
    return workers or os.cpu_count() or 1


class _Waiting:
    """Tasks that have not begun, by name, and how long the last of each name took."""

    def __init__(self, tasks: Mapping[int, Task]) -> None:
        self._tasks: dict[str, deque[tuple[int, Task]]] = {}
        self._seconds: dict[str, float] = {}
        for place, task in tasks.items():
            self._tasks.setdefault(task[0], deque()).append((place, task))

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def next(self) -> tuple[int, Task]:
        """Take the task that should begin now: of an untried name, or of the slowest."""
        name = max(self._tasks, key=lambda name: self._seconds.get(name, float("inf")))
        self._seconds.setdefault(name, 0.0)
        chosen = self._tasks[name].popleft()
        if not self._tasks[name]:
            del self._tasks[name]
        return chosen

    def took(self, name: str, seconds: float) -> None:
        """Remember how long a task took."""
        self._seconds[name] = seconds


def _as_they_come(
    pool: ProcessPoolExecutor, run: Callable[[str, Any], Result], waiting: _Waiting, workers: int
) -> Iterator[tuple[int, Result]]:
    flying: dict[Future[tuple[float, Result]], tuple[int, Task]] = {}
    try:
        while waiting or flying:
            while waiting and len(flying) <= workers:  # one more than there are processes, so that none is idle
                place, task = waiting.next()
                flying[pool.submit(_timed, run, *task)] = place, task
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                seconds, result = future.result()
                place, task = flying.pop(future)
                waiting.took(task[0], seconds)
                yield place, result
    except BrokenProcessPool:
        names = ", ".join(sorted({task[0] for _, task in flying.values()}))
        raise ChildProcessError(
            f"workers: a process died at work on {names}; it may have run out of memory, or the script that began it "
            "has no `if __name__ == '__main__':`; pass workers=1"
        ) from None


def _timed(run: Callable[[str, Any], Result], name: str, rest: Any) -> tuple[float, Result]:
    start = time.perf_counter()
    result = run(name, rest)
    return time.perf_counter() - start, result
