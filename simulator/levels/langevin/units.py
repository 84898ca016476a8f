"""The mean of a twin's second-order controls: the sum of their values at the unit normals.

Q(xi) = sum_ij Q_ij xi_i xi_j of independent normals of mean 0 and variance 1 has the mean sum_i Q_ii = sum_i Q(e_i),
e_i being 1 in one place and 0 in all others. So the twin is run once a point on as many replicates as a path takes
normals, each on one of them: no formula, and no noise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import Normal
from simulator.estimate import CONTROL

TOGETHER = 1024
"""Unit normals that are run at once."""
MOST = 2**15
"""Unit normals of a path beyond which its second order is left out: it would cost more than it brings."""

Means = Mapping[str, NDArray[np.float64]]
Run = Callable[[Any, int], Mapping[str, Any]]

KEPT = 1024
means: dict[str, Means | None] = {}
"""What is kept of the latest points, for their blocks share it."""
_keeping = threading.Lock()


@dataclass
class Units:
    """Draws that are unit normals: replicate r sees normal number ``first`` + r of the path as 1, all others as 0.

    Parameters
    ----------
    first
        The number of the first replicate's normal.
    used
        How many normals of the path have been drawn.
    """

    first: int
    used: int = 0

    def sample(self, distribution: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return a normal law's variates, from normals in order; refuse what is no normal law."""
        if not isinstance(distribution, Normal):
            raise ValueError(f"units: got {distribution}; must be a normal law; leave second order out")
        unit = np.empty((int(np.prod(shape[:-1])), shape[-1]))
        self.normals(unit)
        return np.asarray(distribution.mean + distribution.sd * unit.reshape(shape))

    def random(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return uniform variates that decide nothing: the twin does not see them."""
        return np.full(shape, 0.5)

    def normals(self, out: NDArray[Any]) -> None:
        """Fill an array (normals, replicates)."""
        out[...] = 0.0
        rows = np.arange(out.shape[0])
        columns = self.used + rows - self.first
        here = (columns >= 0) & (columns < out.shape[1])
        out[rows[here], columns[here]] = 1.0
        self.used += len(rows)

    def lengths(self, freedom: int, out: NDArray[Any]) -> None:
        """Refuse: a length has no sign."""
        raise ValueError("units: got lengths; must be normals; carry the whole vector")


def means_of(key: str, run: Run) -> Means | None:
    """Return per measure the mean of its second-order control, NAME_control; None of too many normals.

    ``run(draws, replicates)`` returns the samples of a block with its controls, the second order last; ``key`` tells
    its point and law from all others, so that blocks of one point share what is computed once.
    """
    with _keeping:
        if key not in means:
            if len(means) >= KEPT:
                means.pop(next(iter(means)))
            means[key] = _summed(run)
        return means[key]


def _summed(run: Run) -> Means | None:
    sums: dict[str, Any] = {}
    first, number = 0, 1
    while first < number:
        draws = Units(first)
        for name, array in run(draws, TOGETHER).items():
            if name.endswith(CONTROL):
                sums[name] = sums.get(name, 0.0) + array[..., -1].sum(axis=0)
        first, number = first + TOGETHER, draws.used
        if number > MOST:
            return None
    return sums
