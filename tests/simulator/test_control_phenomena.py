"""Twins of phenomena that are no law: exact shares of circuits, and updates without normalization."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import simulate
from simulator.estimate import CONTROL
from simulator.experiment import twin_of
from simulator.models.goal_drift import goal_drift
from simulator.models.grokking import grokking
from simulator.models.probe_selection import unnormalized
from simulator.models.probe_selection.rollouts import rollouts
from simulator.models.succession.blend import _look, pursued
from simulator.models.succession.deviations import deviations
from simulator.models.succession.shares import softmax
from simulator.parameter import resolve

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; about 60 in this file: 4e-5 in all
CIRCUITS = {"circuits": 3, "presence": [1.0, 0.5, 0.0], "quality": [0.0, 0.6, 1.0], "dim": 4, "time": 1.0}


def test_deviations_of_shares_are_the_slopes_of_their_measures():
    generator = np.random.default_rng(0)
    start, noise = generator.standard_normal((2, 5, 7))
    goals = generator.standard_normal((5, 4, 7))
    goals /= np.sqrt((goals**2).sum(axis=1, keepdims=True))
    first, e = np.argmax(start, axis=0), 1e-5
    up, down = (_look(softmax(start, scale * noise, 1.0), first, goals) for scale in (e, -e))
    found = deviations(softmax(start, noise, 0.0), noise, first, goals)
    assert found.keys() == {"leader_share", "first_share", "blend_overlap", "blend_to_first", "blend_to_leader"}
    for name, values in found.items():
        np.testing.assert_allclose(values, (up[name] - down[name]) / (2 * e), rtol=1e-6, atol=1e-9)


def test_exact_shares_gain_where_noise_decides_and_keep_the_mean():
    made = pursued(times=(0.5, 1.0), measures=("leader_share", "first_share", "blend_overlap"))
    point = {**CIRCUITS, "noise": 0.1}
    del point["time"]
    twin = simulate(made, replicates=2048, control=True, discretization=False, **point)
    plain = simulate(made, replicates=2**14, seed=1, discretization=False, **point)
    assert twin.attrs["control"] == "exact share"
    assert np.all(twin.first_share_reduction > 100.0)
    for name in made.measures:
        both = np.hypot(twin[f"{name}_se"], plain[f"{name}_se"])
        assert np.all(np.abs(twin[name] - plain[name]) < Z * both), name


def test_shares_without_noise_have_nothing_to_adjust():
    made = pursued(measures=("first_share",), method="stepped")
    samples = made.twin.sample(resolve(made.parameters, {"noise": 0.0}), 16, np.random.default_rng(0))
    assert not np.any(samples["first_share" + CONTROL])


@pytest.mark.parametrize("noise", ["normal", "laplace"])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_unnormalized_updates_less_their_means_have_none(noise, correlation):
    made = rollouts("group_normalized", noise=noise)
    point = resolve(made.parameters, {"correlation": correlation, "readout_noise": 0.7, "group_size": 6})
    samples = made.twin.sample(point, 2**14, np.random.default_rng(2))
    for name in made.measures:
        array = samples[name + CONTROL][:, 0]
        assert abs(array.mean()) < Z * array.std() / 2**7, name


@pytest.mark.parametrize(("learner", "least"), [("group_normalized", 8.0), ("softmax", 50.0), ("truncation", 2.0)])
def test_updates_gain_and_keep_their_means(learner, least):
    made = rollouts(learner, measures=("misbehavior_change", "evasion_change"))
    twin = simulate(made, replicates=2048, control=True)
    plain = simulate(made, replicates=2**14, seed=1)
    for name in made.measures:
        assert twin[f"{name}_reduction"] > least
        assert abs(twin[name] - plain[name]) < Z * np.hypot(twin[f"{name}_se"], plain[f"{name}_se"])
    measured = made.sample(resolve(made.parameters, {}), 64, np.random.default_rng(0))
    again = made.twin.sample(resolve(made.parameters, {}), 64, np.random.default_rng(0))
    assert all(np.array_equal(measured[name], again[name]) for name in measured)


def test_a_wrong_mean_of_the_update_is_found_out(monkeypatch):
    right = unnormalized._mean
    monkeypatch.setattr(unnormalized, "_mean", lambda size, point: tuple(1.02 * one for one in right(size, point)))
    made = rollouts("group_normalized", measures=("misbehavior_change",))
    wrong = simulate(made, replicates=2**15, control=True)
    monkeypatch.undo()
    plain = simulate(made, replicates=2**17, seed=1)
    both = np.hypot(wrong.misbehavior_change_se, plain.misbehavior_change_se)
    assert abs(wrong.misbehavior_change - plain.misbehavior_change) > Z * both


def test_what_has_no_twin_says_why():
    for subject, says in (
        (rollouts("natural"), "made of the unnormalized one"),
        (rollouts("gradient"), "left to chance"),
        (rollouts("softmax", dtype="float32"), "single precision"),
        (goal_drift.experiment("flow"), "without noise"),
        (goal_drift.experiment("moments"), "without noise"),
        (grokking.experiment(), "no noise"),
    ):
        assert says in twin_of(subject)
    # What a check may use has mean zero by symmetry alone; this mean is known of standard normals.
    assert rollouts("softmax").twin.symmetric == 0
