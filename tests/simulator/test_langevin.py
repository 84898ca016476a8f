"""The stepped level: a plain twin pointwise, its weak order, its exactness, coupled noise, times, divergence."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from simulator import Model, Normal, Parameter, Sphere, Trait, simulate, total
from simulator.levels.langevin.step import affine_parts, split_step
from simulator.levels.langevin.stepped import segments
from simulator.models.goal_drift import decision, goal_drift, learned_capability, several_prerequisites
from simulator.parameter import resolve

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; fewer than 50 comparisons in this file


def plain_goal_drift(normals, steps, time, p):
    """Step goal_drift as one would write it by hand: exponential step, gate at the midpoint."""
    h, c = time / steps, p["initial_capability"]
    g = np.repeat(p["start"][:, None], normals.shape[2], axis=1)
    b = p["base"][:, None]
    for xi in normals:
        c += p["growth"] * h / 2
        openness = 1 / (1 + np.exp((c - p["threshold"]) / p["width"]))
        rate = p["pull"] * openness + p["weight_decay"]
        kept = np.exp(-rate * h)
        g = kept * g + (1 - kept) / rate * p["pull"] * openness * b
        g += p["noise"] * np.sqrt((1 - np.exp(-2 * rate * h)) / (2 * rate)) * xi
        c += p["growth"] * h / 2
    return g


@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
def test_compiled_step_equals_plain_twin(weight_decay):
    made = goal_drift.experiment(method="stepped", measures=("goal", "capability"), steps=20)
    point = resolve(made.parameters, {"dim": 3, "weight_decay": weight_decay, "time": 2.0, "noise": 0.4})
    found = made.sample(point, 50, np.random.default_rng(7))
    generator = np.random.default_rng(7)
    normals = np.array([generator.standard_normal((3, 50)) for _ in range(20)])
    expected = plain_goal_drift(normals, 20, 2.0, point)
    np.testing.assert_allclose(found["goal"], expected.T, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found["capability"], 1.0, rtol=1e-13)
    late_gate = {**point, "threshold": point["threshold"] + 0.01}  # a wrong twin is told apart
    assert np.abs(found["goal"] - plain_goal_drift(normals, 20, 2.0, late_gate).T).max() > 1e-6


def test_float32_follows_float64():
    single, double = (
        goal_drift.experiment(method="stepped", measures=("goal",), steps=100, dtype=dtype)
        for dtype in ("float32", "float64")
    )
    point = resolve(double.parameters, {"dim": 4, "time": 4.0, "noise": 0.0})
    a, b = (made.sample(point, 64, np.random.default_rng(1))["goal"] for made in (single, double))
    assert 0.0 < np.abs(a - b).max() < 6e-6


cubic_x = Trait("x", symbol="x")
cubic_noise = Parameter("noise", 0.5, range=Parameter("any", 0.0).range)
cubic = Model(
    "cubic", (cubic_x,), -(cubic_x**4) / 4, (cubic_noise,), learner={cubic_x: 1}, noise={cubic_x: cubic_noise},
    initial={cubic_x: 1.5}, measures={"square": cubic_x**2},
)  # fmt: skip


def halving_slope(model, measure, steps, replicates, **parameters):
    """Return log2 of how much the coupled difference between a step and its half shrinks at the next halving."""
    means, errors = [], []
    for count in (steps, 2 * steps):
        made = model.experiment(method="stepped", measures=(measure,), steps=count)
        point = resolve(made.parameters, parameters)
        coarse, fine = made.refine(point, replicates, np.random.default_rng(11))
        difference = coarse[measure] - fine[measure]
        means.append(difference.mean())
        errors.append(difference.std() / np.sqrt(replicates))
    relative = np.hypot(errors[0] / means[0], errors[1] / means[1])
    return np.log2(abs(means[0] / means[1])), relative / np.log(2)


@pytest.mark.parametrize(
    ("model", "measure", "steps", "replicates", "parameters"),
    [
        (goal_drift, "learned_fraction", 16, 2, {"noise": 0.0, "time": 2.0, "width": 0.5}),
        (learned_capability, "learned_fraction", 16, 2, {"noise": 0.0, "time": 2.0, "width": 0.5, "ease": 0.5}),
        (several_prerequisites, "learned_fraction", 16, 2, {"noise": 0.0, "time": 2.0, "width": 0.5}),
        (decision, "stake", 16, 2, {"noise": 0.0, "time": 2.0, "ease_stake": 1.0, "dim": 2}),
        (cubic, "square", 6, 400_000, {"time": 0.6, "noise": 0.3}),
    ],
)
def test_weak_order_is_two(model, measure, steps, replicates, parameters):
    assert split_step(model).order == 2
    slope, error = halving_slope(model, measure, steps, replicates, **parameters)
    assert error < 0.1
    assert abs(slope - 2.0) < 0.12 + Z * error  # 0.12: the next order at these steps, measured without noise


def test_a_first_order_law_is_told_from_a_second_order_one():
    geometric = cubic.replace(name="geometric", reward=cubic_x, noise={cubic_x: cubic_noise * cubic_x})
    assert split_step(geometric).order == 1
    slope, error = halving_slope(
        geometric.replace(learner={}, decay={cubic_x: 1}), "square", 16, 200_000, time=1.0, noise=0.5
    )
    assert abs(slope - 1.0) < 0.15 + Z * error
    assert slope < 1.6


def test_affine_parts():
    x, y, k = sympy.symbols("x y k", real=True)
    assert affine_parts(k * (y - x), x) == (k * y, k)
    assert affine_parts(-(x**2), x) is None
    assert affine_parts(total(x) - x, x) is None  # coupled through a total: not elementwise


def test_a_relaxation_is_exact_at_any_step():
    point = {"pull": 1.0, "threshold": 100.0, "growth": 0.0, "time": 3.0, "noise": 0.7, "dim": 2}
    found = simulate(goal_drift.experiment(method="stepped", steps=1), replicates=40_000, seed=5, **point)
    variance = 0.49 * (1 - np.exp(-6.0)) / 2
    assert abs(found.learned_fraction - (1 - np.exp(-3.0))) < Z * found.learned_fraction_se
    assert abs(found.base_component_var / variance - 1) < Z * np.sqrt(2 / 40_000)


def test_coupled_noise_is_the_same_brownian_motion():
    """Refinement must leave each path's own law alone: coarse and fine variances are those of independent runs."""
    made = learned_capability.replace(noise={**learned_capability.noise, learned_capability.traits[0]: 0.3}).experiment(
        steps=32, measures=("base_component", "capability")
    )
    point = resolve(made.parameters, {"time": 2.0, "dim": 2})
    coarse, fine = made.refine(point, 40_000, np.random.default_rng(3))
    for measure in ("base_component", "capability"):
        ratio = coarse[measure].var() / fine[measure].var()
        assert abs(ratio - 1) < 0.02
        assert np.corrcoef(coarse[measure], fine[measure])[0, 1] > 0.995
    plain = made.sample(point, 40_000, np.random.default_rng(4))
    spread = plain["capability"].var()
    assert abs(fine["capability"].var() / spread - 1) < Z * np.sqrt(2 * 2 / 40_000) + 0.005


