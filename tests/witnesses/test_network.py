"""Networks: every gradient against finite differences, optimizers against their formulas, ensembles against singles."""

from __future__ import annotations

import numpy as np
import pytest

from witnesses import network

EXACT = 1e-6


def tiny(networks=(), biases=True):
    generator = np.random.default_rng(1)
    weights = network.start(generator, 5, 4, 3, networks=networks, biases=biases)
    weights = {name: one + 0.1 * generator.standard_normal(one.shape) for name, one in weights.items()}
    labels = generator.integers(0, 3, (*networks, 7))
    return weights, generator.standard_normal((7, 5)), labels, generator.standard_normal((7, 3))


LOSSES = {
    "cross_entropy": lambda output, labels, target: network.cross_entropy(output, labels),
    "squared_error": lambda output, labels, target: network.squared_error(output, target),
}


@pytest.mark.parametrize("networks", [(), (2,)])
@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("activation", [network.RELU, network.SQUARE, network.TANH], ids=["relu", "square", "tanh"])
@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_those_of_finite_differences(name, activation, biases, networks):
    weights, x, labels, target = tiny(networks, biases)
    look = LOSSES[name]
    seen = network.forward(weights, x, activation)
    value, slope = look(seen.output, labels, target)
    gradient = network.backward(weights, seen, slope, activation)
    assert value.shape == networks

    def loss(moved):
        return look(network.forward(moved, x, activation).output, labels, target)[0]

    assert network.gradient_error(loss, weights, gradient) < EXACT
    gradient["W"] = gradient["W"] * 1.00001
    assert network.gradient_error(loss, weights, gradient) > EXACT, "a wrong gradient must not pass"


def test_the_gradient_of_a_loss_that_looks_inside():
    weights, x, _, _ = tiny()
    probe = np.linspace(-1.0, 1.0, 4)
    seen = network.forward(weights, x, network.TANH)
    inside = np.broadcast_to(probe / 7.0, seen.hidden.shape)
    gradient = network.backward(weights, seen, np.zeros((7, 3)), network.TANH, inside)

    def loss(moved):
        return (network.forward(moved, x, network.TANH).hidden @ probe).mean()

    assert network.gradient_error(loss, weights, gradient) < EXACT


def test_an_ensemble_is_its_networks():
    weights, x, labels, _ = tiny((2,))
    seen = network.forward(weights, x)
    loss, slope = network.cross_entropy(seen.output, labels)
    gradient = network.backward(weights, seen, slope)
    for place in range(2):
        alone = {name: one[place] for name, one in weights.items()}
        mine = network.forward(alone, x)
        value, steep = network.cross_entropy(mine.output, labels[place])
        np.testing.assert_allclose(value, loss[place], rtol=1e-13)
        for name, one in network.backward(alone, mine, steep).items():
            np.testing.assert_allclose(gradient[name][place], one, rtol=1e-12, atol=1e-15)


def test_cross_entropy_does_not_overflow():
    loss, slope = network.cross_entropy(np.array([[1e4, -1e4], [-1e4, 1e4]]), np.array([0, 0]))
    assert loss == 1e4
    np.testing.assert_array_equal(slope, [[0.0, 0.0], [-0.5, 0.5]])


def test_gradient_descent_forgets_as_weight_decay_says():
    optimizer = network.SGD(0.1, 0.2)
    weights, memory = {"w": np.array([2.0])}, optimizer.start({"w": np.array([2.0])})
    for _ in range(3):
        weights = optimizer.step(weights, {"w": np.array([0.5])}, memory)
    expected = 2.0
    for _ in range(3):
        expected -= 0.1 * (0.5 + 0.2 * expected)
    np.testing.assert_allclose(weights["w"], expected, rtol=1e-14)


def test_adamw_is_algorithm_2_of_its_paper():
    optimizer = network.AdamW(0.01, 0.3)
    generator = np.random.default_rng(0)
    slopes, weight = generator.standard_normal(6), 1.5
    weights, memory = {"w": np.array([weight])}, optimizer.start({"w": np.array([weight])})
    m = v = 0.0
    for step, slope in enumerate(slopes, start=1):
        weights = optimizer.step(weights, {"w": np.array([slope])}, memory)
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        weight -= 0.01 * ((m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8) + 0.3 * weight)
        np.testing.assert_allclose(weights["w"], weight, rtol=1e-12)


def test_weights_at_the_start_keep_the_size_of_what_passes():
    weights = network.start(np.random.default_rng(0), 400, 300, 2, networks=(5,))
    assert weights["W"].shape == (5, 400, 300)
    assert abs(weights["W"].std() * 20.0 - 1.0) < 5.0 / np.sqrt(2.0 * weights["W"].size)  # five standard errors
    assert not weights["b"].any()
    assert network.start(np.random.default_rng(0), 3, 3, 1, dtype=np.float32)["V"].dtype == np.float32
