"""Some populations carried from generation to generation: selection, inheritance, growth, decay, mutation.

Individuals of all populations lie end to end, population by population; arrays are (component, individual).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.levels.langevin.setting import Setting, copied
from simulator.levels.population.kernels import Generation
from simulator.levels.population.lineage import Lineages
from simulator.levels.population.neutral import Neutral
from simulator.levels.population.plan import ENVIRONMENT, Plan
from simulator.levels.population.tile import Tile, tiles


@dataclass
class Populations:
    """Some populations in one generation, and what carries them on; they belong to one thread.

    Parameters
    ----------
    plan
        The law, and what fixes how its populations are run.
    tiles
        All individuals, cut into runs that are worked on one at a time.
    values
        Every parameter's value: a number, a column, or, where it is drawn, one a population.
    shape
        (replicates, individuals).
    state, before
        The traits of this generation and the one before; what all individuals share is a number or a column.
    reward
        What this generation earns, shape (replicates, individuals).
    seen
        What selection took for the reward of the generation before; None in the first.
    parents
        For each individual its parent, or its two, as places in ``before``; each of shape (individuals in all,).
    founder
        For each individual its founder's place, None if nobody asks.
    lineages
        None if nobody asks.
    neutral
        The neutral twin, or None.
    diverged
        Which populations had no reward to be selected by; shape (replicates,).
    """

    plan: Plan
    tiles: tuple[Tile, ...]
    values: Mapping[str, Any]
    shape: tuple[int, int]
    state: list[Any]
    before: list[Any]
    reward: NDArray[np.float64]
    diverged: NDArray[np.bool_]
    founder: NDArray[np.intp] | None = None
    lineages: Lineages | None = None
    neutral: Neutral | None = None
    seen: NDArray[np.float64] | None = None
    parents: tuple[NDArray[np.intp], ...] = ()

    @classmethod
    def found(
        cls,
        plan: Plan,
        made: Generation,
        values: Mapping[str, Any],
        setting: Setting,
        shape: tuple[int, int],
        initial: Sequence[Any],
    ) -> Populations:
        """Return populations at time 0 with a copy of the initial state."""
        state, before = ([copied(value, setting.dtype) for value in initial] for _ in range(2))
        reward, diverged = np.empty(shape), np.zeros(shape[0], dtype=bool)
        cut = tiles(plan, made, setting)
        for tile in cut:
            tile.earn(tile.view(state), reward)
        return cls(plan, cut, values, shape, state, before, reward, diverged)

    def reproduce(self, generator: np.random.Generator) -> None:
        """Go on by a generation: choose parents, then let every offspring inherit, grow, decay, mutate and earn."""
        self.parents = self.choose_parents(generator)
        self.reward = np.empty(self.shape)  # what selection saw is kept to be looked at
        born = self.before
        for tile in self.tiles:
            born = tile.descend(self.state, self.before, self.parents, self.reward, generator)
        if self.neutral is not None:
            self.neutral.grow_up()
        # The last tile has what all share, moved on; what individuals have of their own was written in place.
        own = self.tiles[0].own
        self.state, self.before = (
            [new if mine else shared for new, shared, mine in zip(self.before, born, own, strict=True)],
            self.state,
        )
        if self.founder is not None:
            self.founder = self.founder.take(self.parents[0])
        if self.lineages is not None:
            self.lineages.descend(self.parents[0])

    def accompany(self, neutral: Neutral) -> None:
        """Let a neutral twin come along, which hears of every throw and mutation."""
        self.neutral = neutral
        self.tiles = tuple(replace(tile, heard=neutral.mutate) for tile in self.tiles)

    def choose_parents(self, generator: np.random.Generator) -> tuple[NDArray[np.intp], ...]:
        """Return who begets whom, as places among all individuals: one parent in increasing order, or two at random."""
        self.seen = self._as_seen(generator)
        replicates, size = self.shape
        offspring = 2 * size if self.plan.recombination else size
        if self.neutral is not None:
            self.neutral.beget(generator.bit_generator.state)
        chosen = self.plan.scheme.parents(self.seen, generator, offspring, self.values)
        if self.lineages is not None and np.any(chosen[:, 1:] < chosen[:, :-1]):
            name = self.plan.scheme.name
            raise ValueError(f"selection: {name!r} returned parents out of order; lineages need them increasing; sort")
        chosen += size * np.arange(replicates)[:, np.newaxis]
        if not self.plan.recombination:
            return (chosen.reshape(-1),)
        chosen = generator.permuted(chosen, axis=1)
        return tuple(np.ascontiguousarray(half).reshape(-1) for half in (chosen[:, :size], chosen[:, size:]))

    def _as_seen(self, generator: np.random.Generator) -> NDArray[np.float64]:
        """Return the reward in the eyes of selection; a population without a finite highest one has diverged."""
        seen = self.reward
        spread = np.asarray(self.values[ENVIRONMENT.name])
        if np.any(spread > 0.0):
            seen = seen + spread[..., np.newaxis] * generator.standard_normal(self.shape)
        lost = ~np.isfinite(np.max(seen, axis=1))
        if np.any(lost):
            self.diverged |= lost
            seen = np.where(lost[:, np.newaxis], 1.0, seen)  # carried on blindly: it is reported, not averaged
        return seen
