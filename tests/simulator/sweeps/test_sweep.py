"""sweep: what simulate gives, at every point; precision, contrasts, failures, memory."""

from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Experiment, Observable, simulate, sweep
from simulator.models.goal_drift import goal_drift
from simulator.precision import Precision
from simulator.sweeps import plan
from tests.simulator.sweeps.laws import components, fragile, fragile_together, packed, pairs, stepped, walk

QUIET = {"progress": False}


class Shuffled:
    """An executor that runs what it has been given in a random order, on a thread of its own."""

    def __init__(self, seed):
        self._order = np.random.default_rng(seed)
        self._work = []
        self._ready = threading.Condition()
        threading.Thread(target=self._serve, daemon=True).start()

    def submit(self, function, *arguments):
        future = Future()
        with self._ready:
            self._work.append((future, function, arguments))
            self._ready.notify()
        return future

    def _serve(self):
        while True:
            with self._ready:
                while not self._work:
                    self._ready.wait()
                future, function, arguments = self._work.pop(self._order.integers(len(self._work)))
            if future.set_running_or_notify_cancel():
                future.set_result(function(*arguments))


def same_as_simulate(found, experiment, **options):
    """Compare a cell of a sweep with the same point alone, byte for byte, except for what pads it."""
    alone = simulate(experiment, **options)
    assert set(alone.data_vars) == set(found.data_vars)
    for name, values in alone.data_vars.items():
        cell = found[name].values[tuple(slice(length) for length in values.shape)]
        assert np.ascontiguousarray(cell).tobytes() == values.values.tobytes(), name


@pytest.mark.parametrize("experiment", [walk, packed, stepped], ids=lambda one: one.name)
@pytest.mark.parametrize("common", [False, True])
def test_a_point_of_a_sweep_is_what_simulate_gives_there(experiment, common):
    found = sweep(
        experiment, {"center": [0.0, 1.0, 2.0], "dim": [1, 3]}, fixed={"spread": 2.0}, replicates=3000, seed=5,
        common_random_numbers=common, **QUIET,
    )  # fmt: skip
    for center in (0.0, 1.0, 2.0):
        for dim in (1, 3):
            same_as_simulate(
                found.sel(center=center, dim=dim), experiment, replicates=3000, seed=5, common_random_numbers=common,
                center=center, dim=dim, spread=2.0,
            )  # fmt: skip


def test_a_law_swept_is_the_law_simulated():
    made = goal_drift.experiment(method="stepped", times=[0.5, 1.0], steps=4)
    seed = np.random.SeedSequence(7, spawn_key=(1,))
    found = sweep(made, {"pull": [0.5, 2.0]}, fixed={"dim": 2}, replicates=700, seed=seed, **QUIET)
    same_as_simulate(found.sel(pull=2.0), made, replicates=700, seed=seed, pull=2.0, dim=2)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 999),
    task=st.sampled_from([1, 2**8, 2**12, 2**17]),
    replicates=st.sampled_from([2, 65, 1000, 2100]),
    options=st.sampled_from([{}, {"contrast": "center"}, {"precision": {"noise": 0.02}, "max_replicates": 5000}]),
)
def test_neither_order_nor_workers_nor_chunks_matter(seed, task, replicates, options):
    over = {"center": [0.0, 1.0], "dim": [1, 2, 3]}
    before = plan.TASK
    alone = sweep(packed, over, replicates=replicates, executor=ThreadPoolExecutor(1), **options, **QUIET)
    try:
        plan.TASK = task
        other = sweep(packed, over, replicates=replicates, executor=Shuffled(seed), **options, **QUIET)
    finally:
        plan.TASK = before
    assert alone.identical(other)


def test_more_points_and_other_points_change_no_point():
    few = sweep(packed, {"center": [1.0]}, replicates=100, **QUIET)
    many = sweep(packed, {"center": [3.0, 1.0, 2.0]}, replicates=100, **QUIET)
    assert few.noise.values[0].tobytes() == many.noise.sel(center=1.0).values.tobytes()


def test_no_two_replicates_are_identical_unless_asked_for():
    """The audit for cloned replicates: every normal of every block and point differs from every other one."""
    drawn = []

    def record(points, replicates, generators):
        found = [one.standard_normal(replicates) for one in generators]
        drawn.extend(found)
        return [{"noise": one} for one in found]

    seen = Experiment(
        "seen", walk.parameters, {"noise": Observable()},
        lambda point, replicates, generator: record([point], replicates, [generator])[0], pack=record,
        components=components,
    )  # fmt: skip
    over = {"center": [0.0, 1.0, 2.0], "dim": [1, 2]}
    sweep(seen, over, replicates=4000, executor=ThreadPoolExecutor(1), **QUIET)
    values = np.concatenate(drawn)
    assert values.size == 6 * 4096
    assert np.unique(values).size == values.size
    drawn.clear()
    sweep(seen, over, replicates=4000, executor=ThreadPoolExecutor(1), common_random_numbers=True, **QUIET)
    values = np.concatenate(drawn)
    assert np.unique(values).size == 4096


