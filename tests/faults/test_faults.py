"""Every planted fault turns its rows red, and without it they agree; the clean check stays green.

A row is red at a family-wise rate of false alarms of 1e-6, by the check's own judge.
"""

from __future__ import annotations

import inspect
from collections import Counter

import pytest

import theory
from theory.alarms import SUBSET, FalseAlarms, false_alarms, summary, upper_rate
from theory.catalog import phenomena, subjects
from theory.check import check
from theory.faults.catalog import faults, get
from theory.faults.fault import Fault, verdicts
from theory.faults.table import summary as of_trials
from theory.faults.table import table
from theory.table import uniformity

CASES = [
    pytest.param(fault, id=f"{fault.subject}.{fault.name}", marks=[pytest.mark.full] * fault.slow) for fault in faults()
]


@pytest.mark.parametrize("fault", CASES)
def test_a_planted_fault_turns_the_check_red(fault):
    trial = verdicts(fault)
    assert {row.verdict for row in trial.clean} == {"agrees"}
    assert {row.name for row in trial.planted if row.verdict == "disagrees"} == {*fault.red}
    assert trial.caught


@pytest.mark.full
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("fault", CASES)
def test_it_does_so_at_other_points_and_noise(fault, seed):
    assert verdicts(fault, seed=seed).caught


@pytest.mark.full
@pytest.mark.skipif("control" not in inspect.signature(check).parameters, reason="the check takes no control variates")
@pytest.mark.parametrize("fault", CASES)
def test_it_does_so_with_control_variates(fault):
    assert verdicts(fault, control=True).caught


def test_there_are_enough_of_every_kind():
    """At least 40 in all, four a phenomenon, and some of kernel, sampler, stream and estimator."""
    count = Counter(fault.subject for fault in faults())
    assert count.total() >= 40
    assert {*count} == {*subjects()}
    assert all(count[subject] >= 4 for subject in subjects())
    assert {fault.kind for fault in faults() if fault.subject == "audit"} == {
        "kernel",
        "sampler",
        "stream",
        "estimator",
    }
    assert {fault.kind for fault in faults()} >= {"law", "mechanism", "level", "formula"}
    # Most sit in what is simulated, not in what it is compared with.
    assert sum(fault.kind == "formula" for fault in faults()) <= 3


def test_a_fault_of_a_phenomenon_turns_that_phenomenon_red():
    for fault in faults():
        assert fault.red
        if fault.subject in phenomena():
            assert {name.partition(".")[0] for name in fault.red} == {fault.subject}


def test_intervals_are_narrowed_to_a_part_of_themselves():
    """A keyword that no prediction has, or an interval beyond the region's own, would be a slip."""
    for fault in faults():
        boxes = [theory.get(name).valid.box for name in fault.red]
        for name, narrow in fault.box.items():
            found = [box[name] for box in boxes if name in box]
            assert found, (fault.name, name)
            assert all(whole.low <= narrow.low <= narrow.high <= whole.high for whole in found), (fault.name, name)


def test_nothing_of_a_fault_stays_behind():
    """The clean rows are the same, to the byte, before and after every patch has been in place once."""
    names = ["grokking.visible_from_start", "preservation.leaky_distance", "succession.goal_retention"]
    before = check([theory.get(name) for name in names], points=1)
    for fault in faults():
        with fault.planted():
            pass
    assert check([theory.get(name) for name in names], points=1) == before


def test_a_fault_that_does_nothing_is_not_called_caught():
    idle = Fault("grokking", "idle", "law", "Nothing is wrong.", ("grokking.rise",))
    trial = verdicts(idle)
    assert not trial.caught
    assert "missed: grokking.idle: Nothing is wrong." in of_trials([trial])
    assert table([trial]).splitlines()[1].split() == ["idle", "grokking", "law", "grokking.rise", "+0.00", "+0.0",
                                                      "agrees"]  # fmt: skip


def test_a_fault_is_found_by_its_name():
    assert get("grokking.decay_undone").kind == "law"
    with pytest.raises(ValueError, match=r"unknown fault 'grokking.decay_undon'; did you mean 'grokking.decay_undone'"):
        get("grokking.decay_undon")


def test_clean_runs_are_never_red():
    """False alarms: at most 1e-6 a run. A family of every kind is checked."""
    found = false_alarms(len(SUBSET), seed=1000)
    assert found.red == 0
    assert {row.verdict for row in found.rows} == {"agrees"}
    assert {row.name for row in found.rows} == {name for family in SUBSET for name in family}
    assert {name.partition(".")[0] for family in SUBSET for name in family} == {*phenomena()}


@pytest.mark.full
def test_a_thousand_clean_runs_are_never_red():
    """Of 1000 none: the rate is below 0.3 % with 95 % confidence; z-values are normal (p above 1e-4)."""
    found = false_alarms(1000, seed=10_000)
    assert found.red == 0
    assert found.upper < 0.003
    assert found.uniformity > 1e-4


def test_a_red_run_is_counted_and_shown(monkeypatch):
    """A formula one per cent off in every family: all runs are red, and the rate may be anything up to 1."""
    right = theory.get("crystallization.reward_gap")
    wrong = right.replace(formula=lambda **point: 1.05 * right(**point))
    monkeypatch.setattr("theory.alarms.get", lambda name: wrong)
    found = false_alarms(2, subset=(("any",),))
    assert (found.red, found.upper) == (2, 1.0)
    assert "2 clean runs of 2 rows: 2 red" in summary(found)
    assert "red: crystallization.reward_gap at" in summary(found)


def test_the_bound_on_a_rate_is_exact():
    """Clopper and Pearson: at the bound itself so few red runs have the chance that the confidence leaves."""
    from scipy.stats import binom

    assert upper_rate(0, 1000) == pytest.approx(1.0 - 0.05 ** (1 / 1000))
    for red, runs in ((0, 7), (1, 50), (3, 1000)):
        assert binom.cdf(red, runs, upper_rate(red, runs)) == pytest.approx(0.05)
    assert FalseAlarms(1000, 0, (), ()).plain["upper"] < 0.003
    with pytest.raises(ValueError, match=r"runs: got 0; must be >= 1"):
        false_alarms(0)


@pytest.mark.full
def test_a_full_run_has_normal_z_values():
    family = [one for subject in ("audit", "goal_drift") for one in theory.predictions(subject)]
    rows = check(family, effort="full", seed=20261121)
    assert {row.verdict for row in rows} == {"agrees"}
    assert uniformity(rows) > 1e-4
