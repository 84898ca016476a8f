"""The law of simplification, its weights, its texts and its search: plain twins first, then what they must show."""

from __future__ import annotations

import re

import networkx
import numpy as np
import pytest

from simulator import Normal, Uniform, simulate
from simulator.estimate import chain_mean, effective_sample_size
from simulator.models.simplification import held, simplification, strength
from simulator.models.simplification.entrenchment import boundary, final_shares, resolution
from simulator.models.simplification.strings import Strings, memory, tree, walk
from simulator.models.simplification.weights import trained
from simulator.parameter import resolve
from tests.twin import evaluate

POINT = {
    "features": 3, "efficiency": [1.4, 1.0, 0.7], "start": [0.2, 0.3, 0.5], "base": [1.0, 2.0, 0.5], "depth": 3.0,
    "weight_decay": 0.3, "stiffness": 40.0,
}  # fmt: skip


def symbols(law, values):
    point = resolve(law.parameters, values)
    return {law.parameter(name).variable: np.reshape(value, (-1, 1)) if np.ndim(value) else value
            for name, value in point.items()}  # fmt: skip


@pytest.mark.parametrize("depth", [1.0, 1.5, 2.0, 4.0])
def test_the_drift_is_the_law_by_hand(depth):
    h, g, frozen = np.array(POINT["efficiency"]), np.array([0.1, 0.4, 0.9]), np.array([0.0, 1.0, 0.0])
    values = symbols(simplification, {**POINT, "depth": depth, "frozen": frozen}) | {strength.variable: g[:, None]}
    mu = 40.0 * (1.0 - h @ g)
    expected = (1 - frozen) * (depth * g ** (2 - 2 / depth) * h * mu - depth * 0.3 * g)
    np.testing.assert_allclose(evaluate(simplification.drift[strength], values)[:, 0], expected, rtol=1e-12)


def test_the_held_drift_holds_the_drive():
    g, h = np.array([0.1, 0.4, 0.9]), np.array(POINT["efficiency"])
    point = {name: value for name, value in POINT.items() if name != "stiffness"}
    for frozen in ([0.0, 0.0, 0.0], [0.0, 1.0, 0.0]):
        values = symbols(held, {**point, "frozen": frozen}) | {strength.variable: g[:, None]}
        moved = evaluate(held.drift[strength], values)[:, 0]
        assert abs(h @ moved) < 1e-14
        assert np.all((moved != 0.0) == (np.array(frozen) == 0.0))
        pace = (moved + 3.0 * 0.3 * g)[[0, 2]] / (3.0 * h * g ** (4 / 3))[[0, 2]]
        assert frozen[1] or abs(pace[0] / pace[1] - 1.0) < 1e-12  # one mu for all


def test_measures_are_what_they_say():
    g, h, b = (np.array(POINT[name]) for name in ("start", "efficiency", "base"))
    found = simulate(simplification.experiment("flow", times=[0.0, 1e-9]), replicates=2, **POINT).isel(time=0)
    p = h * g / (h @ g)
    np.testing.assert_allclose(found.share, p, rtol=1e-12)
    np.testing.assert_allclose(found.effective_features, 1 / (p**2).sum(), rtol=1e-12)
    np.testing.assert_allclose(found.effective_features_entropy, np.exp(-(p * np.log(p)).sum()), rtol=1e-12)
    np.testing.assert_allclose(found.weight_cost, 0.15 * 3 * (g ** (2 / 3)).sum(), rtol=1e-12)
    np.testing.assert_allclose(found.alignment, g @ b / np.linalg.norm(g) / np.linalg.norm(b), rtol=1e-12)
    np.testing.assert_allclose(found.drive, h @ g, rtol=1e-12)
    assert float(found.cosine_to_start) == pytest.approx(1.0, abs=1e-12)
    assert float(found.winner) == -1.0
    alone = simulate(simplification.experiment("flow", times=[1e-9]), replicates=2, **{**POINT, "start": [0, 0, 1.0]})
    assert float(alone.winner[0]) == 2.0
    assert float(alone.effective_features_entropy[0]) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_trained_weights_follow_the_law(depth):
    """The law at the same finite stiffness, integrated to 1e-10: what is left is first order in the steps."""
    point = {**POINT, "depth": depth, "start": [0.2, 0.4, 0.45]}
    law = simulate(simplification.experiment("flow", times=[1.0, 3.0], solver="LSODA"), replicates=2, **point)
    rates = (4e-3, 2e-3)
    runs = [
        simulate(trained([1.0, 3.0]), replicates=2, discretization=False, **point, learning_rate=rate)
        for rate in rates
    ]  # fmt: skip
    for name in ("share", "effective_features", "effective_features_entropy", "weight_cost", "alignment", "drive"):
        errors = [np.abs(run[name].values - law[name].values).max() for run in runs]
        assert errors[1] < 0.01
        assert errors[1] < 0.65 * errors[0] + 1e-9
    assert np.array_equal(runs[1].winner, law.winner)


