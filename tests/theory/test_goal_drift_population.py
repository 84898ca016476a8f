"""Goals in populations: wrong formulas fail their proofs, individuals follow the recursions and refute wrong ones."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

import theory
from simulator import simulate
from simulator.functions import total
from simulator.models.goal_drift import base, goal, goal_drift, pull
from simulator.models.goal_drift.kinds import fixation
from simulator.wright_fisher import fixation_probability, fixation_time
from theory.check import check
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas, predictions_of, with_founders
from theory.goal_drift.predicted.population import OPEN, populations
from theory.goal_drift.proofs.fixation import KIMURA
from theory.goal_drift.proofs.population import (
    RESPONDING,
    SELECTED,
    by_quadrature,
    drawn_offspring,
    relaxation_residual,
    selected_normal,
    step_by_step,
)
from theory.lemmas import equals_numerically, formula_is, tends, vanishes

NEUTRAL = {"threshold": -10.0, "growth": 0.0, "dim": 4, "start": 0.0}
CHEAP = ("variance_of_mean", "selected_variance", "price_identity", "equal_goals", "fixation_probability")  # fmt: skip


def _residual(balance_off):
    return relaxation_residual(lambda root, balance, share: e.relaxed(root, balance * balance_off, share))


WRONG = {
    "everyone has one offspring": lambda: drawn_offspring(3, replace=False)[0],
    "variance with N - 1 for N": lambda: vanishes(
        "", sympy.expand(
            (later := (e.mutation_variance * (e.population - 1) + e.different**e.time * e.start_variance)).subs(
                e.time, e.time + 1) - e.different * later - e.mutation_variance)
    ),
    "a mean that drifts at v/N": lambda: vanishes(
        "", e.variance_of_mean.subs(e.start_variance, e.neutral_balance).diff(e.time)
        - e.mutation_variance / e.population
    ),
    "a balance one per cent off": lambda: _residual(sympy.Rational(101, 100)),
    "the weak response for the whole": lambda: equals_numerically(
        "", lambda strength, curvature, variance, distance: -strength * curvature * variance * distance,
        lambda **point: by_quadrature(**point)[0], RESPONDING
    ),
    "mutation before reproduction": lambda: equals_numerically(
        "", lambda **point: formulas.selected_variance(**point) - point["mutation_variance"] / 2, step_by_step, SELECTED
    ),
    "fitness ratio e^2s": lambda: formula_is(
        "", lambda advantage, **rest: formulas.fixation_probability(advantage * 2, **rest), e.fixation_probability,
        KIMURA
    ),
    "fixation that advantage does not change": lambda: tends(
        "", e.fixation_probability, e.advantage, 0, e.copies / e.population**2
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]().holds


def test_selection_is_that_of_the_law_given():
    """A reward of fourth degree does not leave a normal population normal, and a leak does not leave it alone."""
    bent = goal_drift.replace(reward=goal_drift.reward - pull / 10 * total((goal - base) ** 4))
    assert not all(step.holds for step in selected_normal(bent))
    leaking = goal_drift.replace(reward=goal_drift.reward - pull / 200 * total((goal - base) ** 2))
    failed = [step.says for step in selected_normal(leaking) if not step.holds]
    assert failed == ["and nothing is selected as capability grows"]


@pytest.mark.parametrize("population", [2, 5, 30])
def test_neutral_recursions_over_all_generations(population):
    """Within 4 standard errors in every generation, 3 sizes x 10 generations x 2: false alarms 0.4 %; fixed seed."""
    times = tuple(range(1, 11))
    made = populations(with_founders(goal_drift), ("goal", "goal_variance"), times)
    found = simulate(made, replicates=6000, seed=2, keep="samples", **NEUTRAL, noise=0.5, founder_spread=0.8,
                     population=population)  # fmt: skip
    point = {"start_variance": 0.64, "mutation_variance": 0.25, "population": population, "time": np.array(times)}
    within = found.goal_variance_samples.values.mean(axis=2)
    across = np.square(found.goal_samples.values).mean(axis=2)
    for values, formula in ((within, formulas.within_variance), (across, formulas.variance_of_mean)):
        z = (values.mean(axis=0) - formula(**point)) / (values.std(axis=0, ddof=1) / np.sqrt(6000))
        assert np.abs(z).max() < 4
        wrong = formula(**{**point, "population": population + 1})
        if population == 2:
            assert np.abs(values.mean(axis=0) - wrong).max() > 8 * values.std(axis=0).max() / np.sqrt(6000)


@pytest.mark.parametrize(
    ("strength", "curvature", "mutation"),
    [(1.0, 1.0, 0.3), (0.5, 2.0, 1.0), (2.0, 0.3, 0.1), (1.0, 0.5, 0.2), (3, 1, 2)],
)
def test_the_balance_at_five_points(strength, curvature, mutation):
    """V on its way and at the balance, within 5 standard errors (6e-7 each) beyond the closure's margin."""
    point = {"strength": strength, "curvature": curvature, "mutation_variance": mutation, "population": 100}
    times = (1, 4, 16)
    made = populations(with_founders(goal_drift), ("goal_variance",), times)
    found = simulate(made, replicates=2000, seed=4, **OPEN, dim=1, start=[0.0], base=[0.0], pull=curvature,
                     strength=strength, noise=np.sqrt(mutation), population=100, founder_spread=0.5)  # fmt: skip
    predicted = formulas.selected_variance(**point, start_variance=0.25, time=np.array(times))
    margin = formulas.closure_error(**point) * predicted
    allowed = 5 * found.goal_variance_se.values[:, 0] + margin
    assert np.all(np.abs(found.goal_variance.values[:, 0] - predicted) < allowed)
    balance = formulas.mutation_selection_variance(**point)
    assert abs(predicted[2] / balance - 1) < 0.02
    off = np.abs(found.goal_variance.values[:, 0] - step_by_step(**point, start_variance=0.25 - mutation, time=1))
    assert off[0] > allowed[0]  # mutation before reproduction: one generation's v is missing


