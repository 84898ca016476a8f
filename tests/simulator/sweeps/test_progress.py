"""Progress: a bar in a terminal, lines elsewhere, nothing where nothing is wanted."""

from __future__ import annotations

import io
import sys

import pytest

from simulator import sweep
from simulator.sweeps import progress
from simulator.sweeps.progress import Progress, duration
from tests.simulator.sweeps.laws import fragile, walk


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_lines_come_now_and_then_with_the_time_that_is_left(clock, capsys):
    shown = Progress("walk", 400, 100.0, True)
    for clock[0], done in ((5.0, 110), (11.0, 120), (12.0, 130), (30.0, 250)):
        shown.update(done, 2, float(done))
    shown.close()
    assert capsys.readouterr().err.splitlines() == [
        "walk: 120 of 400 points, 2 failed, about 3 min left",  # 20 points in 11 s, 280 to go
        "walk: 250 of 400 points, 2 failed, about 30 s left",
    ]


def test_a_terminal_gets_a_bar(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    sweep(fragile, {"center": [0.5, 1.0, 3.0, 4.0]}, replicates=64)
    last = terminal.getvalue().split("\r")[-1]
    assert "fragile: 100%" in last
    assert "2 of 4 points, 2 failed" in last


def test_short_sweeps_and_quiet_ones_say_nothing(capsys, monkeypatch):
    sweep(walk, replicates=64)
    assert capsys.readouterr().err == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    sweep(walk, replicates=64, progress=False)
    assert terminal.getvalue() == ""


def test_durations_read_well():
    assert [duration(seconds) for seconds in (3.2, 100.0, 7000.0, 10_000.0, 400_000.0)] == [
        "3 s", "100 s", "117 min", "3 h", "5 d",
    ]  # fmt: skip
