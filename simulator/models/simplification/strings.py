"""Goals as texts: bit strings of bounded length under a pressure to be short, by a walk on the tree of descriptions.

A string of length l = 0..n has the weight exp(-inverse_temperature l). The walk proposes its parent (the last bit
dropped), child 0 or child 1 with probability 1/3 each and stays where there is none; a proposal is accepted with
probability min(1, exp(-inverse_temperature (l' - l))). The proposal is symmetric, so these weights are what the walk
settles to: choosing among the neighbors that exist would add a factor of their number.
Source: Metropolis et al., Journal of Chemical Physics 21 (1953) 1087.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.parameter import COUNT, NONNEGATIVE, Parameter, Range, Resolved

LONGEST = 62  # bits that an integer holds, with the one that marks where the string begins
LARGEST_TREE = 16
inverse_temperature = Parameter(
    "inverse_temperature", float(np.log(2.0)), r"\beta", NONNEGATIVE, "1/bit", "pressure on goals to be short"
)
max_length = Parameter(
    "max_length", 16, "n", Range(low=1.0, high=float(LONGEST)), "bits", "length of the longest description",
    integer=True,
)  # fmt: skip
sweeps = Parameter("sweeps", 2000, "N", COUNT, meaning="draws of a chain that are kept", integer=True)
thinning = Parameter("thinning", 8, "s", COUNT, "moves", "moves from one draw to the next", integer=True)
moves = Parameter("moves", 100, "t", COUNT, "moves", "moves before the one look", integer=True)
burn_in = Parameter("burn_in", 500, "N_0", COUNT, "draws", "draws before the first that is kept", integer=True)

MEASURES = {
    "length": Observable(("draw",), "bits", "length of the goal's description"),
    "first_bit": Observable(("draw",), "", "its first bit as -1 or 1, 0 for the empty string"),
}


def walk() -> Experiment:
    """Return chains on the tree of descriptions, one a replicate, all from the empty string.

    Each replicate is a chain of ``sweeps`` draws, ``thinning`` moves apart, the axis "draw": they depend on one
    another, and ``simulator.estimate.chain_mean`` says how much they are worth. All chains move at once.
    """
    return Experiment(
        name="simplification_strings",
        parameters=(inverse_temperature, max_length, sweeps, thinning, burn_in),
        measures=MEASURES,
        sample=sample,
        components=lambda resolved: int(resolved["sweeps"]),
        identity={"level": "walk"},
    )


def sample(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the draws of chains from the empty string, (replicates, draws) a measure."""
    numbers_only(parameters)
    kept, skipped = parameters["sweeps"], parameters["burn_in"]
    found = {name: np.empty((replicates, kept)) for name in MEASURES}
    state = Strings.empty(replicates)
    for draw in range(-skipped, kept):
        for _ in range(parameters["thinning"]):
            state.move(parameters["inverse_temperature"], parameters["max_length"], generator)
        if draw >= 0:
            found["length"][:, draw] = state.length
            found["first_bit"][:, draw] = state.first_bit
    return found


def memory() -> Experiment:
    """Return walks from the longest string of ones, looked at once, after ``moves``: is the first bit still one?"""
    return Experiment(
        name="simplification_memory",
        parameters=(inverse_temperature, max_length, moves),
        measures={"first_bit": Observable(meaning="first bit as -1 or 1, 0 for the empty string")},
        sample=sample_memory,
        identity={"level": "walk"},
    )


def sample_memory(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the first bits of walks that have moved, (replicates,)."""
    numbers_only(parameters)
    state = Strings.ones(replicates, parameters["max_length"])
    for _ in range(parameters["moves"]):
        state.move(parameters["inverse_temperature"], parameters["max_length"], generator)
    return {"first_bit": state.first_bit.astype(float)}


class Strings:
    """A block of strings, each as a whole number: a leading 1, then its bits; its parent is its half."""

    def __init__(self, number: NDArray[np.int64], length: NDArray[np.int64]) -> None:
        self.number, self.length = number, length

    @classmethod
    def empty(cls, replicates: int) -> Strings:
        """Return empty strings."""
        return cls(np.ones(replicates, dtype=np.int64), np.zeros(replicates, dtype=np.int64))

    @classmethod
    def ones(cls, replicates: int, length: int) -> Strings:
        """Return strings of ones of a length."""
        return cls(np.full(replicates, 2 ** (length + 1) - 1, dtype=np.int64), np.full(replicates, length))

    def move(self, pressure: float, longest: int, generator: np.random.Generator) -> None:
        """Let every string propose one move, and take it or stay.

        One uniform number u in [0, 3) a string: its whole part chooses child 0, child 1 or the parent, and what is
        left of it is below exp(-pressure) with that probability.
        """
        u = 3.0 * generator.random(self.number.size)
        accepted = np.exp(-pressure)
        one = (u >= 1.0) & (u < 1.0 + accepted)
        longer = ((u < accepted) | one) & (self.length < longest)
        shorter = (u >= 2.0) & (self.length > 0)
        # One bit shifted in, or one out: both amounts are 0 or 1, and never both 1.
        up, down = longer.astype(np.int64), shorter.astype(np.int64)
        self.number = ((self.number << up) | (one & longer)) >> down
        self.length = self.length + up - down

    @property
    def first_bit(self) -> NDArray[np.int64]:
        """-1 or 1 for a first bit of 0 or 1, and 0 for the empty string."""
        bit = (self.number >> np.maximum(self.length - 1, 0)) & 1
        return np.where(self.length > 0, 2 * bit - 1, 0)


def tree(max_length: int) -> Any:
    """Return the tree of descriptions as a ``networkx.Graph``: nodes are strings of 0 and 1, edges add one bit.

    Parameters
    ----------
    max_length
        n from 0 to 16; there are 2^(n + 1) - 1 nodes. Node attributes: ``length``.

    Raises ValueError, in one line, for a larger tree.
    """
    import networkx

    if not 0 <= max_length <= LARGEST_TREE:
        raise ValueError(f"max_length: got {max_length}; must be from 0 to {LARGEST_TREE} for a drawn tree; lower it")
    graph = networkx.Graph()
    graph.add_node("", length=0)
    level = [""]
    for length in range(1, max_length + 1):
        level = [parent + bit for parent in level for bit in "01"]
        graph.add_nodes_from(level, length=length)
        graph.add_edges_from((string[:-1], string) for string in level)
    return graph
