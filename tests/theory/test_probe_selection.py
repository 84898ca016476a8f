"""The closed forms of probe selection: proofs carried out, faults caught, and every number that is claimed of them.

Statistical tests reject beyond 4 standard errors (6e-5 each, two-sided; seeds are fixed), unless they say otherwise.
"""

from __future__ import annotations

from functools import partial

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import log_ndtr

import theory
from simulator import simulate
from simulator.estimate import STATISTICS, equivalence_p_value, estimate
from simulator.models.probe_selection.detection import detection
from simulator.models.probe_selection.groups import groups
from simulator.models.probe_selection.passing import passing
from simulator.models.probe_selection.retraining import retraining
from simulator.models.probe_selection.rollouts import rollouts
from simulator.models.probe_selection.subverter import subverter
from simulator.models.probe_selection.types import batches, probe_types
from simulator.parameter import resolve
from simulator.point import run_blocks
from theory.check import check
from theory.probe_selection import formulas, predictions
from theory.probe_selection.predicted.detection import of_detection
from theory.probe_selection.predicted.group import of_groups
from theory.probe_selection.predicted.response import of_responses
from theory.probe_selection.predicted.types import bisected, of_types

NAMES = {one.name: one for one in (*of_responses(), *of_groups(), *of_detection(), *of_types())}
MOVED = ("misbehavior_fall", "evasion_rise")


def test_all_are_in_the_catalog():
    assert set(NAMES) <= {one.name for one in predictions}


@pytest.mark.parametrize("name", NAMES)
def test_every_obligation_holds(name):
    obligations = NAMES[name].proof()
    assert obligations
    assert [obligation.says for obligation in obligations if not obligation.holds] == []


def shares(share):
    """Return the parameters of traits that make up so much, and the rest, of the probe's variance."""
    return {"misbehavior_sd": np.sqrt(share), "evasion_sd": np.sqrt(1.0 - share)}


def ratio_of(experiment, measures, replicates, seed, **point):
    """Return the ratio of the means of two measures and its standard error, block by block."""
    resolved = resolve(experiment.parameters, point)
    ratio = STATISTICS["ratio"]
    parts = run_blocks(
        experiment, resolved, replicates, seed, lambda found: ratio.of(np.stack([found[m] for m in measures], axis=-1))
    )
    whole = None
    for part in parts:
        whole = part if whole is None else whole.merge(part)
    return tuple(float(one) for one in ratio.evaluate(whole))


NINE = (
    [("group_normalized", share) for share in (0.5, 0.8, 0.95)]
    + [("truncation", share) for share in (0.3, 0.6, 0.9)]
    + [("softmax", 0.7), ("natural", 0.85), ("score_function", 0.6)]
)


@pytest.mark.parametrize(("learner", "share"), NINE)
def test_response_ratio_at_nine_points(learner, share):
    """Within 4 standard errors, and each of them below 4 % of the ratio, so that a factor of 1.2 would show."""
    eases = {"misbehavior_ease": 1.0, "evasion_ease": 2.5} if learner == "score_function" else {}
    found, error = ratio_of(rollouts(learner, measures=MOVED), MOVED, 6000, 3, **shares(share), **eases)
    rule = "gradient" if eases else "selection"
    wanted = formulas.response_ratio((1.0, 1.0), (share, 1.0 - share), rule, (1.0, 2.5))
    assert error < 0.04 * wanted
    assert abs(found - wanted) < 4.0 * error


def test_ninety_nine_to_one():
    """2.2 million groups of 32: 4 standard errors are 0.48, so the interval has 99 inside and 98 and 100 outside."""
    found, error = ratio_of(groups(measures=MOVED), MOVED, 2_200_000, 1, **shares(0.99), group_size=32)
    assert formulas.response_ratio((1.0, 1.0), (0.99, 0.01)) == pytest.approx(99.0, rel=1e-14)
    assert 98.0 < found - 4.0 * error < 99.0 < found + 4.0 * error < 100.0


def test_in_standard_deviations_it_is_9_95():
    measures = ("misbehavior_fall_sd", "evasion_rise_sd")
    found, error = ratio_of(groups(measures=measures), measures, 500_000, 2, **shares(0.99), group_size=32)
    assert formulas.standardized_ratio((1.0, 1.0), (0.99, 0.01)) == pytest.approx(9.9498743710662, rel=1e-14)
    assert abs(found - 9.9499) < 4.0 * error < 0.2