def test_unbalanced_weights_share_otherwise_and_balance():
    """Unequal weights have other paths of strength; their difference of squares decays all the same."""
    point = {**POINT, "depth": 2, "learning_rate": 2e-3}
    even, tilted = (
        simulate(trained([2.0]), replicates=2, discretization=False, **point, imbalance=tilt) for tilt in (0.0, 2.0)
    )
    assert np.isnan(even.balance[0])
    np.testing.assert_allclose(tilted.balance[0], np.exp(-2 * 0.3 * 2.0), rtol=5e-3)
    assert np.abs(even.share - tilted.share).max() > 0.01


def test_batch_noise_balances_weights_further():
    """d(u^2 - v^2) = -(2 lambda + h^2 nu^2)(u^2 - v^2) dt, without noise of its own: at two steps, extrapolated.

    The mean of 512 paths at a learning rate of 1e-3: standard errors of 3e-4 here, thresholds of five and a bias of
    twice the extrapolation. Without the noise's part the value would be exp(-0.4) = 0.67, not 0.33.
    """
    point = {"features": 1, "depth": 2, "efficiency": [1.2], "start": [0.8], "imbalance": 1.0, "stiffness": 2.0,
             "weight_decay": 0.2, "batch_noise": 0.7, "replicates": 512, "seed": 3}  # fmt: skip
    coarse, fine = (
        simulate(trained([1.0]), **point, learning_rate=rate, discretization=False) for rate in (2e-3, 1e-3)
    )
    expected = np.exp(-(0.4 + 1.44 * 0.49))
    extrapolated = float(2.0 * fine.balance[0] - coarse.balance[0])
    error = float(np.hypot(2.0 * fine.balance_se[0], coarse.balance_se[0]))
    assert abs(extrapolated - expected) < 5.0 * error + 0.1 * abs(float(fine.balance[0] - coarse.balance[0]))
    assert error < 5e-3
    assert float(fine.balance_var[0]) < 0.05 * expected**2  # it goes to 0 with the steps: the difference has no noise


@pytest.mark.parametrize("level", ["law", "weights"])
def test_frozen_features_stand_still_and_the_rest_goes_on(level):
    if level == "law":
        found = simulate(simplification.experiment("flow", times=[0.0, 2.0], solver="LSODA"), replicates=2, **POINT,
                         frozen=[1, 0, 0], keep="trajectories")  # fmt: skip
        assert np.ptp(found.strength.values[:, 0]) < 1e-12
        return
    found = simulate(trained([1.0, 3.0]), replicates=2, discretization=False, **{**POINT, "depth": 3},
                     frozen=[1, 0, 0], freeze_time=1.0, learning_rate=2e-3)  # fmt: skip
    supplied = found.share.values[:, 0] * found.drive.values
    np.testing.assert_allclose(supplied[1], supplied[0], rtol=1e-12)
    assert np.abs(np.diff(found.share.values[:, 1])) > 0.01


@pytest.mark.parametrize("pressure", [0.3, np.log(2.0), 1.2])
def test_walks_settle_to_the_weights_of_texts(pressure):
    """Mean lengths below, at and above ln 2, within four standard errors of the effective sample size.

    False alarms: 6e-5 a comparison, three comparisons. A pressure that is 0.05 off is told apart.
    """
    made, longest = walk(), 16
    point = resolve(made.parameters, {"inverse_temperature": pressure, "max_length": longest, "sweeps": 1500,
                                      "thinning": 16, "burn_in": 80})  # fmt: skip
    draws = made.sample(point, 100, np.random.default_rng(7))["length"]
    mean, error = chain_mean(draws)
    lengths = np.arange(longest + 1)

    def exact(beta):
        weights = np.exp((np.log(2.0) - beta) * lengths)
        return weights @ lengths / weights.sum()

    assert effective_sample_size(draws) > 10_000
    assert abs(mean - exact(pressure)) < 4.0 * error
    assert abs(mean - exact(pressure + 0.05)) > 4.0 * error
    assert np.all((draws >= 0) & (draws <= longest))


