"""Time of a normal draw by each method: ``python -m benchmarks.normals`` prints it.

The methods take turns in one process, so that what slows the machine down slows all of them; the ratio to
NumPy's own float64 normals is taken turn by turn, and its median holds where absolute times do not.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.aligned import aligned_empty
from simulator.normals import NORMALS
from simulator.randomness import BLOCK_ELEMENTS, point_key, stream

REFERENCE = ("ziggurat", "float64")


def measure(rounds: int = 15, size: int = BLOCK_ELEMENTS, threads: int = 1) -> list[dict[str, Any]]:
    """Time every method in both precisions, in turns.

    Parameters
    ----------
    rounds
        Turns of each method, >= 1.
    size
        Draws in one call, >= 1.
    threads
        Threads that draw at the same time, each from a stream of its own into an array of its own, >= 1.

    Returns
    -------
    list of dict
        For each method: ``method``, ``dtype``, ``size``, ``threads``, ``ns`` (elapsed nanoseconds over the
        draws of all threads, the median of the rounds) and ``ratio`` (to the ziggurat in float64, likewise).
    """
    methods = list(product(NORMALS, ("float64", "float32")))
    times: dict[tuple[str, str], list[float]] = {method: [] for method in methods}
    arrays = {dtype: [aligned_empty(size, dtype) for _ in range(threads)] for _, dtype in methods}
    generators = [stream(seed=1, key=point_key("benchmark"), block=i) for i in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        for _, (name, dtype) in product(range(rounds), methods):
            times[name, dtype].append(_elapsed(pool, name, generators, arrays[dtype]))
    return [_row(method, times, size, threads) for method in methods]


def _elapsed(
    pool: ThreadPoolExecutor, name: str, generators: list[np.random.Generator], arrays: list[NDArray[Any]]
) -> float:
    """Return nanoseconds a draw over a few milliseconds, after a call that fills the caches."""
    calls = max(1, 2**19 // arrays[0].size)
    for generator, out in zip(generators, arrays, strict=True):
        NORMALS[name](generator, out)

    def draw(generator: np.random.Generator, out: NDArray[Any]) -> None:
        for _ in range(calls):
            NORMALS[name](generator, out)

    start = time.perf_counter()
    if len(arrays) == 1:
        draw(generators[0], arrays[0])
    else:
        list(pool.map(draw, generators, arrays))
    return (time.perf_counter() - start) / (calls * arrays[0].size * len(arrays)) * 1e9


def _row(method: tuple[str, str], times: dict[tuple[str, str], list[float]], size: int, threads: int) -> dict[str, Any]:
    ratio = median(mine / reference for mine, reference in zip(times[method], times[REFERENCE], strict=True))
    name, dtype = method
    return {
        "method": name,
        "dtype": dtype,
        "size": size,
        "threads": threads,
        "ns": median(times[method]),
        "ratio": ratio,
    }


def main() -> None:
    """Print the table for one thread and for two."""
    print(f"{'method':10} {'dtype':8} {'threads':>7} {'ns/draw':>8} {'ratio':>6}")
    for threads in (1, 2):
        for row in measure(threads=threads):
            print(f"{row['method']:10} {row['dtype']:8} {threads:7d} {row['ns']:8.2f} {row['ratio']:6.3f}")


if __name__ == "__main__":
    main()
