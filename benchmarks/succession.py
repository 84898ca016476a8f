"""Leaders among ten thousand circuits, ten thousand times over, against drawing the lines that it takes.

The unit is nanoseconds per line, circuits x replicates. Memory is the largest that NumPy and Python held at once.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.pairing import by_threads, interleaved, rows
from simulator import simulate
from simulator.models.succession.leaders import run
from simulator.randomness import blocks

CIRCUITS, REPLICATES = 10_000, 10_000
DRAWN = "draw presence and quality"


def measure(rounds: int = 3) -> list[dict[str, Any]]:
    """Return one row a task: nanoseconds a line, seconds of the whole, and megabytes."""
    tasks: dict[str, Callable[[], object]] = {DRAWN: _draw}
    for threads in (1, 2):
        tasks[f"successions, x{threads}"] = _successions(threads)
    table = rows(interleaved(tasks, rounds, clock=by_threads), CIRCUITS * REPLICATES)
    for row in table:
        row["seconds"] = row["ns"] * CIRCUITS * REPLICATES * 1e-9
        row["megabytes"] = _megabytes(tasks[row["task"]])
    return table


def _successions(threads: int) -> Callable[[], object]:
    made = run(measures=("successions",))
    return lambda: simulate(made, replicates=REPLICATES, circuits=CIRCUITS, threads=threads)


def _draw() -> None:
    generator = np.random.Generator(np.random.PCG64DXSM(0))
    for block in blocks(REPLICATES, CIRCUITS):
        for _ in range(2):
            generator.standard_normal((CIRCUITS, block.size))


def _megabytes(task: Callable[[], object]) -> float:
    tracemalloc.start()
    task()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


if __name__ == "__main__":
    from benchmarks.report import markdown

    print(markdown(measure()))
