"""The closed forms of grokking: proofs carried out, wrong variants and planted faults rejected, grids of simulation.

The simulations here are without chance: a row agrees if it is within its declared margin, and a planted fault must
take it out of that.
"""

from __future__ import annotations

import numpy as np
import pytest
import sympy

import theory
from simulator import simulate
from simulator.models.grokking import (
    depth,
    generalizing,
    grokking,
    memorizing,
    metric,
    squared,
    until_crossing,
    weight_decay,
)
from theory.check import check
from theory.grokking import expressions as e
from theory.grokking import formulas, predictions, proofs
from theory.grokking.predicted.margins import lag
from theory.lemmas import solves, vanishes

NAMES = {prediction.name: prediction for prediction in predictions}


@pytest.mark.parametrize("name", ["clock", "visible_from_start", "grokking_time", "grokking_time_logistic",
                                  "grokking_exponent", "snap_duration", "ungrokking_time", "transition_slope",
                                  "critical_data_size", "hysteresis", "path_independence", "coexistence_ratio",
                                  "rise_time"])  # fmt: skip
def test_every_obligation_holds(name):
    obligations = getattr(proofs, name)()
    assert obligations
    assert [obligation.says for obligation in obligations if not obligation.holds] == []


def test_every_prediction_has_a_proof():
    assert {one.proof for one in predictions} <= {getattr(proofs, name) for name in proofs.__all__}


def replaced(law, **parts):
    return law.replace(**{name: {**getattr(law, name), **part} for name, part in parts.items()})


