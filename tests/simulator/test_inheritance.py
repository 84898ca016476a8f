"""Recombination: free, against its recursions; infinitesimal, against quantitative genetics' textbook numbers.

Statistics are held to 4 standard errors, about 60 of them; seeds are fixed.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.signal import fftconvolve
from scipy.special import ndtr, ndtri

from simulator import Model, Normal, Parameter, Trait
from simulator.levels.population import inheritance
from tests.simulator.test_population import LIMIT, check_mean, check_variance, samples

x, y = Trait("x"), Trait("y", dim="d")
d = Parameter("d", 2, integer=True)
first = Parameter("first", 1.0)
pair = Model(name="pair", traits=(x, y), reward=0, initial={x: Normal(0.0, 1.0), y: Normal(0.0, 1.0)}, parameters=(d,))


@pytest.mark.parametrize("size", [2, 5, 30])
def test_free_recombination_keeps_variances(size):
    """One component has one parent, whatever the others do: E V' = (1 - 1/N) V, and E W' = W + (1 - 1/N) V/N."""
    names = ("x", "x_variance", "y_variance")
    made = pair.experiment("population", times=range(1, 6), recombination="free", measures=names)
    found = samples(made, 10_000, population=size)
    shrink = (1 - 1 / size) ** np.arange(6)
    check_mean(found["x_variance"], shrink[1:])
    check_mean(found["y_variance"][:, :, 1], shrink[1:])
    check_variance(found["x"], 1 / size + np.cumsum(shrink[:-1]) * (1 - 1 / size) / size)


def linked(size, replicates, mode, generations=5, seed=0):
    """Per generation the covariance of two components that are equal in the founders, by inheritance alone."""
    generator = np.random.Generator(np.random.PCG64DXSM(seed))
    own = generator.standard_normal((replicates, size))
    state, found = [own.copy(), own.copy()], []
    offset = size * np.arange(replicates)[:, np.newaxis]
    for _ in range(generations + 1):
        found.append(((state[0] - state[0].mean(axis=1, keepdims=True)) * state[1]).sum(axis=1) / (size - 1))
        parents = [(generator.integers(0, size, (replicates, size)) + offset).ravel() for _ in range(2)]
        old = [one.ravel() for one in state]
        new = [np.empty(replicates * size) for _ in range(2)]
        inheritance.inherit(mode, old, new, parents, generator)
        state = [one.reshape(replicates, size) for one in new]
    return np.array(found).T


@pytest.mark.parametrize("size", [2, 4, 20])
def test_linkage_halves_in_a_generation(size):
    """E cov' = (1 - 1/N)/2 cov: two components come from one parent with 1/2, else from two drawn independently."""
    expected = ((1 - 1 / size) / 2) ** np.arange(6)
    check_mean(linked(size, 20_000, "free"), expected)
    with pytest.raises(AssertionError):
        check_mean(linked(size, 20_000, None), expected)


def test_the_mean_of_two_parents_halves_the_variance_and_segregation_gives_it_back():
    times, genic, size = range(1, 9), 0.6, 10
    made = pair.experiment("population", times=times, recombination="infinitesimal", measures=("x", "x_variance"))
    found = samples(made, 20_000, population=size, x_genic_variance=genic, y_genic_variance=[0.1, 0.2])
    within, among = [1.0], [1.0 / size]
    for _ in times:
        among.append(among[-1] + within[-1] * (1 - 1 / size) / (2 * size) + genic / (2 * size))
        within.append(within[-1] * (1 - 1 / size) / 2 + genic / 2)
    check_mean(found["x_variance"], within[1:])
    check_variance(found["x"], among[1:])


KEPT, HERITABILITY = 0.2, 0.5
THRESHOLD = -ndtri(KEPT)
INTENSITY = np.exp(-(THRESHOLD**2) / 2) / np.sqrt(2 * np.pi) / KEPT
LOSS = INTENSITY * (INTENSITY - THRESHOLD)


def bulmer(generations):
    """Additive variances of the infinitesimal model under truncation, breeding values taken for normal."""
    found = [HERITABILITY]
    for _ in range(generations):
        share = found[-1] / (found[-1] + 1 - HERITABILITY)
        found.append(found[-1] * (1 - LOSS * share) / 2 + HERITABILITY / 2)
    return np.array(found)


