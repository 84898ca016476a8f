"""The schemes of selection as an experiment knows them: by name, with their parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.parameter import COUNT, NONNEGATIVE, Parameter, Range, nearest
from simulator.selection import group_normalized, proportional, softmax, tournament, truncation

Parents: TypeAlias = NDArray[np.intp]
Choice: TypeAlias = Callable[[NDArray[np.float64], np.random.Generator, int, Mapping[str, Any]], Parents]


@dataclass(frozen=True)
class Scheme:
    """A way to choose parents.

    Parameters
    ----------
    name
        It tells this scheme from others in an experiment's identity: one name, one scheme.
    parents
        ``parents(rewards, generator, offspring, values)`` returns for rewards (replicates, individuals) the parents
        (replicates, offspring), increasing in each row; ``values`` has each parameter's value by name, a number or,
        where it is drawn, one a population, shape (replicates,).
    parameters
        What it adds to the experiment's.
    """

    name: str
    parents: Choice
    parameters: tuple[Parameter, ...] = ()


STRENGTH = Parameter("strength", 1.0, "s", NONNEGATIVE, "1/reward", "how strongly reward selects in a generation")
KEPT_FRACTION = Parameter(
    "kept_fraction", 0.5, "p", Range(low=0.0, high=1.0, open_low=True), meaning="share of a population that reproduces"
)
TOURNAMENT_SIZE = Parameter(
    "tournament_size", 2, "k", COUNT, meaning="how many meet for the place of a parent", integer=True
)
GROUP_SIZE = Parameter(
    "group_size", 2, "n", Range(low=2.0), meaning="how many are compared with each other", integer=True
)


def kept_of(fraction: Any, individuals: int) -> Any:
    """Return how many of a population a fraction of it is: the nearest whole number, but at least one."""
    return np.maximum(1, np.floor(np.asarray(fraction) * individuals + 0.5)).astype(np.intp)


def _softmax(rewards: Any, generator: np.random.Generator, offspring: int, values: Mapping[str, Any]) -> Parents:
    return softmax(rewards, generator, values["strength"], offspring)


def _proportional(rewards: Any, generator: np.random.Generator, offspring: int, values: Mapping[str, Any]) -> Parents:
    return proportional(rewards, generator, offspring)


def _truncation(rewards: Any, generator: np.random.Generator, offspring: int, values: Mapping[str, Any]) -> Parents:
    return truncation(rewards, generator, kept_of(values["kept_fraction"], rewards.shape[1]), offspring)


def _tournament(rewards: Any, generator: np.random.Generator, offspring: int, values: Mapping[str, Any]) -> Parents:
    return tournament(rewards, generator, int(values["tournament_size"]), offspring)


def _group(rewards: Any, generator: np.random.Generator, offspring: int, values: Mapping[str, Any]) -> Parents:
    return group_normalized(rewards, generator, values["strength"], int(values["group_size"]), offspring)


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("softmax", _softmax, (STRENGTH,)),
        Scheme("proportional", _proportional),
        Scheme("truncation", _truncation, (KEPT_FRACTION,)),
        Scheme("tournament", _tournament, (TOURNAMENT_SIZE,)),
        Scheme("group_normalized", _group, (STRENGTH, GROUP_SIZE)),
    )
}


def as_scheme(selection: Any) -> Scheme:
    """Return a scheme as it is, or the one of that name; raise ValueError with the nearest right name otherwise."""
    if isinstance(selection, Scheme):
        return selection
    if not isinstance(selection, str) or selection not in SCHEMES:
        raise ValueError(f"selection: got {selection!r}; {nearest(str(selection), SCHEMES)}")
    return SCHEMES[selection]
