"""``python -m simulator``: what it prints, writes and refuses, its exit codes, and that it is quick to say so."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
import time
import types
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from simulator import Experiment, Observable, Parameter, catalog, sweep
from simulator.__main__ import main
from simulator.command.output import table, write
from simulator.command.run import executor_of
from simulator.models.goal_drift import goal_drift, variants
from simulator.store import summary

ENV = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
SMALL = """
experiment = "goal_drift"
times = [0.5, 1.0]
steps = 4
measures = ["alignment", "behavior"]
replicates = 128
seed = 3
output = "drift.nc"
store = "drift.db"

[fixed]
dim = 2

[over]
pull = [0.5, 1.0, 2.0]
growth = { geomspace = [0.1, 1.0, 2] }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drift.toml").write_text(SMALL)
    return tmp_path


def run(*words):
    return main(list(map(str, words)))


def expected():
    subject = goal_drift.experiment(times=(0.5, 1.0), steps=4, measures=("alignment", "behavior"))
    over = {"pull": [0.5, 1.0, 2.0], "growth": [0.1, 1.0]}
    return sweep(subject, over=over, fixed={"dim": 2}, replicates=128, seed=3, progress=False)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    """Derive what is listed anew in every test."""
    monkeypatch.setenv("GOALDRIFT_CACHE", str(tmp_path / "cache"))


# The catalog, list and show.


def test_every_law_of_every_phenomenon_is_found():
    found = catalog.subjects()
    assert {subject.name for subject in (goal_drift, *variants)} <= found.keys()
    assert all(found[name].name == name for name in found)
    assert catalog.find("goal_drift_decision") is variants[-1]
    with pytest.raises(
        ValueError, match=r"unknown experiment 'goal_drift_decison'; did you mean 'goal_drift_decision'"
    ):
        catalog.find("goal_drift_decison")
    with pytest.raises(ValueError, match="unknown phenomenon 'goal_drft'; did you mean 'goal_drift'"):
        catalog.declared("goal_drft")


def fake_phenomenon(monkeypatch, **contents):
    module = types.ModuleType("simulator.models.made_up")
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, "simulator.models.made_up", module)
    monkeypatch.setattr(catalog, "phenomena", lambda: ("goal_drift", "made_up"))


def test_experiments_are_found_beside_laws_and_two_of_one_name_are_refused(monkeypatch):
    made = Experiment("dice", (Parameter("sides", 6, integer=True),), {"eyes": Observable()}, lambda *_: {})
    fake_phenomenon(monkeypatch, dice=made, again=made, variants=(made,), other=3)
    assert catalog.find("dice") is made
    fake_phenomenon(monkeypatch, dice=made, copy=made.replace(parameters=()))
    with pytest.raises(ValueError, match="made_up: two experiments are called 'dice'"):
        catalog.subjects()


def test_list_shows_everything_once_in_a_hundred_columns(capsys):
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    text = " ".join(" ".join(lines).split())
    for subject in catalog.subjects().values():
        said = getattr(subject, "says", "")  # an experiment that is no law has its name and its numbers alone
        assert (f"{subject.name}: {said}" if said else subject.name) in text
        for parameter in subject.parameters:
            assert parameter.name in text
            assert parameter.meaning in text
            assert parameter.unit in text
        assert all(measure in text for measure in getattr(subject, "observed", subject.measures))
    assert any(line.split()[:4] == ["noise", "0.1", "1/sqrt(time)", "[0,"] for line in lines)
    assert "parameters, as goal_drift without threshold, width and:" in text


def test_list_of_one_phenomenon(capsys, monkeypatch):
    made = Experiment("dice", (Parameter("sides", 6, integer=True),), {"eyes": Observable(unit="pips")}, lambda *_: {})
    fake_phenomenon(monkeypatch, dice=made)
    assert run("list", "made_up") == 0
    said = capsys.readouterr().out
    assert "goal_drift" not in said
    assert said.split()[:8] == ["dice", "parameters", "sides", "6", "1,", "2,", "…", "measures"]
    assert "eyes  pips" in said


@pytest.mark.parametrize(
    "name", ["goal_drift", "goal_drift_learned", "goal_drift_prerequisites", "goal_drift_decision"]
)
def test_show_prints_the_law_in_unicode_and_latex(name, capsys):
    assert run("show", name) == 0
    said = capsys.readouterr().out
    law = catalog.find(name)
    assert law.says in said
    assert law.latex() in said
    unicode = said.partition("LaTeX")[0]
    assert max(map(len, unicode.splitlines())) <= 100
    for sign in ("κ", "λ", "σ", "dg/dt = ", "⎛", "c(0) = c₀", "noise of g = σ"):
        assert sign in unicode
    assert "\\" not in unicode
    for parameter in law.parameters:
        assert parameter.name in unicode
    if hasattr(law, "structure"):
        assert str(law.structure()).splitlines()[0] in said


