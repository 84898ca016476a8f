"""The file: the same sweep resumes, more extends, another is refused; damage is found and nothing is overwritten."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from simulator import sweep
from simulator.models.goal_drift import goal_drift, pull
from simulator.store import file, load, summary
from tests.simulator.sweeps.laws import fragile, packed, pairs, stepped, walk

QUIET = {"progress": False}
OVER = {"center": [0.0, 1.0, 2.0], "dim": [1, 2]}


def never(*_):
    raise AssertionError("this was finished already")


def rows(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        blocks = "select digest, block, used, diverged, data from blocks join points on point = id order by 1, 2, 3"
        errors = "select digest, size, data from refinements join points on point = id order by 1, 2"
        return connection.execute(blocks).fetchall(), connection.execute(errors).fetchall()


@pytest.mark.parametrize("experiment", [walk, packed, stepped, pairs], ids=lambda one: one.name)
@pytest.mark.parametrize("options", [{}, {"contrast": "center"}, {"precision": 0.1, "max_replicates": 512}])
def test_a_file_gives_back_what_the_sweep_gave(experiment, options, tmp_path):
    path = tmp_path / "a.db"
    found = sweep(experiment, OVER, replicates=200, store=path, **options, **QUIET)
    assert found.identical(sweep(experiment, OVER, replicates=200, **options, **QUIET))
    assert found.identical(load(path))
    again = experiment.replace(sample=never, pack=never if experiment.pack else None)
    if experiment.refine:
        again = again.replace(refine=never)
    assert found.identical(sweep(again, OVER, replicates=200, store=path, **options, **QUIET))
    assert os.listdir(tmp_path) == ["a.db"]


def test_a_file_needs_no_law_to_be_read(tmp_path):
    path = tmp_path / "a.db"
    found = sweep(STEPPED, {"pull": [1.0, 2.0]}, fixed={"dim": 2}, replicates=64, store=path, **QUIET)
    code = (
        "import sys\nfrom simulator.store import load\n"
        f"found = load({str(path)!r})\nassert 'simulator.model' not in sys.modules\nprint(float(found.alignment[1]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert float(out) == float(found.alignment[1])


def test_more_replicates_and_points_extend_it_and_leave_every_earlier_byte(tmp_path):
    path = tmp_path / "a.db"
    sweep(stepped, {"center": [0.0, 1.0]}, replicates=200, store=path, **QUIET)
    before = rows(path)
    more = sweep(stepped, {"center": [2.0, 1.0, 0.0]}, replicates=300, store=path, **QUIET)
    assert more.identical(sweep(stepped, {"center": [2.0, 1.0, 0.0]}, replicates=300, **QUIET))
    after = rows(path)
    for old, new in zip(before, after, strict=True):
        assert set(old) < set(new)
    fewer = sweep(stepped, {"center": [1.0]}, replicates=100, store=path, **QUIET)
    assert fewer.identical(sweep(stepped, {"center": [1.0]}, replicates=100, **QUIET))
    exact = sweep(stepped, {"center": [1.0]}, replicates=64, precision=0.05, store=path, **QUIET)
    assert exact.identical(sweep(stepped, {"center": [1.0]}, replicates=64, precision=0.05, **QUIET))


def test_a_contrast_with_another_first_value_is_another_contrast(tmp_path):
    path = tmp_path / "a.db"
    for centers in ([0.0, 1.0, 2.0], [1.0, 2.0], [2.0, 0.0]):
        design = {"over": {"spread": [1.0, 2.0], "center": centers}, "contrast": "center", "replicates": 64}
        assert sweep(walk, **design, store=path, **QUIET).identical(sweep(walk, **design, **QUIET))


def test_failed_points_are_written_down_and_tried_again(tmp_path):
    path = tmp_path / "a.db"
    over = {"center": [0.0, 2.0, 3.0]}
    found = sweep(fragile, over, replicates=100, store=path, **QUIET)
    assert found.identical(load(path))
    told = summary(path)
    assert (told.points, told.done, told.failed) == (3, 2, 1)
    assert told.failures[0][1] == "ArithmeticError: the center is too large"
    assert json.loads(told.failures[0][0])["center"] == 3.0
    mended = sweep(fragile.replace(sample=walk.sample), over, replicates=100, store=path, **QUIET)
    assert str(mended.status.values[2]) == "ok"
    assert mended.status.values[0] == found.status.values[0]
    assert summary(path).failed == 0


def test_a_summary_says_what_there_is(tmp_path):
    path = tmp_path / "a.db"
    sweep(STEPPED, {"pull": [1.0, 2.0]}, fixed={"dim": 2}, replicates=100, seed=8, store=path, **QUIET)
    told = summary(str(path))
    assert (told.experiment, told.points, told.done, told.failed) == ("goal_drift", 2, 2, 0)
    assert (told.replicates, told.blocks, told.seed) == (200, 4, "8")
    assert told.spec["level"] == "langevin"
    assert told.spec["law"]["name"] == "goal_drift"


STEPPED = goal_drift.experiment(method="stepped")
LAW = goal_drift.replace(reward=goal_drift.reward + pull)
CHANGED = {
    "another law": (LAW.experiment(method="stepped"), {}, "law.reward was "),
    "another noise": (goal_drift.replace(noise={}).experiment(method="stepped"), {}, "law.noise.goal was"),
    "other steps": (goal_drift.experiment(method="stepped", steps=64), {}, "steps was 128, is 64"),
    "other times": (goal_drift.experiment(method="stepped", times=[1.0]), {}, "times was null, is [1.0]"),
    "another level": (goal_drift.experiment(level="flow"), {}, 'level was "langevin", is "flow"'),
    "another measure": (goal_drift.experiment(method="stepped", measures=["gate"]), {}, "measures.alignment was "),
    "another seed": (STEPPED, {"seed": 1}, 'seed was "0", is "1"'),
    "common noise": (
        STEPPED,
        {"common_random_numbers": True},
        "common_random_numbers was false, is true",
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "a.db"
    sweep(STEPPED, {"pull": [1.0, 2.0]}, fixed={"dim": 2}, replicates=64, store=path, **QUIET)
    return path


@pytest.mark.parametrize("case", CHANGED)
def test_a_change_is_refused_and_named(case, made):
    before = made.read_bytes()
    experiment, options, difference = CHANGED[case]
    with pytest.raises(ValueError, match=r"store: .* is of another sweep") as refusal:
        sweep(experiment, {"pull": [1.0]}, fixed={"dim": 2}, replicates=64, store=made, **options, **QUIET)
    assert difference in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert made.read_bytes() == before
    assert sorted(os.listdir(made.parent)) == ["a.db"]


def test_a_long_difference_is_shown_where_it_is(made):
    with pytest.raises(ValueError, match="is of another sweep") as refusal:
        sweep(LAW.experiment(method="stepped"), {"pull": [1.0]}, store=made, **QUIET)
    was, now = str(refusal.value).split("law.reward was ")[1].split(", is ")[:2]
    assert was != now
    assert len(str(refusal.value)) < 800


def truncated(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def cut_head(path):
    path.write_bytes(path.read_bytes()[:60])


def emptied(path):
    path.write_bytes(b"")


def text(path):
    path.write_text("the results are in the other file")


def foreign(path):
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("create table blocks(point)")


def scribbled(path):
    data = bytearray(path.read_bytes())
    for page in range(file.PAGE, len(data), file.PAGE):
        data[page : page + 200] = os.urandom(200)
    path.write_bytes(bytes(data))


def changed(statement, *values):
    def change(path):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(statement, values)

    change.__name__ = statement.split(" where")[0]
    return change


BLOCK = " where block = 0 and point = 1"
DAMAGES = [
    truncated, cut_head, emptied, text, foreign, scribbled,
    changed("update blocks set data = x'00'" + BLOCK),
    changed("update blocks set data = null" + BLOCK),
    changed("update blocks set diverged = 3" + BLOCK),
    changed("update blocks set layout = 'x'" + BLOCK),
    changed("update blocks set checksum = checksum + 1" + BLOCK),
    changed("update refinements set size = 65"),
    changed("update meta set value = '{' where name = 'spec'"),
    changed("delete from meta where name = 'spec'"),
    changed("drop table layouts"),
    changed("pragma user_version = 99"),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_a_damaged_or_foreign_file_is_refused_and_left_as_it_is(damage, made, tmp_path):
    path = tmp_path / "a.db"
    path.write_bytes(made.read_bytes())
    damage(path)
    before = path.read_bytes()
    for read in (
        lambda: sweep(STEPPED, {"pull": [1.0, 2.0]}, fixed={"dim": 2}, replicates=64, store=path, **QUIET),
        lambda: load(path),
    ):
        with pytest.raises(ValueError, match=r"^store: .*(damaged|not a file of a sweep|format 99)") as refusal:
            read()
        assert "\n" not in str(refusal.value)
        assert "a.db" in str(refusal.value)
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["a.db"]


class Bomb:
    def __reduce__(self):
        return (os.mkdir, (os.environ["BOMB"],))


def test_reading_runs_no_code(made, tmp_path, monkeypatch):
    """A pickle that would make a directory, in every text and blob of the file, with right checksums and lengths."""
    monkeypatch.setenv("BOMB", str(tmp_path / "exploded"))
    bomb = pickle.dumps(Bomb())
    path = tmp_path / "a.db"
    for column, table, key in [
        ("value", "meta", "name"), ("content", "layouts", "id"), ("note", "points", "id"), ("data", "blocks", "point"),
        ("data", "refinements", "point"),
    ]:  # fmt: skip
        path.write_bytes(made.read_bytes())
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for (size,) in connection.execute(f"select distinct length({column}) from {table}").fetchall():
                payload = bomb.ljust(size or 0, b".")
                connection.execute(f"update {table} set {column} = ? where length({column}) is ?", (payload, size))
            if table in ("blocks", "refinements"):
                resign(connection, table)
        with contextlib.suppress(ValueError):
            load(path)
        with contextlib.suppress(ValueError):
            summary(path)
        with contextlib.suppress(ValueError):
            sweep(STEPPED, {"pull": [1.0, 2.0]}, fixed={"dim": 2}, replicates=64, store=path, **QUIET)
        assert not (tmp_path / "exploded").exists(), (table, key)
    pickle.loads(bomb)
    assert (tmp_path / "exploded").exists()  # it would have


def resign(connection, table):
    columns = "point, block, used, diverged, layout" if table == "blocks" else "point, size, layout"
    for *numbers, data in connection.execute(f"select {columns}, data from {table}").fetchall():
        where = " and ".join(
            f"{name.strip()} = {value}" for name, value in zip(columns.split(","), numbers, strict=True)
        )
        connection.execute(f"update {table} set checksum = ? where {where}", (file.checksum(numbers, data),))


def test_a_row_is_plain_numbers(made):
    with contextlib.closing(sqlite3.connect(made)) as connection:
        numbers = connection.execute(
            "select point, block, used, diverged, layout, checksum, data from blocks"
        ).fetchone()
        content = json.loads(connection.execute("select content from layouts").fetchone()[0])
    *head, checksum, data = numbers
    values = np.frombuffer(data, "<f8")
    cells = sum(int(np.prod(shape)) for _, shape in content["shapes"])
    assert values.size == 5 * cells
    assert (values[:cells] == 64.0).all()  # the counts come first
    packed_head = np.array(head, dtype="<i8").tobytes()
    assert checksum == zlib.crc32(data, zlib.crc32(packed_head))


HOLDING = """
import sys
from simulator import sweep
from tests.simulator.sweeps.laws import slow
sweep(slow, {"center": [float(one) for one in range(5000)]}, replicates=600, store=sys.argv[1], progress=False)
"""


def test_two_sweeps_on_one_file_are_one_too_many(tmp_path):
    path = tmp_path / "a.db"
    child = subprocess.Popen([sys.executable, "-c", HOLDING, str(path)], env={**os.environ, "PYTHONPATH": os.getcwd()})
    try:
        while not path.exists() or not read(path):
            assert child.poll() is None
        with pytest.raises(ValueError, match="is being written by another sweep; wait"):
            sweep(walk, store=path, **QUIET)
        assert summary(path).points == 5000  # reading is possible meanwhile
    finally:
        child.kill()
        child.wait()
    with pytest.raises(ValueError, match='experiment was "slow", is "walk"'):  # the lock died with its owner
        sweep(walk, store=path, **QUIET)


def read(path):
    return summary(path).points


def test_two_sweeps_in_one_process_are_one_too_many(tmp_path):
    path = tmp_path / "a.db"
    said = []

    def sample(point, replicates, generator):
        if not said:
            said.append("")
            with pytest.raises(ValueError, match="is being written by another sweep") as refusal:
                sweep(walk, store=path, **QUIET)
            said[0] = str(refusal.value)
        return walk.sample(point, replicates, generator)

    found = sweep(walk.replace(sample=sample), store=path, executor=ThreadPoolExecutor(1), **QUIET)
    assert said[0].startswith("store: ")
    assert str(found.status.values) == "ok"


def test_a_path_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    idle = walk.replace(sample=never)
    with pytest.raises(ValueError, match=r"store: .* its directory does not exist; make it first"):
        sweep(idle, store=tmp_path / "none" / "a.db", **QUIET)
    with pytest.raises(ValueError, match="store: "):
        sweep(idle, store=tmp_path, **QUIET)  # a directory
    with pytest.raises(TypeError, match="store: got int; must be a path"):
        sweep(idle, store=3, **QUIET)
    with pytest.raises(ValueError, match="there is no file; check the path"):
        load(tmp_path / "a.db")


@contextlib.contextmanager
def no_privileges():
    """Act as nobody where the tests run as root, who may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_read_only_directory_is_refused_and_can_be_read():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = sweep(walk, replicates=100, store=folder / "a.db", **QUIET)
        (folder / "a.db").chmod(0o444)
        folder.chmod(0o555)
        with no_privileges():
            for path in (folder / "a.db", folder / "b.db"):
                with pytest.raises(ValueError, match="where nothing can be written") as refusal:
                    sweep(walk.replace(sample=never), replicates=100, store=path, **QUIET)
                assert str(refusal.value).startswith(f"store: got {str(path)!r}, ")
            assert load(folder / "a.db").identical(found)
        folder.chmod(0o755)
        assert os.listdir(folder) == ["a.db"]


FULL = """
import resource, signal, sys
import numpy as np
from simulator import sweep
from tests.simulator.sweeps.laws import slow
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
try:
    sweep(slow, {"center": np.arange(4000.0)}, fixed={"dim": 40}, replicates=64, store=sys.argv[1], progress=False)
except RuntimeError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX limits")
def test_a_full_disk_is_told_and_loses_nothing_that_was_committed(tmp_path):
    path = tmp_path / "a.db"
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, env=env)
    assert "cannot be written any more" in done.stdout, done.stderr
    assert done.stdout.strip().endswith("run the same sweep again to go on")
    from tests.simulator.sweeps.laws import slow

    kept = int((load(path).status == "ok").sum())
    assert 0 < kept < 4000
    assert f"; {kept} of 4000 points are finished and kept in" in done.stdout
    assert summary(path).done == kept
    design = {"over": {"center": np.arange(4000.0)}, "fixed": {"dim": 40}, "replicates": 64}
    calls = []

    def count(*arguments):
        calls.append(1)
        return walk.sample(*arguments)

    found = sweep(slow.replace(sample=count), **design, store=path, **QUIET)
    assert len(calls) == 4000 - kept
    assert found.identical(sweep(slow.replace(sample=walk.sample), **design, **QUIET))
