"""``python -m simulator SWEEP.toml``: run the sweep that a file describes, and write its result."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from simulator.command import output
from simulator.parameter import nearest
from simulator.sweepfile import EXECUTORS, SweepFile, read


def run(file: str, executor: str | None = None, workers: int | None = None, quiet: bool = False) -> int:
    """Run a sweep; return 0, or 1 if points or a worker have failed.

    Parameters
    ----------
    file
        The sweep in TOML.
    executor
        "threads", "processes" or the address of a dask scheduler, in place of what the file says.
    workers
        How many threads or processes, in place of what the file says.
    quiet
        Whether to show no progress.

    Raises
    ------
    ValueError, TypeError
        In one line, before any work, for bad input.
    KeyboardInterrupt
        On Ctrl-C, with the command to go on with.
    """
    asked = read(file)
    if asked.output is not None:
        output.check(asked.output)
    where, count = executor or asked.executor, workers if workers is not None else asked.workers
    _check_executor(where, count)
    chosen = {"--executor": executor, "--workers": workers}
    again = shlex.join(["python", "-m", "simulator", file, *_words(chosen)])
    from simulator import sweep

    try:
        with executor_of(where, count) as pool:
            found = sweep(asked.subject, **asked.arguments, executor=pool, progress=not quiet)
    except KeyboardInterrupt as stopped:
        raise KeyboardInterrupt(_go_on(stopped, asked, again)) from None
    except RuntimeError as problem:
        print(_go_on(problem, asked, again), file=sys.stderr)
        return 1
    if asked.output is not None:
        output.write(found, asked.output)
    return _said(found, asked)


def _words(options: Mapping[str, Any]) -> list[str]:
    return [word for name, value in options.items() if value is not None for word in (name, str(value))]


def _check_executor(where: str, count: int | None) -> None:
    if where not in EXECUTORS and "://" not in where:
        raise ValueError(f"--executor: got {where!r}; {nearest(where, EXECUTORS)} (or an address, tcp://HOST:PORT)")
    if count is not None and count < 1:
        raise ValueError(f"--workers: got {count}; must be at least 1; leave it out for one a processor")


@contextmanager
def executor_of(where: str, workers: int | None) -> Iterator[Any]:
    """Provide what a sweep submits its work to, and close it when the sweep has ended, however it has.

    Parameters
    ----------
    where
        "threads", "processes" or the address of a dask scheduler.
    workers
        How many threads or processes, or None for one a processor.
    """
    if where == "threads":
        if workers is None:  # the sweep brings its own
            yield None
            return
        pool: Any = ThreadPoolExecutor(workers)
    elif where == "processes":
        # A terminal's Ctrl-C reaches every process; this one decides what becomes of it.
        pool = ProcessPoolExecutor(
            workers, get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
        )
    else:
        with _cluster(where) as client:
            yield client.get_executor()
        return
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _cluster(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        raise ValueError(f"--executor: got {address!r}; needs dask; pip install 'goaldrift[cluster]'") from None
    try:
        connect: Any = distributed.Client  # it has no types
        # Not the default of this process: one that failed would be what others, such as xarray, then ask.
        return connect(address, set_as_default=False)
    except OSError as problem:
        raise ValueError(f"--executor: got {address!r}; no scheduler answers there ({problem}); start one") from None


def _go_on(why: BaseException, asked: SweepFile, again: str) -> str:
    """Return what the sweep said when it was stopped, and the command that goes on from what it has kept."""
    said = " ".join(str(why).split()) or "stopped before anything was run"
    return f"{said}: {again}" if "store" in asked.arguments else said


def _said(found: Any, asked: SweepFile) -> int:
    status = found["status"].values.ravel()
    bad = [str(text) for text in status if text != "ok"]
    kept = [str(path) for path in (asked.output, asked.arguments.get("store")) if path is not None]
    print(f"{status.size} points, {int(found['replicates'].sum())} replicates: {', '.join(kept)}")
    if bad:
        print(f"{len(bad)} of {status.size} points are not ok; the first: {bad[0]}", file=sys.stderr)
    return int(bool(bad))
