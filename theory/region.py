"""Where a formula is valid: a box that can be sampled, cut by a predicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

TRIES = 10_000


@dataclass(frozen=True)
class Interval:
    """The values of one keyword.

    Parameters
    ----------
    low, high
        Its ends, ``low`` <= ``high``.
    log
        Whether points are drawn uniformly in the logarithm.
    integer
        Whether it counts something (then both ends are possible).
    """

    low: float
    high: float
    log: bool = False
    integer: bool = False

    def draw(self, generator: np.random.Generator) -> float | int:
        """Return a random value."""
        if self.integer:
            return int(generator.integers(int(self.low), int(self.high) + 1))
        if self.log:
            return float(np.exp(generator.uniform(np.log(self.low), np.log(self.high))))
        return float(generator.uniform(self.low, self.high))

    def holds(self, value: float) -> bool:
        """Tell whether this can be the value of the keyword, but for rounding at the ends."""
        slack = 1e-12 * max(abs(self.low), abs(self.high))
        return self.low - slack <= value <= self.high + slack and (not self.integer or value == int(value))


@dataclass(frozen=True)
class Several:
    """The values of a keyword that is a vector: one for each of a number of features, routes or traits.

    Parameters
    ----------
    each
        What every component is drawn from, independently.
    number
        How many components, >= 1.
    """

    each: Interval
    number: int

    def draw(self, generator: np.random.Generator) -> tuple[float | int, ...]:
        """Return a random vector."""
        return tuple(self.each.draw(generator) for _ in range(self.number))

    def holds(self, values: Sequence[float]) -> bool:
        """Tell whether this can be the vector."""
        return len(values) == self.number and all(self.each.holds(float(one)) for one in values)


Box: TypeAlias = Mapping[str, Interval | Several]


@dataclass(frozen=True)
class Region:
    """A box of keywords cut by a predicate.

    Parameters
    ----------
    box
        Per keyword, its interval, or that of its components.
    where
        Of the keywords, whether the formula is valid there.
    says
        The predicate in words.
    """

    box: Box
    where: Callable[..., bool] = lambda **point: True
    says: str = ""

    def draw(self, generator: np.random.Generator) -> dict[str, Any]:
        """Return a random point; raise ValueError if the predicate leaves next to nothing of the box."""
        for _ in range(TRIES):
            point = {name: interval.draw(generator) for name, interval in self.box.items()}
            if self.where(**point):
                return point
        raise ValueError(f"region {self.says!r}: no valid point in {TRIES} draws from its box; widen it")

    def holds(self, **point: Any) -> bool:
        """Tell whether a point lies in the region; keywords that its box does not name are not asked about."""
        boxed = all(self.box[name].holds(value) for name, value in point.items() if name in self.box)
        return boxed and bool(self.where(**point))
