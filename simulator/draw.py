"""Drawing a block: the one place where replicates come from, whether of one point or of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.distribution import is_distribution
from simulator.experiment import Experiment, Samples
from simulator.parameter import Resolved
from simulator.randomness import Block

PACKED = 1024
"""Replicates of the largest block that is drawn through ``Experiment.pack``, where there is one: by every caller and
for any number of points, so that a point's bytes do not depend on its company."""


def draw(
    experiment: Experiment, points: Sequence[Resolved], block: Block, generators: Sequence[np.random.Generator]
) -> list[Samples]:
    """Return a block of replicates at each of some points.

    A block is drawn whole and then cut, so that more replicates leave the earlier ones as they are.

    Parameters
    ----------
    experiment
        What to draw from.
    points
        Resolved, of equal ``components``.
    block
        Which replicates; its ``used`` first ones are returned.
    generators
        One a point, at its start.
    """
    if experiment.pack is None or block.size > PACKED:
        drawn = [experiment.sample(one, block.size, each) for one, each in zip(points, generators, strict=True)]
    else:
        drawn = _packed(experiment, points, block.size, generators)
    return [{name: array[: block.used] for name, array in samples.items()} for samples in drawn]


def _packed(
    experiment: Experiment, points: Sequence[Resolved], size: int, generators: Sequence[np.random.Generator]
) -> list[Samples]:
    """Draw points together that differ in plain numbers alone."""
    assert experiment.pack is not None
    together: dict[Any, list[int]] = {}
    for place, point in enumerate(points):
        together.setdefault(_frozen(point), []).append(place)
    drawn: list[Samples] = [{}] * len(points)
    for places in together.values():
        group = experiment.pack([points[place] for place in places], size, [generators[place] for place in places])
        for place, samples in zip(places, group, strict=True):
            drawn[place] = samples
    return drawn


def _frozen(point: Resolved) -> tuple[Any, ...]:
    """Return the counts, vectors and distributions of a point, hashable."""
    kept: list[Any] = []
    for name, value in point.items():
        if isinstance(value, float):
            kept.append(None)
        elif isinstance(value, np.ndarray):
            kept.append(value.tobytes())
        elif is_distribution(value):
            kept.append((type(value), str(value)))
        else:
            kept.append((name, value))
    return tuple(kept)


def count_diverged(samples: Samples) -> int:
    """Return how many replicates of a block overflowed."""
    return int(np.count_nonzero(samples.get("diverged", False)))
