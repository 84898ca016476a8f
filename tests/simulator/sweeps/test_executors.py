"""Executors: processes, loky and a cluster give the bytes that threads give; what dies on the way is told."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from simulator import sweep
from simulator.models.goal_drift import goal_drift
from simulator.store import load
from simulator.sweeps.execution import workers_of
from tests.simulator.sweeps.laws import packed, slow, walk

QUIET = {"progress": False}
DESIGN = {"over": {"center": [0.0, 1.0, 2.0], "dim": [1, 2]}, "replicates": 600, "seed": 2}


@pytest.fixture(scope="module")
def by_threads():
    return sweep(packed, **DESIGN, **QUIET)


@pytest.mark.parametrize(
    "method", ["spawn", pytest.param("fork", marks=pytest.mark.skipif(os.name == "nt", reason="POSIX"))]
)
def test_processes_give_the_same_bytes(method, by_threads, tmp_path):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        found = sweep(packed, **DESIGN, executor=pool, store=tmp_path / "a.db", **QUIET)
    assert found.identical(by_threads)


def test_a_law_is_sent_as_its_declaration():
    made = goal_drift.experiment(times=[1.0], steps=4)
    design = {"over": {"pull": [0.5, 1.0]}, "fixed": {"dim": 2}, "replicates": 100}
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert sweep(made, **design, executor=pool, **QUIET).identical(sweep(made, **design, **QUIET))


def test_loky_gives_the_same_bytes(by_threads):
    loky = pytest.importorskip("loky")
    pool = loky.get_reusable_executor(2)
    try:
        assert sweep(packed, **DESIGN, executor=pool, **QUIET).identical(by_threads)
        # A function that plain pickling cannot send.
        local = walk.replace(sample=lambda point, replicates, generator: walk.sample(point, replicates, generator))
        assert sweep(local, **DESIGN, executor=pool, **QUIET).equals(sweep(walk, **DESIGN, **QUIET))
    finally:
        pool.shutdown(wait=True)


def test_an_experiment_that_cannot_be_sent_is_refused():
    lock = threading.Lock()
    stuck = walk.replace(sample=lambda *_: lock)
    with (
        ProcessPoolExecutor(1) as pool,
        pytest.raises(TypeError, match=r"executor: walk cannot be sent to other processes .*; define"),
    ):
        sweep(stuck, **DESIGN, executor=pool, **QUIET)


def test_a_worker_that_dies_is_told_and_costs_only_what_was_under_way(tmp_path):
    path = tmp_path / "a.db"
    design = {"over": {"center": np.arange(200.0)}, "replicates": 600}
    pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))

    def kill_one():
        while not path.exists() or finished(path) < 20:
            time.sleep(0.05)
        os.kill(next(iter(pool._processes)), signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    with pytest.raises(
        RuntimeError, match=r"BrokenProcessPool: .* of 200 points are finished and kept in .*a.db.*again"
    ):
        sweep(slow, **design, executor=pool, store=path, **QUIET)
    killer.join()
    pool.shutdown(wait=True)
    begun = int((load(path).status == "ok").sum())
    assert 20 <= begun < 200
    found = sweep(slow, **design, store=path, **QUIET)
    assert found.identical(load(path))
    assert found.identical(sweep(slow, **design, **QUIET))


def finished(path):
    from simulator.store import summary

    try:
        return summary(path).done
    except ValueError:  # it has just been made
        return 0


def test_a_cluster_of_processes_survives_the_death_of_a_worker(tmp_path):
    distributed = pytest.importorskip("distributed")
    path = tmp_path / "a.db"
    design = {"over": {"center": np.arange(200.0)}, "replicates": 600}
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        assert workers_of(executor) == 2
        killed_at: list[int] = []
        victim = next(iter(client.run(os.getpid).values()))

        def kill_one():
            while not path.exists() or finished(path) < 20:
                time.sleep(0.05)
            os.kill(victim, signal.SIGKILL)
            killed_at.append(finished(path))

        killer = threading.Thread(target=kill_one)
        killer.start()
        found = sweep(slow, **design, executor=executor, store=path, **QUIET)
        killer.join()
    assert 20 <= killed_at[0] < 200
    assert found.identical(sweep(slow, **design, **QUIET))


def test_an_executor_is_left_to_its_owner():
    with ThreadPoolExecutor(1) as pool:
        sweep(walk, replicates=64, executor=pool, **QUIET)
        assert pool.submit(int, 3).result() == 3


INTERRUPTED = """
from concurrent.futures import ProcessPoolExecutor
import sys
import numpy as np
from simulator import sweep
from tests.simulator.sweeps.laws import slow
if __name__ == "__main__":
    print("begun", flush=True)
    executor = ProcessPoolExecutor(2) if sys.argv[2] == "processes" else None
    sweep(slow, {"center": np.arange(1000.0)}, replicates=600, store=sys.argv[1], executor=executor, progress=False)
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("workers", ["threads", "processes"])
def test_ctrl_c_stops_keeps_what_is_finished_and_says_how_to_go_on(workers, tmp_path):
    script, path = tmp_path / "script.py", tmp_path / "a.db"
    script.write_text(INTERRUPTED)
    child = subprocess.Popen(
        [sys.executable, str(script), str(path), workers], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()}, start_new_session=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # where tests run in the background
    )  # fmt: skip
    while not path.exists() or finished(path) < 20:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    _, told = child.communicate(timeout=60)
    assert child.returncode != 0
    last = told.strip().splitlines()[-1]
    assert last.startswith("KeyboardInterrupt: stopped; ")
    assert "of 1000 points are finished and kept in" in last
    assert last.endswith("; run the same sweep again to go on")
    said = int(last.removeprefix("KeyboardInterrupt: stopped; ").split()[0])
    assert int((load(path).status == "ok").sum()) == said >= 20
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.db", "script.py"]