def test_segments_reach_every_time():
    times = (0.0, 0.5, 0.5 + 1e-9, 4.0)
    found = list(segments(times, 100))
    assert [count for count, _ in found] == [0, 13, 1, 88]
    assert np.isclose(sum(count * step for count, step in found), 4.0)


def test_time_as_a_parameter_and_as_an_axis_agree():
    axis = simulate(goal_drift.experiment(method="stepped", times=[2.0], steps=64), replicates=500, seed=1)
    parameter = simulate(goal_drift.experiment(method="stepped", steps=64), replicates=500, seed=1, time=2.0)
    assert axis.learned_fraction.dims == ("time",)
    assert parameter.learned_fraction.dims == ()
    gap = float(axis.learned_fraction[0] - parameter.learned_fraction)
    assert abs(gap) < Z * np.hypot(axis.learned_fraction_se[0], parameter.learned_fraction_se)


def test_drawn_parameters_and_starts_differ_between_replicates():
    found = simulate(
        goal_drift.experiment(method="stepped", times=[0.5]), replicates=2000, keep="trajectories", dim=3, noise=0.0,
        base=Normal(0.0, 2.0), growth=Normal(1.0, 0.0),
    )  # fmt: skip
    goals = found.goal_samples.values[:, 0]
    assert np.unique(goals[:, 0]).size == 2000
    # Without noise the goal is pulled a fixed way toward each replicate's own base.
    learned = 1 - np.exp(-simulated_open_time(1.0))
    assert abs(goals[:, 2].std() / (2.0 * learned) - 1) < Z / np.sqrt(2 * 2000)


