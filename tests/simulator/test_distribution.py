"""Distributions of parameters and starts: their moments, their supports, and draws that a range refuses.

Z = 5 is a two-sided false-alarm rate of 6e-7 a comparison; there are fewer than 40, at fixed seeds.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.distribution import Exponential, Normal, Sphere, Uniform, arguments, is_distribution, with_arguments
from simulator.models.goal_drift import goal_drift
from simulator.point import simulate

Z = 5.0
SHAPE = (4, 50_000)


def z_score(samples, mean):
    return (samples.mean() - mean) / (samples.std() / math.sqrt(samples.size))


@pytest.mark.parametrize(
    ("distribution", "mean", "variance", "fourth"),
    [
        (Normal(), 0.0, 1.0, 3.0),
        (Normal(2.0, 3.0), 2.0, 9.0, 3 * 81.0),
        (Uniform(), 0.5, 1 / 12, 1 / 80),
        (Uniform(-3.0, 5.0), 1.0, 64 / 12, 8**4 / 80),
    ],
)
def test_moments(distribution, mean, variance, fourth):
    draws = distribution.draw(np.random.default_rng(1), SHAPE)
    assert draws.shape == SHAPE
    assert draws.dtype == np.float64
    assert abs(z_score(draws, mean)) < Z
    assert abs(z_score((draws - mean) ** 2, variance)) < Z
    assert abs(z_score((draws - mean) ** 3, 0.0)) < Z
    assert abs(z_score((draws - mean) ** 4, fourth)) < Z
    assert abs(z_score((draws[0] - mean) * (draws[1] - mean), 0.0)) < Z
    assert abs(z_score((draws[0] - mean) ** 2, 1.1 * variance)) > Z  # a wrong variance is told apart
    assert np.unique(draws).size == draws.size


def test_uniform_stays_inside():
    draws = Uniform(-3.0, 5.0).draw(np.random.default_rng(2), SHAPE)
    assert draws.min() >= -3.0
    assert draws.max() < 5.0


def test_waits_are_exponential():
    """Mean 2, variance 4, third moment about the mean 16; and no memory: what is left of a long wait is like a new one.

    A wait of the wrong mean is told apart.
    """
    waits = Exponential(2.0).draw(np.random.default_rng(4), SHAPE)
    assert waits.min() >= 0.0
    assert abs(z_score(waits, 2.0)) < Z
    assert abs(z_score((waits - 2.0) ** 2, 4.0)) < Z
    assert abs(z_score((waits - 2.0) ** 3, 16.0)) < Z
    assert abs(z_score(waits[waits > 3.0] - 3.0, 2.0)) < Z
    assert abs(z_score(waits, 2.05)) > Z
    with pytest.raises(ValueError, match="Exponential: got mean -1"):
        Exponential(-1.0).draw(np.random.default_rng(4), (3,))


@pytest.mark.parametrize("components", [1, 2, 3, 7])
def test_sphere(components):
    draws = Sphere(2.5).draw(np.random.default_rng(3), (components, 50_000))
    np.testing.assert_allclose(np.linalg.norm(draws, axis=0), 2.5, rtol=1e-14)
    variance = 2.5**2 / components
    assert abs(z_score(draws[0], 0.0)) < Z
    if components > 1:
        fourth = 3 * components / (components + 2) * variance**2  # uniform on the sphere, not on the cube
        assert abs(z_score(draws[0] ** 2, variance)) < Z
        assert abs(z_score(draws[0] ** 4, fourth)) < Z
        assert abs(z_score(draws[0] * draws[1], 0.0)) < Z


def test_a_sphere_for_a_scalar_is_its_two_signs():
    draws = Sphere(2.5).draw(np.random.default_rng(4), (50_000,))
    np.testing.assert_allclose(np.abs(draws), 2.5, rtol=1e-15)
    assert abs(z_score(draws, 0.0)) < Z


def test_a_stream_gives_the_same_draws():
    for distribution in (Normal(1, 2), Uniform(1, 2), Sphere(2), Exponential(2)):
        one, two, other = (distribution.draw(np.random.default_rng(seed), (2, 3)) for seed in (5, 5, 6))
        np.testing.assert_array_equal(one, two)
        assert np.all(one != other)


def test_what_a_distribution_is():
    assert all(is_distribution(value) for value in (Normal(), Uniform(), Sphere(), Exponential()))
    assert not any(is_distribution(value) for value in (Normal, 1.0, None, "draw", np.random.default_rng(0)))
    assert arguments(Normal(1, 2)) == {"mean": 1, "sd": 2}
    assert with_arguments(Normal(1, 2), {"sd": 5}) == Normal(1, 5)


@pytest.mark.parametrize(
    "drawn",
    [{"width": Normal(1.0, 1.0)}, {"growth": Uniform(-1.0, 1.0)}, {"pull": Normal(0.0, 1.0)}],
)
def test_draws_out_of_range_are_refused(drawn):
    (name,) = drawn
    with pytest.raises(ValueError, match=f"^{name}: its distribution drew a value outside .*; choose .*$") as caught:
        simulate(goal_drift.experiment(method="stepped", steps=1), replicates=100, dim=2, **drawn)
    assert "\n" not in str(caught.value)
