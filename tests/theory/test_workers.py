"""Workers: the same rows from any number of processes, in their order; own predictions stay; a death is one line."""

from __future__ import annotations

import os
import time

import pytest

import theory
from theory.check import check
from theory.workers import scattered

LISTED = ("goal_drift.stationary_autocorrelation", "goal_drift.open_time", "goal_drift.fixation_chain")


def test_rows_are_the_same_bytes_for_any_number_of_workers():
    family = [theory.get(name) for name in LISTED]
    one, two = (check(family, points=2, seed=4, workers=workers) for workers in (1, 2))
    assert [row.name for row in two] == [name for name in LISTED for _ in range(2)]
    assert repr(one).encode() == repr(two).encode()


def test_own_predictions_are_run_here_and_keep_their_place():
    listed, process = theory.get("goal_drift.open_time"), []

    def formula(**point):  # a closure: nothing could send it anywhere
        process.append(os.getpid())
        return 1.1 * listed(**point)

    own = listed.replace(name="goal_drift.own", formula=formula)
    wrong = listed.replace(formula=formula)  # by its name another one would be found
    shown = []
    rows = check([own, listed, wrong], points=1, workers=2, progress=lambda work: shown.extend(work) or work)
    assert [row.verdict for row in rows] == ["disagrees", "agrees", "disagrees"]
    assert [row.name for row in rows] == ["goal_drift.own", "goal_drift.open_time", "goal_drift.open_time"]
    assert set(process) == {os.getpid()}
    assert len(shown) == 3


def sleeps(name, seconds):
    time.sleep(seconds)
    return f"{name} slept"


def test_the_slowest_go_first_once_each_has_been_tried():
    tasks = {place: ("long", 0.5) if place % 2 else ("short", 0.0) for place in range(8)}
    found = list(scattered(sleeps, tasks, workers=1))
    assert {place: tasks[place][0] + " slept" for place in tasks} == dict(found)
    # Two are under way at once: the second of the short ones is sent before the first of the long ones is timed.
    assert [place for place, _ in found] == [0, 1, 2, 3, 5, 7, 4, 6]


def dies(name, _):
    os._exit(3)


def test_a_dead_worker_is_one_clear_line():
    with pytest.raises(ChildProcessError, match=r"^workers: a process died at work on breaks; .* pass workers=1$"):
        list(scattered(dies, {0: ("breaks", None)}, workers=1))


def test_a_task_that_raises_raises_here():
    with pytest.raises(TypeError, match="str"):
        list(scattered(sleeps, {0: ("sleeps", "long")}, workers=1))


def test_a_number_of_workers_below_one_is_refused_before_any_work():
    with pytest.raises(ValueError, match="workers: got 0; must be at least 1"):
        check(theory.get("goal_drift.open_time"), workers=0)