def simulated_open_time(growth):
    t = np.linspace(0, 0.5, 20_001)
    return np.trapezoid(1 / (1 + np.exp((growth * t - 1.0) / 0.1)), t)


def test_starts_on_a_sphere():
    law = goal_drift.replace(initial={**goal_drift.initial, goal_drift.traits[1]: Sphere(2.0)})
    found = simulate(law.experiment(method="stepped", times=[0.0, 1e-6]), replicates=100, keep="trajectories", dim=5)
    np.testing.assert_allclose(np.linalg.norm(found.goal_samples[:, 0], axis=1), 2.0, rtol=1e-12)


def test_divergence_is_reported_and_never_averaged():
    explosive = cubic.replace(reward=cubic_x**4 / 4)
    found = simulate(explosive.experiment(method="stepped", times=[0.1, 50.0], steps=400), replicates=64)
    assert int(found.diverged) > 0
    assert "diverged" in str(found.status.values)
    assert "noise" in str(found.status.values)
    assert np.isnan(found.square.values).all()


def test_deterministic_traits_are_one_value_a_block():
    from simulator.compiler import Shape
    from simulator.levels.langevin.shapes import parameter_shapes, trait_shapes

    capability, goal = goal_drift.traits
    fixed = parameter_shapes(goal_drift.parameters, resolve(goal_drift.parameters, {}))
    drawn = parameter_shapes(goal_drift.parameters, resolve(goal_drift.parameters, {"growth": Normal(1.0, 0.1)}))
    assert trait_shapes(goal_drift, fixed, apart=False) == {capability: Shape(None, False), goal: Shape("dim", True)}
    assert trait_shapes(goal_drift, drawn, apart=False)[capability] == Shape(None, True)
    moved = {trait.name: shape for trait, shape in trait_shapes(learned_capability, fixed | drawn, apart=False).items()}
    assert moved["capability"].replicate  # reached by the goal's noise


def test_the_order_of_a_declaration_changes_nothing():
    """Equal fingerprints must mean equal numbers: drawn parameters come in the order of their names."""
    turned = goal_drift.replace(parameters=goal_drift.parameters[::-1])
    assert turned.fingerprint == goal_drift.fingerprint
    drawn = {"pull": Normal(1.0, 0.1), "width": Normal(0.3, 0.01), "dim": 2, "time": 1.0}
    a, b = (simulate(law, replicates=100, **drawn) for law in (goal_drift, turned))
    assert np.array_equal(a.alignment, b.alignment)


def test_noise_and_starts_may_sum_over_components():
    """total of a scalar is the number of components times it, in every part of a law."""
    strength = goal_drift.parameter("noise")
    law = goal_drift.replace(noise={goal_drift.traits[1]: total(strength)})
    found = simulate(
        law.experiment(method="stepped", measures=("base_component",), steps=4), replicates=20_000, dim=3,
        noise=0.1, time=1.0, threshold=-9.0,
    )  # fmt: skip
    assert abs(float(found.base_component_var) / 0.09 - 1) < Z * np.sqrt(2 / 20_000)


def test_kernel_source_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="unknown parameter 'widht' of goal_drift; did you mean 'width'"):
        goal_drift.kernel_source(widht=True)
