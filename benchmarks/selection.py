"""Populations under selection against drawing their normals and gathering once, and ways to draw parents in turn.

The unit is nanoseconds per agent, trait and generation (for parents alone: per offspring): 17 traits, 200 generations,
one population of 100 000 and 200 populations of 1000.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.pairing import interleaved, paired_ratio
from simulator.aligned import aligned_empty
from simulator.models.goal_drift import capability, goal, goal_drift, noise
from simulator.normals import NORMALS
from simulator.parameter import resolve
from simulator.point import run_point
from simulator.selection import multinomial

DIM, GENERATIONS = 16, 200
SHAPES = ((1, 100_000), (200, 1000))
# Capability wanders too, so that every individual has 17 traits of its own.
law = goal_drift.replace(noise={goal: noise, capability: noise})


def measure(rounds: int = 3, generations: int = GENERATIONS) -> list[dict[str, Any]]:
    """Return one row a task: what, nanoseconds a unit (median), and its paired ratio to the row's reference."""
    rows = []
    for replicates, size in SHAPES:
        rows += _whole_runs(replicates, size, rounds, generations)
        rows += _parents(replicates, size, 5 * rounds)
    return rows


def _whole_runs(replicates: int, size: int, rounds: int, generations: int) -> list[dict[str, Any]]:
    """Time whole runs, observed once, against the floor; and against numba where that is installed."""
    tasks: dict[str, Callable[[], object]] = {"normals and one gather, float64": _floor(replicates, size, generations)}
    for normals, dtype in (("ziggurat", "float64"), ("mixed", "float64"), ("mixed", "float32")):
        for threads in (1, 2) if replicates > 1 else (1,):
            name = f"run, {dtype} {normals}, {threads} thread(s)"
            tasks[name] = _run(replicates, size, generations, normals, dtype, threads)
    if find_spec("numba"):
        from benchmarks.selection_numba import populations

        for normals in NORMALS:
            tasks[f"run, float32 {normals}, numba, 1 thread"] = partial(
                populations, replicates, size, DIM, generations, normals
            )
    rows = _rows(f"{replicates} x {size}: ", interleaved(tasks, rounds), replicates * size * (DIM + 1) * generations)
    if not find_spec("numba"):
        rows.append({"task": f"{replicates} x {size}: numba is not installed, skipped", "ns": np.nan, "ratio": np.nan})
    return rows


def _run(replicates: int, size: int, generations: int, normals: str, dtype: str, threads: int) -> Callable[[], object]:
    made = law.experiment("population", times=(generations,), measures=("alignment",), normals=normals, dtype=dtype)
    point = resolve(made.parameters, {"dim": DIM, "population": size})
    return lambda: run_point(made, point, replicates, 0, threads=threads, discretization=False)


def _floor(replicates: int, size: int, generations: int) -> Callable[[], object]:
    """Draw the normals and gather every trait once, in pieces that fit the cache."""
    generator = np.random.Generator(np.random.PCG64DXSM(0))
    together = max(1, 2**13 // size) if replicates > 1 else 1
    individuals = together * size
    old, new, normals = (aligned_empty((DIM + 1, individuals), np.float64) for _ in range(3))
    old[...] = 0.0
    parents = np.sort(generator.integers(0, individuals, individuals))

    def run() -> None:
        for _ in range(generations * (replicates // together)):
            NORMALS["ziggurat"](generator, normals)
            for before, after in zip(old, new, strict=True):
                before.take(parents, out=after, mode="clip")

    return run


def _parents(replicates: int, size: int, rounds: int) -> list[dict[str, Any]]:
    """Time ways to draw the same parents, all exactly multinomial; the first is what the simulator does."""
    generator = np.random.Generator(np.random.PCG64DXSM(0))
    weights = np.exp(0.3 * generator.standard_normal((replicates, size)))
    ways = {
        "ends and throws sorted together": multinomial, "guide table": guide_table,
        "sorted keys, search": sorted_search,
        "keys by exponential spacings, search": spacings_search, "counts by conditional binomials": binomials,
        "unsorted keys, search": plain_search,
    }  # fmt: skip
    tasks = {name: (lambda draw=draw: draw(weights, generator)) for name, draw in ways.items()}
    return _rows(f"{replicates} x {size}, parents: ", interleaved(tasks, rounds), replicates * size)


def plain_search(weights: Any, generator: np.random.Generator) -> Any:
    """Search every key in the running sum; populations are told apart by the whole part."""
    return _search(weights, generator.random(weights.shape))


def sorted_search(weights: Any, generator: np.random.Generator) -> Any:
    """Search sorted keys, so that neighbors are searched where the last one was found."""
    return _search(weights, np.sort(generator.random(weights.shape), axis=1))


def spacings_search(weights: Any, generator: np.random.Generator) -> Any:
    """Search keys that are sorted from the start: partial sums of exponential variates, divided by the last."""
    sums = np.cumsum(generator.standard_exponential((len(weights), weights.shape[1] + 1)), axis=1)
    return _search(weights, sums[:, :-1] / sums[:, -1:])


def _search(weights: Any, keys: Any) -> Any:
    row = np.arange(len(weights))[:, np.newaxis]
    ends = _ends(weights) + row
    return np.searchsorted(ends.ravel(), (keys + row).ravel(), side="right").reshape(keys.shape) - len(ends.T) * row


def _ends(weights: Any) -> Any:
    ends = np.cumsum(weights, axis=1)
    return ends / ends[:, -1:]


def guide_table(weights: Any, generator: np.random.Generator) -> Any:
    """Look up where a key's cell begins, and go on from there while the key is not below the end."""
    replicates, size = weights.shape
    row = np.arange(replicates)[:, np.newaxis]
    keys, ends = np.sort(generator.random(weights.shape), axis=1), _ends(weights)
    cells = np.ceil(ends * size).astype(np.intp) + row * (size + 1)
    guide = np.bincount(cells.ravel(), minlength=replicates * (size + 1)).reshape(replicates, -1).cumsum(axis=1)
    found = guide.ravel().take(((keys * size).astype(np.intp) + row * (size + 1)).ravel()) + np.repeat(row * size, size)
    flat_ends, flat_keys = ends.ravel(), keys.ravel()
    low = np.flatnonzero(flat_ends.take(found) <= flat_keys)
    while low.size:
        found[low] += 1
        low = low[flat_ends[found[low]] <= flat_keys[low]]
    return found.reshape(weights.shape) - row * size


def binomials(weights: Any, generator: np.random.Generator) -> Any:
    """Draw offspring numbers by NumPy's multinomial, one binomial an individual, and repeat."""
    replicates, size = weights.shape
    counts = generator.multinomial(size, weights / weights.sum(axis=1, keepdims=True))
    return np.repeat(np.tile(np.arange(size), replicates), counts.ravel()).reshape(weights.shape)


def _rows(prefix: str, seconds: dict[str, list[float]], units: int) -> list[dict[str, Any]]:
    """Turn seconds into rows; the first task is what the others are relative to."""
    reference = next(iter(seconds.values()))
    return [
        {
            "task": prefix + name,
            "ns": statistics.median(times) / units * 1e9,
            "ratio": paired_ratio(times, reference),
        }
        for name, times in seconds.items()
    ]


if __name__ == "__main__":
    for row in measure():
        print(f"{row['task']:64s} {row['ns']:8.2f} ns   ratio {row['ratio']:.3f}")
