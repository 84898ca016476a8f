"""Some populations at the moment at which they are observed, in float64, one axis a meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.levels.langevin.setting import double
from simulator.levels.population.generation import Populations
from simulator.levels.population.lineage import Lineages

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Snapshot:
    """What a measure can see. Arrays are (..., replicates, individuals), components first where there are any.

    Parameters
    ----------
    populations
        The populations.
    own
        Per measure of the law that was asked for, every individual's value.
    """

    populations: Populations
    own: Mapping[str, Array]

    @cached_property
    def now(self) -> dict[str, Array]:
        """Every trait of this generation."""
        return self._traits(self.populations.state)

    @cached_property
    def before(self) -> dict[str, Array]:
        """Every trait of the generation before."""
        return self._traits(self.populations.before)

    def _traits(self, state: Sequence[Any]) -> dict[str, Array]:
        names = (trait.name for trait in self.populations.plan.model.traits)
        return {name: spread(value, self.populations.shape) for name, value in zip(names, double(state), strict=True)}

    @property
    def founded(self) -> bool:
        """Whether these are founders, whom no parents begot."""
        return not self.populations.parents

    @cached_property
    def offspring(self) -> Array:
        """How many offspring each individual of the generation before had; of two parents each begot half."""
        parents, shape = self.populations.parents, self.populations.shape
        counts = sum(np.bincount(parent, minlength=shape[0] * shape[1]) for parent in parents)
        return np.asarray(counts, dtype=np.float64).reshape(shape) / len(parents)

    def of_parents(self, values: Array) -> Array:
        """Return for each individual what its parent had, or the mean of its two."""
        flat = values.reshape(*values.shape[:-2], -1)
        parents = self.populations.parents
        inherited = sum(flat.take(parent, axis=-1) for parent in parents)
        return np.asarray(inherited).reshape(values.shape) / len(parents)

    @property
    def lineages(self) -> Lineages:
        """The lineages, which are followed wherever a measure of them is asked for."""
        lineages = self.populations.lineages
        assert lineages is not None
        return lineages


def spread(value: Any, shape: tuple[int, int]) -> Array:
    """Return a number, a column, or one value an individual as (..., replicates, individuals)."""
    array = np.asarray(value, dtype=np.float64)
    individuals = shape[0] * shape[1]
    if array.ndim and array.shape[-1] == individuals:
        return array.reshape(*array.shape[:-1], *shape)
    return np.broadcast_to(array.reshape(*array.shape[:-1], 1, 1), (*array.shape[:-1], *shape))
