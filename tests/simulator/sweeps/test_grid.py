"""Grids: every point in, exactly those points, in their cells; bad designs are refused in one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Normal, sweep
from simulator.models.goal_drift import goal_drift
from simulator.parameter import resolve
from simulator.randomness import key_of, point_key
from simulator.sweeps.grid import grid
from tests.simulator.sweeps.laws import packed, walk

QUIET = {"progress": False, "discretization": False}
numbers = st.lists(st.floats(-5, 5), min_size=1, max_size=4, unique_by=lambda value: value + 0.0)
designs = st.fixed_dictionaries(
    {"over": st.dictionaries(st.sampled_from(["center", "spread"]), numbers, max_size=2)},
    optional={
        "dims": st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True),
        "cases": st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True),
    },
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(design=designs, order=st.randoms(use_true_random=False))
def test_every_point_comes_out_in_its_cell(design, order):
    """Each point's replicates are scaled by a number of its own: in the wrong cell they would be found out."""
    over = {**design["over"], **({"dim": design["dims"]} if "dims" in design else {})}
    over = dict(order.sample(list(over.items()), len(over)))
    cases = [{"axis": 10.0 ** (one - 4)} for one in design["cases"]] if "cases" in design else None
    found = sweep(packed, over, cases, replicates=2, **QUIET)
    assert found.noise.shape == tuple(map(len, (*over.values(), *([cases] if cases else []))))
    assert (found.status == "ok").all()
    for place in np.ndindex(found.noise.shape):
        cell = found.isel(dict(zip(found.noise.dims, place, strict=True)))
        given_here = {name: values[at] for (name, values), at in zip(over.items(), place, strict=False)}
        for name, value in given_here.items():
            assert float(cell[name]) == value
        if cases:
            given_here |= cases[place[-1]]
        point = resolve(packed.parameters, given_here)
        key = point_key({**packed.identity, "name": packed.name, "parameters": point})
        drawn = expected(point, key)
        np.testing.assert_array_equal(cell.noise, drawn["noise"].mean())
        dim = point["dim"]
        np.testing.assert_array_equal(cell.vector[:, :dim], drawn["vector"].mean(axis=0))
        assert np.isnan(cell.vector[:, dim:]).all()
        assert (cell.vector_n[:, :dim] == 2).all()
        assert (cell.vector_n[:, dim:] == 0).all()


def expected(point, key):
    from simulator.randomness import stream

    found = packed.sample(point, 64, stream(0, key, 0))
    return {name: array[:2] for name, array in found.items()}


def test_a_point_has_the_key_that_simulate_gives_it():
    made = goal_drift.experiment(times=[1.0])
    over = {"pull": [0.5, 1], "dim": [2, 3], "base": {"ones": 1.0, "first": lambda size: np.eye(size)[0]}}
    cases = [{"noise": 0.1}, {"noise": Normal(0.5, 0.1), "width": 0.3}]
    points = grid(made, over, cases, {"growth": 0.25})
    assert len(points) == 16
    for number, (digest, values) in enumerate(points.points()):
        assert str(values) == str(points.resolved(number))
        content = {**made.identity, "name": made.name, "parameters": points.resolved(number)}
        assert key_of(digest) == point_key(content)


def test_vectors_and_distributions_are_labeled():
    found = sweep(walk, {"axis": [[1.0, 2.0], [3.0, 4.0]]}, replicates=64, **QUIET)
    assert found["axis"].values.tolist() == [0, 1]
    assert found.axis_value.values.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert found.axis_value.attrs["long_name"] == "scale of each component"
    found = sweep(walk, {"axis": {"short": 1.0, "long": 9.0}}, replicates=64, **QUIET)
    assert found["axis"].values.tolist() == ["short", "long"]
    assert float(found.vector_var.sel(axis="long").isel(time=0, dim_index=0)) > 20.0
    found = sweep(goal_drift, {"noise": [0.1, Normal(0.2, 0.01)]}, replicates=64, fixed={"dim": 2}, **QUIET)
    assert found.noise.values.tolist() == [0, 1]
    assert found.noise_value.values[1] == "Normal(mean=0.2, sd=0.01)"


def test_cases_are_points():
    cases = [{"center": 1.0, "spread": 2.0}, {"center": 3.0}]
    found = sweep(walk, {"dim": [1, 2]}, cases, {"axis": 5.0}, replicates=64, **QUIET)
    assert found.noise.dims == ("dim", "case")
    assert found.center.values.tolist() == [1.0, 3.0]
    assert found.spread.values.tolist() == [2.0, 1.0]
    assert found.center.dims == ("case",)
    alone = sweep(walk, cases=cases[:1], fixed={"axis": 5.0}, replicates=64, **QUIET)
    assert float(alone.noise[0]) == float(found.noise.sel(dim=2)[0])


