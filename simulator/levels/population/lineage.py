"""The ancestry of whole populations in one number an individual, however many generations pass.

Parents are in increasing order, so kin stand side by side, and the tree of a population is told by its gaps: how many
generations ago the most recent common ancestor of individuals i and i + 1 lived (infinity for two founders' lines).
The ancestor of i and j, i < j, lived max(gap_i, ..., gap_(j-1)) generations ago, and one generation later

    gap'_i = 1 + (0 if both have the same parent, else max of the gaps between their parents).

Source: the coalescent point process of Popovic, Annals of Applied Probability 14 (2004) 2120.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass
class Lineages:
    """The lineages of some populations.

    Parameters
    ----------
    gaps
        Shape (replicates, individuals): between each individual and the next; infinity after the last.
    coalesced_at
        The first generation in which each population had one founder left, NaN before; shape (replicates,).
    now
        The present generation.
    """

    gaps: NDArray[np.float64]
    coalesced_at: NDArray[np.float64]
    now: int = 0

    @classmethod
    def founded(cls, replicates: int, individuals: int) -> Lineages:
        """Return populations of founders, no two of them related."""
        return cls(np.full((replicates, individuals), np.inf), np.full(replicates, np.nan))

    def descend(self, parents: NDArray[np.intp]) -> None:
        """Go on by a generation.

        Parameters
        ----------
        parents
            For each individual its parent's place among all the populations' individuals laid end to end, increasing;
            shape (replicates * individuals,).
        """
        flat = np.maximum.reduceat(self.gaps.ravel(), parents)
        flat[:-1][parents[1:] == parents[:-1]] = 0.0  # (between populations the infinite gap of the last is passed)
        self.gaps = flat.reshape(self.gaps.shape)
        self.gaps += 1.0
        self.now += 1
        self.coalesced_at[np.isnan(self.coalesced_at) & self.coalesced] = self.now

    @property
    def ancestor_age(self) -> NDArray[np.float64]:
        """How long ago each population's most recent common ancestor lived, infinity where it has none."""
        age: NDArray[np.float64] = np.max(self.gaps[:, :-1], axis=1)
        return age

    @property
    def coalesced(self) -> NDArray[np.bool_]:
        """Whether one founder is left."""
        return np.isfinite(self.ancestor_age)

    @property
    def founders(self) -> NDArray[np.int64]:
        """How many founders have descendants, each population."""
        count: NDArray[np.int64] = np.count_nonzero(np.isinf(self.gaps), axis=1)
        return count

    @property
    def identity(self) -> NDArray[np.float64]:
        """The sum of squared shares of the founders' lines: how likely two draws with replacement share a founder."""
        replicates, individuals = self.gaps.shape
        ends = np.flatnonzero(np.isinf(self.gaps))
        shares = np.diff(ends, prepend=-1) / individuals
        found: NDArray[Any] = np.bincount(ends // individuals, weights=shares**2, minlength=replicates)
        return found
