"""Every example runs as a user would run it, and says what its first line promises."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import xarray as xr

ENV = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
FOLDER = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(FOLDER.glob("*.py"))
FILES = sorted(FOLDER.glob("*.toml"))
SAYS = {
    "cluster.py": "100 points, 100 of them ok",
    "own_prediction.py": "4 agrees, 0 disagrees, 0 underpowered",
    "own_reward.py": "bonus 3.0: length ",
    "paired_weight_decay.py": "without pairing the error would be",
    "phase_diagram.py": "# learned  + half  . lost",
    "precise.py": "noise 0.30: ",
    "tutorial.py": "following.svg",
    "which_parameter_decides.py": "Monte Carlo noise: at most",
}


def run(folder, *words):
    done = subprocess.run(
        [sys.executable, *map(str, words)], cwd=folder, env=ENV, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


@functools.cache
def said(name):
    """Return what a script prints; each is run once."""
    with tempfile.TemporaryDirectory() as folder:
        return run(folder, FOLDER / name).stdout


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_an_example_runs(path):
    if path.name == "cluster.py" and importlib.util.find_spec("distributed") is None:
        pytest.skip("dask is not installed (extra: cluster)")
    assert SAYS[path.name] in said(path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sweep_file_runs_and_goes_on(path, tmp_path):
    small, replicates = re.subn(r"(?m)^replicates = \d+$", "replicates = 64", path.read_text(encoding="utf-8"))
    assert replicates == 1
    (tmp_path / path.name).write_text(small, encoding="utf-8")
    first = run(tmp_path, "-m", "simulator", path.name, "--quiet")
    name = path.with_suffix(".nc").name
    assert name in first.stdout
    result = (tmp_path / name).read_bytes()
    found = xr.load_dataset(tmp_path / name)
    assert (found["status"] == "ok").all()
    assert run(tmp_path, "-m", "simulator", path.name, "--quiet").stdout == first.stdout
    assert (tmp_path / name).read_bytes() == result


def test_the_phase_diagram_has_its_phases():
    """Slow growth under a strong pull is learned, fast growth under a weak pull is lost."""
    rows = [line.split() for line in said("phase_diagram.py").splitlines()[1:10]]
    assert rows[0][0] == "#"
    assert rows[-1][-1] == "."
    assert all(one in "#+." for row in rows for one in row)


def test_a_precise_run_is_as_precise_as_asked_and_goes_on_from_its_file(tmp_path):
    words = [FOLDER / "precise.py", "precise.db"]
    first = run(tmp_path, *words).stdout
    assert first == said("precise.py")
    errors = [float(error) for error in re.findall(r"± (\S+),", first)]
    assert len(errors) == 3
    assert max(errors) <= 1e-3
    assert (tmp_path / "precise.db").exists()
    assert run(tmp_path, *words).stdout == first


def test_pairing_pays():
    """The same noise at both points makes the error of the difference several times smaller."""
    assert float(re.search(r"(\d+) times as large", said("paired_weight_decay.py"))[1]) >= 3


def test_the_tutorial_goes_from_a_law_to_a_figure():
    """Every step of its proof holds, every row agrees, a formula two per cent off does not, and the figure says so."""
    told = said("tutorial.py")
    assert "FAILS" not in told
    assert told.count("\nholds") == 5
    assert "4 agrees, 0 disagrees, 0 underpowered" in told
    assert "two per cent off: disagrees" in told
    assert re.search(r"1[2-5] of 15 simulated points lie within two standard errors", told)
