"""The Gaussian closure of mutation-selection balance against individuals, over selection and population.

With goals in units of the root of the mutation variance, a population has two numbers, c v = strength curvature
mutation_variance and N. Its variance V is followed one individual at a time; of every generation's V' the mean, given
the parents, is exactly sum w z^2 - (sum w z)^2 + v with w their chances, as offspring are drawn independently. What V'
deviates from that is a control variate whose mean is zero by the mechanism itself, whatever the closure says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.selection import softmax
from theory.catalog import get
from theory.validity.map import Axis, ValidityMap, mapped, witnessed

SELECTIONS = np.geomspace(1e-3, 2.0, 7)
SIZES = np.array([10, 20, 40, 80, 160])
INDIVIDUALS = 1600  # in each cell, in as many populations as that makes
FEWEST = 16  # populations, so that their spread is a standard error
GENERATIONS, MEMORIES = 60, 40.0  # that are watched: so many, and so many times a population's memory
STANDARD_ERRORS = 3.0  # that a difference may be off
SETTLED = 4.0  # e-folds of what is away from the balance, before a population is watched
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Balance:
    """The mean variance within populations, and its standard error.

    Parameters
    ----------
    variance, standard_error
        In units of the mutation variance, from independent populations.
    """

    variance: float
    standard_error: float


def gaussian_closure(
    selections: Sequence[float] = tuple(SELECTIONS), sizes: Sequence[int] = tuple(SIZES), *,
    replicates: int = INDIVIDUALS, seed: int = 0,
) -> ValidityMap:  # fmt: skip
    """Return the relative error of the balance that takes every population for normal, against individuals.

    Parameters
    ----------
    selections
        c v > 0, increasing.
    sizes
        N >= 5, increasing.
    replicates
        How many individuals are followed in each cell, at least 16 populations of them.
    seed
        Of each cell's stream, with its place.
    """
    prediction = get("goal_drift.mutation_selection_variance")
    axes = (Axis("selection_times_mutation", "s h v", np.asarray(selections, float)),
            Axis("population", "N", np.asarray(sizes, float)))  # fmt: skip

    def simulated(selection: float, size: float) -> tuple[float, float]:
        place = [int(np.flatnonzero(axis.values == one)[0]) for axis, one in zip(axes, (selection, size), strict=True)]
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(place)))
        found = balance(selection, int(size), max(FEWEST, replicates // int(size)), generator)
        return found.variance, STANDARD_ERRORS * found.standard_error

    return mapped(
        prediction, axes,
        lambda selection, size: {"strength": 1.0, "curvature": selection, "mutation_variance": 1.0,
                                 "population": int(size)},
        witnessed(axes, simulated), name="gaussian_closure", fixed={"mutation_variance": 1.0},
        says="Relative error of the variance of goals within a population, in the balance of selection and mutation.",
        witness=f"simulated individuals, to {STANDARD_ERRORS:g} standard errors",
    )  # fmt: skip


def balance(
    selection: float, size: int, populations: int, generator: np.random.Generator, longer: float = 1.0
) -> Balance:
    """Return the mean variance within populations that select and mutate, from individuals.

    Parameters
    ----------
    selection
        c v, >= 0.
    size, populations
        N individuals in each of several populations.
    generator
        The source of randomness; it advances.
    longer
        How many times longer than usual they are watched.
    """
    memory = _memory(selection, size)
    generations = round(longer * (GENERATIONS + MEMORIES * memory))
    goals = generator.standard_normal((populations, size)) * np.sqrt(0.5 + 1.0 / (1.0 / size + np.sqrt(selection)))
    watched, surprise = np.zeros(populations), np.zeros(populations)
    for generation in range(-int(np.ceil(SETTLED * memory)), generations):
        expected = _expected(goals, selection)
        parents = softmax(-0.5 * selection * np.square(goals), generator)
        goals = np.take_along_axis(goals, parents, axis=1) + generator.standard_normal(goals.shape)
        variance = goals.var(axis=1, ddof=1)
        if generation >= 0:
            watched += variance
            surprise += variance - expected
    # A surprise lasts for about a memory, so this is what all of them have added; any factor leaves the mean alone.
    each = (watched - surprise * memory) / generations
    return Balance(float(each.mean()), float(each.std(ddof=1) / np.sqrt(populations)))


def _memory(selection: float, size: int) -> float:
    """Return for how many generations, roughly, a deviation of the variance lasts."""
    lost = 1.0 / size + 2.0 * np.sqrt(selection) + selection
    return float(1.0 + 1.0 / lost)


def _expected(goals: Vector, selection: float) -> Vector:
    """Return the mean of the next generation's variance, given this one, exactly."""
    weight = np.exp(-0.5 * selection * np.square(goals))
    weight /= weight.sum(axis=1, keepdims=True)
    mean = np.sum(weight * goals, axis=1)
    return np.asarray(np.sum(weight * np.square(goals), axis=1) - np.square(mean) + 1.0)
