"""Where an approximation leaves its margin: what a validity map holds, and how its boundary is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from theory.prediction import Prediction

Array: TypeAlias = NDArray[np.float64]

FINEST = 1e-3  # of the scale: the smallest level at which a map tells errors apart


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of a map.

    Parameters
    ----------
    name, symbol
        What varies, in words fit for an axis and a CSV column, and in mathtext.
    values
        Increasing, > 0, shape (cells,); read on a logarithmic scale.
    """

    name: str
    symbol: str
    values: Array


@dataclass(frozen=True, eq=False)
class ValidityMap:
    """How far a formula is off an independent reference, cell by cell, beside the margin that was declared for it.

    All arrays have the shape (first axis, second axis).

    Parameters
    ----------
    name
        Of the map; it is a file's name too.
    prediction
        Whose formula and margin these are, such as "goal_drift.fixation_probability".
    says
        What is shown, in one sentence.
    witness
        What the reference is, and what its error means.
    axes
        The two that vary; across the first the boundary is looked for.
    fixed
        What is held, by name.
    predicted, reference, reference_error
        The formula, what is true, and a bound on how far the reference may have that off; NaN where there is none.
    margin
        The declared bound on |predicted - reference|; NaN where none is declared, infinite where it bounds nothing.
    scale
        What errors are relative to.
    inside
        Whether a cell lies in the region in which the prediction is checked.
    """

    name: str
    prediction: str
    says: str
    witness: str
    axes: tuple[Axis, Axis]
    fixed: Mapping[str, Any]
    predicted: Array
    reference: Array
    reference_error: Array
    margin: Array
    scale: Array
    inside: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit the axes, in one line (ValueError)."""
        shape = tuple(axis.values.size for axis in self.axes)
        for part in ("predicted", "reference", "reference_error", "margin", "scale", "inside"):
            found = np.shape(getattr(self, part))
            if found != shape:
                raise ValueError(f"{part} of {self.name}: got shape {found}; must be {shape}; pass a value a cell")

    @property
    def error(self) -> Array:
        """Return (predicted - reference)/scale."""
        return np.asarray((self.predicted - self.reference) / self.scale)

    @property
    def resolved(self) -> NDArray[np.bool_]:
        """Tell where the reference is good enough: its own error is below the difference, or a thousandth of scale."""
        known = np.maximum(np.abs(self.predicted - self.reference), FINEST * self.scale)
        return np.asarray(self.reference_error <= known)

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Tell where the margin covers what is found, but for what the reference may be off."""
        return np.asarray(np.abs(self.predicted - self.reference) <= self.margin + self.reference_error)

    @property
    def use_of_margin(self) -> Array:
        """Return |predicted - reference|/margin, how much of the margin is needed: above 1 the formula leaves it."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.abs(self.predicted - self.reference) / self.margin)

    def boundary(self, level: float | None = None) -> Array:
        """Return where the error passes a level, or by default its margin, along the first axis.

        Parameters
        ----------
        level
            Of |error|, > 0; None for the margin.

        Returns
        -------
        array, shape (points, 2)
            Values on the first and on the second axis, ordered by the second: every passage, up or down, between two
            cells of which the reference tells for certain on which side they are; none where all are on one side.
        """
        threshold = self.margin if level is None else level * self.scale
        distance = np.abs(self.predicted - self.reference)
        certain = np.abs(distance - threshold) > self.reference_error
        with np.errstate(divide="ignore"):
            height = np.log(distance) - np.log(threshold)
        x, y = (axis.values for axis in self.axes)
        found = []
        for line, seen in enumerate(certain.T):
            at, heights = np.log(x[seen]), height[seen, line]
            for cell in np.flatnonzero(np.diff(np.sign(heights))):
                (left, right), (low, high) = at[cell : cell + 2], heights[cell : cell + 2]
                # From or to nothing at all there is no slope: the passage is where it is seen.
                way = low / (low - high) if np.all(np.isfinite((low, high))) else float(np.isinf(low))
                found.append((float(np.exp(left + way * (right - left))), float(y[line])))
        return np.array(found).reshape(-1, 2)

    @property
    def table(self) -> dict[str, NDArray[Any]]:
        """Return the map as columns of one length, a row a cell: the axes by name, what is held, and all arrays."""
        grid = np.meshgrid(*(axis.values for axis in self.axes), indexing="ij")
        columns: dict[str, NDArray[Any]] = {axis.name: one.ravel() for axis, one in zip(self.axes, grid, strict=True)}
        parts = ("predicted", "reference", "reference_error", "error", "margin", "inside", "resolved", "covered")
        return columns | {part: np.asarray(getattr(self, part)).ravel() for part in parts}


def witnessed(axes: tuple[Axis, Axis], fact: Callable[[float, float], tuple[float, float]]) -> tuple[Array, Array]:
    """Return what is true, and how far that may be off, from a function of a value on each axis, cell by cell."""
    found = np.array([[fact(float(x), float(y)) for y in axes[1].values] for x in axes[0].values])
    return found[..., 0], found[..., 1]


def mapped(
    prediction: Prediction,
    axes: tuple[Axis, Axis],
    point: Callable[[float, float], Mapping[str, Any]],
    reference: tuple[Array, Array],
    *,
    margin: Callable[..., float] | None = None,
    scale: float | None = None,
    **words: Any,
) -> ValidityMap:
    """Return the map of a prediction's formula, margin and region against a reference.

    Parameters
    ----------
    prediction
        What is mapped.
    axes
        The two axes.
    point
        From a value on each axis, the formula's keywords.
    reference
        What is true in each cell and a bound on how far that may be off: never from the formula.
    margin
        In place of the prediction's, where that refuses some of the cells.
    scale
        What errors are relative to; None for what is true.
    words
        name, says, witness and fixed of the `ValidityMap`.
    """
    shape = reference[0].shape
    points = [point(float(x), float(y)) for x in axes[0].values for y in axes[1].values]
    bound = margin or prediction.margin.bound
    formula, declared = (np.array([float(one(**given)) for given in points]) for one in (prediction.formula, bound))
    inside = np.array([prediction.valid.holds(**given) for given in points])
    return ValidityMap(
        prediction=prediction.name, axes=axes, predicted=formula.reshape(shape), reference=reference[0],
        reference_error=reference[1], margin=declared.reshape(shape), inside=inside.reshape(shape),
        scale=np.abs(reference[0]) if scale is None else np.full(shape, scale), **words,
    )  # fmt: skip