def test_the_gradient_does_not_see_variances():
    found, error = ratio_of(rollouts("gradient", measures=MOVED), MOVED, 100, 0, **shares(0.99), evasion_ease=4.0)
    assert error < 1e-12
    assert found == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize("size", [2, 8, 32])
@pytest.mark.parametrize("make", [partial(rollouts, "group_normalized"), groups, partial(groups, "reduced")])
def test_group_update(make, size):
    """A has Cov(A, S) = 0.8 and S a variance of 0.8^2 + 1; ``reduced`` is held here against what it never computes."""
    made = make(measures=("misbehavior_change",))
    seen = simulate(made, replicates=40_000, seed=4, misbehavior_weight=0.8, evasion_sd=1.0, group_size=size)
    wanted = formulas.group_update(0.8, np.hypot(0.8, 1.0), size)
    error = float(seen.misbehavior_change_se)
    assert error < 0.02 * abs(wanted)
    assert abs(float(seen.misbehavior_change) - wanted) < 4.0 * error


def test_group_update_without_ddof():
    made = groups(ddof=0, measures=("misbehavior_change",))
    seen = simulate(made, replicates=40_000, seed=5, evasion_sd=1.0, group_size=4)
    wanted = formulas.group_update(1.0, np.sqrt(2.0), 4, ddof=0)
    assert abs(float(seen.misbehavior_change) - wanted) < 4.0 * float(seen.misbehavior_change_se)
    assert wanted / formulas.group_update(1.0, np.sqrt(2.0), 4) == pytest.approx(np.sqrt(4 / 3), rel=1e-14)


INTENSITIES = {(32, 16): 0.77867, (32, 8): 1.23516, (8, 2): 1.13791}


@pytest.mark.parametrize(("size", "kept"), INTENSITIES)
def test_truncation_intensity(size, kept):
    wanted = formulas.truncation_intensity(size, kept)
    assert wanted == pytest.approx(INTENSITIES[size, kept], abs=6e-6)
    made = rollouts("truncation", measures=("misbehavior_fall_sd",))
    seen = simulate(made, replicates=20_000, seed=6, transmitted=0.0, group_size=size, kept=kept)
    error = float(seen.misbehavior_fall_sd_se)
    assert abs(float(seen.misbehavior_fall_sd) - wanted) < 4.0 * error < 0.012


def test_variance_after_selection():
    """8 rollouts, the best 2, a correlation of 0.8: pooled and within groups are told apart; one formula a quantity."""
    point = {"misbehavior_sd": np.sqrt(2.0), "transmitted": 0.0, "readout_noise": np.sqrt(2.0 * (1 / 0.64 - 1)),
             "group_size": 8, "kept": 2}  # fmt: skip
    made = rollouts("truncation", measures=("survivor_misbehavior", "kept_variance"))
    samples = made.sample(resolve(made.parameters, point), 60_000, np.random.default_rng(7))
    pooled, error = estimate("variance", samples["survivor_misbehavior"])
    within, within_error = estimate("mean", samples["kept_variance"])
    assert abs(pooled - formulas.variance_after_selection(2.0, 0.8, 0.25, 8)) < 4.0 * error
    assert abs(within - formulas.variance_after_selection(2.0, 0.8, 0.25, 8, within=True)) < 4.0 * within_error
    assert pooled - within > 4.0 * np.hypot(error, within_error)
    limit = formulas.variance_after_selection(2.0, 0.8, 0.25)
    assert limit == pytest.approx(2.0 * (1.0 - 0.64 * 1.2711063 * (1.2711063 - 0.6744898)), rel=1e-6)
    assert abs(pooled - limit) > 4.0 * error


def test_selection_correlates_what_began_independent():
    made = rollouts("truncation", measures=("survivor_misbehavior", "survivor_evasion"))
    point = resolve(made.parameters, {"evasion_sd": 1.0, "group_size": 8, "kept": 2})
    samples = made.sample(point, 40_000, np.random.default_rng(8))
    found, error = estimate("correlation", np.stack(list(samples.values()), axis=-1))
    wanted = formulas.correlation_after_selection((1.0, 1.0), (1.0, 1.0), 0.25, 8)
    assert abs(found - wanted) < 4.0 * error
    assert found > 10.0 * error


@pytest.mark.parametrize("size", [2, 3, 8, 32, 40, 41, 1000, 10_000, 100_000])
def test_c4_is_stable(size):
    with mpmath.workdps(40):
        n = mpmath.mpf(size)
        exact = mpmath.sqrt(2 / (n - 1)) * mpmath.gammaprod([n / 2], [(n - 1) / 2])
        assert abs(formulas.mean_to_sd(size) / exact - 1) < 4e-16


