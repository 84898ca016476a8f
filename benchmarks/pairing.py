"""Timing in pairs: alternatives run in turn, round by round, so that a drifting machine slows them alike.

Rounds in which other processes were at work are the first to be left out: on a shared machine they say little about
two threads. Which rounds are kept depends on the load alone, never on what was timed.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

QUIET = 0.1  # processors that others may use in a round that counts
STAT = Path("/proc/stat")


class Interval(NamedTuple):
    """A median and the ends of its 95 % interval."""

    median: float
    low: float
    high: float


def interleaved(
    tasks: Mapping[str, Callable[[], object]],
    rounds: int,
    own: Callable[[], float] | None = None,
    clock: Callable[[str, Callable[[], object]], float] | None = None,
) -> dict[str, list[float]]:
    """Return the seconds that each task took in each round, after one round that is not counted.

    Every round begins with another task. Up to twice as many rounds are run to find ``rounds`` in which others used
    less than a tenth of a processor; failing that, the quietest are kept.

    Parameters
    ----------
    tasks
        By name, functions without arguments.
    rounds
        How often each is timed, >= 1.
    own
        The processor seconds used so far by what is timed; None for this process and its finished children.
    clock
        From a task's name and the task, which it runs, its seconds; None for the elapsed time.
    """
    own, clock = own or _own, clock or elapsed
    names = list(tasks)
    for name in names:
        clock(name, tasks[name])
    turns: list[tuple[float, dict[str, float]]] = []
    while sum(load < QUIET for load, _ in turns) < rounds and len(turns) < 2 * rounds:
        first = len(turns) % len(names)
        start = _Usage.now(own)
        seconds = {name: clock(name, tasks[name]) for name in (*names[first:], *names[:first])}
        turns.append((start.others(own), seconds))
    kept = sorted(turns, key=lambda turn: max(turn[0], QUIET))[:rounds]
    return {name: [seconds[name] for _, seconds in kept] for name in names}


def elapsed(_: str, task: Callable[[], object]) -> float:
    """Return the seconds that a task takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def by_threads(name: str, task: Callable[[], object]) -> float:
    """Return a task's elapsed seconds if its name ends in x2, and else its processor seconds: others add none."""
    clock = time.perf_counter if name.endswith("x2") else time.process_time
    start = clock()
    task()
    return clock() - start


def median_interval(values: Sequence[float]) -> Interval:
    """Return the median and its 95 % interval, from order statistics (the extremes where there are less than six).

    Source: Conover, Practical Nonparametric Statistics (1999), section 3.2.
    """
    ordered, n = sorted(values), len(values)
    cumulative, rank, weight = 0.0, 0, 0.5**n
    while cumulative + weight <= 0.025:
        cumulative += weight
        weight *= (n - rank) / (rank + 1)
        rank += 1
    low = max(rank - 1, 0)
    return Interval(statistics.median(ordered), ordered[low], ordered[n - 1 - low])


def ratios(numerator: Sequence[float], denominator: Sequence[float]) -> Interval:
    """Return one task's time relative to another's in the same round: the median and its interval."""
    return median_interval([a / b for a, b in zip(numerator, denominator, strict=True)])


def paired_ratio(numerator: Sequence[float], denominator: Sequence[float]) -> float:
    """Return the median over rounds of one task's time relative to another's in the same round."""
    return ratios(numerator, denominator).median


def rows(
    seconds: Mapping[str, list[float]], units: Mapping[str, float] | float, to: str | None = None
) -> list[dict[str, Any]]:
    """Return a row a task: nanoseconds a unit and the ratio to the task ``to`` (by default the first), with intervals.

    ``units`` is how many units of work a task does, one number for all tasks or one each.
    """
    to = to or next(iter(seconds))
    table = []
    for name, times in seconds.items():
        count = units if isinstance(units, (int, float)) else units[name]
        own = units if isinstance(units, (int, float)) else units[to]
        ns, ratio = median_interval([1e9 * one / count for one in times]), ratios(times, seconds[to])
        scale = own / count
        table.append(
            {
                "task": name, "ns": ns.median, "ns_low": ns.low, "ns_high": ns.high,
                "ratio": ratio.median * scale, "ratio_low": ratio.low * scale, "ratio_high": ratio.high * scale,
            }
        )  # fmt: skip
    return table


class _Usage(NamedTuple):
    """The state of the clocks: wall, all processors' busy seconds (None where unknown), our own."""

    wall: float
    busy: float | None
    mine: float

    @classmethod
    def now(cls, own: Callable[[], float]) -> _Usage:
        return cls(time.perf_counter(), _busy(), own())

    def others(self, own: Callable[[], float]) -> float:
        """Return how many processors others have used since; 0 where that is unknown."""
        now = _Usage.now(own)
        if self.busy is None or now.busy is None:
            return 0.0
        return max(0.0, (now.busy - self.busy) - (now.mine - self.mine)) / (now.wall - self.wall)


def _busy() -> float | None:
    if not STAT.exists():
        return None
    user, nice, system, _idle, _wait, irq, softirq, *_ = map(int, STAT.read_text().split(maxsplit=8)[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    return sum(os.times()[:4])
