"""The judge: Holm's procedure, margins, power; lack of power is never agreement."""

from __future__ import annotations

import numpy as np
from scipy import stats

import theory
from simulator.estimate import STATISTICS
from theory.judge import holm, p_value, sensitivity, verdict
from theory.judge import verdicts as judged
from theory.row import Row


def row(predicted=1.0, simulated=1.0, standard_error=1e-4, margin=0.0, rows=10, scale=None):
    effect = margin + sensitivity(rows) * standard_error
    z = (simulated - predicted) / standard_error if standard_error else 0.0
    p = p_value(simulated - predicted, standard_error, margin) if np.isfinite(simulated) else 0.0
    relative_to = abs(predicted) if scale is None else scale
    return Row("a.b", {}, predicted, simulated, standard_error, margin, effect, z, "", p, 1000, relative_to)


def verdicts(*rows, equivalence=None):
    prediction = theory.get("goal_drift.open_time").replace(equivalence=equivalence)
    return [one.verdict for one in judged(rows, {"a.b": prediction}, 0.01)]


def test_verdicts():
    assert verdicts(row()) == ["agrees"]
    assert verdicts(row(simulated=1.002)) == ["disagrees"]
    assert verdicts(row(simulated=1.002, margin=0.0019)) == ["agrees"]  # the margin was declared
    assert verdicts(row(standard_error=0.01)) == ["underpowered"]
    assert verdicts(row(simulated=1.5, standard_error=0.01)) == ["disagrees"]  # a gross error needs no power
    assert verdicts(row(predicted=0.0, simulated=0.0, standard_error=1e-4, scale=1.0)) == ["agrees"]
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
    effect = margin + sensitivity(rows) * error
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


def test_no_effect_is_shown_by_excluding_every_larger_one():
    """Two one-sided tests: a missing star is not enough, and an effect inside the bound is none."""
    assert verdicts(row(predicted=0.0, simulated=0.001, standard_error=1e-3), equivalence=0.02) == ["agrees"]
    assert verdicts(row(predicted=0.0, simulated=0.001, standard_error=1e-2), equivalence=0.02) == ["underpowered"]
    assert verdicts(row(predicted=0.0, simulated=0.0155, standard_error=1e-3), equivalence=0.02) == ["underpowered"]
    assert verdicts(row(predicted=0.0, simulated=0.05, standard_error=1e-3), equivalence=0.02) == ["disagrees"]


def test_every_statistic_is_known_to_the_judge():
    assert {"mean", "variance", "correlation", "explained_variance", "information", "ratio", "probability"} <= set(
        STATISTICS
    )
