"""The judge: Holm's procedure, margins, power; lack of power is never agreement."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from theory.check import Row, judge
from theory.judge import holm, minimal_detectable_effect, p_value, sensitivity, verdict
from theory.statistic import estimate


def row(predicted=1.0, simulated=1.0, standard_error=1e-4, margin=0.0, rows=10):
    effect = minimal_detectable_effect(standard_error, margin, rows)
    z = (simulated - predicted) / standard_error if standard_error else 0.0
    return Row("a.b", {}, predicted, simulated, standard_error, margin, effect, z, "", 1000)


def verdicts(*rows, scale=None):
    return [one.verdict for one in judge(rows, {"a.b": scale}, 0.01)]


def test_verdicts():
    assert verdicts(row()) == ["agrees"]
    assert verdicts(row(simulated=1.002)) == ["disagrees"]
    assert verdicts(row(simulated=1.002, margin=0.0019)) == ["agrees"]  # the margin was declared
    assert verdicts(row(standard_error=0.01)) == ["underpowered"]
    assert verdicts(row(simulated=1.5, standard_error=0.01)) == ["disagrees"]  # a gross error needs no power
    assert verdicts(row(predicted=0.0, simulated=0.0, standard_error=1e-4), scale=1.0) == ["agrees"]
    assert verdicts(row(predicted=0.0, simulated=0.0, standard_error=1e-4)) == ["underpowered"]
    assert verdicts(row(simulated=float("nan"))) == ["disagrees"]  # a simulation that diverged
    assert verdicts(row(standard_error=0.0)) == ["agrees"]
    assert verdicts(row(standard_error=0.0, simulated=1.0 + 1e-6, margin=1e-7)) == ["disagrees"]


def test_holm_against_its_definition():
    p = [1e-9, 4e-7, 0.3, 1e-7, 0.9]
    assert holm(p, 1e-6).tolist() == [True, False, False, True, False]  # 4e-7 > 1e-6/3
    assert holm([2e-7] * 5, 1e-6).tolist() == [True] * 5
    assert holm([], 1e-6).tolist() == []


def test_the_family_wise_rate_is_what_it_says():
    """At a level of 5 % that can be measured: 400 families of 20 true nulls; 3 standard deviations wide."""
    p = stats.norm.sf(np.abs(np.random.default_rng(1).standard_normal((4000, 20)))) * 2
    rate = np.mean([holm(family, 0.05).any() for family in p])
    assert abs(rate - 0.0488) < 3 * np.sqrt(0.05 * 0.95 / 4000)


def test_power_is_what_the_effect_promises():
    """A true difference of the minimal detectable effect is found in 95 % of cases, as the family's hardest row."""
    rows, error, margin = 50, 1.0, 2.0
    effect = minimal_detectable_effect(error, margin, rows)
    seen = effect + np.random.default_rng(2).standard_normal(20_000)
    found = np.mean([p_value(one, error, margin) <= 1e-6 / rows for one in seen])
    assert abs(found - 0.95) < 0.006
    assert sensitivity(50) > sensitivity(5)


def test_p_values_are_uniform_without_a_margin():
    p = [p_value(one, 1.0, 0.0) for one in np.random.default_rng(3).standard_normal(20_000)]
    assert stats.kstest(p, "uniform").pvalue > 1e-6


def test_underpowered_is_never_agreement():
    assert verdict(False, 0.02, 0.01) == "underpowered"
    assert verdict(False, float("nan"), 0.01) == "underpowered"


LAWS = {
    "mean": (lambda generator, n: generator.exponential(size=n), 1.0),
    "variance": (lambda generator, n: generator.exponential(size=n), 1.0),
    "correlation": (
        lambda generator, n: generator.multivariate_normal([1.0, 2.0], [[4.0, 1.2], [1.2, 1.0]], size=n), 0.6,
    ),
}  # fmt: skip


@pytest.mark.parametrize("statistic", LAWS)
def test_statistics_and_their_standard_errors(statistic):
    """2000 repetitions at n = 4000: the mean estimate within 4 of its own errors, coverage within 2 % of 95 %."""
    draw, truth = LAWS[statistic]
    generator = np.random.default_rng(4)
    found = np.array([estimate(statistic, draw(generator, 4000)) for _ in range(2000)])
    assert abs(found[:, 0].mean() - truth) < 4 * found[:, 0].std() / np.sqrt(2000) + 1e-3
    covered = np.abs(found[:, 0] - truth) < 1.96 * found[:, 1]
    assert 0.93 < covered.mean() < 0.965


def test_a_deterministic_measure_has_no_error():
    assert estimate("mean", np.full(100, 0.1)) == (0.1, 0.0)
