"""A sweep's file is data: it is understood, or refused in one line that says where; nothing in it is ever run."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from simulator.sweepfile import read

FULL = """
experiment = "goal_drift_prerequisites"
level = "langevin"
times = { linspace = [0.5, 1.5, 3] }
method = "stepped"
steps = 16
dtype = "float32"
measures = ["alignment", "reward"]
replicates = 128
max_replicates = 4096
seed = 5
precision = { alignment = { absolute = 1e-2 } }
contrast = "pull"
common_random_numbers = true
control = true
store = "drift.db"
output = "drift.nc"
executor = "processes"
workers = 3

[fixed]
width = 0.2
growth = [0.1, 0.2]
prerequisites = 2

[over]
pull = [1, 2.5]
noise = { geomspace = [0.01, 1.0, 3] }
dim = { geomspace = [2, 64, 6] }

[[cases]]
weight_decay = 0.0
[[cases]]
weight_decay = 0.1
"""
SHORT = 'experiment = "goal_drift"\noutput = "x.nc"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "sweep.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_is_understood(tmp_path):
    found = read(written(tmp_path, FULL))
    assert found.subject.name == "goal_drift_prerequisites"
    assert found.subject.identity["times"] == (0.5, 1.0, 1.5)
    assert found.subject.identity["steps"] == 16
    assert found.subject.identity["dtype"] == "float32"
    assert list(found.subject.measures) == ["alignment", "reward"]
    over = found.arguments["over"]
    assert over["pull"] == [1, 2.5]
    assert over["noise"] == pytest.approx([0.01, 0.1, 1.0], rel=1e-15)
    assert over["dim"] == [2, 4, 8, 16, 32, 64]
    assert {type(value) for value in over["dim"]} == {int}
    rest = {name: value for name, value in found.arguments.items() if name != "over"}
    assert rest == {
        "replicates": 128, "max_replicates": 4096, "seed": 5, "precision": {"alignment": {"absolute": 1e-2}},
        "contrast": "pull", "common_random_numbers": True, "control": True, "store": "drift.db",
        "fixed": {"width": 0.2, "growth": [0.1, 0.2], "prerequisites": 2},
        "cases": [{"weight_decay": 0.0}, {"weight_decay": 0.1}],
    }  # fmt: skip
    assert (found.output, found.executor, found.workers) == (Path("drift.nc"), "processes", 3)


def test_what_is_left_out_is_left_to_the_sweep(tmp_path):
    found = read(written(tmp_path, SHORT))
    assert found.arguments == {}
    assert (found.executor, found.workers) == ("threads", None)
    assert found.subject.identity["level"] == "langevin"


def test_another_level_brings_its_own_options(tmp_path):
    found = read(written(tmp_path, SHORT + 'level = "flow"\ntimes = [1.0]\n'))
    assert found.subject.identity["level"] == "flow"
    with pytest.raises(ValueError, match="unknown key 'steps'; "):
        read(written(tmp_path, SHORT + 'level = "flow"\nsteps = 4\n'))


def test_a_grid_of_counts_has_each_whole_number_once(tmp_path):
    grids = "[over]\ndim = { geomspace = [1, 8, 9] }\n"
    assert read(written(tmp_path, SHORT + grids)).arguments["over"]["dim"] == list(np.unique([1, 2, 3, 4, 5, 6, 8]))


# What is added to a good file, and the words that the line must contain: where, what, the rule, the remedy.
REFUSED = [
    ("repliactes = 10", ["unknown key 'repliactes'", "did you mean 'replicates'?"]),
    ("replicates = 10.5", ["replicates: got 10.5", "whole number"]),
    ("replicates = true", ["replicates: got True", "whole number"]),
    ('replicates = "10"', ["replicates: got '10'", "whole number"]),
    ('level = "langevn"', ["level: got 'langevn'", "did you mean 'langevin'?"]),
    ("level = 3", ["level: got 3", "text"]),
    ("steps = 2.5", ["steps: got 2.5", "like 128"]),
    ('steps = "2"', ["steps: got '2'", "like 128"]),
    ("steps = 0", ["steps: got 0"]),
    ("dtype = 64", ["dtype: got 64", "like 'float64'"]),
    ('dtype = "object"', ["dtype: got 'object'"]),
    ("times = [2.0, 1.0]", ["times: got", "strictly increasing"]),
    ('times = "1"', ["times: got '1'", "grid"]),
    ('times = [1.0, "2"]', ["times[1]: got '2'", "a number"]),
    ("times = [[1.0]]", ["times: got [1.0]", "one number"]),
    ('measures = ["alignmnt"]', ["unknown measure 'alignmnt'", "did you mean 'alignment'?"]),
    ("over = 3", ["over: got 3", "table"]),
    ("[over]\ngrowth = 3", ["over.growth: got 3", "list of numbers"]),
    ('[over]\ngrowth = ["1"]', ["over.growth[0]: got '1'", "never evaluated"]),
    ("[over]\ngrowth = [true]", ["over.growth[0]: got True", "a number"]),
    ("[over]\ngrowth = [1979-05-27]", ["over.growth[0]: got datetime.date", "a number"]),
    ("[over]\nbase = [[]]", ["over.base[0]: got []", "a number"]),
    ("[over]\ngrowth = { gemspace = [1, 2, 3] }", ["over.growth: unknown grid 'gemspace'", "'geomspace'"]),
    ("[over]\ngrowth = { geomspace = [1, 2] }", ["over.growth.geomspace: got [1, 2]", "number of points"]),
    ("[over]\ngrowth = { geomspace = [0, 2, 3] }", ["over.growth.geomspace: got 0 to 2", "above 0"]),
    ("[over]\ngrowth = { linspace = [0, 2, 3.5] }", ["over.growth.linspace: got 3.5 points", "whole number"]),
    ("[over]\ngrowth = { linspace = [0, 2, 0] }", ["over.growth.linspace: got 0 points"]),
    ("[over]\ngrowth = { linspace = [0, 2, 10000000000000] }", ["10000000000000 points", "1000000"]),
    ("[over]\ngrowth = { linspace = [0, inf, 3] }", ["over.growth.linspace: got 0 to inf", "finite"]),
    (f"[over]\ngrowth = {{ linspace = [0, 1{'0' * 400}, 3] }}", ["over.growth.linspace", "finite"]),
    ('[over]\ngrowth = { linspace = ["0", 1, 3] }', ["over.growth.linspace", "number of points"]),
    ("[over]\ngrowth = { linspace = [0, 1, 2], geomspace = [1, 2, 2] }", ["over.growth: got", "one grid"]),
    ('[fixed]\ngrowth = "fast"', ["fixed.growth: got 'fast'", "never evaluated"]),
    ("cases = [1, 2]", ["cases[0]: got 1", "[[cases]]"]),
    ('[[cases]]\ngrowth = "1"', ["cases[0].growth: got '1'", "a number"]),
    ("cases = {}", ["cases: got {}", "[[cases]]"]),
    ('store = "drift.sql"', ["store: got 'drift.sql'", ".db", "rename"]),
    ('executor = "cluster"', ["executor: got 'cluster'", "processes"]),
    ('executor = "tcp://10.0.0.1:8786"', ["executor: got 'tcp://10.0.0.1:8786'", "pickles", "--executor"]),
    ("workers = 0", ["workers: got 0", "at least 1"]),
    ("workers = 1.5", ["workers: got 1.5", "whole number"]),
    ("output = 3", ["not TOML"]),  # given twice
    ("= 3", ["not TOML"]),
]  # fmt: skip


@pytest.mark.parametrize(("added", "words"), REFUSED, ids=[added.replace("\n", " ")[:40] for added, _ in REFUSED])
def test_bad_input_is_refused_in_one_line(tmp_path, added, words):
    path = written(tmp_path, SHORT + added)
    with pytest.raises((ValueError, TypeError)) as refused:
        read(path)
    line = str(refused.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    assert all(word in line for word in words), line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["no experiment", "python -m simulator list"]),
        ('experiment = "goal_drfit"\noutput = "x.nc"', ["unknown experiment 'goal_drfit'", "'goal_drift'"]),
        ('experiment = "os:system"\noutput = "x.nc"', ["unknown experiment 'os:system'", "known: cryst", "more"]),
        ('experiment = ["goal_drift"]\noutput = "x.nc"', ["experiment: got ['goal_drift']", "text"]),
        ('experiment = "goal_drift"', ["neither output nor store", "add output"]),
        ('experiment = "goal_drift"\noutput = "x.txt"', ["output: got 'x.txt'", ".nc or .csv"]),
        ("x = " + "[" * 100_000, ["not TOML"]),
    ],
)
def test_a_file_that_is_no_sweep_is_refused_in_one_line(tmp_path, text, words):
    with pytest.raises((ValueError, TypeError)) as refused:
        read(written(tmp_path, text))
    assert "\n" not in str(refused.value)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_file_that_cannot_be_read_is_refused_in_one_line(tmp_path):
    for path, words in ((tmp_path / "none.toml", "No such file"), (tmp_path, "directory")):
        with pytest.raises(ValueError, match=words):
            read(path)


class Malice:
    """Unpickled, it would leave a mark."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


