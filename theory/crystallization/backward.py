"""First passage of the race of two routes by its backward equation, solved by finite volumes: a second witness.

From (x, y), the chance u of deception and the mean time T to a decision solve, in the quadrant,

    L u = 0, u = 1 on y = 0, u = 0 on x = 0;        L T = -1, T = 0 on both;
    L = (noise_x^2/2) d^2/dx^2 + (noise_y^2/2) d^2/dy^2 - ease_x y d/dx - ease_y x d/dy.

The drift has no divergence, so L is its own conservation form. Fluxes between cells are fitted exponentially, which
makes the discrete operator the generator of a jump process: its solution is a probability on every grid. At the far
edges the process is reflected. Source: Scharfetter & Gummel, IEEE Transactions on Electron Devices 16 (1969) 64;
Gardiner, Stochastic Methods (2009), section 5.4 (exit from a region).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

CELLS = 160
QUICK_CELLS = 128
REACH = 6.0  # standard deviations of what noise can add to a distance before it is pulled back
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Passage:
    """What becomes of a race.

    Parameters
    ----------
    deception, deception_error
        The chance that honesty reaches zero first, and a bound on how far the grid may have it off.
    time, time_error
        The mean time to a decision, and the same for it.
    """

    deception: float
    deception_error: float
    time: float
    time_error: float


def first_passage(start: Sequence[float], ease: Sequence[float], noise: Sequence[float], cells: int = CELLS) -> Passage:
    """Return the chance of deception and the mean time to a decision, from grids of three sizes.

    Parameters
    ----------
    start, ease, noise
        Of misalignment and honesty: both > 0 each.
    cells
        Along each axis of the finest grid, a multiple of 4, at least 16.

    Returns
    -------
    Passage
        The values of the two finer grids extrapolated to cells of no size, at second order. The stated error is the
        larger of what extrapolation changed and how far the extrapolation from the two coarser grids was from it.

    Raises
    ------
    ValueError
        In one line, for a value out of range.
    """
    for name, pair in (("start", start), ("ease", ease), ("noise", noise)):
        if len(pair) != 2 or not all(np.isfinite(one) and one > 0.0 for one in pair):
            raise ValueError(f"{name}: got {tuple(pair)}; must be two numbers > 0; the equation has no other form")
    if cells % 4 or cells < 16:
        raise ValueError(f"cells: got {cells}; must be a multiple of 4, at least 16; pass {max(16, 4 * (cells // 4))}")
    return _extrapolated(tuple(map(float, start)), tuple(map(float, ease)), tuple(map(float, noise)), cells)


@lru_cache(maxsize=256)
def _extrapolated(start: Any, ease: Any, noise: Any, cells: int) -> Passage:
    coarse, middle, fine = (on_grid(start, ease, noise, cells // part, cells) for part in (4, 2, 1))
    found = [(4.0 * better - worse) / 3.0 for worse, better in ((coarse, middle), (middle, fine))]
    error = np.maximum(np.abs(found[1] - fine), np.abs(found[1] - found[0]))
    return Passage(float(found[1][0]), float(error[0]), float(found[1][1]), float(error[1]))


def deception_from(
    starts: Vector, ease: Sequence[float], noise: Sequence[float], cells: int = CELLS
) -> tuple[Vector, Vector]:
    """Return the chance of deception from many starts of one law, and a bound on how far grids may have each off.

    One field solves the equation for all starts; between cell centers it is read by cubic splines. Values and errors
    are those of three grids, as in `first_passage`.

    Parameters
    ----------
    starts
        Distances of misalignment and honesty, shape (..., 2), each > 0; some coarse cells from the corner.
    ease, noise, cells
        As in `first_passage`.

    Returns
    -------
    two arrays, shape (...)
    """
    room = [float(np.max(starts[..., one])) + _margin(noise[one], ease) for one in (0, 1)]
    coarse, middle, fine = (_read(starts, ease, noise, cells // part, room) for part in (4, 2, 1))
    found = [(4.0 * better - worse) / 3.0 for worse, better in ((coarse, middle), (middle, fine))]
    return found[1], np.maximum(np.abs(found[1] - fine), np.abs(found[1] - found[0]))


def _read(starts: Vector, ease: Sequence[float], noise: Sequence[float], cells: int, room: Sequence[float]) -> Vector:
    """Return the chance from starts, from a grid that reaches so far in each distance."""
    from scipy.interpolate import RectBivariateSpline
    from scipy.sparse.linalg import splu

    length = (room[0] / cells, room[1] / cells)
    operator, absorbed = generator((ease[0], ease[1]), (noise[0], noise[1]), cells, length)
    chance = splu(operator.tocsc()).solve(-absorbed).reshape(cells, cells)
    # The edges are known: 0 where misalignment is gone, 1 where honesty is.
    whole = np.pad(chance, ((1, 0), (1, 0)))
    whole[:, 0] = 1.0
    whole[0] = 0.0
    x, y = (np.concatenate([[0.0], (np.arange(cells) + 0.5) * one]) for one in length)
    return np.asarray(RectBivariateSpline(x, y, whole).ev(starts[..., 0], starts[..., 1]))


def on_grid(
    start: tuple[float, float], ease: tuple[float, float], noise: tuple[float, float], cells: int, finest: int
) -> Vector:
    """Return the chance of deception and the mean time on one grid, shape (2,).

    Its edges lie where those of a grid of ``finest`` cells do, and the start on a corner of four cells.
    """
    from scipy.sparse.linalg import splu

    until, length = zip(*(_axis(*one, ease, cells, finest) for one in zip(start, noise, strict=True)), strict=True)
    operator, absorbed = generator(ease, noise, cells, length)
    solve = splu(operator.tocsc())
    fields = [solve.solve(-side).reshape(cells, cells) for side in (absorbed, np.ones(cells * cells))]
    i, j = until
    return np.array([field[i - 1 : i + 1, j - 1 : j + 1].mean() for field in fields])


def _axis(start: float, noise: float, ease: tuple[float, float], cells: int, finest: int) -> tuple[int, float]:
    """Return how many cells lead to the start, and how long a cell is."""
    room = start + _margin(noise, ease)
    until = max(1, round(finest / 4 * start / room)) * 4 * cells // finest
    return until, start / until


def _margin(noise: float, ease: Sequence[float]) -> float:
    """Return how far beyond the start a grid reaches."""
    return float(REACH * noise / (4.0 * ease[0] * ease[1]) ** 0.25)


def generator(
    ease: tuple[float, float], noise: tuple[float, float], cells: int, length: tuple[float, float]
) -> tuple[Any, Vector]:
    """Return the discrete L on cells (x, y) in C order, and the rate at which each jumps to the edge y = 0."""
    from scipy.sparse import diags_array

    x, y = ((np.arange(cells) + 0.5) * one for one in length)
    spread = [one**2 / 2.0 for one in noise]
    along_x = _rates(spread[0], np.broadcast_to(-ease[0] * y, (cells, cells)), length[0])
    along_y = _rates(spread[1], np.broadcast_to((-ease[1] * x)[:, np.newaxis], (cells, cells)), length[1])
    up_x, down_x, edge_x = along_x
    up_y, down_y, edge_y = along_y
    outer = np.arange(cells) == cells - 1
    first = np.arange(cells) == 0
    up_x, up_y = np.where(outer[:, np.newaxis], 0.0, up_x), np.where(outer, 0.0, up_y)
    gone_x, gone_y = np.where(first[:, np.newaxis], edge_x, 0.0), np.where(first, edge_y, 0.0)
    down_x, down_y = np.where(first[:, np.newaxis], 0.0, down_x), np.where(first, 0.0, down_y)
    leaving = -(up_x + down_x + gone_x + up_y + down_y + gone_y)
    bands = [leaving.ravel(), up_x.ravel()[:-cells], down_x.ravel()[cells:], up_y.ravel()[:-1], down_y.ravel()[1:]]
    return diags_array(bands, offsets=[0, cells, -cells, 1, -1]), np.asarray(gone_y.ravel())


def _rates(spread: float, drift: Vector, length: float) -> tuple[Vector, Vector, Vector]:
    """Return the rates of jumps to the next cell, to the one before, and over half a cell to the edge before it."""
    peclet = drift * length / spread
    rate = spread / length**2
    return rate * _bernoulli(-peclet), rate * _bernoulli(peclet), 2.0 * rate * _bernoulli(peclet / 2.0)


def _bernoulli(z: Vector) -> Vector:
    """Return z/(exp(z) - 1), 1 at 0."""
    small = np.abs(z) < 1e-8
    safe = np.where(small, 1.0, np.minimum(z, 700.0))
    return np.where(small, 1.0 - z / 2.0, safe / np.expm1(safe))
