"""The exact chain: against exact rational arithmetic, martingales, symmetry, and a plain simulation of individuals."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from simulator.wright_fisher import Chain, fixation_probability, fixation_time, number_of_states


def solved_by_hand(population, ratio):
    """Fixation probability and time from one copy, in rational arithmetic, by Gauss and Jordan."""
    inner = range(1, population)
    rows = []
    for i in inner:
        p = ratio * i / (ratio * i + population - i)
        to = [comb(population, j) * p**j * (1 - p) ** (population - j) for j in range(population + 1)]
        rows.append([(i == j) - to[j] for j in inner] + [to[population], Fraction(1)])
    size = population - 1
    for pivot in range(size):
        rows[pivot] = [entry / rows[pivot][pivot] for entry in rows[pivot]]
        for other in range(size):
            if other != pivot:
                factor = rows[other][pivot]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[pivot], strict=True)]
    return float(rows[0][-2]), float(rows[0][-1])


@pytest.mark.parametrize(("population", "ratio"), [(2, 3), (5, 2), (9, Fraction(1, 3)), (7, 1)])
def test_two_types_by_hand(population, ratio):
    fixes, time = solved_by_hand(population, Fraction(ratio))
    advantage = float(np.log(float(ratio)))
    assert fixation_probability(advantage, population) == pytest.approx(fixes, rel=1e-12)
    assert fixation_time(advantage, population) == pytest.approx(time, rel=1e-12)


@pytest.mark.parametrize(("population", "types"), [(1, 2), (6, 2), (12, 3), (8, 4)])
def test_without_advantage_each_type_fixes_as_often_as_it_is_common(population, types):
    chain = Chain(population, (0.4,) * types)
    assert chain.states.shape == (number_of_states(population, types), types)
    np.testing.assert_allclose(chain.fixation_probabilities(), chain.states / population, atol=1e-13)
    np.testing.assert_allclose(chain.transitions().sum(axis=1), 1.0, rtol=1e-13)
    np.testing.assert_allclose(chain.transitions() @ chain.states, chain.states, atol=1e-11)  # a martingale


def test_types_alike_can_be_counted_together():
    three, two = Chain(20, (0.3, 0.0, 0.0)), Chain(20, (0.3, 0.0))
    found = three.fixation_probabilities()[three.index((4, 7, 9))]
    assert found[0] == pytest.approx(two.fixation_probabilities()[two.index((4, 16)), 0], rel=1e-12)
    assert found[1] / found[2] == pytest.approx(7 / 9, rel=1e-12)


def test_what_is_lost_stays_lost_and_is_not_stored():
    chain = Chain(10, (0.5, 0.1, 0.0))
    transitions = chain.transitions()
    start = chain.index((6, 4, 0))
    assert np.all(chain.states[transitions[[start]].indices, 2] == 0)
    assert transitions[[chain.index((0, 10, 0))]].nnz == 1


def test_roles_exchanged_and_small_chances():
    assert fixation_probability(-0.2, 15, 4) == pytest.approx(1 - fixation_probability(0.2, 15, 11), abs=1e-13)
    rare = fixation_probability(-1.0, 40)
    assert 0 < rare < 1e-15  # far below rounding of 1, and still a number of its own
    assert fixation_probability(2000.0, 30) == pytest.approx(1.0, abs=1e-12)


def test_conditional_times_average_to_the_time():
    chain = Chain(14, (0.25, 0.0))
    fixes, inner = chain.fixation_probabilities(), slice(1, -1)
    both = fixes[inner, 0] * chain.conditional_times(0)[inner] + fixes[inner, 1] * chain.conditional_times(1)[inner]
    np.testing.assert_allclose(both, chain.fixation_times()[inner], rtol=1e-12)
    assert np.isnan(chain.conditional_times(0)[chain.index((0, 14))])


def test_times_of_a_neutral_pair():
    assert fixation_time(0.0, 2) == pytest.approx(2.0, rel=1e-14)  # half of the generations end it


def test_a_simulation_of_individuals_agrees():
    """Each child picks a parent by weight. Thresholds of 5 standard errors: false alarms 1e-6."""
    rng, runs, population, copies, advantage = np.random.default_rng(4), 40_000, 9, 3, 0.35
    kinds = np.repeat([[1] * copies + [0] * (population - copies)], runs, axis=0)
    ended, generation = np.zeros(runs), 0
    while np.any(ended == 0):
        generation += 1
        weights = np.cumsum(np.exp(advantage * kinds), axis=1)
        picks = rng.random((runs, population, 1)) * weights[:, -1, np.newaxis, np.newaxis]
        kinds = np.take_along_axis(kinds, (picks > weights[:, np.newaxis, :]).sum(axis=2), axis=1)
        same = kinds.min(axis=1) == kinds.max(axis=1)
        ended = np.where((ended == 0) & same, generation, ended)
    exact = fixation_probability(advantage, population, copies)
    assert abs(kinds[:, 0].mean() - exact) < 5 * np.sqrt(exact * (1 - exact) / runs)
    assert abs(ended.mean() - fixation_time(advantage, population, copies)) < 5 * ended.std() / np.sqrt(runs)
    assert abs(kinds[:, 0].mean() - fixation_probability(np.expm1(advantage), population, copies)) > 0.02  # 1+s, e^s


@pytest.mark.parametrize(
    ("population", "fitness", "message"),
    [
        (0, (0.0, 0.0), "population: got 0; must be a whole number >= 1"),
        (2.5, (0.0, 0.0), "population: got 2.5"),
        (5, (0.0,), "log_fitness: got (0.0,); must be two or more"),
        (5, (0.0, np.inf), "log_fitness: got (0.0, inf)"),
        (60, (0.0,) * 5, "of 5 types, 635376 states; must be at most 5000"),
    ],
)
def test_bad_chains_are_refused(population, fitness, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(").replace(")", r"\)").replace(".", r"\.")):
        Chain(population, fitness)


def test_a_state_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"counts: got \(3, 3\); must be 2 counts that add up to 5"):
        Chain(5, (0.0, 0.0)).index((3, 3))
