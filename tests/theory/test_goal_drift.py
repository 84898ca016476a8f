"""The closed forms of goal_drift: proofs carried out, wrong variants rejected, numbers against independent ones."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy

import theory
from simulator.functions import total
from simulator.models.goal_drift import base, capability, goal, goal_drift, pull
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas, predictions, proofs
from theory.lemmas import equals_numerically, formula_is, solves, tends, vanishes

NAMES = {prediction.name: prediction for prediction in predictions}
GATE = {"width": 0.2, "growth": 0.7, "threshold": 1.1, "initial_capability": 0.1, "time": 2.0}


@pytest.mark.parametrize("name", NAMES)
def test_every_obligation_holds(name):
    obligations = NAMES[name].proof()
    assert obligations
    assert [obligation.says for obligation in obligations if not obligation.holds] == []


def test_zero_gradient_certificate_rejects_a_leak():
    """A gate that stays open by one per cent keeps its gradient, and the certificate says so."""
    leaking = goal_drift.replace(reward=goal_drift.reward - pull / 200 * total((goal - base) ** 2))
    failed = [obligation.says for obligation in proofs.zero_gradient(leaking, components=2) if not obligation.holds]
    assert any("-> 0 as c -> infinity" in says for says in failed)
    assert any("zero eigenvalues" in says for says in failed)


@pytest.mark.parametrize("components", [1, 2, 4])
def test_zero_gradient_for_any_number_of_components(components):
    assert all(obligation.holds for obligation in proofs.zero_gradient(components=components))


WRONG = {
    "open_time with the gate's sign turned": lambda: solves(
        "", e.width / e.growth * (e.open_time * e.growth / e.width + e.gap), e.time, e.openness
    ),
    "learned_fraction with half the pull": lambda: solves(
        "", 1 - sympy.exp(-e.pull * e.open_time / 2), e.time, e.pull * e.openness * (1 - e.learned_fraction)
    ),
    "variance without the Ito term's half": lambda: solves(
        "", 2 * e.shut_variance, e.time, e.noise**2 - 4 * e.weight_decay * e.shut_variance
    ),
    "displacement without diffusion": lambda: vanishes(
        "", e.mean_squared_displacement - e.start_norm**2 * (1 - e.retained_goal) ** 2
    ),
    "stationary correlation at half the rate": lambda: tends(
        "", e.autocorrelation**2, e.time, sympy.oo, sympy.exp(-e.weight_decay * e.lag)
    ),
    "cosine one per cent off": lambda: equals_numerically(
        "", lambda **point: 1.01 * formulas.cosine_to_start(**point), proofs.cosine_by_quadrature, proofs.COSINE_POINTS
    ),
    "variance with pull for twice the pull": lambda: equals_numerically(
        "",
        lambda **point: formulas.goal_variance(**{**point, "pull": point["pull"] / 2}),
        proofs.variance_by_2f1,
        [{**point, "noise": 1.0} for point in proofs.GATE_POINTS],
    ),
    "NumPy formula of another expression": lambda: formula_is(
        "", formulas.learned_fraction, e.goal_gradient, proofs.GATE_POINTS
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]().holds


def test_open_time_without_cancellation():
    for growth in (0.0, 1e-14, 1e-9, 1e-3, 0.5):
        given = {**GATE, "growth": growth}
        with mpmath.workdps(40):
            point = {name: mpmath.mpf(value) for name, value in given.items()}

            def openness(t, p=point):
                return 1 / (1 + mpmath.exp((p["initial_capability"] + p["growth"] * t - p["threshold"]) / p["width"]))

            exact = float(mpmath.quad(openness, [0, 1, 1.5, 2.0]))
        assert abs(formulas.open_time(**given) / exact - 1) < 1e-13


def test_the_last_value_of_open_time_is_finite_far_out():
    values = formulas.open_time(0.01, 3.0, [-50.0, 0.0, 50.0], 0.0, 1e6)
    assert np.all(np.isfinite(values))
    np.testing.assert_allclose(values[2], 50.0 / 3.0, rtol=1e-12)


def test_goal_variance_is_accurate_and_finite():
    """To 1e-10 of the 2F1 form at 40 digits, and finite at 10 000 random points, many of which overflow 2F1."""
    generator = np.random.default_rng(0)
    count = 10_000
    points = {
        "pull": 10 ** generator.uniform(-2, 1, count), "width": 10 ** generator.uniform(-2, 0.5, count),
        "growth": 10 ** generator.uniform(-3, 1, count), "threshold": generator.uniform(-2, 3, count),
        "initial_capability": generator.uniform(-2, 2, count), "time": 10 ** generator.uniform(-1, 2, count),
        "noise": np.ones(count),
    }  # fmt: skip
    values = formulas.goal_variance(**points)
    assert np.all(np.isfinite(values))
    assert np.all((values > 0) & (values <= points["time"] * (1 + 1e-12)))
    for index in range(20):
        exact = proofs.variance_by_2f1(**{name: float(array[index]) for name, array in points.items()})
        assert abs(values[index] / exact - 1) < 1e-10


@pytest.mark.parametrize("dim", [1, 2, 7, 64, 900])
def test_cosine_to_start_for_any_dimension(dim):
    for mean_norm, variance in ((1e-3, 5.0), (0.7, 0.7), (30.0, 1e-3)):
        with mpmath.workdps(40):
            z = mpmath.mpf(mean_norm) ** 2 / (2 * mpmath.mpf(variance))
            ratio = mpmath.gamma(mpmath.mpf(dim + 1) / 2) / mpmath.gamma(mpmath.mpf(dim) / 2 + 1)
            exact = float(mpmath.sqrt(z) * ratio * mpmath.hyp1f1(0.5, mpmath.mpf(dim) / 2 + 1, -z))
        assert abs(formulas.cosine_to_start(mean_norm, variance, dim) / exact - 1) < 1e-12


def test_predictions_take_the_keywords_of_the_theory():
    signatures = {
        "open_time": ("width", "growth", "threshold", "initial_capability", "time"),
        "learned_fraction": ("pull", "width", "growth", "threshold", "initial_capability", "time"),
        "goal_variance": ("pull", "width", "growth", "threshold", "initial_capability", "time", "noise"),
        "mean_squared_displacement": ("start_norm", "dim", "weight_decay", "noise", "time"),
        "cosine_to_start": ("mean_norm", "variance", "dim"),
        "alignment": ("mean_norm", "variance", "dim", "mean_cosine"),
    }
    for name, keywords in signatures.items():
        assert theory.get(f"goal_drift.{name}").keywords == keywords


def test_predictions_broadcast():
    found = theory.get("goal_drift.learned_fraction")(pull=[[1.0], [2.0]], **{**GATE, "time": [0.0, 1.0, 2.0]})
    assert found.shape == (2, 3)
    assert np.all(found[:, 0] == 0.0)


def test_the_gradient_vanishes_exponentially_in_capability():
    """The rate as well as the value: one e-fold per gate width, from the law's own symbolic gradient."""
    gradient = goal_drift.gradient(goal_drift.reward, goal)
    symbols = {name: goal_drift.parameter(name).variable for name in ("pull", "threshold", "width")}
    given = {symbols["pull"]: 1, symbols["threshold"]: 0, symbols["width"]: 1, goal.variable: 1, base.variable: 0}
    at = [float(gradient.subs(given).subs(capability.variable, c).evalf()) for c in (20, 21)]
    assert abs(at[0] / at[1] - np.e) < 1e-8
