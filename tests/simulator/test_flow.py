"""The flow level: exact solutions, the noiseless limit of the stepped level, drawn starts, absorption."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from simulator import Model, Normal, Parameter, Trait, Uniform, simulate
from simulator.levels import flow
from simulator.models.goal_drift import decision, goal_drift, learned_capability, several_prerequisites, variants
from simulator.parameter import resolve
from tests.simulator.test_absorption import race


def test_flow_meets_the_exact_path():
    found = simulate(goal_drift.experiment("flow", times=[1.0, 3.0]), replicates=2, keep="trajectories", dim=2)
    opened = [np.trapezoid(1 / (1 + np.exp((0.5 * (s := np.linspace(0, t, 200_001)) - 1) / 0.1)), s) for t in (1, 3)]
    np.testing.assert_allclose(found.goal.values[:, 0], -np.expm1(-np.array(opened)), rtol=1e-9)


def test_flow_is_the_stepped_level_without_noise():
    for law in (goal_drift, *variants):
        options = {"times": [0.5, 2.0], "measures": ("learned_fraction", "gate")}
        quiet = simulate(law.experiment("flow", **options), replicates=2)
        stepped = simulate(law.experiment(**options, method="stepped", steps=800), replicates=2, noise=0.0)
        np.testing.assert_allclose(quiet.learned_fraction, stepped.learned_fraction, rtol=2e-5)
        np.testing.assert_allclose(quiet.gate, stepped.gate, rtol=2e-4)


def test_several_gates_close_with_the_last():
    found = simulate(
        several_prerequisites.experiment("flow", times=[4.0]), replicates=2, threshold=[1.0, 1.2, 1.8],
        initial_capability=[0.0, 0.1, 0.2], dim=2,
    )  # fmt: skip
    skills = np.array([0.0, 0.1, 0.2]) + 0.5 * 4.0
    product = np.prod(1 / (1 + np.exp(-(skills - np.array([1.0, 1.2, 1.8])) / 0.1)))
    np.testing.assert_allclose(found.gate.values, product, rtol=1e-9)


def test_drawn_starts_are_integrated_each():
    found = simulate(
        goal_drift.experiment("flow", times=[1.0]), replicates=50, keep="trajectories", dim=2, pull=Uniform(0.5, 1.5)
    )
    assert np.unique(found.goal_samples.values[:, 0, 0]).size == 50
    np.testing.assert_allclose(found.capability_samples.values, 0.5, rtol=1e-14)


def test_stake_is_selected_while_the_gate_is_open():
    found = simulate(decision.experiment("flow", times=[1.0, 5.0]), replicates=2, dim=2)
    assert 1.0 < found.stake[0] < found.stake[1]


def test_reward_teaches_awareness_faster_to_the_misaligned():
    near, far = (
        simulate(learned_capability.experiment("flow", times=[1.0]), replicates=2, ease=1.0, dim=2, start=[x, 0.0])
        for x in (0.9, -2.0)
    )
    assert float(far.gate[0]) > float(near.gate[0])


def test_absorbed_replicates_stop_each_at_their_own_root():
    found = simulate(
        race.experiment("flow", times=[0.1, 5.0]), replicates=20, keep="samples", start_y=Normal(0.8, 0.05)
    )
    y0 = np.sqrt(1.0 - found.x_samples.values[:, 1] ** 2)  # 1 - y^2 is conserved where y wins
    wins = found.route_deceptive_samples.values[:, 1] == 1.0
    assert wins.sum() > 15
    np.testing.assert_allclose(found.stopping_time_samples.values[wins, 1], np.arctanh(y0[wins]), rtol=1e-7)


def test_replicates_that_nothing_tells_apart_are_integrated_once(monkeypatch):
    paths = []
    right = flow.solve
    monkeypatch.setattr(flow, "solve", lambda *given: paths.append(given) or right(*given))
    made = race.experiment("flow", times=[5.0])
    for start, count in ((0.8, 1), (Normal(0.8, 0.05), 200)):
        paths.clear()
        samples = made.sample(resolve(made.parameters, {"start_y": start}), 200, np.random.default_rng(0))
        assert len(paths) == count
        assert samples["stopping_time"].shape == (200, 1)
        assert np.unique(samples["stopping_time"][~np.isnan(samples["stopping_time"])]).size > count - 20


def stiff(**parts):
    """A law that a loss of curvature 1e5 holds at x + y = 1, while x decays twice as fast as y."""
    x, y = Trait("x", symbol="x"), Trait("y", symbol="y")
    start = Parameter("start", 0.5)
    reward = -sympy.Rational(10**5, 2) * (x + y - 1) ** 2
    return Model("stiff", (x, y), reward, (start,), learner={x: 1, y: 1}, decay={x: 2, y: 1},
                 initial={x: start, y: 1 - start}, measures={"x": x.variable}, **parts)  # fmt: skip


@pytest.mark.parametrize("solver", ["Radau", "BDF", "LSODA"])
def test_implicit_solvers_meet_a_stiff_law_where_an_explicit_one_takes_a_thousand_times_as_many_steps(solver):
    """x' = -2 x + mu, y' = -y + mu, x + y = 1, so x' = (1 - 3 x)/2 up to 1e-5 and x(t) = 1/3 + e^(-3t/2)/6."""
    found = simulate(stiff().experiment("flow", times=[0.5, 2.0], solver=solver), replicates=2)
    np.testing.assert_allclose(found.x, 1 / 3 + np.exp(-1.5 * np.array([0.5, 2.0])) / 6, atol=2e-5)


def test_an_implicit_solver_integrates_drawn_replicates_one_by_one():
    made = goal_drift.experiment("flow", times=[1.0], solver="LSODA", measures=("learned_fraction", "capability"))
    reference = goal_drift.experiment("flow", times=[1.0], measures=("learned_fraction", "capability"))
    point = resolve(made.parameters, {"pull": Uniform(0.5, 1.5), "dim": 3})
    one, other = (each.sample(point, 5, np.random.default_rng(1)) for each in (made, reference))
    assert np.unique(one["learned_fraction"]).size == 5
    for name, values in one.items():
        np.testing.assert_allclose(values, other[name], rtol=1e-8)


def test_the_solver_is_a_known_one():
    with pytest.raises(ValueError, match="solver: got 'radau'; did you mean 'Radau'"):
        goal_drift.experiment("flow", solver="radau")
