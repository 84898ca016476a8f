"""Faults of goals in populations: who begets whom, when they mutate, and how a generation is counted and measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from simulator.levels.population import run, schemes, statistics, tile
from simulator.levels.population.schemes import Scheme
from simulator.models.goal_drift import goal_drift
from theory.faults.fault import Fault, spoiled
from theory.goal_drift import predictions_of
from theory.prediction import Prediction
from theory.region import Interval

_fault = partial(Fault, "goal_drift")
SOFTMAX = schemes.SCHEMES["softmax"]


def _anew() -> Iterable[Prediction]:
    """Make the predictions anew: schemes are looked up when an experiment is made."""
    return predictions_of(goal_drift)


def systematic(weights: Any, generator: np.random.Generator) -> Any:
    """Return parents by systematic resampling: one throw a population, and a comb through the intervals."""
    ends = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    size = ends.shape[1]
    comb = (np.arange(size) + generator.random((len(ends), 1))) / size
    return np.array([np.minimum(np.searchsorted(row, teeth), size - 1) for row, teeth in zip(ends, comb, strict=True)])


def _evenly(rewards: Any, generator: np.random.Generator, offspring: int, values: Any) -> Any:
    highest = rewards.max(axis=1, keepdims=True)
    return systematic(np.exp(values["strength"] * (rewards - highest)), generator)


def _mutate_first(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let parents mutate, and offspring be as their parents then are."""

    def descend(one: Any, old: Any, new: Any, parents: Any, reward: Any, generator: Any) -> Any:
        state = right(one, old, new, [np.arange(one.place.stop)], reward, generator)
        for value in (*new, reward.reshape(-1)):
            if np.shape(value)[-1:] == parents[0].shape:  # what individuals have of their own
                value[...] = value[..., parents[0]]
        return state

    return descend


def _over_n(_: Any) -> Callable[..., Any]:
    return lambda values: np.var(values, axis=-1, ddof=0)


def _over_n_less_one(right: Callable[..., Any]) -> Callable[..., Any]:
    def differential(values: Any, offspring: Any) -> Any:
        size = values.shape[-1]
        return right(values, offspring) * size / (size - 1)

    return differential


FAULTS = (
    _fault(
        "even_offspring", "sampler", "Numbers of offspring are more even than multinomial ones.",
        ("goal_drift.variance_of_mean",),
        (mock.patch.dict(schemes.SCHEMES, softmax=Scheme("softmax", _evenly, SOFTMAX.parameters)),), _anew,
        {"population": Interval(2, 3, integer=True), "time": Interval(1, 1, integer=True)},
    ),
    _fault(
        "early_mutation", "level", "Individuals mutate before they reproduce.", ("goal_drift.within_variance",),
        # one tile at a time, for a parent may be in any
        (mock.patch.object(run, "TOGETHER", tile.TILE_ELEMENTS), spoiled(tile.Tile, "descend", _mutate_first)), _anew,
    ),
    _fault(
        "variance_over_n", "estimator", "The variance within a population is over N, not N - 1.",
        ("goal_drift.within_variance",), (spoiled(statistics, "variance", _over_n),), _anew,
    ),
    _fault(
        "differential_over_n_less_one", "estimator", "Price's covariance over parents is over N - 1, not N.",
        ("goal_drift.price_identity",), (spoiled(statistics, "differential", _over_n_less_one),), _anew,
    ),
)  # fmt: skip
