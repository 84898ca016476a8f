"""kill -9 at random moments of a sweep on processes: what was finished is kept, and the end is the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from simulator import sweep
from simulator.store import load, summary
from tests.simulator.sweeps.laws import slow, walk

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")

POINTS, REPLICATES = 500, 600
DESIGN = {"over": {"center": np.arange(float(POINTS))}, "replicates": REPLICATES, "seed": 4}

SCRIPT = """
import sys
from concurrent.futures import ProcessPoolExecutor
from simulator import sweep
from simulator.store.writer import Writer
from tests.simulator.store.test_kill import DESIGN
from tests.simulator.sweeps.laws import slow

def commit(self, counts, *, now=False, plain=Writer.commit):
    plain(self, counts, now=now)
    if self._begun is None and counts:
        print(counts["done"], flush=True)

if __name__ == "__main__":
    Writer.commit = commit
    with ProcessPoolExecutor(2) as pool:
        sweep(slow, **DESIGN, executor=pool, store=sys.argv[1], progress=False)
"""


@pytest.fixture(scope="module")
def uninterrupted():
    return sweep(slow.replace(sample=walk.sample), **DESIGN, progress=False)


def kill_at(path, least, seconds):
    """Run the sweep, kill it so many seconds after more than ``least`` points were done, and return what it told."""
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(path)], stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    try:
        while done(path) <= least and child.poll() is None:
            time.sleep(0.02)
        time.sleep(seconds)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        os.killpg(child.pid, signal.SIGKILL)  # its workers, whom nobody tells to stop
        child.wait()
        with child.stdout as stdout:
            told = stdout.read().split()
    return int(told[-1]) if told else 0


def done(path):
    """Return how many points are done, -1 where no sweep has begun."""
    try:
        told = summary(path)
        return told.done if told.points else -1
    except ValueError:
        return -1


def check(path, times, uninterrupted):
    """Kill again and again: at first at any moment from the making of the file on, then after some more points."""
    kept, least = 0, -1
    for seconds in times:
        told = kill_at(path, least, seconds)
        found = load(path)
        good = found.status.values == "ok"
        assert good.sum() >= max(told, kept)
        assert found.noise.values[good].tobytes() == uninterrupted.noise.values[good].tobytes()
        kept = least = int(good.sum())
    calls = []

    def count(*arguments):
        calls.append(arguments)
        return walk.sample(*arguments)

    found = sweep(slow.replace(sample=count), **DESIGN, store=path, progress=False)
    assert found.identical(uninterrupted)
    assert len(calls) <= 5 * (POINTS - kept)  # five blocks a point, and none of a finished one
    return kept


def test_a_killed_sweep_goes_on_where_it_was(uninterrupted, tmp_path):
    moments = np.random.default_rng(1).uniform(0.0, 0.5, size=3)
    assert check(tmp_path / "a.db", moments, uninterrupted) > 0


@pytest.mark.full
def test_twenty_kills(uninterrupted, tmp_path):
    generator = np.random.default_rng(2)
    for number in range(5):
        check(tmp_path / f"{number}.db", generator.uniform(0.0, 0.7, size=4), uninterrupted)
