"""Designs: every case lies in its box, evenly, in whole numbers where asked; bad boxes are refused in one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.design import Interval, latin_hypercube, sobol

LINEAR, GEOMETRIC = Interval(-1.0, 3.0), Interval(0.01, 100.0, log=True)
WHOLE, WHOLE_GEOMETRIC = Interval(2, 5, integer=True), Interval(1, 64, log=True, integer=True)
BOX = {"pull": LINEAR, "growth": GEOMETRIC, "dim": WHOLE, "depth": WHOLE_GEOMETRIC}
DESIGNS = {"sobol": sobol, "latin_hypercube": latin_hypercube}


def column(cases, name):
    return np.array([case[name] for case in cases])


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_every_case_lies_in_its_box(design):
    cases = design(BOX, 256, seed=3)
    assert len(cases) == 256
    assert all(list(case) == list(BOX) for case in cases)
    for name, interval in BOX.items():
        values = column(cases, name)
        assert interval.low <= values.min()
        assert values.max() <= interval.high
        kinds = {type(case[name]) for case in cases}
        assert kinds == {int if interval.integer else float}


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_each_slice_of_a_range_holds_its_share_of_the_points(design):
    """Both designs are stratified in every coordinate: of n equal slices each holds exactly one point."""
    cases = design({"pull": LINEAR, "growth": GEOMETRIC}, 64, seed=5)
    shares = (column(cases, "pull") + 1.0) / 4.0, np.log(column(cases, "growth") / 0.01) / np.log(1e4)
    for share in shares:
        assert np.array_equal(np.sort(np.floor(share * 64)), np.arange(64))


def test_whole_numbers_are_equally_frequent_or_as_their_logarithms_are_wide():
    cases = sobol({"dim": WHOLE, "depth": WHOLE_GEOMETRIC}, 4096, seed=1)
    counts = np.bincount(column(cases, "dim"))[2:]
    assert np.array_equal(counts, np.full(4, 1024))
    found = np.bincount(column(cases, "depth"), minlength=65)[1:]
    numbers = np.arange(1, 65)
    # Of n slices with a point each, an interval cuts at most two: its count is off by less than one for each of them.
    assert np.all(np.abs(found - 4096 * np.log((numbers + 1) / numbers) / np.log(65)) < 2.0)


def test_sobol_points_fill_a_box_more_evenly_than_random_ones():
    """A mean over the box is known far better than by as many random points, whose error is sd/sqrt(n)."""
    cases = sobol({"x": (0.0, 1.0), "y": (0.0, 1.0), "z": (0.0, 1.0)}, 1024, seed=2)
    product = column(cases, "x") * column(cases, "y") * column(cases, "z")
    random_error = np.sqrt((1 / 27 - 1 / 64) / 1024)
    assert abs(product.mean() - 1 / 8) < random_error / 10


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_a_design_is_fixed_by_its_seed(design):
    assert design(BOX, 16, seed=7) == design(BOX, 16, seed=7)
    assert design(BOX, 16, seed=7) != design(BOX, 16, seed=8)
    assert design(BOX, 16) == design(BOX, 16, seed=np.random.SeedSequence(0))


def test_designs_of_one_seed_are_unlike_each_other():
    assert sobol({"x": (0.0, 1.0)}, 16) != latin_hypercube({"x": (0.0, 1.0)}, 16)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    low=st.floats(-1e6, 1e6), width=st.floats(1e-9, 1e6), share=st.floats(0.0, 1.0, exclude_max=True), log=st.booleans()
)
def test_an_interval_never_leaves_its_ends(low, width, share, log):
    low = abs(low) + 1e-9 if log else low
    high = low + width
    if high <= low:
        return
    [value] = Interval(low, high, log=log).at(np.array([share]))
    assert low <= value <= high


@pytest.mark.parametrize(
    ("ranges", "n", "error", "words"),
    [
        ({}, 8, ValueError, ["ranges: got none", "at least one parameter"]),
        ([("x", (0, 1))], 8, TypeError, ["ranges: got list", "must be a mapping"]),
        ({"x": 1.0}, 8, TypeError, ["x: got 1.0", "(low, high)", "pass (0.1, 1.0)"]),
        ({"x": (1, 2, 3)}, 8, TypeError, ["x: got (1, 2, 3)", "(low, high)"]),
        ({"x": (2.0, 1.0)}, 8, ValueError, ["x: interval: got [2, 1]", "increasing"]),
        ({"x": (1.0, 1.0)}, 8, ValueError, ["x: interval: got [1, 1]", "increasing"]),
        ({"x": (0.0, np.inf)}, 8, ValueError, ["x: interval: got [0, inf]", "finite"]),
        ({"x": (0.0, np.nan)}, 8, ValueError, ["x: interval: got [0, nan]", "finite"]),
        ({"x": ("0", 1.0)}, 8, TypeError, ["x: interval: got '0'", "one number"]),
        ({"x": (0.0, True)}, 8, TypeError, ["x: interval: got True", "one number"]),
        ({"x": (0.0, 1.0)}, 0, ValueError, ["n: got 0", "whole number"]),
        ({"x": (0.0, 1.0)}, 2.5, ValueError, ["n: got 2.5", "whole number"]),
        ({"x": (0.0, 1.0)}, "8", TypeError, ["n: got '8'", "one number"]),
    ],
)
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_bad_input_is_refused_in_one_line(design, ranges, n, error, words):
    with pytest.raises(error) as refused:
        design(ranges, n)
    assert "\n" not in str(refused.value)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_intervals_and_sobol_have_rules_of_their_own():
    with pytest.raises(ValueError, match=r"interval: got \[0, 1\]; must be above 0 to be divided geometrically"):
        Interval(0.0, 1.0, log=True)
    with pytest.raises(ValueError, match=r"interval: got \[1, 2.5\]; must end in whole numbers"):
        Interval(1, 2.5, integer=True)
    with pytest.raises(ValueError, match=r"n: got 100; must be a power of two.*pass n=128"):
        sobol({"x": (0.0, 1.0)}, 100)
    with pytest.raises(TypeError, match="seed: got a stateful Generator"):
        sobol({"x": (0.0, 1.0)}, 8, seed=np.random.default_rng(1))
