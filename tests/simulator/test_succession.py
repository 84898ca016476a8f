"""The model of succession: envelopes against brute force, shares against the replicator, goals on graphs.

Tests of statistics allow 4 standard errors (6e-5 each, at fixed seeds), and reject a planted fault by more.
"""

from __future__ import annotations

import itertools
import tracemalloc
from math import comb

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Normal, simulate
from simulator.models.succession import blended, succession, until
from simulator.models.succession.blend import pursued
from simulator.models.succession.circuits import lines, tiles
from simulator.models.succession.components import agent, least, parts, replace
from simulator.models.succession.components import retention as left_of
from simulator.models.succession.envelope import NOBODY, reigns
from simulator.models.succession.goals import along_tree, family, inherit, recursive_tree
from simulator.models.succession.laws import Exponential, Student
from simulator.models.succession.leaders import chain, run
from simulator.models.succession.lineage import lineage, retention, reuse
from simulator.models.succession.replacement import replacing
from simulator.models.succession.shares import advance, softmax, stepped
from simulator.parameter import resolve

Z = 4.0


def by_scan(presence, quality, end):
    """Return leaders and when they take over, by looking between any two times at which lines cross."""
    pairs = itertools.permutations(range(len(presence)), 2)
    crossings = {(presence[i] - presence[j]) / (quality[j] - quality[i]) for i, j in pairs if quality[i] != quality[j]}
    times = sorted(time for time in crossings if 0.0 < time < end)
    found = []
    for low, high in itertools.pairwise([0.0, *times, min(end, max([*times, 0.0]) + 1.0)]):
        heights = np.asarray(presence) + np.asarray(quality) * ((low + high) / 2.0)
        leader = int(np.flatnonzero(heights >= heights.max() - 1e-12)[0])
        if not found or found[-1][0] != leader:
            found.append((leader, low))
    return found


# Whole numbers, of which many lines start together, run in parallel, are equal or meet in one point.
WHOLE = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=1, max_size=9)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(WHOLE, st.sampled_from([0.5, 1.0, 2.0, 3.0, np.inf]))
def test_the_envelope_is_what_a_scan_over_the_clock_finds(circuits, end):
    presence, quality = (np.array(values, dtype=float) for values in zip(*circuits, strict=True))
    found = reigns(presence[:, np.newaxis], quality[:, np.newaxis], end)
    there = found.leader[:, 0] != NOBODY
    wanted = by_scan(presence, quality, end)
    assert found.leader[there, 0].tolist() == [leader for leader, _ in wanted]
    np.testing.assert_allclose(found.since[there, 0], [since for _, since in wanted], rtol=1e-12, atol=1e-12)
    assert found.successions[0] == len(wanted) - 1
    assert found.last[0] == wanted[-1][0]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(1, 30), st.integers(1, 7), st.integers(0, 10**6))
def test_replicates_have_nothing_to_do_with_one_another(circuits, replicates, seed):
    presence, quality = np.random.default_rng(seed).standard_normal((2, circuits, replicates))
    together = reigns(presence, quality)
    for one in range(replicates):
        alone = reigns(presence[:, [one]], quality[:, [one]])
        assert together.leader[: len(alone.leader), one].tolist() == alone.leader[:, 0].tolist()
        assert by_scan(presence[:, one], quality[:, one], np.inf) == list(
            zip(alone.leader[:, 0].tolist(), alone.since[:, 0].tolist(), strict=True)
        )


def test_a_change_at_the_end_of_the_clock_is_none():
    presence, quality = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])
    counts = [int(reigns(presence, quality, end).successions[0]) for end in (0.5, 1.0, np.nextafter(1.0, 2.0))]
    assert counts == [0, 0, 1]


