"""Where goals end up, who chose them, what behavior tells, what selection leaves: wrong formulas do not pass."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from scipy import stats

import theory
from simulator.functions import total
from simulator.models.goal_drift import base, goal, goal_drift, pull
from theory.check import check
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas, predictions_of, proofs
from theory.goal_drift.proofs.chance import (
    CHOSEN,
    COSINE_EDGES,
    WATCHED,
    cosine_density,
    cosine_moments,
    gaussian_information,
    information_without_the_gate,
)
from theory.goal_drift.proofs.posterior import CENTERED, JOINT, POINTS, by_quadrature, completed_square, jointly
from theory.lemmas import equals_numerically, formula_is, tends, vanishes

NEW = (
    "stationary_autocorrelation", "final_cosine_distribution", "designer_share", "behavior_information",
    "posterior_variance", "posterior_mean", "selected_goal",
)  # fmt: skip
GATE = {"pull": 1.0, "width": 0.1, "growth": 0.5, "threshold": 1.0, "initial_capability": 0.0}


def scaled(name, factor):
    return lambda **point: factor * getattr(formulas, name)(**point)


WRONG = {
    "memory at half the rate": lambda: formula_is(
        "", lambda weight_decay, lag: np.exp(-weight_decay * lag / 2), e.stationary_autocorrelation,
        [{"weight_decay": 0.7, "lag": 0.5}],
    ),
    "memory that never settles": lambda: tends(
        "", e.autocorrelation**2, e.time, sympy.oo, e.time / (e.time + e.lag)
    ),
    "directions of one more dimension": lambda: formula_is(
        "", lambda dim, at: formulas.final_cosine_distribution(dim + 1, at), e.final_cosine_distribution, COSINE_EDGES
    ),
    "a posterior at twice the temperature": lambda: equals_numerically(
        "", lambda **point: formulas.posterior_variance(**{**point, "inverse_temperature": 0.5}),
        lambda **point: by_quadrature(**point, base=0.0)[1], POINTS,
    ),
    "a posterior mean one per cent off": lambda: equals_numerically(
        "", scaled("posterior_mean", 1.01), lambda **point: by_quadrature(**point)[0], CENTERED
    ),
    "capabilities that weigh alike": lambda: equals_numerically(
        "", lambda **point: formulas.selected_goal(**{**point, "value": 0.0}), jointly, JOINT
    ),
    "a share that forgets the start": lambda: equals_numerically(
        "", lambda **point: formulas.designer_share(**{**point, "start_sd": 0.0}), formulas.designer_share, CHOSEN
    ),
    "a share that stays": lambda: tends("", e.designer_share, e.variance, sympy.oo, 1),
    "information without the gate": lambda: formula_is(
        "", lambda signal_variance, observation_noise, **_: np.log1p(signal_variance / observation_noise**2) / 2,
        e.behavior_information, WATCHED,
    ),
    "information without its half": lambda: vanishes(
        "", gaussian_information(sympy.Matrix([[2, 2], [2, 3]])) - sympy.log(3)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]().holds


def test_moments_tell_dimensions_apart():
    held = [step.holds for step in cosine_moments(cosine_density(4), 5)]
    assert held == [True, True, False]  # a density too, of mean 0, but not of variance 1/5


def test_the_square_is_that_of_the_law_given():
    leaking = goal_drift.replace(reward=goal_drift.reward - pull / 200 * total((goal - base) ** 2))
    assert all(step.holds for step in completed_square())
    assert not any(step.holds for step in completed_square(leaking))
    assert not all(step.holds for step in proofs.posterior_variance(leaking))


def test_the_final_cosine_is_that_of_random_vectors():
    """Against vectors drawn here, by Kolmogorov's law: false alarms 1e-9 a dimension."""
    generator = np.random.default_rng(8)
    for dim in (1, 2, 3, 9):
        vectors = generator.standard_normal((40_000, dim))
        cosine = vectors[:, 0] / np.linalg.norm(vectors, axis=1)
        for at in (-0.8, -0.2, 0.5):
            share = formulas.final_cosine_distribution(dim, at)
            assert abs(np.mean(cosine <= at) - share) < 6.2 * np.sqrt(share * (1 - share) / 40_000)
    beta = stats.beta(3.5, 3.5)
    np.testing.assert_allclose(formulas.final_cosine_distribution(8, [-0.3, 0.6]), beta.cdf([0.35, 0.8]), rtol=1e-12)


