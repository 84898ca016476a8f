"""Rewards to parents: the laws of offspring numbers, exactly; ties, equal, infinite and missing rewards.

Offspring numbers of independent offspring are multinomial: means n p, variances n p (1 - p), covariances -n p_i p_j.
Every moment is held to 5 standard errors (about 100 of them: a false alarm in 2e4 runs, and seeds are fixed), every
distribution to p > 1e-6. Systematic and stratified resampling, planted, must fail where the multinomial passes.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from simulator.selection import advantage, group_normalized, multinomial, proportional, softmax, tournament, truncation

LIMIT = 5.0
REPLICATES = 40_000
fixed = settings(derandomize=True, deadline=None, database=None, max_examples=50)


def generator(seed=0):
    return np.random.Generator(np.random.PCG64DXSM(seed))


def counts(parents, individuals):
    """The number of offspring of every individual, (replicates, individuals)."""
    return (parents[:, :, np.newaxis] == np.arange(individuals)).sum(axis=1)


def systematic(weights, generator, offspring=None):
    """Throw one number for a whole population and space the others evenly: fast, and not Wright-Fisher."""
    size = weights.shape[1] if offspring is None else offspring
    throws = (generator.random((len(weights), 1)) + np.arange(size)) / size
    ends = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    return np.minimum((throws[:, :, np.newaxis] >= ends[:, np.newaxis]).sum(axis=2), weights.shape[1] - 1)


def stratified(weights, generator, offspring=None):
    """Throw one number into each of n equal parts."""
    size = weights.shape[1] if offspring is None else offspring
    throws = (generator.random((len(weights), size)) + np.arange(size)) / size
    ends = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    return np.minimum((throws[:, :, np.newaxis] >= ends[:, np.newaxis]).sum(axis=2), weights.shape[1] - 1)


def check_moments(parents, chances, means_only=False):
    """Hold means, variances and covariances of offspring numbers to those of the multinomial."""
    p, size = np.asarray(chances), parents.shape[1]
    found = counts(parents, p.size)
    spread = np.sqrt(np.maximum(size * p * (1 - p), 0.0) / len(found))
    assert np.all(np.abs(found.mean(axis=0) - size * p) <= LIMIT * spread + 1e-12), (found.mean(axis=0), size * p)
    assert np.all(found[:, p == 0] == 0)
    if means_only:
        return
    expected = size * (np.diag(p) - np.outer(p, p))
    products = (found - size * p)[:, :, np.newaxis] * (found - size * p)[:, np.newaxis]
    error = np.sqrt(products.var(axis=0) / len(found))
    # Where nothing varies (equal weights, spread evenly) the least difference counts.
    assert np.all(np.abs(products.mean(axis=0) - expected) <= LIMIT * error + 1e-12), (products.mean(axis=0), expected)


def check_distribution(parents, chances):
    """Hold the whole joint distribution of offspring numbers to the multinomial by chi squared."""
    p, size = np.asarray(chances), parents.shape[1]
    outcomes = [one for one in itertools.product(range(size + 1), repeat=p.size) if sum(one) == size]
    expected = np.array([stats.multinomial.pmf(one, size, p) for one in outcomes]) * len(parents)
    code = (size + 1) ** np.arange(p.size)
    found = counts(parents, p.size) @ code
    seen = np.array([np.count_nonzero(found == np.dot(one, code)) for one in outcomes])
    assert expected.min() > 5
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 1e-6


WEIGHTS = np.array([0.5, 2.0, 0.0, 1.0, 3.0])


@pytest.mark.parametrize("offspring", [None, 1, 2, 9])
def test_offspring_numbers_are_multinomial(offspring):
    parents = multinomial(np.tile(WEIGHTS, (REPLICATES, 1)), generator(), offspring)
    assert parents.shape == (REPLICATES, offspring or WEIGHTS.size)
    check_moments(parents, WEIGHTS / WEIGHTS.sum())


def test_the_whole_distribution_is_multinomial():
    check_distribution(multinomial(np.tile([1.0, 2.0, 3.0], (REPLICATES, 1)), generator()), np.array([1, 2, 3]) / 6)


@pytest.mark.parametrize("planted", [systematic, stratified])
def test_evenly_spread_offspring_are_rejected(planted):
    """They have the right means, and only these."""
    for weights in (WEIGHTS, np.ones(5)):
        parents = planted(np.tile(weights, (REPLICATES, 1)), generator())
        check_moments(parents, weights / weights.sum(), means_only=True)
        with pytest.raises(AssertionError):
            check_moments(parents, weights / weights.sum())
    with pytest.raises(AssertionError):
        check_distribution(planted(np.tile([1.0, 2.0, 3.0], (REPLICATES, 1)), generator()), np.array([1, 2, 3]) / 6)


def test_populations_are_drawn_independently_each_by_its_own_weights():
    weights = np.exp(generator(1).standard_normal((7, 4)))
    parents = multinomial(np.tile(weights, (REPLICATES, 1)), generator(2)).reshape(REPLICATES, 7, 4)
    numbers = [counts(parents[:, row], 4) for row in range(7)]
    for row in range(7):
        check_moments(parents[:, row], weights[row] / weights[row].sum())
    across = [
        np.corrcoef(numbers[a][:, i], numbers[b][:, j])[0, 1]
        for a, b in itertools.combinations(range(7), 2) for i in range(4) for j in range(4)
    ]  # fmt: skip
    assert np.max(np.abs(across)) < LIMIT / np.sqrt(REPLICATES)


def test_many_individuals_are_drawn_in_proportion():
    """One draw of a million among a hundred thousand: chi squared of all counts, and a tenth with weight 0."""
    weights = np.exp(generator(3).standard_normal((1, 100_000)))
    weights[:, ::10] = 0.0
    (parents,) = multinomial(weights, generator(4), 1_000_000)
    found = np.bincount(parents, minlength=weights.size)
    expected = 1_000_000 * weights[0] / weights.sum()
    assert np.all(found[::10] == 0)
    alive = expected > 0
    excess = np.sum((found - expected)[alive] ** 2 / expected[alive]) - np.count_nonzero(alive)
    # Var of the sum: 2 (k - 1) + sum 1/expected, to the leading order.
    assert abs(excess) < LIMIT * np.sqrt(2 * np.count_nonzero(alive) + np.sum(1 / expected[alive]))


@fixed
@given(
    arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.floats(0.0, 1e300)),
    st.integers(1, 9),
)
def test_any_weights_give_ordered_parents_of_positive_weight(weights, offspring):
    weights[:, -1] += 1e-300
    parents = multinomial(weights, generator(5), offspring)
    assert parents.shape == (len(weights), offspring)
    assert np.all(np.diff(parents, axis=1) >= 0)
    assert np.all(np.take_along_axis(weights, parents, axis=1) > 0)


def test_parents_are_pinned():
    """Another use of the random numbers would change every result."""
    assert softmax(np.array([[0.0, 1.0, 2.0, 3.0, 4.0]]), generator(6), 0.5).tolist() == [[2, 3, 4, 4, 4]]


def test_parents_are_those_that_a_search_finds():
    """The plain meaning: every offspring throws one number into the running sum of the weights."""
    weights = np.exp(generator(15).standard_normal((50, 8)))
    throws = (generator(16).integers(0, 2**64, (50, 11), np.uint64) >> 3) / 2.0**61
    ends = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    plain = [np.sort(np.searchsorted(one, thrown, side="right")) for one, thrown in zip(ends, throws, strict=True)]
    np.testing.assert_array_equal(multinomial(weights, generator(16), 11), plain)


REWARDS = np.array([0.3, -1.0, 2.0, 0.3, 1.0, -0.5])


def chances_of_tournament(rewards, size):
    """All contests, one by one; equals share."""
    wins = np.zeros(len(rewards))
    for met in itertools.product(range(len(rewards)), repeat=size):
        best = max(rewards[one] for one in met)
        winners = [one for one in met if rewards[one] == best]
        for one in winners:
            wins[one] += 1 / len(winners)
    return wins / len(rewards) ** size


def exp_chances(values):
    return np.exp(values) / np.exp(values).sum()


SCHEMES = {
    "softmax": (lambda r, g: softmax(r, g, 0.7), REWARDS, exp_chances(0.7 * REWARDS)),
    "softmax, no strength": (lambda r, g: softmax(r, g, 0.0), REWARDS, np.full(6, 1 / 6)),
    "proportional": (proportional, REWARDS + 1, (REWARDS + 1) / (REWARDS + 1).sum()),
    "truncation": (lambda r, g: truncation(r, g, 2), REWARDS, np.array([0, 0, 0.5, 0, 0.5, 0])),
    "tournament": (lambda r, g: tournament(r, g, 3), REWARDS, chances_of_tournament(REWARDS, 3)),
    "tournament of one": (lambda r, g: tournament(r, g, 1), REWARDS, np.full(6, 1 / 6)),
    "group": (
        lambda r, g: group_normalized(r, g, 0.7), REWARDS,
        exp_chances(0.7 * (REWARDS - REWARDS.mean()) / REWARDS.std(ddof=1)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMES)
def test_schemes_choose_with_their_chances(name):
    scheme, rewards, chances = SCHEMES[name]
    parents = scheme(np.tile(rewards, (REPLICATES, 1)), generator(7))
    assert np.all(np.diff(parents, axis=1) >= 0)
    check_moments(parents, chances)


@pytest.mark.parametrize("name", SCHEMES)
def test_equal_rewards_have_equal_chances(name):
    """Zero variance is no selection. (Truncation keeps two of six by lot: numbers exchangeable, not multinomial.)"""
    scheme = SCHEMES[name][0]
    parents = scheme(np.full((REPLICATES, 6), 0.1), generator(8))
    if name != "truncation":
        check_moments(parents, np.full(6, 1 / 6))
        return
    found = counts(parents, 6)
    # Of those kept each has 6 offspring x 1/2; kept with probability 1/3.
    error = found.std(axis=0) / np.sqrt(REPLICATES)
    assert np.all(np.abs(found.mean(axis=0) - 1.0) < LIMIT * error)
    assert np.all(np.count_nonzero(found, axis=1) <= 2)


def test_ties_for_the_last_place_are_decided_by_lot():
    rewards = np.tile([3.0, 1.0, 1.0, 1.0, 0.0, 3.0], (REPLICATES, 1))
    parents = truncation(rewards, generator(9), 4, offspring=40)
    kept = counts(parents, 6) > 0
    # Four kept, 40 offspring: that one of them has none has a probability of 4e-5.
    assert np.mean(kept.sum(axis=1) == 4) > 0.999
    assert not kept[:, 4].any()
    assert kept[:, [0, 5]].mean() > 0.9999
    error = np.sqrt(2 / 9 / REPLICATES)
    assert np.all(np.abs(kept[:, 1:4].mean(axis=0) - 2 / 3) < LIMIT * error + 1e-4)


def test_truncation_ranks_infinities_and_takes_a_number_for_each_population():
    rewards = np.array([[-np.inf, 1.0, np.inf, 2.0], [-np.inf, -np.inf, -np.inf, 5.0]])
    parents = truncation(rewards, generator(10), np.array([1, 4]), offspring=200)
    assert np.all(parents[0] == 2)
    assert set(parents[1]) == {0, 1, 2, 3}
    assert np.all(tournament(rewards, generator(10), 50, offspring=20)[0] >= 1)


def test_minus_infinity_never_reproduces():
    rewards = np.array([[0.0, -np.inf, 1.0]])
    for strength in (0.0, 1.0, 1e300):
        assert 1 not in softmax(rewards, generator(11), strength, offspring=100)


def test_strength_can_differ_between_populations():
    rewards = np.tile([0.0, 1.0], (2 * REPLICATES, 1))
    strength = np.repeat([0.0, 2.0], REPLICATES)
    parents = softmax(rewards, generator(12), strength)
    check_moments(parents[:REPLICATES], [0.5, 0.5])
    check_moments(parents[REPLICATES:], exp_chances(np.array([0.0, 2.0])))


def test_large_rewards_do_not_overflow():
    parents = softmax(np.array([[1e308, 1e308, -1e308]]), generator(13), 1e3, offspring=50)
    assert set(parents[0]) == {0, 1}
    assert np.all(proportional(np.array([[1e308, 1e308]]), generator(13), offspring=50) >= 0)


def test_groups_are_parted_by_lot():
    """Two groups of two among four: 1 beats 0, 3 beats 2, however far; who meets whom is chance."""
    rewards = np.tile([0.0, 1.0, 10.0, 100.0], (REPLICATES, 1))
    parents = group_normalized(rewards, generator(14), 1.0, 2)
    up = np.exp(np.sqrt(0.5))
    ways = [[(0, 1), (2, 3)], [(0, 2), (1, 3)], [(0, 3), (1, 2)]]
    chances = np.zeros(4)
    for way in ways:
        for low, high in way:
            chances[low] += 1 / up / 3
            chances[high] += up / 3
    chances /= 2 * (up + 1 / up)
    found = counts(parents, 4)
    error = found.std(axis=0) / np.sqrt(REPLICATES)
    assert np.all(np.abs(found.mean(axis=0) - 4 * chances) < LIMIT * error)


@fixed
@given(
    arrays(float, st.tuples(st.integers(1, 3), st.integers(2, 9)), elements=st.floats(-1e6, 1e6)),
    st.sampled_from([0, 1]),
    st.floats(1e-3, 1e3),
)
def test_advantages_have_mean_zero_and_unit_variance_on_any_scale(rewards, ddof, scale):
    found = advantage(rewards, ddof)
    varied = np.ptp(rewards, axis=1) > 1e-3
    np.testing.assert_allclose(found.mean(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=1, ddof=ddof)[varied], 1.0, rtol=1e-9)
    np.testing.assert_allclose(advantage(rewards * scale, ddof)[varied], found[varied], atol=1e-6)
    plain = (rewards - rewards.mean(axis=1, keepdims=True)) / np.where(varied, rewards.std(axis=1, ddof=ddof), 1)[
        :, None
    ]
    np.testing.assert_allclose(found[varied], plain[varied], atol=1e-6)


def test_equal_rewards_have_no_advantage_and_tiny_differences_do():
    np.testing.assert_array_equal(advantage(np.full((1, 3), 0.1)), 0.0)
    np.testing.assert_allclose(advantage(np.array([1e-200, 2e-200, 3e-200])), [-1, 0, 1], atol=1e-12)
    np.testing.assert_allclose(advantage(np.array([-1e308, 0.0, 1e308])), [-1, 0, 1], atol=1e-12)


NAN, INF = np.array([[1.0, np.nan]]), np.array([[1.0, np.inf]])
REFUSED = [
    (lambda: softmax(NAN, generator()), "rewards: got nan"),
    (lambda: softmax(INF, generator()), "rewards: got inf"),
    (lambda: softmax(np.full((1, 2), -np.inf), generator()), "a population of -inf alone"),
    (lambda: softmax(np.ones((1, 2)), generator(), -1.0), "strength: got -1"),
    (lambda: softmax(np.ones((1, 2)), generator(), np.ones(3)), "strength: got shape"),
    (lambda: softmax(np.ones(2), generator()), "rewards: got shape"),
    (lambda: softmax(np.ones((1, 2)), generator(), 1.0, 0), "offspring: got 0"),
    (lambda: proportional(-np.ones((1, 2)), generator()), "rewards: got -1"),
    (lambda: proportional(NAN, generator()), "rewards: got nan"),
    (lambda: proportional(INF, generator()), "rewards: got inf"),
    (lambda: proportional(np.zeros((1, 2)), generator()), "a population of zeros"),
    (lambda: truncation(NAN, generator(), 1), "rewards: got nan"),
    (lambda: truncation(np.ones((1, 2)), generator(), 0), "kept: got 0"),
    (lambda: truncation(np.ones((1, 2)), generator(), 3), "kept: got 3"),
    (lambda: truncation(np.ones((1, 2)), generator(), 1.5), "kept: got 1.5"),
    (lambda: tournament(NAN, generator(), 2), "rewards: got nan"),
    (lambda: tournament(np.ones((1, 2)), generator(), 0), "size: got 0"),
    (lambda: group_normalized(NAN, generator()), "nan or infinity"),
    (lambda: group_normalized(-INF, generator()), "nan or infinity"),
    (lambda: group_normalized(np.ones((1, 4)), generator(), 1.0, 3), "group: got 3"),
    (lambda: group_normalized(np.ones((1, 4)), generator(), 1.0, 1), "group: got 1"),
    (lambda: advantage(np.ones((3, 1))), "must have at least 2"),
    (lambda: advantage(np.ones((3, 2)), 2), "ddof: got 2"),
    (lambda: multinomial(np.array([[1.0, -1e-9]]), generator()), "weights: got -1e-09"),
    (lambda: multinomial(NAN, generator()), "must be finite"),
    (lambda: multinomial(np.zeros((1, 3)), generator()), "a population of zeros"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_what_cannot_be_selected_is_refused_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as refusal:
        call()
    assert "\n" not in str(refusal.value)
