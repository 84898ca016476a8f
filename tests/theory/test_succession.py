"""The closed forms of succession: proofs carried out, published numbers, simulation, and planted faults rejected.

Simulated means are held to 4 standard errors of their formula at fixed seeds (6e-5 a comparison).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy

import theory
from simulator import simulate
from simulator.models.succession.blend import pursued
from simulator.models.succession.leaders import chain, run
from simulator.models.succession.replacement import replacing
from theory.check import check
from theory.claims import claims
from theory.lemmas import vanishes
from theory.succession import expressions as e
from theory.succession import formulas, predictions, proofs
from theory.succession.proofs.interactions import LARGEST, by_halves, by_listing
from theory.succession.proofs.leaders import CLOSED

NAMES = {prediction.name: prediction for prediction in predictions}
Z = 4.0


@pytest.mark.parametrize("name", proofs.__all__)
def test_every_obligation_holds(name):
    obligations = getattr(proofs, name)()
    assert obligations
    assert [obligation.says for obligation in obligations if not obligation.holds] == []


def test_every_prediction_has_a_proof():
    assert {one.proof for one in predictions} == {getattr(proofs, name) for name in proofs.__all__} - {
        proofs.selective_interactions
    }


def test_published_numbers():
    expected = theory.get("succession.expected_successions")
    np.testing.assert_allclose(expected(circuits=[3, 10, 100, 1000]), [0.75, 1.36368, 2.22230, 2.87265], atol=5e-6)
    assert abs(expected(circuits=1e6) / np.sqrt(np.log(1e6)) - 1.16) < 0.005
    assert expected(circuits=1) == 0.0
    assert expected(circuits=50, correlation=1.0) == 0.0
    np.testing.assert_allclose(expected(circuits=50, correlation=-1.0), 2 * expected(circuits=50))


def test_predictions_take_the_keywords_of_the_theory():
    assert theory.get("succession.expected_successions").keywords[0] == "circuits"
    assert theory.get("succession.goal_retention").keywords == ("overlap", "successions")
    assert theory.get("succession.surviving_interactions").keywords == ("components", "replaced", "order")
    assert theory.get("succession.goal_retention")(overlap=[0.5, 0.9], successions=2).tolist() == [0.25, 0.81]


REPLICATES = {3: 40_000, 10: 40_000, 100: 10_000, 1000: 2500, 10_000: 600}
RUNS = run(measures=("successions",))


@pytest.mark.parametrize("circuits", REPLICATES)
def test_expected_successions(circuits):
    """From 3 circuits to 10 000; counting the leader at the start as a change would be off by more than 20 errors."""
    found = simulate(RUNS, replicates=REPLICATES[circuits], circuits=circuits, seed=2)
    wanted = float(theory.get("succession.expected_successions")(circuits=circuits))
    error = float(found.successions_se)
    assert abs(float(found.successions) - wanted) < Z * error
    assert abs(float(found.successions) + 1.0 - wanted) > 5 * Z * error


@pytest.mark.parametrize("overlap", [-0.5, 0.3, 0.9])
@pytest.mark.parametrize("successions", [1, 2, 5])
def test_goal_retention(overlap, successions):
    """Where one inheritance leaves exactly the overlap there is no error but rounding."""
    found = simulate(chain(), replicates=8000, overlap=overlap, successions=successions, dim=3, seed=1)
    wanted = theory.get("succession.goal_retention")(overlap=overlap, successions=successions)
    assert abs(float(found.retention) - wanted) < Z * float(found.retention_se) + 1e-12


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5, 6])
def test_surviving_interactions(order):
    for replaced in (3, 9):
        found = simulate(replacing(), replicates=8000, components=24, replaced=replaced, order=order, seed=replaced)
        wanted = theory.get("succession.surviving_interactions")(components=24, replaced=replaced, order=order)
        for measure in ("surviving", "goal_retention"):
            assert abs(float(found[measure]) - wanted) < Z * float(found[f"{measure}_se"])


@pytest.mark.parametrize("components", range(1, LARGEST + 1))
def test_the_hypergeometric_identity_by_enumeration(components):
    """All sets of replaced components, all orders, in fractions: by listing where they are few, else in two halves."""
    assert by_halves(components)
    assert components > 8 or by_listing(components)


def test_an_enumeration_of_one_component_more_is_not_the_same(monkeypatch):
    right = formulas.surviving_interactions
    monkeypatch.setattr(formulas, "surviving_interactions", lambda n, m, k: right(n + 1, m, k))
    assert not by_halves(6)
    assert not by_listing(6)


def test_selective_replacement_of_many_components():
    """Against the law for very many: 4 standard errors, and the part 2 k^2 p^(k-1) (1-p) e^(bias^2)/n of finite n."""
    n = 300
    for order, bias, fraction in ((1, 0.5, 0.3), (2, -0.5, 0.2), (3, 0.7, 0.5)):
        point = {"components": n, "replaced": int(fraction * n), "order": order, "bias": bias, "interactions": 4}
        found = simulate(replacing("relevance"), replicates=1500, **point)
        wanted = formulas.selective_interactions(fraction, order, bias)
        single = wanted ** (1 / order)
        finite = 2 * order**2 * single ** (order - 1) * (1 - single) * np.exp(bias**2) / n
        assert abs(float(found.surviving) - wanted) < Z * float(found.surviving_se) + finite
        assert abs(float(found.surviving) - (1 - fraction) ** order) > 2 * (Z * float(found.surviving_se) + finite)


@pytest.mark.parametrize("overlap", [0.2, 0.6, 0.9])
@pytest.mark.parametrize("circuits", [2, 5, 30])
def test_a_whole_run_leaves_no_less_than_the_bound(circuits, overlap):
    """Jensen's bound is an equality for two circuits; a planted overlap applied twice falls below it."""
    found = simulate(run(measures=("retention",)), replicates=8000, circuits=circuits, overlap=overlap, dim=2)
    bound, error = formulas.least_retention(circuits, overlap), float(found.retention_se)
    assert float(found.retention) > bound - Z * error
    if circuits == 2:
        assert abs(float(found.retention) - bound) < Z * error + 1e-12
        assert (1 + overlap**2) / 2 < bound - 2 * Z * error