@pytest.mark.parametrize("size", [10, 1000, 100_000])
def test_order_statistics_are_stable(size):
    """All order statistics sum to nothing and their squares to n; the largest is integrated by itself."""
    for kept in (1, size // 10, size // 2):
        low, high = (formulas.truncation_intensity(size, k) for k in (size - kept, kept))
        assert kept * high == pytest.approx((size - kept) * low, rel=1e-12)
        # The squares of all n sum to n: those of the highest, and of the rest by symmetry.
        squares = [k * (formulas.variance_after_selection(1.0, 1.0, k / size, size)
                        + formulas.truncation_intensity(size, k) ** 2) for k in (kept, size - kept)]  # fmt: skip
        assert sum(squares) == pytest.approx(size, rel=1e-12)
    z = np.linspace(-2.0, 12.0, 200_001)
    density = size * np.exp((size - 1) * log_ndtr(z) - 0.5 * z * z) / np.sqrt(2 * np.pi)
    assert formulas.truncation_intensity(size, 1) == pytest.approx(np.trapezoid(z * density, z), rel=1e-9, abs=1e-3)
    assert formulas.truncation_intensity(size, size) == 0.0


def test_within_and_pooled_variances_add_up():
    """Pooled over groups = within groups, ddof 0, and the variance of the groups' means (from simulation, 4 s.e.)."""
    generator = np.random.default_rng(9)
    best = np.sort(generator.standard_normal((200_000, 6)), axis=1)[:, 3:]
    means, error = estimate("variance", best.mean(axis=1))
    pooled, within = (formulas.variance_after_selection(1.0, 1.0, 0.5, 6, within=one) for one in (False, True))
    assert abs(pooled - within * 2.0 / 3.0 - means) < 4.0 * error


REPLICATOR = [{"kl": kl, "bonus": bonus, "penalty": 3.0} for kl, bonus in ((0.0, 1.0), (0.1, 1.0), (0.6, 1.5))]


@pytest.mark.parametrize("payoff", REPLICATOR)
def test_replicator_with_kl_against_integration(payoff):
    """To 1e-9, against the equation as it is written down in plain NumPy, and against the law."""
    times = np.array([0.5, 1.5, 4.0, 8.0])
    start = np.array([0.5, 0.49, 0.01])
    rewards = np.array([0.0, payoff["bonus"] - payoff["penalty"], payoff["bonus"]])

    def rate(_, p):
        fitness = rewards - payoff["kl"] * np.log(p / start)
        return p * (fitness - p @ fitness)

    path = solve_ivp(rate, (0.0, 8.0), start, t_eval=times, method="DOP853", rtol=1e-12, atol=1e-15)
    found = formulas.type_shares(0.5, 0.02, payoff["bonus"], payoff["penalty"], payoff["kl"], times)
    np.testing.assert_allclose(found, path.y.T, rtol=0.0, atol=1e-9)
    measures = ("clean_share", "misbehavior_share", "evading_share", "recall")
    law = simulate(probe_types.experiment("flow", times=times, measures=measures), replicates=2, **payoff)
    np.testing.assert_allclose(law.clean_share, found[:, 0], rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(law.evading_share, found[:, 2], rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(law.recall, formulas.recall_decay(0.02, 3.0, times, payoff["kl"]), rtol=0.0, atol=1e-9)


def test_hacking_falls_and_then_rises_while_recall_falls():
    """Bonus 1, penalty 3, FNR 0.02, no KL penalty: .50, then .12 at the turn, then .92."""
    times = np.array([0.0, np.log(98.0) / 3.0, 6.35])
    share = formulas.misbehavior_share(0.5, 0.02, 1.0, 3.0, 0.0, times)
    np.testing.assert_allclose(share, [0.50, 0.12, 0.92], atol=5e-3)
    course = np.linspace(0.0, 6.35, 400)
    assert np.all(np.diff(formulas.recall_decay(0.02, 3.0, course)) < 0.0)
    # It need not turn up again under a KL penalty, which the criterion at the start does not say.
    held = formulas.misbehavior_share(0.5, 0.02, 1.0, 3.0, 1.0, np.linspace(0.0, 50.0, 400))
    assert np.all(np.diff(held) < 1e-12)


def test_evasion_window_from_batches():
    """Batches cross within a step and 4 standard errors of the formula; a probe ten times better buys ln 10/bonus."""
    waits = []
    for miss in (0.2, 0.02):
        seen = simulate(batches(), replicates=64, seed=10, false_negative_rate=miss, bonus=2.0, batch=200_000,
                        horizon=4.0, rate=0.01)  # fmt: skip
        wanted = formulas.evasion_time(0.5, 0.5 * miss, 2.0)
        assert float(seen.evaded) == 1.0
        assert abs(float(seen.evasion_time) - wanted) < 0.01 + 4.0 * float(seen.evasion_time_se)
        waits.append(float(seen.evasion_time))
    assert waits[1] - waits[0] == pytest.approx(np.log(10.0) / 2.0, abs=0.02)


def test_critical_kl_from_simulation():
    """By bisection on the law, within 1 %; and batches evade below it and not above."""
    made = bisected(probe_types)
    found = made.sample(resolve(made.parameters, {"prevalence": 0.5, "false_negative_rate": 0.1}), 2, None)["kl"][0]
    wanted = formulas.critical_kl(0.5, 0.05, 1.0)
    assert abs(found / wanted - 1.0) < 0.01
    for factor, evaded in ((0.8, 1.0), (1.25, 0.0)):
        seen = simulate(batches(), replicates=16, seed=11, false_negative_rate=0.1, kl=factor * wanted, batch=100_000,
                        horizon=8.0 / wanted, rate=0.05)  # fmt: skip
        assert float(seen.evaded) == evaded


def test_recall_decay_from_batches():
    seen = simulate(batches(), replicates=64, seed=12, false_negative_rate=0.2, penalty=2.0, kl=0.3, batch=100_000,
                    horizon=1.5, rate=0.01)  # fmt: skip
    wanted = formulas.recall_decay(0.2, 2.0, 1.5, 0.3)
    # A step of 0.01 moves it by 0.01 of its slope, at most penalty/4.
    assert abs(float(seen.recall) - wanted) < 0.005 + 4.0 * float(seen.recall_se)
    assert abs(float(seen.recall) - 0.8) > 0.3


def test_a_frozen_copy_gives_evasion_no_response():
    """Equivalence: below 1 % of a standard deviation for one of the score, at p < 1e-6; a leak of 5 % is not."""
    measures, bound = ("evasion_rise_sd", "score_fall_sd"), 0.01
    made = rollouts("natural", measures=measures)
    point = {"misbehavior_sd": 1.0, "evasion_sd": 1.0, "group_size": 32}
    found, error = ratio_of(made, measures, 30_000, 13, transmitted=0.0, **point)
    assert equivalence_p_value(found, error, bound) < 1e-6
    for leak in ({"transmitted": 0.05}, {"transmitted": 0.0, "correlation": -0.05}):
        leaking, error = ratio_of(made, measures, 30_000, 13, **point, **leak)
        assert equivalence_p_value(leaking, error, bound) > 0.5
        assert leaking > 6.0 * error


def test_unflagged_honest_in_sixteen_of_thirty_two():
    seen = simulate(detection(), replicates=60_000, seed=14)
    wanted = formulas.missed_among(16, 0.5, 0.02, 0.02)
    assert formulas.unflagged_honest(0.5, 0.02, 0.02) == pytest.approx(0.98, rel=1e-14)
    assert abs(float(seen.missed) - wanted) < 4.0 * float(seen.missed_se) < 0.1 * 16 * 0.5
    assert abs(float(seen.recall) - 0.98) < 4.0 * float(seen.recall_se)


def test_subverter_crosses_where_the_ratio_is_one():
    seen = simulate(subverter(), replicates=2000, seed=15, evasion_sd=0.1, capability_rate=2.0)
    wanted = formulas.subverter_capability((1.0, 1.0), (1.0, 0.01), 2.0)
    assert wanted == pytest.approx(np.log(100.0) / 2.0, rel=1e-14)
    assert abs(float(seen.crossing) - wanted) < 4.0 * float(seen.crossing_se) < 0.05
    at = simulate(subverter(), replicates=4000, seed=16, evasion_sd=0.1, capability_rate=2.0, capability=wanted)
    gap = float(at.repair - at.evasion)
    assert abs(gap) < 4.0 * float(np.hypot(at.repair_se, at.evasion_se))


def test_goodhart_integrals_and_limits():
    halves = formulas.goodhart(-3.0, 1.0, 1.0)
    seen = passing().sample(resolve(passing().parameters, {"threshold": -3.0}), 400_000, np.random.default_rng(17))
    found, error = estimate("mean", seen["misbehavior_passed"])
    assert abs(found - halves) < 4.0 * error
    assert formulas.goodhart(-60.0, 1.5, 0.5, "laplace") == pytest.approx(-4.5, rel=1e-12)
    for threshold in (-1e3, -1e5):
        assert formulas.goodhart(threshold, 1.5, 0.5, "student") * threshold == pytest.approx(3 * 2.25, rel=1e-4)
    selected = formulas.goodhart(np.array([-1.0, -3.0, -8.0, -30.0]), 1.0, 1.0, "student")
    assert np.argmin(selected) == 1 or np.argmin(selected) == 2
    assert selected[-1] > selected[0]


@pytest.mark.parametrize(
    "name", ["group_update", "truncation_intensity", "unflagged_honest", "evasion_time", "recall_decay", "goodhart",
             "auc_of_halves", "retrained_weight", "critical_kl"],
)  # fmt: skip
def test_a_formula_a_few_per_cent_off_is_rejected(name):
    right = NAMES[f"probe_selection.{name}"]
    spoiled = right.replace(formula=lambda **point: 1.03 * right(**point))
    assert {row.verdict for row in check(spoiled, points=1, seed=20)} == {"disagrees"}


def test_a_frozen_probe_that_leaks_is_not_called_frozen():
    right = NAMES["probe_selection.frozen_probe"]
    leaking = right.replace(setting=lambda **point: {**right.setting(**point), "transmitted": 0.05})
    assert {row.verdict for row in check(leaking, points=1, seed=21)} == {"disagrees"}


def test_bad_input_gets_one_line():
    with pytest.raises(ValueError, match="learner: got 'selecton'; did you mean 'selection'"):
        formulas.response_ratio((1, 1), (1, 1), "selecton")
    with pytest.raises(ValueError, match="noise: got 'cauchy'"):
        formulas.goodhart(0.0, 1.0, 1.0, "cauchy")


@pytest.mark.parametrize("fit", ["least_squares", "logistic"])
def test_a_probe_that_is_fitted_again_weighs_evasion_by_its_trace(fit):
    """Both fits, of 1000 individuals each: a logistic one is off by the order of 1/1000 beside 4 standard errors."""
    measures = ("evasion_weight", "misbehavior_weight")
    made = retraining(fit, times=(0.0,), measures=measures)
    point = {"evasion_sd": 0.7, "trace_noise": 0.5, "readout_noise": 0.3, "population": 1000}
    samples = made.sample(resolve(made.parameters, point), 120, np.random.default_rng(22))
    found, error = estimate("ratio", np.stack([samples[name][:, 0] for name in measures], axis=-1))
    wanted = formulas.retrained_weight(0.49, 0.5)
    assert wanted == pytest.approx(0.25 / 0.74, rel=1e-14)
    assert abs(found - wanted) < 4.0 * error + 0.001
    assert error < 0.01


SIGNATURES = {
    "response_ratio": {"weights": (1.0, 2.0), "variances": (1.0, 0.5), "learner": "gradient", "ease": (1.0, 3.0)},
    "group_update": {"covariance": [0.1, 0.2], "score_sd": 1.0, "group_size": [[2], [32]]},
    "truncation_intensity": {"group_size": [8, 32], "kept": 2},
    "variance_after_selection": {"variance": 1.0, "correlation": [0.1, 0.9], "kept_fraction": 0.25},
    "unflagged_honest": {"prevalence": 0.5, "false_negative_rate": [0.0, 1.0], "false_positive_rate": 0.0},
    "evasion_time": {"clean": 0.5, "evading": [0.01, 0.5, 0.6], "bonus": 1.0, "kl": [[0.0], [0.1], [9.0]]},
    "critical_kl": {"clean": 0.5, "evading": [0.01, 0.1], "bonus": 1.0},
    "recall_decay": {"false_negative_rate": 0.02, "penalty": [1.0, 3.0], "time": 2.0, "kl": 0.0},
    "subverter_capability": {"weights": (1.0, 1.0), "variances": [(1.0, 0.1), (1.0, 1.0)], "rate": 2.0},
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_predictions_are_called_by_their_keywords(name):
    """By name from the catalog; scalars broadcast, and pairs are along the last axis."""
    found = theory.get(f"probe_selection.{name}")(**SIGNATURES[name])
    pairs = {"weights", "variances", "ease"}
    shapes = [np.shape(value)[:-1] if key in pairs else np.shape(value)
              for key, value in SIGNATURES[name].items() if key != "learner"]  # fmt: skip
    assert np.shape(found) == np.broadcast_shapes(*shapes)
    assert not np.any(np.isnan(found))
    if name == "evasion_time":
        assert found[0, 0] == pytest.approx(np.log(50.0))
        assert np.all(found[:, 1:] == 0.0)
        assert np.isinf(found[2, 0])
