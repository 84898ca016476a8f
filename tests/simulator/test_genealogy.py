"""Family trees, and what the lineages of a run say of them without keeping them.

The time to the most recent common ancestor of a neutral population of N, after many generations, is that of the chain
of the number of ancestors, i -> j with probability S(i, j) N!/(N - j)!/N^i (Stirling numbers of the second kind).
Statistics are held to 4 standard errors, some 40 of them; seeds are fixed.
"""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from scipy import stats

from simulator.genealogy import ancestor_age, ancestry, common_ancestors, genealogy
from simulator.levels.population.lineage import Lineages
from tests.simulator.test_population import check_mean, law, samples


def ancestor_chain(size):
    """Transition matrix of the number of ancestors a generation back, states 1 to N."""
    stirling = np.zeros((size + 1, size + 1))
    stirling[0, 0] = 1
    for i in range(1, size + 1):
        for j in range(1, i + 1):
            stirling[i, j] = j * stirling[i - 1, j] + stirling[i - 1, j - 1]
    falling = np.cumprod([1.0, *range(size, 0, -1)])
    return np.array([[stirling[i, j] * falling[j] / float(size) ** i for j in range(1, size + 1)]
                     for i in range(1, size + 1)])  # fmt: skip


def mean_age(size):
    """E of the time to the most recent common ancestor of all N, by the chain's linear system."""
    chain = ancestor_chain(size)
    np.testing.assert_allclose(chain.sum(axis=1), 1.0, rtol=1e-12)
    moving = chain[1:, 1:]
    return np.linalg.solve(np.eye(size - 1) - moving, np.ones(size - 1))[-1]


def test_the_coalescent_is_the_chain_to_leading_order():
    assert mean_age(2) == pytest.approx(2.0)
    ratios = [mean_age(size) / (2 * size * (1 - 1 / size)) for size in (5, 10, 20, 40)]
    assert ratios[0] == pytest.approx(1.0, abs=0.15)
    excess = np.abs(np.array(ratios) - 1)
    assert np.all(np.diff(excess) < 0)


@pytest.mark.parametrize("size", [2, 3, 5, 8])
def test_the_common_ancestor_is_as_old_as_the_chain_says(size):
    late = 25 * size
    made = law.experiment("population", times=(late,), measures=("ancestor_age", "coalescence_time", "coalesced"))
    found = samples(made, 4_000, population=size, strength=0.0)
    # Not coalesced by then: 3 exp(-25) of them; the last moment of a run and its first fixation have one law.
    assert np.all(found["coalesced"] == 1.0)
    check_mean(found["ancestor_age"], mean_age(size))
    check_mean(found["coalescence_time"], mean_age(size))


def test_two_individuals_coalesce_geometrically():
    made = law.experiment("population", times=(60,), measures=("ancestor_age",))
    age = samples(made, 10_000, population=2, strength=0.0)["ancestor_age"][:, 0]
    seen = np.bincount(np.minimum(age, 9).astype(int), minlength=10)[1:]
    expected = np.append(0.5 ** np.arange(1, 9), 0.5**8) * age.size
    assert stats.chisquare(seen, expected).pvalue > 1e-6


def test_selection_makes_ancestors_younger():
    made = law.experiment("population", times=(150,), measures=("ancestor_age",))
    ages = [samples(made, 200, population=20, slope=1.0, strength=s)["ancestor_age"].mean() for s in (0.0, 1.0)]
    assert ages[1] < 0.7 * ages[0]


@pytest.mark.parametrize("size", [2, 7, 30])
def test_identity_by_founder_grows_as_heterozygosity_is_lost(size):
    times = np.arange(0, 2 * size + 1, max(1, size // 3))
    made = law.experiment("population", times=times, measures=("lineage_identity", "lineages", "effective_lineages"))
    found = samples(made, 5_000, population=size, strength=0.0)
    assert np.all(found["lineages"][:, 0] == size)
    np.testing.assert_allclose(found["effective_lineages"][:, 0], size)
    check_mean(found["lineage_identity"][:, 1:], 1 - (1 - 1 / size) ** (times[1:] + 1))
    assert np.all(found["effective_lineages"] <= found["lineages"] + 1e-9)


@pytest.mark.parametrize("strength", [0.0, 1.5])
def test_lineages_tell_what_the_whole_tree_does(strength):
    """Ancestor's age, founders left, shares and fixation time of every generation, from the graph and without it."""
    generations, size = 40, 6
    times = range(1, generations + 1)
    names = ("parents", "ancestor_age", "lineages", "lineage_identity", "coalesced", "coalescence_time")
    found = samples(law.experiment("population", times=times, measures=names), 15, population=size,
                    slope=1.0, strength=strength)  # fmt: skip
    for one in range(15):
        seen = {name: values[one] for name, values in found.items()}
        for now in range(1, generations + 1):
            graph = genealogy(seen["parents"][:now])
            np.testing.assert_equal(seen["ancestor_age"][now - 1], ancestor_age(graph))
            founder = np.arange(size)
            for parents in seen["parents"][:now].astype(int):
                founder = founder[parents]
            shares = np.bincount(founder, minlength=size) / size
            assert seen["lineages"][now - 1] == np.count_nonzero(shares)
            assert seen["lineage_identity"][now - 1] == pytest.approx(np.sum(shares**2))
        fixed = np.flatnonzero(seen["coalesced"])
        expected = fixed[0] + 1 if fixed.size else np.nan
        np.testing.assert_equal(seen["coalescence_time"][-1], expected)


def test_a_small_tree_by_hand():
    """Three generations of three: everyone descends from individual 1 of generation 1."""
    graph = genealogy([[0, 0, 2], [1, 1, 1], [0, 2, 2]])
    assert graph.number_of_nodes() == 12
    assert networkx.is_directed_acyclic_graph(graph)
    assert set(graph.predecessors((3, 1))) == {(2, 2)}
    assert set(graph.successors((1, 1))) == {(2, 0), (2, 1), (2, 2)}
    assert common_ancestors(graph) == [(1, 1)]
    assert ancestor_age(graph) == 2.0
    assert set(ancestry(graph)) == {(0, 0), (1, 1), (2, 0), (2, 2), (3, 0), (3, 1), (3, 2)}
    assert graph.nodes[2, 1]["generation"] == 2


def test_founders_without_a_common_ancestor_and_two_parents():
    apart = genealogy([[0, 1]])
    assert common_ancestors(apart) == []
    assert np.isnan(ancestor_age(apart))
    both = genealogy([[[0, 1], [0, 1]]])
    assert common_ancestors(both) == [(0, 0), (0, 1)]


def test_gaps_by_hand():
    lines = Lineages.founded(2, 3)
    lines.descend(np.array([0, 0, 2, 3, 4, 5]))
    assert lines.gaps.tolist() == [[1, np.inf, np.inf], [np.inf, np.inf, np.inf]]
    lines.descend(np.array([0, 1, 1, 4, 4, 4]))
    assert lines.gaps.tolist() == [[2, 1, np.inf], [1, 1, np.inf]]
    assert lines.ancestor_age.tolist() == [2, 1]
    assert lines.coalesced_at.tolist() == [2, 2]
    assert lines.founders.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("parents", "message"),
    [([0, 1], "got shape"), ([[0, 2]], "none of 0 to 1"), ([[0, np.nan]], "none of"), ([[0, 0.5]], "none of")],
)
def test_what_is_no_family_tree_is_refused(parents, message):
    with pytest.raises(ValueError, match=message):
        genealogy(parents)