def test_circuits_are_drawn_as_told():
    point = {"circuits": 3, "correlation": -0.6}
    draw = np.random.default_rng(0)
    presence, quality = lines(resolve(succession.parameters, point), 40_000, draw)
    assert presence.shape == (3, 40_000)
    assert abs(np.corrcoef(presence[0], quality[0])[0, 1] + 0.6) < Z * 0.64 / 200
    assert abs(np.corrcoef(presence[0], quality[1])[0, 1]) < Z / 200
    assert abs(quality.std() - 1.0) < Z / np.sqrt(2 * 120_000)
    given = resolve(succession.parameters, {"circuits": 2, "presence": [1.0, 0.0], "quality": Exponential(2.0)})
    presence, quality = lines(given, 5, draw)
    assert np.all(presence == [[1.0], [0.0]])
    assert np.all(quality > 0.0)
    assert abs(Exponential(2.0).draw(draw, (40_000,)).mean() - 2.0) < Z * 2.0 / 200
    assert abs(np.mean(np.abs(Student(1.0).draw(draw, (40_000,))) > 1.0) - 0.5) < Z * 0.5 / 200


def test_any_law_leaves_the_first_leader_last_with_the_same_probability():
    for law in (Normal(), Exponential(), Student(1.5)):
        found = simulate(run(measures=("first_stays",)), replicates=8000, circuits=7, presence=law, quality=law)
        assert abs(float(found.first_stays) - 1 / 7) < Z * np.sqrt(6 / 49 / 8000)


def test_of_heavy_tails_the_first_and_the_last_leader_are_all_there_is():
    """The simulation alone says so: with tails of exponent 1/2 nearly every run of 1000 has just one change."""
    heavy = Student(0.5)
    found = simulate(run(measures=("successions",)), replicates=1000, circuits=1000, presence=heavy, quality=heavy)
    assert abs(float(found.successions) - 1.0) < 0.05


def test_a_draw_that_overflows_is_reported():
    point = {"circuits": 40, "presence": Student(0.01)}
    found = run().sample(resolve(succession.parameters, point), 200, np.random.default_rng(0))
    assert 0.0 < found["diverged"].mean() < 1.0
    assert not np.any(run().sample(resolve(succession.parameters, {}), 50, np.random.default_rng(0))["diverged"])


def test_measures_of_a_run_agree_with_one_another():
    found = simulate(until, replicates=3000, circuits=12, end=2.0, keep="samples")
    count, first, gap = (found[f"{name}_samples"].values for name in ("successions", "first_change", "interval"))
    assert np.array_equal(found.first_stays_samples.values, count == 0)
    assert np.array_equal(np.isnan(first), count == 0)
    assert np.array_equal(np.isnan(gap), count < 2)
    assert np.all(first[count > 0] < 2.0)
    assert np.all((first + gap * (count - 1))[count > 1] < 2.0)
    assert np.all(np.abs(found.retention_samples.values[count == 0] - 1.0) < 1e-12)


def test_memory_does_not_grow_with_the_replicates():
    assert sum(tiles(10_000, 10_000)) == 10_000
    point = resolve(succession.parameters, {"circuits": 2000})
    peaks = []
    for replicates in (64, 640):
        tracemalloc.start()
        run(measures=("successions",)).sample(point, replicates, np.random.default_rng(0))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads():
    one, two = (simulate(succession, replicates=600, circuits=300, seed=3, threads=n, keep="samples") for n in (1, 2))
    for measure in ("successions", "retention"):
        assert np.array_equal(one[f"{measure}_samples"], two[f"{measure}_samples"])


def twin(presence, quality, time, steps):
    """Take the replicator's bare drift in small Euler steps."""
    p = np.exp(presence) / np.exp(presence).sum(axis=0)
    for _ in range(steps):
        p = p + p * (quality - (p * quality).sum(axis=0)) * time / steps
    return p


