"""Exact transitions: closed forms, fine recursions, the stepped integrator; lanes, packs, stops, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from scipy.integrate import quad
from scipy.linalg import expm, solve_continuous_lyapunov
from scipy.special import expit
from scipy.stats import ks_2samp

from simulator import Model, Normal, Parameter, Trait, Uniform, simulate, total
from simulator.functions import logistic
from simulator.levels.langevin.exact import integrals
from simulator.levels.langevin.exact.coupled import Motion, constant_jump, moving_jump
from simulator.levels.langevin.exact.integrals import transition
from simulator.models.goal_drift import goal_drift, several_prerequisites
from simulator.parameter import resolve

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; about 120 comparisons in this file
EVEN = 1e-6  # false alarm rate of a comparison of distributions

x, y, c = Trait("x"), Trait("y"), Trait("c")
v = Trait("v", dim="dim")
dim = Parameter("dim", 3, integer=True)
k, s, r = Parameter("k", 1.0), Parameter("s", 0.5), Parameter("r", 1.0)
h = Parameter("h", lambda n: np.arange(1.0, n + 1.0), dim="dim")
PARAMETERS = (dim, k, s, r, h)


def law(growth, noise, initial, measures=None, absorb=None):
    traits = tuple(growth)
    return Model("law", traits, 0, PARAMETERS, growth=growth, noise=noise, initial=dict.fromkeys(traits, 0) | initial,
                 measures=measures or {"one": k}, absorb=absorb or {})  # fmt: skip


OPENING = law({c: r, x: -logistic((c - k) / s) * x}, {x: s}, {x: 1})
GROWING = law({c: r * c * (1 - c), x: -c * x}, {x: s}, {c: 0.1, x: 1})
MEMORY = law({x: -k * (x - y), y: -r * (y - x)}, {x: s}, {x: 1})
FADING = law({c: r * c * (1 - c), v: -h * (v - c), x: -c * (x - y), y: -k * (y - x) + c}, {v: s * h, x: s},
             {c: 0.1, v: 1, x: 1})  # fmt: skip


class Given:
    """A generator whose normals are all one number."""

    def __init__(self, number):
        self.number = number

    def standard_normal(self, dtype, out):
        out[...] = self.number


def states(model, normal, times, replicates=2, **options_and_point):
    """The traits of replicates whose normals are given, one at each requested time."""
    options = {name: options_and_point.pop(name) for name in ("dtype",) if name in options_and_point}
    made = model.experiment(times=times, method="exact", measures=[trait.name for trait in model.traits], **options)
    return made.sample(resolve(made.parameters, options_and_point), replicates, Given(normal))


def coefficients(integrand, begin, end):
    """A single lane's (keep, pull, variance)."""
    found = transition(lambda lanes, times: integrand(times), np.array([begin]), np.array([end]), "x")
    return np.array([found.keep[0], found.pulls[0][0], found.variance[0]])


ONE = np.ones_like


@pytest.mark.parametrize("rate", [0.0, 1e-9, 1.0, 25.0, 1e3, 1e6, 1e12, -2.0])
@pytest.mark.parametrize(("begin", "end"), [(0.0, 4.0), (3.0, 3.5), (2.0, 2.0)])
def test_a_constant_relaxation(rate, begin, end):
    t = end - begin
    expected = [np.exp(-rate * t)] + [-np.expm1(-z * t) / z if z else t for z in (rate, 2 * rate)]
    found = coefficients(lambda times: (rate * ONE(times), 3 * ONE(times), 2 * ONE(times)), begin, end)
    np.testing.assert_allclose(found, expected * np.array([1, 3, 4]), rtol=1e-12, atol=1e-300)


def open_time(begin, end, growth, width):
    """The integral of expit((1 - growth t)/width)."""
    left, right = (np.logaddexp(0.0, (1 - growth * t) / width) for t in (begin, end))
    return width / growth * (left - right)


