"""The matrix of differences between levels, with standard errors, margins and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from theory.agreement.levels import REFERENCE, Level, Values
from theory.judge import holm, p_value, sensitivity, verdict

ROUNDING = 1e-9  # of the scale: what exact levels may differ by


@dataclass(frozen=True)
class Comparison:
    """Two levels on one quantity, where they are furthest apart beyond their margin.

    Parameters
    ----------
    left, right, quantity, time
        What is compared, and when.
    difference, standard_error, margin
        Left minus right, its standard error, and how far apart the levels may be, in units of the quantity.
    scale
        The largest value of the quantity at the reference: what an effect is relative to.
    effect
        The smallest true difference that would be found with probability 0.95.
    largest
        The largest difference anywhere, without its sign.
    p_value
        Of the difference beyond the margin.
    verdict
        "agrees", "disagrees", "underpowered"; "not judged" for a pair that says no more than its margin.
    """

    left: str
    right: str
    quantity: str
    time: float
    difference: float
    standard_error: float
    margin: float
    scale: float
    effect: float
    largest: float
    p_value: float
    verdict: str = ""


def compare(levels: Sequence[Level], times: Sequence[float], resolution: float) -> tuple[Comparison, ...]:
    """Return every pair of levels on every quantity that both know.

    Parameters
    ----------
    levels
        What was run; one of them is the reference.
    times
        When.
    resolution
        The effect that must be detectable, relative to the scale; what cannot see it is underpowered.
    """
    scales = {
        name: float(np.max(np.abs(found.value))) or 1.0
        for level in levels if level.name == REFERENCE for name, found in level.values.items()
    }  # fmt: skip
    pairs = [
        (left, right, name)
        for left, right in combinations(levels, 2)
        for name in left.values
        if name in right.values
    ]  # fmt: skip
    entries = sum(left.values[name].value.size for left, right, name in pairs if _judged(left, right))
    found = [_furthest(left, right, name, times, scales[name], entries) for left, right, name in pairs]
    judged = [_judged(left, right) for left, right, _ in pairs]
    return _with_verdicts(found, judged, entries, resolution)


def _judged(left: Level, right: Level) -> bool:
    """Tell whether a pair says more than its margin: the moments of N are judged by populations of the same N alone."""
    if left.sampled and right.sampled and left.population and right.population:
        return False
    finite = [one for one in (left, right) if one.population and not one.sampled]
    return not finite or left.population == right.population


def _furthest(
    left: Level, right: Level, name: str, times: Sequence[float], scale: float, entries: int
) -> Comparison:  # fmt: skip
    one, other = left.values[name], right.values[name]
    difference = one.value - other.value
    error = np.hypot(one.standard_error, other.standard_error)
    margin = _margin(left, right, one, other) + ROUNDING * scale
    p_values = np.vectorize(p_value, otypes=[float])(difference, error, margin)
    beyond = (np.abs(difference) - margin) / np.where(error > 0.0, error, ROUNDING * scale)
    place = tuple(int(index) for index in np.unravel_index(int(np.argmax(beyond)), beyond.shape))
    effect = margin + sensitivity(entries) * error
    return Comparison(
        left.name, right.name, name, float(times[place[0]]), float(difference[place]), float(error[place]),
        float(margin[place]), scale, float(np.max(effect)), float(np.max(np.abs(difference))),
        float(p_values[place]),
    )  # fmt: skip


def _margin(left: Level, right: Level, one: Values, other: Values) -> NDArray[np.float64]:
    """Add the margins; a population and its own moments are one margin apart, that of their N."""
    if left.population is not None and left.population == right.population:
        return one.margin
    return one.margin + other.margin


def _with_verdicts(
    found: Sequence[Comparison], judged: Sequence[bool], entries: int, resolution: float
) -> tuple[Comparison, ...]:
    """Judge all entries of all pairs as one family: each comparison stands for its furthest entry."""
    from dataclasses import replace

    # The entries that are not shown have larger p-values than the one that is: 1 is the most careful for them.
    p_values = [one.p_value for one, yes in zip(found, judged, strict=True) if yes]
    rejected = iter(holm([*p_values, *[1.0] * (entries - len(p_values))])[: len(p_values)])
    return tuple(
        replace(one, verdict=verdict(bool(next(rejected)), one.effect, resolution * one.scale) if yes else "not judged")
        for one, yes in zip(found, judged, strict=True)
    )


def matrix(
    comparisons: Sequence[Comparison],
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.str_]]:
    """Return the levels' names, the largest difference of each pair relative to its scale, and the worst verdict."""
    names = tuple(dict.fromkeys(name for one in comparisons for name in (one.left, one.right)))
    largest = np.full((len(names), len(names)), np.nan)
    verdicts = np.full((len(names), len(names)), "", dtype="<U12")
    order = ("not judged", "agrees", "underpowered", "disagrees")
    for one in comparisons:
        i, j = names.index(one.left), names.index(one.right)
        relative = one.largest / one.scale
        largest[i, j] = largest[j, i] = np.nanmax([relative, largest[i, j], 0.0])
        known = verdicts[i, j] or order[0]
        verdicts[i, j] = verdicts[j, i] = max(str(known), one.verdict, key=order.index)
    return names, largest, verdicts