def test_precision_adds_blocks_until_every_error_is_small_enough():
    asked = {"noise": 0.02, "positive": {"relative": 0.01}}
    found = sweep(walk, {"spread": [0.5, 1.0, 4.0]}, fixed={"center": 3.0}, precision=asked, replicates=100, **QUIET)
    assert (found.status == "ok").all()
    assert (found.noise_se <= 0.02).all()
    assert (found.positive_se <= 0.01 * found.positive).all()
    assert found.replicates.values[0] < found.replicates.values[2]
    for spread in (0.5, 4.0):
        cell = found.sel(spread=spread)
        same_as_simulate(cell, walk, replicates=int(cell.replicates), spread=spread, center=3.0)
        # One block fewer would not have been enough.
        size = 2 ** int(np.log2(int(cell.replicates) - 1))
        fewer = simulate(walk, replicates=size, spread=spread, center=3.0)
        assert float(fewer.noise_se) > 0.02 or float(fewer.positive_se) > 0.01 * float(fewer.positive)


def test_precision_gives_up_where_it_must_and_says_so():
    found = sweep(walk, precision=1e-4, max_replicates=3000, replicates=100, **QUIET)
    assert int(found.replicates) == 3000
    assert str(found.status.values).startswith("max_replicates: after 3000 the worst standard error is")
    same_as_simulate(found.assign(status="ok"), walk, replicates=3000)


def test_none_of_many_is_not_certain_enough():
    found = sweep(walk, fixed={"spread": 1e-3}, precision={"rare": 1e-3}, replicates=64, **QUIET)
    assert float(found.rare) == 0.0
    assert int(found.replicates) == 1024
    assert float(found.rare_se) > 0.0


def test_precision_may_be_an_object():
    a, b = (sweep(walk, precision=one, replicates=64, max_replicates=4096, **QUIET) for one in (Precision(0.05), 0.05))
    assert a.identical(b)


def test_a_contrast_is_the_mean_of_paired_differences():
    over = {"dim": [1, 2], "spread": [1.0, 1.1, 3.0]}
    found = sweep(walk, over, fixed={"center": 1.0}, contrast="spread", replicates=500, seed=3, **QUIET)
    options = {"replicates": 500, "seed": 3, "keep": "samples", "common_random_numbers": True, "center": 1.0}
    for dim in (1, 2):
        alone = {spread: simulate(walk, dim=dim, spread=spread, **options) for spread in over["spread"]}
        for spread, one in alone.items():
            cell = found.sel(dim=dim, spread=spread)
            for name in ("noise", "vector", "positive"):
                difference = one[f"{name}_samples"].values - alone[1.0][f"{name}_samples"].values
                number = np.sum(~np.isnan(difference), axis=0)
                error = np.nanstd(difference, axis=0, ddof=1) / np.sqrt(number)
                part = tuple(slice(length) for length in error.shape)
                np.testing.assert_allclose(
                    cell[f"{name}_contrast"].values[part], np.nanmean(difference, axis=0), 1e-9, 1e-12
                )
                np.testing.assert_allclose(cell[f"{name}_contrast_se"].values[part], error, 1e-9, 1e-12)
    first = found.sel(spread=1.0)
    assert (first.noise_contrast == 0.0).all()
    assert (first.rare_contrast_se == 0.0).all()
    assert (found.sel(spread=1.1).rare_contrast_se > 0.0).all()
    assert (found.noise_contrast_se.sel(spread=1.1) < 0.1 * found.noise_se.sel(spread=1.1)).all()


def test_a_contrast_respects_groups():
    """The differences of antithetic pairs cancel: counted as independent, their error would not be 0."""
    found = sweep(pairs, {"spread": [1.0, 2.0]}, contrast="spread", replicates=512, **QUIET)
    assert float(found.noise_contrast[1]) == pytest.approx(0.0, abs=1e-15)
    assert float(found.noise_contrast_se[1]) < 1e-15
    # Each pair's squares are equal: half as many independent ones as replicates.
    square = simulate(pairs, replicates=512, keep="samples", common_random_numbers=True).square_samples.values
    np.testing.assert_allclose(found.square_contrast_se[1], 3 * square[::2].std(ddof=1) / np.sqrt(256), rtol=1e-9)


def test_a_contrast_may_be_what_is_to_be_precise():
    found = sweep(
        walk, {"spread": [1.0, 1.5]}, contrast="spread", precision={"noise_contrast": 0.005}, replicates=64, **QUIET
    )
    assert float(found.noise_contrast_se[1]) <= 0.005
    assert int(found.replicates[0]) == 64
    assert int(found.replicates[1]) >= 8192


