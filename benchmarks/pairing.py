"""Timing in pairs: alternatives run in turn, round by round, so that a drifting machine slows them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(
    tasks: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Return the seconds that each task took in each round, after one round that is not counted.

    Parameters
    ----------
    tasks
        By name, functions without arguments.
    rounds
        How often each is timed, >= 1.
    clock
        What tells the time: the wall's by default; of the process where others share the machine.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for count in range(rounds + 1):
        for name, task in tasks.items():
            start = clock()
            task()
            if count:
                seconds[name].append(clock() - start)
    return seconds


def paired_ratio(numerator: list[float], denominator: list[float]) -> float:
    """Return the median over rounds of one task's time relative to another's in the same round."""
    return statistics.median(a / b for a, b in zip(numerator, denominator, strict=True))
