"""The peers' work: its coefficients, that ours and NumPy's do the same, and that a difference is refused.

Means of 20 000 agents are compared to 5 standard errors of their difference: a false alarm in 2e6; seeds are fixed.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import against, targets
from benchmarks.peers import naive, ours
from benchmarks.peers.work import Work, runs
from simulator.models.goal_drift import goal_drift
from simulator.parameter import resolve

WORK = Work(agents=20_000, dim=4, steps=16)


def test_the_work_is_the_law_at_its_defaults() -> None:
    point = resolve(goal_drift.parameters, {"dim": WORK.dim})
    for name in ("pull", "growth", "threshold", "width", "noise"):
        assert getattr(WORK, name) == float(point[name])
    np.testing.assert_array_equal(WORK.base, point["base"])
    np.testing.assert_array_equal(WORK.start, point["start"])


def test_coefficients_relax_and_spread() -> None:
    """Without a gate they are those of the Ornstein-Uhlenbeck process: e^-T is kept, s^2 (1 - e^-2T)/2 spreads."""
    steps = replace(WORK, threshold=1e3).coefficients()
    kept, added, variance = 1.0, 0.0, 0.0
    for a, b, s in steps:
        kept, added, variance = a * kept, a * added + b, a * a * variance + s * s
    assert kept == pytest.approx(np.exp(-WORK.time))
    assert added == pytest.approx(1 - np.exp(-WORK.time))
    assert variance == pytest.approx(WORK.noise**2 * -np.expm1(-2 * WORK.time) / 2)


def test_runs_cover() -> None:
    assert runs(10, 4) == [(0, 4), (4, 8), (8, 10)]


def stand_ins(work: Work) -> dict[str, Any]:
    """The results of all tasks that need NumPy alone, in the place of the processes that would find them."""
    tasks = naive.TASKS | ours.TASKS
    return {f"{name}, x1": SimpleNamespace(result=task(work)()) for name, task in tasks.items()}


def test_all_find_the_same_and_another_law_does_not() -> None:
    found = stand_ins(WORK)
    against._agree(found, WORK)
    wrong = naive.TASKS["NumPy in place, float64"](replace(WORK, noise=0.11))()
    with pytest.raises(ValueError, match=r"^goaldrift, float32 mixed, x1: mean .* expected"):
        against._agree(found | {"goaldrift, float32 mixed, x1": SimpleNamespace(result=wrong)}, WORK)


def test_targets_are_judged() -> None:
    table = [{"task": task, "ns": ns} for task, ns in (
        ("goaldrift, float32 mixed, x1", 2.0), ("goaldrift, float32 mixed, x2", 1.5),
        ("goaldrift, float32 mixed, two processes", 1.0), ("numba, float64, x1", 5.0),
        ("torch in place, blocked, float32, x1", 4.1), ("numba, float64, x2", 2.0),
    )]  # fmt: skip
    judged = {row["target"]: row["verdict"] for row in targets.judge({"against": table})}
    assert judged == {
        "two threads against one, fast path": "not met: two processes, which share nothing, gain 2",
        "fast path / best peer, one processor (torch in place, blocked, float32, x1)": "met",
        "fast path / best peer, two processors (numba, float64, x2)": "not met",
    }
    assert targets.judge({}) == []
