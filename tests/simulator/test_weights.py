"""Weights trained step by step: the first step by hand, the law of their products, the order, the noise, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import Normal, simulate, weights
from simulator.experiment import Observable
from simulator.models.grokking.circuits import squared_circuits
from simulator.parameter import resolve

STRENGTHS = {"strengths": (Observable(("feature",)), lambda seen: seen.strengths)}
WEIGHTS = {"first": (Observable(("feature",)), lambda seen: seen.weights[0]),
           "last": (Observable(("feature",)), lambda seen: seen.weights[-1])}  # fmt: skip
POINT = {"features": 2, "efficiency": [1.0, 1.5], "start": [0.02, 0.002]}


def pull_to_one(drive, _):
    """Return the slope of the loss (q - 1)^2, downhill."""
    return 2.0 * (1.0 - drive)


def trained(measures=STRENGTHS, times=(5.0,), **options):
    made = weights.experiment("trained", pull_to_one, measures, times=times)
    return simulate(made, **{"replicates": 2, "discretization": False, **POINT, **options})


def test_the_first_step_is_the_gradient():
    point = {"depth": 3, "imbalance": 0.8, "learning_rate": 0.1, "weight_decay": 0.3}
    found = trained(WEIGHTS, times=[0.1], **point)
    for feature, (h, g) in enumerate(zip(POINT["efficiency"], POINT["start"], strict=True)):
        u = g ** (1 / 3) * np.exp(0.8 * np.array([0.5, 0.0, -0.5]))
        q = 0.02 + 1.5 * 0.002
        stepped = u + 0.1 * (h * 2 * (1 - q) * np.array([u[1] * u[2], u[0] * u[2], u[0] * u[1]]) - 0.3 * u)
        np.testing.assert_allclose(found["first"][0, feature], stepped[0], rtol=1e-14)
        np.testing.assert_allclose(found["last"][0, feature], stepped[2], rtol=1e-14)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_products_obey_the_law_of_strengths_to_first_order(depth):
    """The law dg = L g^(2 - 2/L) h mu - L lambda g, integrated to 1e-10; halving the steps halves what is left."""
    times, start = [1.0, 5.0, 30.0], np.array(POINT["start"]) * (20.0 if depth > 2 else 1.0)
    point = {"efficiency": POINT["efficiency"], "start": start, "weight_decay": 0.1, "depth": depth}
    law = simulate(squared_circuits.experiment("flow", times=times), replicates=2, stiffness=2.0, circuits=2,
                   keep="trajectories", **point)  # fmt: skip
    rates = (0.02, 0.01)
    errors = [
        np.abs(trained(times=times, **point, learning_rate=rate).strengths.values - law.strength.values).max()
        for rate in rates
    ]
    assert errors[1] < 0.01
    assert 1.8 < errors[0] / errors[1] < 2.2


def test_a_law_with_decay_applied_once_is_rejected():
    """The planted fault: were decay not compounded over the layers, the strengths would be a third off."""
    point = {"efficiency": POINT["efficiency"], "start": [0.4, 0.2], "weight_decay": 0.1, "depth": 3}
    once = squared_circuits.replace(decay={trait: rate / 3 for trait, rate in squared_circuits.decay.items()})
    law = simulate(once.experiment("flow", times=[30.0]), replicates=2, stiffness=2.0, circuits=2,
                   keep="trajectories", **point)  # fmt: skip
    found = trained(times=[30.0], **point, learning_rate=0.01)
    assert np.abs(found.strengths.values - law.strength.values).max() > 0.03


def test_imbalance_dies_at_twice_the_decay():
    """u_1^2 - u_L^2 decays as exp(-2 lambda t), whatever the loss does."""
    point = {"depth": 3, "imbalance": 1.0, "weight_decay": 0.2, "learning_rate": 1e-3}
    found = trained(WEIGHTS, times=[0.5, 4.0], **point)
    left = (found["first"] ** 2 - found["last"] ** 2).values
    np.testing.assert_allclose(left[1] / left[0], np.exp(-2 * 0.2 * 3.5), rtol=2e-3)


def test_noise_is_shared_by_all_weights_and_averages_out():
    """With an even loss slope, E of ln g grows by the mean pull less half the noise's variance (5 standard errors)."""
    made = weights.experiment(
        "walk", lambda drive, _: 0.0 * drive,
        {"growth": (Observable(("feature",)), lambda seen: np.log(seen.strengths / seen.initial.prod(axis=0)))},
        times=[1.0],
    )  # fmt: skip
    point = {**POINT, "depth": 2, "weight_decay": 0.0, "batch_noise": 0.3, "learning_rate": 0.005}
    found = simulate(made, replicates=4000, keep="samples", **point)
    growth = found.growth_samples.values[:, 0]
    # d ln g = 2 h nu dW - h^2 nu^2 dt for each of two equal weights, by Ito.
    for feature, h in enumerate(POINT["efficiency"]):
        sd = 2 * h * 0.3
        assert abs(growth[:, feature].mean() + (h * 0.3) ** 2) < 5 * sd / np.sqrt(4000) + 0.002
        assert abs(growth[:, feature].std() / sd - 1) < 5 / np.sqrt(8000)
    assert np.corrcoef(growth.T)[0, 1] > 0.999


def test_one_path_where_there_is_no_noise_and_one_stream_where_there_is():
    made = weights.experiment("trained", pull_to_one, STRENGTHS, times=[1.0])
    for noise, distinct in ((0.0, 1), (0.5, 50)):
        point = resolve(made.parameters, {**POINT, "batch_noise": noise})
        samples = made.sample(point, 50, np.random.default_rng(0))
        assert np.unique(samples["strengths"][:, 0, 0]).size == distinct


def test_draws_are_refused():
    with pytest.raises(ValueError, match="weight_decay: got a distribution; must be one number"):
        trained(weight_decay=Normal(0.1, 0.01))


def test_frozen_features_stand_still_from_then_on():
    """Up to the freeze nothing differs; from then on only the free weights move, by the steps they always take."""
    point = {"efficiency": [1.0, 1.5], "start": [0.4, 0.2], "weight_decay": 0.1, "depth": 2, "learning_rate": 0.01}
    free, frozen = (
        trained(times=[1.0, 2.0, 4.0], **point, frozen=f, freeze_time=1.5).strengths.values for f in (0.0, [1.0, 0.0])
    )
    whole = trained(times=[1.5], **point).strengths.values[0]
    np.testing.assert_allclose(frozen[0], free[0], rtol=1e-13)
    np.testing.assert_allclose(frozen[1:, 0], whole[0], rtol=1e-13)
    rest = trained(times=[2.5], **point | {"start": whole}, frozen=[1.0, 0.0]).strengths.values[0]
    np.testing.assert_allclose(frozen[2], rest, rtol=1e-10)
