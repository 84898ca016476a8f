"""``python -m theory claims``: the ledger from the last check, stale where the code has changed, and its exit codes."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

import theory
from tests.figures.real_page import trust
from tests.theory.test_claims import KEYS
from theory import check as checking
from theory.__main__ import main
from theory.claims import claims
from theory.fingerprint import code_fingerprint
from theory.row import Row


def report(changed=None, **parts):
    """A check in which one row of each prediction agrees, but for those that are changed; None leaves them out."""
    names = dict.fromkeys(name for claim in claims for name in claim.predictions)
    verdicts = {name: (changed or {}).get(name, "agrees") for name in names}
    numbers = dict.fromkeys(("predicted", "simulated", "standard_error", "margin", "minimal_detectable_effect"), 1.0)
    rows = [
        {"name": name, "parameters": {}, **numbers, "z": 0.1, "verdict": one} for name, one in verdicts.items() if one
    ]
    made = {"effort": "quick", "seed": 4, "family_wise_error": 1e-6, "versions": {}, "code": code_fingerprint()}
    return made | {"rows": rows} | parts


@pytest.fixture
def ledger(tmp_path, capsys):
    """Runs the command on a report; returns its exit code, what it printed and what it wrote."""

    def run(made):
        file, out = tmp_path / "check.json", tmp_path / "claims.json"
        file.write_text(json.dumps(made))
        code = main(["claims", "--check", str(file), "--json", str(out)])
        return code, capsys.readouterr().out, json.loads(out.read_text())

    return run


def test_every_claim_is_printed_with_what_it_rests_on(ledger):
    code, printed, written = ledger(report())
    assert code == 0
    assert "stale" not in printed
    assert [one["key"] for one in written["claims"]] == list(KEYS)
    assert not written["stale"]
    plain = " ".join(printed.split())
    for claim in claims:
        assert f"{claim.key} {claim.title} verdict {claim.finding.upper()} claim {claim.statement}" in plain
        for words in (claim.condition_text, claim.condition, claim.assumption, claim.network, claim.source):
            assert words in plain
        assert f"python -m figures {claim.figure}" in plain
        for name in claim.predictions:
            assert f"{name} 1 agrees" in plain
    assert "33 claims: 28 holds when, 2 not formalized, 2 fails when, 1 holds" in plain
    assert max(map(len, printed.splitlines())) <= 110


def test_a_contradicted_claim_exits_1_and_takes_no_other_with_it(ledger):
    code, printed, written = ledger(report({"grokking.snap_duration": "disagrees"}))
    assert code == 1
    assert [one["key"] for one in written["claims"] if one["verdict"] == "contradicted"] == ["G7"]
    assert "grokking.snap_duration 1 disagrees" in " ".join(printed.split())


@pytest.mark.parametrize("verdict", ["underpowered", None])
def test_what_lacks_power_or_rows_is_not_shown(ledger, verdict):
    code, printed, written = ledger(report({"simplification.winner": verdict}))
    assert code == 0
    concerned = {claim.key for claim in claims if "simplification.winner" in claim.predictions}
    assert {one["key"] for one in written["claims"] if one["verdict"] == "not shown"} == concerned
    assert ("1 underpowered" if verdict else "simplification.winner not checked") in " ".join(printed.split())


@pytest.mark.parametrize("parts", [{"code": "0" * 64}, {"code": None}])
def test_a_check_of_other_code_is_called_stale_everywhere(ledger, parts):
    code, printed, written = ledger(report(**parts))
    assert code == 0
    assert written["stale"]
    lines = printed.splitlines()
    assert lines[1].startswith("stale: the code has changed")
    assert "python -m theory --json FILE" in lines[1]
    assert sum("(stale)" in line for line in lines) == len(claims)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["claims"], "--check: got 'essay/check.json'; must be a readable report of a check (No such file"),
        (["claims", "--check", "words"], "--check: got 'words'; must be a readable report of a check (not JSON)"),
        (["claims", "--check", "half"], "check: got no proper 'effort'"),
        (["claims", "--html", "page.html"], "--html: got page.html with 'claims'; must go with python -m theory;"),
        (["--check", "half"], "--check: got half with 'check'; must go with python -m theory claims; leave it out"),
        (["--trust", "half"], "--trust: got half without a page; must go with --html; add --html FILE"),
        (["--html", "page.html", "--trust", "half"], "trust: got no proper 'seed'"),
        (["--html", "/"], "--html: got /; must be a writable file"),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words").write_text("words")
    (tmp_path / "half").write_text("{}")
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(line)
    assert error.count("\n") == 1


def test_a_check_is_written_as_a_page(tmp_path, monkeypatch, capsys):
    row = Row("goal_drift.alignment", {"dim": 2}, 1.0, 1.01, 0.1, 0.0, 0.5, 0.1, "agrees", 0.9, 10, 1.0)
    monkeypatch.setattr(checking, "check", lambda *_, **__: (row, replace(row, z=math.inf)))
    file, faults = tmp_path / "check.html", tmp_path / "trust.json"
    faults.write_text(json.dumps(trust()))
    assert main(["goal_drift", "--html", str(file), "--trust", str(faults), "--seed", "8"]) == 0
    text = file.read_text(encoding="utf-8")
    for words in ('id="check-goal_drift.alignment"', code_fingerprint(), "doubled pull", "∞", "--seed 8", "claim-G1"):
        assert words in text
    assert "claim-W1" not in text  # no check of its predictions was run
    assert "Stale" not in text
    assert "goal_drift.alignment" in capsys.readouterr().out


def test_names_of_claims_are_of_predictions_that_exist():
    assert {name for claim in claims for name in claim.predictions} <= {
        one.name for phenomenon in theory.phenomena() for one in theory.predictions(phenomenon)
    }
