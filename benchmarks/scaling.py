"""How time and peak memory grow with each size, one at a time, and the exponents that fit.

Time is processor time on one thread; peak memory is what NumPy and Python held at once beyond what was held before.
An exponent is the slope of log time on log size over the upper half of the sizes, where fixed costs matter least.
What a second worker brings is timed by ``benchmarks.sweeps``.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import linear_regression
from typing import Any

import numpy as np

from benchmarks.pairing import Interval, interleaved, median_interval
from simulator import simulate, sweep
from simulator.models.goal_drift import goal_drift

Task = Callable[[], object]
MEASURES = ("alignment",)
FIGURE = Path("build/scaling.png")


def measure(rounds: int = 3, figure: Path | None = FIGURE, largest: int = 2**18) -> list[dict[str, Any]]:
    """Return a row an axis and size: seconds, megabytes, and at the largest size the exponent of each.

    Parameters
    ----------
    rounds
        How often each is timed.
    figure
        Where the picture of time against size goes; None for none.
    largest
        The number of replicates at the end of their axis; the other axes shrink with it.
    """
    found = [row for axis, tasks in axes(largest).items() for row in _axis(axis, tasks, rounds)]
    if figure is not None:
        figure.parent.mkdir(parents=True, exist_ok=True)
        draw(found).savefig(figure)
    return found


def axes(largest: int) -> dict[str, dict[int, Task]]:
    """Return per axis its tasks by size; every axis is a power of two from a reference point of its own."""
    stepped = goal_drift.experiment(method="stepped", steps=32, measures=MEASURES)
    agents = goal_drift.experiment("population", measures=("goal",))

    def top(exponent: int) -> int:
        return max(2**exponent * largest // 2**18, 16)

    return {
        "replicates": {n: _point(stepped, n) for n in _sizes(top(18))},
        "components": {n: _point(stepped, top(13), dim=n) for n in _sizes(1024)},
        "steps": {n: _point(_of_steps(n), top(13)) for n in _sizes(1024)},
        "agents of a population": {n: _point(agents, 64, population=n, time=8) for n in _sizes(top(15))},
        "generations": {n: _point(agents, 64, population=256, time=n) for n in _sizes(top(11))},
        "points of a sweep": {n: _sweep(n) for n in _sizes(top(13))},
    }


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the slope of log value on log size over the upper half of the sizes, two of them at least."""
    first = min(len(sizes) // 2, len(sizes) - 2)
    return linear_regression(np.log(sizes[first:]), np.log(values[first:])).slope


def draw(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return the picture: seconds against size, each axis relative to its largest, and a line of slope one."""
    from matplotlib.figure import Figure

    from figures.style import MUTED, WIDTH, series_style, styled

    with styled():
        canvas = Figure(figsize=(WIDTH, 4.2), layout="constrained")
        axes = canvas.subplots()
        for index, name in enumerate(dict.fromkeys(row["axis"] for row in rows)):
            color, marker = series_style(index)
            mine = [row for row in rows if row["axis"] == name]
            x, y = (np.array([row[key] for row in mine], dtype=float) for key in ("size", "s"))
            axes.plot(x / x[-1], y / y[-1], color=color, marker=marker, label=name)
        low = min(row["size"] for row in rows) / max(row["size"] for row in rows)
        axes.plot([low, 1.0], [low, 1.0], color=MUTED, linestyle=":", label="linear")
        axes.set(xscale="log", yscale="log", xlabel="size, of the largest", ylabel="processor time, of the largest")
        axes.legend()
    return canvas


def _axis(axis: str, tasks: Mapping[int, Task], rounds: int) -> list[dict[str, Any]]:
    named = {str(size): task for size, task in tasks.items()}
    seconds = interleaved(named, rounds, clock=_processor_time)
    sizes = list(tasks)
    memory = [_peak(task) for task in tasks.values()]
    times = [median_interval(seconds[str(size)]) for size in sizes]
    slopes = [exponent(sizes, [seconds[str(size)][turn] for size in sizes]) for turn in range(rounds)]
    rows = [
        {"axis": axis, "size": size, "s": t.median, "s_low": t.low, "s_high": t.high, "MB": m, **_exponents()}
        for size, t, m in zip(sizes, times, memory, strict=True)
    ]
    rows[-1] |= _exponents(median_interval(slopes), exponent(sizes, memory))
    return rows


def _exponents(of_time: Interval | None = None, of_memory: float | None = None) -> dict[str, Any]:
    if of_time is None:
        return {"exponent of time": "", "exponent of memory": ""}
    low, high = (f"{end:.2f}" for end in (of_time.low, of_time.high))
    return {"exponent of time": f"{of_time.median:.2f} ({low} to {high})", "exponent of memory": f"{of_memory:.2f}"}


def _sizes(largest: int) -> list[int]:
    """Return six sizes or fewer, by factors of four, down from the largest."""
    return sorted({largest // 4**step for step in range(6)} - {0, 1})


def _of_steps(steps: int) -> Any:
    return goal_drift.experiment(method="stepped", steps=steps, measures=MEASURES)


def _point(made: Any, replicates: int, **point: Any) -> Task:
    return lambda: simulate(made, replicates=replicates, threads=1, discretization=False, **point)


def _sweep(points: int) -> Task:
    made, over = goal_drift.experiment(measures=MEASURES), {"pull": np.linspace(0.5, 2.0, points)}

    def run() -> None:
        with ThreadPoolExecutor(1) as pool:
            sweep(made, over, replicates=64, executor=pool, progress=False, discretization=False)

    return run


def _processor_time(_: str, task: Task) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def _peak(task: Task) -> float:
    """Return the megabytes that a task holds at once, beyond what is held before it."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        task()
        return (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:
        tracemalloc.stop()