def test_the_final_cosine_beyond_its_ends_and_in_many_dimensions():
    assert formulas.final_cosine_distribution([1, 2, 500], -1.5).tolist() == [0.0, 0.0, 0.0]
    assert formulas.final_cosine_distribution([1, 2, 500], 1.0).tolist() == [1.0, 1.0, 1.0]
    assert abs(formulas.final_cosine_distribution(1e4, 0.01) - stats.norm.cdf(1.0)) < 1e-4  # cos sqrt(d) is normal


def test_the_designers_share_rises_and_falls():
    share = theory.get("goal_drift.designer_share")
    times = np.array([0.0, 0.5, 2.0, 10.0, 1e3, 1e6])
    found = share(**GATE, time=times, noise=0.3, base_sd=1.0, start_sd=1.0)
    assert found[0] == 0.0
    assert np.all(np.diff(found[:3]) > 0)
    assert np.all(np.diff(found[2:]) < 0)
    assert found[-1] < 1e-4
    assert share(**{**GATE, "pull": 30.0}, time=50.0, noise=0.0, base_sd=1.0, start_sd=1.0) > 1 - 1e-12


def test_ignorance_of_the_gate_costs_information():
    """All of it is kept where no episode is played, and none where all are."""
    whole = np.log1p(1.5 / 0.36) / 2
    assert abs(information_without_the_gate(0.0, 1.5, 0.6) / whole - 1) < 1e-6
    assert 0 < information_without_the_gate(0.9, 1.5, 0.6) < 0.1 * whole
    assert abs(information_without_the_gate(1.0, 1.5, 0.6)) < 1e-9


def test_strict_selection_sees_through_the_narrowest_gate():
    """The prior comes back as capability grows, not as selection hardens: at one capability the goal goes to b."""
    given = {"prior_sd": 1.0, "pull": 1.0, "capability": 2.0, "threshold": 1.0, "width": 0.1, "base": 0.7}
    found = theory.get("goal_drift.posterior_mean")(**given, inverse_temperature=[1.0, 1e4, 1e9])
    assert found[0] < 1e-4
    assert abs(found[2] - 0.7) < 1e-4


def test_predictions_take_the_keywords_of_the_theory():
    signatures = {
        "final_cosine_distribution": ("dim", "at"),
        "behavior_information": ("capability", "threshold", "width", "signal_variance", "observation_noise"),
        "designer_share": (
            "pull", "width", "growth", "threshold", "initial_capability", "time", "noise", "base_sd", "start_sd",
        ),
        "posterior_variance": ("prior_sd", "inverse_temperature", "pull", "capability", "threshold", "width"),
        "posterior_mean": ("prior_sd", "inverse_temperature", "pull", "capability", "threshold", "width", "base"),
    }  # fmt: skip
    for name, keywords in signatures.items():
        assert theory.get(f"goal_drift.{name}").keywords == keywords
        assert theory.get(f"goal_drift.{name}").mathml().startswith("<math")


@pytest.mark.parametrize("name", NEW)
def test_simulation_agrees(name):
    assert [row.verdict for row in check(theory.get(f"goal_drift.{name}"), points=1, seed=5)] == ["agrees"]


@pytest.mark.parametrize("name", ["designer_share", "behavior_information", "posterior_variance"])
def test_simulation_refutes_a_value_five_per_cent_off(name):
    prediction = theory.get(f"goal_drift.{name}")
    (row,) = check(prediction.replace(formula=scaled(name, 1.05)), points=1, seed=6)
    assert row.verdict == "disagrees"


def test_simulation_refutes_the_directions_of_another_dimension():
    prediction = theory.get("goal_drift.final_cosine_distribution")
    (row,) = check(
        prediction.replace(formula=lambda dim, at: formulas.final_cosine_distribution(dim + 1, at)), points=1
    )
    assert row.verdict == "disagrees"


def test_a_leak_in_the_gate_turns_selection_red():
    leaking = goal_drift.replace(reward=goal_drift.reward - pull / 10 * total((goal - base) ** 2))
    found = {prediction.name: prediction for prediction in predictions_of(leaking)}
    rows = check([found["goal_drift.posterior_mean"], found["goal_drift.designer_share"]], points=1, seed=2)
    assert [row.verdict for row in rows] == ["disagrees", "disagrees"]