def test_reuse_falls_as_a_power():
    large = np.array([1000, 2000])
    for overlap, power in ((0.9, -0.2), (0.2, -1.0)):
        found = np.diff(np.log(formulas.reuse_retention(large, overlap)))[0] / np.log(2.0)
        assert abs(found - power) < 0.01


@pytest.mark.parametrize("name", ["expected_successions", "reuse_retention", "surviving_goal", "leader_share"])
def test_a_formula_two_per_cent_off_is_rejected(name):
    right = NAMES[f"succession.{name}"]
    inside = replace(right.valid, where=lambda **point: right.valid.where(**point) and abs(right(**point)) > 0.6)
    planted = right.replace(formula=lambda **point: 1.02 * right.formula(**point), valid=inside)
    assert {row.verdict for row in check(planted, points=1)} == {"disagrees"}


WRONG = {
    "an arc sine of one half": lambda: abs(float(formulas.expected_successions(4)) - float(
        CLOSED[4].subs(sympy.asin(sympy.Rational(1, 3)), sympy.asin(sympy.Rational(1, 2))))) < 1e-9,
    "a quarter turn whatever the correlation": lambda: vanishes(
        "", sympy.diff(e.turn.subs(e.correlation, 0), e.end) - sympy.diff(e.turn, e.end)).holds,
    "a tree that grows by an edge too few": lambda: bool(sympy.simplify(sympy.gammasimp(
        e.tree_sum.subs(e.circuits, 3) - e.tree_sum.subs(e.circuits, 2) * (1 + e.overlap / 2) - 1)) == 0),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]()


def test_noise_makes_the_first_leader_lose_sooner():
    times, circuits = np.array([0.3, 1.0]), 4
    still = pursued(times, measures=("first_leads",), method="stepped")
    for noise in (0.0, 1.5):
        found = simulate(still, replicates=8000, circuits=circuits, noise=noise, discretization=False, seed=6)
        wanted = formulas.first_leads(circuits, times, noise)
        assert np.all(np.abs(found.first_leads.values - wanted) < Z * found.first_leads_se.values)
    assert np.all(formulas.first_leads(circuits, times, 1.5) < formulas.first_leads(circuits, times) - 0.1)


def test_claims_have_parts_that_stand_side_by_side():
    keys = [claim.key for claim in claims]
    assert {"G6b", "G8", "G9", "G10b"} <= {*keys}
    assert keys.index("G9") < keys.index("G10b")
    assert keys.index("G6b") < keys.index("G7")
