"""simulate: the labeled result, identity of streams, threads, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from simulator import Experiment, Observable, simulate
from simulator.models.goal_drift import goal_drift

SMALL = {"dim": 2, "noise": 0.3}


def same_bytes(a: xr.Dataset, b: xr.Dataset) -> bool:
    return set(a.data_vars) == set(b.data_vars) and all(
        a[name].values.tobytes() == b[name].values.tobytes() for name in a.data_vars
    )


@pytest.mark.parametrize("options", [{}, {"normals": "mixed"}, {"normals": "mixed", "dtype": "float32"}])
def test_same_seed_same_bytes_for_any_number_of_threads(options):
    made = goal_drift.experiment(method="stepped", times=[0.5, 1.0], steps=8, **options)
    one, two, five = (simulate(made, replicates=150_000, seed=3, threads=count, **SMALL) for count in (1, 2, 5))
    assert same_bytes(one, two)
    assert same_bytes(one, five)
    assert not same_bytes(one, simulate(made, replicates=150_000, seed=4, threads=1, **SMALL))


def test_more_replicates_keep_the_earlier_ones():
    made = goal_drift.experiment(method="stepped", times=[1.0], steps=4)
    few, many = (simulate(made, replicates=count, keep="samples", **SMALL) for count in (100, 3000))
    assert np.array_equal(few.alignment_samples, many.alignment_samples[:100])


def test_no_two_replicates_are_identical():
    """The audit for cloned replicates: every value of every component differs from every other one."""
    made = goal_drift.experiment(method="stepped", times=[1.0], steps=4)
    found = simulate(made, replicates=20_000, keep="trajectories", **SMALL).goal_samples.values
    assert np.unique(found).size == found.size


def test_points_have_streams_of_their_own_unless_asked():
    made = goal_drift.experiment(method="stepped", times=[1.0], steps=4, measures=("base_component",))

    def noise_at(pull, common):
        found = simulate(
            made, replicates=500, keep="samples", common_random_numbers=common, pull=pull, threshold=-9.0, **SMALL
        )
        return found.base_component_samples.values[:, 0]

    assert np.corrcoef(noise_at(1.0, True), noise_at(1.1, True))[0, 1] > 0.999
    assert abs(np.corrcoef(noise_at(1.0, False), noise_at(1.1, False))[0, 1]) < 5 / np.sqrt(500)


def test_defaults_and_equal_numbers_are_the_same_point():
    made = goal_drift.experiment(method="stepped", times=[1], steps=4)
    a = simulate(made, replicates=50, dim=2)
    b = simulate(
        goal_drift.experiment(method="stepped", times=[1.0], steps=4),
        replicates=50,
        dim=np.int64(2),
        pull=1,
        base=[1, 0],
    )
    assert same_bytes(a, b)
    assert a.attrs["specification"] == b.attrs["specification"]


def test_the_dataset_says_what_it_is():
    found = simulate(goal_drift.experiment(method="stepped", times=[1.0, 2.0]), replicates=300, seed=9, **SMALL)
    assert found.alignment.dims == ("time",)
    assert found.behavior.dims == ("time", "dim_index")
    assert found.alignment.attrs["long_name"]
    assert {"alignment_se", "alignment_var", "alignment_n", "alignment_de", "replicates", "status"} <= set(found)
    assert found.attrs["seed"] == "9"
    assert found.attrs["law"] == goal_drift.fingerprint
    assert float(found.noise) == 0.3
    np.testing.assert_allclose(found.alignment_se, np.sqrt(found.alignment_var / 300), rtol=1e-12)


def test_the_discretization_error_shrinks_with_the_step_and_covers_it():
    fine = simulate(goal_drift.experiment(method="stepped", times=[2.0], steps=2000), replicates=2, noise=0.0)
    for steps in (8, 32):
        found = simulate(goal_drift.experiment(method="stepped", times=[2.0], steps=steps), replicates=2, noise=0.0)
        error = abs(float(found.learned_fraction[0] - fine.learned_fraction[0]))
        assert error <= float(found.learned_fraction_de[0]) <= 2 * error


def test_the_dataset_names_every_plain_entry_of_the_identity():
    made = goal_drift.experiment(method="stepped", times=[1.0, 2.0], steps=4, normals="mixed")
    found = simulate(made, replicates=64, **SMALL)
    assert found.attrs["level"] == "langevin"
    assert found.attrs["steps"] == 4
    assert found.attrs["normals"] == "mixed"
    assert found.attrs["times"] == [1.0, 2.0]
    own = made.replace(identity={**made.identity, "variance_reduction": "antithetic", "nested": {"a": [1]}, "on": True})
    attrs = simulate(own, replicates=64, **SMALL).attrs
    assert attrs["variance_reduction"] == "antithetic"
    assert attrs["on"] == 1
    assert "nested" not in attrs


def test_small_blocks_are_drawn_through_pack_and_large_ones_are_not():
    """The rule is part of a result's definition: blocks of 64, 64, 128, 256, 512 and 1024, then larger ones."""
    asked = []

    def draw(how):
        def sample(points, size, generators):
            asked.append((how, size))
            return {"x": generators.standard_normal(size)}

        return sample

    def pack(points, size, generators):
        return [draw("pack")(points, size, one) for one in generators]

    own = Experiment("own", (), {"x": Observable()}, draw("sample"), pack=pack)
    simulate(own, replicates=4000, threads=1)
    packed = [("pack", size) for size in (64, 64, 128, 256, 512, 1024)]
    assert asked == [*packed, ("sample", 2048)]
    asked.clear()
    simulate(own.replace(pack=None), replicates=100, threads=1)
    assert asked == [("sample", 64), ("sample", 64)]


