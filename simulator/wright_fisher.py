"""The exact Wright-Fisher chain of a few types: its transition matrix, and fixation from its linear system.

N parents carry one of K types. Each of the N children takes a parent with probability proportional to
exp(log_fitness of the parent's type), independently of the others, so that the counts n of the types make a chain:

    n' ~ Multinomial(N, p(n)),        p_k(n) = n_k exp(log_fitness_k) / sum_j n_j exp(log_fitness_j)

It ends where one type is left. With Q the transitions among the other states and A those into an end,
(I - Q) X = A gives the probability X that each type fixes, and (I - Q) T = 1 the mean number T of generations until
then: no sampling error, only rounding. Source: Ewens, Mathematical Population Genetics I (2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_STATES = 5000  # the transitions of so many states fill 200 megabytes
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Chain:
    """The chain of the counts of K types among N individuals.

    Parameters
    ----------
    population
        N >= 1.
    log_fitness
        Shape (types,), K >= 2 numbers: the logarithms of the types' weights in reproduction. Only their differences
        matter; two types with fitness ratio exp(s) are (s, 0).

    Raises
    ------
    ValueError, TypeError
        In one line, for fewer than one individual or two types, a fitness that is not finite, or more than
        ``MOST_STATES`` states.
    """

    population: int
    log_fitness: tuple[float, ...]

    def __post_init__(self) -> None:
        if isinstance(self.population, bool) or int(self.population) != self.population or self.population < 1:
            raise ValueError(f"population: got {self.population}; must be a whole number >= 1; pass for example 20")
        fitness = tuple(float(value) for value in self.log_fitness)
        if len(fitness) < 2 or not np.all(np.isfinite(fitness)):
            raise ValueError(f"log_fitness: got {fitness}; must be two or more finite numbers; pass one a type")
        object.__setattr__(self, "population", int(self.population))
        object.__setattr__(self, "log_fitness", fitness)
        count = number_of_states(self.population, len(fitness))
        if count > MOST_STATES:
            raise ValueError(
                f"population: got {self.population} of {len(fitness)} types, {count} states; must be at most "
                f"{MOST_STATES} states; pass a smaller population or fewer types"
            )

    @property
    def states(self) -> NDArray[np.int64]:
        """The counts in every state, shape (states, types); ordered by the first type, most of it first."""
        return _states(self.population, len(self.log_fitness))

    def index(self, counts: Sequence[int]) -> int:
        """Return the place of a state, given its counts, one a type; raise ValueError if there is none."""
        found = np.flatnonzero((self.states == np.asarray(counts)).all(axis=1))
        if found.size != 1:
            raise ValueError(
                f"counts: got {tuple(counts)}; must be {len(self.log_fitness)} counts that add up to "
                f"{self.population}; correct them"
            )
        return int(found[0])

    def transitions(self) -> Any:
        """Return the probabilities of going from each state (row) to each (column) in one generation, sparse.

        A type that is lost stays lost: those entries are not stored.
        """
        return _solved(self).transitions

    def fixation_probabilities(self) -> Array:
        """Return, from each state, the probability that each type is the one left, shape (states, types)."""
        return _solved(self).fixation

    def fixation_times(self) -> Array:
        """Return, from each state, the mean number of generations until one type is left, shape (states,)."""
        return _solved(self).time

    def conditional_times(self, kind: int) -> Array:
        """Return the mean number of generations until a type has fixed, among the runs in which it does.

        Parameters
        ----------
        kind
            The index of the type.

        Returns
        -------
        Array
            Shape (states,): with h the probability of its fixation, u/h where (I - Q) u = h; NaN where h = 0.
        """
        solved = _solved(self)
        fixes = solved.fixation[:, kind]
        weighted = np.zeros(fixes.size)
        weighted[solved.open] = solved.solve(fixes[solved.open])
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(fixes > 0.0, weighted / fixes, np.nan)


def fixation_probability(advantage: float, population: int, copies: int = 1) -> float:
    """Return the probability that a type with fitness ratio exp(advantage) fixes, exactly.

    Parameters
    ----------
    advantage
        s, the logarithm of its fitness over that of all others.
    population
        N >= 1 individuals.
    copies
        How many carry the type at the start, in [0, N].
    """
    chain = Chain(population, (advantage, 0.0))
    return float(chain.fixation_probabilities()[chain.index((copies, population - copies)), 0])


def fixation_time(advantage: float, population: int, copies: int = 1) -> float:
    """Return the mean number of generations until one of two types is left; parameters as above."""
    chain = Chain(population, (advantage, 0.0))
    return float(chain.fixation_times()[chain.index((copies, population - copies))])


def number_of_states(population: int, types: int) -> int:
    """Return in how many ways a number of individuals can be of some types, C(N + K - 1, K - 1)."""
    from math import comb

    return comb(population + types - 1, types - 1)


@lru_cache(maxsize=8)
def _states(population: int, types: int) -> NDArray[np.int64]:
    if types == 1:
        return np.array([[population]], dtype=np.int64)
    parts = [np.insert(_states(population - first, types - 1), 0, first, axis=1) for first in range(population, -1, -1)]
    return np.concatenate(parts)


@dataclass(frozen=True)
class _Solution:
    """A chain's transitions, its open states (more than one type), and what solves (I - Q) x = y among them."""

    transitions: Any
    open: NDArray[np.int64]
    solve: Any
    fixation: Array
    time: Array


@lru_cache(maxsize=8)
def _solved(chain: Chain) -> _Solution:
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    transitions, states = _transitions(chain), chain.states
    ends = [int(np.flatnonzero(states[:, kind] == chain.population)[0]) for kind in range(states.shape[1])]
    running = np.setdiff1d(np.arange(len(states)), ends)
    fixation, time = np.zeros(states.shape), np.zeros(len(states))
    fixation[ends, np.arange(len(ends))] = 1.0
    if not running.size:  # one individual
        return _Solution(transitions, running, lambda wanted: wanted, fixation, time)
    inner = (eye_array(running.size) - transitions[running][:, running]).tocsc()
    solve = splu(inner).solve
    fixation[running] = solve(transitions[running][:, ends].toarray())
    time[running] = solve(np.ones(running.size))
    return _Solution(transitions, running, solve, fixation, time)


def _transitions(chain: Chain) -> Any:
    """Return the multinomial probabilities, row by row: p depends on the row, the counts on the column."""
    from scipy.sparse import csr_array
    from scipy.special import gammaln, logsumexp

    states = chain.states.astype(float)
    ways = gammaln(chain.population + 1.0) - gammaln(states + 1.0).sum(axis=1)
    with np.errstate(divide="ignore"):
        weights = np.log(states) + np.asarray(chain.log_fitness)
    shares = weights - logsumexp(weights, axis=1, keepdims=True)
    rows = []
    for share in shares:
        lost = np.isneginf(share)
        kept = np.flatnonzero((states[:, lost] == 0.0).all(axis=1))
        probability = np.exp(ways[kept] + states[kept][:, ~lost] @ share[~lost])
        rows.append((kept, probability / probability.sum()))
    columns, values = (np.concatenate([row[part] for row in rows]) for part in range(2))
    starts = np.cumsum([0, *(len(kept) for kept, _ in rows)])
    return csr_array((values, columns, starts), shape=(len(states), len(states)))
