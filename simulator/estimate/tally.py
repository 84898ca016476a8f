"""Tally: a measure's moments over replicates, and the error of its mean where replicates are drawn in groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.estimate.controls import Controls
from simulator.estimate.moments import Moments

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Groups:
    """Joint second moments of (sum, count) over groups of replicates that were drawn together.

    Parameters
    ----------
    number
        How many groups there are.
    total, size
        The means over groups of a group's sum and of how many of its replicates the measure applied to; each has the
        shape of a cell array.
    square, cross, spread
        Sums over groups of the centered sum's square, of its product with the centered count, and of the latter's
        square.

    Source: Chan, Golub and LeVeque, The American Statistician 37 (1983) 242, for the merging.
    """

    number: Array
    total: Array
    size: Array
    square: Array
    cross: Array
    spread: Array

    @classmethod
    def of(cls, samples: Array, group: int) -> Groups:
        """Return the moments of samples of shape (replicates, ...), where each ``group`` in a row is one group."""
        cells = samples.reshape(len(samples) // group, group, *samples.shape[1:])
        applies = ~np.isnan(cells)
        totals = np.where(applies, cells, 0.0).sum(axis=1)
        sizes = applies.sum(axis=1).astype(np.float64)
        total, size = totals.mean(axis=0), sizes.mean(axis=0)
        x, n = totals - total, sizes - size
        return cls(
            np.asarray(float(len(cells))), total, size, (x * x).sum(axis=0), (x * n).sum(axis=0), (n * n).sum(axis=0)
        )

    def merge(self, other: Groups) -> Groups:
        """Return the moments of both sets of groups together."""
        number = self.number + other.number
        total, size = other.total - self.total, other.size - self.size
        share = other.number / number
        weight = self.number * share
        return Groups(
            number,
            self.total + total * share,
            self.size + size * share,
            self.square + other.square + weight * total**2,
            self.cross + other.cross + weight * total * size,
            self.spread + other.spread + weight * size**2,
        )

    def error(self, mean: Array) -> Array:
        """Return the standard error of the mean over all replicates, a ratio of sums over groups; NaN for one group.

        Var = sum over groups of (sum - mean count)^2 / (G (G - 1) size^2)
        """
        residual = self.square - 2.0 * mean * self.cross + mean**2 * self.spread
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = np.maximum(residual, 0.0) / (self.number * (self.number - 1.0) * self.size**2)
        return np.asarray(np.where((self.number > 1.0) & (self.size > 0.0), np.sqrt(variance), np.nan))


_Part = TypeVar("_Part", Groups, Controls)


def _merged(one: _Part | None, other: _Part | None) -> _Part | None:
    return None if one is None or other is None else one.merge(other)


@dataclass(frozen=True)
class Tally:
    """What is kept of a measure's samples: it merges, and it knows the error of its mean.

    Parameters
    ----------
    moments
        Over all replicates.
    groups
        Where replicates are drawn in groups (antithetic pairs, randomized point sets), their moments: within a group
        replicates depend on one another, so only groups tell the error. None where every replicate is independent.
    controls
        Where control variates were drawn too, their joint moments with the measure: then the mean and its error are
        adjusted by them. None where there are none.
    """

    moments: Moments
    groups: Groups | None = None
    controls: Controls | None = None

    @classmethod
    def of(cls, samples: Any, group: int = 1, controls: Any = None) -> Tally:
        """Return the tally of samples of shape (replicates, ...); NaN means "does not apply".

        ``group`` replicates in a row were drawn together; it must divide their number, or a ValueError says so.
        ``controls``, shape (controls, replicates, ...), have mean zero.
        """
        samples = np.asarray(samples, dtype=np.float64)
        if samples.shape[0] % group:
            raise ValueError(f"samples: got {samples.shape[0]} replicates; must be a multiple of the group, {group}")
        groups = Groups.of(samples, group) if group > 1 else None
        return cls(Moments.of(samples), groups, None if controls is None else Controls.of(samples, controls, group))

    def merge(self, other: Tally) -> Tally:
        """Return the tally of both samples together."""
        groups, controls = _merged(self.groups, other.groups), _merged(self.controls, other.controls)
        return Tally(self.moments.merge(other.moments), groups, controls)

    @property
    def count(self) -> Array:
        """How many replicates the measure applied to."""
        return self.moments.count

    @property
    def mean(self) -> Array:
        """Their mean, adjusted where there are controls."""
        return self.moments.mean if self.controls is None else self.controls.estimate[0]

    @property
    def variance(self) -> Array:
        """The variance among them, ddof 1."""
        return self.moments.variance

    def error(self, indicator: bool = False) -> Array:
        """Return the standard error of the mean.

        For an ``indicator`` it is never 0, however few ones there were: Jeffreys' posterior gives the error of
        independent replicates, and the floor of the others (that of none in all).
        """
        if self.controls is None:
            return self._plain_error(indicator)
        error = self.controls.estimate[1]
        return np.asarray(np.fmax(error, _error_of_none(self.count))) if indicator else error

    @property
    def reduction(self) -> Array:
        """The variance of the plain mean over that of the adjusted one, 1 where neither has any."""
        plain, adjusted = self._plain_error(False) ** 2, self.error() ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where((plain == 0.0) & (adjusted == 0.0), 1.0, plain / adjusted))

    def _plain_error(self, indicator: bool) -> Array:
        """Return the standard error of the mean without controls."""
        if self.groups is None:
            return self.moments.proportion_error if indicator else self.moments.mean_error
        error = self.groups.error(self.moments.mean)
        if not indicator:
            return error
        return np.asarray(np.fmax(error, _error_of_none(self.count)))

    def contrast_error(self, indicator: bool = False) -> Array:
        """Return the standard error of a mean of paired differences.

        For differences of an ``indicator`` it is never below that of none in all: no discordant pair is no certainty.
        """
        error = self.error()
        if not indicator:
            return error
        return np.asarray(np.fmax(error, _error_of_none(self.count)))

    def arrays(self) -> dict[str, Array]:
        """Return the tally as plain arrays by name; ``from_arrays`` is its inverse."""
        parts: dict[str, Any] = {"moments": self.moments, "groups": self.groups, "controls": self.controls}
        return {
            f"{name}.{field.name}": np.asarray(getattr(part, field.name))
            for name, part in parts.items()
            if part is not None
            for field in fields(part)
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Tally:
        """Return the tally of arrays that ``arrays`` made."""
        parts: dict[str, Any] = {}
        for name, kind in (("moments", Moments), ("groups", Groups), ("controls", Controls)):
            if f"{name}.{fields(kind)[0].name}" in arrays:
                parts[name] = kind(**{field.name: arrays[f"{name}.{field.name}"] for field in fields(kind)})
        return cls(**parts)


def _error_of_none(n: Array) -> Array:
    """Return the standard error of a proportion of which n replicates showed none (Jeffreys)."""
    return np.asarray(np.sqrt(0.5 * (n + 0.5) / ((n + 1.0) ** 2 * (n + 2.0))))
