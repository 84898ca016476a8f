"""Agents that stop: routes, times and remainders without noise; the bridge between two ends with it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from simulator import Model, Parameter, Range, Trait, simulate, total
from simulator.levels.langevin.absorption import crossing_fraction
from simulator.parameter import NONNEGATIVE

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; fewer than 20 comparisons in this file

x, y = Trait("x"), Trait("y")
start_x, start_y = (Parameter(name, default) for name, default in (("start_x", 1.0), ("start_y", 0.8)))
noise = Parameter("noise", 0.0, range=NONNEGATIVE)
race = Model(
    "race", (x, y), 1 - x * y, (start_x, start_y, noise), learner={x: 1, y: 1}, noise={x: noise, y: noise},
    initial={x: start_x, y: start_y}, absorb={"internal": x, "deceptive": y}, measures={"x": x, "y": y},
)  # fmt: skip
walk = Model(
    "walk", (x,), 0, (start_x, noise), noise={x: noise}, initial={x: start_x}, absorb={"hit": x}, measures={"x": x}
)  # fmt: skip


@pytest.mark.parametrize("level", ["langevin", "flow"])
def test_the_race_without_noise(level):
    found = simulate(race.experiment(level, times=[0.5, 10.0]), replicates=3)
    assert found.route_deceptive.values.tolist() == [0.0, 1.0]
    assert found.route_internal.values.tolist() == [0.0, 0.0]
    tolerance = 1e-9 if level == "flow" else 0.01  # x^2 - y^2 is conserved: the remainder is 0.6, at artanh(0.8)
    assert abs(float(found.x[1]) - 0.6) < tolerance
    assert abs(float(found.stopping_time[1]) - np.arctanh(0.8)) < tolerance
    assert np.isnan(float(found.stopping_time[0]))
    assert int(found.stopping_time_n[0]) == 0


def test_a_stopped_agent_stays_where_it_stopped():
    found = simulate(
        race.experiment(method="stepped", times=[2.0, 3.0, 9.0], steps=90), replicates=200, noise=0.3, keep="samples"
    )
    for measure in ("x", "y"):
        samples = found[f"{measure}_samples"].values
        stopped = ~np.isnan(found.stopping_time_samples.values[:, 0])
        assert 0 < stopped.sum() < 200
        assert np.array_equal(samples[stopped, 0], samples[stopped, 2])
        assert not np.array_equal(samples[~stopped, 0], samples[~stopped, 2])


def test_an_agent_at_zero_has_won_at_once():
    found = simulate(race.experiment(method="stepped", times=[1.0]), replicates=4, start_y=0.0)
    assert float(found.route_deceptive[0]) == 1.0
    assert float(found.stopping_time[0]) == 0.0


def hitting_probability(steps):
    """Simulate whether a Brownian motion from 1 with noise 1 hits zero by time 1; truth 2 Phi(-1)."""
    found = simulate(walk.experiment(method="stepped", times=[1.0], steps=steps), replicates=200_000, seed=2, noise=1.0)
    return float(found.route_hit[0]), float(found.route_hit_se[0])


def test_the_bridge_sees_what_happens_between_two_ends():
    truth = 2 * norm.cdf(-1.0)
    value, error = hitting_probability(8)
    assert abs(value - truth) < Z * error
    # Tested at the ends of the steps alone, the same walk is seen to hit far too seldom: the planted fault.
    ends = np.cumsum(np.random.default_rng(0).standard_normal((8, 200_000)) / np.sqrt(8), axis=0)
    assert np.mean((1 + ends).min(axis=0) <= 0) < truth - 0.05


def test_hitting_times_follow_the_first_passage_law():
    found = simulate(
        walk.experiment(method="stepped", times=[1.0], steps=64), replicates=50_000, seed=4, noise=1.0, keep="samples"
    )
    times = found.stopping_time_samples.values[:, 0]
    for moment in (0.3, 0.6, 0.9):
        truth = 2 * norm.cdf(-1 / np.sqrt(moment))
        seen = np.mean(times <= moment)
        assert abs(seen - truth) < Z * np.sqrt(truth * (1 - truth) / times.size) + 2e-3  # 2e-3: within a step of 1/64


def test_crossing_fraction():
    start = np.array([[1.0, 1.0, 1.0, 0.0, 1.0]])
    end = np.array([[-1.0, 1.0, 1.0, 1.0, 3.0]])
    variance = np.array([[0.0, 1.0, 1.0, 1.0, 0.0]])
    uniform = np.array([[0.5, np.exp(-2) + 1e-6, np.exp(-2) - 1e-6, 0.9, 0.0]])
    assert crossing_fraction(start, end, variance, uniform).tolist() == [[0.5, np.inf, 0.5, 0.0, np.inf]]


def test_vector_conditions_spread_at_their_own_rate():
    """|g|^2 = 1/4 is reached as by a Bessel process; the rate of the condition's variance sums over components."""
    dim = Parameter("dim", 2, integer=True, range=Range(low=1.0))
    g = Trait("g", dim="dim")
    law = Model(
        "bessel", (g,), 0, (dim, noise), noise={g: noise}, initial={g: 0.7}, measures={"norm": total(g**2)},
        absorb={"inside": total(g**2) - 0.25},
    )  # fmt: skip
    seen = [
        float(
            simulate(
                law.experiment(method="stepped", times=[1.0], steps=steps), replicates=100_000, seed=1, noise=1.0
            ).route_inside[0]
        )
        for steps in (8, 32, 512)
    ]
    # First order: a quarter of the step leaves about a quarter of the error (half, without the bridge).
    assert (seen[0] - seen[2]) / (seen[1] - seen[2]) > 2.6