def test_one_point_needs_no_axis():
    found = sweep(walk, replicates=64, **QUIET)
    assert found.noise.dims == ()
    assert found.vector.dims == ("time", "dim_index")


def test_time_is_swept_like_any_other():
    found = sweep(goal_drift, {"time": [0.5, 1.0]}, fixed={"dim": 2}, replicates=64, **QUIET)
    assert found.alignment.dims == ("time",)
    assert found.time.attrs["units"] == "time"


REFUSED = {
    "unknown name": ({"over": {"cente": [1.0]}}, "unknown parameter 'cente'; did you mean 'center'?"),
    "unknown case": ({"cases": [{"center": 1.0}, {"sprea": 1.0}]}, "unknown parameter 'sprea'; did you mean 'spread'?"),
    "unknown fixed": ({"fixed": {"centre": 1.0}}, "unknown parameter 'centre'; did you mean 'center'?"),
    "one value": ({"over": {"center": 1.0}}, "over: got 1.0 for center; must be a sequence"),
    "text": ({"over": {"center": "12"}}, "over: got '12' for center; must be a sequence"),
    "a list of names": ({"over": ["center"]}, "over: got list; must be a mapping"),
    "no values": ({"over": {"center": []}}, "over: got no values for center"),
    "no cases": ({"cases": []}, "cases: got no points"),
    "one case": ({"cases": {"center": 1.0}}, "cases: got dict; must be a list of mappings"),
    "repeated values": ({"over": {"center": [1, 2, 1.0]}}, "center: entries 0 and 2 are the same point"),
    "repeated cases": ({"cases": [{"center": 0}, {"spread": 1}]}, "case: entries 0 and 1 are the same point"),
    "twice": ({"over": {"center": [1]}, "fixed": {"center": 1}}, "center: is set in over and in fixed"),
    "twice in cases": ({"over": {"center": [1]}, "cases": [{"center": 1}]}, "center: is set in over and in case"),
    "not a number": ({"over": {"center": [0.0, float("nan")]}}, "center: got nan; must be finite"),
    "no component": ({"over": {"dim": [1, 0]}}, "dim: got 0; must be finite and in [1, inf)"),
    "wrong shape": ({"over": {"dim": [2, 3]}, "fixed": {"axis": [1.0, 2.0]}}, "axis: got shape (2,); must be (3,)"),
    "one replicate": ({"replicates": 1}, "replicates: got 1; must be finite and in [2, inf)"),
    "a stateful seed": ({"seed": np.random.default_rng(1)}, "seed: got a stateful Generator"),
    "no submit": ({"executor": 4}, "executor: got int; must have submit()"),
    "contrast of nothing": ({"contrast": "center"}, "contrast: got 'center'; must be a parameter of over"),
    "contrast misspelled": (
        {"over": {"center": [1, 2]}, "contrast": "centr"},
        "contrast: got 'centr'; must be a parameter of over; did you mean 'center'?",
    ),
    "contrast of one": ({"over": {"center": [1]}, "contrast": "center"}, "contrast: got 'center', which has one value"),
    "contrast of shapes": (
        {"over": {"dim": [1, 2]}, "contrast": "dim"},
        "contrast: got 'dim', along which the number of components changes",
    ),
    "precision of nothing": (
        {"precision": {"noize": 0.1}},
        "precision: unknown measure 'noize'; did you mean 'noise'?",
    ),
    "no precision": ({"precision": 0.0}, "precision: got 0.0; must be finite, >= 0 and not 0 alone"),
    "a bound without precision": ({"max_replicates": 100}, "max_replicates: bounds what precision asks for"),
    "a bound below": ({"precision": 0.1, "max_replicates": 100}, "max_replicates: got 100; must be at least"),
    "not an experiment": ({"experiment": 3}, "experiment: got int; must be an Experiment or a Model"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_designs_are_refused_in_one_line_before_any_work(case):
    def never(*_):
        raise AssertionError("work began")

    given_here, line = REFUSED[case]
    with pytest.raises((ValueError, TypeError)) as refusal:
        sweep(**{"experiment": walk.replace(sample=never), **given_here})
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)
    assert ";" in str(refusal.value)
