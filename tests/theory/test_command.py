"""``python -m theory``: the table, the JSON, the exit codes, refusals, a light --help."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest

import theory
from theory import check as checking
from theory.__main__ import main
from theory.row import Row


def test_json_and_exit_code(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(checking.POINTS, "quick", 1)
    file = tmp_path / "check.json"
    assert main(["simplification", "--json", str(file), "--seed", "3", "--workers", "1"]) == 0
    report = json.loads(file.read_text())
    names = {row["name"] for row in report["rows"]}
    assert names == {prediction.name for prediction in theory.predictions("simplification")}
    keys = {"name", "parameters", "predicted", "simulated", "standard_error", "margin",
            "minimal_detectable_effect", "z", "verdict"}  # fmt: skip
    assert all(keys <= set(row) for row in report["rows"])
    assert report["seed"] == 3
    assert report["family_wise_error"] == 1e-6
    assert "0 disagrees" in capsys.readouterr().out


def test_a_disagreement_exits_1_and_says_how_to_see_it_again(capsys, monkeypatch):
    row = Row("goal_drift.alignment", {"dim": 2}, 1.0, 2.0, 0.1, 0.0, 0.5, math.inf, "disagrees", 0.0, 10, 1.0)
    monkeypatch.setattr(checking, "check", lambda *_, **__: (row,))
    assert main(["--seed", "8"]) == 1
    assert "python -m theory goal_drift --effort quick --seed 8" in capsys.readouterr().out


def test_a_worker_that_died_exits_2_with_one_line(capsys, monkeypatch):
    def dead(*_, **__):
        raise ChildProcessError("workers: a process died")

    monkeypatch.setattr(checking, "check", dead)
    assert main(["grokking"]) == 2
    assert capsys.readouterr().err == "workers: a process died\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["goal_drit"], "unknown phenomenon 'goal_drit'; did you mean 'goal_drift'?"),
        (["--json", "/"], "--json: got /; must be a writable file"),
        (["--seed", "-1"], "seed: got -1"),
        (["grokking", "--workers", "0"], "workers: got 0; must be at least 1; leave it out for one a processor"),
    ],
)
def test_bad_input_exits_2_with_one_line(arguments, line, capsys):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(line)
    assert error.count("\n") == 1


def test_help_is_light():
    code = "import sys\nfrom theory.__main__ import parser\nparser().format_help()\nprint(' '.join(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sympy", "scipy", "xarray", "matplotlib"} & set(modules)


def test_catalog_names_what_is_near():
    with pytest.raises(ValueError, match=r"did you mean 'goal_drift\.alignment'"):
        theory.get("goal_drift.alignmnt")
    with pytest.raises(TypeError, match="unknown keyword 'pul'; did you mean 'pull'"):
        theory.get("goal_drift.learned_fraction")(pul=1.0)
    with pytest.raises(TypeError, match="missing width"):
        theory.get("goal_drift.open_time")(growth=1.0, threshold=1.0, initial_capability=0.0, time=1.0)


def test_formulas_print():
    for prediction in theory.predictions("goal_drift"):
        if prediction.expression is not None:
            assert prediction.latex
            assert prediction.mathml().startswith("<math")
