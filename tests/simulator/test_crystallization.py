"""The laws of crystallization: what they move by, how a race is told, what a goal of any dimension does.

Tolerances are of the integrator (1e-7) unless stated; tests of chance state theirs in standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from simulator import Uniform, simulate
from simulator.catalog import declared
from simulator.models.crystallization import (
    crystallization,
    decisions,
    episodes,
    gated,
    joint_optimizers,
    learned_honesty,
    race,
    routes,
)

BASE, START = np.array([0.3, -0.2, 0.4]), np.array([1.1, 0.5, -0.3])


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def given(start, ease, noise=0.0):
    point = {}
    for way, x, eta in zip(routes(len(start)), start, ease, strict=True):
        point |= {way.start.name: x, way.ease.name: eta, way.noise.name: noise}
    return point


@pytest.mark.parametrize("number", [2, 3, 5])
def test_the_race_moves_as_it_is_written(number):
    """dx_i = -ease_i prod_{j != i} x_j, before anything has arrived."""
    generator = np.random.default_rng(number)
    start, ease = generator.uniform(0.8, 1.2, number), generator.uniform(0.3, 1.0, number)

    def rate(_, x):
        return -ease * np.array([np.prod(np.delete(x, i)) for i in range(number)])

    wanted = solve_ivp(rate, (0, 0.4), start, rtol=1e-11, atol=1e-13, method="DOP853").y[:, -1]
    found = simulate(race(number).experiment("flow", times=[0.4]), replicates=2, **given(start, ease))
    for way, value in zip(routes(number), wanted, strict=True):
        np.testing.assert_allclose(found[way.distance.name][0], value, rtol=1e-8)
    np.testing.assert_allclose(found.reward[0], 1 - np.prod(wanted), rtol=1e-8)
    speed = ease[0] * np.prod(wanted[1:])
    np.testing.assert_allclose(found.goal_speed[0], speed, rtol=1e-8)


def test_a_price_of_description_pushes_the_goal_away():
    found = simulate(crystallization.experiment("flow", times=[1e-3]), replicates=2, description_cost=0.25,
                     **given([1.0, 0.8], [2.0, 1.0]))  # fmt: skip
    assert abs((float(found.misalignment[0]) - 1.0) / 1e-3 + 2.0 * (0.8 - 0.25)) < 2e-3


def test_a_decision_is_told_in_words():
    found = simulate(decisions(3, "flow"), replicates=2, time=50.0, **given([1.0, 0.8, 0.9], [1.0, 1.0, 0.5]))
    assert float(found.route) == 1
    assert list(found.way.values) == ["internalization", "deception", "corrigibility"]
    np.testing.assert_allclose(found.remainder, np.sqrt([1 - 0.64, 0.0, 0.81 - 0.32]), atol=1e-8)
    assert float(found.residual_misalignment) == float(found.remainder[0])
    early = simulate(decisions(3, "flow"), replicates=2, time=0.1, **given([1.0, 0.8, 0.9], [1.0, 1.0, 0.5]))
    assert np.isnan(early.route)
    assert np.isnan(early.decision_time)
    internal = simulate(decisions(2, "flow"), replicates=2, time=50.0, **given([0.5, 0.8], [1.0, 1.0]))
    assert float(internal.route) == 0
    assert np.isnan(internal.residual_misalignment)


def test_who_starts_at_zero_has_won_and_who_has_no_ease_never_does():
    at_once = simulate(decisions(2, "flow"), replicates=2, time=1.0, **given([1.0, 0.0], [1.0, 1.0]))
    assert float(at_once.route) == 1
    assert float(at_once.decision_time) == 0.0
    lazy = simulate(decisions(2, "flow"), replicates=2, time=11.0, **given([0.1, 1.0], [0.0, 1.0]))
    assert float(lazy.route) == 1
    np.testing.assert_allclose(lazy.decision_time, 10.0, rtol=1e-9)  # honesty falls at 0.1, and the goal stands still


def test_drawn_starts_are_decided_each_for_itself():
    found = simulate(decisions(2, method="stepped", steps=40), replicates=400, time=8.0, keep="samples",
                     misalignment_start=Uniform(0.0, 1.0), honesty_start=Uniform(0.0, 1.0))  # fmt: skip
    left = found.remainder_samples.values
    route = found.route_samples.values
    assert 0.4 < np.nanmean(route) < 0.6
    assert np.all(left[route == 1][:, 1] == 0.0)
    assert np.all(left[route == 1][:, 0] > 0.0)


def test_too_few_routes_are_refused():
    with pytest.raises(ValueError, match="routes: got 1; must be from 2 to 12"):
        race(1)


@pytest.mark.parametrize("exponent", [0.0, 0.7, 2.0])
def test_honesty_is_learned_in_its_metric(exponent):
    """de = -ease_g pull y e, dy = -ease_y y^p (pull e^2/2 + price), and the goal moves straight at b."""
    point = {"pull": 0.7, "goal_ease": 0.6, "honesty_ease": 1.3, "honesty_cost": 0.2, "exponent": exponent}

    def rate(_, state):
        y, e = state
        return [-1.3 * y**exponent * (0.35 * e**2 + 0.2), -0.6 * 0.7 * y * e]

    e0 = np.linalg.norm(START - BASE)
    wanted = solve_ivp(rate, (0, 0.5), [0.9, e0], rtol=1e-11, atol=1e-13, method="DOP853").y[:, -1]
    found = simulate(learned_honesty.experiment("flow", times=[0.5]), replicates=2, dim=3, base=BASE, start=START,
                     honesty_start=0.9, **point)  # fmt: skip
    np.testing.assert_allclose(found.honesty[0], wanted[0], rtol=1e-8)
    np.testing.assert_allclose(found.misalignment[0], wanted[1], rtol=1e-8)
    np.testing.assert_allclose(found.residual[0], wanted[1] / e0, rtol=1e-8)
    np.testing.assert_allclose(found.goal_speed[0], 0.6 * 0.7 * wanted[0] * wanted[1], rtol=1e-8)


@pytest.mark.parametrize("number", [1, 3])
def test_gates_are_a_product_and_each_is_learned(number):
    point = {"pull": 0.9, "goal_ease": 0.8, "skill_ease": 0.5, "width": 0.3, "honesty_cost": 0.1, "weight_decay": 0.05}
    at, grown = np.array([0.4, 0.7, 1.0])[:number], np.array([0.2, 0.0, 0.5])[:number]

    def rate(_, state):
        skill, goal = state[:number], state[number:]
        gate = logistic((skill - at) / 0.3)
        loss = 0.45 * np.sum((goal - BASE) ** 2) + 0.1
        return np.concatenate([
            grown + 0.5 * loss * np.prod(gate) * (1 - gate) / 0.3,
            -0.8 * 0.9 * (1 - np.prod(gate)) * (goal - BASE) - 0.05 * goal,
        ])  # fmt: skip

    begun = np.concatenate([np.zeros(number), START])
    end = solve_ivp(rate, (0, 2.0), begun, rtol=1e-11, atol=1e-13, method="DOP853").y[:, -1]
    found = simulate(gated.experiment("flow", times=[2.0]), replicates=2, dim=3, base=BASE, start=START,
                     prerequisites=number, threshold=at, growth=grown, **point)  # fmt: skip
    np.testing.assert_allclose(found.misalignment[0], np.linalg.norm(end[number:] - BASE), rtol=1e-8)
    np.testing.assert_allclose(found.openness[0], 1 - np.prod(logistic((end[:number] - at) / 0.3)), rtol=1e-8)


def test_openness_keeps_its_digits_far_behind_all_gates():
    found = simulate(gated.experiment("flow", times=[1e-6], measures=("openness",)), replicates=2, prerequisites=3,
                     initial_skill=[6.0, 7.0, 8.0], threshold=0.0, width=0.1)  # fmt: skip
    np.testing.assert_allclose(found.openness[0], np.exp(-60.0) + np.exp(-70.0) + np.exp(-80.0), rtol=1e-12)


@pytest.mark.parametrize("dim", [1, 2, 6])
def test_noise_on_a_goal_vector_pushes_it_outward(dim):
    """The distance drifts at (d - 1) noise^2/(2 e): over a short time, within 4 standard errors; d + 1 is rejected."""
    time, noise = 0.02, 0.5
    start = np.zeros(dim)
    start[0] = 1.0
    found = simulate(learned_honesty.experiment(method="stepped", measures=("misalignment",), steps=1), seed=5,
                     replicates=200_000, dim=dim, base=0.0, start=start, pull=0.0, noise=noise, time=time)  # fmt: skip
    outward = float(found.misalignment) - 1.0
    error = float(found.misalignment_se)
    assert abs(outward - (dim - 1) * noise**2 * time / 2) < 4 * error + 5 * (noise**2 * time) ** 2
    assert abs(outward - (dim + 1) * noise**2 * time / 2) > 8 * error


def test_crystallized_is_a_goal_that_selection_leaves_still():
    shut = simulate(gated.experiment("flow", times=[0.1, 60.0], measures=("crystallized",)), replicates=2, growth=0.5)
    assert shut.crystallized.values.tolist() == [0.0, 1.0]


def test_joint_optimizers_are_drawn_and_selected():
    found = simulate(joint_optimizers.experiment("population", times=[0, 6], measures=("joint",)), replicates=64,
                     population=400, joint_share=0.7, pull=2.0, strength=0.5, seed=3)  # fmt: skip
    assert abs(float(found.joint[0]) - 0.7) < 5 * float(found.joint_se[0])
    assert float(found.joint[1]) < 0.25
    idle = simulate(joint_optimizers.experiment("population", times=[6], measures=("joint",)), replicates=64,
                    population=400, joint_share=0.7, effort=0.0, seed=3)  # fmt: skip
    assert abs(float(idle.joint[0]) - 0.7) < 5 * float(idle.joint_se[0])


def test_episodes_take_numbers():
    with pytest.raises(ValueError, match="pull: got a distribution"):
        simulate(episodes(), replicates=10, pull=Uniform(0.0, 1.0))


def test_all_laws_are_listed():
    names = {"crystallization", "crystallization_3_routes", "crystallization_learned", "crystallization_gates",
             "crystallization_joint"}  # fmt: skip
    assert set(declared("crystallization")) == names
