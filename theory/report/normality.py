"""Normality: whether the z-values of a check are those of a normal law, as numbers and as a small drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from theory.row import Row
from theory.table import LEAST_UNIFORM, uniformity

EDGES = np.arange(-4.0, 4.25, 0.5)
WIDTH, HEIGHT, FLOOR = 480, 170, 140  # of the drawing, and where its bars stand, in its own units


@dataclass(frozen=True)
class Normality:
    """The z-values of the rows that are normal if their prediction is right.

    Parameters
    ----------
    z
        Of the rows that are about an exact formula and have a sampling error, shape (rows,).
    p_value
        Of their being standard normal (Kolmogorov-Smirnov); 1 for too few rows.
    """

    z: NDArray[np.float64]
    p_value: float

    @property
    def enough(self) -> bool:
        """Whether there are enough rows for the p-value to mean something."""
        return self.z.size >= LEAST_UNIFORM

    @property
    def spread(self) -> float:
        """The standard deviation of the z-values, which is one if standard errors are right."""
        return float(self.z.std())

    @property
    def spread_error(self) -> float:
        """The standard error of that standard deviation, 1/sqrt(2 rows) for normal values."""
        return 1.0 / math.sqrt(2 * self.z.size)

    @property
    def says(self) -> str:
        """What the drawing shows, in words."""
        spread = f"mean {self.z.mean():.2f}, standard deviation {self.spread:.2f}"
        return (
            f"Histogram of {self.z.size} z-values beside the standard normal density: {spread}, p = {self.p_value:.2g}."
        )

    @property
    def svg(self) -> Markup:
        """A histogram of z beside the normal density; the bars at the ends hold what is beyond them."""
        shares = np.histogram(np.clip(self.z, EDGES[0], EDGES[-1]), EDGES)[0] / (self.z.size * np.diff(EDGES))
        height = max(0.42, float(shares.max()))
        bars = Markup("").join(
            Markup('<rect x="{}" y="{}" width="{}" height="{}"/>').format(
                f"{_across(low) + 1:.1f}", f"{_up(share, height):.1f}",
                f"{_across(high) - _across(low) - 2:.1f}", f"{FLOOR - _up(share, height):.1f}",
            )
            for low, high, share in zip(EDGES[:-1], EDGES[1:], shares, strict=True)
        )  # fmt: skip
        curve = " ".join(
            f"{_across(x):.1f},{_up(math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi), height):.1f}"
            for x in np.linspace(EDGES[0], EDGES[-1], 65)
        )
        marks = Markup("").join(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                f"{_across(x):.1f}", FLOOR + 20, f"{x:+d}".replace("-", "−").replace("+0", "0")
            )
            for x in range(-4, 5, 2)
        )
        return Markup(
            '<svg class="histogram" role="img" aria-label="{}" viewBox="0 0 {} {}">{}<polyline points="{}"/>{}</svg>'
        ).format(self.says, WIDTH, HEIGHT, bars, curve, marks)


def normality(rows: Sequence[Mapping[str, Any]]) -> Normality:
    """Return the z-values of a check's rows as plain data, and how normal they look.

    Rows that do not say all that `Row` has, as of another version, are left out.
    """
    names = {field.name for field in fields(Row)}
    whole = [Row(**{name: _plain(row[name]) for name in names}) for row in rows if names <= set(row)]
    z = [row.z for row in whole if row.exact and row.standard_error > 0.0 and row.predicted and math.isfinite(row.z)]
    return Normality(np.array(z), uniformity(whole))


def _plain(value: Any) -> Any:
    """Return what JSON wrote as text, because it has no infinity and no NaN, as a number."""
    return float(value) if value in ("nan", "inf", "-inf") else value


def _across(z: float) -> float:
    return float((z - EDGES[0]) / (EDGES[-1] - EDGES[0]) * (WIDTH - 20) + 10)


def _up(density: float, height: float) -> float:
    return FLOOR * (1.0 - density / (1.05 * height))