def test_a_point_that_diverged_has_no_means():
    def sample(parameters, replicates, generator):
        lost = np.arange(replicates) == 3
        return {"x": np.where(lost, np.inf, 1.0), "diverged": lost}

    found = simulate(Experiment("lost", (), {"x": Observable()}, sample), replicates=64)
    assert np.isnan(found.x)
    assert np.isnan(found.x_se)
    assert int(found.diverged) == 1
    assert str(found.status.values) == "diverged: 1 of 64 replicates overflowed at {}"


def coin(parameters, replicates, generator):
    return {"heads": (generator.random(replicates) < 0.01).astype(float)}


def test_a_plain_function_is_an_experiment():
    toss = Experiment("coin", (), {"heads": Observable(indicator=True)}, coin)
    found = simulate(toss, replicates=50_000, seed=1)
    assert abs(float(found.heads) - 0.01) < 5 * float(found.heads_se)
    with pytest.raises(ValueError, match="keeps no states"):
        simulate(toss, keep="trajectories")


REFUSED = {
    "unknown parameter": ({"pul": 1.0}, "unknown parameter 'pul'; did you mean 'pull'?"),
    "not a number": ({"pull": float("nan")}, "pull: got nan; must be finite and in [0, inf)"),
    "negative noise": ({"noise": -1.0}, "noise: got -1.0; must be finite and in [0, inf)"),
    "text": ({"pull": "1"}, "pull: got '1'; must be one number"),
    "one replicate": ({"replicates": 1}, "replicates: got 1; must be finite and in [2, inf)"),
    "part of a replicate": ({"replicates": 2.5}, "replicates: got 2.5; must be a whole number"),
    "wrong vector length": ({"base": [1.0, 2.0]}, "base: got shape (2,); must be (16,)"),
    "no component": ({"dim": 0}, "dim: got 0; must be finite and in [1, inf)"),
    "a stateful generator": ({"seed": np.random.default_rng(1)}, "seed: got a stateful Generator"),
    "a negative seed": ({"seed": -1}, "seed: got -1"),
    "unknown keep": ({"keep": "sample"}, "keep: got 'sample'; did you mean 'samples'?"),
    "no thread": ({"threads": 0}, "threads: got 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_in_one_line(case):
    given, line = REFUSED[case]
    with pytest.raises((ValueError, TypeError)) as refusal:
        simulate(goal_drift, **given)
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)
    assert ";" in str(refusal.value)  # what is wrong; what to do


REFUSED_OPTIONS = {
    "unsorted times": ({"times": [2.0, 1.0]}, "times: got [2.0, 1.0]; must be strictly increasing"),
    "repeated times": ({"times": [1.0, 1.0]}, "times: got [1.0, 1.0]; must be strictly increasing"),
    "infinite time": ({"times": [np.inf]}, "times: got [inf]; must be finite"),
    "no time": ({"times": []}, "times: got []"),
    "text for times": ({"times": "now"}, "times: got 'now'"),
    "unknown measure": (
        {"measures": ["alignmnt"]},
        "unknown measure 'alignmnt' of goal_drift; did you mean 'alignment'?",
    ),
    "no step": ({"steps": 0}, "steps: got 0; must be a whole number >= 1"),
    "unknown normals": ({"normals": "zigurat"}, "normals: got 'zigurat'; did you mean 'ziggurat'?"),
    "unknown dtype": ({"dtype": "float16"}, "dtype: got 'float16'"),
    "unknown level": ({"level": "langevine"}, "level: got 'langevine'; did you mean 'langevin'?"),
}


@pytest.mark.parametrize("case", REFUSED_OPTIONS)
def test_bad_options_are_refused_in_one_line(case):
    given, line = REFUSED_OPTIONS[case]
    with pytest.raises((ValueError, TypeError)) as refusal:
        goal_drift.experiment(**given)
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)


def test_something_else_is_no_experiment():
    with pytest.raises(TypeError, match="experiment: got int"):
        simulate(3)
