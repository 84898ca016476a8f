"""The machinery's own predictions: replicates are distinct and independent, and standard errors are what they say.

They hold the tools to the same judge as the laws. A cloned replicate or a shared stream moves no mean; it only makes
every standard error too small, so nothing but an audit would find it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.estimate import Moments
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.goal_drift import goal_drift
from simulator.parameter import COUNT, POSITIVE, Parameter, Resolved, resolve
from simulator.point import run_blocks
from theory.prediction import Prediction
from theory.region import Interval, Region

LAG = 64  # the size of the first blocks: the distance at which shared streams would repeat
SHORT, LONG = 4, 64  # values in the samples whose variance and mean are estimated
dim = Parameter("dim", 2, "d", COUNT, meaning="number of components of the goal", integer=True)
noise = Parameter("noise", 1.0, r"\sigma", POSITIVE, meaning="standard deviation of the values")


def simulated_values(dim: int, replicates: int, seed: int) -> Any:
    """Return a noisy measure of goal_drift, one value a replicate, through the blocks of every result."""
    made = goal_drift.experiment(method="stepped", measures=("base_component",), steps=2)
    point = resolve(made.parameters, {"dim": dim})
    parts = run_blocks(made, point, replicates, seed, lambda samples: samples["base_component"], threads=1)
    return np.concatenate(list(parts))


def _sample_replicates(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    values = simulated_values(resolved["dim"], replicates + LAG, int(generator.integers(2**62)))
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    here, later = values[:-LAG], values[LAG:]
    return {"repeated": (counts[where] > 1)[:replicates].astype(float), "here": here, "later": later}


def _sample_variances(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """One replicate is the variance of a short sample."""
    return {"variance": Moments.of(resolved["noise"] * generator.standard_normal((SHORT, replicates))).variance}


def _sample_coverage(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """One replicate is whether 1.96 standard errors cover the mean of a long sample, which is 0."""
    long = Moments.of(resolved["noise"] * generator.standard_normal((LONG, replicates)))
    return {"covered": (np.abs(long.mean) <= 1.96 * long.mean_error).astype(float)}


def _coverage(noise: Any) -> Any:
    """Return P(|t| <= 1.96) for Student's t with LONG - 1 degrees of freedom, whatever the noise."""
    from scipy.stats import t

    return (1.0 - 2.0 * t.sf(1.96, LONG - 1)) * np.ones_like(np.asarray(noise, dtype=float))


replicated = Experiment(
    "audit",
    (dim,),
    {"repeated": Observable(indicator=True), "here": Observable(), "later": Observable()},
    _sample_replicates,
)
short_samples = Experiment("audit", (noise,), {"variance": Observable()}, _sample_variances)
long_samples = Experiment(
    "audit", (noise,), {"covered": Observable(indicator=True)}, _sample_coverage, components=lambda resolved: LONG
)


def _prediction(name: str, says: str, formula: Callable[..., Any], box: Any, **parts: Any) -> Prediction:
    return Prediction(name=f"audit.{name}", says=says, formula=formula, valid=Region(box), **parts)


_DIMS = {"dim": Interval(1, 8, integer=True)}
_NOISES = {"noise": Interval(0.1, 10.0, log=True)}

predictions = (
    _prediction(
        "distinct_replicates", "No two replicates are the same, within a block or between blocks.",
        lambda dim: np.zeros_like(np.asarray(dim, dtype=float)), _DIMS,
        experiment=replicated, measure="repeated", scale=1.0,
    ),
    _prediction(
        "independent_blocks", "Replicates a block apart are uncorrelated.",
        lambda dim: np.zeros_like(np.asarray(dim, dtype=float)), _DIMS,
        experiment=replicated, measure=("here", "later"), statistic="correlation", scale=1.0, equivalence=0.02,
    ),
    _prediction(
        "sample_variance", f"The variance of {SHORT} values is right on average: its denominator is one less.",
        lambda noise: np.square(noise), _NOISES, experiment=short_samples, measure="variance",
    ),
    _prediction(
        "coverage", f"1.96 standard errors of the mean of {LONG} values cover the truth as often as Student says.",
        _coverage, _NOISES, experiment=long_samples, measure="covered", statistic="probability",
    ),
)  # fmt: skip