@pytest.mark.parametrize("width", [1.0, 0.1, 1e-3, 1e-6, 1e-9])
def test_a_gate_of_any_sharpness(width):
    gate = lambda t: expit((1 - 0.37 * t) / width)  # noqa: E731
    found = coefficients(lambda t: (20 * gate(t), 20 * gate(t), ONE(t)), 0.0, 7.0)
    kept = np.exp(-20 * open_time(0.0, 7.0, 0.37, width))
    np.testing.assert_allclose(found[:2], [kept, 1 - kept], rtol=1e-11)
    middle = 1 / 0.37
    decay = lambda t: np.exp(-40 * open_time(t, 7.0, 0.37, width))  # noqa: E731
    spread = quad(decay, middle - 40 * width, 7.0, points=[middle, min(7, middle + 40 * width)], limit=500)[0]
    spread += quad(decay, 0.0, middle - 40 * width, points=[max(0, middle - 1)], limit=500)[0] if width < 0.05 else (
        quad(decay, 0.0, middle - 40 * width)[0])  # fmt: skip
    np.testing.assert_allclose(found[2], spread, rtol=1e-8)


def test_a_jump_in_rate_pull_and_noise():
    at = np.e
    found = coefficients(lambda t: (1.0 * (t < at), 2.0 * (t < at), np.where(t < at, 1.0, 3.0)), 0.0, 7.0)
    expected = [np.exp(-at), 2 * -np.expm1(-at), -np.expm1(-2 * at) / 2 + 9 * (7 - at)]
    np.testing.assert_allclose(found, expected, rtol=3e-12)


def test_what_cancels_is_settled_by_its_absolute_value():
    """The integral of t^2 - 4/3 from 0 to 2 is 0: a relative tolerance of the result would never be met."""
    found = coefficients(lambda t: (0 * t, t**2 - 4 / 3, ONE(t)), 0.0, 2.0)
    assert abs(found[1]) < 1e-14


def test_lanes_are_refined_each_by_itself():
    """A lane's coefficients are the same bytes alone and beside lanes that are harder."""
    widths = np.array([1.0, 1e-6, 0.1, 1e-3])

    def some(lanes):
        return transition(lambda piece, t: (expit((1 - t) / widths[lanes[piece], None]), ONE(t), ONE(t)),
                          np.zeros(len(lanes)), np.full(len(lanes), 3.0), "x")  # fmt: skip

    together = some(np.arange(4))
    for lane in range(4):
        alone = some(np.array([lane]))
        assert (together.keep[lane], together.variance[lane]) == (alone.keep[0], alone.variance[0])


def test_a_rule_that_is_not_refined_is_told_apart(monkeypatch):
    monkeypatch.setattr(integrals, "TOLERANCE", 1.0)
    kept = coefficients(lambda t: (20 * expit((1 - 0.37 * t) / 1e-3), ONE(t), ONE(t)), 0.0, 7.0)[0]
    assert abs(kept / np.exp(-20 * open_time(0.0, 7.0, 0.37, 1e-3)) - 1) > 1e-6
    monkeypatch.setattr(integrals, "TOLERANCE", 1e-13)
    monkeypatch.setattr(integrals, "STRONGEST", np.inf)
    stiff = coefficients(lambda t: (1e6 * ONE(t), ONE(t), ONE(t)), 0.0, 4.0)
    assert stiff[2] < 1e-8  # the nodes see nothing of the variance, 5e-7


@pytest.mark.parametrize("wild", [lambda t: np.sin(1e7 * t), lambda t: t**-0.9])
def test_what_is_not_resolved_is_said_in_one_line(wild):
    with pytest.raises(
        ArithmeticError, match=r"^x: its coefficients between times 0 and .* are not resolved by 64 halv"
    ):
        coefficients(lambda t: (0 * t, wild(t), ONE(t)), 0.0, 4.0)


def test_what_is_not_finite_ends_as_divergence():
    steep = law({x: k * x}, {x: s}, {x: 1}, {"x": x})
    found = simulate(steep.experiment(times=[1.0, 800.0], method="exact"), replicates=16)
    assert int(found.diverged) == 16
    assert "diverged" in str(found.status.values)
    early = law({c: c**2, x: -c * x}, {x: s}, {c: 1, x: 1}, {"c": c})  # c = 1/(1 - t)
    found = simulate(early.experiment(times=[0.5, 0.9], method="exact"), replicates=16)
    np.testing.assert_allclose(found.c, [2.0, 10.0], rtol=1e-9)
    found = simulate(early.experiment(times=[0.5, 1.1], method="exact"), replicates=16)
    assert int(found.diverged) == 16


