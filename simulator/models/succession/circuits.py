"""The circuits: how present each is at the start and how good, drawn per replicate, and the lines that these make.

On the clock of training tau, circuit k has the log-share presence_k + quality_k tau, up to what all have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import Normal, is_distribution
from simulator.parameter import COUNT, Parameter, Range, Resolved

Array: TypeAlias = NDArray[np.float64]

TILE_ELEMENTS = 2**17  # circuits x replicates that are looked at together: what a processor's cache holds
SMALLEST_TILE = 64

circuits = Parameter("circuits", 100, "K", COUNT, meaning="number of circuits", integer=True)
presence = Parameter(
    "presence", Normal(), r"\ell", meaning="log-share of each circuit at the start, up to a constant", dim="circuits"
)
quality = Parameter(
    "quality", Normal(), "s", unit="1/time", meaning="growth rate of each circuit's log-share", dim="circuits"
)
correlation = Parameter(
    "correlation", 0.0, "r", Range(-1.0, 1.0),
    meaning="part that presence has in quality: r presence + sqrt(1 - r^2) quality takes the place of quality",
)  # fmt: skip
PARAMETERS = (circuits, presence, quality, correlation)


def tiles(replicates: int, count: int) -> Iterator[int]:
    """Return the sizes of the tiles that replicates are drawn in, so that memory does not grow with them.

    Parameters
    ----------
    replicates
        How many there are.
    count
        Numbers that each of them takes.
    """
    size = max(TILE_ELEMENTS // max(count, 1), SMALLEST_TILE)
    for start in range(0, replicates, size):
        yield min(size, replicates - start)


def lines(parameters: Resolved, replicates: int, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return presence and quality of the circuits, each of shape (circuits, replicates).

    Parameters
    ----------
    parameters
        A point with ``PARAMETERS``; presence and quality are laws that every circuit is drawn from, or one number for
        each circuit.
    replicates, generator
        How many to draw, from which stream.
    """
    shape = (parameters["circuits"], replicates)
    start, slope = (_drawn(parameters[name], shape, generator) for name in ("presence", "quality"))
    r = parameters["correlation"]
    return start, slope if r == 0.0 else r * start + np.sqrt(1.0 - r**2) * slope


def _drawn(value: Any, shape: tuple[int, int], generator: np.random.Generator) -> Array:
    if is_distribution(value):
        return np.asarray(value.draw(generator, shape))
    return np.broadcast_to(np.asarray(value, dtype=float)[:, np.newaxis], shape)
