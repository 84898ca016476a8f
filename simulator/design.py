"""Designs: where in a box of parameters to simulate, as the list of cases that a sweep takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.parameter import as_number
from simulator.randomness import Seed, point_key, stream

Case: TypeAlias = dict[str, float | int]
Unit: TypeAlias = NDArray[np.float64]
MOST_POINTS = 2**30


@dataclass(frozen=True)
class Interval:
    """The values that one parameter takes in a design.

    Parameters
    ----------
    low, high
        Its ends, ``low`` < ``high``, finite.
    log
        Whether equal ratios, not equal differences, get equal numbers of points; then ``low`` > 0.
    integer
        Whether it counts something: then its values are the whole numbers from ``low`` to ``high``, both included.

    Raises
    ------
    ValueError, TypeError
        In one line, for ends that break these rules.
    """

    low: float
    high: float
    log: bool = False
    integer: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no interval."""
        low, high = as_number("interval", self.low), as_number("interval", self.high)
        got = f"interval: got [{low:g}, {high:g}]"
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(f"{got}; must be finite and increasing; pass (low, high) with low < high")
        if self.log and low <= 0.0:
            raise ValueError(f"{got}; must be above 0 to be divided geometrically; raise low, or pass log=False")
        if self.integer and (low != int(low) or high != int(high)):
            raise ValueError(f"{got}; must end in whole numbers where it counts something; round both ends")

    def at(self, shares: Unit) -> list[float] | list[int]:
        """Return the values at given shares of the interval, numbers in [0, 1), of shape (points,)."""
        top = self.high + 1 if self.integer else self.high  # every whole number has a cell of its own
        grown = self.low * (top / self.low) ** shares if self.log else self.low + (top - self.low) * shares
        if self.integer:
            return [int(value) for value in np.clip(np.floor(grown), self.low, self.high)]
        return [float(value) for value in np.clip(grown, self.low, self.high)]


def sobol(ranges: Mapping[str, Any], n: int, seed: Seed = 0) -> list[Case]:
    """Return a scrambled Sobol sequence in a box: points that fill it more evenly than random ones.

    Parameters
    ----------
    ranges
        Per parameter its (low, high), or an `Interval` (geometric, or of whole numbers).
    n
        How many points: a power of two, without which the sequence is not balanced.
    seed
        Of the scrambling: an int >= 0 or a SeedSequence; independent of the noise of a sweep with the same seed.

    Returns
    -------
    list
        n cases, each a value per parameter, for ``sweep(experiment, cases=...)``.

    Raises
    ------
    ValueError, TypeError
        In one line, for an empty box, an impossible range, or an ``n`` that is no power of two.

    Source: Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences" (1995), as in ``scipy.stats.qmc.Sobol``.
    """
    box = intervals(ranges)
    return scaled(box, sobol_shares(len(box), n, seed))


def latin_hypercube(ranges: Mapping[str, Any], n: int, seed: Seed = 0) -> list[Case]:
    """Return a Latin hypercube in a box: of n equal slices of each parameter's range, every one holds one point.

    Parameters
    ----------
    ranges
        Per parameter its (low, high), or an `Interval` (geometric, or of whole numbers).
    n
        How many points, >= 1.
    seed
        An int >= 0 or a SeedSequence; independent of the noise of a sweep with the same seed.

    Returns
    -------
    list
        n cases, each a value per parameter, for ``sweep(experiment, cases=...)``.

    Raises
    ------
    ValueError, TypeError
        In one line, for an empty box, an impossible range, or no positive ``n``.

    Source: McKay, Beckman and Conover (1979), as in ``scipy.stats.qmc.LatinHypercube``.
    """
    from scipy.stats import qmc

    box = intervals(ranges)
    points = _whole(n)
    generator = stream(seed, point_key("latin hypercube"), 0)
    return scaled(box, qmc.LatinHypercube(len(box), rng=generator).random(points))


def intervals(ranges: Mapping[str, Any]) -> dict[str, Interval]:
    """Return a box as Intervals; raise ValueError or TypeError, in one line, if it is none."""
    if not isinstance(ranges, Mapping):
        raise TypeError(f"ranges: got {type(ranges).__name__}; must be a mapping; pass {{'growth': (0.1, 1.0)}}")
    if not ranges:
        raise ValueError("ranges: got none; must name at least one parameter; pass {'growth': (0.1, 1.0)}")
    return {name: _interval(name, given) for name, given in ranges.items()}


def _interval(name: str, given: Any) -> Interval:
    if isinstance(given, Interval):
        return given
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise TypeError(f"{name}: got {given!r}; must be (low, high) or an Interval; pass (0.1, 1.0)")
    try:
        return Interval(*given)
    except (ValueError, TypeError) as problem:
        raise type(problem)(f"{name}: {problem}") from None


def sobol_shares(dimensions: int, n: int, seed: Seed) -> Unit:
    """Return a scrambled Sobol sequence of n points in the unit cube, shape (points, dimensions)."""
    from scipy.stats import qmc

    points = _whole(n)
    if points & (points - 1):
        right = 1 << points.bit_length()
        raise ValueError(f"n: got {points}; must be a power of two, or the points are not balanced; pass n={right}")
    generator = stream(seed, point_key("sobol"), 0)
    return np.asarray(qmc.Sobol(dimensions, bits=64, rng=generator).random(points))


def scaled(box: Mapping[str, Interval], shares: Unit) -> list[Case]:
    """Return points of the unit cube, shape (points, dimensions), as cases in a box."""
    columns = [interval.at(shares[:, place]) for place, interval in enumerate(box.values())]
    return [dict(zip(box, values, strict=True)) for values in zip(*columns, strict=True)]


def _whole(n: Any) -> int:
    number = as_number("n", n)
    if number != np.floor(number) or not 1 <= number <= MOST_POINTS:
        raise ValueError(f"n: got {n}; must be a whole number from 1 to 2**30; pass n=64")
    return int(number)
