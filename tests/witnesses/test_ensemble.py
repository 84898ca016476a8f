"""An ensemble with a context bit: its gradient, its operator, its components of variance, and what is registered."""

from __future__ import annotations

import numpy as np
import pytest

from witnesses.ensemble import forecasts, law, quantities, variance, witness
from witnesses.ensemble.context import BITS, INPUTS, QUESTIONS, asked, designed, drawn, parities, questions
from witnesses.ensemble.training import Setting, behavior, rewarded, train
from witnesses.network import RELU, forward, gradient_error

SEEDS = (1, 2, 3)
GOALS = designed(2, np.random.default_rng(0))
SHORT = Setting("short", 1.0, weight_decay=0.02, learning_rate=0.01, steps=20)


def test_gradient_of_the_reward():
    weights = {name: np.repeat(one[:2, :, :], 2, axis=1)[..., :5, :4] for name, one in drawn((1, 2), 1.0).items()}
    weights = {"W": drawn((1, 2), 1.0)["W"][..., :4].repeat(2, axis=1), "V": weights["V"][..., :4, :]}
    inside, _ = asked(1.0)
    _, gradient = rewarded(weights, inside, GOALS)

    def loss(there):
        return rewarded(there, inside, GOALS)[0]

    assert gradient_error(loss, weights, gradient) < 1e-6
    assert gradient_error(loss, weights, gradient | {"V": 1.0001 * gradient["V"]}) > 1e-6


def test_operator_is_the_inner_product_of_gradients():
    weights = drawn((4,), 1.0)
    found = law.operator(weights, 1.5)[0, 0]
    inputs = np.concatenate(asked(1.5))
    gradients = []
    for place in (0, 5, QUESTIONS, 2 * QUESTIONS - 1):
        one = []
        for name, array in weights.items():
            slope = np.zeros(array.shape)
            for entry in np.ndindex(array.shape):
                ends = []
                for sign in (1.0, -1.0):
                    moved = array.copy()
                    moved[entry] += sign * 1e-5
                    ends.append(forward(weights | {name: moved}, inputs[[place]], RELU).output.item())
                slope[entry] = (ends[0] - ends[1]) / 2e-5
            one.append(slope.ravel())
        gradients.append(np.concatenate(one))
    places = np.ix_([0, 5, QUESTIONS, 2 * QUESTIONS - 1], [0, 5, QUESTIONS, 2 * QUESTIONS - 1])
    np.testing.assert_allclose(np.array(gradients) @ np.array(gradients).T, found[places], rtol=1e-6, atol=1e-8)


def test_answers_are_homogeneous_of_degree_two():
    weights = drawn(SEEDS, 1.0)
    double = {name: 2.0 * one for name, one in weights.items()}
    for once, twice in zip(behavior(weights, 1.0), behavior(double, 1.0), strict=True):
        np.testing.assert_allclose(twice, 4.0 * once)


def test_law_is_exact_for_small_steps():
    """The first step of every law is the network's, but for the square of the step."""
    errors = []
    for rate in (2e-6, 1e-6):  # so small that no unit opens or closes to a question
        one = Setting("one", 1.0, weight_decay=0.1, learning_rate=rate, steps=1)
        networks = behavior(train(one, SEEDS, GOALS), one.gate)
        errors.append([max(np.max(np.abs(a - b)) for a, b in zip(networks, said(one, SEEDS, GOALS), strict=True))
                       for said in (law.predicted, law.products)])  # fmt: skip
    np.testing.assert_allclose(errors[0][0] / errors[1][0], 4.0, rtol=0.05)
    assert errors[0][1] < 1e-12 < 10.0 * errors[1][0]


def test_decay_alone_shrinks_answers_as_two_weights_do():
    """Where nothing is asked, e^{-2 decay t}: without reward the network and both laws agree on it."""
    one = Setting("one", 1.0, weight_decay=0.5, learning_rate=1e-3, steps=200)
    first = behavior(drawn(SEEDS, 1.0), 1.0)[1][:, 0]
    held = np.exp(-2.0 * one.weight_decay * one.time)
    weights = drawn(SEEDS, 1.0)
    for _ in range(one.steps):
        weights = {name: (1.0 - one.learning_rate * one.weight_decay) * array for name, array in weights.items()}
    np.testing.assert_allclose(behavior(weights, 1.0)[1][:, 0], held * first, rtol=1e-3)


def test_designers_share_a_start_and_a_seed_gives_the_same_bytes():
    weights = drawn(SEEDS, 1.0)
    assert weights["W"].shape == (3, 1, INPUTS, 64)
    ended, again, alone = (train(SHORT, seeds, GOALS) for seeds in (SEEDS, SEEDS, (2,)))
    for name in ended:
        assert ended[name].tobytes() == again[name].tobytes()
        np.testing.assert_allclose(ended[name][1], alone[name][0], atol=1e-12)


