"""Counts are judged by the binomial law: false alarms as rare as promised, for rare events too, and with power."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

import theory
from simulator.estimate import STATISTICS
from theory.chance import Chance
from theory.check import draw_points
from theory.evidence import Scalar, judged_by
from theory.finding import Finding
from theory.judge import FAMILY_WISE_ERROR, POWER

ROWS = 2
LEVEL = FAMILY_WISE_ERROR / ROWS
CASES = [(p, n) for p in (0.0, 1e-4, 1e-3, 0.01, 0.3, 0.5, 0.97, 0.999, 1.0) for n in (64, 1024, 200_000)]


def found(k: int, n: int) -> Finding:
    samples = np.repeat([1.0, 0.0], [k, n - k])
    evidence = Chance(0.5, 1.0)
    return evidence.weigh(evidence.of(samples))


def red(p: float, n: int, margin: float = 0.0) -> list[bool]:
    """Of each count that matters, whether it is rejected as the family's hardest row."""
    evidence = Chance(p, 1.0)
    return [evidence.p_value(Finding(k / n, 1.0, n), margin) <= LEVEL for k in range(n + 1)]


@pytest.mark.parametrize(("p", "n"), [case for case in CASES if case[1] <= 1024])
def test_false_alarms_are_as_rare_as_promised(p, n):
    """Exactly: the probability of all counts that are rejected."""
    rejected = np.flatnonzero(red(p, n))
    assert binom.pmf(rejected, n, p).sum() <= LEVEL


def test_the_normal_law_would_break_the_promise():
    """Three events in a thousand: a mean and its standard error, as if it were normal, is red once in 30."""
    n, p = 1024, 0.0025
    counts = np.arange(60)
    errors = np.sqrt(counts / n * (1.0 - counts / n) / (n - 1))
    scalar = Scalar(p, 1.0, STATISTICS["mean"])
    alarms = [scalar.p_value(Finding(k / n, error), 0.0) <= LEVEL for k, error in zip(counts, errors, strict=True)]
    assert binom.pmf(counts[alarms], n, p).sum() > 1e-3


@pytest.mark.parametrize(("p", "n"), CASES)
def test_an_effect_within_reach_is_found_with_the_stated_power(p, n):
    evidence = Chance(p, 1.0)
    reach = evidence.reach(Finding(p, 1.0, n), ROWS)
    sides = [one for one in (p - reach, p + reach) if 0.0 <= one <= 1.0]
    assert sides, "there is an effect to be found"
    for side in sides:
        counts = np.unique(binom.ppf(np.linspace(1e-6, 1.0 - 1e-6, 4001), n, side).astype(int))
        missed = [k for k in counts if evidence.p_value(Finding(k / n, 1.0, n), 0.0) > LEVEL]
        chance = sum(binom.pmf(np.arange(min(missed), max(missed) + 1), n, side)) if missed else 0.0
        assert chance <= 1.0 - POWER + 1e-6
    smaller = 0.8 * reach
    weak = [binom.sf(k, n, p + smaller) for k in [int(binom.isf(LEVEL / 2.0, n, p))] if p + smaller <= 1.0]
    strong = [binom.cdf(k, n, p - smaller) for k in [int(binom.ppf(LEVEL / 2.0, n, p)) - 1] if p - smaller >= 0.0]
    assert min([*weak, *strong]) < POWER, "and not much smaller ones on both sides"


@pytest.mark.parametrize("p", [0.0, 2e-4, 0.03, 0.5, 0.999787, 1.0])
@pytest.mark.parametrize("wanted", [0.003, 0.01])
def test_as_many_trials_as_asked_for_reach_as_far_as_wanted(p, wanted):
    """Rare events reach as 1/n and others as its root: neither is scaled from a pilot."""
    evidence, pilot = Chance(p, 1.0), Finding(p, 0.0, 8192)
    trials = int(8192 * evidence.times(pilot, wanted, ROWS))
    assert evidence.reach(Finding(p, 0.0, trials), ROWS) <= wanted
    assert evidence.reach(Finding(p, 0.0, int(0.9 * trials)), ROWS) > wanted


@pytest.mark.parametrize("predicted", [0.0, 1.0, 1.0 + 2e-16])
def test_what_must_happen_and_does_agrees(predicted):
    evidence = Chance(predicted, 1.0)
    here = found(round(predicted) * 1024, 1024)
    assert evidence.p_value(here, 0.0) == 1.0
    assert here.standard_error > 0.0
    assert evidence.p_value(found(512, 1024), 0.0) == 0.0


def test_a_margin_is_no_evidence():
    evidence, n = Chance(0.3, 1.0), 100_000
    assert evidence.p_value(found(31_000, n), 0.011) == 1.0
    assert evidence.p_value(found(31_000, n), 0.0) < 1e-10
    assert evidence.p_value(found(31_000, n), 0.005) == pytest.approx(2.0 * binom.sf(30_999, n, 0.305))
    assert evidence.p_value(found(29_000, n), 0.005) == pytest.approx(2.0 * binom.cdf(29_000, n, 0.295))


@pytest.mark.parametrize(
    "name", ["goal_drift.fixation_chain", "crystallization.first_passage", "succession.first_leads"]
)
def test_means_of_indicators_are_judged_so(name):
    prediction = theory.get(name)
    (point,) = draw_points(prediction, 0, 1)
    assert isinstance(judged_by(prediction, point), Chance)
    mean = theory.get("goal_drift.learned_fraction")
    assert isinstance(judged_by(mean, draw_points(mean, 0, 1)[0]), Scalar)
