"""Why a population that truncates moves and narrows as it does: one group, whose survivors have the offspring."""

from __future__ import annotations

from typing import Any

import sympy

from theory.lemmas import equals_numerically, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions as e
from theory.probe_selection import formulas
from theory.probe_selection.proofs.group import along_the_line
from theory.probe_selection.proofs.truncation import (
    GROUPS,
    by_densities,
    truncation_intensity,
    variance_after_selection,
)

POPULATIONS = [{"population": one["group_size"], "kept_fraction": one["kept"] / one["group_size"]} for one in GROUPS]


def population_response() -> tuple[Obligation, ...]:
    """Prove the response: the trait's line on the score, and the mean of the lowest scores by their densities."""
    points = [{**one, "covariance": 0.9, "score_sd": 1.3} for one in POPULATIONS]
    return (
        *along_the_line(),
        *truncation_intensity(),
        equals_numerically(
            "the line's slope times the mean of those kept", formulas.population_response, _moved, points
        ),
    )


def _moved(covariance: float, score_sd: float, population: int, kept_fraction: float) -> float:
    return -covariance / score_sd**2 * score_sd * by_densities(population, round(population * kept_fraction))


def population_variance() -> tuple[Obligation, ...]:
    """Prove the variance: that of the survivors, of which offspring draw independently, and mutation on top."""
    survivors = sympy.symbols("x1:5", real=True)
    return (
        *variance_after_selection(),
        *(_inherited(survivors[:number]) for number in (2, 3, 4)),
    )


def _inherited(values: Any) -> Obligation:
    """Two independent draws among k values differ as much as the values themselves, (1 - 1/k) of their variance.

    The variance (ddof 1) of any number of independent draws has the mean that it has of two, E (x - y)^2/2.
    """
    number = len(values)
    mean = sum(values) / sympy.Integer(number)
    unbiased = sum((one - mean) ** 2 for one in values) / sympy.Integer(number - 1)
    drawn = sum((one - other) ** 2 for one in values for other in values) / sympy.Integer(2 * number**2)
    shrunk = (e.population_variance - e.mutation_variance).subs(
        {e.kept: number, e.correlation: 0, e.variance: unbiased}
    )
    return vanishes(f"offspring of {number} survivors vary by (1 - 1/k) of their variance", drawn - shrunk)
