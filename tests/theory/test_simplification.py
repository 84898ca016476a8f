"""The closed forms of simplification: proofs carried out, wrong laws caught, the edges of who wins, exact numbers."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import theory
from simulator import simulate
from simulator.models.simplification import (
    simplification,
)
from simulator.models.simplification.strings import tree
from simulator.models.simplification.weights import trained
from theory.lemmas import equals_numerically, vanishes
from theory.simplification import expressions as e
from theory.simplification import formulas, predictions
from theory.simplification.proofs.description import POINTS as TEXTS
from theory.simplification.proofs.description import TREES, by_sum, by_tree
from theory.simplification.proofs.shares import POINTS, by_bisection

NAMES = {prediction.name: prediction for prediction in predictions}


@pytest.mark.parametrize("name", NAMES)
def test_every_obligation_holds(name):
    obligations = NAMES[name].proof()
    assert obligations
    assert [obligation.says for obligation in obligations if not obligation.holds] == []


def _residual(logs, metric_exponent, decay):
    """Return d ln g/dt minus the law's, for some logarithm of a strength in the bracket B."""
    bracket = sympy.Symbol("B", positive=True)
    logs = logs.subs(e.bracket, bracket)
    pace = -(e.depth - 2) * e.efficiency * sympy.exp(-(e.depth - 2) * e.weight_decay * e.time) * e.pull
    moved = sympy.diff(logs, e.time) + sympy.diff(logs, bracket) * pace
    law = e.depth * sympy.exp(sympy.simplify(metric_exponent * logs)) * e.efficiency * e.pull - decay
    return vanishes("", moved - law)


WRONG = {
    "decay applied once": lambda: _residual(e.log_strength, e.exponent, e.weight_decay),
    "an exponent of 2 - 1/L in K": lambda: _residual(e.log_strength, 1 - 1 / e.depth, e.depth * e.weight_decay),
    "shares one per cent off": lambda: equals_numerically(
        "", lambda **point: 1.01 * formulas.shares(**point, feature=0), by_bisection, POINTS[:4]
    ),
    "another depth": lambda: equals_numerically(
        "", lambda **point: formulas.shares(**{**point, "depth": point["depth"] + 0.1}, feature=0), by_bisection,
        POINTS[:4],
    ),
    "a boundary of 1 - 1/L": lambda: vanishes(
        "", sympy.log(e.efficiency_1 / e.efficiency_2)
        - (1 - 1 / e.depth_of_entrenchment) * sympy.log(e.start_2 / e.start_1),
    ),
    "balance at half the rate": lambda: vanishes(
        "", sympy.diff(sympy.sqrt(e.balance_decay), e.time)
        + (2 * e.weight_decay + e.efficiency**2 * e.batch_noise**2) * sympy.sqrt(e.balance_decay),
    ),
    "one length more": lambda: equals_numerically(
        "", lambda inverse_temperature, max_length: formulas.mean_description_length(
            inverse_temperature, max_length + 1), by_sum, TEXTS,
    ),
    "the length's own spectrum alone": lambda: equals_numerically(
        "", lambda **p: float(np.linalg.eigvals(formulas.length_chain(**p)).real[np.argsort(
            np.linalg.eigvals(formulas.length_chain(**p)).real)[-2]]), by_tree, TREES,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]().holds


@pytest.mark.parametrize("layers", [1.0, 1.5, 2.0, 3.0, 4.0, 6.0])
def test_the_exact_solution_meets_direct_integration(layers):
    """To 1e-5 at a relative tolerance of 1e-10 and a stiffness of 1e5, by another solver than the check's."""
    start, slopes = np.array([0.5, 0.15, 0.25, 0.3]), np.array([0.6, 1.3, 1.0, 0.8])
    times, given = (0.2, 1.0, 3.0, 8.0), {"weight_decay": 0.5, "depth": layers}
    made = simplification.experiment("flow", times=times, measures=("share",), solver="Radau")
    found = simulate(made, replicates=2, features=4, start=start, efficiency=slopes, stiffness=1e5, **given)
    exact = formulas.shares(start, slopes, time=times, **given)
    np.testing.assert_allclose(found.share, exact, atol=1e-5)
    wrong = formulas.shares(start, slopes, time=times, weight_decay=0.5, depth=layers + 0.01)
    assert np.abs(found.share - wrong).max() > 1e-4


@given(
    st.lists(st.tuples(st.floats(0.05, 1.0), st.floats(0.5, 2.0)), min_size=2, max_size=5),
    st.floats(1.0, 8.0), st.floats(0.0, 3.0), st.floats(0.01, 2.0),
)  # fmt: skip
def test_what_never_rises_never_does(pairs, layers, time, more):
    """The weights' cost while the drive is held, at every depth."""
    start, slopes = map(np.array, zip(*pairs, strict=True))
    start = start / (start @ slopes)
    early, late = (formulas.weight_cost(start, slopes, 1.0, layers, when) for when in (time, time + more))
    assert late <= early * (1 + 1e-12)


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.5, 2.0)), min_size=2, max_size=6))
def test_the_number_of_features_never_rises_once_the_winner_holds_half(pairs):
    start, slopes = map(np.array, zip(*pairs, strict=True))
    start = start / (start @ slopes)
    times = np.linspace(0.0, 20.0, 400)
    p = formulas.shares(start, slopes, 1.0, 2.0, times)
    half = p[:, np.argmax(slopes)] >= 0.5
    number = formulas.effective_features(start, slopes, 1.0, 2.0, times)
    assert np.all(np.diff(number)[half[:-1]] <= 1e-9)


