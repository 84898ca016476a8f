"""Scaling: the exponent that fits, sizes that grow evenly, and a small measurement of everything."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from benchmarks.scaling import axes, draw, exponent, measure


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_the_exponent_is_that_of_a_power_law_whatever_it_costs_to_begin(power):
    sizes = [4**step for step in range(1, 9)]
    assert exponent(sizes, [3.0 * size**power for size in sizes]) == pytest.approx(power)
    fixed = [3.0 * size**power + 10.0 for size in sizes]
    assert abs(exponent(sizes, fixed) - power) < abs(np.polyfit(np.log(sizes), np.log(fixed), 1)[0] - power) + 1e-9


def test_sizes_grow_by_factors_of_four():
    for tasks in axes(2**18).values():
        sizes = list(tasks)
        assert all(later / earlier >= 4 for earlier, later in pairwise(sizes))


def test_axes_are_timed_and_drawn(monkeypatch):
    every = axes(2**8)
    small = {axis: dict(list(every[axis].items())[:2]) for axis in ("replicates", "points of a sweep")}
    monkeypatch.setattr("benchmarks.scaling.axes", lambda largest: small)
    rows = measure(rounds=1, figure=None)
    assert [row["axis"] for row in rows if row["exponent of time"]] == list(small)
    assert all(row["s"] > 0.0 and row["MB"] > 0.0 for row in rows)
    (canvas,) = draw(rows).axes
    assert len(canvas.lines) == len(small) + 1
