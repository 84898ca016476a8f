"""The experiments of probe selection: twins in plain NumPy, levels that agree, the same bytes, one line for bad input.

Statistical tests reject beyond 4.5 standard errors (7e-6 each, two-sided; seeds are fixed).
"""

from __future__ import annotations

import numpy as np
import pytest

from simulator import Uniform, simulate
from simulator.catalog import find
from simulator.estimate import estimate
from simulator.models.probe_selection import (
    evasion,
    groups,
    learners,
    misbehavior,
    probe,
    probe_in_loss,
    probe_selection,
    retraining,
    rollouts,
    types,
    variants,
)
from simulator.models.probe_selection.chi import chi
from simulator.models.probe_selection.passing import passing
from simulator.parameter import resolve
from simulator.selection import advantage

LIMIT = 4.5
POINT = {"misbehavior_weight": 0.8, "evasion_weight": 1.3, "transmitted": 0.7, "misbehavior_sd": 1.1, "evasion_sd": 0.6,
         "correlation": 0.4, "readout_noise": 0.5, "group_size": 6}  # fmt: skip


def drawn(learner, seed=0, replicates=50, **changed):
    """Return some groups, and the same in the traits' own units, groups first."""
    made = rollouts.rollouts(learner)
    point = resolve(made.parameters, {**POINT, **changed})
    plan = rollouts.Plan(learner, "normal", "ziggurat", "float64", ())
    _, group = next(rollouts.groups(plan, point, replicates, np.random.default_rng(seed)))
    plain = [sd * trait.T for sd, trait in zip((1.1, 0.6), group.traits, strict=True)]
    return point, group, plain, group.score.T


def test_the_probe_reads_what_it_says():
    _, _, (a, b), score = drawn("natural", readout_noise=0.0)
    np.testing.assert_allclose(score, 0.8 * a - 0.7 * 1.3 * b, rtol=1e-12, atol=1e-12)


