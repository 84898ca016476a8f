"""Deep diagonal networks: gradient, seeds, a tiny run, and what noise on the features comes to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from witnesses import network
from witnesses.entrenchment import register, witness
from witnesses.entrenchment.crowding import kept, onset
from witnesses.entrenchment.outcomes import flips
from witnesses.entrenchment.predictions import flip
from witnesses.entrenchment.runs import run
from witnesses.entrenchment.training import Setting, loss, sample, start, train

TINY = Setting(3, age=4.0, examples=128, batch=16, distractors=2)
H, DECAY = (1.2, 0.8), 0.02


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_gradients_are_those_of_finite_differences(depth):
    generator = np.random.default_rng(0)
    setting = Setting(depth, examples=7, distractors=2)
    weights = start(setting, (1.5, 3.0), generator)
    x, y = sample(setting, generator)
    value, gradient = loss(weights, x, y)
    assert value.shape == (2,)
    assert network.gradient_error(lambda moved: loss(moved["u"], x, y)[0], {"u": weights}, {"u": gradient}) < 1e-6


def test_the_start_is_what_was_asked_for():
    setting = Setting(4)
    strengths = start(setting, (1.5, 3.0), np.random.default_rng(0)).prod(axis=0)
    np.testing.assert_allclose(strengths[:, 1] / strengths[:, 0], (1.5, 3.0))
    np.testing.assert_allclose(strengths[:, :2] @ np.array(H), 1.0)
    np.testing.assert_allclose(np.abs(strengths[:, 2:]), 0.1 * strengths[:, :1] * np.ones(6))


def test_a_seed_gives_the_same_run_whatever_runs_beside_it():
    together, alone = train(TINY, (1.4, 6.0), (7, 8)), train(TINY, (1.4, 6.0), (8,))
    np.testing.assert_allclose(together["simple"][:, 1], alone["simple"][:, 0], rtol=1e-12)
    np.testing.assert_array_equal(train(TINY, (1.4,), (7,))["weights"], train(TINY, (1.4,), (7,))["weights"])


def test_a_tiny_network_keeps_what_leads_far_enough():
    found = train(TINY, (1.2, 8.0), (1, 2))["simple"][-1]
    assert np.all(found[:, 0] > 0.6)
    assert np.all(found[:, 1] < 0.4)


def test_flips_are_found_between_head_starts():
    runs = {"seed": np.repeat([1, 2, 3], 3), "head_start": np.tile([1.0, 2.0, 4.0], 3),
            "simple": np.array([0.9, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9, 0.9, 0.9])}  # fmt: skip
    np.testing.assert_allclose(flips(runs, np.ones(9, dtype=bool)), [np.sqrt(8.0), np.sqrt(2.0), 4.0])


@pytest.mark.parametrize("depth", [3, 4, 6])
def test_the_registered_flip_is_where_scores_are_equal(depth):
    from theory.simplification.formulas import winner

    turn = flip(H, depth)
    assert winner([1.0, 0.999 * turn], list(H), depth) == 0
    assert winner([1.0, 1.001 * turn], list(H), depth) == 1


@pytest.mark.parametrize("noise", [0.05, 0.15, 0.4])
def test_noisy_features_settle_where_the_formula_says(noise):
    h = np.array(H)

    def law(_, g):
        return 2.0 * g * (h * (1.0 - h @ g) - noise**2 * g - DECAY)

    end = solve_ivp(law, (0.0, 6000.0), [0.05, 0.9], method="LSODA", rtol=1e-9, atol=1e-12).y[:, -1]
    np.testing.assert_allclose(end, kept(H, DECAY, noise), atol=1e-6)


def test_the_onset_is_where_the_second_feature_comes_in():
    turn = onset(H, DECAY)
    assert kept(H, DECAY, 0.999 * turn)[1] == 0.0
    assert 0.0 < kept(H, DECAY, 1.001 * turn)[1] < 0.01
    assert not kept((0.1, 0.05), 0.2, 0.1).any()


def test_the_stored_outcome_is_made_again_from_its_seed():
    registration = witness.registrations[1]
    stored = witness.data(registration, "runs").where(noise=0.4, seed=registration.seeds[0])
    course = train(Setting(2, 0.4), registration.settings["head_starts"], registration.seeds[:1])
    np.testing.assert_allclose(course["simple"][-1, 0], stored["simple"], rtol=1e-4)


def test_its_tables_have_a_row_a_run():
    registration = witness.registrations[0]
    small = type(registration)(**{**vars(registration), "settings": {
        **registration.settings, "blocks": [[2, 0.0]], "head_starts": [1.2, 8.0], "age": 1.0}})  # fmt: skip
    tables = run(small, (1, 2))
    assert {len(column) for column in tables["runs"].values()} == {4}
    assert set(tables["courses"]["seed"]) == {1, 2}


def test_there_is_no_third_registration_yet():
    with pytest.raises(ValueError, match="number: got 3; must be at most 2"):
        register(3, "0" * 64, "2026-01-01")
