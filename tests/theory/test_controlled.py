"""Checks with control variates: they cost less, what is planted stays red, and what has no twin is judged as before."""

from __future__ import annotations

import numpy as np
import pytest

import theory
from simulator.levels.langevin import run
from simulator.models.goal_drift import goal, goal_drift
from theory.check import check
from theory.controlled import with_controls
from theory.faults.catalog import get
from theory.faults.fault import verdicts
from theory.goal_drift import predictions_of

PLANTED = ("more_decay", "leaking_gradient", "stronger_selection", "longer_open_time")
MEANS = ("goal_drift.learned_fraction", "goal_drift.retained_goal", "goal_drift.alignment")


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_stays_red(name):
    """These are about means, of laws and of populations; all faults are planted so in the long run of tests.faults."""
    assert verdicts(get(f"goal_drift.{name}"), control=True).caught


def test_two_per_cent_more_learning_is_red_at_quick():
    """A fault that takes millions of agents without: the twin has the faulty law's own path."""
    changed = goal_drift.replace(learner={goal: 1.02})
    wrong = [one for one in predictions_of(changed) if one.name == "goal_drift.learned_fraction"]
    rows = check(wrong, points=2, seed=11, control=True)
    assert "disagrees" in {row.verdict for row in rows}


def test_a_fault_of_the_sampler_is_not_hidden():
    """Normals five per cent too wide: the controls' mean is zero for them too, and the mean square shows them."""
    prediction = theory.get("goal_drift.mean_squared_displacement")

    def wide(generator, out):
        generator.standard_normal(out=out)
        out *= 1.05

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "NORMALS", {"ziggurat": wide})
        rows = check(prediction, points=1, seed=11, control=True)
    assert {row.verdict for row in rows} == {"disagrees"}
    assert {row.verdict for row in check(prediction, points=1, seed=11, control=True)} == {"agrees"}


def test_means_agree_with_fewer_replicates():
    predictions = [theory.get(name) for name in MEANS]
    plain, twin = (check(predictions, points=1, seed=5, control=control) for control in (False, True))
    assert {row.verdict for row in (*plain, *twin)} == {"agrees"}
    assert sum(row.replicates for row in twin) < sum(row.replicates for row in plain) / 2
    assert all(np.isfinite(row.standard_error) and row.standard_error > 0.0 for row in twin)


def test_what_is_no_mean_or_has_no_twin_is_judged_as_before():
    variance, still = theory.get("goal_drift.shut_variance"), theory.get("grokking.rise")
    assert with_controls(variance) is variance
    assert with_controls(still) is still


def test_controls_are_off_unless_asked_for():
    right = theory.get("goal_drift.learned_fraction")
    assert right.experiment.controls == 0
    assert with_controls(right).experiment.controls > 0
    assert check(right, points=1, seed=2) == check(right, points=1, seed=2, control=False)
