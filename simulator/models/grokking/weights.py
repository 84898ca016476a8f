"""The two circuits as real weights, trained on the logistic loss by gradient steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.experiment import Experiment, Observable
from simulator.parameter import Resolved, nearest
from simulator.weights import Trained, experiment


def trained_weights(measures: Sequence[str] | None = None, times: Sequence[float] | None = None) -> Experiment:
    """Return two products of weights that share one logistic loss: the first memorizes, the second generalizes.

    Parameters
    ----------
    measures
        Which of ``MEASURES`` to look at; None for all of them.
    times
        When to look; None makes ``time`` a parameter.

    Raises ValueError, in one line, for an unknown measure or unsorted times.
    """
    chosen = tuple(MEASURES) if measures is None else tuple(measures)
    for name in chosen:
        if name not in MEASURES:
            raise ValueError(f"unknown measure {name!r} of grokking_weights; {nearest(name, MEASURES)}")
    return experiment("grokking_weights", _slope, {name: MEASURES[name] for name in chosen}, times=times)


def _slope(margin: Any, _: Resolved) -> Any:
    return np.exp(-np.logaddexp(0.0, margin))


def _relative_step(seen: Trained) -> Any:
    """Return how far the generalizing circuit's weights have moved, relative to the memorizing one's."""
    way = np.sqrt(np.sum((seen.weights - seen.initial) ** 2, axis=0))
    return way[1] / way[0]


MEASURES = {
    "train_margin": (Observable(meaning="margin of the training examples"), lambda seen: seen.drives.sum(axis=0)),
    "test_margin": (Observable(meaning="margin of the test examples"), lambda seen: seen.drives[1]),
    "generalizing_share": (
        Observable(meaning="share of the margin that generalizes"),
        lambda seen: seen.drives[1] / seen.drives.sum(axis=0),
    ),
    "relative_step": (
        Observable(meaning="way of the generalizing circuit's weights from the start, over the memorizing one's"),
        _relative_step,
    ),
    "squared_weights": (
        Observable(meaning="sum of the squares of all weights"),
        lambda seen: np.sum(seen.weights**2, axis=(0, 1)),
    ),
}
