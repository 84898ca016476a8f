"""The command: it refuses in one line before work starts, and draws what it was asked for."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figures import catalog
from figures.__main__ import main, parse_setting
from figures.figure import Figure
from figures.panel import Series, comparison, table
from tests.figures.real_page import trust

REPORT = {"effort": "quick", "seed": 3, "family_wise_error": 1e-6, "versions": {}, "rows": []}
CALLS: list[dict[str, Any]] = []


def lock_in(axes: Any = None, *, replicates: int = 100, seed: int = 0, **parameters: Any) -> Figure:
    CALLS.append({"replicates": replicates, "seed": seed, **parameters})
    if "grwth" in parameters:
        raise ValueError("unknown parameter 'grwth'; did you mean 'growth'?")
    x = np.linspace(0.0, 2.0, 5)
    shown = [Series("", x, np.exp(-x), np.full(5, 0.01), np.exp(-x), x, np.exp(-x))]
    canvas, _, _ = comparison(shown, xlabel="time", ylabel="share", axes=axes)
    return Figure("lock_in", "It locks in", canvas, "It decays.", "A curve.", table(shown), {"seed": seed})


def half_life(axes: Any = None, *, replicates: int = 100, seed: int = 0, width: float = 1.0) -> Figure:
    return lock_in(axes, replicates=replicates, seed=seed)


@pytest.fixture(autouse=True)
def phenomenon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one phenomenon in place of the real ones."""
    module = types.ModuleType("figures.goal_drift")
    module.figures = (lock_in, half_life)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "figures.goal_drift", module)
    monkeypatch.setattr(catalog, "phenomena", lambda: ("goal_drift",))
    CALLS.clear()


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("theory.claims")
    vars(module).update(claims=(), verdict=lambda claim, rows: "")
    monkeypatch.setitem(sys.modules, "theory.claims", module)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lock_inn"], ["unknown figure 'lock_inn'", "did you mean 'lock_in'?"]),
        (["lock_in", "--out", "FILE/inside"], ["directory: got", "must be writable"]),
        (["lock_in", "--format", "gif"], ["format: got 'gif'", "svg, png"]),
        (["lock_in", "--set", "growth"], ["--set: got 'growth'", "PARAMETER=VALUE"]),
        (["lock_in", "--set", "growth=fast"], ["--set growth: got 'fast'", "number"]),
        (["lock_in", "--set", "growth=nan"], ["--set growth: got 'nan'", "number"]),
        (["lock_in", "--set", "growth=1,,2"], ["--set growth: got '1,,2'", "number"]),
        (["lock_in", "--set", "growth=__import__('os')"], ["--set growth", "number"]),
        (["lock_in", "--set", "growth=1", "growth=2"], ["--set: got 'growth' twice"]),
        (["lock_in", "--set", "seed=2"], ["--set: got 'seed'", "--seed"]),
        (["lock_in", "--set", "grwth=1"], ["did you mean 'growth'?"]),
        (["half_life", "--set", "wdth=1"], ["unknown parameter 'wdth' of figure half_life", "'width'"]),
        (["--set", "growth=1"], ["--set: got no figure name"]),
        (["lock_in", "--replicates", "1"], ["--replicates: got '1'", ">= 2"]),
        (["lock_in", "--replicates", "many"], ["--replicates: got 'many'", ">= 2"]),
        (["lock_in", "--seed", "-1"], ["--seed"]),
        (["lock_in", "--seed", "1.5"], ["--seed: got '1.5'", ">= 0"]),
        (["lock_in", "--seed"], ["--seed", "expected one argument"]),
        (["lock_in", "--colour"], ["unknown option '--colour'", "--help"]),
        (["lock_in", "--check", "REPORT"], ["--check: got figure names too"]),
        (["lock_in", "--trust", "REPORT"], ["--trust: got figure names too"]),
        (["--trust", "MISSING"], ["--trust: got", "MISSING", "No such file", "python -m theory trust --json FILE"]),
        (["--trust", "HALF"], ["trust: got no proper 'seed'"]),
        (["--check", "MISSING"], ["--check: got", "MISSING", "No such file"]),
        (["--check", "FILE"], ["--check: got", "FILE", "not JSON"]),
        (["--check", "HALF"], ["check: got no proper 'effort'", "python -m theory --json FILE"]),
    ],
)
def test_bad_input_is_refused_in_one_line(
    arguments: list[str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE").write_text("words")
    (tmp_path / "HALF").write_text("{}")
    (tmp_path / "REPORT").write_text(json.dumps(REPORT))
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert all(word in output.err for word in words), output.err
    assert [path.name for path in tmp_path.rglob("*.*")] == []
    assert CALLS == [] or "grwth" in CALLS[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dim=8", ("dim", 8)),
        ("growth=-2", ("growth", -2)),
        ("growth=0.2", ("growth", 0.2)),
        ("growth=1e-3", ("growth", 1e-3)),
        ("population=inf", ("population", float("inf"))),
        ("base=1,0.5,-2", ("base", [1.0, 0.5, -2.0])),
        ("base=3,", ("base", [3.0])),
    ],
)
def test_settings_are_read_as_data(text: str, expected: tuple[str, Any]) -> None:
    name, value = parse_setting(text)
    assert (name, value) == expected
    assert type(value) is type(expected[1])


def test_named_figure_is_drawn_with_its_parameters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "place"
    asked = ["lock_in", "--format", "svg", "--set", "growth=0.2", "base=1,2", "--seed", "7", "--out", str(out)]
    assert main(asked) == 0
    assert CALLS == [{"replicates": 100, "seed": 7, "growth": 0.2, "base": [1.0, 2.0]}]
    assert capsys.readouterr().out.split() == [str(out / "lock_in.svg"), str(out / "lock_in.csv")]
    command = "python -m figures lock_in --seed 7 --set growth=0.2 base=1.0,2.0"
    assert command in (out / "lock_in.svg").read_text()


def test_faults_of_a_figure_itself_are_not_called_bad_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(axes: Any = None, **parameters: Any) -> Figure:
        raise ValueError("a fault")

    monkeypatch.setattr(catalog, "functions", lambda: {"broken": broken})
    with pytest.raises(ValueError, match="a fault"):
        main(["broken", "--out", str(tmp_path)])


@pytest.mark.usefixtures("claims")
def test_without_a_name_the_page_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalog, "functions", lambda: {"lock_in": lock_in})
    monkeypatch.chdir(tmp_path)
    Path("check.json").write_text(json.dumps(REPORT))
    Path("trust.json").write_text(json.dumps(trust()))
    assert main(["--check", "check.json", "--trust", "trust.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(Path("essay/index.html"))
    text = Path("essay/index.html").read_text(encoding="utf-8")
    assert "It locks in" in text
    assert "2 faults were planted" in text
    assert "--effort quick --seed 3" in text
    assert {path.name for path in Path("essay").iterdir()} == {
        "index.html", "lock_in.svg", "lock_in.png", "lock_in.csv",
    }  # fmt: skip


@pytest.mark.usefixtures("claims")
def test_without_a_report_the_check_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    module = types.ModuleType("theory.check")
    vars(module).update(check_everything=lambda **given: asked.append(given) or REPORT)
    monkeypatch.setitem(sys.modules, "theory.check", module)
    monkeypatch.setattr(catalog, "functions", lambda: {"lock_in": lock_in})
    assert main(["--out", str(tmp_path)]) == 0
    assert asked == [{"effort": "quick", "seed": 0, "workers": None}]


def test_names_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.split() == ["lock_in", "half_life"] == list(catalog.names())


def test_two_figures_of_one_name_and_a_file_without_figures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["figures.goal_drift"]
    monkeypatch.setattr(module, "figures", (lock_in, lock_in))
    with pytest.raises(ValueError, match="figure 'lock_in' is also in"):
        catalog.functions()
    monkeypatch.delattr(module, "figures")
    with pytest.raises(ValueError, match="has no 'figures'"):
        catalog.functions()


def test_phenomena_are_found_without_importing_their_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import figures
    import simulator.models

    monkeypatch.undo()
    for folder, names in (("models", ("drawn", "undrawn")), ("figures", ("drawn", "style_only"))):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.py").write_text("raise RuntimeError('imported')")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulator.models, "__path__", [str(tmp_path / "models")])
        patch.setattr(figures, "__path__", [*figures.__path__, str(tmp_path / "figures")])
        assert catalog.phenomena() == ("drawn", "witnesses")


@pytest.mark.parametrize("statement", ["import figures", "figures.__main__"])
def test_help_and_import_stay_light(statement: str) -> None:
    run = statement if " " in statement else f"import {statement}; {statement}.parser().format_help()"
    script = f"import sys; {run}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "figures" in loaded
    assert not {"numpy", "scipy", "sympy", "matplotlib", "jinja2"} & set(loaded)


def test_help_is_given() -> None:
    script = [sys.executable, "-X", "importtime", "-m", "figures", "--help"]
    done = subprocess.run(script, capture_output=True, text=True, check=True)
    assert "--set" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "argparse" in loaded
    assert not {"numpy", "scipy", "sympy", "matplotlib"} & loaded
