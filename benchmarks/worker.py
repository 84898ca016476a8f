"""A process of its own for each peer: on one processor or on several, ready, and run when told to.

So the peers take turns, none disturbs another's threads or settings, and one thread means one processor.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.peers.work import Result, Work


class UnavailableError(Exception):
    """A peer that cannot be measured here, with the reason."""


@dataclass
class Worker:
    """A peer's task in a process that waits to run it.

    Parameters
    ----------
    module, task
        The peer's file, and the name of one of its tasks.
    work
        What to do; ``threads`` is also the number of processors that the process may use.
    first
        The first of these processors.
    """

    module: str
    task: str
    work: Work
    first: int = 0
    result: Result = (float("nan"), float("nan"))
    cpu: float = 0.0

    def __post_init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        processors = range(self.first, self.first + self.work.threads)
        arguments = (self.module, self.task, self.work, processors, theirs)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()

    def ready(self) -> Worker:
        """Return the worker when it has done its work once; raise UnavailableError if it cannot."""
        answer = self._receive()
        if isinstance(answer, str):
            raise UnavailableError(answer)
        self.result, self.cpu = answer
        return self

    def begin(self) -> None:
        """Let it run."""
        self._connection.send(True)

    def seconds(self) -> float:
        """Wait for the run to end and return how long it took."""
        seconds, self.cpu = self._receive()
        return float(seconds)

    def run(self) -> float:
        """Run once and return the seconds."""
        self.begin()
        return self.seconds()

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()

    def _receive(self) -> Any:
        try:
            return self._connection.recv()
        except EOFError:
            raise UnavailableError("its process ended") from None


def _serve(module: str, task: str, work: Work, processors: range, connection: Connection) -> None:
    if hasattr(os, "sched_setaffinity"):
        available = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {available[index % len(available)] for index in processors})
    try:
        run = importlib.import_module(f"benchmarks.peers.{module}").TASKS[task](work)
        result = run()
    except Exception as error:  # whatever a peer may raise is the reason why it is left out
        connection.send(f"{type(error).__name__}: {error}".partition("\n")[0])
        return
    connection.send((result, _cpu()))
    # On one processor its time is what counts; elapsed time would count what others do there too.
    clock = _cpu if work.threads == 1 else time.perf_counter
    while connection.recv():
        start = clock()
        run()
        connection.send((clock() - start, _cpu()))


def _cpu() -> float:
    return time.process_time()
