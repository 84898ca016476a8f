"""What is predicted of the group-normalized update and of truncation: how far, and what it uses up."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.models.probe_selection import probe_selection
from simulator.models.probe_selection.groups import groups
from simulator.models.probe_selection.rollouts import rollouts
from theory.prediction import Prediction
from theory.probe_selection import formulas
from theory.probe_selection.predicted.declared import declared, traits
from theory.region import Interval, Region, Several

KEPT = {"kept_fraction": Interval(0.2, 0.8), "group_size": Interval(2, 5, integer=True)}


def of_groups() -> tuple[Prediction, ...]:
    """Return what a group teaches by its normalized advantage, and by keeping its best."""
    return (*_by_advantage(), *_by_truncation(), *_of_populations())


def _by_advantage() -> tuple[Prediction, ...]:
    region = Region(
        {"covariance": Interval(0.7, 1.1), "score_sd": Interval(1.2, 1.6), "group_size": Interval(2, 40, integer=True)}
    )
    measure = "misbehavior_change"
    natural = declared(
        "natural_update",
        "Natural policy gradient moves a mean by its covariance with the reward, whatever the size of the group.",
        Region({"covariance": Interval(0.8, 1.1), "group_size": Interval(4, 16, integer=True)}),
        rollouts("natural", normals="mixed", measures=(measure,)),
        lambda covariance, group_size: _scored(covariance, 1.2, group_size), measure,
    )  # fmt: skip
    return natural, *(
        declared(name, says, region, made, _scored, measure, about="group_update")
        for name, says, made in (
            (
                "group_update",
                "A group-normalized advantage moves a mean by its covariance with the score, times c4(n) (n - 1)/n.",
                rollouts("group_normalized", normals="mixed", measures=(measure,)),
            ),
            (
                "group_update_products",
                "The same from the sums and products of groups, in float32 with mixed normals.",
                groups("products", measures=(measure,)),
            ),
        )
    )


def _scored(covariance: float, score_sd: float, group_size: int) -> dict[str, Any]:
    """Misbehavior of variance 1 with that covariance; evasion supplies the rest of the score's variance."""
    rest = np.sqrt(score_sd**2 - covariance**2)
    return traits((covariance, rest), (1.0, 1.0), group_size=group_size)


def kept_of(group_size: float, kept_fraction: float) -> int:
    """Return how many of a group that fraction is, as the formulas round it."""
    return int(np.round(group_size * kept_fraction))


def _by_truncation() -> tuple[Prediction, ...]:
    made = partial(rollouts, "truncation", normals="mixed")
    correlated = {"variance": Interval(0.4, 0.9), "correlation": Interval(0.3, 0.95), **KEPT}
    return (
        declared(
            "truncation_intensity",
            "Keeping the k best of n moves their mean by the mean of the k highest normal order statistics.",
            Region({"group_size": Interval(2, 40, integer=True), "kept": Interval(1, 36, integer=True)},
                   lambda group_size, kept: kept <= 0.7 * group_size, "at most seven tenths are kept"),
            made(measures=("misbehavior_fall_sd",)),
            lambda **point: {**point, "transmitted": 0.0}, "misbehavior_fall_sd",
        ),
        declared(
            "variance_after_selection",
            "Truncation uses up the part of the variance that the score sees, pooled over all that are kept.",
            Region(correlated, _keeps(1)), made(measures=("survivor_misbehavior",)), _correlated,
            "survivor_misbehavior", statistic="variance", scale=1.0,
        ),
        declared(
            "variance_within_groups",
            "Within a group those that are kept vary less than over all groups.",
            Region(correlated, _keeps(2)), made(measures=("kept_variance",)), _correlated, "kept_variance",
            about="variance_after_selection", formula=_within, scale=1.0,
        ),
        declared(
            "correlation_after_selection",
            "Selection correlates misbehavior and evasion, though they began independent.",
            Region({"weights": Several(Interval(0.7, 1.4, log=True), 2),
                    "variances": Several(Interval(0.5, 2.0, log=True), 2), **KEPT}, _keeps(1)),
            made(measures=("survivor_misbehavior", "survivor_evasion")),
            lambda weights, variances, kept_fraction, group_size: traits(
                weights, variances, group_size=group_size, kept=kept_of(group_size, kept_fraction)),
            ("survivor_misbehavior", "survivor_evasion"), statistic="correlation", scale=1.0,
        ),
    )  # fmt: skip


def _keeps(least: int) -> Any:
    return lambda kept_fraction, group_size, **_: least <= kept_of(group_size, kept_fraction) < group_size


def _within(variance: Any, correlation: Any, kept_fraction: Any, group_size: Any) -> Any:
    return formulas.variance_after_selection(variance, correlation, kept_fraction, group_size, within=True)


def _correlated(variance: float, correlation: float, kept_fraction: float, group_size: int) -> dict[str, Any]:
    """Misbehavior of a variance and of a correlation with the score, the rest of which is the probe's own noise."""
    noise = np.sqrt(variance * (1.0 / correlation**2 - 1.0))
    return {"misbehavior_sd": np.sqrt(variance), "transmitted": 0.0, "readout_noise": noise, "group_size": group_size,
            "kept": kept_of(group_size, kept_fraction)}  # fmt: skip


def _of_populations() -> tuple[Prediction, ...]:
    """Return the same of whole populations, generation by generation: there K emerges, nobody gives it."""
    made = partial(probe_selection.experiment, "population", selection="truncation", normals="mixed")
    few = {"population": Interval(16, 32, integer=True), "kept_fraction": Interval(0.1, 0.3)}
    return (
        declared(
            "population_response",
            "In a population that truncates on the score the mean moves by the covariance that there is: K emerges.",
            Region({"covariance": Interval(0.85, 0.98), "score_sd": Interval(1.0, 1.05), **few}, _breeds),
            made(measures=("misbehavior",)), _bred, "misbehavior",
        ),
        declared(
            "population_variance",
            "Truncation depletes the variance that it acts on, and mutation restores it.",
            Region({"variance": Interval(0.4, 0.9), "correlation": Interval(0.3, 0.95), **few,
                    "mutation_variance": Interval(0.0, 0.3)}, _breeds),
            made(measures=("misbehavior_variance",)), _depleted, "misbehavior_variance", scale=1.0,
        ),
    )  # fmt: skip


def _breeds(population: int, kept_fraction: float, **_: Any) -> bool:
    """Tell whether two or more are kept, and as many as the formula rounds to."""
    kept = kept_of(population, kept_fraction)
    return 2 <= kept < population and kept == np.floor(population * kept_fraction + 0.5)


def _bred(covariance: float, score_sd: float, population: int, kept_fraction: float) -> dict[str, Any]:
    rest = np.sqrt(score_sd**2 - covariance**2)
    point = traits((covariance, rest), (1.0, 1.0), population=population, kept_fraction=kept_fraction, time=1)
    del point["correlation"]
    return point


def _depleted(
    variance: float, correlation: float, population: int, kept_fraction: float, mutation_variance: float
) -> dict[str, Any]:
    """Misbehavior alone, seen through a noise of its environment."""
    noise = np.sqrt(variance * (1.0 / correlation**2 - 1.0))
    return {"misbehavior_sd": np.sqrt(variance), "transmitted": 0.0, "environment": noise, "population": population,
            "kept_fraction": kept_fraction, "misbehavior_mutation": np.sqrt(mutation_variance), "time": 1}  # fmt: skip