@pytest.mark.parametrize(
    ("population", "advantage", "copies"), [(2, 0.5, 1), (20, 0.1, 2), (60, 0.05, 3), (35, -0.05, 9)]
)
def test_fixation_follows_the_exact_chain(population, advantage, copies):
    """5 standard errors of 8000 populations (false alarms 6e-7 each); and Kimura's formula where its bound is small."""
    found = simulate(fixation, replicates=8000, seed=6, population=population, advantage=advantage, copies=copies)
    exact = fixation_probability(advantage, population, copies)
    assert abs(float(found.fixed) - exact) < 5 * np.sqrt(exact * (1 - exact) / 8000)
    time = fixation_time(advantage, population, copies)
    assert abs(float(found.fixation_time) - time) < 5 * float(found.fixation_time_se)
    if advantage > 0:
        given = {"advantage": advantage, "population": population, "copies": copies}
        assert abs(formulas.fixation_probability(**given) - exact) <= formulas.kimura_error(**given) + 1e-15


def test_kimura_is_some_five_per_cent_off_at_strong_selection_and_right_without():
    ratio = formulas.fixation_probability(0.5, [20, 60]) / formulas.fixation_chain(0.5, [20, 60])
    np.testing.assert_allclose(ratio, 0.953, atol=0.005)
    assert formulas.fixation_probability(0.0, 40, 3) == 3 / 40
    far = formulas.fixation_probability([-50.0, 50.0], 1000, 7)
    assert far[0] < 1e-300
    assert far[1] == 1.0


def test_equal_goals_fix_alike():
    found = simulate(fixation, replicates=6000, seed=1, population=12, kinds=4, copies=3)
    assert abs(float(found.fixed) - 0.25) < 5 * np.sqrt(0.1875 / 6000)
    assert theory.get("goal_drift.equal_goals")(kinds=[2, 5]).tolist() == [0.5, 0.2]


def test_goals_that_cannot_be_shared_out_are_refused():
    with pytest.raises(ValueError, match="copies: got 3 of 10; the other 2 goals must share the rest equally"):
        simulate(fixation, replicates=10, population=10, kinds=3, copies=3)


def test_predictions_take_the_keywords_of_the_theory():
    assert float(theory.get("goal_drift.neutral_divergence_rate")(mutation_variance=0.3)) == 0.3
    assert theory.get("goal_drift.fixation_probability")(advantage=0.0, population=20) == pytest.approx(0.05)
    infinite = theory.get("goal_drift.mutation_selection_variance")
    found = infinite(strength=1.0, curvature=[1.0, 1e-12, 0.0], mutation_variance=0.3)
    np.testing.assert_allclose(found[:2], [(0.3 + np.sqrt(0.09 + 1.2)) / 2, np.sqrt(0.3e12)], rtol=1e-6)
    assert found[2] == np.inf
    assert float(infinite(strength=1.0, curvature=0.0, mutation_variance=0.3, population=50)) == pytest.approx(15.0)
    assert theory.get("goal_drift.selected_variance").mathml().startswith("<math")


def test_formulas_keep_their_digits_near_no_selection():
    for curvature in (0.0, 1e-15, 1e-10, 1e-5):
        point = {"strength": 1.0, "curvature": curvature, "mutation_variance": 0.2, "start_variance": 3.0, "time": 40}
        for population in (9, 10_000):
            found = formulas.selected_variance(**point, population=population)
            assert found == pytest.approx(step_by_step(**point, population=population), rel=1e-12)
    assert formulas.selected_variance(1.0, 0.5, 0.0, 2.0, 3) == pytest.approx(2.0 / (1 + 3 * 0.5 * 2.0), rel=1e-14)
    assert formulas.selected_mean(1.0, 0.5, 0.0, 2.0, 1.0, 3) == pytest.approx(1 / (1 + 3 * 0.5 * 2.0), rel=1e-14)


@pytest.mark.parametrize("name", CHEAP)
def test_individuals_agree(name):
    assert [row.verdict for row in check(theory.get(f"goal_drift.{name}"), points=1, seed=5)] == ["agrees"]


@pytest.mark.parametrize("name", ["selection_response", "fixation_chain"])
def test_individuals_refute_a_value_five_per_cent_off(name):
    prediction = theory.get(f"goal_drift.{name}")
    wrong = prediction.replace(formula=lambda **point: 1.05 * getattr(formulas, name)(**point))
    (row,) = check(wrong, points=1, seed=6)
    assert row.verdict == "disagrees"


def test_a_leak_through_the_shut_gate_turns_neutral_drift_red():
    leaking = goal_drift.replace(reward=goal_drift.reward - pull / 40 * total((goal - base) ** 2))
    found = {prediction.name: prediction for prediction in predictions_of(leaking)}
    (row,) = check(found["goal_drift.within_variance"], points=1, seed=2)
    assert row.verdict == "disagrees"