@pytest.mark.parametrize("experiment", [fragile, fragile_together], ids=["alone", "packed"])
def test_failed_points_are_data_and_leave_the_others_alone(experiment):
    over = {"center": [0.0, 2.0, 2.5, 3.0]}
    found = sweep(experiment, over, replicates=100, contrast="center", **QUIET)
    assert found.status.values[2] == "failed: ArithmeticError: the center is too large"
    assert found.noise.isnull().values.tolist() == [True, False, True, True]
    assert found.vector.isnull().any(("time", "dim_index")).values.tolist() == [True, False, True, True]
    assert found.replicates.values.tolist() == [100, 100, 0, 0]
    assert found.status.values[0].startswith("diverged: 2 of 100 replicates overflowed at {")
    assert '"center": 0.0' in found.status.values[0]
    assert found.noise_contrast.isnull().all()  # the first value is not to be trusted
    alone = sweep(experiment, {"center": [2.0, 3.0]}, replicates=100, common_random_numbers=True, **QUIET)
    assert float(alone.noise[0]) == float(found.noise[1])


def test_the_first_failure_may_stop_a_sweep():
    with pytest.raises(
        RuntimeError, match=r"the point .*failed: ArithmeticError: the center is too large; . of 2"
    ) as stop:
        sweep(fragile, {"center": [1.0, 3.0]}, replicates=100, fail_fast=True, **QUIET)
    assert "\n" not in str(stop.value)


def test_an_experiment_whose_shapes_change_between_blocks_fails_there():
    def odd(point, replicates, generator):
        return {"x": np.zeros((replicates, 2 if replicates == 128 else 1))}

    strange = Experiment("odd", (), {"x": Observable(("k",))}, odd)
    found = sweep(strange, replicates=200, **QUIET)
    assert "other shapes" in str(found.status.values)
    with pytest.raises(ValueError, match="measures: got shapes"):
        simulate(strange, replicates=200)


def test_coordinates_of_a_measure_may_depend_on_the_point():
    def ladder(point):
        return np.arange(point["dim"])

    grown = walk.replace(coordinates={"time": [1.0, 2.0], "dim_index": ladder})
    found = sweep(grown, {"dim": [3, 2]}, replicates=64, **QUIET)
    assert found.dim_index.values.tolist() == [0, 1, 2]
    moved = walk.replace(coordinates={"time": lambda point: np.array([1.0, 2.0]) * point["spread"]})
    found = sweep(moved, {"spread": [1.0, 2.0]}, replicates=64, **QUIET)
    assert found.time_values.values.tolist() == [[1.0, 2.0], [2.0, 4.0]]
    assert found.time_values.dims == ("spread", "time")


def test_the_dataset_says_what_it_is():
    stepped = goal_drift.experiment(method="stepped")
    found = sweep(stepped, {"pull": [1.0, 2.0]}, fixed={"dim": 2}, replicates=64, seed=9, **QUIET)
    assert found.attrs["seed"] == "9"
    assert found.attrs["law"] == goal_drift.fingerprint
    assert found.attrs["level"] == "langevin"
    assert found.attrs["normals"] == "ziggurat"
    assert found.attrs["method"] == "stepped"
    assert found.attrs["steps"] == 128
    assert len(found.attrs["specification"]) == 64
    assert found.pull.attrs == {"long_name": goal_drift.parameter("pull").meaning, "units": "1/time"}
    assert found.alignment.attrs["long_name"]
    assert float(found.growth) == 0.5
    assert {"alignment_se", "alignment_var", "alignment_n", "alignment_de", "diverged"} <= set(found)
    assert "alignment_de" not in sweep(
        stepped, {"pull": [1.0]}, fixed={"dim": 2}, replicates=64, discretization=False, **QUIET
    )


def test_memory_does_not_grow_with_the_replicates():
    """Sixteen times the replicates, the same peak: what is kept is a row a point and the tasks in flight."""

    def peak(replicates):
        tracemalloc.start()
        with ThreadPoolExecutor(2) as pool:
            sweep(walk, {"center": [0.0, 1.0]}, replicates=replicates, executor=pool, **QUIET)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1000)  # what is imported and cached once
    few, many = peak(2**18), peak(2**22)
    assert many < 1.3 * few


def test_what_is_wrong_in_a_script_is_not_a_point_that_failed():
    class Broken:
        def submit(self, function, *arguments):
            future = Future()
            future.set_exception(OSError("no route\nto host"))
            return future

    with pytest.raises(RuntimeError, match=r"OSError: no route to host; 0 of 1 points .* pass store='FILE.db'"):
        sweep(walk, replicates=64, executor=Broken(), **QUIET)
