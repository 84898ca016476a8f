"""Rows: they hold what tallies hold, and do not depend on what they are computed with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.estimate import Layout, Tally, layout_of, rows, tally_rows

SHAPES = {"one": (), "vector": (3,), "grid": (2, 4), "none": (0,)}


def drawn(seed, points, replicates):
    generator = np.random.default_rng(seed)
    samples = [
        {name: generator.normal(size=(replicates, *shape)) for name, shape in SHAPES.items()} for _ in range(points)
    ]
    for one in samples:
        one["one"][::7] = np.nan
        one["vector"] = np.asfortranarray(one["vector"])
    return samples


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 99),
    points=st.integers(1, 9),
    replicates=st.sampled_from([2, 64, 130, 1024]),
    group=st.sampled_from([1, 2]),
    slab=st.sampled_from([1, 700, 2**20]),
)
def test_a_row_does_not_depend_on_its_company(seed, points, replicates, group, slab, monkeypatch_slab):
    samples = drawn(seed, points, replicates)
    layout = layout_of(samples[0], tuple(SHAPES), group)
    monkeypatch_slab(slab)
    together = tally_rows(samples, layout, group)
    monkeypatch_slab(2**18)
    for one, row in zip(samples, together, strict=True):
        assert tally_rows([one], layout, group)[0].tobytes() == row.tobytes()


@pytest.fixture(scope="module")
def monkeypatch_slab():
    before = rows.SLAB

    def change(slab):
        rows.SLAB = slab

    yield change
    rows.SLAB = before


@pytest.mark.parametrize("group", [1, 4])
def test_rows_hold_the_tallies_of_every_measure(group):
    samples = drawn(1, 3, 256)
    layout = layout_of(samples[0], tuple(SHAPES), group)
    tally = layout.tally(tally_rows(samples, layout, group))
    for point, one in enumerate(samples):
        for name, array in one.items():
            alone = Tally.of(array, group)
            for statistic in ("mean", "variance", "count"):
                found = layout.of_measure(getattr(tally, statistic), name)[point]
                np.testing.assert_allclose(found, getattr(alone, statistic), rtol=1e-12, atol=1e-15)
            np.testing.assert_allclose(layout.of_measure(tally.error(), name)[point], alone.error(), rtol=1e-12)


@pytest.mark.parametrize("group", [1, 4])
def test_rows_merge_like_tallies(group):
    first, second = drawn(2, 3, 256), drawn(3, 3, 64)
    layout = layout_of(first[0], tuple(SHAPES), group)
    merged = layout.tally(layout.merge(tally_rows(first, layout, group), tally_rows(second, layout, group)))
    for point, (a, b) in enumerate(zip(first, second, strict=True)):
        alone = Tally.of(a["grid"], group).merge(Tally.of(b["grid"], group))
        np.testing.assert_allclose(layout.of_measure(merged.error(), "grid")[point], alone.error(), rtol=1e-12)
        np.testing.assert_allclose(layout.of_measure(merged.moments.fourth, "grid")[point], alone.moments.fourth)


def test_layouts_are_equal_by_content():
    assert Layout((("x", (2,)),)) == Layout((("x", (2,)),))
    assert Layout((("x", (2,)),)) != Layout((("x", (2,)),), grouped=True)
    assert Layout((("x", (2,)), ("y", ()))).width == 15
    assert Layout((("x", (2,)), ("y", ())), grouped=True).width == 31
