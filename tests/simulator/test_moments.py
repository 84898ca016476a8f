"""The moments level: exact cases, plain twins, limits in N and in the length of a generation, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from simulator import Model, Normal, Parameter, Sphere, Trait, Uniform, simulate, total
from simulator.levels.moments.components import State
from simulator.levels.moments.generation import motion
from simulator.models.goal_drift import capability, goal, goal_drift, noise, variants
from tests.simulator.test_absorption import race

x, y = Trait("x"), Trait("y")
bend = Parameter("bend", 0.8)
jolt = Parameter("jolt", 0.3)
saddle = Model(
    name="saddle",
    traits=(x, y),
    reward=-bend * x**2 / 2 - y**2 + 0.7 * x * y + 0.4 * x,
    learner={x: 1, y: 0.5},
    growth={x: 0.1 - 0.2 * y, y: 0.05},
    decay={x: 0.1, y: 0.3},
    noise={x: jolt, y: 0.2},
    initial={x: Normal(0.5, 0.7), y: Normal(-1.0, 0.4)},
    parameters=(bend, jolt),
)  # fmt: skip
spread = goal_drift.replace(initial={capability: goal_drift.initial[capability], goal: Normal(0.4, 0.6)})
OPEN = {"threshold": 50.0, "growth": 0.0, "base": [0.0], "dim": 1}


def by_quadrature(z, weight):
    """Mean and covariance of points with weights."""
    weight = weight / weight.sum()
    mean = z @ weight
    return mean, (z - mean[:, None]) * weight @ (z - mean[:, None]).T


def reproduced(mean, within, strength, quadratic, linear):
    """Selection of a normal population by the quadrature of exp(strength R) times its density: the definition."""
    grid = np.linspace(-9, 9, 401)
    normals = np.array(np.meshgrid(grid, grid)).reshape(2, -1)
    z = mean[:, None] + np.linalg.cholesky(within) @ normals
    reward = 0.5 * np.einsum("ir,ij,jr->r", z, quadratic, z) + linear @ z
    return by_quadrature(z, np.exp(-0.5 * (normals**2).sum(axis=0) + strength * (reward - reward.max())))


def test_selection_is_the_integral_that_it_stands_for():
    """One generation of a coupled law, without motion: against two-dimensional quadrature."""
    still = saddle.replace(growth={}, decay={}, noise={})
    found = simulate(
        still.experiment("moments", times=[1.0], measures=("x", "y", "x_variance", "y_variance", "x_y_covariance")),
        replicates=2, strength=0.9,
    )  # fmt: skip
    quadratic, linear = np.array([[-0.8, 0.7], [0.7, -2.0]]), np.array([0.4, 0.0])
    mean, within = reproduced(np.array([0.5, -1.0]), np.diag([0.49, 0.16]), 0.9, quadratic, linear)
    np.testing.assert_allclose([found.x[0], found.y[0]], mean, rtol=1e-10)
    wanted = [within[0, 0], within[1, 1], within[0, 1]]
    np.testing.assert_allclose([found.x_variance[0], found.y_variance[0], found.x_y_covariance[0]], wanted, rtol=1e-10)


def test_an_offspring_moves_by_the_law_without_its_reward():
    """Two coupled affine traits take one symmetric step; alone, a trait relaxes exactly."""
    alone = saddle.replace(reward=0 * x, growth={x: 0.1}, decay={x: 0.1}, noise={x: jolt})
    found = simulate(alone.experiment("moments", times=[3.0]), replicates=2)
    kept = np.exp(-0.3)
    assert float(found.x[0]) == pytest.approx(1.0 + (0.5 - 1.0) * kept, rel=1e-13)
    assert float(found.x_variance[0]) == pytest.approx(0.49 * kept**2 + 0.09 * (1 - kept**2) / 0.2, rel=1e-13)
    moved, noises = motion(State(saddle, {}))
    assert len(moved) == 2
    assert {column for _, column in noises} == {0, 1, 2}  # one normal for the whole step, two for the half steps


@pytest.mark.parametrize("population", [2, 7, 100])
def test_neutral_recursions(population):
    times = np.arange(12.0)
    made = spread.experiment("moments", times=times, finite=True)
    found = simulate(made, replicates=2, strength=0.0, population=population, noise=0.3, **OPEN)
    within, between = [0.36], [0.36 / population]
    for _ in times[1:]:
        between.append(between[-1] + (within[-1] * (1 - 1 / population) + 0.09) / population)
        within.append(within[-1] * (1 - 1 / population) + 0.09)
    np.testing.assert_allclose(found.goal_variance[:, 0], within, rtol=1e-13)
    np.testing.assert_allclose(found.goal_between[:, 0], between, rtol=1e-13)


def test_whole_generations_differ_from_the_limit_by_a_term_linear_in_their_length():
    """Against the Riccati equations dV/dt = -s h V^2 + v, dm/dt = -s h V m, solved in closed form."""
    c, v, time = 0.8, 0.09, 4.0
    turn = expm(np.array([[0.0, v], [c, 0.0]]) * time)
    riccati = (turn[0, 0] * 0.36 + turn[0, 1]) / (turn[1, 0] * 0.36 + turn[1, 1])
    mean = 0.4 / (turn[1, 0] * 0.36 + turn[1, 1])
    errors = []
    for length in (0.5, 0.25, 0.125, 0.0625):
        made = spread.experiment("moments", times=[time], generation=length)
        found = simulate(made, replicates=2, strength=c, noise=np.sqrt(v), **OPEN)
        errors.append([float(found.goal_variance[0, 0]) - riccati, float(found.goal[0, 0]) - mean])
    orders = np.log2(np.array(errors)[:-1] / np.array(errors)[1:])
    np.testing.assert_allclose(orders[-1], 1.0, atol=0.1)


def test_large_populations_tend_to_the_infinite_one():
    infinite = simulate(spread.experiment("moments", times=[5.0]), replicates=2, **OPEN)
    gaps = []
    for population in (1000, 2000):
        made = spread.experiment("moments", times=[5.0], finite=True)
        found = simulate(made, replicates=2, population=population, **OPEN)
        gaps.append(float(found.goal_variance[0, 0] - infinite.goal_variance[0, 0]))
    assert gaps[0] / gaps[1] == pytest.approx(2.0, abs=0.01)
    assert float(found.goal[0, 0]) == pytest.approx(float(infinite.goal[0, 0]), rel=2e-3)


def test_the_shut_gate_lets_the_variance_grow():
    """As capability passes the threshold the Hessian in the goal vanishes, and v is added in each generation."""
    made = spread.experiment("moments", times=[1.0, 40.0, 41.0])
    found = simulate(made, replicates=2, dim=3, growth=0.2, strength=2.0, noise=0.1, base=[1.0, 0.0, 0.0])
    assert float(found.goal_variance[0, 0]) < 0.36
    np.testing.assert_allclose(np.diff(found.goal_variance[1:], axis=0), 0.01, rtol=1e-6)
    np.testing.assert_allclose(found.capability, [0.2, 8.0, 8.2], rtol=1e-12)
    assert float(found.capability_variance[-1]) == 0.0


def test_linear_noise_is_exact_where_the_law_is_linear():
    """Against the matrix exponential of the drift, and the covariance that goes with it."""
    found = simulate(
        saddle.experiment("moments", of="langevin", times=[0.7], measures=("x", "y", "x_y_covariance", "y_variance")),
        replicates=2,
    )
    drift = np.array([[-0.9, 0.5], [0.35, -1.3]])  # K H - decay, with growth's -0.2 y
    shift = np.array([0.5, 0.05])
    flow = expm(0.7 * drift)
    mean = flow @ [0.5, -1.0] + np.linalg.solve(drift, (flow - np.eye(2)) @ shift)
    grid = np.linspace(0, 0.7, 201)
    paths = np.array([expm(s * drift) @ np.diag([0.09, 0.04]) @ expm(s * drift).T for s in grid])
    weights = np.tile([2.0, 4.0], 100)
    simpson = np.append(weights, 1.0)
    simpson[0] = 1.0
    covariance = flow @ np.diag([0.49, 0.16]) @ flow.T + np.tensordot(simpson, paths, 1) * (grid[1] / 3)
    np.testing.assert_allclose([found.x[0], found.y[0]], mean, rtol=1e-9)
    np.testing.assert_allclose([found.x_y_covariance[0], found.y_variance[0]], covariance[[0, 1], 1], rtol=1e-9)


def test_the_second_order_is_exact_for_noise_in_proportion():
    """Geometric Brownian motion: E z = z0 e^{at}, Var z = E^2 (e^{s^2 t} - 1); at first order the variance is less."""
    moving = Model(
        "moving", (x,), 0 * x, (jolt,), growth={x: 0.2 * x}, noise={x: jolt * x}, initial={x: 1.5}
    )  # fmt: skip
    both = [
        simulate(moving.experiment("moments", of="langevin", times=[2.0], hessian=second), replicates=2)
        for second in (True, False)
    ]
    mean, square = 1.5 * np.exp(0.4), 1.5**2 * np.exp(0.8)
    assert float(both[0].x[0]) == pytest.approx(mean, rel=1e-9)
    assert float(both[0].x_variance[0]) == pytest.approx(square * np.expm1(0.09 * 2), rel=1e-8)
    assert float(both[1].x_variance[0]) == pytest.approx(square * 0.09 * 2, rel=1e-8)


def test_the_spread_acts_back_on_the_mean_to_second_order():
    """dz = -z^2 dt: the mean's drift is -(m^2 + V)."""
    curved = Model("curved", (x,), 0 * x, (jolt,), growth={x: -(x**2)}, noise={x: jolt}, initial={x: 1.0})
    step = 1e-4
    for second, wanted in ((False, -1.0), (True, -1.04)):
        start = curved.replace(initial={x: Normal(1.0, 0.2)})
        made = start.experiment("moments", of="langevin", times=[step], hessian=second)
        assert (float(simulate(made, replicates=2).x[0]) - 1.0) / step == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize("law", [goal_drift, *variants])