def test_the_number_of_features_can_rise_before():
    """A head start of what is not simple has to be lost first: monotone it is not."""
    number = formulas.effective_features([0.05, 0.95], [1.5, 1.0], 1.0, 2.0, [0.0, 2.0, 40.0])
    assert number[1] > number[0] > 1.0
    assert number[2] == pytest.approx(1.0, abs=1e-6)


def test_who_wins_at_the_edges():
    win = theory.get("simplification.winner")
    assert win(start=[0.1, 0.3], efficiency=[2.0, 1.0], depth=1.99) == -1
    assert win(start=[0.1, 0.3], efficiency=[2.0, 1.0], depth=2.0) == 0
    assert win(start=[0.1, 0.3], efficiency=[2.0, 1.0], depth=np.inf) == 1
    assert win(start=[0.0, 0.3], efficiency=[2.0, 1.0], depth=2.0) == 1
    assert win(start=[0.1, 0.3], efficiency=[1.0, 1.0], depth=2.0) == -1
    assert win(start=[0.3, 0.3], efficiency=[1.0, 1.0], depth=5.0) == -1
    assert win(start=[0.0, 0.3], efficiency=[1.0, 1.0], depth=1.0) == -1  # a single weight grows from nothing
    np.testing.assert_array_equal(win(start=[0.1, 0.3], efficiency=[2.0, 1.0], depth=[1.0, 3.0, 20.0]), [-1, 0, 1])
    with pytest.raises(ValueError, match=r"depth: got 0\.5; must be >= 1"):
        win(start=[1.0, 1.0], efficiency=[1.0, 1.0], depth=0.5)
    with pytest.raises(ValueError, match="start: got no positive strength"):
        win(start=[0.0, 0.0], efficiency=[1.0, 1.0], depth=2.0)


def test_the_depth_of_entrenchment_in_either_order_and_where_there_is_none():
    found = theory.get("simplification.depth_of_entrenchment")
    deep = found(start=[0.1, 1.0], efficiency=[1.5, 1.0])
    assert deep == found(start=[1.0, 0.1], efficiency=[1.0, 1.5]) == pytest.approx(2 / (1 - np.log(1.5) / np.log(10)))
    assert found(start=[1.0, 0.9], efficiency=[1.5, 1.0]) == np.inf  # the simpler one is ahead
    assert found(start=[1.0, 1.4], efficiency=[1.5, 1.0]) == np.inf  # behind, but not far enough for any depth
    assert found(start=[1.0, 1.6], efficiency=[1.5, 1.0]) > 14.0
    assert found(start=[1.0, 2.0], efficiency=[1.0, 1.0]) == found(start=[2.0, 1.0], efficiency=[1.0, 1.0]) == 2.0
    with pytest.raises(ValueError, match="must be of two features"):
        found(start=[1.0, 2.0, 3.0], efficiency=[1.0, 1.0, 1.0])


@pytest.mark.parametrize("layers", [2.2, 3.0, 7.0])
def test_the_winner_is_who_the_shares_end_with(layers):
    generator = np.random.default_rng(int(10 * layers))
    for _ in range(20):
        start, slopes = generator.uniform(0.1, 1.0, 4), generator.uniform(0.5, 2.0, 4)
        end = formulas.shares(start, slopes, 1.0, layers, 1e5)
        assert end.argmax() == formulas.winner(start, slopes, layers)
        assert end.max() > 1 - 1e-9


