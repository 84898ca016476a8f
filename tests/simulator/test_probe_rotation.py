"""A feature that a probe reads: how it moves in the plane and in R^D, under either learner, with and without noise.

Runs without noise are compared to the integrator's tolerance. Statistical tests are at 5 standard errors (two-sided
6e-7 each) beyond a stated discretization error, at fixed seeds.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import ndtr

from simulator import Normal, Uniform, simulate
from simulator.models.probe_selection.readout import readout
from simulator.models.probe_selection.rotation import (
    angle,
    angle_variance,
    initial_angle,
    initial_strength,
    laws,
    misbehavior,
    punished,
    raw,
    selected,
    selected_plane,
    strength_variance,
    trained,
    trained_plane,
    until_eliminated,
    until_settled,
)
from simulator.models.probe_selection.sphere import walk
from simulator.parameter import resolve

START = {"initial_strength": 1.3, "initial_angle": 0.7}
EASES = {"ease_strength": 0.6, "ease_angle": 0.9}
VARIANCES = {"selection": 30.0, "strength_variance": 0.02, "angle_variance": 0.03}  # 30 times these are the eases
TIMES = [0.3, 0.6, 0.9]


def twin(removal, turning, times, start=(1.3, 0.7)):
    """Integrate dm = -K_m cos(phi), dphi = K_phi(m) m sin(phi) as they are written down, to before the end."""

    def rate(_, z):
        return [-removal * np.cos(z[1]), turning(z[0]) * z[0] * np.sin(z[1])]

    return solve_ivp(rate, (0.0, times[-1]), start, t_eval=times, method="DOP853", rtol=1e-11, atol=1e-13).y


OBLIQUE = {"dim": 3, "probe": [1.0, -2.0, 0.5], "aside": [1.0, 1.0, 3.0]}
CASES = [
    (trained_plane, EASES), (selected_plane, VARIANCES),
    *((law, {**how, "dim": dim}) for law, how in ((trained, EASES), (selected, VARIANCES)) for dim in (2, 16, 512)),
    (trained, {**EASES, **OBLIQUE}),
]  # fmt: skip


@pytest.mark.parametrize(("law", "point"), CASES)
def test_the_law_is_what_it_says(law, point):
    found = simulate(law.experiment("flow", times=TIMES), replicates=2, readout_noise=0.8, **START, **point)
    m, phi = twin(0.6, lambda _: 0.9, TIMES)
    assert phi[-1] < np.pi / 2
    np.testing.assert_allclose(found.misbehavior, m, rtol=1e-8)
    np.testing.assert_allclose(found.cosine, np.cos(phi), rtol=1e-7)
    np.testing.assert_allclose(found.auc, ndtr(m * np.cos(phi) / 0.8 / 2**0.5), rtol=1e-8)
    first = ndtr(1.3 * np.cos(0.7) / 0.8 / 2**0.5)
    np.testing.assert_allclose(found.lost, first - ndtr(1.3 * np.cos(phi) / 0.8 / 2**0.5), rtol=1e-7)
    np.testing.assert_allclose(found.removed, 1.3 - m, rtol=1e-7)
    np.testing.assert_allclose(found.invariant, 0.9 * 1.3**2 + 0.6 * np.log(np.sin(0.7) ** 2), rtol=1e-8)


def test_a_raw_vector_goes_straight_off_the_probe():
    """K_phi = K_m/m^2 is plain gradient descent on f = m u: f moves by -K_m t along the probe, and not across it."""
    found = simulate(raw.experiment("flow", times=TIMES), replicates=2, dim=5, ease_strength=0.6, **START)
    along, across = 1.3 * np.cos(0.7) - 0.6 * np.array(TIMES), 1.3 * np.sin(0.7)
    np.testing.assert_allclose(found.score, along, rtol=1e-8)
    np.testing.assert_allclose(found.misbehavior, np.hypot(along, across), rtol=1e-8)
    np.testing.assert_allclose(found.invariant, across**2, rtol=1e-8)


@pytest.mark.parametrize("law", [law for law in laws if law is not punished], ids=lambda law: law.name)
def test_a_blind_probe_moves_nothing(law):
    found = simulate(law.experiment("flow", times=[1.0, 9.0]), replicates=2, initial_strength=0.8, initial_angle=1.8)
    np.testing.assert_allclose(found.misbehavior, 0.8, rtol=1e-12)
    np.testing.assert_allclose(found.cosine, np.cos(1.8), rtol=1e-9)
    assert np.all(found.reward == 0.0)


def test_a_reward_for_negative_scores_makes_misbehavior_grow():
    """Where -max(S, 0) leaves 0.71 of it for good, -S turns the feature on, and misbehavior grows past its start."""
    point = {"initial_strength": 1.0, "initial_angle": 0.9, "readout_noise": 1.0}
    times = [0.1, 0.5, 1.5, 3.0, 10.0]
    rectified, negative = (
        simulate(law.experiment("flow", times=times), replicates=2, **point) for law in (trained_plane, punished)
    )
    left = np.sqrt(1.0 + 2 * np.log(np.sin(0.9)))
    np.testing.assert_allclose(rectified.misbehavior[2:], left, rtol=1e-6)
    np.testing.assert_allclose(negative.misbehavior[:2], rectified.misbehavior[:2], rtol=1e-8)  # alike until pi/2
    assert np.all(np.diff(negative.misbehavior.values[2:]) > 0.0)
    assert float(negative.misbehavior[3]) > 1.0
    assert float(negative.score[3]) < -1.0
    np.testing.assert_allclose(negative.misbehavior[4] - negative.misbehavior[3], 7.0, rtol=0.01)  # in the end at K_m


def test_selection_has_the_metric_of_variances():
    """Nothing here is told K: individuals with strengths and angles of their own reproduce by exp(2 R) for once.

    The expected changes are -2 sigma_m^2 cos(phi) and 2 sigma_phi^2 m sin(phi), off by curvature below 1 %.
    """
    spread = {"strength_variance": 0.06**2, "angle_variance": 0.03**2}
    law = selected_plane.replace(
        initial={misbehavior: Normal(initial_strength, strength_variance**0.5),
                 angle: Normal(initial_angle, angle_variance**0.5)},
    )  # fmt: skip
    made = law.experiment("population", times=[1], measures=("misbehavior", "angle"))
    found = simulate(made, replicates=256, population=16000, strength=2.0, **START, **spread)
    removed, turned = 1.3 - float(found.misbehavior[0]), float(found.angle[0]) - 0.7
    for change, expected, error in (
        (removed, 2 * 0.06**2 * np.cos(0.7), float(found.misbehavior_se[0])),
        (turned, 2 * 0.03**2 * 1.3 * np.sin(0.7), float(found.angle_se[0])),
    ):
        assert abs(change - expected) < 5 * error + 0.01 * expected
        assert error < 0.015 * expected
    # K inverted would turn sixteen times as much for what it removes.
    assert abs(removed / turned / (4 * np.cos(0.7) / (1.3 * np.sin(0.7))) - 1) < 0.1


# The walk on the sphere


def walked(experiment, replicates, seed=0, **point):
    resolved = resolve(experiment.parameters, point)
    return experiment.sample(resolved, replicates, np.random.default_rng(seed))


@pytest.mark.parametrize("dim", [2, 16, 512])
def test_a_walk_without_noise_is_the_law(dim):
    """Its midpoint steps are of order two: half the step, a quarter of the error."""
    m, phi = twin(0.6, lambda _: 0.9, TIMES)
    errors = []
    for steps in (20, 40):
        found = walked(walk(TIMES), 3, dim=dim, strength_metric=0.6, angle_metric=0.9, steps=steps, **START)
        errors.append([np.abs(found["misbehavior"] - m).max(), np.abs(found["cosine"] - np.cos(phi)).max()])
    assert np.max(errors[1]) < 1e-4
    assert np.all((np.array(errors[0]) / errors[1] > 3.5) & (np.array(errors[0]) / errors[1] < 4.5))


@pytest.mark.parametrize(("strength", "phi"), [(1.3, 0.7), (0.4, 0.5)])
def test_a_walk_ends_where_the_law_does(strength, phi):
    """On either side of the threshold, 0.9 for the first and 0.1 for the second; steps of 0.01."""
    start = {"initial_strength": strength, "initial_angle": phi}
    law = simulate(until_settled(trained).experiment("flow", times=[8.0]), replicates=2, **start)
    found = walked(walk(), 3, dim=8, time=8.0, steps=800, **start)
    np.testing.assert_allclose(found["misbehavior"], law.misbehavior[0], atol=1e-4)
    assert (float(law.misbehavior[0]) < 1e-9) == (strength < 1.0)


def decay_of(experiment, dim, rate, steps, replicates):
    """Return the relative error of E cos(phi) at t = 1, by runs at two steps on one noise, and its own error."""
    resolved = resolve(
        experiment.parameters,
        {"dim": dim, "initial_angle": 0.6, "noise": np.sqrt(2 * rate / (dim - 1)), "time": 1.0, "steps": steps},
    )
    coarse, fine = experiment.refine(resolved, replicates, np.random.default_rng(5))
    difference = (coarse["cosine"] - fine["cosine"]) / (np.cos(0.6) * np.exp(-rate))
    return difference.mean(), difference.std() / np.sqrt(replicates)


def test_noise_is_of_second_order():
    """The difference between steps and half-steps falls fourfold where steps are halved; plain geodesics, twofold."""
    differences = [decay_of(walk(selective=False), 512, 2.0, steps, 3000) for steps in (4, 8)]
    ratio = differences[0][0] / differences[1][0]
    spread = ratio * np.hypot(*(error / value for value, error in differences))
    assert spread < 0.4
    assert abs(ratio - 4.0) < 4 * spread


def test_plain_geodesics_would_be_of_first_order(monkeypatch):
    from simulator.models.probe_selection import sphere

    def plain(path, step, normals):
        along = np.einsum("dr,dr->r", path.direction, normals)
        tangent = normals - along * path.direction
        length = np.sqrt(np.einsum("dr,dr->r", tangent, tangent))
        way = path.parameters["noise"] * np.sqrt(step) * length
        path.direction = np.cos(way) * path.direction + np.sin(way) / length * tangent

    monkeypatch.setattr(sphere._Path, "_shake", plain)
    values = [decay_of(walk(selective=False), 512, 2.0, steps, 1000)[0] for steps in (4, 8)]
    assert values[0] / values[1] < 2.5


def test_features_stay_on_the_sphere_and_spread_alike():
    """After long noise every component has mean 0 and variance 1/D; 5 standard errors each."""
    from simulator.models.probe_selection import sphere

    made = walk(selective=False)
    resolved = resolve(made.parameters, {"dim": 6, "noise": 1.0, "time": 8.0, "steps": 60})
    path = sphere._Path.start(sphere._Plan(None, False), resolved, 20_000)
    generator = np.random.default_rng(3)
    for _ in range(60):
        path.move(8.0 / 60, path.normals(generator))
    np.testing.assert_allclose(np.sum(path.direction**2, axis=0), 1.0, rtol=1e-12)
    assert np.all(np.abs(path.direction.mean(axis=1)) < 5 * np.sqrt(1 / 6 / 20_000))
    # Var(u_i^2) = 2 (D - 1)/(D^2 (D + 2)) on the sphere.
    assert np.all(np.abs((path.direction**2).mean(axis=1) - 1 / 6) < 5 * np.sqrt(2 * 5 / (36 * 8) / 20_000))


@pytest.mark.parametrize("dim", [2, 8])
def test_selection_and_noise_together_by_two_integrators(dim):
    """The walk and the law of a free vector y agree, within 5 standard errors and what a step of each leaves."""
    point = {"dim": dim, "noise": 0.35, "initial_strength": 1.0, "initial_angle": 0.6}
    law = until_eliminated(trained).experiment(times=[1.5], measures=("misbehavior", "score"), steps=120)
    other = simulate(law, replicates=3000, seed=1, **point, ease_strength=0.7, ease_angle=0.8)
    one = simulate(walk([1.5]), replicates=10_000, seed=2, **point, strength_metric=0.7, angle_metric=0.8, steps=40)
    for measure in ("misbehavior", "score"):
        error = np.hypot(float(one[f"{measure}_se"][0]), float(other[f"{measure}_se"][0]))
        assert error < 0.008
        assert abs(float(one[measure][0] - other[measure][0])) < 5 * error + 0.003


def test_in_many_dimensions_noise_is_a_drift_out_of_sight():
    """At (D - 1) sigma^2/2 = 0.5 in R^1000 a feature follows dphi = m sin(phi) + 0.5 cot(phi), within 3/sqrt(D)."""
    times = [0.2, 0.4, 0.6]

    def rate(_, z):
        return [-np.cos(z[1]), z[0] * np.sin(z[1]) + 0.5 / np.tan(z[1])]

    m, phi = solve_ivp(rate, (0.0, 0.6), (1.3, 0.6), t_eval=times, rtol=1e-9, atol=1e-12).y
    found = walked(
        walk(times), 60, dim=1000, noise=np.sqrt(1.0 / 999), initial_strength=1.3, initial_angle=0.6, steps=24
    )
    assert phi[-1] < 1.5
    assert np.abs(found["misbehavior"] - m).max() < 3 / np.sqrt(1000)
    assert np.abs(found["cosine"] - np.cos(phi)).max() < 5 / np.sqrt(1000)
    np.testing.assert_allclose(found["misbehavior"].mean(axis=0), m, atol=0.005)


def test_noise_blinds_sooner_but_never_for_good():
    """Below the threshold, noise leaves more at first, and in the end all is taken, however seldom it is seen."""
    point = {"dim": 8, "initial_strength": 1.0, "initial_angle": 0.8, "strength_metric": 0.5, "steps": 300}
    left = np.sqrt(1.0 + 2 * 0.5 * np.log(np.sin(0.8)))
    found = simulate(walk([0.6, 60.0]), replicates=1000, seed=3, noise=0.5, discretization=False, **point)
    quiet = walked(walk([0.6, 60.0]), 2, **point)["misbehavior"][0]
    early, late = found.misbehavior.values
    assert early > quiet[0] + 5 * float(found.misbehavior_se[0])
    np.testing.assert_allclose(quiet[1], left, atol=0.02)
    assert late < left / 20


def test_what_is_gone_stands_still():
    found = walked(
        walk([1.0, 2.0]), 200, dim=4, noise=1.0, initial_strength=0.05, initial_angle=0.2, steps=100
    )  # fmt: skip
    gone = found["misbehavior"][:, 0] == 0.0
    assert gone.sum() > 100
    assert np.all(found["cosine"][gone, 0] == found["cosine"][gone, 1])
    assert np.all(found["misbehavior"] >= 0.0)


def test_the_same_seed_gives_the_same_bytes():
    made = walk([0.5, 1.0])
    one, two = (simulate(made, replicates=3000, seed=4, threads=threads, noise=0.3) for threads in (1, 2))
    assert one.misbehavior_var.values.tobytes() == two.misbehavior_var.values.tobytes()
    samples = simulate(made, replicates=3000, seed=4, noise=0.3, keep="samples").misbehavior_samples.values[:, 1]
    assert np.unique(samples).size == samples.size


def test_the_score_of_a_readout_is_normal_around_its_feature():
    """AUC is the share of ranked pairs for any direction of the probe, within 5 standard errors."""
    found = simulate(readout.experiment(method="stepped", steps=1), replicates=40_000, seed=6,
                     initial_strength=1.1, initial_angle=0.9, readout_noise=0.7, **OBLIQUE)  # fmt: skip
    expected = ndtr(1.1 * np.cos(0.9) / 0.7 / 2**0.5)
    assert abs(float(found.ranked) - expected) < 5 * np.sqrt(expected * (1 - expected) / 40_000)


@pytest.mark.parametrize(
    ("law", "wrong", "message"),
    [
        (walk(), {"noise": Uniform(0.0, 1.0)}, "noise: got a distribution; must be one number"),
        (walk(), {"dim": 1}, r"dim: got 1; must be finite and in \[2, inf\)"),
        (walk(), {"initial_angle": 4.0}, r"initial_angle: got 4\.0; must be finite and in \[0, 3\.14159\]"),
        (walk(selective=False), {"angle_metric": 1.0}, "unknown parameter 'angle_metric'"),
        (trained, {"initial_strength": -1.0}, "initial_strength: got -1.0; must be finite and in"),
    ],
)
def test_bad_input_is_refused(law, wrong, message):
    with pytest.raises(ValueError, match=message):
        simulate(law, replicates=2, **wrong)


def test_bad_times_are_refused():
    with pytest.raises(ValueError, match=r"times: got \(2, 1\); must be strictly increasing"):
        walk((2, 1))
