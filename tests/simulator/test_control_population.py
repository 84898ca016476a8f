"""The neutral twin of a population: pointwise, of mean zero under selection too, and what it brings."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from simulator import Model, Normal, Parameter, Trait, simulate, total
from simulator.estimate import CONTROL
from simulator.experiment import twin_of
from simulator.levels.population import Scheme, generation
from simulator.levels.population.neutral import Neutral
from simulator.models.goal_drift import goal, goal_drift
from simulator.parameter import resolve
from simulator.selection import softmax

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; about 40 in this file: 3e-5 in all
N, RUNS = 20, 6

v = Trait("v", dim="dim")
dim, s, rate = Parameter("dim", 2, integer=True), Parameter("s", 0.3), Parameter("rate", 0.2)
still = Model(
    "still", (v,), -total((v - 1) ** 2), (dim, s, rate), decay={v: rate}, noise={v: s}, initial={v: 0.5},
    measures={"length": sympy.sqrt(total(v**2))},
)  # fmt: skip
drawn = still.replace(initial={v: Normal(0.5, 0.3)})


def sampled(model, replicates, seed=0, times=(1, 4), selection="softmax", **point):
    made = model.experiment("population", times=times, selection=selection)
    resolved = resolve(made.parameters, {"population": N, **point})
    return made, made.twin.sample(resolved, replicates, np.random.default_rng(seed))


def plain_neutral(generator, generations, kept, spread):
    """Mean deviations of neutral populations in plain NumPy, from the stream that the simulation draws from."""
    deviation = np.zeros((2, RUNS, N))
    for _ in range(generations):
        throws = np.sort(generator.integers(0, 2**64, (RUNS, N), np.uint64), axis=1) / 2.0**64
        parents = np.floor(throws * N).astype(int)
        inherited = np.take_along_axis(deviation, np.broadcast_to(parents, deviation.shape), axis=2)
        deviation = kept * inherited + spread * generator.standard_normal((2, RUNS * N)).reshape(2, RUNS, N)
    return deviation.mean(axis=2).T


@pytest.mark.parametrize("strength", [0.0, 2.0])
def test_the_twin_is_a_plain_neutral_population(strength):
    _, samples = sampled(still, RUNS, strength=strength)
    kept = np.exp(-0.2)
    spread = 0.3 * np.sqrt((1 - kept**2) / 0.4)
    mean = plain_neutral(np.random.default_rng(0), 4, kept, spread)
    np.testing.assert_allclose(samples["v" + CONTROL][:, 1, :, 0], mean, rtol=1e-10, atol=1e-12)
    if strength == 0.0:  # nothing selects: the twin is the population, up to where it began
        np.testing.assert_allclose(samples["v"][:, 1] - 0.5 * kept**4, mean, rtol=1e-10, atol=1e-12)
    along = mean.sum(axis=1) / np.sqrt(2.0)  # the slope of a length at equal components
    np.testing.assert_allclose(samples["length" + CONTROL][:, 1, 0], along, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("selection", ["softmax", "truncation", "tournament", "group_normalized"])
@pytest.mark.parametrize("model", [still, drawn], ids=["numbers", "drawn"])
def test_its_mean_is_zero_whatever_selects(model, selection):
    _, samples = sampled(model, 4000, selection=selection)
    for name in ("v", "length", "reward"):
        array = samples[name + CONTROL]
        assert np.all(np.abs(array.mean(axis=0)) < Z * array.std(axis=0) / np.sqrt(len(array)))
        assert np.all(array.std(axis=0) > 0.0)


def test_deviations_of_the_selected_would_not_have_mean_zero(monkeypatch):
    """The negative control: parents chosen by reward, and deviations that follow them."""
    monkeypatch.setattr(Neutral, "beget", lambda twin, state: None)
    chosen = generation.Populations.choose_parents

    def follow(populations, generator):
        parents = chosen(populations, generator)
        twin = populations.neutral
        twin._born = [value.take(parents[0], axis=-1) for value in twin.deviation]
        return parents

    monkeypatch.setattr(generation.Populations, "choose_parents", follow)
    _, samples = sampled(drawn, 4000, strength=2.0)
    array = samples["v" + CONTROL][:, -1]
    assert np.all(np.abs(array.mean(axis=0)) > Z * array.std(axis=0) / np.sqrt(len(array)))


def test_populations_are_the_same_with_and_without():
    made, twin = sampled(drawn, 5)
    plain = made.sample(resolve(made.parameters, {"population": N}), 5, np.random.default_rng(0))
    assert all(np.array_equal(plain[name], twin[name], equal_nan=True) for name in plain)


def test_weak_selection_gains_and_keeps_its_mean():
    law = goal_drift.replace(initial={**goal_drift.initial, goal: Normal(0.0, 0.3)})
    made = law.experiment("population", times=[3], measures=("goal", "distance_to_base"))
    point = {"dim": 2, "population": 50, "growth": 0.05, "strength": 0.1}
    twin = simulate(made, replicates=1024, control=True, **point)
    plain = simulate(made, replicates=8192, seed=1, **point)
    assert twin.attrs["control"] == "neutral population"
    for name in ("goal", "distance_to_base"):
        assert np.all(twin[f"{name}_reduction"] > 2.0)
        both = np.hypot(twin[f"{name}_se"], plain[f"{name}_se"])
        assert np.all(np.abs(twin[name] - plain[name]) < Z * both)


def test_what_has_no_twin_says_why():
    own = Scheme("own", lambda rewards, generator, offspring, values: softmax(rewards, generator, 1.0, offspring))
    for options, says in (
        ({"recombination": "free"}, "two parents"),
        ({"selection": own}, "how 'own' draws"),
    ):
        assert says in twin_of(still.experiment("population", times=[1], **options))
    assert "nothing mutates" in twin_of(still.replace(noise={}).experiment("population", times=[1]))