def test_memory_is_not_asked_where_hardly_any_walk_has_forgotten():
    """Where the formula is 1, or a thousandth less, a sample may show no forgetting, and no sampling error, at all."""
    right = NAMES["simplification.first_bit_memory"]
    rare = {"inverse_temperature": 1.0026173587940543, "max_length": 6, "moves": 6}
    assert 0.998 < right(**rare) < 0.999
    assert not right.valid.where(**rare)
    assert not right.valid.where(inverse_temperature=0.5, max_length=5, moves=4)  # it cannot be lost so soon
    assert right.valid.where(inverse_temperature=0.5, max_length=3, moves=20)


def test_half_lives():
    half = theory.get("simplification.alignment_half_life")
    given = {"base": [1.0, 1.0, 1.0], "efficiency": [1.0, 1.2, 1.5]}
    np.testing.assert_allclose(half(**given, weight_decay=[0.1, 1.0], depth=2.0) * [0.1, 1.0], half(
        **given, weight_decay=1.0, depth=2.0), rtol=1e-12)  # fmt: skip
    assert half(base=[1.0, 0.0], efficiency=[1.0, 1.2], weight_decay=1.0, depth=2.0) == np.inf  # nothing to lose
    assert half(base=[1.0, 1.0], efficiency=[1.0, 1.0], weight_decay=1.0, depth=2.0) == np.inf
    assert half(base=[1.0, 1.0, 1.0], efficiency=[1.0, 1.0, 1.2], weight_decay=1.0, depth=1.0) < np.inf
    assert formulas.lasting_alignment([3.0, 4.0], [1.0, 1.2], 2.0) == pytest.approx(0.8)
    assert formulas.lasting_alignment([3.0, 4.0, 0.0], [1.2, 1.2, 9.0], 2.0) == pytest.approx(1.0)


def test_the_mixing_time_of_a_walk_is_that_of_the_whole_tree():
    """A random walk on the drawn graph, its own matrix and its own spectrum; the bottleneck is the empty string."""
    for pressure, longest in ((0.2, 6), (1.0, 5)):
        graph = tree(longest)
        matrix = networkx.to_numpy_array(graph) / 3.0
        lengths = np.array([graph.nodes[node]["length"] for node in graph])
        matrix *= np.minimum(1.0, np.exp(-pressure * (lengths[None, :] - lengths[:, None])))
        matrix += np.diag(1.0 - matrix.sum(axis=1))
        eigenvalues = np.sort(np.linalg.eigvals(matrix).real)
        np.testing.assert_allclose(formulas.relaxation(pressure, longest), eigenvalues[-2], rtol=1e-10)


def test_the_mean_length_is_smooth_through_ln_2_and_sharp_for_long_texts():
    mean = theory.get("simplification.mean_description_length")
    for longest in (1, 7, 1000, 10**6):
        assert mean(inverse_temperature=np.log(2.0), max_length=longest) == longest / 2
        steps = np.log(2.0) + np.array([-1e-6, -1e-9, -1e-12, 1e-12, 1e-9, 1e-6]) / longest
        assert np.all(np.diff(mean(inverse_temperature=steps, max_length=longest)) <= 1e-9)
    assert mean(inverse_temperature=0.6, max_length=10**6) / 1e6 > 0.999
    assert mean(inverse_temperature=0.8, max_length=10**6) < 10.0


def test_predictions_take_the_keywords_of_the_theory():
    signatures = {
        "shares": ("start", "efficiency", "weight_decay", "depth", "time"),
        "winner": ("start", "efficiency", "depth"),
        "depth_of_entrenchment": ("start", "efficiency"),
        "alignment_half_life": ("base", "efficiency", "weight_decay", "depth"),
        "mean_description_length": ("inverse_temperature", "max_length"),
    }
    for name, keywords in signatures.items():
        assert theory.get(f"simplification.{name}").keywords[: len(keywords)] == keywords


def test_margins_cover_a_loss_of_finite_stiffness_and_not_much_more():
    """1 - q = lambda/(k <h>) at depth two, in the simulation itself; the margin is a few times what it does."""
    point = {"start": (0.3, 0.5), "efficiency": (1.3, 0.8), "weight_decay": 0.4, "depth": 2, "time": 1.0}
    found = simulate(trained([1.0]), replicates=2, discretization=False, features=2, stiffness=100.0,
                     learning_rate=2e-3, **{name: point[name] for name in point if name != "time"})  # fmt: skip
    p = formulas.shares(**point)
    less = formulas.left_out(p, point["efficiency"], 0.4, 2, 100.0)
    assert less == pytest.approx(0.4 / (100.0 * p @ np.array([1.3, 0.8])), rel=1e-12)
    assert 1.0 - float(found.drive[0]) == pytest.approx(less, rel=0.05)
    margin = NAMES["simplification.trained_shares"].margin.bound(**point, feature=0)
    assert 0.2 * margin < abs(float(found.first_share[0]) - p[0]) < 2.0 * margin