def test_a_walk_among_existing_neighbors_settles_elsewhere():
    """The planted fault: without staying where there is no neighbor, a factor of degree comes in."""
    graph, pressure = tree(3), 0.5
    moves = networkx.to_numpy_array(graph)
    moves /= moves.sum(axis=1, keepdims=True)
    lengths = np.array([graph.nodes[node]["length"] for node in graph])
    accepted = np.minimum(1.0, np.exp(-pressure * (lengths[None, :] - lengths[:, None])))
    moves *= accepted
    moves += np.diag(1.0 - moves.sum(axis=1))
    settled = np.linalg.matrix_power(moves, 2000)[0]
    weights = np.exp(-pressure * lengths)
    assert abs(settled @ lengths - weights @ lengths / weights.sum()) > 0.05


def test_one_move_is_the_move_that_is_described():
    """From a string in the middle: each child and the parent as often as proposed and accepted (4 s.e. of 2e5)."""
    state, pressure, count = Strings(np.full(200_000, 0b1011), np.full(200_000, 3)), 0.7, 200_000
    state.move(pressure, 5, np.random.default_rng(2))
    taken = {0b10110: np.exp(-pressure) / 3, 0b10111: np.exp(-pressure) / 3, 0b101: 1 / 3}
    for number, chance in taken.items():
        assert abs(np.mean(state.number == number) - chance) < 4.0 * np.sqrt(chance * (1 - chance) / count)
    assert set(np.unique(state.number)) == {0b1011, *taken}
    np.testing.assert_array_equal(state.length, np.floor(np.log2(state.number)))
    longest = Strings(np.full(1000, 0b11), np.full(1000, 1))
    longest.move(0.0, 1, np.random.default_rng(2))
    assert set(np.unique(longest.number)) == {0b1, 0b11}


def test_first_bits():
    state = Strings(np.array([1, 0b10, 0b11, 0b101, 0b1100]), np.array([0, 1, 1, 2, 3]))
    np.testing.assert_array_equal(state.first_bit, [0, -1, 1, -1, 1])
    np.testing.assert_array_equal(Strings.ones(2, 3).first_bit, [1, 1])


def test_the_tree_is_the_tree_of_descriptions():
    graph = tree(4)
    assert graph.number_of_nodes() == 31
    assert networkx.is_tree(graph)
    assert sorted(graph.neighbors("01")) == ["0", "010", "011"]
    with pytest.raises(ValueError, match="max_length: got 17; must be from 0 to 16"):
        tree(17)


def test_the_search_finds_where_the_winner_changes():
    """h g^(1 - 2/L) by hand at both ends of what it finds, and none where the simpler feature leads already."""
    h, g = np.array([1.4, 1.0]), np.array([0.3, 1.0])
    found = float(simulate(boundary(), replicates=2, efficiency=h, start=g).depth)
    for depth, winner in ((found - resolution(2.0, 12.0), 0), (found + resolution(2.0, 12.0), 1)):
        assert np.argmax(h * g ** (1 - 2 / depth)) == winner
    assert np.isnan(simulate(boundary(), replicates=2, efficiency=h, start=[1.0, 1.0]).depth)


def test_final_shares_are_rows_of_depths():
    ends = final_shares([1.5, 1.0], [0.2, 1.0], 1.0, 8.0, 8)
    assert ends.shape == (8, 2)
    np.testing.assert_allclose(ends.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(ends[0], [2.25 / 3.25, 1 / 3.25], rtol=1e-9)
    assert [round(one) for one in ends[1:, 0]] == sorted((round(one) for one in ends[1:, 0]), reverse=True)


@pytest.mark.parametrize(
    ("experiment", "given", "message"),
    [
        (walk(), {"inverse_temperature": Uniform(0.0, 1.0)}, "inverse_temperature: got a distribution"),
        (memory(), {"inverse_temperature": Normal(1.0, 0.1)}, "inverse_temperature: got a distribution"),
        (walk(), {"max_length": 63}, "max_length: got 63; must be finite and in [1, 62]"),
        (walk(), {"inverse_temperature": -1.0}, "inverse_temperature: got -1.0; must be finite"),
        (boundary(), {"features": 3}, "features: got 3; must be 2"),
        (trained(), {"depth": 1.5}, "depth: got 1.5; must be a whole number"),
        (trained(), {"stiffness": 0.0}, "stiffness: got 0.0; must be finite"),
        (simplification, {"depth": 0.5}, "depth: got 0.5; must be finite"),
    ],
)
def test_bad_input_is_refused_in_one_line(experiment, given, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        simulate(experiment, replicates=4, **given)
    assert "\n" not in str(caught.value)


def test_steps_that_are_too_long_are_reported_as_diverged():
    made = simplification.experiment(method="stepped", times=[1.0], steps=16, measures=("drive",))
    found = simulate(made, replicates=2, discretization=False, stiffness=1e4)
    assert str(found.status.values).startswith("diverged")
    assert np.isnan(found.drive.values).all()
