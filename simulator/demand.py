"""What is wanted of every point of a design, and the blocks that it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from simulator.precision import Precision
from simulator.randomness import Block, block_size


@dataclass(frozen=True)
class Demand:
    """What is wanted of every point.

    Parameters
    ----------
    replicates
        How many, or, where precision is asked for, the least.
    most
        Where precision gives up; equal to ``replicates`` for a fixed number.
    group
        How many replicates are drawn together.
    precision
        Per measure that is judged, what its standard error may be; empty for a fixed number of replicates.
    indicators
        The measures that are 0 or 1.
    refined
        Whether the discretization error is estimated.
    """

    replicates: int
    most: int
    group: int = 1
    precision: Mapping[str, Precision] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()
    refined: bool = False

    def text(self) -> str:
        """Return the demand as JSON; ``from_text`` is its inverse."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Demand:
        """Return the demand that ``text`` wrote."""
        parts = json.loads(text)
        parts["precision"] = {name: Precision(**one) for name, one in parts["precision"].items()}
        return cls(**{**parts, "indicators": tuple(parts["indicators"])})


class Schedule:
    """The blocks of a point, in order; a block is cut where no more replicates are wanted.

    Parameters
    ----------
    demand
        What is wanted.
    components
        The number of values in one replicate's state.
    """

    def __init__(self, demand: Demand, components: int) -> None:
        sizes = [block_size(0, components, demand.group)]
        # Sizes double up to a cap; from there all are alike.
        while len(sizes) < 3 or sizes[-1] > sizes[-2]:
            sizes.append(block_size(len(sizes), components, demand.group))
        self._sizes = sizes
        self._starts = [sum(sizes[:index]) for index in range(len(sizes))]
        self._most = demand.most

    def block(self, index: int) -> Block:
        """Return a block."""
        beyond = max(index - (len(self._sizes) - 1), 0)
        place = min(index, len(self._sizes) - 1)
        size = self._sizes[place]
        start = self._starts[place] + beyond * size
        return Block(index, start, size, max(min(size, self._most - start), 0))

    def covering(self, replicates: float) -> int:
        """Return how many blocks cover a number of replicates >= 1, or all that are wanted if those are fewer."""
        wanted = min(replicates, self._most)
        last = len(self._sizes) - 1
        for index in range(last):
            if self._starts[index] + self._sizes[index] >= wanted:
                return index + 1
        return last + max(-int(-(wanted - self._starts[last]) // self._sizes[last]), 1)
