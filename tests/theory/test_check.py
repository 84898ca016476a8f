"""check: clean predictions agree, a wrong formula does not, the same seed gives the same rows; faults: tests/faults."""

from __future__ import annotations

import pytest

import theory
from simulator.models.goal_drift import goal_drift
from theory.check import check, draw_points
from theory.goal_drift import predictions_of

SHUT = ("retained_goal", "shut_variance", "mean_squared_displacement", "cosine_to_start", "alignment")


def named(law, *names):
    return [prediction for prediction in predictions_of(law) if prediction.name.partition(".")[2] in names]


def test_the_clean_law_agrees():
    rows = check(named(goal_drift, *SHUT[:3]), points=2, seed=1)
    assert [row.verdict for row in rows] == ["agrees"] * 6
    assert all(row.minimal_detectable_effect <= 0.01 * abs(row.predicted) for row in rows)


def test_a_wrong_formula_is_found():
    right = theory.get("goal_drift.learned_fraction")
    wrong = right.replace(formula=lambda **point: 1.02 * right(**point))
    assert "disagrees" in [row.verdict for row in check(wrong, points=3, seed=2)]


def test_rows_do_not_depend_on_threads_or_company():
    family = named(goal_drift, "retained_goal", "learned_fraction")
    alone = check(family[1], points=1, seed=5, threads=1)
    together = check(family, points=1, seed=5, threads=2)
    assert alone[0].parameters == together[1].parameters
    assert alone[0].predicted == together[1].predicted
    again = check(family, points=1, seed=5, threads=1)
    assert together == again


def test_points_are_valid_and_new_for_a_new_seed():
    prediction = theory.get("goal_drift.goal_gradient")
    first, second = (draw_points(prediction, seed, 20) for seed in (1, 2))
    assert first != second
    for point in first:
        assert prediction.valid.where(**point)
        assert prediction(**point) >= 0.1


def test_unknown_effort_is_refused():
    with pytest.raises(ValueError, match="effort: got 'fast'"):
        check(theory.get("goal_drift.open_time"), effort="fast")