def test_shares_solve_the_replicator_equation():
    presence, quality = np.random.default_rng(1).standard_normal((2, 5, 3))
    exact = softmax(presence, quality, 2.0)
    np.testing.assert_allclose(twin(presence, quality, 2.0, 20_000), exact, atol=2e-4)
    np.testing.assert_allclose(stepped(presence, quality, (2.0,), 0.0, None)[0][0], exact, atol=1e-5)
    assert np.abs(twin(presence, 1.01 * quality, 2.0, 20_000) - exact).max() > 1e-3


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_stepper_has_the_order_that_it_says(noise):
    """A step's move is exact for a softmax, so halving a step must divide its error: by 32 a step, four powers left."""
    generator = np.random.default_rng(2)
    presence, quality = generator.standard_normal((2, 4, 2000))
    move = quality * 0.5 + noise * generator.standard_normal(quality.shape) * 0.7
    exact = softmax(presence + move, quality, 0.0)
    start = softmax(presence, quality, 0.0)
    errors = []
    for steps in (1, 2, 4):
        shares = start
        for _ in range(steps):
            shares = advance(shares, move / steps)
        errors.append(np.sqrt(np.mean((shares - exact) ** 2)))
    rates = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all((rates > 3.5) & (rates < 5.5))


def test_noise_spreads_log_shares_as_a_walk():
    """ln(p_1/p_2) has the variance 2 noise^2 tau; within 4 standard errors of a variance, and 10 % is too much."""
    flat = np.zeros((2, 20_000))
    shares = stepped(flat, flat, (0.5,), 0.8, np.random.default_rng(3))[0][0]
    spread = np.log(shares[0] / shares[1]).var() / (2 * 0.64 * 0.5)
    assert abs(spread - 1.0) < Z * np.sqrt(2 / 20_000)
    assert abs(1.1 * spread - 1.0) > Z * np.sqrt(2 / 20_000)


def test_stepped_runs_are_the_exact_ones():
    times = [0.5, 1.5]
    point = {"circuits": 4, "presence": [0.5, 0.0, -0.5, -2.0], "quality": [0.0, 0.5, 1.0, 2.0], "dim": 3}
    both = (pursued(times, method=method) for method in ("auto", "stepped"))
    exact, steps = (
        made.sample(resolve(made.parameters, point), 300, np.random.default_rng(5)) for made in both
    )  # fmt: skip
    for measure in ("leader_share", "first_share", "blend_overlap", "blend_to_leader", "first_leads"):
        np.testing.assert_allclose(steps[measure], exact[measure], atol=1e-6)


def test_a_blend_of_one_circuit_is_its_goal():
    found = simulate(blended, replicates=200, circuits=6, time=1e6, dim=4, keep="samples")
    np.testing.assert_allclose(found.blend_to_leader_samples, 1.0, atol=1e-9)
    np.testing.assert_allclose(found.blend_to_first_samples, found.leader_retention_samples, atol=1e-9)


