"""Ledger: blocks in any order, gaps, what is missing, and when a point is settled."""

from __future__ import annotations

import contextlib
import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import sweep
from simulator.demand import Demand, Schedule
from simulator.estimate import layout_of, tally_rows
from simulator.ledger import Ledger
from simulator.precision import Precision
from simulator.randomness import blocks
from tests.simulator.sweeps.laws import walk


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    replicates=st.integers(1, 40_000),
    components=st.sampled_from([1, 17, 1000, 10**6]),
    group=st.sampled_from([1, 4, 256]),
)
def test_a_schedule_is_the_blocks_in_order(replicates, components, group):
    schedule = Schedule(Demand(replicates, replicates, group), components)
    expected = list(blocks(replicates, components, group))
    assert [schedule.block(one.index) for one in expected] == expected
    for wanted in {1, 64, 65, 1000, replicates}:
        count = len(list(blocks(min(wanted, replicates), components, group)))
        assert schedule.covering(wanted) == count
    assert schedule.block(len(expected)).used == 0


def block_of(seed, index, used):
    samples = {"x": np.random.default_rng([seed, index]).normal(size=used)}
    layout = layout_of(samples, ("x",))
    return layout, tally_rows([samples], layout)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(order=st.permutations(range(6)), second=st.permutations(range(6)))
def test_blocks_may_come_in_any_order(order, second):
    demand = Demand(2000, 2000)
    ledgers = [Ledger(demand, [1, 1]) for _ in range(2)]
    for ledger, mixed in zip(ledgers, ([(p, k) for k in range(6) for p in (0, 1)], zipped(order, second)), strict=True):
        for point, index in mixed:
            missing = {block for first, last in ledger.missing(point) for block in range(first, last)}
            assert index in missing
            used = ledger.schedule(point).block(index).used
            layout, row = block_of(point, index, used)
            ledger.add(np.array([point]), index, layout, row, np.array([0]))
            left = {block for first, last in ledger.missing(point) for block in range(first, last)}
            assert left == missing - {index}
        assert ledger.settled.all()
    first, other = (ledger.outcome(str).tables[0] for ledger in ledgers)
    by_point = np.argsort(other.points)
    assert first.rows.tobytes() == other.rows[by_point].tobytes()


def zipped(order, second):
    return [pair for k, j in zip(order, second, strict=True) for pair in ((0, k), (1, j))]


def test_precision_is_judged_block_by_block():
    demand = Demand(64, 10_000, precision={"x": Precision(0.06)})
    ledger = Ledger(demand, [1])
    layout, _ = block_of(0, 0, 64)
    for index in (3, 2, 4, 1, 0):  # the last to come lets all be judged, in order
        assert not ledger.settled[0]
        layout, row = block_of(0, index, ledger.schedule(0).block(index).used)
        ledger.add(np.array([0]), index, layout, row, np.array([0]))
    assert ledger.settled[0]
    assert int(ledger.replicates[0]) == 512  # 1/sqrt(256) = 0.0625 would not do; block 4 is not looked at
    assert ledger.outcome(str).status == ["ok"]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_file_with_holes_is_filled_and_no_more(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("holes") / "a.db"
    design = {"over": {"center": [0.0, 1.0, 2.0]}, "replicates": 1500}
    found = sweep(walk, **design, store=path, progress=False)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        rows = connection.execute("select point, block from blocks order by point, block").fetchall()
        gone = data.draw(st.lists(st.sampled_from(rows), unique=True))
        connection.executemany("delete from blocks where point = ? and block = ?", gone)
    drawn = []

    def count(point, replicates, generator):
        drawn.append((point["center"], replicates))
        return walk.sample(point, replicates, generator)

    assert sweep(walk.replace(sample=count), **design, store=path, progress=False).identical(found)
    sizes = [one.size for one in blocks(1500, 3)]
    assert len(drawn) == len(gone)
    assert sorted(size for _, size in drawn) == sorted(sizes[block] for _, block in gone)


def test_a_point_that_is_not_settled_says_what_it_has():
    ledger = Ledger(Demand(1000, 1000), [1])
    assert ledger.outcome(str).status == ["missing: has 0 of 1000 replicates"]
    layout, row = block_of(0, 0, 64)
    ledger.add(np.array([0]), 0, layout, row, np.array([0]))
    outcome = ledger.outcome(str)
    assert outcome.status == ["missing: has 64 of 1000 replicates"]
    assert outcome.tables == []
    assert ledger.work() == pytest.approx(0.9 * 0.064)
