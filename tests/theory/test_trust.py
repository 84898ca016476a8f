"""``python -m theory trust``: the table of faults, the rate of false alarms, the JSON, the exit codes, refusals."""

from __future__ import annotations

import json

import pytest

import theory
from theory import alarms
from theory.__main__ import main
from theory.faults import catalog
from theory.faults.fault import Fault
from theory.fingerprint import code_fingerprint

CHEAP = ("grokking.decay_undone", "probe_selection.leaking_baseline")


@pytest.fixture
def few(monkeypatch):
    """Plant two cheap faults, and make clean runs of two cheap families."""
    monkeypatch.setattr(alarms, "SUBSET", (("probe_selection.probe_auc", "grokking.rise"), ("audit.coverage",)))
    chosen = tuple(catalog.get(name) for name in CHEAP)
    monkeypatch.setattr(catalog, "faults", lambda: chosen)


def test_faults_and_false_alarms_are_shown_and_written(few, tmp_path, capsys):
    file = tmp_path / "trust.json"
    assert main(["trust", "--runs", "4", "--json", str(file), "--seed", "5"]) == 0
    shown = capsys.readouterr().out
    assert "2 planted faults: 2 caught, 0 missed" in shown
    assert "4 clean runs of 6 rows: 0 red; false alarms at most 0.53 a run" in shown
    found = json.loads(file.read_text())
    assert {*found} == {"code", "seed", "faults", "false_alarms"}
    assert (found["code"], found["seed"]) == (code_fingerprint(), 5)
    assert [f"{fault['subject']}.{fault['name']}" for fault in found["faults"]] == [*CHEAP]
    for fault in found["faults"]:
        assert fault["caught"] is True
        assert {"name", "subject", "kind", "says", "rows", "caught"} <= {*fault}
        for row in fault["rows"]:
            assert {*row} == {"name", "parameters", "z_clean", "verdict_clean", "z", "verdict"}
            assert (row["verdict_clean"], row["verdict"]) == ("agrees", "disagrees")
            assert row["name"] in shown
    false_alarms = found["false_alarms"]
    assert {"runs", "rows", "red", "upper", "subset"} <= {*false_alarms}
    assert (false_alarms["runs"], false_alarms["rows"], false_alarms["red"]) == (4, 6, 0)
    assert false_alarms["upper"] == pytest.approx(1.0 - 0.05**0.25)


def test_the_same_seed_gives_the_same_file(few, tmp_path):
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        main(["trust", "--runs", "1", "--json", str(file), "--seed", "5"])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_fault_that_is_missed_exits_1(few, monkeypatch, capsys):
    idle = Fault("grokking", "idle", "law", "Nothing is wrong.", ("grokking.rise",))
    monkeypatch.setattr(catalog, "faults", lambda: (idle,))
    assert main(["trust", "--runs", "1"]) == 1
    assert "missed: grokking.idle: Nothing is wrong." in capsys.readouterr().out


def test_a_red_clean_run_exits_1(few, monkeypatch, capsys):
    right = theory.get("crystallization.reward_gap")
    monkeypatch.setattr(alarms, "get", lambda name: right.replace(formula=lambda **point: 1.05 * right(**point)))
    assert main(["trust", "--runs", "1"]) == 1
    assert "1 red" in capsys.readouterr().out


@pytest.mark.parametrize(("runs", "line"), [("0", "runs: got 0; must be >= 1"), ("-3", "runs: got -3; must be >= 1")])
def test_bad_input_exits_2_with_one_line(runs, line, capsys):
    assert main(["trust", "--runs", runs]) == 2
    error = capsys.readouterr().err
    assert error.startswith(line)
    assert error.count("\n") == 1