@pytest.mark.parametrize("size", [2, 3, 16])
def test_an_heir_has_length_one_and_the_overlap(size):
    generator = np.random.default_rng(4)
    goal = np.eye(size)[:, [0] * 4000]
    heir = inherit(goal, 0.6, generator)
    np.testing.assert_allclose((heir**2).sum(axis=0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(heir[0], 0.6, rtol=1e-12)
    assert np.all(np.abs(heir[1:].mean(axis=1)) < Z * 0.8 / np.sqrt((size - 1) * 4000))


def test_a_given_reuse_graph_is_followed():
    graph = networkx.DiGraph()
    graph.add_edge(2, 0, overlap=0.5)
    graph.add_edge(2, 1, overlap=-0.8)
    graph.add_edge(1, 3, overlap=0.9)
    order, parents, kept = family(graph)
    goals = along_tree(np.repeat(parents[:, None], 50, axis=1), kept, 5, np.random.default_rng(5))
    place = {int(node): index for index, node in enumerate(order)}
    for old, new, overlap in graph.edges(data="overlap"):
        np.testing.assert_allclose(np.sum(goals[place[old]] * goals[place[new]], axis=0), overlap, rtol=1e-12)
    made = pursued([1e6], reuse=graph, measures=("leader_retention",))
    point = {"circuits": 4, "presence": [1.0, 0.0, 0.0, 0.0], "quality": [0.0, 0.1, 0.2, 0.3]}
    found = simulate(made, replicates=20_000, dim=3, **point)
    wanted = retention(graph, 0, 3)
    assert wanted == pytest.approx(0.5 * -0.8 * 0.9)
    assert abs(float(found.leader_retention[0]) - wanted) < Z * float(found.leader_retention_se[0])


def test_reuse_trees_are_recursive():
    parents = recursive_tree(5, 30_000, np.random.default_rng(6))
    assert np.all(parents[0] == 0)
    for node in range(1, 5):
        shares = np.bincount(parents[node], minlength=node) / 30_000
        assert np.all(np.abs(shares - 1 / node) <= Z * np.sqrt(1 / node * (1 - 1 / node) / 30_000))


def test_lineage_is_a_path_whose_product_is_the_retention():
    graph = lineage([1.0, 0.9, -5.0, -1.0], [0.0, 1.0, 2.0, -3.0], 0.5)
    assert list(graph.edges) == [(0, 1), (1, 2)]
    assert graph.nodes[0] == {"since": 0.0, "until": pytest.approx(0.1)}
    assert graph.nodes[2]["until"] == np.inf
    assert retention(graph) == 0.25
    assert retention(lineage([1.0, 0.9], [0.0, 1.0], 0.5, end=0.05)) == 1.0
    assert retention(lineage([1.0, 0.9], [0.0, 1.0], {(0, 1): -0.3})) == -0.3
    tree = reuse([0, 0, 1, 0], 0.5)
    assert retention(tree, 2, 3) == 0.125
    forest = networkx.compose(tree, networkx.DiGraph([(7, 8)]))
    assert retention(forest, 2, 8) == 0.0


def test_simulated_retention_is_the_product_on_the_lineage():
    """Given the lines, whose lineage has three edges, goals keep overlap^3 on average."""
    given = {"presence": [3.0, 2.0, 0.0, -4.0], "quality": [0.0, 2.0, 3.0, 4.0], "circuits": 4}
    graph = lineage(given["presence"], given["quality"], 0.7)
    found = simulate(run(measures=("retention",)), replicates=20_000, overlap=0.7, dim=4, **given)
    assert retention(graph) == pytest.approx(0.343)
    assert abs(float(found.retention) - retention(graph)) < Z * float(found.retention_se)
    # A planted fault, an overlap that is applied twice, is 0.118.
    assert abs(float(found.retention) - 0.7**6) > 20 * float(found.retention_se)


def test_a_goal_on_a_graph_is_left_as_interactions_survive():
    generator = np.random.default_rng(7)
    shares = []
    for _ in range(400):
        graph = agent(12, 3, 6, generator)
        assert [graph.degree(node) for node in parts(graph, "interaction")] == [3] * 6
        gone = least(graph, 4, "random", generator)
        shares.append(left_of(graph, replace(graph, gone)))
    wanted = comb(9, 4) / comb(12, 4)
    assert abs(np.mean(shares) - wanted) < Z * np.std(shares) / 20
    assert left_of(graph, replace(graph, ())) == 1.0


def test_rules_replace_what_they_say():
    generator = np.random.default_rng(8)
    graph = agent(10, 2, 12, generator)
    relevance = dict(graph.nodes(data="relevance"))
    gone = least(graph, 4, "relevance", generator)
    assert max(relevance[node] for node in gone) < min(relevance[node] for node in set(range(10)) - gone)
    gone = least(graph, 4, "centrality", generator)
    assert max(graph.degree(node) for node in gone) <= min(graph.degree(node) for node in set(range(10)) - gone)
    for centrality in ("betweenness", "eigenvector"):
        assert len(least(graph, 4, "centrality", generator, centrality)) == 4


@pytest.mark.parametrize("rule", ["random", "relevance", "centrality"])
def test_many_agents_at_once_are_agents_one_by_one(rule):
    """The experiment never builds a graph, the graphs never touch the experiment: 4 standard errors of both."""
    bias = 0.7
    generator = np.random.default_rng(9)
    one_by_one = []
    for _ in range(500):
        graph = agent(10, 2, 5, generator, bias)
        kept = replace(graph, least(graph, 4, rule, generator))
        one_by_one.append(len(parts(kept, "interaction")) / 5)
    point = {"components": 10, "order": 2, "interactions": 5, "replaced": 4, "bias": bias}
    found = simulate(replacing(rule), replicates=20_000, **point)
    error = np.hypot(np.std(one_by_one) / np.sqrt(500), float(found.surviving_se))
    assert abs(np.mean(one_by_one) - float(found.surviving)) < Z * error


def test_keeping_what_is_relevant_saves_a_goal_only_if_it_rests_on_that():
    point = {"components": 20, "order": 3, "replaced": 8, "replicates": 4000}
    chance = comb(17, 8) / comb(20, 8)
    found = {bias: simulate(replacing("relevance"), bias=bias, **point) for bias in (-1.0, 0.0, 1.0)}
    assert abs(float(found[0.0].surviving) - chance) < Z * float(found[0.0].surviving_se)
    assert float(found[1.0].surviving) > chance + 0.2
    assert float(found[-1.0].surviving) < chance - 0.15
    for one in found.values():
        error = np.hypot(float(one.surviving_se), float(one.goal_retention_se))
        assert abs(float(one.surviving) - float(one.goal_retention)) < Z * error


REFUSED = {
    "order: got 40": lambda: simulate(replacing(), replicates=10, order=40),
    "replaced: got 31": lambda: simulate(replacing(), replicates=10, replaced=31),
    "rule: got 'relevant'; did you mean 'relevance'": lambda: replacing("relevant"),
    "unknown measure 'share' of succession_shares": lambda: pursued(measures=("share",)),
    "unknown measure 'success' of succession": lambda: run(measures=("success",)),
    "method: got 'heun'": lambda: pursued(method="heun"),
    "times: got": lambda: pursued([2.0, 1.0]),
    "overlap: got 1.2": lambda: simulate(chain(), replicates=10, overlap=1.2),
    "overlap: got a distribution": lambda: simulate(chain(), replicates=10, overlap=Normal()),
    "dim: got 1": lambda: simulate(chain(), replicates=10, dim=1),
    "Student: got freedom -1": lambda: Student(-1.0).draw(np.random.default_rng(0), (2,)),
    "Exponential: got mean 0": lambda: Exponential(0.0).draw(np.random.default_rng(0), (2,)),
    "reuse: got a graph with a cycle": lambda: pursued(reuse=networkx.DiGraph([(0, 1), (1, 0)])),
    "reuse: edge 0 to 1 has overlap None": lambda: pursued(reuse=networkx.DiGraph([(0, 1)])),
    "reuse: got nodes": lambda: pursued(reuse=networkx.DiGraph([(1, 2)])),
    "circuits: got 5; must be the 2": lambda: simulate(pursued(reuse=reuse([0, 0], 0.5)), replicates=4, circuits=5),
    "quality: got shape": lambda: lineage([1.0], [1.0, 2.0], 0.5),
    "last: the graph has 2 such nodes": lambda: retention(reuse([0, 0, 0], 0.5)),
    "order: got 9; must be from 1 to the 5": lambda: agent(5, 9, 1, np.random.default_rng(0)),
    "centrality: got 'closeness'": lambda: least(agent(5, 2, 3, np.random.default_rng(0)), 1, "centrality",
                                                 np.random.default_rng(0), "closeness"),
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_bad_input_is_refused_in_one_line(message):
    with pytest.raises(ValueError, match=f"^{message}[^\\n]*$"):
        REFUSED[message]()
