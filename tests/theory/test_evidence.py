"""Evidence beyond means: distributions, quantiles, pairs, chains; each agrees when right and is red when wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

import theory
from simulator import Experiment, Observable, Parameter
from simulator.models.goal_drift import goal_drift
from theory.check import check
from theory.prediction import Prediction
from theory.region import Interval, Region

sd = Parameter("sd", 1.0)
EDGES = tuple(np.linspace(-6.0, 6.0, 481))


def draw(parameters, replicates, generator):
    x, y, own = generator.standard_normal((3, replicates))
    return {"x": parameters["sd"] * x, "y": 0.8 * x + 0.6 * y, "positive": 4.0 + own, "hit": (own > 0.0).astype(float)}


def chains(parameters, replicates, generator):
    """An autoregressive chain of correlation 0.5 around 2, begun at rest."""
    state = generator.standard_normal(replicates)
    draws = np.empty((replicates, 400))
    for step in range(400):
        state = 0.5 * state + np.sqrt(0.75) * generator.standard_normal(replicates)
        draws[:, step] = 2.0 + parameters["sd"] * state
    return {"level": draws}


plain = Experiment("plain", (sd,), {name: Observable() for name in ("x", "y", "positive", "hit")}, draw)
chained = Experiment("chained", (sd,), {"level": Observable(("draw",))}, chains)
BOX = {"sd": Interval(0.5, 2.0)}


def verdicts(formula, box=BOX, experiment=plain, **parts):
    made = Prediction(
        "plain.test", "A law known exactly.", formula, experiment=experiment, valid=Region(box),
        setting=lambda sd, **_: {"sd": sd}, **parts,
    )  # fmt: skip
    return {row.verdict for row in check(made, points=2, seed=3)}


def ones(sd):
    return np.ones_like(sd)


CASES = {
    "distribution": (
        lambda sd, at: norm.cdf(at, scale=sd), {"measure": "x", "statistic": "distribution", "edges": EDGES}
    ),
    "correlation": (lambda sd: 0.8 * ones(sd), {"measure": ("x", "y"), "statistic": "correlation"}),
    "explained variance": (lambda sd: 0.64 * ones(sd), {"measure": ("x", "y"), "statistic": "explained_variance"}),
    "information": (lambda sd: -0.5 * np.log(0.36) * ones(sd), {"measure": ("x", "y"), "statistic": "information"}),
    "probability": (lambda sd: 0.5 * ones(sd), {"measure": "hit", "statistic": "probability"}),
    "ratio": (lambda sd: ones(sd), {"measure": ("positive", "positive"), "statistic": "ratio"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_right_law_agrees(case):
    formula, parts = CASES[case]
    assert verdicts(formula, **parts) == {"agrees"}


@pytest.mark.parametrize("case", CASES)
def test_a_law_three_per_cent_off_disagrees(case):
    formula, parts = CASES[case]

    def wrong(sd, **keywords):
        # A distribution function is three per cent off where its scale is; any other value itself.
        return formula(sd=1.1 * sd, **keywords) if keywords else 1.03 * formula(sd=sd)

    assert verdicts(wrong, **parts) == {"disagrees"}


def test_quantiles():
    box = {**BOX, "probability": Interval(0.85, 0.95)}
    parts = {"measure": "x", "statistic": "quantile", "edges": EDGES, "box": box}
    assert verdicts(lambda sd, probability: sd * norm.ppf(probability), **parts) == {"agrees"}
    assert verdicts(lambda sd, probability: 1.05 * sd * norm.ppf(probability), **parts) == {"disagrees"}


def test_chains_count_once_each():
    parts = {"experiment": chained, "measure": "level"}
    assert verdicts(lambda sd: 2.0 * ones(sd), **parts) == {"agrees"}
    assert verdicts(lambda sd: 2.03 * ones(sd), **parts) == {"disagrees"}
    short = chained.replace(sample=lambda *given: {"level": chains(*given)["level"][:, :20]})
    with pytest.raises(ValueError, match="one independent draw takes"):
        verdicts(lambda sd: 2.0 * ones(sd), experiment=short, measure="level")


def test_an_unknown_statistic_is_refused():
    with pytest.raises(ValueError, match="statistic 'variances'; did you mean 'variance'"):
        verdicts(lambda sd: ones(sd), measure="x", statistic="variances")


def test_a_formula_is_not_checked_by_a_sampler_that_contains_it():
    right = theory.get("goal_drift.retained_goal")
    with pytest.raises(ValueError, match="exact transitions, which contain what they would confirm"):
        right.replace(experiment=goal_drift.experiment(method="exact"))
    with pytest.raises(ValueError, match="draws 2 replicates together"):
        right.replace(experiment=goal_drift.experiment(method="stepped", variance_reduction="antithetic"))