def test_show_prints_starts_that_are_drawn_stops_and_experiments(capsys, monkeypatch):
    from simulator import Normal

    drawn = goal_drift.replace(
        name="drawn", absorb={"tired": goal_drift.traits[0].variable - 1},
        initial={**goal_drift.initial, goal_drift.traits[0]: Normal(0, 1)},
    )  # fmt: skip
    dice = Experiment("dice", (Parameter("sides", 6, integer=True),), {"eyes": Observable()}, lambda *_: {})
    fake_phenomenon(monkeypatch, law=drawn, dice=dice)
    assert run("show", "drawn") == 0
    said = capsys.readouterr().out
    assert "c(0) drawn from = Normal(0, 1)" in said
    assert "tired, at 0 = c - 1" in said
    assert "route_tired" in said
    assert run("show", "dice") == 0
    assert "sides" in capsys.readouterr().out


# Refusals.


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["drift.tml"], "drift.tml: No such file or directory; must be a readable file"),
        (["show", "goal_drft"], "unknown experiment 'goal_drft'; did you mean 'goal_drift'?"),
        (["list", "goal_drft"], "unknown phenomenon 'goal_drft'; did you mean 'goal_drift'?"),
        (["status", "none.db"], "none.db"),
        (["status", "foreign"], "foreign"),
        (["export", "none.db", "out.nc"], "none.db"),
        (["export", "foreign", "out.nc"], "foreign"),
        (["export", "none.db", "out.txt"], "output: got 'out.txt'; must end in .nc or .csv"),
        (["export", "none.db", "no/where/out.nc"], "output: got 'no/where/out.nc'; must be a file in a writable"),
        (["drift.toml", "--executor", "thread"], "--executor: got 'thread'; did you mean 'threads'?"),
        (["drift.toml", "--workers", "0"], "--workers: got 0; must be at least 1"),
        (["drift.toml", "--workers", "x"], "argument --workers: invalid int value: 'x'"),
        (["drift.toml", "--worker", "1"], "unknown option '--worker'; see python -m simulator --help"),
        (["drift.toml", "more.toml"], "unknown option 'more.toml'"),
        (["show"], "the following arguments are required: name"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_bad_input_exits_2_with_one_line(folder, capsys, words, line):
    (folder / "foreign").write_bytes(b"not a database, but long enough to be taken for one" * 10)
    before = sorted(path.name for path in folder.iterdir())
    assert run(*words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert line in said.err
    assert sorted(path.name for path in folder.iterdir()) == before


ATTACK = "__import__('pathlib').Path('MARK').touch()"


@pytest.mark.parametrize(
    "text",
    [
        f'contrast = "{ATTACK}"',
        f'precision = {{ "{ATTACK}" = 1.0 }}',
        f'precision = {{ absolute = "{ATTACK}" }}',
        f'over = {{ "{ATTACK}" = [1.0, 2.0] }}',
        f'fixed = {{ "{ATTACK}" = 1.0 }}',
        f'cases = [{{ "{ATTACK}" = 1.0 }}]',
    ],
)
def test_code_in_a_file_reaches_the_sweep_as_text_and_is_refused(folder, capsys, text):
    (folder / "attack.toml").write_text(f'experiment = "goal_drift"\noutput = "x.nc"\n{text}\n')
    assert run("attack.toml") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert {path.name for path in folder.iterdir()} == {"attack.toml", "drift.toml"}


class Malice:
    """Unpickled, it would leave a mark."""

    def __reduce__(self):
        return Path.touch, (Path("MARK"),)


def test_a_pickle_where_a_file_is_named_is_refused_and_not_run(folder, capsys):
    evil = folder / "drift.db"
    evil.write_bytes(pickle.dumps(Malice()) * 100)
    before = evil.read_bytes()
    for words in (["drift.toml"], ["status", "drift.db"], ["export", "drift.db", "x.nc"], ["drift.db"]):
        assert run(*words) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert {path.name for path in folder.iterdir()} == {"drift.db", "drift.toml"}
    assert evil.read_bytes() == before
    pickle.loads(before)  # the attack is real
    assert (folder / "MARK").exists()


def test_a_pickle_inside_a_store_is_refused_and_not_run(folder, capsys):
    assert run("drift.toml", "--quiet") == 0
    with sqlite3.connect("drift.db") as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in tables:
            for _, column, kind, *_ in file.execute(f"PRAGMA table_info({name})").fetchall():
                if kind.upper() in ("BLOB", "TEXT", ""):
                    file.execute(f"UPDATE OR IGNORE {name} SET {column} = ?", (pickle.dumps(Malice()),))
    file.close()
    capsys.readouterr()
    for words in (["drift.toml"], ["status", "drift.db"], ["export", "drift.db", "x.nc"]):
        assert run(*words) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert not (folder / "MARK").exists()
    assert not (folder / "x.nc").exists()


# Running, and what is written.


@pytest.mark.parametrize("words", [[], ["--workers", "2"], ["--executor", "processes", "--workers", "1"]])
def test_a_sweep_file_gives_what_the_script_gives(folder, capsys, words):
    assert run("drift.toml", "--quiet", *words) == 0
    said = capsys.readouterr()
    assert said.out == "6 points, 768 replicates: drift.nc, drift.db\n"
    assert said.err == ""
    written = xr.load_dataset("drift.nc")
    xr.testing.assert_equal(written, expected())


def test_netcdf_keeps_everything(folder):
    made = expected()
    made["status"] = made["status"].astype(object)
    made["status"].values[0, 0] = "diverged: 3 of 128 replicates, gewiß"
    made["huge"] = ("pull", np.array([2**40, -1, 3]))
    made["flag"] = ("pull", [True, False, True])
    made.attrs |= {"empty": "", "many": 2**40, "pair": [1.0, 2.0], "table": {"a": 1}, "true": True}
    write(made, Path("x.nc"))
    back = xr.load_dataset("x.nc")
    xr.testing.assert_equal(back, made)
    assert back["status"].values[0, 0] == "diverged: 3 of 128 replicates, gewiß"
    assert back["alignment"].attrs == made["alignment"].attrs
    assert back["pull"].attrs == made["pull"].attrs
    for name, value in made.attrs.items():
        found = back.attrs[name]
        told = value if isinstance(value, (str, float)) or value in (3, 4) else found
        assert np.array_equal(found, told) or json.loads(found) == value
    assert back.attrs["table"] == '{"a": 1}'
    assert list(back.attrs["pair"]) == [1.0, 2.0]


def test_csv_has_a_row_for_every_point_and_time(folder):
    import pandas as pd

    made = expected()
    write(made, Path("x.csv"))
    rows = pd.read_csv("x.csv")
    assert len(rows) == 3 * 2 * 2
    assert not rows.duplicated(["pull", "growth", "time"]).any()
    for _, row in rows.iterrows():
        cell = made.sel(pull=row["pull"], growth=row["growth"], time=row["time"])
        assert row["alignment"] == float(cell["alignment"])
        assert row["alignment_se"] == float(cell["alignment_se"])
        assert row["behavior_1"] == float(cell["behavior"][1])
        assert row["status"] == "ok"
    assert not {"behavior", "width"} & set(rows.columns)
    assert "case" not in table(made).columns


def test_cases_are_rows_with_their_parameters(folder):
    subject = goal_drift.experiment(times=(1.0,), steps=2, measures=("alignment",))
    cases = [{"pull": 0.5, "dim": 2}, {"pull": 1.5, "dim": 3}]
    rows = table(sweep(subject, cases=cases, replicates=64, progress=False))
    assert list(rows["case"]) == [0, 1]
    assert list(rows["pull"]) == [0.5, 1.5]
    assert list(rows["dim"]) == [2, 3]


def test_what_cannot_be_written_leaves_what_was_there(folder):
    Path("x.nc").write_text("before")
    made = expected()
    made["bad"] = ("pull", np.array([object(), object(), object()]))
    with pytest.raises((ValueError, TypeError)):
        write(made, Path("x.nc"))
    assert Path("x.nc").read_text() == "before"
    assert {path.name for path in folder.iterdir()} == {"drift.toml", "x.nc"}


def test_status_and_export_of_a_store(folder, capsys):
    assert run("drift.toml", "--quiet") == 0
    capsys.readouterr()
    assert run("status", "drift.db") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "experiment goal_drift" in said
    assert "points 6 of 6 done, 0 failed, 0 to do" in said
    assert "768 replicates" in said
    assert run("export", "drift.db", "again.nc") == 0
    assert capsys.readouterr().out == "again.nc: 6 of 6 points are ok\n"
    xr.testing.assert_identical(xr.load_dataset("again.nc"), xr.load_dataset("drift.nc"))


def test_points_that_diverge_are_told_and_exit_1(folder, capsys):
    text = SMALL.replace("pull = [0.5, 1.0, 2.0]", "noise = [0.1, 1.7e308]").replace("growth = {", "# ")
    (folder / "wild.toml").write_text(text)
    assert run("wild.toml", "--quiet") == 1
    said = capsys.readouterr()
    assert "1 of 2 points are not ok; the first: diverged" in said.err
    assert xr.load_dataset("drift.nc")["status"].values[0] == "ok"


def test_the_executor_is_closed_however_the_sweep_ends():
    for where, kind in (("threads", "ThreadPoolExecutor"), ("processes", "ProcessPoolExecutor")):
        pools = []
        with contextlib.suppress(KeyError), executor_of(where, 1) as pool:
            pools.append(pool)
            raise KeyError
        assert [type(pool).__name__ for pool in pools] == [kind]
        with pytest.raises(RuntimeError, match="shutdown"):
            pool.submit(print)
    with executor_of("threads", None) as pool:
        assert pool is None


def test_a_sweep_file_runs_on_a_scheduler_that_is_named_on_the_command_line(folder, capsys):
    distributed = pytest.importorskip("distributed", reason="dask is not installed (extra: cluster)")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        assert run("drift.toml", "--quiet", "--executor", cluster.scheduler_address) == 0
    xr.testing.assert_equal(xr.load_dataset("drift.nc"), expected())
    assert run("drift.toml", "--executor", "carrier-pigeon://loft") == 2
    assert "carrier-pigeon" in capsys.readouterr().err
    assert pytest.importorskip("dask").config.get("scheduler", None) is None, "what failed is no default"


# Processes of their own.


LONG = (
    SMALL.replace("replicates = 128", "replicates = 8000")
    .replace("steps = 4", "steps = 64")
    .replace("[0.1, 1.0, 2]", "[0.1, 1.0, 20]")
)


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C is sent differently there")
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(folder, executor):
    (folder / "long.toml").write_text(LONG)
    words = ["long.toml", "--executor", executor, "--workers", "1"]
    # A session of its own: the whole group is interrupted, as by a terminal.
    going = subprocess.Popen(
        [sys.executable, "-m", "simulator", *words], stderr=subprocess.PIPE, text=True, start_new_session=True, env=ENV,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # where tests run in the background
    )  # fmt: skip
    wait_for_work(folder / "drift.db")
    os.killpg(going.pid, signal.SIGINT)
    _, said = going.communicate(timeout=60)
    assert going.returncode == 130, said
    assert "Traceback" not in said
    last = said.splitlines()[-1]
    done = re.match(r"stopped; (\d+) of 60 points are finished and kept in 'drift.db'; ", last)
    assert int(done[1]) < 60
    assert last.endswith(f"run the same sweep again to go on: python -m simulator {' '.join(words)}")
    assert not (folder / "drift.nc").exists()
    assert summary("drift.db").blocks > 0
    assert run("long.toml", "--quiet") == 0
    assert (xr.load_dataset("drift.nc")["status"] == "ok").all()


def wait_for_work(path: Path) -> None:
    """Wait until a store holds something."""
    for _ in range(600):
        time.sleep(0.1)
        try:
            if summary(path).blocks > 0:
                return
        except ValueError:
            continue
    raise AssertionError("the sweep has not begun within a minute")


HEAVY = {"numpy", "sympy", "scipy", "xarray", "matplotlib", "pandas"}


def loaded(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-c", code + "\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env=ENV,
    )
    return HEAVY & set(out.stdout.split())


def test_help_is_light():
    assert loaded("from simulator.__main__ import parser; parser().format_help()") == set()


def test_list_needs_sympy_once_and_nothing_the_second_time(tmp_path, monkeypatch):
    monkeypatch.setitem(ENV, "GOALDRIFT_CACHE", str(tmp_path))
    assert loaded("from simulator.__main__ import main; main(['list'])") == {"numpy", "sympy"}
    assert loaded("from simulator.__main__ import main; main(['list'])") == set()


def test_a_reader_that_has_seen_enough_is_no_error():
    words = f"{sys.executable} -m simulator list | head -1"
    done = subprocess.run(words, shell=True, capture_output=True, text=True, check=True, env=ENV)
    assert done.stderr == ""
    assert done.stdout.startswith("crystallization")
