"""Exact multinomial resampling: independent parents with given probabilities, in order, for many populations at once.

The interval [0, 1) is parted among the individuals in proportion to their weights, and every offspring throws one
uniform number into it. Ends of intervals and throws, as whole numbers, are sorted together, population by population:
the parent of a throw is the number of ends below it. One sort takes the place of N searches: there are no tables, no
loop over populations, and the cost does not depend on the weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 61
"""Bits of a throw. The lowest bit of a sorted word tells throws (1) from ends (0), so that an end comes first."""


def multinomial(
    weights: NDArray[Any], generator: np.random.Generator, offspring: int | None = None
) -> NDArray[np.intp]:
    """Return parents drawn independently in proportion to weights: P(parent = i) = weights_i / sum of weights.

    The probabilities are exact to the rounding of the weights' running sum in float64.

    Parameters
    ----------
    weights
        Shape (replicates, individuals), finite, >= 0, each row with a positive sum.
    generator
        The source of randomness; it advances by one number an offspring.
    offspring
        How many to draw in each population, >= 1; None for as many as there are individuals.

    Returns
    -------
    array, shape (replicates, offspring), intp
        Indices into each row of ``weights``, increasing; their counts are multinomial(offspring, weights / sum).
        An individual of weight 0 is never drawn.

    Raises
    ------
    ValueError
        In one line, for weights that are negative, not finite, or all zero, or fewer than one offspring.
    """
    checked_table("weights", weights)
    ends = np.cumsum(weights, axis=1, dtype=np.float64)
    sums = ends[:, -1:].copy()
    _check(weights, sums)
    individuals = ends.shape[1]
    thrown = individuals if offspring is None else checked_offspring(offspring)
    words = np.empty((len(ends), individuals + thrown), np.int64)
    # Dividing first: the last end is 1 exactly, above every throw, and so is that of whoever weighs nothing after it.
    np.divide(ends, sums, out=ends)
    np.multiply(ends, 2.0**BITS, out=words[:, :individuals], casting="unsafe")
    words[:, :individuals] <<= 1
    # The upper 61 bits of a random word, moved down by three and up again by one.
    throws = generator.integers(0, 2**64, (len(ends), thrown), np.uint64)
    np.right_shift(throws, 2, out=throws)
    np.bitwise_or(throws, 1, out=words[:, individuals:].view(np.uint64))
    words.sort(axis=1)
    is_throw = np.bitwise_and(words, 1, out=np.empty(words.shape, np.bool_), casting="unsafe")
    places = np.flatnonzero(is_throw).reshape(len(ends), thrown)
    # The k-th throw of a row stands at its parent's index plus k, after all the words of the rows before.
    places -= np.arange(thrown)
    places -= words.shape[1] * np.arange(len(ends))[:, np.newaxis]
    return places


def checked_table(name: str, values: Any) -> None:
    """Raise ValueError, in one line, unless the values are a table (replicates, individuals) of at least one each."""
    shape = np.shape(values)
    if len(shape) != 2 or 0 in shape:
        raise ValueError(
            f"{name}: got shape {shape}; must be (replicates, individuals); for one population pass {name}[np.newaxis]"
        )


def checked_offspring(offspring: int) -> int:
    """Return a number of offspring; raise ValueError, in one line, for less than one."""
    if offspring < 1:
        raise ValueError(f"offspring: got {offspring}; must be >= 1; pass None for as many as there are individuals")
    return int(offspring)


def _check(weights: NDArray[Any], sums: NDArray[np.float64]) -> None:
    # NaN and infinity show in the sum; a negative weight may hide there.
    if not np.all(np.isfinite(sums)):
        raise ValueError(f"weights: got a sum of {_first(sums, ~np.isfinite(sums))}; must be finite; rescale them")
    if np.min(weights) < 0.0:
        raise ValueError(f"weights: got {np.min(weights)}; must be >= 0; pass probabilities or their multiples")
    if np.min(sums) <= 0.0:
        raise ValueError("weights: got a population of zeros; one must be > 0; leave that population out")


def _first(values: NDArray[Any], where: NDArray[np.bool_]) -> Any:
    return values[where][0]