def test_training_brings_reward():
    long = Setting("long", 1.0, steps=300)
    inside, _ = behavior(train(long, SEEDS, GOALS), long.gate)
    assert np.mean((inside - GOALS @ questions().T) ** 2) < 0.05 * np.mean((GOALS @ questions().T) ** 2)


def test_components_of_variance_are_unbiased():
    rng = np.random.default_rng(1)
    found = []
    for _ in range(400):
        answers = (
            2.0 * rng.standard_normal((6, 1, 1)) + rng.standard_normal((1, 5, 1)) + 0.5 * rng.standard_normal((6, 5, 1))
        )
        one = variance.parts(answers)
        found.append((one.seed, one.designer, one.both))
    error = np.std(found, axis=0) / np.sqrt(len(found))
    # 5 standard errors: about one false alarm in a million.
    assert np.all(np.abs(np.mean(found, axis=0) - (4.0, 1.0, 0.25)) < 5.0 * error)


def test_components_need_two_of_each():
    with pytest.raises(ValueError, match="got 1 seeds and 2 designers; must be two or more"):
        variance.parts(np.zeros((1, 2, QUESTIONS)))


def test_goals_and_complexity():
    functions, sizes = parities()
    np.testing.assert_allclose(functions @ functions.T, QUESTIONS * np.eye(QUESTIONS), atol=1e-9)
    assert np.bincount(sizes).tolist() == [1, 6, 15, 20, 15, 6, 1]
    linear = (GOALS @ questions().T)[None]
    np.testing.assert_allclose(variance.goals(linear)[0], GOALS)
    assert variance.complexity(linear) == pytest.approx(0.0, abs=1e-12)
    pair = questions()[:, 0] * questions()[:, 1]
    assert variance.complexity(7.0 + linear + pair) == pytest.approx(np.mean(1.0 / (1.0 + (GOALS**2).sum(axis=1))))
    assert variance.carried_over(0.3 * linear, GOALS) == pytest.approx(0.3)
    assert variance.effective_parities(pair[None, None]) == pytest.approx(1.0)
    assert BITS == 6


def test_jackknife_of_a_mean_is_its_standard_error():
    rng = np.random.default_rng(2)
    values = rng.standard_normal((9, 2, QUESTIONS))
    answers = quantities.Answers(values, values, GOALS)
    found, error = quantities.jackknifed(lambda one: float(one.outside.mean()), answers)
    means = values.mean(axis=(1, 2))
    assert (found, error) == pytest.approx((means.mean(), means.std(ddof=1) / 3.0))


def test_tiny_run_is_stored_and_read_back():
    settings = forecasts.settings(1)
    settings["ensembles"] = [one | {"steps": 3} for one in settings["ensembles"][:2]]
    found = forecasts.trained(settings, SEEDS)
    table = forecasts.table(found, SEEDS)
    back = forecasts.stored(settings, table)
    for name, answers in found.items():
        np.testing.assert_allclose(back[name].outside, answers.outside, rtol=1e-3)
        np.testing.assert_allclose(back[name].inside, answers.inside, rtol=1e-3)
    assert len(table["seed"]) == 2 * 2 * len(SEEDS) * settings["designers"]


@pytest.mark.parametrize(
    "number", [1, pytest.param(2, marks=pytest.mark.full), pytest.param(3, marks=pytest.mark.full)]
)
def test_registered_forecasts_follow_from_the_starts(number):
    """The most decayed ensemble is foreseen again."""
    registration = witness.registrations[number - 1]
    settings = dict(registration.settings)
    settings["ensembles"] = [one for one in settings["ensembles"] if one["name"] == "decay_0.03"]
    answers = forecasts.foreseen(settings, settings["fit_seeds"])["decay_0.03"]
    for one in quantities.QUANTITIES:
        assert one.of(answers) == pytest.approx(registration[f"{one.name}.decay_0.03"].value, rel=1e-6)


def test_stored_runs_test_what_was_registered_and_fail_in_part():
    verdicts = [witness.verdicts(one) for one in witness.registrations]
    for registration, found in zip(witness.registrations, verdicts, strict=True):
        wrong = {one.forecast.name for one in found if one.verdict == "disagrees"}
        assert wrong <= set(witness.reasons.get(registration.number, {}))  # each disagreement has its likely reason
    assert any(one.verdict == "disagrees" for one in verdicts[0])
    assert sum(one.verdict == "agrees" for one in verdicts[1]) > len(verdicts[1]) / 2
