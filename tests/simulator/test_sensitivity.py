"""Sobol indices: they equal known ones, noise is told apart from effects, and what is not known is said to be so."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import Experiment, Observable, Parameter, Range
from simulator.design import Interval, intervals
from simulator.indices import bounds, indices, saltelli, variances
from simulator.sensitivity import sensitivity

PI = np.pi
ISHIGAMI_BOX = dict.fromkeys(("x", "y", "z"), (-PI, PI))
# Ishigami and Homma (1990), with a = 7, b = 0.1: V1 = (1 + b pi^4/5)^2/2, V2 = a^2/8, V13 = 8 b^2 pi^8/225.
V1, V2, V13 = (1 + 0.1 * PI**4 / 5) ** 2 / 2, 49 / 8, 8 * 0.01 * PI**8 / 225
ISHIGAMI = np.array([[V1, V2, 0.0], [V1 + V13, V2, V13]]) / (V1 + V2 + V13)


def ishigami(x, y, z, a=7.0):
    return np.sin(x) + a * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def noisy(function, names, sd=1.0, **options):
    """Return an experiment that measures a function of its parameters with normal noise of standard deviation sd."""

    def sample(parameters, replicates, generator):
        value = function(**{name: parameters[name] for name in names})
        return {"outcome": value + sd * generator.standard_normal(replicates)}

    return Experiment(
        name="noisy",
        parameters=tuple(Parameter(name, 0.0, range=Range(-100.0, 100.0)) for name in names),
        measures={"outcome": Observable()},
        sample=sample,
        identity={"level": "test", "sd": sd},
    ).replace(**options)


def additive(one, two):
    return 3.0 * one + 4.0 * two


ADDITIVE_BOX = {"one": (-1.0, 1.0), "two": (-1.0, 1.0)}
ADDITIVE = np.array([9.0, 16.0]) / 25.0  # first-order and total alike


def test_known_indices_are_found_and_a_wrong_function_is_not():
    """Threshold: 2.5 half-widths of the 95 % interval, about five standard errors, for 6 estimates."""

    def deviations(a):
        pages = saltelli(intervals(ISHIGAMI_BOX), 1024, seed=4)
        mean = np.array([[ishigami(**case, a=a) for case in pages.cases]])
        low, high = bounds(mean, 0 * mean, pages, 0.95, 99, np.random.default_rng(1))
        return np.abs(indices(mean, 0 * mean, pages) - ISHIGAMI[:, None]) / ((high - low) / 2)

    assert deviations(7.0).max() < 2.5
    assert deviations(5.0).max() > 5.0


@pytest.mark.full
def test_intervals_cover():
    """Of 95 % intervals of 400 designs at least 93 % hold the truth (2 standard errors of 400 less); QMC gives more."""
    inside = []
    for seed in range(400):
        pages = saltelli(intervals(ADDITIVE_BOX), 128, seed)
        mean = np.array([[additive(**case) for case in pages.cases]])
        mean = mean + np.random.default_rng(seed).normal(0.0, 1.0, mean.shape)
        low, high = bounds(mean, np.ones_like(mean), pages, 0.95, 199, np.random.default_rng(seed))
        inside.append((low <= ADDITIVE) & (high >= ADDITIVE))
    assert np.mean(inside, axis=0).min() > 0.93


def averaged(correct, sd=2.0, designs=60):
    """Return indices averaged over designs and noise, with their standard errors, shape (2, parameters) each."""
    found = []
    for seed in range(designs):
        pages = saltelli(intervals(ADDITIVE_BOX), 256, seed)
        mean = np.array([[additive(**case) for case in pages.cases]])
        mean = mean + np.random.default_rng(1000 + seed).normal(0.0, sd, mean.shape)
        found.append(indices(mean, np.full_like(mean, sd**2 if correct else 0.0), pages)[:, 0])
    return np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(designs)


def test_independent_noise_is_subtracted_and_without_that_does_what_the_theory_says():
    """V = 25/3 and q = 4: plain first-order indices shrink by V/(V + q), totals become (T V + q)/(V + q).

    Threshold: 5 standard errors, for 8 estimates; and a ratio's bias of order 1/n.
    """
    variance, noise = 25.0 / 3.0, 4.0
    biased = np.array([ADDITIVE * variance, ADDITIVE * variance + noise]) / (variance + noise)
    rid, rid_error = averaged(correct=True)
    plain, plain_error = averaged(correct=False)
    assert np.all(np.abs(rid - ADDITIVE) < 5 * rid_error + 1 / 256)
    assert np.all(np.abs(plain - biased) < 5 * plain_error + 1 / 256)
    assert np.all(np.abs(plain - ADDITIVE) > 10 * plain_error)  # the fault is seen: noise taken for an effect


def test_noise_of_a_case_that_stands_on_two_pages_is_subtracted_once():
    """Whole numbers meet again; with one parameter AB is B. Threshold: 5 standard errors; cases 20 to 60."""
    for box, truth in (
        ({"one": Interval(1, 20, integer=True)}, [1.0]),
        ({"one": Interval(1, 6, integer=True), "two": Interval(1, 9, integer=True)}, None),
    ):
        found, exact = [], []
        for seed in range(100):
            pages = saltelli(box, 256, seed)
            assert len(pages.cases) < 256
            mean = np.array([[sum(case.values()) for case in pages.cases]], dtype=float)
            exact.append(indices(mean, 0 * mean, pages)[:, 0])
            measured = mean + np.random.default_rng(seed).normal(0.0, 2.0, mean.shape)
            found.append(indices(measured, np.full_like(mean, 4.0), pages)[:, 0])
        truth = truth or np.mean(exact, axis=0)
        difference = np.array(found) - exact
        # A ratio of two estimates from m cases is biased by the order of 1/m.
        slack = 1 / len(pages.cases)
        assert np.all(np.abs(difference.mean(axis=0)) < 5 * difference.std(axis=0) / 10 + slack)
        assert np.allclose(np.mean(exact, axis=0), truth, atol=0.02)


def test_variances_know_the_noise_in_them():
    """Threshold: 5 standard errors over 100 draws of the noise."""
    pages = saltelli({"one": Interval(1, 9, integer=True)}, 64, seed=1)
    mean = np.zeros((1, len(pages.cases)))
    noise = np.arange(1.0, mean.size + 1.0)[None]
    found = [variances(np.random.default_rng(seed).normal(0.0, np.sqrt(noise)), noise, pages) for seed in range(100)]
    difference = np.array([seen[0] - said[0] for seen, said in found])
    assert abs(difference.mean()) < 5 * difference.std() / 10


def test_a_law_that_is_known_gives_its_indices():
    found = sensitivity(noisy(ishigami, "xyz"), ISHIGAMI_BOX, "outcome", n=512, replicates=64, resamples=99)
    for place, kind in enumerate(("first", "total")):
        half = (found[f"{kind}_high"] - found[f"{kind}_low"]) / 2
        assert np.all(np.abs(found[kind] - ISHIGAMI[place]) < 2.5 * half)
        assert np.all((found[f"{kind}_low"] <= found[kind]) & (found[kind] <= found[f"{kind}_high"]))
    assert list(found.parameter.values) == ["x", "y", "z"]
    assert found.attrs["status"] == "ok"
    assert found.attrs["experiment"] == "noisy"


def test_shared_noise_cancels_and_fresh_noise_is_subtracted_or_called_by_its_name():
    """Noise that is added to a function cancels between points that share it: indices as if there were none."""
    ask = {"n": 256, "replicates": 2, "resamples": 99, "seed": 3}
    quiet = sensitivity(noisy(additive, ("one", "two"), sd=0.0), ADDITIVE_BOX, "outcome", **ask)
    shared = sensitivity(noisy(additive, ("one", "two"), sd=6.0), ADDITIVE_BOX, "outcome", **ask)
    fresh = sensitivity(
        noisy(additive, ("one", "two"), sd=6.0), ADDITIVE_BOX, "outcome", common_random_numbers=False, **ask
    )
    for kind in ("first", "total"):
        np.testing.assert_allclose(shared[kind], quiet[kind], rtol=0, atol=1e-12)
        half = (fresh[f"{kind}_high"] - fresh[f"{kind}_low"]) / 2
        assert np.all(np.abs(fresh[kind] - ADDITIVE) < 2.5 * half)
    # The share of the noise, 18/(25/3 + 18), is known to about a tenth of itself from two replicates a point.
    assert float(fresh.noise_share[0]) == pytest.approx(18 / (25 / 3 + 18), rel=0.3)
    assert str(fresh.status[0].values).startswith("noisy: ")
    assert str(shared.status[0].values).startswith("noisy: up to ")
    assert "more replicates" in shared.attrs["status"]
    assert quiet.attrs["status"] == "ok"


def test_axes_of_a_measure_are_kept():
    def sample(parameters, replicates, generator):
        times = np.array([0.0, 1.0, 2.0])
        path = parameters["one"] + times * parameters["two"] + 0.01 * generator.standard_normal((replicates, 1))
        return {"path": path, "square": path**2}

    dims = Observable(("time",))
    subject = noisy(
        additive, ("one", "two"), sample=sample, measures={"path": dims, "square": dims},
        coordinates={"time": np.array([0.0, 1.0, 2.0])},
    )  # fmt: skip
    found = sensitivity(subject, ADDITIVE_BOX, ["path", "square"], n=512, replicates=16, resamples=49)
    assert found.first.dims == ("measure", "parameter", "time")
    assert found.status.dims == ("measure", "time")
    path = found.first.sel(measure="path", parameter="one")
    np.testing.assert_allclose(path, [1.0, 0.5, 0.2], atol=0.03)
    assert list(found.time.values) == [0.0, 1.0, 2.0]


def test_whole_numbers_are_asked_for_where_a_parameter_counts():
    seen = set()

    def sample(parameters, replicates, generator):
        seen.add(parameters["dim"])
        return {"outcome": parameters["dim"] + parameters["one"] + generator.standard_normal(replicates)}

    counted = (Parameter("one", 0.0), Parameter("dim", 2, integer=True))
    subject = noisy(additive, (), sample=sample, parameters=counted)
    sensitivity(subject, {"one": (0.0, 1.0), "dim": (1, 4)}, "outcome", n=64, replicates=2, resamples=9, progress=False)
    assert seen == {1, 2, 3, 4}


def test_what_has_no_indices_is_said_to_have_none():
    def sample(parameters, replicates, generator):
        value = 1.0 if parameters["one"] < 0.9 else np.nan
        return {
            "lost": np.full(replicates, value),
            "same": np.full(replicates, 0.1),
            "kept": np.full(replicates, parameters["one"]),
        }

    subject = noisy(
        additive, ("one", "two"), sample=sample, measures=dict.fromkeys(("lost", "same", "kept"), Observable())
    )
    found = sensitivity(subject, ADDITIVE_BOX, ["lost", "same", "kept"], n=64, replicates=4, resamples=9)
    lost, same, kept = (str(text) for text in found.status.values)
    assert lost.startswith("undefined: ")
    assert "of 256 points have no value, the first at {'one': 0.9" in lost
    assert same == "undefined: it does not vary over these ranges"
    assert kept == "ok"
    assert np.isnan(found.first.sel(measure=["lost", "same"])).all()
    np.testing.assert_allclose(found.total.sel(measure="kept"), [1.0, 0.0], atol=0.05)
    assert found.attrs["status"] == lost


def test_it_is_the_same_for_one_seed_and_another_for_another():
    ask = {"n": 16, "replicates": 4, "resamples": 19}
    subject = noisy(additive, ("one", "two"))
    once, again, other = (sensitivity(subject, ADDITIVE_BOX, "outcome", seed=seed, **ask) for seed in (1, 1, 2))
    assert once.identical(again)
    assert not once.equals(other)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"measure": "outcom"}, ValueError, ["unknown measure 'outcom'", "did you mean 'outcome'?"]),
        ({"measure": []}, ValueError, ["measure: got none", "known: outcome"]),
        ({"ranges": {"on": (0.0, 1.0)}}, ValueError, ["unknown parameter 'on'", "'one'"]),
        ({"ranges": {"one": (0.0, 1000.0)}}, ValueError, ["one: got", "in [-100, 100]"]),
        ({"ranges": {}}, ValueError, ["ranges: got none"]),
        ({"ranges": [1]}, TypeError, ["ranges: got list"]),
        ({"n": 100}, ValueError, ["n: got 100", "power of two", "n=128"]),
        ({"confidence": 1.0}, ValueError, ["confidence: got 1.0", "(0, 1)"]),
        ({"resamples": 1}, ValueError, ["resamples: got 1", "[2, inf)"]),
        ({"replicates": 1}, ValueError, ["replicates: got 1"]),
        ({"experiment": 3}, TypeError, ["experiment: got int", "must be an Experiment or a Model"]),
    ],
)
def test_bad_input_is_refused_in_one_line(changes, error, words):
    def forbidden(*_):
        raise AssertionError("work has started")

    good = {
        "experiment": noisy(additive, ("one", "two"), sample=forbidden),
        "ranges": ADDITIVE_BOX,
        "measure": "outcome",
    }
    with pytest.raises(error) as refused:
        sensitivity(**{"n": 8, **good, **changes})
    assert "\n" not in str(refused.value)
    assert all(word in str(refused.value) for word in words), str(refused.value)
