"""Exact multinomial resampling: independent parents with given probabilities, in linear time, in order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def multinomial(
    weights: NDArray[Any], generator: np.random.Generator, offspring: int | None = None
) -> NDArray[np.intp]:
    """Return parents drawn independently in proportion to weights: P(parent = i) = weights_i / sum of weights.

    Parameters
    ----------
    weights
        Shape (replicates, individuals), finite, >= 0, each row with a positive sum.
    generator
        The source of randomness; it advances.
    offspring
        How many to draw in each population, >= 1; None for as many as there are individuals.

    Returns
    -------
    array, shape (replicates, offspring), intp
        Indices into each row of ``weights``, increasing; their counts are multinomial(offspring, weights / sum).

    Raises
    ------
    ValueError
        In one line, for weights that are negative, not finite, or all zero.
    """
    raise NotImplementedError