def test_it_meets_the_stepped_level_at_weak_noise(law):
    """Linear noise at noise 0.02, second order: 6 standard errors of 2000 agents (false alarms 1e-7 over all)."""
    options = {"times": [0.5, 3.0], "measures": ("goal", "reward")}
    found = simulate(law.experiment("moments", of="langevin", hessian=True, **options), replicates=2, noise=0.02, dim=2)
    stepped = simulate(law.experiment(**options, method="stepped", steps=256), replicates=2000, noise=0.02, dim=2)
    for name in options["measures"]:
        allowed = 6 * stepped[f"{name}_se"] + stepped[f"{name}_de"]
        assert np.all(np.abs(found[name] - stepped[name]) < allowed + 1e-6)


def test_starts_have_the_moments_of_their_draws():
    """6 standard errors; a sphere has norm^2/d a component."""
    rng = np.random.default_rng(3)
    for start, size in ((Normal(0.3, 0.5), 3), (Uniform(-1.0, 2.0), 2), (Sphere(1.5), 4)):
        law = goal_drift.replace(initial={capability: 0, goal: start})
        found = simulate(law.experiment("moments", times=[0.0, 1.0]), replicates=2, dim=size)
        draws = start.draw(rng, (size, 40_000))
        np.testing.assert_allclose(found.goal[0], draws.mean(axis=1), atol=6 * draws.std() / 200)
        np.testing.assert_allclose(found.goal_variance[0], draws.var(axis=1), rtol=6 * np.sqrt(2 / 40_000))


