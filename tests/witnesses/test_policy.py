"""A policy that a probe watches: its gradients, its probe, the law from K, and what is registered of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from witnesses.network import TANH, forward, gradient_error, log_softmax
from witnesses.policy import forecasts, gradients, law, metric, probe, quantities, runs, witness
from witnesses.policy.imitation import imitated
from witnesses.policy.measures import angle, class_mean, within
from witnesses.policy.task import ACTIONS, HONEST, PROMPT, SUBTLE, Rollouts, sample
from witnesses.policy.technique import FROZEN, LOSS, NOTHING, PENALTY, RETRAINED, REWARD
from witnesses.policy.training import Schedule, Start, advantage, returns, started, streams, train, update

SEEDS = (1, 2)
SMALL = Schedule(updates=3, groups=4, members=4, learning_rate=0.05, audit=16)


@pytest.fixture(scope="module")
def start() -> Start:
    return started(SEEDS, SMALL)


@pytest.fixture(scope="module")
def batch(start: Start) -> Rollouts:
    return sample(start.task, start.policy, 6, 4, streams(SEEDS, 9))


def log_likelihood(policy, rollouts, credit):
    seen = forward(policy, gradients.flat(rollouts.inputs[..., :-1, :]), TANH).output
    logs = np.take_along_axis(log_softmax(seen), rollouts.actions.reshape(len(seen), -1, 1), -1)
    return (logs[..., 0] * np.broadcast_to(credit, rollouts.actions.shape).reshape(len(seen), -1)).sum()


def test_gradient_of_the_likelihood(start, batch):
    credit = advantage(batch.rewards.mean(axis=-1))[..., None]
    found = gradients.likelihood(start.policy, batch, credit)
    assert gradient_error(lambda weights: log_likelihood(weights, batch, credit), start.policy, found) < 1e-6
    wrong = found | {"V": found["V"] * 1.0001}
    assert gradient_error(lambda weights: log_likelihood(weights, batch, credit), start.policy, wrong) > 1e-6


def test_gradient_through_the_probe(start, batch):
    def penalty(weights):
        return probe.softplus(probe.read(start.probe, weights, batch)).sum()

    credit = probe.sigmoid(probe.read(start.probe, start.policy, batch))
    found = gradients.reading(start.policy, batch, start.probe.direction, credit)
    assert gradient_error(penalty, start.policy, found) < 1e-6
    assert np.all(found["V"] == 0.0)  # a probe reads hidden activations alone


def test_update_in_the_loss_adds_the_gradient_of_the_penalty(start, batch):
    plain, watched = (update(one, SMALL, start, start.policy, start.probe, batch) for one in (NOTHING, LOSS))

    def penalty(weights):
        return sum(probe.softplus(probe.read(start.probe, weights, batch)).mean(axis=(1, 2, 3)))

    moved = {name: (plain[name] - watched[name]) / (SMALL.learning_rate * SMALL.weight) for name in plain}
    assert gradient_error(penalty, start.policy, moved) < 1e-6


def test_probe_is_where_the_penalized_likelihood_is_highest():
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((2, 200, 3))
    labels = rng.random((2, 200)) < probe.sigmoid(hidden @ np.array([1.0, -2.0, 0.5]) + 0.3)
    found = probe.fit(hidden, labels)

    def loss(weights):
        scores = (hidden @ weights["V"])[..., 0] + weights["c"]
        return np.sum(np.logaddexp(0.0, scores) - labels * scores) + 0.5 * probe.RIDGE * np.sum(weights["V"] ** 2)

    there = {"V": found.direction[..., None], "c": found.bias[:, None]}
    for name, one in there.items():
        for place in np.ndindex(one.shape):
            for step in (-1e-3, 1e-3):
                moved = one.copy()
                moved[place] += step
                assert loss(there | {name: moved}) > loss(there)


def test_area_counts_pairs():
    rng = np.random.default_rng(1)
    scores, labels = rng.integers(0, 6, (3, 40)).astype(float), rng.random((3, 40)) < 0.3
    for mine, flags, found in zip(scores, labels, probe.area(scores, labels), strict=True):
        apart = mine[flags][:, None] - mine[~flags]
        assert found == pytest.approx(np.mean((apart > 0) + 0.5 * (apart == 0)))


def test_area_of_one_class_is_nothing():
    assert np.isnan(probe.area(np.zeros((1, 4)), np.zeros((1, 4), dtype=bool)))[0]


def test_advantages_of_a_group_have_no_mean_and_unit_spread():
    found = advantage(np.random.default_rng(2).random((2, 5, 8)))
    np.testing.assert_allclose(found.mean(axis=-1), 0.0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=-1, ddof=1), 1.0)
    assert np.all(advantage(np.ones((1, 2, 4))) == 0.0)


def test_rewards_of_each_technique(start, batch):
    scores = probe.read(start.probe, start.policy, batch)
    cost = SMALL.weight * probe.softplus(scores).mean(axis=-1)
    paid = batch.rewards.mean(axis=-1)
    for technique, expected in ((NOTHING, paid), (LOSS, paid), (REWARD, paid - cost), (PENALTY, -cost)):
        np.testing.assert_allclose(returns(technique, SMALL, start, start.policy, start.probe, batch), expected)
    turned = {name: -one for name, one in start.policy.items()}
    frozen = returns(FROZEN, SMALL, start, turned, start.probe, batch)
    np.testing.assert_allclose(frozen, paid - cost)  # whatever the policy has become
    assert np.any(np.abs(returns(REWARD, SMALL, start, turned, start.probe, batch) - frozen) > 1e-3)


def test_pay_and_traces(start, batch):
    assert set(np.unique(batch.rewards[batch.misbehaving])) == {start.task.payment}
    assert set(np.unique(batch.rewards[~batch.misbehaving])) <= {0.0, 1.0}
    np.testing.assert_allclose(np.linalg.norm(start.task.traces, axis=-1), 1.0)
    assert start.task.traces[0, HONEST] @ start.task.traces[0, SUBTLE] == pytest.approx(0.6)
    seen = batch.inputs[..., 1:, PROMPT:] - start.task.traces[np.arange(2)[:, None, None, None], batch.actions]
    assert np.std(seen) == pytest.approx(start.task.noise, rel=0.1)
    assert np.all(batch.inputs[..., 0, :PROMPT] == batch.inputs[..., :1, 0, :PROMPT])  # a group has one prompt


def test_actions_are_drawn_as_the_softmax_says(start):
    one = {name: array[:1] for name, array in start.policy.items()}
    task = replace(start.task, teacher=start.task.teacher[:1], traces=start.task.traces[:1])
    drawn = sample(task, one, 4000, 1, streams((5,), 0))
    logs = log_softmax(forward(one, gradients.flat(drawn.inputs[..., :1, :]), TANH).output)[0]
    expected = np.exp(logs).mean(axis=0)
    found = np.bincount(drawn.actions[..., 0].ravel(), minlength=ACTIONS) / 4000
    # Each count is a sum of independent draws; 5 standard errors make a false alarm once in a million.
    assert np.all(np.abs(found - expected) < 5.0 * np.sqrt(expected * (1 - expected) / 4000))
    assert not np.all(np.abs(found - np.roll(expected, 1)) < 5.0 * np.sqrt(expected * (1 - expected) / 4000))


def test_same_seed_same_bytes_whatever_other_seeds_run():
    def ended(seeds):
        return train(RETRAINED, seeds, SMALL, lambda *_: None)

    both, again, alone = ended((3, 4)), ended((3, 4)), ended((4,))
    for name in both:
        assert both[name].tobytes() == again[name].tobytes()
        np.testing.assert_allclose(both[name][1], alone[name][0], atol=1e-9)


def test_imitation_brings_skill_and_misbehavior(start):
    drawn = sample(start.task, start.policy, 100, 4, streams(SEEDS, 8))
    honest = drawn.rewards[~drawn.misbehaving]
    assert 0.25 < drawn.misbehavior.mean() < 0.5
    assert honest.mean() > 0.6  # a third by chance
    bad = drawn.misbehaving
    assert bad[..., 1:][bad[..., :-1]].mean() > bad[..., 1:][~bad[..., :-1]].mean() + 0.1  # it persists
    blank = imitated(start.task, streams(SEEDS, 0), updates=0)
    untaught = sample(start.task, blank, 100, 4, streams(SEEDS, 8))
    assert untaught.rewards[~untaught.misbehaving].mean() < 0.5


def test_moments_within_groups():
    rng = np.random.default_rng(3)
    one, other = rng.random((2, 3, 5)), rng.random((2, 3, 5))
    for seed in range(2):
        expected = np.mean([np.cov(one[seed, group], other[seed, group])[0, 1] for group in range(3)])
        assert within(one, other)[seed] == pytest.approx(expected)
    np.testing.assert_allclose(class_mean(one, one > 2.0), np.nan)


def test_angle_of_feature_and_probe(start, batch):
    hidden = forward(start.policy, gradients.flat(batch.inputs[..., 1:, :]), TANH).hidden[0]
    flags = batch.misbehaving[0].ravel()
    feature = hidden[flags].mean(axis=0) - hidden[~flags].mean(axis=0)
    direction = start.probe.direction[0]
    cosine = feature @ direction / np.linalg.norm(feature) / np.linalg.norm(direction)
    assert np.cos(angle(start.policy, start.probe, batch)[0]) == pytest.approx(cosine)


def test_operator_is_the_inner_product_of_gradients():
    """Traits move along the gradient as K says, by finite steps and fresh rollouts (an independent witness)."""
    schedule = Schedule()
    start = started((6,), schedule)
    found = metric.measured_metric(start, schedule, streams((6,), 5), groups=256)
    rollouts = sample(start.task, start.policy, 256, 8, streams((6,), 7))
    credit = rollouts.misbehaving / rollouts.misbehaving.sum(axis=(1, 2, 3), keepdims=True)
    way = gradients.reading(start.policy, rollouts, start.probe.direction, credit)
    small = 1e-4
    moved = gradients.added(start.policy, way, small)
    rise = class_mean(probe.read(start.probe, moved, rollouts), rollouts.misbehaving) - class_mean(
        probe.read(start.probe, start.policy, rollouts), rollouts.misbehaving
    )
    # Two lots of rollouts, each with some 1000 misbehaving steps: a tenth is far beyond what they differ by.
    assert rise[0] / small == pytest.approx(found.metric[0, 2, 2], rel=0.1)
    assert found.metric[0, 2, 2] > 2.0 * abs(found.metric[0, 0, 2])


def test_types_agree_with_one_kind(start):
    schedule = replace(SMALL, members=8)
    one = metric.measured_metric(start, schedule, streams(SEEDS, 5), metric.ONE_KIND, groups=64)
    many = metric.measured_metric(start, schedule, streams(SEEDS, 5), metric.TYPES, groups=64)
    np.testing.assert_allclose(many.share[:, many.bad].sum(axis=1), one.share[:, 1])
    np.testing.assert_allclose((many.share * many.paid).sum(axis=1), (one.share * one.paid).sum(axis=1))
    np.testing.assert_allclose(one.metric, np.swapaxes(one.metric, 1, 2))
    # ln(A/(1 - A)) has gradient grad A/(A (1 - A)), with A_overt and A_subtle among four types.
    share = many.share
    into = share[:, 1:, None] * (np.eye(3) - share[:, None, 1:])  # dA_k/dL_j
    row = into[:, 1:].sum(axis=1) / (one.share[:, 1] * one.share[:, 0])[:, None]
    among = np.einsum("si,sij,sj->s", row, many.metric[:, :3, :3], row)
    np.testing.assert_allclose(among, one.metric[:, 0, 0])


def flat_metric(**changes) -> metric.Metric:
    one = np.ones(1)
    plain = {
        "kinds": metric.ONE_KIND, "metric": np.diag([4.0, 50.0, 60.0])[None], "share": np.array([[0.6, 0.4]]),
        "score": np.array([[-5.0, 4.0]]), "score_sd": np.array([[2.0, 2.0]]), "angle": 0.6 * one,
        "paid": np.array([[0.75, 1.5]]), "clumping": 0.3 * one, "other_penalty": 0.4 * one, "other_pay": 0.03 * one,
        "covariance": 0.3 * one, "penalty_variance": 1.7 * one, "misbehavior_variance": 0.07 * one, "pull": one,
        "push": one,
    }  # fmt: skip
    return metric.Metric(**plain | changes)


def test_law_without_a_probe_is_logistic_growth():
    """dL = K rate gain/sd: with noise far above the gain, sd is constant and A solves its own equation."""
    schedule = Schedule(updates=4000, learning_rate=1e-2)
    found = law.predicted(flat_metric(other_pay=np.array([100.0])), NOTHING, schedule).misbehavior[:, 0]
    speed = law.shrinkage(8) * 4.0 * 0.75 / 10.0
    time = schedule.learning_rate * schedule.updates

    def elapsed(share):  # the integral of dA/(A (1 - A))^2
        return 2.0 * np.log(share / (1 - share)) - 1.0 / share + 1.0 / (1 - share)

    assert elapsed(found[-1]) - elapsed(found[0]) == pytest.approx(speed * time, rel=1e-2)


def test_frozen_probe_has_no_response_of_the_features_in_its_reward():
    crossed = np.diag([4.0, 50.0, 60.0])[None].copy()
    crossed[:, 0, 1:] = crossed[:, 1:, 0] = 3.0
    schedule = Schedule(updates=200, learning_rate=0.03)
    live, frozen = (law.predicted(flat_metric(metric=crossed), one, schedule) for one in (REWARD, FROZEN))
    assert frozen.misbehavior[-1, 0] < live.misbehavior[-1, 0]
    alone = [law.predicted(flat_metric(), one, schedule) for one in (REWARD, FROZEN)]
    np.testing.assert_allclose(alone[0].misbehavior, alone[1].misbehavior)  # nothing turns the features


def test_probe_in_the_loss_moves_features_alone_where_nothing_couples():
    schedule = Schedule(updates=100, learning_rate=0.03)
    plain, watched = (law.predicted(flat_metric(), one, schedule) for one in (NOTHING, LOSS))
    np.testing.assert_allclose(watched.misbehavior, plain.misbehavior)
    assert watched.recall[-1, 0] < 0.2 < 0.9 < plain.recall[-1, 0]
    assert watched.angle[-1, 0] > plain.angle[-1, 0]


def test_retrained_probe_and_the_base_rate():
    schedule = Schedule(updates=RETRAINED.retrained_every, learning_rate=0.03)
    back = law.predicted(flat_metric(), RETRAINED, schedule)
    shifted = law.predicted(flat_metric(), RETRAINED, schedule, base_rate=True)
    np.testing.assert_allclose(back.score[-1], back.score[0])
    share = shifted.share
    fallen = np.log(share[..., 1] / share[..., 0])[-1] - np.log(share[..., 1] / share[..., 0])[0]
    np.testing.assert_allclose(shifted.score[-1] - shifted.score[0], fallen[:, None] * np.ones(2))


def test_shrinkage_of_group_normalized_advantages():
    rng = np.random.default_rng(5)
    score = rng.standard_normal((1, 20000, 8))
    amount = 0.5 * score + rng.standard_normal(score.shape)
    found = (advantage(score) * amount).mean(axis=-1)[0]
    expected = 0.5 * law.shrinkage(8)
    error = found.std() / np.sqrt(found.size)
    assert abs(found.mean() - expected) < 5.0 * error  # 5 standard errors: one false alarm in a million
    assert abs(found.mean() - 0.5) > 5.0 * error


def test_tiny_run_has_every_row():
    settings = forecasts.settings(1) | {
        "schedule": {"groups": 2, "members": 4, "learning_rate": 0.03, "audit": 8}, "times": [0, 2],
        "runs": [["loss", "strong", 0.5, 2], ["penalty_alone", "strong", 0.5, 1]],
    }  # fmt: skip
    found = runs.run({**settings, "runs": settings["runs"][1:]}, SEEDS)
    assert sorted(zip(found["training"]["update"], found["training"]["seed"], strict=True)) == [(0, 1), (0, 2)]
    assert found["before"]["group_update"].shape == (2,)


@pytest.mark.parametrize("number", [1, 2])
def test_registered_forecasts_follow_from_the_stored_operator(number):
    registration = witness.registrations[number - 1]
    columns = forecasts.measured_before(number)
    again = forecasts.forecasts(registration.settings, forecasts.stored(registration.settings, columns))
    assert [one.name for one in again] == [one.name for one in registration.forecasts]
    for one, said in zip(again, registration.forecasts, strict=True):
        assert one.value == pytest.approx(said.value, rel=2e-3, abs=2e-4)


def test_stored_runs_test_what_was_registered_and_fail_in_part():
    verdicts = [witness.verdicts(one) for one in witness.registrations]
    counts = [
        {kind: sum(one.verdict == kind for one in found) for kind in ("agrees", "disagrees")} for found in verdicts
    ]
    assert all(count["agrees"] and count["disagrees"] for count in counts)
    assert counts[1]["disagrees"] < counts[0]["disagrees"]
    by_name = {one.forecast.name: one for one in verdicts[0]}
    assert by_name["response_share.selection"].verdict == "disagrees"
    assert by_name["order.retrained_below_reward"].verdict == "disagrees"
    for registration, found in zip(witness.registrations, verdicts, strict=True):
        wrong = {one.forecast.name for one in found if one.verdict == "disagrees"}
        assert wrong <= set(witness.reasons[registration.number])  # each disagreement has its likely reason


def test_what_the_law_holds_moves_where_it_fails():
    """The causes that are given for failures of both laws are there in the runs."""
    for registration in witness.registrations:
        table = witness.data(registration, "operator").columns

        def grown(technique, name, table=table):
            first, last = (
                table[name][(table["technique"] == technique) & (table["update"] == update)] for update in (0, 40)
            )
            return np.mean(last / first)

        assert grown("none", "K[odds;odds]") > 1.3
        assert grown("loss", "K[odds;odds]") > 1.3
        assert 0.8 < grown("reward", "K[odds;odds]") < 1.1  # where the law is right, it hardly moves
        assert grown("loss", "score_sd_misbehaving") < 0.7
        assert grown("none", "other_pay") < 0.3


def test_seeds_that_test_were_not_measured_before():
    for one, other in product(witness.registrations, repeat=2):
        assert not set(one.seeds) & set(other.settings["fit_seeds"])
        assert one is other or not set(one.seeds) & set(other.seeds)
        assert len(one.seeds) >= 10


def test_quantities_read_paths_and_tables_alike():
    schedule = Schedule(updates=40, learning_rate=0.03)
    path = law.predicted(flat_metric(), REWARD, schedule)
    rows = [0, 40]
    table = {
        "setting": np.array(["strong"] * 2), "technique": np.array(["reward"] * 2), "update": np.array(rows),
        "seed": np.array([1, 1]), "penalty": path.penalty[rows, 0], "frozen_penalty": path.frozen_penalty[rows, 0],
    }  # fmt: skip
    share = quantities.behavior_share("share", "says", "strong", "reward", 40)
    views = (quantities.of_paths({("strong", "reward"): path}), quantities.of_table(table))
    np.testing.assert_allclose(*(share.of(view) for view in views))
    assert share.of(views[0])[0] == pytest.approx(1.0)  # features stay where they are, so all of the fall is deeds


def test_interval_of_odds():
    low, high = quantities.Quantity("a", "b", lambda view: np.ones(1), "odds").interval(0.5)
    assert (low, high) == pytest.approx((0.4, 0.6))
