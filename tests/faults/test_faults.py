"""Every planted fault turns its rows red, and without it they agree; the clean suite stays green."""

from __future__ import annotations

import pytest

import theory
from tests.faults.catalog import FAULTS, verdicts
from theory.check import check
from theory.table import uniformity

SUBSET = ("goal_drift.cosine_to_start", "goal_drift.retained_goal", "audit.coverage")


CASES = [pytest.param(fault, id=fault.name, marks=[pytest.mark.full] * fault.slow) for fault in FAULTS]


@pytest.mark.parametrize("fault", CASES)
def test_a_planted_fault_turns_the_check_red(fault):
    clean, planted = verdicts(fault)
    assert {row.verdict for row in clean} == {"agrees"}
    assert {row.name for row in planted if row.verdict == "disagrees"} == set(fault.red)


def clean_runs(seeds):
    """The verdicts of the clean subset at fresh points and noise, one row a prediction and seed."""
    return [row for seed in seeds for row in check([theory.get(name) for name in SUBSET], points=1, seed=1000 + seed)]


def test_clean_runs_are_never_red():
    """False alarms: at most 1e-6 a run."""
    rows = clean_runs(range(4))
    assert {row.verdict for row in rows} == {"agrees"}


@pytest.mark.full
def test_two_hundred_clean_runs_are_never_red():
    rows = clean_runs(range(200))
    assert {row.verdict for row in rows} == {"agrees"}
    assert uniformity(rows) > 1e-4


@pytest.mark.full
def test_a_full_run_has_normal_z_values():
    family = [one for subject in ("audit", "goal_drift") for one in theory.predictions(subject)]
    rows = check(family, effort="full", seed=20261121)
    assert {row.verdict for row in rows} == {"agrees"}
    assert uniformity(rows) > 1e-4
