"""Distributions that a parameter or an initial trait can be drawn from, once per replicate (and component)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Normal:
    """Independent normal variates of the given mean and standard deviation.

    Parameters
    ----------
    mean, sd
        Numbers, or expressions in the model's parameters; ``sd`` >= 0.
    """

    mean: Any = 0.0
    sd: Any = 1.0

    def draw(self, generator: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
        """Return variates of the given shape (component, replicate) or (replicate,); raise ValueError for sd < 0."""
        if np.any(np.asarray(self.sd) < 0.0):
            raise ValueError(f"Normal: got sd {np.min(self.sd)}; must be >= 0; pass its absolute value")
        return np.asarray(self.mean + self.sd * generator.standard_normal(shape))


@dataclass(frozen=True)
class Uniform:
    """Independent uniform variates on [low, high).

    Parameters
    ----------
    low, high
        Numbers, or expressions in the model's parameters; ``low`` <= ``high``.
    """

    low: Any = 0.0
    high: Any = 1.0

    def draw(self, generator: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
        """Return variates of the given shape (component, replicate) or (replicate,); raise ValueError if low > high."""
        if np.any(np.asarray(self.low) > np.asarray(self.high)):
            raise ValueError(f"Uniform: got low {np.max(self.low)}, high {np.min(self.high)}; must not fall; swap them")
        return np.asarray(self.low + (self.high - self.low) * generator.random(shape))


@dataclass(frozen=True)
class Exponential:
    """Independent waits for an event that comes at a steady rate, its hazard.

    Parameters
    ----------
    mean
        The mean wait, one over the hazard: a number, or an expression in the model's parameters; ``mean`` >= 0.
    """

    mean: Any = 1.0

    def draw(self, generator: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
        """Return variates of the given shape (component, replicate) or (replicate,); raise ValueError for mean < 0."""
        if np.any(np.asarray(self.mean) < 0.0):
            raise ValueError(f"Exponential: got mean {np.min(self.mean)}; must be >= 0; pass its absolute value")
        return np.asarray(self.mean * generator.standard_exponential(shape))


@dataclass(frozen=True)
class Sphere:
    """Vectors of a fixed length whose direction is uniform on the sphere.

    Parameters
    ----------
    norm
        The length, a number or an expression in the model's parameters; ``norm`` >= 0.
    """

    norm: Any = 1.0

    def draw(self, generator: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
        """Return vectors of the given shape (component, replicate); in one dimension, and for (replicate,), signs."""
        normals = generator.standard_normal(shape)
        lengths = np.linalg.norm(normals, axis=0) if len(shape) > 1 else np.abs(normals)
        return np.asarray(self.norm * normals / lengths)


class Distribution(Protocol):
    """Anything with ``draw(generator, shape)``; a frozen dataclass whose fields are numbers or expressions."""

    def draw(self, generator: np.random.Generator, shape: Shape) -> NDArray[np.float64]:
        """Return variates of the given shape."""


def is_distribution(value: Any) -> bool:
    """Tell whether a value is to be drawn per replicate (a class such as Normal, without its numbers, is not)."""
    return callable(getattr(value, "draw", None)) and not isinstance(value, type)


def arguments(distribution: Any) -> dict[str, Any]:
    """Return the distribution's fields by name."""
    return {field.name: getattr(distribution, field.name) for field in fields(distribution)}


def with_arguments(distribution: Any, values: Mapping[str, Any]) -> Any:
    """Return the distribution with some of its fields replaced."""
    return replace(distribution, **values)


def numbers_only(parameters: Mapping[str, Any], *names: str) -> None:
    """Raise ValueError, in one line, if one of the named parameters, or without names any, is a distribution."""
    for name in names or parameters:
        if is_distribution(parameters.get(name)):
            raise ValueError(
                f"{name}: got a distribution; must be one number for all replicates; sweep over it instead"
            )
