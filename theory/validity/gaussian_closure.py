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

from theory.catalog import get
from theory.validity.map import Axis, ValidityMap, mapped, witnessed

SELECTIONS = np.geomspace(1e-3, 2.0, 7)
SIZES = np.array([10, 20, 40, 80, 160])
INDIVIDUALS = 1600  # in each cell, in as many populations as that makes
FEWEST = 16  # populations, so that their spread is a standard error
GENERATIONS, MEMORIES = 150, 55.0  # that are watched: so many, and so many times a population's memory
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
        Of each cell's stream, with the cell's values: what else is on the map makes no difference.
    """
    prediction = get("goal_drift.mutation_selection_variance")
    axes = (Axis("selection_times_mutation", "s h v", np.asarray(selections, float)),
            Axis("population", "N", np.asarray(sizes, float)))  # fmt: skip

    def simulated(selection: float, size: float) -> tuple[float, float]:
        cell = (int(size), int(np.float64(selection).view(np.uint64)))
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=cell))
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
        fitness = np.exp(-0.5 * selection * np.square(goals))
        expected = _expected(goals, fitness)
        goals = goals.ravel()[_parents(fitness, generator)] + generator.standard_normal(goals.shape)
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


def _expected(goals: Vector, fitness: Vector) -> Vector:
    """Return the mean of the next generation's variance, given this one, exactly."""
    whole = fitness.sum(axis=1)
    mean, square = (np.einsum("ij,ij->i", fitness, one) / whole for one in (goals, np.square(goals)))
    return np.asarray(square - np.square(mean) + 1.0)


def _parents(fitness: Vector, generator: np.random.Generator) -> NDArray[np.intp]:
    """Return the parent of every offspring, as an index into all individuals: one of its own population, anyone.

    It is refused with probability 1 - fitness, and then another is asked: so each is taken in proportion to fitness.
    """
    populations, size = fitness.shape
    first = np.repeat(np.arange(populations) * size, size)
    chances = fitness.ravel()
    found, open_ = np.empty(populations * size, dtype=np.intp), np.arange(populations * size)
    while open_.size:
        found[open_] = first[open_] + generator.integers(size, size=open_.size)
        open_ = open_[generator.random(open_.size) > chances[found[open_]]]
    return found.reshape(fitness.shape)
