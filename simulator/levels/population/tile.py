"""What happens to an individual alone, done for a run of individuals at a time, which stays in the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.noise import Noise
from simulator.levels.langevin.setting import Setting, double
from simulator.levels.population.inheritance import inherit, rows
from simulator.levels.population.kernels import Generation
from simulator.levels.population.plan import Plan
from simulator.normals import NORMALS

TILE_ELEMENTS = 2**16
"""Individuals x components in a tile, about."""

Values: TypeAlias = tuple[Any, ...]
Heard: TypeAlias = Callable[[slice, Sequence[NDArray[Any]]], None]


@dataclass(frozen=True)
class Room:
    """The buffers of a tile; tiles of one length share them, for they are worked on in turn.

    Parameters
    ----------
    step, reward
        Those of the two kernels.
    noise
        The normals of a generation.
    """

    step: Values
    reward: Values
    noise: Noise


@dataclass(frozen=True)
class Tile:
    """A run of individuals.

    Parameters
    ----------
    plan, made
        The law and its kernels.
    place
        Where in the arrays it is.
    own
        Per trait, whether individuals have values of their own; otherwise all share a number or a column.
    step, reward
        What the two kernels need of the parameters.
    room
        The buffers.
    heard
        Told of the place and the normals of offspring, before they are used up; None where nobody asks.
    """

    plan: Plan
    made: Generation
    place: slice
    own: tuple[bool, ...]
    step: Values
    reward: Values
    room: Room
    heard: Heard | None = None

    def view(self, state: Sequence[Any]) -> list[Any]:
        """Return a state's views of this run; what all share is copied, for every tile moves it anew."""
        return [value[..., self.place] if own else value.copy() for value, own in zip(state, self.own, strict=True)]

    def descend(
        self,
        old: Sequence[Any],
        new: Sequence[Any],
        parents: Sequence[NDArray[np.intp]],
        reward: NDArray[np.float64],
        generator: np.random.Generator,
    ) -> list[Any]:
        """Let these offspring inherit, grow, decay, mutate and earn.

        Parameters
        ----------
        old
            The state of all parents.
        new
            The state of all offspring; what these have of their own is written there.
        parents
            For each offspring of all its parent, or its two.
        reward
            What all offspring earn, (replicates, individuals); the part of these is written there.
        generator
            The source of coins and normals.

        Returns
        -------
        list
            Their state; what all share is in it too, moved on by a generation.
        """
        state = [
            value if own else shared.copy() for value, shared, own in zip(self.view(new), old, self.own, strict=True)
        ]
        mine = [[value for value, own in zip(values, self.own, strict=True) if own] for values in (old, state)]
        inherit(
            self.plan.recombination, tuple(rows(mine[0])), tuple(rows(mine[1])),
            [parent[self.place] for parent in parents], generator,
        )  # fmt: skip
        noise = self.room.noise
        noise.draw(Independent(generator, NORMALS[self.plan.normals]), None)
        if self.heard is not None:
            self.heard(self.place, noise.slots)
        scalars = iter(self.made.law.step.run((*state, *noise.slots), self.step, self.room.step))
        state = [value if value.ndim else next(scalars) for value in state]
        self.earn(state, reward)
        return state

    def earn(self, state: Sequence[Any], reward: NDArray[np.float64]) -> None:
        """Write down what these individuals earn."""
        scalars = sum(not value.ndim for value in state)
        earned = self.made.reward.run(double(state), self.reward, self.room.reward)[scalars]
        reward.reshape(-1)[self.place] = earned


def tiles(plan: Plan, made: Generation, setting: Setting) -> tuple[Tile, ...]:
    """Return all individuals, cut into tiles; the setting has one value an individual where a parameter is drawn."""
    individuals, law = setting.replicates, made.law
    constants = setting.constants
    if setting.dtype == np.float32:
        constants = {name: value.astype(np.float32) if value.ndim else value for name, value in constants.items()}
    step, reward = law.step.hoist(constants), made.reward.hoist(setting.constants)
    own = tuple(shape.replicate for shape in law.traits.values())
    components = sum(1 if trait.dim is None else setting.sizes[trait.dim] for trait in law.traits)
    length = max(1, TILE_ELEMENTS // components)
    rooms: dict[int, Room] = {}
    cut = []
    for start in range(0, individuals, length):
        place = slice(start, min(start + length, individuals))
        size = place.stop - start
        if size not in rooms:
            rooms[size] = _room(made, Setting(constants, setting.sizes, size, setting.dtype))
        mine, theirs = (tuple(_part(value, individuals, place) for value in values) for values in (step, reward))
        cut.append(Tile(plan, made, place, own, mine, theirs, rooms[size]))
    return tuple(cut)


def _room(made: Generation, setting: Setting) -> Room:
    sizes, length = setting.sizes, setting.replicates
    return Room(
        made.law.step.buffers(sizes, length, setting.dtype),
        made.reward.buffers(sizes, length, np.float64),
        Noise.empty(made.law, setting),
    )


def _part(value: Any, individuals: int, place: slice) -> Any:
    """Return a tile's part of what has one value an individual (two at least; the length of a column is one)."""
    return value[..., place] if np.ndim(value) and value.shape[-1] == individuals else value