def infinite_population(generations, points=4001, half_width=6.0):
    """The same without that assumption: the density of breeding values on a grid; variances and responses."""
    grid = np.linspace(-half_width, half_width, points)
    step = grid[1] - grid[0]
    segregation = np.exp(-(grid**2) / HERITABILITY) / np.sqrt(np.pi * HERITABILITY)
    density = np.exp(-(grid**2) / (2 * HERITABILITY)) / np.sqrt(2 * np.pi * HERITABILITY)
    noise = np.sqrt(1 - HERITABILITY)
    variances, responses = [HERITABILITY], []
    for _ in range(generations):
        cut = brentq(lambda t, p=density: np.sum(p * ndtr((grid - t) / noise)) * step - KEPT, -5, 5)
        chosen = density * ndtr((grid - cut) / noise) / KEPT
        mean = np.sum(grid * chosen) * step
        responses.append(mean)
        # The mean of two: half of each, drawn together; the grid is kept at the new mean.
        halved = 2 * np.interp(2 * grid + mean, grid, chosen, left=0.0, right=0.0)
        density = fftconvolve(fftconvolve(halved, halved, mode="same"), segregation, mode="same") * step**2
        density /= density.sum() * step
        variances.append(np.sum(grid**2 * density) * step - (np.sum(grid * density) * step) ** 2)
    return np.array(variances), np.array(responses)


def test_textbook_numbers_follow_from_their_recursion():
    found = bulmer(60)
    assert round(found[1], 4) == 0.4023
    assert round(found[-1], 5) == 0.37462
    response = found / np.sqrt(found + 1 - HERITABILITY)
    assert round(response[-1] / response[0], 4) == 0.8012


NORMALITY = {"variance": 1.6e-3, "response": 6e-3}
"""How far the textbook's normal breeding values are off, in V_A and relative in the response."""


def test_normality_costs_little():
    """Breeding values of selected parents are skewed: the model itself ends with V_A 0.37584 and a ratio of 0.8048."""
    variances, responses = infinite_population(20)
    normal = bulmer(20)
    assert variances[1] == pytest.approx(normal[1], abs=2e-6)  # exact while founders are normal; the grid's error
    assert round(variances[-1], 5) == 0.37584
    assert np.max(np.abs(variances - normal)) < NORMALITY["variance"]
    gains = INTENSITY * normal / np.sqrt(normal + 1 - HERITABILITY)
    assert np.max(np.abs(responses / gains[:-1] - 1)) < NORMALITY["response"]
    assert round(responses[-1] / responses[0], 4) == 0.8048


breeding = Model(
    name="breeding",
    traits=(x,),
    reward=first * x,
    initial={x: Normal(0.0, np.sqrt(HERITABILITY))},
    parameters=(first,),
)


def check_breeding(recombination="infinitesimal", genic=HERITABILITY, replicates=256):
    """Truncation p = 0.2, h2 = 0.5, V_P = 1: V_A 0.5 -> 0.4023 -> ... -> 0.37462, response ratio 0.8012.

    Held to the infinite population without the assumption of normality, and so to the textbook within ``NORMALITY``.
    Margin: drawn from k = 800 parents with replacement, an offspring generation lacks 1/(2k) of their variance, a
    loss that adds up to less than twice itself; the order statistics of N = 4000 are off by O(1/N) too.
    """
    size, generations = 4000, 12
    made = breeding.experiment(
        "population", times=range(generations + 1), selection="truncation", recombination=recombination,
        measures=("x_variance", "x_change", "reward_differential"),
    )  # fmt: skip
    point = {"population": size, "kept_fraction": KEPT, "environment": np.sqrt(1 - HERITABILITY)}
    found = samples(made, replicates, **point | ({} if genic is None else {"x_genic_variance": genic}))
    margin = 1 / (KEPT * size)
    variances, responses = infinite_population(generations)
    variance, change = found["x_variance"], found["x_change"][:, 1:]
    assert _standard_error(variance).max() < 0.016 / np.sqrt(replicates)  # seen to be able to tell
    assert np.all(np.abs(variance.mean(axis=0) - variances) < LIMIT * _standard_error(variance) + margin)
    assert np.all(np.abs(change.mean(axis=0) - responses) < LIMIT * _standard_error(change) + margin)
    ratio = change[:, 8:].mean(axis=1) / responses[0]
    assert _standard_error(ratio) < 0.024 / np.sqrt(replicates)
    assert abs(ratio.mean() - 0.8048) < LIMIT * _standard_error(ratio) + margin
    assert abs(ratio.mean() / 0.8012 - 1) < NORMALITY["response"] + LIMIT * _standard_error(ratio)
    # The breeder's equation: the first response is h2 times the differential of what selection saw, phenotypes.
    excess = change[:, 0] - HERITABILITY * found["reward_differential"][:, 1]
    assert abs(excess.mean()) < LIMIT * _standard_error(excess)
    assert abs(found["reward_differential"][:, 1].mean() - INTENSITY) < 0.01


def _standard_error(values):
    return values.std(axis=0, ddof=1) / np.sqrt(len(values))


def test_response_to_selection_is_the_textbooks():
    check_breeding()


@pytest.mark.parametrize(("recombination", "genic"), [("free", None), ("infinitesimal", 2 * HERITABILITY)])
def test_another_inheritance_is_not_the_textbooks(recombination, genic):
    """Without segregation variance is used up; with all of the genic variance segregating, not half, it grows."""
    with pytest.raises(AssertionError):
        check_breeding(recombination, genic, replicates=16)
