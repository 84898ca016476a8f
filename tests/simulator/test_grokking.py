"""The laws of grokking: what they move by, what they are left with, and what becomes of the accuracy on test examples.

Everything here is without chance; tolerances are of the integrator (1e-8) or stated beside what they allow for.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import ndtr

from simulator import Uniform, simulate
from simulator.models.grokking import generalizing, grokking, memorizing, squared, until_crossing
from simulator.models.grokking.circuits import circuits, penalized_circuits, squared_circuits
from simulator.models.grokking.weights import MEASURES, trained_weights

POINT = {"memorizing_start": 0.3, "generalizing_start": 0.01, "memorizing_efficiency": 0.8, "data_size": 2000.0,
         "reference_size": 1000.0, "exponent": 0.5, "generalizing_efficiency": 1.3, "weight_decay": 0.03}  # fmt: skip


def twin(mu, depth, times):
    """Integrate the law as it is written down, dg = L g^(2 - 2/L) h mu(q) - L lambda g, with h_M = 0.8 (1/2)^(1/2)."""
    h = np.array([0.8 * 0.5**0.5, 1.3])

    def rate(_, g):
        return depth * g ** (2 - 2 / depth) * h * mu(h @ g) - depth * 0.03 * g

    path = solve_ivp(rate, (0, times[-1]), [0.3, 0.01], t_eval=times, method="DOP853", rtol=1e-11, atol=1e-14)
    return h[:, np.newaxis] * path.y


@pytest.mark.parametrize("depth", [1.0, 1.5, 2.0, 4.0])
@pytest.mark.parametrize("loss", ["logistic", "squared"])
def test_the_law_is_what_it_says(loss, depth):
    times = [0.5, 5.0, 40.0]
    law, more = (grokking, {}) if loss == "logistic" else (squared, {"stiffness": 3.0, "target": 1.2})
    mu = (lambda q: 1 / (1 + np.exp(q))) if loss == "logistic" else (lambda q: 3.0 * (1.2 - q))
    found = simulate(law.experiment("flow", times=times), replicates=2, depth=depth, **POINT, **more)
    margins = twin(mu, depth, times)
    np.testing.assert_allclose(found.train_margin, margins.sum(axis=0), rtol=1e-7)
    np.testing.assert_allclose(found.test_margin, margins[1], rtol=1e-6)
    np.testing.assert_allclose(found.generalizing_share, margins[1] / margins.sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.test_accuracy, ndtr(margins[1] / 0.3), rtol=1e-7)
    np.testing.assert_allclose(found.train_accuracy, ndtr(margins.sum(axis=0) / 0.3), rtol=1e-7)
    np.testing.assert_allclose(found.generalizing_gradient, 1.3 * mu(margins.sum(axis=0)), rtol=1e-6)


def test_two_circuits_are_two_of_many():
    two = simulate(grokking.experiment("flow", times=[20.0]), replicates=2, **POINT)
    many = simulate(
        circuits.experiment("flow", times=[20.0]), replicates=2, circuits=2, efficiency=[0.8 * 0.5**0.5, 1.3],
        transfer=[0.0, 1.0], start=[0.3, 0.01], weight_decay=0.03,
    )  # fmt: skip
    for measure in ("train_margin", "test_margin", "test_accuracy", "squared_weights", "loss"):
        np.testing.assert_allclose(many[measure], two[measure], rtol=1e-8)


def test_loss_and_weight_cost_together_never_rise():
    """The law descends loss + (lambda/2) L sum of g^(2/L), whatever the metric."""
    times = np.linspace(0.5, 300.0, 60)
    for depth in (1.0, 2.0, 3.0):
        found = simulate(grokking.experiment("flow", times=times), replicates=2, depth=depth, **POINT)
        objective = found.loss + 0.03 / 2 * found.squared_weights
        assert np.all(np.diff(objective.values) < 1e-10)


def grokked_share(time=2000.0, **point):
    found = simulate(squared.experiment("flow", times=[time], solver="LSODA"), replicates=2,
                     **{"stiffness": 5.0, "weight_decay": 0.02, **point})  # fmt: skip
    return float(found.generalizing_share[0])


def test_grokking_semi_grokking_and_ungrokking():
    """At exponent 1 and h_G = 1.5 h_0 the critical size is two thirds of the reference size."""
    start = {"memorizing_efficiency": 1.0, "generalizing_efficiency": 1.5, "reference_size": 300.0}
    memorized = {**start, "memorizing_start": 0.95, "generalizing_start": 0.05 / 1.5}
    generalized = {**start, "memorizing_start": 0.05, "generalizing_start": 0.95 / 1.5}
    assert grokked_share(**memorized, data_size=300.0) > 0.999
    assert grokked_share(**generalized, data_size=120.0) < 0.001
    # At the critical size decay moves nothing: what was, stays, and test accuracy stays in between.
    assert abs(grokked_share(**memorized, data_size=200.0) - 0.05 / (0.95 * 1.5 + 0.05)) < 1e-7


def test_misgrokking():
    """The most efficient circuit takes over, and takes test accuracy down to chance if it is of no use there."""
    found = simulate(
        squared_circuits.experiment("flow", times=[30.0, 4000.0], solver="LSODA"), replicates=2, stiffness=5.0,
        efficiency=[1.0, 1.3, 1.6], transfer=[0.0, 1.0, 0.0], start=[0.1, 0.6, 1e-4], weight_decay=0.02,
    )  # fmt: skip
    assert found.test_accuracy[0] > 0.98
    assert found.test_accuracy[1] < 0.51
    assert found.train_accuracy[1] > 0.99
    np.testing.assert_allclose(found.shares[1], [0.0, 0.0, 1.0], atol=1e-3)
    assert abs(float(found.effective_circuits[1]) - 1.0) < 1e-2


def test_without_decay_the_leader_stays_for_ages():
    """Without decay the clock runs as dt = (1 + exp(q)) dtau, q = sum of h g(0) exp(2 h tau): nothing is cleaned up."""
    crossing = until_crossing(grokking).experiment("flow", times=[1e4], solver="LSODA")
    point = {"memorizing_start": 0.1, "generalizing_start": 1e-3, "generalizing_efficiency": 1.5}
    decayed, kept = (simulate(crossing, replicates=2, weight_decay=rate, **point) for rate in (0.02, 0.0))
    assert float(decayed.stopping_time[0]) < 400.0
    assert np.isnan(float(kept.stopping_time[0]))
    share = float(kept.generalizing_share[0])
    tau = np.linspace(
        0.0, np.log(share / (1 - share) * 0.1 / 0.0015), 200_001
    )  # the odds grow as exp(2 (h_G - h_M) tau)
    margin = 0.1 * np.exp(2 * tau) + 0.0015 * np.exp(3 * tau)
    np.testing.assert_allclose(np.trapezoid(1 + np.exp(margin), tau), 1e4, rtol=1e-5)
    assert 0.2 * np.exp(2 * np.log(0.1 / 0.0015)) > 700  # the margin at the crossing: exp of it is the time that takes


@pytest.mark.parametrize("level", ["penalized", "depth"])
def test_coexistence_of_eight_to_one(level):
    """P = (1, 2), kappa = 1.2, q = 2: logits 8.00 to 1, by the penalty itself and by products of 1.2 weights."""
    if level == "penalized":
        found = simulate(penalized_circuits.experiment("flow", times=[500.0]), replicates=2, circuits=2,
                         norms=[1.0, 2.0], norm_exponent=1.2, penalty_exponent=2.0, weight_decay=0.1)  # fmt: skip
        logits = found.logits.values[0]
    else:
        found = simulate(circuits.experiment("flow", times=[500.0]), replicates=2, circuits=2, depth=1.2,
                         efficiency=[1.0, 2.0**-1.2], weight_decay=0.1)  # fmt: skip
        logits = found.shares.values[0]
    assert abs(logits[0] / logits[1] - 8.0) < 0.005


def test_a_rise_takes_what_it_should():
    """s = tau = 1, u_0 = 1e-3: half risen at 3.4534, nine tenths at 4.5520, one tenth to nine in 2.1972."""
    point = {"memorizing_start": 1e-3, "generalizing_start": 0.0, "weight_decay": 0.0, "stiffness": 1.0}
    at = {}
    for level in (0.1, 0.5, 0.9):
        law = squared.replace(absorb={"risen": level - memorizing.variable})
        found = simulate(law.experiment("flow", times=[20.0], measures=()), replicates=2, **point)
        at[level] = float(found.stopping_time[0])
    assert abs(at[0.5] - 3.4534) < 5e-5
    assert abs(at[0.9] - 4.5520) < 5e-5
    assert abs(at[0.9] - at[0.1] - 2.1972) < 5e-5


def test_the_end_of_two_layers_forgets_its_start():
    """At depth two end states from very different starts are one; at depth four they are not."""
    starts = ({"memorizing_start": 0.9, "generalizing_start": 1e-4}, {"memorizing_start": 0.01,
              "generalizing_start": 0.6})  # fmt: skip
    ends = {depth: [grokked_share(depth=depth, **start) for start in starts] for depth in (2.0, 4.0)}
    assert max(ends[2.0]) - min(ends[2.0]) < 1e-6
    assert max(ends[4.0]) - min(ends[4.0]) > 0.99


def test_drawn_starts_are_each_stopped():
    found = simulate(
        until_crossing(grokking).experiment(times=[150.0], steps=500), replicates=100, keep="samples",
        memorizing_start=0.5, generalizing_start=Uniform(0.01, 0.1), weight_decay=0.05,
    )  # fmt: skip
    times = found.stopping_time_samples.values[:, 0]
    assert np.all(times > 0.0)
    assert np.unique(times).size == 100


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_weights_keep_to_the_law(depth):
    """Steps of 0.01 leave under half a per cent; the law that decays once is off by much more at depth 3."""
    times = [1.0, 10.0, 60.0]
    law = simulate(grokking.experiment("flow", times=times), replicates=2, depth=depth, **POINT)
    found = simulate(
        trained_weights(times=times), replicates=2, discretization=False, depth=depth, weight_decay=0.03,
        efficiency=[0.8 * 0.5**0.5, 1.3], start=[0.3, 0.01], learning_rate=0.01,
    )  # fmt: skip
    for measure in ("train_margin", "test_margin", "generalizing_share", "squared_weights"):
        np.testing.assert_allclose(found[measure], law[measure], rtol=5e-3)
    if depth == 3:
        once = grokking.replace(decay=dict.fromkeys((memorizing, generalizing), 0.03))
        wrong = simulate(once.experiment("flow", times=times), replicates=2, depth=depth, **POINT)
        assert abs(float(wrong.train_margin[2] / found.train_margin[2]) - 1.0) > 0.05


def test_an_unknown_measure_of_weights_is_refused():
    with pytest.raises(
        ValueError, match="unknown measure 'test_margn' of grokking_weights; did you mean 'test_margin'"
    ):
        trained_weights(("test_margn",))
    assert set(trained_weights().measures) == set(MEASURES)