def test_every_learner_against_its_twin():
    """Each written once more from its definition, rollout by rollout, with V^-1 as a matrix."""
    twins = {
        "truncation": lambda z, s, rng: np.mean(z[np.argsort(s)[:2]], axis=0) - z.mean(axis=0),
        "softmax": lambda z, s, rng: np.average(z, axis=0, weights=np.exp(-0.5 * s)) - z.mean(axis=0),
        "natural": lambda z, s, rng: np.mean([(np.delete(s, i).mean() - s[i]) * z[i] for i in range(6)], axis=0),
        "score_function": lambda z, s, rng: (2.0, 3.0) * np.mean(
            [(np.delete(s, i).mean() - s[i]) * np.linalg.solve(rng, z[i]) for i in range(6)], axis=0),
        "group_normalized": lambda z, s, rng: np.mean(advantage(-s)[:, np.newaxis] * z, axis=0),
        "gradient": lambda z, s, rng: np.array([-2.0 * 0.8, 3.0 * 0.7 * 1.3]),
    }  # fmt: skip
    covariance = np.array([[1.1**2, 0.4 * 1.1 * 0.6], [0.4 * 1.1 * 0.6, 0.6**2]])
    more = {"truncation": {"kept": 2}, "softmax": {"strength": 0.5}}
    eases = {"misbehavior_ease": 2.0, "evasion_ease": 3.0}
    assert set(twins) == set(learners.LEARNERS)
    for name, twin in twins.items():
        given = eases if name in ("score_function", "gradient") else more.get(name, {})
        _, group, (a, b), score = drawn(name, **given)
        found = learners.LEARNERS[name][0](group, np.random.default_rng(1))
        wanted = np.array([twin(np.stack([a[g], b[g]], axis=-1), score[g], covariance) for g in range(50)])
        np.testing.assert_allclose(found[0] * 1.1, wanted[:, 0], rtol=1e-9, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(found[1] * 0.6, wanted[:, 1], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("size", [2, 6, 40])
def test_products_are_the_advantages_summed(size):
    """The update from sums and products is that from every advantage, on the same rollouts."""
    c, z = np.array([0.9, -0.5, 0.3]), np.random.default_rng(2).standard_normal((3, size, 200))
    rewards = -np.einsum("m,mig->gi", c, z)
    wanted = np.einsum("gi,mig->mg", advantage(rewards), z) / size
    np.testing.assert_allclose(groups._from_products(z.copy(), c, 1), wanted, rtol=1e-8, atol=1e-10)


def test_equal_rewards_teach_nothing():
    z = np.ones((2, 4, 3))
    assert np.all(groups._from_products(z, np.array([1.0, -1.0]), 1) == 0.0)
    group = learners.Group(z[0], z[1], z[0], {})
    assert np.all(learners.group_normalized(group, np.random.default_rng(0))[0] == 0.0)


@pytest.mark.parametrize("noise", [0.0, 0.7])
def test_reduced_groups_have_the_law_of_whole_ones(noise):
    """Means, variances and the correlation of both updates, from one chi and two normals against every rollout."""
    point = {**POINT, "readout_noise": noise, "group_size": 5}
    seen = [
        made.sample(resolve(made.parameters, point), 60_000, np.random.default_rng(seed))
        for seed, made in ((3, rollouts.rollouts()), (4, groups.groups("reduced")), (5, groups.groups()))
    ]
    for statistic, measures in (("mean", ("misbehavior_change",)), ("mean", ("evasion_change",)),
                                ("variance", ("misbehavior_change",)), ("variance", ("evasion_change",)),
                                ("correlation", ("misbehavior_change", "evasion_change"))):  # fmt: skip
        found = []
        for samples in seen:
            columns = np.stack([samples[name] for name in measures], axis=-1)
            found.append(estimate(statistic, columns if len(measures) == 2 else columns[:, 0]))
        for value, error in found[1:]:
            assert abs(value - found[0][0]) < LIMIT * np.hypot(error, found[0][1]), (statistic, measures)


def test_fast_groups_are_the_same_bytes_again():
    made = groups.groups(measures=("misbehavior_fall",))
    point = resolve(made.parameters, {})
    one, two = (made.sample(point, 3000, np.random.default_rng(6))["misbehavior_fall"] for _ in range(2))
    assert one.tobytes() == two.tobytes()
    assert len(np.unique(one)) == 3000


def test_selection_makes_its_own_metric():
    """A population that nobody gives K moves as the learner with K = V, per unit of strength; gradients by ease."""
    point = {"misbehavior_sd": 1.2, "evasion_sd": 0.5, "evasion_weight": 1.5}
    made = probe_selection.experiment("population", times=(1.0,), measures=("misbehavior", "evasion"))
    found = simulate(made, replicates=400, seed=7, population=1000, strength=0.3, **point)
    # Softmax on a linear reward tilts normal traits, exactly, but for what 1000 parents sample less: about 1/1000.
    flow = simulate(probe_selection.experiment("flow", times=(0.3,), measures=("misbehavior",)),
                    replicates=100, seed=8, **point)  # fmt: skip
    assert abs(flow.misbehavior.item() + 0.3 * 1.44) < LIMIT * flow.misbehavior_se.item()
    for name, wanted in (("misbehavior", -0.3 * 1.44), ("evasion", 0.3 * 1.5 * 0.25)):
        error = float(found[f"{name}_se"].item())
        assert abs(float(found[name].item()) - wanted) < LIMIT * error + 0.002 * abs(wanted), name
    eased = probe_in_loss.drift
    assert eased[misbehavior].free_symbols.isdisjoint({s.variable for s in probe_selection.parameters[6:8]})
    assert not eased[evasion].has(*(s.variable for s in probe_selection.parameters[6:8]))


def test_an_ensemble_is_evaded_by_its_mean_alone():
    """Four probes with blind spots of their own: each B moves by a quarter, and so does their mean."""
    made = probe_selection.experiment("population", times=(1.0,), measures=("evasion_read", "misbehavior_read"))
    rises = []
    for probes in (1, 4):
        found = simulate(made, replicates=600, seed=9, population=400, strength=0.3, evasion_sd=1.0, probes=probes)
        rises.append((float(found.evasion_read.item()), float(found.evasion_read_se.item())))
    (one, e1), (four, e4) = rises
    assert abs(one / 4.0 - four) < LIMIT * np.hypot(e1 / 4.0, e4)
    assert four > LIMIT * e4


def test_truncation_depletes_and_mutation_restores():
    made = probe_selection.experiment(
        "population", times=(1.0, 30.0), selection="truncation", measures=("misbehavior_variance",)
    )
    still = simulate(made, replicates=100, seed=10, population=200, kept_fraction=0.25)
    fed = simulate(made, replicates=100, seed=10, population=200, kept_fraction=0.25, misbehavior_mutation=0.5)
    assert float(still.misbehavior_variance[0]) < 0.4
    assert float(still.misbehavior_variance[1]) < 0.05
    assert float(fed.misbehavior_variance[1]) > 0.25


def test_a_retrained_probe_sees_what_evades_the_first():
    """After 20 generations evasion has spoiled the first probe; both fits keep recall and hardly weigh evasion."""
    point = {"misbehavior_mutation": 0.3, "evasion_mutation": 0.15, "evasion_sd": 0.3, "population": 200}
    found = {
        fit: simulate(retraining.retraining(fit, times=(20.0,)), replicates=60, seed=11, readout_noise=0.2, **point)
        for fit in (None, "least_squares", "logistic")
    }
    kept = float(found[None].recall.item())
    assert float(found[None].evasion_weight.item()) == 1.0
    for fit in ("least_squares", "logistic"):
        weights = float(found[fit].evasion_weight.item()) / float(found[fit].misbehavior_weight.item())
        assert abs(weights) < 0.15
        error = np.hypot(float(found[fit].recall_se.item()), float(found[None].recall_se.item()))
        assert float(found[fit].recall.item()) - kept > LIMIT * error
        assert float(found[fit].auc.item()) > float(found[None].auc.item()) + 0.05
        assert float(found[fit].evasion_share.item()) < 0.1 * float(found[None].evasion_share.item())


def test_fits_against_plain_solvers():
    generator = np.random.default_rng(12)
    a, b = generator.standard_normal((2, 3, 400))
    seen = probe.activations(a, b, 0.4, 0.5, generator)
    fitted = probe.least_squares(seen, a)
    np.testing.assert_allclose(fitted[1], np.linalg.lstsq(seen[1], a[1], rcond=None)[0], rtol=1e-9)
    # The logistic fit: the gradient of its likelihood vanishes, and its direction is that of least squares.
    logistic = probe.logistic_regression(seen, a)
    worse = a > np.median(a, axis=1, keepdims=True)
    slope = np.einsum("rik,ri->rk", seen, worse - 1.0 / (1.0 + np.exp(-probe.score(logistic, seen))))
    np.testing.assert_allclose(slope, 400 * probe.RIDGE * logistic, atol=1e-8)
    np.testing.assert_allclose(logistic[:, 1] / logistic[:, 0], fitted[:, 1] / fitted[:, 0], atol=0.25)


def test_rank_measures_against_pairs():
    generator = np.random.default_rng(13)
    a = generator.standard_normal((2, 60))
    s = a + generator.standard_normal((2, 60))
    worse = a[0] > np.median(a[0])
    pairs = s[0][worse][:, np.newaxis] > s[0][~worse]
    assert probe.area_under_curve(s, a)[0] == pytest.approx(pairs.mean(), abs=1e-12)
    flagged = s[0] > np.median(s[0])
    assert probe.recall(s, a)[0] == pytest.approx((worse & flagged).sum() / worse.sum(), abs=1e-12)


def test_a_type_that_is_lost_stays_lost():
    start, rewards = np.array([0.5, 0.4, 0.1]), np.array([0.0, -1.0, 1.0])
    point = {"kl": 0.5, "rate": 0.1, "batch": 100}
    shares = np.array([[1.0, 0.0, 0.0], [0.3, 0.7, 0.0], [0.3, 0.3, 0.4]])
    for _ in range(20):
        shares = types._next(shares, start, rewards, point, np.random.default_rng(14))
        np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all(shares[0] == [1.0, 0.0, 0.0])
    assert shares[1, 2] == 0.0


def test_noises_have_their_scale():
    made = {noise: rollouts.NOISES[noise](np.random.default_rng(15), (1, 200_000))[0] for noise in rollouts.NOISES}
    for noise, median in (("normal", 0.67449), ("laplace", np.log(2.0)), ("student", 0.76489)):
        share = np.mean(np.abs(made[noise]) < median)
        assert abs(share - 0.5) < LIMIT * 0.5 / np.sqrt(200_000), noise


def test_everything_is_found_by_name():
    for one in variants:
        assert find(one.name) is one
    assert find("probe_selection") is probe_selection


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rollouts.rollouts("selection"), "learner: got 'selection'; did you mean"),
        (lambda: rollouts.rollouts(noise="laplas"), "noise: got 'laplas'; did you mean 'laplace'"),
        (lambda: rollouts.rollouts("natural", measures=("kept_variance",)), "measures: got 'kept_variance'"),
        (lambda: groups.groups("fast"), "method: got 'fast'; known: products, reduced"),
        (lambda: groups.groups(ddof=2), "ddof: got 2; must be 0 or 1"),
        (lambda: simulate(types.batches(), bonus=Uniform(1.0, 2.0)), "bonus: got a distribution; must be one number"),
        (lambda: passing("cauchy"), "noise: got 'cauchy'"),
        (lambda: retraining.retraining("lasso"), "fit: got 'lasso'"),
        (lambda: retraining.retraining(times=(0.5,)), "must be whole generations"),
        (lambda: simulate(rollouts.rollouts("truncation"), group_size=4, kept=5), "kept: got 5; must be at most group"),
        (lambda: simulate(rollouts.rollouts(), correlation=1.0), r"correlation: got 1\.0; must be finite and in"),
    ],
)
def test_bad_input_gets_one_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("freedom", "normals", "kind"), [
    (1, "mixed", np.float64), (2, "ziggurat", np.float64), (3, "mixed", np.float32), (31, "mixed", np.float32),
])  # fmt: skip
def test_fast_chi_is_chi(freedom, normals, kind):
    """By Kolmogorov's distance at p < 1e-5, and a chi of one degree of freedom more is told apart by it."""
    from scipy.stats import chi as law
    from scipy.stats import kstest

    found = np.empty(60_000, kind)
    chi(np.random.default_rng(16), freedom, found, normals)
    assert kstest(found.astype(float), law(freedom).cdf).pvalue > 1e-5
    assert kstest(found.astype(float), law(freedom + 1).cdf).pvalue < 1e-5
    assert found.min() > 0.0