ATTACK = "__import__('pathlib').Path('MARK').touch()"
# Every place where a file may hold text, and text where numbers belong.
PLACES = [
    "experiment = TEXT", "level = TEXT", "dtype = TEXT", "normals = TEXT", "steps = TEXT", "times = TEXT",
    "times = [TEXT]", "times = { linspace = [0, TEXT, 2] }", "measures = TEXT", "measures = [TEXT]",
    "replicates = TEXT", "max_replicates = TEXT", "seed = TEXT", "common_random_numbers = TEXT", "control = TEXT",
    "discretization = TEXT", "fail_fast = TEXT", "precision = TEXT", "store = TEXT", "output = TEXT",
    "executor = TEXT", "workers = TEXT", "over = TEXT", "over = { growth = TEXT }", "over = { growth = [TEXT] }",
    "over = { growth = { geomspace = TEXT } }", "over = { growth = { geomspace = [TEXT, 1, 2] } }",
    "over = { growth = { TEXT = [0, 1, 2] } }", "fixed = TEXT", "fixed = { growth = TEXT }",
    "fixed = { growth = [TEXT] }", "cases = TEXT", "cases = [TEXT]", "cases = [{ growth = TEXT }]", "TEXT = 1",
    "TEXT = TEXT",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_code_in_a_file_is_refused_and_not_run(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    lines = {"experiment": 'experiment = "goal_drift"', "output": 'output = "x.nc"'}
    lines[place.partition(" ")[0]] = place.replace("TEXT", f'"{ATTACK}"')
    path = written(tmp_path, "\n".join(lines.values()))
    with pytest.raises((ValueError, TypeError)) as refused:
        read(path)
    assert "\n" not in str(refused.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["sweep.toml"]


def test_a_pickle_in_place_of_a_file_is_refused_and_not_run(tmp_path):
    mark = tmp_path / "MARK"
    path = tmp_path / "sweep.toml"
    path.write_bytes(pickle.dumps(Malice(mark), protocol=0))
    with pytest.raises(ValueError, match="not TOML"):
        read(path)
    assert not mark.exists()
    pickle.loads(path.read_bytes())  # the attack is real
    assert mark.exists()