@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
def test_goal_drift_with_an_open_gate(weight_decay):
    point = {"threshold": 1e9, "weight_decay": weight_decay, "pull": 0.7, "noise": 0.4, "dim": 3}
    rate, t = 0.7 + weight_decay, 2.0
    for normal in (0.0, 1.5, -1.0):
        goal = states(goal_drift, normal, [t], **point)["goal"][0, 0]
        mean = np.exp(-rate * t) * np.eye(3)[1] - np.expm1(-rate * t) / rate * 0.7 * np.eye(3)[0]
        np.testing.assert_allclose(
            goal, mean + normal * 0.4 * np.sqrt(-np.expm1(-2 * rate * t) / (2 * rate)), rtol=1e-12
        )


def test_goal_drift_through_its_gate_from_time_to_time():
    """Between two times the mean is kept by e^-J, J the open time, also where the gate shuts in between."""
    times = [0.0, 0.4, 2.1, 2.2, 9.0]
    goal = states(goal_drift, 0.0, times, dim=2, width=0.01)["goal"][0]
    kept = np.exp(-np.array([open_time(0.0, t, 0.5, 0.01) for t in times]))
    np.testing.assert_allclose(goal[:, 0], 1 - kept, rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(goal[:, 1], kept, rtol=1e-11)


def test_a_time_of_zero_shows_the_start_and_takes_no_noise():
    with_start, without = (
        simulate(goal_drift.experiment(times=times, method="exact", measures=("goal",)), replicates=100, keep="samples")
        for times in ([0.0, 1.0], [1.0])
    )
    np.testing.assert_array_equal(with_start.goal_samples[:, 0], np.broadcast_to(np.eye(16)[1], (100, 16)))
    made = [goal_drift.experiment(times=times, method="exact", measures=("goal",)) for times in ([0.0, 1.0], [1.0])]
    one, other = (e.sample(resolve(e.parameters, {}), 10, np.random.default_rng(3))["goal"][:, -1] for e in made)
    np.testing.assert_array_equal(one, other)
    assert without.goal_samples.shape == (100, 1, 16)


def test_without_noise_all_replicates_follow_the_flow():
    exact = simulate(goal_drift.experiment(times=[0.5, 3.0], method="exact"), replicates=100, noise=0.0)
    flow = simulate(goal_drift.experiment("flow", times=[0.5, 3.0]), replicates=2, noise=0.0)
    for name in ("alignment", "cosine_to_start", "behavior", "reward"):
        np.testing.assert_allclose(exact[name], flow[name], rtol=1e-6, atol=1e-7)
        assert np.all(exact[f"{name}_var"] < 1e-25)


def test_float32_follows_float64():
    point = {"noise": 0.3, "dim": 4}
    single, double = (
        states(goal_drift, 1.3, [0.5, 3.0], dtype=dtype, **point)["goal"] for dtype in ("float32", "float64")
    )
    assert 0.0 < np.abs(single - double).max() < 3e-6


POINTS = (
    {"dim": 3, "growth": 0.8, "noise": 0.5, "width": 0.3, "weight_decay": 0.2},
    {"dim": 2, "growth": 2.0, "noise": 1.0, "pull": 3.0, "initial_capability": 0.5},
    {"dim": 16, "growth": 0.1, "noise": 0.2, "pull": 0.5, "weight_decay": 1.0},
)


@pytest.mark.parametrize("point", POINTS)
def test_against_the_stepped_integrator(point):
    """Means, variances, the covariance of two times and the whole law of the cosine, at 128 steps of weak order 2."""
    n, names = 4000, ("alignment", "base_component", "learned_fraction", "distance_to_base", "cosine_to_start")
    exact, stepped = (
        simulate(
            goal_drift.experiment(times=[0.7, 2.5], method=method, measures=names), replicates=n, seed=seed,
            keep="samples", discretization=False, **point,
        )
        for method, seed in (("exact", 1), ("stepped", 2))
    )  # fmt: skip
    for name in names:
        one, other = exact[f"{name}_samples"].values, stepped[f"{name}_samples"].values
        assert np.all(np.abs(one.mean(0) - other.mean(0)) < Z * np.sqrt((one.var(0) + other.var(0)) / n))
        squares = [(z - z.mean(0)) ** 2 for z in (one, other)]
        assert np.all(np.abs(squares[0].mean(0) - squares[1].mean(0)) < Z * np.sqrt(sum(q.var(0) for q in squares) / n))
        products = [(z - z.mean(0)).prod(1) for z in (one, other)]
        assert abs(products[0].mean() - products[1].mean()) < Z * np.sqrt(sum(p.var() for p in products) / n)
        assert all(ks_2samp(one[:, at], other[:, at]).pvalue > EVEN for at in range(2))


def test_a_wrong_noise_of_two_per_cent_is_told_apart():
    """The comparison above has the power to see it: the variance of a component is off by 4 %."""
    n = 40_000
    made = goal_drift.experiment(times=[2.5], method="exact", measures=("base_component",))
    right, wrong = (simulate(made, replicates=n, seed=seed, noise=noise) for seed, noise in ((1, 0.5), (2, 0.51)))
    gap = float(wrong.base_component_var[0] / right.base_component_var[0] - 1)
    assert gap > Z * np.sqrt(4 / n) / 2
    assert abs(gap - 0.0404) < Z * np.sqrt(4 / n)


def test_the_autocovariance_is_what_is_kept_of_the_variance():
    """With an open gate Cov(g(t1), g(t2)) = e^{-(t2 - t1)} Var g(t1), component by component."""
    n, noise = 40_000, 0.6
    made = goal_drift.experiment(times=[0.5, 1.2], method="exact", measures=("goal",))
    found = simulate(made, replicates=n, keep="samples", dim=2, noise=noise, threshold=1e9).goal_samples.values
    variances = noise**2 * -np.expm1(-2 * np.array([0.5, 1.2])) / 2
    for component in range(2):
        one, two = found[:, :, component].T
        error = np.sqrt(variances.prod() / n)
        assert abs(np.cov(one, two)[0, 1] - np.exp(-0.7) * variances[0]) < Z * error * np.sqrt(2)
    assert abs(np.cov(found[:, 0, 0], found[:, 1, 1])[0, 1]) < Z * error  # components are independent


def random_motion(seed, cells=3, size=3):
    generator = np.random.default_rng(seed)
    return Motion(generator.normal(size=(cells, size, size)) - 2 * np.eye(size),
                  generator.normal(size=(cells, size)), generator.uniform(0.1, 1, (cells, size)))  # fmt: skip


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
def test_coupled_traits_against_lyapunov(scale):
    """V(t) = S - F S F' and m = (F - 1) A^-1 a, where A S + S A' + D = 0: at any stiffness."""
    motion, duration = random_motion(1), np.array([0.3, 2.0, 0.0])
    motion = Motion(scale * motion.matrix, motion.constant, motion.noise)
    found = constant_jump(motion, duration)
    for cell in range(3):
        matrix, noise = motion.matrix[cell], motion.noise[cell]
        keep = expm(matrix * duration[cell])
        final = solve_continuous_lyapunov(matrix, -np.diag(noise**2))
        shift = (keep - np.eye(3)) @ np.linalg.solve(matrix, motion.constant[cell])
        np.testing.assert_allclose(found.keep[cell], keep, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(found.shift[cell], shift, rtol=1e-6, atol=1e-11)
        size = np.abs(final).max()
        variance = found.root[cell] @ found.root[cell].T
        np.testing.assert_allclose(variance, final - keep @ final @ keep.T, rtol=1e-9, atol=1e-12 * size)


@pytest.mark.parametrize("t", [1e-9, 1e-3, 1.0, 1e6])
def test_an_integrated_brownian_motion_keeps_its_digits(t):
    """V = [[t, t^2/2], [t^2/2, t^3/3]]: its two scales are t^2 apart."""
    motion = Motion(np.array([[[0.0, 0.0], [1.0, 0.0]]]), np.zeros((1, 2)), np.array([[1.0, 0.0]]))
    exact = np.array([[t, t**2 / 2], [t**2 / 2, t**3 / 3]])
    found = constant_jump(motion, np.array([t])).root[0]
    np.testing.assert_allclose(found @ found.T, exact, rtol=1e-9)
    if t < 10:
        found = moving_jump(lambda _: motion, 2.0, 2.0 + t).root[0]
        np.testing.assert_allclose(found @ found.T, exact, rtol=1e-6 if t < 1e-6 else 1e-9)


@pytest.mark.parametrize(("size", "width"), [(1.0, 1e-4), (1e-9, 0.3)])
def test_coupled_traits_that_change(size, width):
    """Against many short transitions of the motion held still at each one's middle, whatever the unit of the traits."""

    def motion(time):
        gate = expit((1 - time) / width)
        matrix = np.array([[[-gate, gate], [0.5, -0.5 - gate]]])
        return Motion(matrix, size * np.array([[1.0, gate]]), size * np.array([[gate, 0.7]]))

    edges = np.unique(np.concatenate([np.linspace(0.2, 2, 400), 1 + width * np.linspace(-30, 30, 400)]))
    edges = edges[(edges >= 0.2) & (edges <= 2)]
    middles = [motion(time) for time in (edges[1:] + edges[:-1]) / 2]
    held = Motion(
        *(np.concatenate([getattr(one, part) for one in middles]) for part in ("matrix", "constant", "noise"))
    )
    steps = constant_jump(held, np.diff(edges))
    keep, shift, variance = np.eye(2), np.zeros(2), np.zeros((2, 2))
    for f, moved, root in zip(steps.keep, steps.shift, steps.root, strict=True):
        keep, shift, variance = f @ keep, f @ shift + moved, f @ variance @ f.T + root @ root.T
    found = moving_jump(motion, 0.2, 2.0)
    np.testing.assert_allclose(found.keep[0], keep, rtol=3e-5)
    np.testing.assert_allclose(found.shift[0], shift, rtol=3e-5)
    np.testing.assert_allclose(found.root[0] @ found.root[0].T, variance, rtol=3e-5)


def test_a_coupled_law_is_sampled_with_its_moments():
    """x is pulled to a memory that has no noise of its own; both moments from Lyapunov's equation."""
    n, t = 40_000, 1.3
    found = simulate(MEMORY.experiment(times=[t], method="exact", measures=("x", "y")), replicates=n, keep="samples")
    both = np.stack([found.x_samples[:, 0], found.y_samples[:, 0]])
    matrix = np.array([[-1.0, 1.0], [1.0, -1.0]])
    keep = expm(matrix * t)
    # A is singular: the sum x + y is a Brownian motion, the difference relaxes.
    nodes, weights = np.polynomial.legendre.leggauss(30)
    ages = (nodes + 1) * t / 2
    columns = np.array([expm(matrix * age)[:, 0] * 0.5 for age in ages])
    covariance = np.einsum("n,ni,nj->ij", weights * t / 2, columns, columns)
    assert np.all(np.abs(both.mean(1) - keep[:, 0]) < Z * np.sqrt(np.diag(covariance) / n))
    variances = np.diag(covariance)
    errors = np.sqrt((np.outer(variances, variances) + covariance**2) / n)
    assert np.all(np.abs(np.cov(both) - covariance) < Z * errors)


def test_a_noiseless_trait_without_closed_form():
    """Logistic growth c = 1/(1 + 9 e^-t): e^-J = 1/(1 - c0 + c0 e^t), and the path itself, to nine digits."""
    times = np.array([0.3, 2.0, 11.0])
    found = states(GROWING, 0.0, list(times))
    np.testing.assert_allclose(found["c"][0], 1 / (1 + 9 * np.exp(-times)), rtol=1e-10)
    np.testing.assert_allclose(found["x"][0], 1 / (0.9 + 0.1 * np.exp(times)), rtol=1e-9)


def test_every_lane_has_its_own_path():
    """Replicates that draw their parameters and their start move as single ones with those values would."""
    drawn = GROWING.replace(initial={c: Uniform(0.05, 0.3), x: 1.0})
    made = drawn.experiment(times=[1e-9, 1.0], method="exact", measures=("c", "x"))
    found = made.sample(resolve(made.parameters, {"r": Uniform(0.5, 2.0), "s": 0.0}), 30, np.random.default_rng(1))
    start = found["c"][:, 0]
    later = found["c"][:, 1]
    rate = np.log(later / (1 - later) * (1 - start) / start)
    assert np.ptp(rate) > 0.5
    np.testing.assert_allclose(found["x"][:, 1], (1 - start + start * np.exp(rate)) ** (-1 / rate), rtol=1e-7)


def test_vectors_of_rates_and_noises():
    """Every component has its own rate and its own noise, alone and in a coupled block."""
    for normal in (0.0, 1.0):
        alone = states(law({v: k - h * v}, {v: s * h}, {v: 1}), normal, [0.8])["v"][0, 0]
        rate = np.arange(1.0, 4.0)
        mean = np.exp(-0.8 * rate) - np.expm1(-0.8 * rate) / rate
        np.testing.assert_allclose(
            alone, mean + normal * 0.5 * rate * np.sqrt(-np.expm1(-1.6 * rate) / (2 * rate)), rtol=1e-12
        )
    w = Trait("w", dim="dim")
    pair = law({v: -h * (v - w), w: -h * (w - v)}, {v: s, w: s}, {v: 1})
    found = states(pair, 0.0, [0.8])
    np.testing.assert_allclose(found["v"][0, 0] - found["w"][0, 0], np.exp(-1.6 * rate), rtol=1e-11)
    np.testing.assert_allclose(found["v"][0, 0] + found["w"][0, 0], 1.0, rtol=1e-11)


def test_names_do_not_meet():
    """Traits whose names run together keep their coefficients apart."""
    a, b, ab = Trait("a"), Trait("b"), Trait("a_b")
    made = law({a: b - a, b: a - b, ab: -5 * ab}, {a: s, b: s, ab: s}, {a: 1, ab: 1})
    found = states(made, 0.0, [0.5])
    np.testing.assert_allclose(found["a"][0], (1 + np.exp(-1.0)) / 2, rtol=1e-11)
    np.testing.assert_allclose(found["a_b"][0], np.exp(-2.5), rtol=1e-11)


STOPPING = OPENING.replace(absorb={"high": s - c, "late": 2 * k - c}, measures={"c": c, "x": x})


def test_agents_stop_where_the_noiseless_path_does():
    """c = r t reaches s = 0.5 at 0.5; from then on nothing moves, and the law at the stop is that of the time."""
    found = simulate(STOPPING.experiment(times=[0.3, 0.5, 2.0, 5.0], method="exact"), replicates=500, keep="samples")
    assert np.isnan(found.stopping_time[0])
    np.testing.assert_allclose(found.stopping_time[1:], 0.5, rtol=1e-14)
    assert found.route_high.values.tolist() == [0, 1, 1, 1]
    assert found.route_late.values.tolist() == [0, 0, 0, 0]
    frozen = found.x_samples.values[:, 1:]
    assert np.array_equal(frozen, np.repeat(frozen[:, :1], 3, axis=1))
    free = OPENING.replace(measures={"x": x}).experiment(times=[0.3, 0.5], method="exact")
    point = resolve(free.parameters, {})
    stopped = STOPPING.experiment(times=[0.3, 5.0], method="exact", measures=("x",))
    one, other = (made.sample(point, 50, np.random.default_rng(2))["x"] for made in (free, stopped))
    np.testing.assert_allclose(one, other, rtol=1e-12)


def test_stops_by_drawn_thresholds_and_integrated_paths():
    made = STOPPING.experiment(times=[1.0, 3.0], method="exact")
    found = made.sample(resolve(made.parameters, {"s": Uniform(0.2, 5.0), "k": 2.0}), 400, np.random.default_rng(1))
    time, high = found["stopping_time"][:, 1], found["route_high"][:, 1] == 1
    assert np.array_equal(np.isnan(found["stopping_time"][:, 0]), ~(time <= 1.0))
    assert 0.3 < high.mean() < 0.8
    assert np.all(found["route_late"][:, 1] == 0)  # c stops at 4 only
    np.testing.assert_allclose(found["c"][:, 1], np.where(high, time, 3.0), rtol=1e-12)
    assert np.ptp(time[high]) > 2.0
    early = GROWING.replace(absorb={"half": 1 - 2 * c}).experiment(times=[5.0], method="exact", measures=("c",))
    found = early.sample(resolve(early.parameters, {}), 4, np.random.default_rng(1))
    np.testing.assert_allclose(found["stopping_time"], np.log(9.0), rtol=1e-11)


def test_who_has_stopped_at_the_start_never_moves():
    made = STOPPING.replace(initial={c: 3, x: 1}).experiment(times=[0.0, 2.0], method="exact")
    found = made.sample(resolve(made.parameters, {}), 10, np.random.default_rng(1))
    assert np.all(found["x"] == 1.0)
    assert np.all(found["stopping_time"] == 0.0)
    assert np.all(found["route_high"] == 1)  # a tie goes to the first route


def test_the_time_of_a_stop_against_the_stepped_integrator():
    exact, stepped = (
        simulate(STOPPING.experiment(times=[2.0], method=method, steps=64), replicates=4000, s=Normal(1.0, 0.1), k=3.0,
                 seed=seed, discretization=False)
        for method, seed in (("exact", 1), ("stepped", 2))
    )  # fmt: skip
    for name in ("stopping_time", "x", "c"):
        assert abs(exact[name] - stepped[name]) < Z * np.hypot(exact[f"{name}_se"], stepped[f"{name}_se"])
        assert abs(exact[f"{name}_var"] / stepped[f"{name}_var"] - 1) < Z * np.sqrt(4 / 4000) * 1.5


PACKS = {
    "goal_drift": (goal_drift, {}, ("growth", "noise"), {}),
    "reduced": (goal_drift, {"measures": ("alignment", "cosine_to_start"), "reduction": True}, ("growth", "noise"), {}),
    "several": (several_prerequisites, {"measures": ("alignment",)}, ("pull", "noise"), {}),
    "coupled": (MEMORY, {"measures": ("x", "y")}, ("k", "s"), {}),
    "integrated": (FADING, {"measures": ("x", "v")}, ("r", "s"), {}),
    "stopped": (STOPPING, {}, ("r", "s"), {}),
    "drawn": (GROWING, {"measures": ("x", "c")}, ("s",), {"r": Uniform(0.5, 1.0)}),
    "started apart": (goal_drift.replace(initial=goal_drift.initial | {goal_drift.traits[1]: Normal(
        goal_drift.parameter("pull") * goal_drift.parameter("start"), goal_drift.parameter("noise"))}),
        {"measures": ("alignment", "cosine_to_start"), "reduction": True}, ("pull", "noise"), {}),
    "antithetic": (GROWING, {"measures": ("x",), "variance_reduction": "antithetic"}, ("r", "s"), {}),
    "sobol": (FADING, {"measures": ("x",), "variance_reduction": "sobol", "group": 8}, ("r", "s"), {}),
    "single": (goal_drift, {"dtype": "float32", "normals": "mixed"}, ("growth", "noise"), {}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "times"),
    [*((name, [0.3, 1.5]) for name in PACKS), ("goal_drift", None), ("reduced", None), ("drawn", None)],
)
def test_a_pack_is_its_points_side_by_side(name, times):
    """The same bytes whatever the company, and the same numbers as alone, up to rounding."""
    model, options, varied, fixed = PACKS[name]
    made = model.experiment(times=times, method="exact", **options)
    clock = {} if times else {"time": 1.0}
    values = (0.4, 0.9, 1.7)
    points = [
        resolve(made.parameters, fixed | dict.fromkeys(varied, z) | {n: z * t for n, t in clock.items()})
        for z in values
    ]

    def packed(order):
        generators = [np.random.default_rng(number) for number in order]
        return dict(zip(order, made.pack([points[n] for n in order], 8, generators), strict=True))

    together, turned = packed((0, 1, 2)), packed((2, 0))
    for number, point in enumerate(points):
        alone = made.sample(point, 8, np.random.default_rng(number))
        for other in (packed((number,))[number], *([turned[number]] if number != 1 else [])):
            assert all(np.array_equal(other[q], together[number][q], equal_nan=True) for q in alone)
        for measure, expected in alone.items():
            rounding = 1e-12 if made.identity["dtype"] == "float64" else 1e-5
            np.testing.assert_allclose(together[number][measure], expected, rtol=rounding, atol=rounding)


def test_what_cannot_be_drawn_exactly_says_why():
    noisy = law({c: r * c, x: -c * x}, {c: s, x: s}, {c: 1})
    with pytest.raises(
        ValueError, match="law has no exact transitions: x: its drift is not affine in c; pass method='st"
    ):
        noisy.experiment(method="exact")
    stops = goal_drift.replace(absorb={"near": total(goal_drift.traits[1] ** 2) - 1})
    with pytest.raises(ValueError, match="route near: depends on goal, whose noise decides when an agent stops"):
        stops.experiment(method="exact")
    with pytest.raises(ValueError, match="method: got 'exakt'; did you mean 'exact'"):
        goal_drift.experiment(method="exakt")
    assert noisy.experiment().identity["method"] == "stepped"
    assert goal_drift.experiment().identity["method"] == "exact"


def test_a_coefficient_that_is_not_resolved_stops_the_run_in_one_line():
    wild = law({c: r, x: sympy.sin(10**8 * c) - x}, {x: s}, {}, {"x": x})
    with pytest.raises(ArithmeticError, match=r"^x: its coefficients .*; pass method='stepped'$"):
        simulate(wild.experiment(times=[3.0], method="exact"), replicates=4)