BOTH = (memorizing, generalizing)
STEEPER = {trait: metric(trait) * sympy.Abs(trait.variable) ** (1 / depth) for trait in BOTH}
FAULTS = {
    "decay applied once, not to every weight": {"decay": dict.fromkeys(BOTH, weight_decay.variable)},
    "2 - 1/L for the exponent of K": {"learner": STEEPER},
    "shares normalized after the step, so that decay is undone": {"decay": dict.fromkeys(BOTH, 0)},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_laws_proof_rejects_a_faulty_law(fault):
    wrong = replaced(grokking, **FAULTS[fault])
    failed = [step.says for step in proofs.clock(wrong) if not step.holds]
    assert any("the drift of" in says for says in failed)


@pytest.mark.parametrize("name", ["grokking_time", "coexistence_ratio", "visible_from_start", "clock_of_weights"])
def test_a_formula_one_per_cent_off_is_rejected(name):
    right = NAMES[f"grokking.{name}"]

    def wrong(**point):
        return 1.01 * right(**point)

    planted = right.replace(formula=wrong, margin=right.margin)
    assert {row.verdict for row in check(planted, points=1)} == {"disagrees"}


WRONG = {
    "grokking with the gap for the efficiency": lambda: vanishes(
        "", e.passage_time.subs({e.share: 1 - e.memorizing_share, e.later_share: sympy.Rational(1, 2)})
        - e.grokking_time.subs(e.memorizing_efficiency, e.memorizing_efficiency / 2)
    ),
    "a rise at half the speed": lambda: solves(
        "", e.rise.subs(e.time, e.time / 2), e.time, 2 * e.rise * (e.strength - e.rise) / e.time_constant
    ),
    "hysteresis of twice the width": lambda: vanishes(
        "", sympy.log(e.hysteresis.subs(e.depth, 2 * e.depth - 2)) - sympy.log(e.hysteresis)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]().holds


DECAYS, GAPS = np.array([0.003, 0.01, 0.03, 0.1]), (0.2, 0.5, 1.0, 2.0)
CROSSING = {
    "held": until_crossing(squared).experiment("flow", solver="LSODA", measures=()),
    "logistic": until_crossing(grokking).experiment("flow", solver="LSODA", measures=()),
}


def crossings(loss, gap, margin):
    """Simulate the grokking times of one efficiency gap over the decays, from 99 % memorized at a margin."""
    extra = {"stiffness": 100.0} if loss == "held" else {}
    return np.array([
        float(simulate(
            CROSSING[loss], replicates=2, memorizing_efficiency=1.0, generalizing_efficiency=1.0 + gap,
            memorizing_start=0.99 * margin(decay, gap), generalizing_start=0.01 * margin(decay, gap) / (1 + gap),
            weight_decay=decay, time=200.0 / decay, **extra,
        ).stopping_time)
        for decay in DECAYS
    ])  # fmt: skip


def fitted(times):
    """Return the slope of ln t on ln decay and the half width of its 95 % interval (Student's t, two degrees)."""
    x, y = np.log(DECAYS), np.log(times)
    slope, start = np.polyfit(x, y, 1)
    spread = np.sqrt(np.sum((y - start - slope * x) ** 2) / 2 / np.sum((x - x.mean()) ** 2))
    return slope, 4.303 * spread


@pytest.mark.parametrize("gap", GAPS)
def test_held_grokking_time_over_decay(gap):
    """Four decays, one stiffness: within the bound -ln(1 - decay/k)/(2 decay), and a slope of -1 to 2e-4."""
    found = crossings("held", gap, lambda decay, gap: 1.0)
    wanted = formulas.grokking_time(0.99, 1.0, 1.0 + gap, DECAYS)
    late = -np.log1p(-DECAYS / 100.0) / (2 * DECAYS)
    assert np.all((found >= wanted) & (found <= wanted + late))
    slope, width = fitted(found)
    assert abs(slope + 1.0) < 2e-4
    assert width < 5e-4


@pytest.mark.parametrize("gap", GAPS)
def test_logistic_grokking_time_from_the_floor(gap):
    """Late by no more than the bound on the lag, where there is a bound."""
    on_floor = crossings("logistic", gap, lambda decay, gap: formulas.floor(0.99 + 0.01 * (1 + gap), decay))
    wanted = formulas.grokking_time(0.99, 1.0, 1.0 + gap, DECAYS, loss="logistic")
    bound = lag(0.99, 1.0, 1.0 + gap, DECAYS)
    inside = (on_floor >= wanted * (1 - 1e-8)) & (on_floor <= wanted + bound)
    assert np.all(inside | ~np.isfinite(bound))
    assert np.count_nonzero(np.isfinite(bound)) >= 3


@pytest.mark.parametrize(("gap", "shift"), [(0.2, 0.0138), (0.5, 0.0465)])
def test_from_a_small_start_the_exponent_is_above_minus_one(gap, shift):
    """Memorization included, a stronger decay saves less than its share: its lower floor is reached later."""
    slope, _ = fitted(crossings("logistic", gap, lambda decay, gap: 0.05))
    times = formulas.grokking_time(0.99, 1.0, 1.0 + gap, DECAYS, "logistic", 0.05)
    assert abs(slope - fitted(times)[0]) < 1e-3
    assert abs(slope + 1.0 - shift) < 1e-3


def test_a_circuit_in_plain_sight_does_not_wait_for_decay():
    """Three times as efficient, from 1 % of the margin: it leads before the loss is done, whatever the decay."""
    assert np.all(formulas.grokking_time(0.99, 1.0, 3.0, DECAYS, "logistic", 0.05) < 0.0)
    slope, _ = fitted(crossings("logistic", 2.0, lambda decay, gap: 0.05))
    assert abs(slope) < 0.05


def test_the_critical_size_does_not_depend_on_decay():
    """Searched for at decays a hundred times apart."""
    critical = NAMES["grokking.critical_data_size"]
    point = {"memorizing_efficiency": 0.9, "generalizing_efficiency": 1.4, "reference_size": 700.0, "exponent": 0.8}
    found = []
    for decay in (0.002, 0.02, 0.2):
        setting = critical.setting(weight_decay=decay, **point)
        found.append(float(simulate(critical.experiment, replicates=2, **setting).flip))
    wanted = formulas.critical_data_size(**point)
    np.testing.assert_allclose(found, wanted, rtol=1.2e-3)
    assert abs(wanted / (700.0 * (0.9 / 1.4) ** 1.25) - 1.0) < 1e-12


def test_predictions_take_the_keywords_of_the_theory():
    shares = ("memorizing_share", "memorizing_efficiency", "generalizing_efficiency", "weight_decay")
    assert theory.get("grokking.grokking_time").keywords[:5] == (*shares, "loss")
    sizes = ("memorizing_efficiency", "generalizing_efficiency", "reference_size", "exponent")
    assert theory.get("grokking.critical_data_size").keywords[:4] == sizes
    assert theory.get("grokking.rise_time").keywords == ("strength", "time_constant")


def test_published_numbers():
    ratio = theory.get("grokking.coexistence_ratio")
    assert abs(ratio(norms=[1, 2], norm_exponent=1.2, penalty_exponent=2) - 8.0) < 1e-12
    assert ratio(norms=[1, 2], norm_exponent=2.0, penalty_exponent=2) == np.inf
    assert ratio(norms=[2, 1], norm_exponent=3.0, penalty_exponent=2) == 0.0
    assert np.isnan(ratio(norms=[1, 1], norm_exponent=2.0, penalty_exponent=2))
    assert abs(theory.get("grokking.rise_time")(strength=1, time_constant=1) - 2.1972) < 5e-5


def test_formulas_broadcast_and_have_their_limits():
    times = formulas.grokking_time([[0.9], [0.99]], 1.0, [1.2, 1.5, 2.0], 0.01)
    assert times.shape == (2, 3)
    assert np.all(np.diff(times, axis=1) < 0)
    assert formulas.grokking_time(0.9, 1.0, 1.0, 0.01) == np.inf
    assert abs(formulas.grokking_time(0.5, 1.0, 2.0, 0.01)) < 1e-12
    assert list(formulas.path_independence(1.0, 1.0, [2.0, 0.5], 2.0)) == [0.0, np.inf]
    assert formulas.critical_data_size(1.0, 2.0, 100.0, 1.0, depth=1.5, memorizing_share=0.99) == 50.0
    course = formulas.clock(0.1, 0.01, 1.0, 1.5, 0.02, 2.0, [[5.0, 1.0], [20.0, 5.0]])
    assert course[0, 0] == course[1, 1]
    assert course[0, 1] < course[0, 0] < course[1, 0]


def test_an_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="loss: got 'logistik'; did you mean 'logistic'"):
        theory.get("grokking.grokking_time")(
            memorizing_share=0.9, memorizing_efficiency=1.0, generalizing_efficiency=2.0, weight_decay=0.1,
            loss="logistik",
        )  # fmt: skip