def test_drawn_parameters_make_replicates_differ_and_nothing_else_does():
    made = spread.experiment("moments", times=[2.0], measures=("goal",))
    same = simulate(made, replicates=100, keep="samples", dim=2)
    assert np.unique(same.goal_samples.values[:, 0, 0]).size == 1
    drawn = simulate(made, replicates=100, keep="samples", dim=2, pull=Uniform(0.5, 1.5), base=Normal(0.0, 1.0))
    assert np.unique(drawn.goal_samples.values[:, 0, 0]).size == 100
    one = drawn.goal_samples.values[0, 0]
    assert one[0] != one[1]


def test_reward_that_selects_without_bound_diverges():
    """exp(s R) has no integral against the population where s h V >= 1, and no mean follows."""
    convex = Model("convex", (x,), x**2 / 2, (jolt,), initial={x: Normal(0.0, 0.9)})
    made = convex.experiment("moments", times=[1.0])
    assert float(simulate(made, replicates=2, strength=1.0).x_variance[0]) == pytest.approx(0.81 / 0.19)
    for strength in (1.3, 3.0):
        found = simulate(made, replicates=2, strength=strength)
        assert int(found.diverged) == 2
        assert np.isnan(found.x_variance[0])


def test_total_couples_components():
    """A reward on the sum alone makes the components of a vector covary, as much as the definition says."""
    summed = goal_drift.replace(
        reward=-(total(goal) ** 2) / 2, initial={capability: 0, goal: Normal(0.0, 1.0)}, noise={goal: 0 * noise}
    )
    found = simulate(summed.experiment("moments", times=[1.0], measures=("goal_covariance",)), replicates=2, dim=3)
    np.testing.assert_allclose(found.goal_covariance[0], np.linalg.inv(np.eye(3) + np.ones((3, 3))), rtol=1e-12)


@pytest.mark.parametrize(
    ("law", "options", "message"),
    [
        (race, {}, "race has absorption"),
        (goal_drift, {"of": "populations"}, "did you mean 'population'"),
        (goal_drift, {"times": [0.5]}, "times: got 0.5; must be whole generations of 1; pass 0"),
        (goal_drift, {"generation": 0.0}, "generation: got 0.0; must be finite and > 0"),
        (goal_drift, {"of": "langevin", "finite": True}, "has no generations"),
        (goal_drift, {"hessian": True}, "hessian: got True; must be False of a population"),
        (goal_drift, {"measures": ("goal_varianc",)}, "did you mean 'goal_variance'"),
        (goal_drift, {"measures": ("goal_between",)}, "unknown measure 'goal_between'"),
    ],
)
def test_what_makes_no_sense_is_refused(law, options, message):
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        law.experiment("moments", **options)


def test_a_start_of_unknown_spread_is_refused():
    class Odd:
        def draw(self, generator, shape):
            return generator.random(shape)

    from dataclasses import dataclass

    law = goal_drift.replace(initial={capability: 0, goal: dataclass(frozen=True)(Odd)()})
    with pytest.raises(ValueError, match="initial of goal: got a Odd; the moments level knows the variance of Normal"):
        law.experiment("moments")


def test_the_source_can_be_read():
    assert "def run" in goal_drift.kernel_source("moments", dim=2)
    assert "goal_1" in goal_drift.kernel_source("moments", of="langevin", hessian=True, dim=2)
