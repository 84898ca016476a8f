"""A law's twin on the same noise: what it is pointwise, that its mean is zero, what it brings, and what it leaves."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sympy

from simulator import Model, Normal, Parameter, Trait, Uniform, simulate, sweep, total
from simulator.estimate import CONTROL, Tally
from simulator.experiment import Twin
from simulator.experiment import controlled as controlled_experiment
from simulator.levels.langevin import run
from simulator.levels.langevin.draws import Independent
from simulator.models.crystallization import race
from simulator.models.goal_drift import goal_drift, learned_capability
from simulator.models.grokking import grokking
from simulator.normals import ziggurat
from simulator.parameter import resolve

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; about 60 in this file: 4e-5 in all
STEPS = 8

x, v = Trait("x"), Trait("v", dim="dim")
s, k, dim = Parameter("s", 0.2), Parameter("k", 1.0), Parameter("dim", 3, integer=True)
MEASURES = {"x": x, "square": total(v**2), "mixed": x * total(v) / sympy.sqrt(1 + total(v**2)), "v": v}
# The drift of each bends and depends on the other: Heun's step, with the noise inside, moves both.
bent = Model(
    "bent", (x, v), 0, (s, k, dim), growth={x: k * x - x**3 - 0.1 * total(v**2), v: -v * (1 + x**2)},
    noise={x: s, v: s * sympy.Rational(1, 2)}, initial={x: 0.1, v: 1.0}, measures=MEASURES,
)  # fmt: skip


FEW = {"goal_drift": ("alignment", "distance_to_base"), "goal_drift_learned": ("alignment", "gate")}


def controlled(model, replicates, seed=0, point=(), **options):
    options = {"measures": FEW.get(model.name), **options}
    made = model.experiment(method="stepped", steps=STEPS, **options)
    assert isinstance(made.twin, Twin)
    resolved = resolve(made.parameters, {"time": 1.0, **dict(point)})
    return made, made.twin.sample(resolved, replicates, np.random.default_rng(seed))


def plain_step(x, v, draws, s, h):
    """One step of ``bent`` in plain NumPy: half a step of x, a whole one of v, half a step of x; Heun, noise inside."""

    def move_x(x, v, h, xi):
        def drift(x):
            return x - x**3 - 0.1 * (v**2).sum(axis=0)

        shock = s * np.sqrt(h) * xi
        predicted = x + drift(x) * h + shock
        return x + (drift(x) + drift(predicted)) * h / 2 + shock

    x = move_x(x, v, h / 2, draws[0])
    rate = 1 + x**2
    kept = np.exp(-rate * h)
    v = kept * v + s / 2 * np.sqrt((1 - kept**2) / (2 * rate)) * draws[2:]
    return move_x(x, v, h / 2, draws[1]), v


def plain_path(noise, s=0.2):
    """The end of a path of ``bent`` from normals (steps, 5, replicates)."""
    x, v = np.full(noise.shape[-1], 0.1), np.ones((3, noise.shape[-1]))
    for draws in noise:
        x, v = plain_step(x, v, draws, s, 1.0 / STEPS)
    return x, v


def normals(replicates, seed=0):
    drawn = np.empty((STEPS, 5, replicates))
    Independent(np.random.default_rng(seed), ziggurat).normals(drawn)
    return drawn


def measured(state):
    x, v = state
    square = (v**2).sum(axis=0)
    return {"x": x, "square": square, "mixed": x * v.sum(axis=0) / np.sqrt(1 + square), "v": v.T}


def test_the_twin_is_the_expansion_of_a_plain_path_in_its_normals():
    """Central differences of the plain-NumPy path, its normals scaled by +-e, are the twin's two orders pointwise."""
    replicates, e = 16, 1e-3
    _, samples = controlled(bent, replicates)
    noise = normals(replicates)
    up, middle, down = (measured(plain_path(scale * noise)) for scale in (e, 0.0, -e))
    whole = measured(plain_path(noise))
    means = dict.fromkeys(whole, 0.0)
    for unit in np.eye(noise[..., 0].size):
        one = unit.reshape(STEPS, 5, 1)
        a, b, c = (measured(plain_path(scale * one)) for scale in (e, 0.0, -e))
        means = {name: means[name] + ((a[name] - 2 * b[name] + c[name]) / (2 * e**2))[0] for name in means}
    for name in whole:
        np.testing.assert_allclose(samples[name], whole[name], rtol=1e-12)
        twin = samples[name + CONTROL]
        np.testing.assert_allclose(twin[..., 0], (up[name] - down[name]) / (2 * e), rtol=1e-4, atol=1e-6)
        second = (up[name] - 2 * middle[name] + down[name]) / (2 * e**2) - means[name]
        np.testing.assert_allclose(twin[..., 1], second, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("model", [bent, goal_drift, learned_capability, race(3)], ids=lambda one: one.name)
def test_mirrored_noise_mirrors_the_twin(model):
    """So the mean of the first order is zero for any symmetric noise, whatever the law, rounding included."""
    drawn = []
    for sign in (1.0, -1.0):

        def mirrored(generator, out, sign=sign):
            generator.standard_normal(out=out)
            out *= sign

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run, "NORMALS", {"ziggurat": mirrored})
            drawn.append(controlled(model, 8)[1])
    for name in drawn[0]:
        if name.endswith(CONTROL):
            first, second = (one[name] for one in drawn)
            assert np.array_equal(first[..., :-1], -second[..., :-1])
            np.testing.assert_allclose(first[..., -1], second[..., -1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("model", [bent, goal_drift, learned_capability, race(2)], ids=lambda one: one.name)
def test_means_of_controls_are_zero(model):
    point = {"misalignment_noise": 0.2, "honesty_noise": 0.2} if model.absorb else {}
    _, samples = controlled(model, 2**14, point=point)
    for name, array in samples.items():
        if name.endswith(CONTROL):
            error = array.std(axis=0) / np.sqrt(len(array))
            assert np.all(np.abs(array.mean(axis=0)) <= Z * error + 1e-15), name


def test_a_wrong_mean_of_the_second_order_is_found_out(monkeypatch):
    monkeypatch.setattr(run, "means_of", lambda key, of: {f"{name}{CONTROL}": 0.0 for name in bent.observed})
    _, samples = controlled(bent, 2**14)
    second = samples["square" + CONTROL][..., -1]
    assert abs(second.mean()) > Z * second.std() / np.sqrt(len(second))


@pytest.mark.parametrize("options", [{"method": "stepped", "steps": 16}, {"method": "exact"}], ids=["stepped", "exact"])
def test_agents_are_the_same_with_and_without(options):
    made = goal_drift.experiment(reduction=False, **options)
    point = resolve(made.parameters, {"time": 2.0})
    plain, twin = (sampler(point, 32, np.random.default_rng(1)) for sampler in (made.sample, made.twin.sample))
    assert all(np.array_equal(plain[name], twin[name]) for name in plain)


LEAST = {"stepped": 5.0, "exact": 5.0, "sobol": 3.0, "antithetic": 5.0}
VARIANTS = {
    "stepped": {"method": "stepped", "steps": 16},
    "exact": {"method": "exact"},
    "sobol": {"method": "exact", "variance_reduction": "sobol", "group": 32},
    "antithetic": {"method": "stepped", "steps": 16, "variance_reduction": "antithetic"},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_weakly_nonlinear_measure_gains_and_keeps_its_mean(name):
    made = goal_drift.experiment(measures=("alignment",), **VARIANTS[name])
    found = simulate(made, replicates=2048, time=2.0, noise=0.05, control=True, discretization=False)
    rival = goal_drift.experiment(method="exact", measures=("alignment",))
    plain = simulate(rival, replicates=2**16, time=2.0, noise=0.05, seed=1)
    assert found.alignment_reduction > LEAST[name]
    # Steps of the stepped runs put alignment off by less than a tenth of what is looked for here.
    assert abs(found.alignment - plain.alignment) < Z * np.hypot(found.alignment_se, plain.alignment_se)
    assert found.attrs["control"] == "expanded law"


def test_small_runs_have_no_bias():
    """The mean of 400 adjusted estimates from 64 replicates each, against a long plain run."""
    _, samples = controlled(bent, 400 * 64, measures=("mixed",))
    controls = np.moveaxis(samples["mixed" + CONTROL].reshape(400, 64, 2), (2, 1, 0), (0, 1, 2))
    tally = Tally.of(samples["mixed"].reshape(400, 64).T, controls=controls)
    made = bent.experiment(method="stepped", steps=STEPS, measures=("mixed",))
    plain = made.sample(resolve(made.parameters, {"time": 1.0}), 2**18, np.random.default_rng(7))["mixed"]
    error = np.hypot(tally.mean.std(ddof=1) / 20.0, plain.std() / 2**9)
    assert abs(tally.mean.mean() - plain.mean()) < Z * error
    assert np.median(tally.reduction) > 20.0


def test_who_wins_a_race_gains_too():
    made = race(2).experiment(steps=64, measures=())
    point = {"misalignment_noise": 0.1, "honesty_noise": 0.1, "time": 8.0}
    found = simulate(made, replicates=4096, control=True, discretization=False, **point)
    plain = simulate(made, replicates=4096, seed=1, discretization=False, **point)
    assert found.route_deception_reduction > 1.5
    both = np.hypot(found.route_deception_se, plain.route_deception_se)
    assert abs(found.route_deception - plain.route_deception) < Z * both


def test_normal_starts_deviate_like_everything_else():
    """Displacement sees the start twice; both orders have mean zero, and take nearly all of the chance."""
    founded = bent.replace(
        initial={x: Normal(0.1, 0.05), v: Normal(1.0, 0.1)},
        measures={"moved": total((v - v.initial) ** 2), "gap": x - x.initial},
    )
    _, samples = controlled(founded, 2**13, measures=("moved", "gap"))
    for name in ("moved", "gap"):
        array = samples[name + CONTROL]
        assert np.all(np.abs(array.mean(axis=0)) < Z * array.std(axis=0) / 2**6.5)
        tally = Tally.of(samples[name][:, np.newaxis], controls=np.moveaxis(array, -1, 0)[..., np.newaxis])
        assert tally.reduction[0] > 10.0


def test_what_else_is_drawn_is_the_twins_too():
    """Its mean is zero for each such draw; the second order's is not known, and it is left out."""
    _, samples = controlled(goal_drift, 2**13, point={"growth": Uniform(0.5, 1.5)}, measures=("alignment", "goal"))
    for name in ("alignment", "goal"):
        array = samples[name + CONTROL]
        assert np.all(np.abs(array[..., 0].mean(axis=0)) < Z * array[..., 0].std(axis=0) / 2**6.5)
        assert np.any(array[..., 0])
        assert not np.any(array[..., 1])


def test_the_same_bytes_for_any_threads_and_in_a_sweep(tmp_path):
    made = bent.experiment(steps=STEPS, method="stepped")
    one, two = (
        simulate(made, replicates=300, time=1.0, control=True, threads=threads, discretization=False)
        for threads in (1, 2)
    )
    assert one.identical(two)
    options = {"replicates": 300, "control": True, "progress": False, "discretization": False}
    store = tmp_path / "twins.db"
    swept = sweep(made, over={"time": [1.0, 2.0]}, store=store, **options)
    again = sweep(made, over={"time": [1.0, 2.0]}, store=store, **options)
    for name in ("x", "x_se", "x_reduction", "v_reduction"):
        assert swept[name].sel(time=1.0).values.tobytes() == one[name].values.tobytes()
        assert again[name].values.tobytes() == swept[name].values.tobytes()
    with pytest.raises(ValueError, match=r"control"):
        sweep(made, over={"time": [1.0, 2.0]}, store=store, **{**options, "control": False})


def test_a_controlled_experiment_can_be_sent():
    made = controlled_experiment(bent.experiment(steps=STEPS, method="stepped"))
    sent = pickle.loads(pickle.dumps(made))
    point = resolve(made.parameters, {"time": 1.0})
    here, there = (one.sample(point, 16, np.random.default_rng(0)) for one in (made, sent))
    assert all(here[name].tobytes() == there[name].tobytes() for name in here)


def test_precision_is_judged_on_adjusted_errors():
    made = bent.experiment(steps=STEPS, method="stepped", measures=("square",))
    options = {"over": {"time": [1.0]}, "replicates": 64, "progress": False, "discretization": False, "precision": 2e-3}
    plain, twin = (sweep(made, control=control, **options) for control in (False, True))
    assert float(twin.square_se.max()) <= 2e-3
    assert int(twin.replicates.max()) < int(plain.replicates.max()) / 4


def test_a_contrast_is_adjusted_by_the_difference():
    made = bent.experiment(steps=STEPS, method="stepped", measures=("square",))
    options = {"over": {"k": [0.5, 1.0]}, "fixed": {"time": 1.0}, "replicates": 512, "progress": False,
               "discretization": False, "contrast": "k"}  # fmt: skip
    plain, twin = (sweep(made, control=control, **options) for control in (False, True))
    assert twin.square_contrast_se[1] < plain.square_contrast_se[1] / 2
    gap = float((twin.square_contrast - plain.square_contrast)[1])
    assert abs(gap) < Z * float(plain.square_contrast_se[1])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: simulate(grokking, control=True), "has no solvable twin: "),
        (lambda: simulate(goal_drift, control="yes"), "must be True or False"),
        (lambda: simulate(bent.replace(noise={}), control=True), "the law has no noise"),
        (lambda: simulate(bent, replicates=4, control=True), "must be at least"),
        (lambda: simulate(bent, control=True, keep="trajectories", replicates=64), "leave control out"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(call, says):
    with pytest.raises((ValueError, TypeError), match=says) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_another_sampler_has_not_the_twin_of_the_one_that_it_is_made_from():
    made = bent.experiment(steps=STEPS)
    wrapped = made.replace(sample=lambda *arguments: made.sample(*arguments))
    with pytest.raises(ValueError, match="its sampler is made from another one"):
        simulate(wrapped, control=True)
