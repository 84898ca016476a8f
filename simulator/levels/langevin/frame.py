"""The isotropic reduction: a vector carried as a few rows, turned so that the rest of it lies along one axis.

In a frame whose first axes span the directions that the law sees, the vector is (its components there, the length of
the rest, 0): the rest lies along one axis, and of the axes beyond, all alike, one stands for all. A move takes a
normal for each row but the last, which takes the length of the normals of all axes beyond; then the frame turns, so
that the rest, sqrt(rest^2 + last^2) long, lies along its axis again. Since the vector enters the law by its
components and its length alone, the law's own kernel moves the rows, as if they were the components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import Sphere, is_distribution
from simulator.levels.langevin.draws import Draws
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.setting import Setting, initial_arguments
from simulator.model import Model
from simulator.structure import Isotropy

Array = NDArray[Any]


@dataclass(frozen=True)
class Frame:
    """Where the reduced vector stands in a block's state, and how many axes its last row stands for.

    Parameters
    ----------
    trait
        Its index among the traits.
    freedom
        The number of axes that the last row stands for, >= 1.
    """

    trait: int
    freedom: int

    def turn(self, state: Sequence[Any]) -> None:
        """Turn the frame so that the last row is 0 again; in place."""
        turn(state[self.trait])


def turn(rows: Array) -> None:
    """Gather the last two rows in the first of them, sqrt(rest^2 + last^2); in place."""
    rest, last = rows[-2], rows[-1]
    np.multiply(last, last, out=last)
    np.multiply(rest, rest, out=rest)
    np.add(rest, last, out=rest)
    np.sqrt(rest, out=rest)
    last[...] = 0.0


@dataclass(frozen=True)
class Reduced:
    """A block in its frame: the setting whose vectors are rows, the state at time 0, and what measures call so."""

    frame: Frame
    setting: Setting
    state: list[Any]


def kept_rows(found: Isotropy) -> int:
    """Return how many rows the directions take; two more are the rest and the last."""
    return len(found.directions) + found.start


def reducible(found: Isotropy, resolved: Mapping[str, Any]) -> bool:
    """Tell whether a point's vector can be reduced: it has components to spare, and its directions are not drawn."""
    drawn = any(is_distribution(resolved[symbol.name]) for symbol in found.directions)
    return not drawn and int(resolved[str(found.trait.dim)]) >= kept_rows(found) + 2


def reduce_block(
    model: Model, made: Kernels, found: Isotropy, setting: Setting, initial: Sequence[Any], draws: Draws
) -> Reduced:
    """Return a block in the frame of its directions.

    ``initial`` is the state at time 0, in which the vector's own entry is not used: it is drawn here, in the frame.
    """
    index, dim = model.traits.index(found.trait), str(found.trait.dim)
    rows = kept_rows(found) + 2
    frame = Frame(index, setting.sizes[dim] - rows + 1)
    basis = _basis([setting.constants[str(symbol)] for symbol in found.directions], setting.sizes[dim])
    small = replace(setting, sizes={**setting.sizes, dim: rows}, constants=_rows_of(model, found, setting, basis, rows))
    state = list(initial)
    state[index] = _start(model, made, found, setting, basis, frame, rows, draws)
    return Reduced(frame, small, state)


def _basis(vectors: Sequence[Array], size: int) -> Array:
    """Return an orthonormal basis (components, k) of a space that holds the k given columns."""
    if not vectors:
        return np.empty((size, 0))
    return np.asarray(np.linalg.qr(np.concatenate(vectors, axis=1))[0])


def _rows_of(model: Model, found: Isotropy, setting: Setting, basis: Array, rows: int) -> dict[str, Any]:
    """Return the parameters, those that are directions in the frame; other vectors of its dimension are not seen."""
    constants = dict(setting.constants)
    for parameter in model.parameters:
        if parameter.dim == found.trait.dim:
            column = np.zeros((rows, 1))
            if parameter.variable in found.directions:
                column[: basis.shape[1]] = basis.T @ constants[parameter.name]
            constants[parameter.name] = column
    return constants


def _start(
    model: Model, made: Kernels, found: Isotropy, setting: Setting, basis: Array, frame: Frame, rows: int, draws: Draws
) -> Array:
    """Return the vector at time 0 in the frame, (rows, replicates)."""
    declared = model.initial[found.trait]
    given = initial_arguments(model, made, setting)[found.trait]
    state = np.zeros((rows, setting.replicates))
    if is_distribution(declared):
        noise = np.zeros_like(state)
        draws.normals(noise[:-1])
        draws.lengths(frame.freedom, noise[-1])
        if isinstance(declared, Sphere):
            state += given["norm"] * noise / np.linalg.norm(noise, axis=0)
        else:
            state += given["sd"] * noise
    mean = np.asarray(given.get("mean", given.get("", 0.0)))
    if mean.ndim < 2:  # a number, or one a replicate, is that of every component
        mean = np.broadcast_to(mean, (len(basis), mean.size))
    for row, axis in enumerate(basis.T[:, :, np.newaxis]):  # a matrix product's rounding would depend on the company
        along = (axis * mean).sum(axis=0)
        state[row] += along
        mean = mean - axis * along
    state[-2] += np.linalg.norm(mean, axis=0)
    turn(state)
    if found.start:
        # What is measured against the start sees its direction: the rest of the start becomes a row of its own.
        turn(state[:-1])
    return state
