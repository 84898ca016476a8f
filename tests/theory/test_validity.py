"""Validity maps: known cells recomputed another way, limits, planted faults, and margins where they are relied on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, norm

import theory
from simulator import simulate
from simulator.models.goal_drift import goal_drift
from simulator.models.simplification import simplification
from simulator.wright_fisher import fixation_probability as chain
from theory.crystallization import formulas as racing
from theory.crystallization.backward import deception_from, first_passage
from theory.goal_drift import formulas as drifting
from theory.goal_drift.predicted.population import _selected, populations, with_founders
from theory.grokking import formulas as waiting
from theory.region import Interval, Region, Several
from theory.simplification.predicted.declared import stiff
from theory.validity import Axis, ValidityMap, maps
from theory.validity.gaussian_closure import balance, gaussian_closure
from theory.validity.grokking_time import grokking_time
from theory.validity.kimura import kimura
from theory.validity.small_noise import small_noise


@pytest.fixture(scope="module")
def favored():
    return maps["kimura"]()


@pytest.fixture(scope="module")
def lopsided():
    return small_noise(np.geomspace(0.3, 1.2, 7), np.geomspace(0.8, 1.25, 5), split=0.1)


@pytest.fixture(scope="module")
def held_drive():
    return maps["constrained_clock"]((1e-4, 0.01, 0.1, 0.3, 0.45), (1.0, 2.0, 4.0, 6.0))


@pytest.fixture(scope="module")
def logistic():
    return grokking_time((0.002, 0.02, 0.1, 0.2, 0.4), (1.15, 1.7, 4.0), loss="logistic")


@pytest.fixture(scope="module")
def held():
    return grokking_time((1e-3, 0.01, 0.1, 0.3), (1.12, 2.0), loss="held")


def surface(error, margin, off=0.0, sizes=(9, 4)):
    """Return a map of a given error surface, the reference being 1."""
    axes = tuple(Axis(name, name, np.geomspace(0.01, 1.0, size)) for name, size in zip("ab", sizes, strict=True))
    x, y = np.meshgrid(*(axis.values for axis in axes), indexing="ij")
    one = np.ones_like(x)
    return ValidityMap("made", "made.made", "Made.", "made", axes, {}, one + error(x, y), one, off * one,
                       margin * one, one, x > 0.5)  # fmt: skip


# --- the map itself


def test_a_boundary_is_where_the_error_passes_a_level_or_the_margin():
    found = surface(lambda x, y: -x * y, margin=0.05)
    for level, value in ((None, 0.05), (0.003, 0.003)):
        passed = found.boundary(level)
        np.testing.assert_allclose(passed[:, 0] * passed[:, 1], value, rtol=1e-9)
        assert np.all(np.diff(passed[:, 1]) >= 0)
    assert found.boundary(2.0).shape == (0, 2)
    assert found.covered.sum() == np.count_nonzero(found.use_of_margin <= 1.0)


def test_a_boundary_is_not_seen_through_the_error_of_the_reference():
    """Between cells that the reference cannot place, the passage lies between the nearest that it can."""
    sharp, dull = (surface(lambda x, y: x + 0.0 * y, 0.05, off).boundary() for off in (0.0, 0.03))
    np.testing.assert_allclose(sharp[:, 0], 0.05, rtol=1e-9)
    np.testing.assert_allclose(dull[:, 0], 0.05, rtol=1e-9)  # the surface is a power law, so it may be bridged
    assert surface(lambda x, y: x + 0.0 * y, 0.05, off=2.0).boundary().size == 0
    assert surface(lambda x, y: x + 0.0 * y, np.nan).boundary().size == 0


def test_what_the_reference_does_not_tell_is_not_resolved():
    found = surface(lambda x, y: x + 0.0 * y, 0.05, off=0.02)
    assert np.array_equal(found.resolved[:, 0], found.axes[0].values >= 0.02)
    assert found.covered[found.axes[0].values < 0.07 - 1e-9].all()
    assert not found.covered[found.axes[0].values > 0.07].any()


def test_the_table_has_a_row_a_cell(held_drive):
    table = held_drive.table
    assert {column.shape for column in table.values()} == {(20,)}
    assert list(table)[:2] == ["decay_over_stiffness", "depth"]
    np.testing.assert_array_equal(table["predicted"] - table["reference"], table["error"])


def test_arrays_that_do_not_fit_are_refused():
    found = surface(lambda x, y: x * y, 0.05)
    with pytest.raises(ValueError, match=r"margin of made: got shape \(2,\); must be \(9, 4\)"):
        replace(found, margin=np.ones(2))


def test_every_approximation_has_a_map_of_a_prediction_that_exists():
    assert set(maps) == {"kimura", "small_noise", "gaussian_closure", "constrained_clock", "grokking_time"}
    with pytest.raises(ValueError, match="loss: got 'hinge'; must be held or logistic"):
        maps["grokking_time"](loss="hinge")


def test_a_region_tells_what_it_holds():
    box = {"size": Interval(2, 5, integer=True), "pair": Several(Interval(0.1, 1.0, log=True), 2)}
    region = Region(box, lambda size, pair: size * pair[0] < 3.0)
    assert region.holds(size=5, pair=(0.1, 1.0))
    for size, pair in ((6, (0.1, 1.0)), (2.5, (0.1, 1.0)), (2, (0.1, 1.1)), (2, (0.1,)), (5, (0.7, 1.0))):
        assert not region.holds(size=size, pair=pair)
    assert all(region.holds(**region.draw(np.random.default_rng(seed))) for seed in range(20))


# --- Kimura's formula


def test_a_strong_advantage_is_five_per_cent_off(favored):
    """At s = 0.5 and N = 40, from a dense chain and a linear solver of its own; some 5 % for many individuals."""
    size, s = 40, 0.5
    count = np.arange(size + 1)
    share = count * np.exp(s) / (count * np.exp(s) + size - count)
    moves = binom.pmf(count[np.newaxis, :], size, share[:, np.newaxis])
    inner = np.linalg.solve(np.eye(size - 1) - moves[1:-1, 1:-1], moves[1:-1, -1])
    found = kimura((0.4, s), (size, 150))
    assert found.reference[1, 0] == pytest.approx(inner[0], rel=1e-11)
    error = (1 - np.exp(-2 * s)) / (1 - np.exp(-2 * s * size)) / inner[0] - 1
    assert found.error[1, 0] == pytest.approx(error, rel=1e-9)
    assert -0.053 < found.error[1, 1] < found.error[1, 0] < -0.045


def test_kimura_is_exact_for_two_and_without_advantage(favored):
    np.testing.assert_allclose(kimura((0.01, 1.0), (2,)).error, 0.0, atol=1e-12)
    small = kimura((0.001, 0.002), (5, 20)).error
    np.testing.assert_allclose(small[1] / small[0], 4.0, rtol=0.05)  # of second order in s
    assert np.abs(small).max() < 1e-5


def test_the_margin_of_kimura_covers_all_of_its_region_and_just_does():
    """Every size and number of copies in which it is checked, and an advantage from end to end of the box."""
    prediction = theory.get("goal_drift.fixation_probability")
    used = []
    for size in range(3, 11):
        for copies in range(1, min(9, size - 1) + 1):
            for s in np.geomspace(0.03, 0.3, 7):
                point = {"advantage": float(s), "population": size, "copies": copies}
                if prediction.valid.holds(**point):
                    off = abs(float(prediction(**point)) - chain(**point))
                    used.append(off / float(prediction.margin.bound(**point)))
    assert len(used) > 50
    assert 0.9 < max(used) <= 1.0  # so that half of the margin, or 0.9 of it, would not do


def test_kimura_never_leaves_its_margin_for_what_is_favored(favored):
    assert favored.covered.all()
    assert favored.boundary().size == 0
    assert not replace(favored, margin=0.5 * favored.margin).covered.all()
    wide = favored.use_of_margin[favored.axes[0].values > 1.5]
    assert wide.max() < 0.1  # where s is large it is ten times wider than it need be


def test_for_what_is_disfavored_no_margin_is_declared_and_the_error_has_no_bound():
    found = kimura((0.02, 0.2, 0.5), (10, 100, 200), favored=False)
    assert np.isnan(found.margin).all()
    assert not found.inside.any()
    assert abs(found.error[0, 0]) < 1e-3
    assert found.error[2, 2] < -0.35
    # N |s|^3/54: what a hundred more individuals add to the chain's logarithm over the formula's.
    logs = [np.log(chain(-0.4, size) / float(drifting.fixation_probability(-0.4, size))) for size in (150, 250)]
    assert logs[1] - logs[0] == pytest.approx(100 * 0.4**3 / 54, rel=0.05)


def test_another_formula_of_fixation_has_another_boundary(favored):
    """Haldane's 2s, and Kimura's with the fitness ratio for its logarithm."""
    s = favored.axes[0].values[:, np.newaxis]
    for wrong in (np.minimum(2 * s, 1.0) + 0 * favored.reference,
                  drifting.fixation_probability(np.expm1(s), favored.axes[1].values)):  # fmt: skip
        planted = replace(favored, predicted=wrong)
        assert not planted.covered[planted.inside].all()
        assert planted.boundary().size > 0


# --- the small-noise chance of deception


def test_the_essay_point_of_three_tenths():
    """Noise on honesty of 0.3 of its distance: .516 by the formula, .540 by the backward equation."""
    narrow = 0.02
    ahead = 1.0 + norm.ppf(0.516) * np.hypot(0.3, narrow * 0.3) / np.sqrt(2.0)
    alone = first_passage((ahead, 1.0), (1.0, 1.0), (narrow * 0.3, 0.3), 192)
    assert racing.deception_probability((ahead, 1.0), (1.0, 1.0), (narrow * 0.3, 0.3)) == pytest.approx(0.516)
    assert alone.deception == pytest.approx(0.540, abs=0.0015)
    # The same law read from a field that serves many starts.
    field, off = deception_from(np.array([[0.7, 1.0], [ahead, 1.0]]), (1.0, 1.0), (0.15, 0.3), 160)
    single = first_passage((0.7, 1.0), (1.0, 1.0), (0.15, 0.3), 160)
    assert field[0] == pytest.approx(single.deception, abs=off[0] + single.deception_error)
    assert off.max() < 5e-3


def test_noise_alike_is_exact_on_the_separatrix_and_wherever_it_is_small():
    found = small_noise((0.15, 0.6), (0.5, 1.0, 2.0), cells=128)
    assert np.all(np.abs(found.error[:, 1]) <= found.reference_error[:, 1] + 1e-9)
    assert found.reference_error[:, 1].max() < 5e-3
    assert np.abs(found.error[0]).max() < 2e-3 < 0.02 < np.abs(found.error[1]).max()


def test_a_map_does_not_depend_on_the_eases():
    even, other = (small_noise((0.4, 0.8), (0.9, 1.2), split=0.3, ease=ease, cells=96) for ease in (1.0, 2.0))
    np.testing.assert_allclose(other.predicted, even.predicted, rtol=1e-12)
    np.testing.assert_allclose(other.margin, even.margin, rtol=1e-12)
    assert np.all(np.abs(other.reference - even.reference) <= other.reference_error + even.reference_error)


def test_lopsided_noise_leaves_its_margin_near_the_separatrix_beyond_its_range(lopsided):
    """The bound is stated for six of noise's widths and more; half of it would not do there either."""
    noise, ahead = np.meshgrid(*(axis.values for axis in lopsided.axes), indexing="ij")
    start, scatter = np.stack([ahead, np.ones_like(ahead)], -1), np.stack([0.1 * noise, noise], -1)
    widths = racing.noise_ratio(start, (1.0, 1.0), scatter)
    assert not lopsided.covered.all()
    assert widths[~lopsided.covered].max() < 4.0
    assert lopsided.covered[widths >= 6.0].all()
    assert not replace(lopsided, margin=0.5 * lopsided.margin).covered[widths >= 6.0].all()


def test_the_margin_of_small_noise_covers_the_points_that_a_check_draws():
    prediction = theory.get("crystallization.deception_probability")
    generator = np.random.default_rng(5)
    used = []
    for _ in range(8):
        point = prediction.valid.draw(generator)
        exact = first_passage(**point, cells=128)
        off = abs(float(prediction(**point)) - exact.deception) - exact.deception_error
        used.append(off / float(prediction.margin.bound(**point)))
    assert max(used) <= 1.0


def test_another_spread_has_another_boundary(lopsided):
    """The spread with eases swapped is no other at equal eases: a missing factor root 2 is."""
    wrong = norm.cdf(norm.ppf(lopsided.predicted) / np.sqrt(2.0))
    planted = replace(lopsided, predicted=wrong)
    assert planted.covered.sum() < lopsided.covered.sum()
    assert len(planted.boundary()) > len(lopsided.boundary())


# --- the Gaussian closure


def test_fifty_individuals_under_weak_selection():
    """At s h = 0.1, v = 0.01 and N = 50 the closure is 3 % too narrow, not 5 %: to 4 standard errors of 0.5 %."""
    found = balance(0.001, 50, 100, np.random.default_rng(7), longer=1.5)
    closure = drifting.mutation_selection_variance(1.0, 0.001, 1.0, 50)
    error, spread = closure / found.variance - 1.0, found.standard_error / found.variance
    assert spread < 0.006
    assert -0.032 - 4 * spread < error < -0.032 + 4 * spread
    assert error + 4 * spread < 0.0


def test_individuals_are_those_of_the_simulator():
    """Two programs, one mechanism: the population level at N = 10, c v = 0.1, within 4.5 joint standard errors."""
    times = tuple(float(time) for time in range(20, 60, 5))
    made = populations(with_founders(goal_drift), ("goal_variance",), times)
    point = _selected(1.0, 0.1, 1.0, 2.5, 60, 10)
    point.pop("time")
    seen = simulate(made, replicates=600, seed=3, keep="samples", discretization=False, **point)
    each = np.asarray(seen["goal_variance_samples"]).reshape(600, -1).mean(axis=1)
    own = balance(0.1, 10, 160, np.random.default_rng(11))
    joint = np.hypot(own.standard_error, each.std(ddof=1) / np.sqrt(each.size))
    assert abs(own.variance - each.mean()) < 4.5 * joint
    assert joint < 0.02 * own.variance
    assert own.standard_error < 0.5 * each.std(ddof=1) / np.sqrt(each.size)


def test_the_control_leaves_the_mean_where_neutral_theory_has_it():
    """Without selection V = N v, exactly; 4.5 standard errors."""
    found = balance(0.0, 6, 300, np.random.default_rng(2))
    assert abs(found.variance - 6.0) < 4.5 * found.standard_error < 0.6


def test_the_closure_is_too_narrow_and_least_where_many_select_strongly():
    found = gaussian_closure((0.03, 1.0), (10, 40), seed=4)
    assert found.resolved.all()
    assert np.all(found.error < 0.0)
    assert abs(found.error[1, 1]) < 0.5 * np.abs(found.error[0]).min()
    assert found.covered.all()
    planted = replace(
        found, predicted=drifting.mutation_selection_variance(1.0, found.axes[0].values, 1.0)[:, None] * np.ones(2)
    )  # the closure without its 1 - 1/N
    assert np.sign(planted.error[0, 0]) > 0 > np.sign(found.error[0, 0])
    assert planted.boundary(0.05).tolist() != found.boundary(0.05).tolist()
    assert not np.isin(gaussian_closure((1.0,), (40,), seed=4).reference, found.reference[:1]).any()
    assert gaussian_closure((1.0,), (40,), seed=4).reference[0, 0] == found.reference[1, 1]


@pytest.mark.parametrize(
    ("selection", "longer"),
    [
        (1.0, 8.0),  # a standard error of 0.034 margins, for 0.2 margins of room
        pytest.param(0.5, 12.0, marks=pytest.mark.full),
        pytest.param(2.0, 12.0, marks=pytest.mark.full),
    ],
)
def test_the_margin_of_the_closure_covers_more_than_its_region_and_half_of_it_would_not(selection, longer):
    """In populations a fifth of those in which it is checked some two thirds are used; 4 standard errors either way."""
    prediction = theory.get("goal_drift.mutation_selection_variance")
    point = {"strength": 1.0, "curvature": selection, "mutation_variance": 1.0, "population": 120}
    assert prediction.valid.holds(**{**point, "population": 600})
    assert not prediction.valid.holds(**point)
    found = balance(selection, 120, 60, np.random.default_rng(3), longer=longer)
    off, margin = abs(float(prediction(**point)) - found.variance), float(prediction.margin.bound(**point))
    assert off + 4 * found.standard_error < margin
    assert off - 4 * found.standard_error > 0.5 * margin


def test_under_weak_selection_the_margin_of_the_closure_is_many_times_too_wide():
    """Its bound grows as 1/(N sqrt(c v)), the error does not: at N^2 c v = 2.5 nine times, here at least four."""
    found = gaussian_closure((0.001,), (20, 50), seed=1)
    assert found.covered.all()
    assert (found.margin / (np.abs(found.predicted - found.reference) + found.reference_error)).min() > 4.0


# --- the clock of a drive that is held


def test_a_share_off_the_clock_recomputed_with_another_solver(held_drive):
    """Depth 4 at decay/stiffness 0.1, by Radau on the plain law in units of decay."""
    from scipy.integrate import solve_ivp

    start, h, depth, stiffness = np.array([0.35, 0.3, 0.25]), np.array([1.4, 1.0, 0.7]), 4.0, 10.0

    def rate(_, g):
        mu = stiffness * (1.0 - h @ g)
        return depth * g ** (2 - 2 / depth) * h * mu - depth * g

    g = solve_ivp(rate, (0.0, 1.0), start, "Radau", rtol=1e-10, atol=1e-12).y[:, -1]
    assert held_drive.reference[2, 2] == pytest.approx(h[0] * g[0] / (h @ g), abs=1e-7)


def test_the_held_drive_is_exact_as_stiffness_grows(held_drive):
    stiffest = np.abs(held_drive.error[:2])
    np.testing.assert_allclose(stiffest[1] / stiffest[0], 100.0, rtol=0.05)  # of first order in decay/stiffness
    assert stiffest[0].max() < 2e-5


def test_the_margin_of_the_held_drive_is_twice_what_it_need_be_until_the_drive_collapses(held_drive):
    inside = held_drive.inside
    assert inside.sum() == 4
    assert held_drive.covered[inside].all()
    used = held_drive.use_of_margin[inside]
    assert 0.45 < used.max() < 0.51
    assert not replace(held_drive, margin=0.45 * held_drive.margin).covered[inside].all()
    left = np.argwhere(~held_drive.covered)
    assert len(left)
    assert all(held_drive.axes[0].values[i] >= 0.3 and held_drive.axes[1].values[j] > 3 for i, j in left)
    wider = {"start": (0.35, 0.3, 0.25), "efficiency": (1.4, 1.0, 0.7), "depth": 6.0, "feature": 0}
    assert not theory.get("simplification.shares").valid.holds(**wider, weight_decay=4500.0, time=1 / 4500.0)


def test_the_margin_of_the_held_drive_covers_the_points_that_a_check_draws():
    prediction, generator = theory.get("simplification.shares"), np.random.default_rng(1)
    made = simplification.experiment("flow", measures=("share",), solver="LSODA")
    for _ in range(12):
        point = prediction.valid.draw(generator)
        seen = simulate(made, replicates=2, seed=0, discretization=False, **stiff(**point))
        assert abs(float(seen["share"][0]) - float(prediction(**point))) <= float(prediction.margin.bound(**point))


def test_a_clock_without_depth_has_another_boundary(held_drive):
    formula = theory.get("simplification.shares")
    wrong = float(formula(start=(0.35, 0.3, 0.25), efficiency=(1.4, 1.0, 0.7), weight_decay=1.0, depth=2.0, time=1.0,
                          feature=0))  # fmt: skip
    planted = replace(held_drive, predicted=np.full_like(held_drive.predicted, wrong))
    assert not planted.covered[planted.inside].all()
    assert planted.covered[0, 1]  # at depth 2 it is right


# --- grokking time


def test_a_crossing_recomputed_by_the_exact_clock(logistic):
    """Logistic loss, decay 0.1, ratio 1.7, through S' = mu alone: q is a function of S and of time."""
    from scipy.integrate import solve_ivp

    h, better, decay, share = 1.0, 1.7, 0.1, 0.99
    floor = float(waiting.floor(share * h + (1 - share) * better, decay))
    parts, efficiency = floor * np.array([share, 1 - share]), np.array([h, better])

    def margins(t, tau):
        return parts * np.exp(2 * efficiency * tau - 2 * decay * t)

    def crossed(t, tau):
        return np.diff(margins(t, tau[0]))[0]

    crossed.terminal = True
    found = solve_ivp(lambda t, tau: [1 / (1 + np.exp(margins(t, tau[0]).sum()))], (0.0, 500.0), [0.0], "DOP853",
                      events=crossed, rtol=1e-11, atol=1e-12)  # fmt: skip
    assert logistic.reference[2, 1] == pytest.approx(found.t_events[0][0], rel=1e-6)


def test_grokking_time_is_exact_as_decay_vanishes(held, logistic):
    # -ln(q_c/q_0)/(2 decay) of a margin short by order decay: of first order, relative.
    np.testing.assert_allclose(held.error[1] / held.error[0], 10.0, rtol=0.05)
    assert np.all(np.diff(np.abs(logistic.error), axis=0) > 0)
    assert np.abs(logistic.error[0, 0]) < 1e-5


def test_the_margins_of_grokking_time_cover_and_nearly_all_of_them_is_used(held, logistic):
    for found in (held, logistic):
        assert found.covered.all()
        assert found.inside.any()
        assert 0.9 < found.use_of_margin[found.inside].max() <= 1.0
        assert not replace(found, margin=0.9 * found.margin).covered[found.inside].all()
    assert np.isinf(logistic.margin[-1, -1])  # no bound is left where the floor is


@pytest.mark.parametrize("name", ["grokking_time", "grokking_time_logistic"])
def test_the_margins_of_grokking_time_cover_the_points_that_a_check_draws(name):
    prediction, generator = theory.get(f"grokking.{name}"), np.random.default_rng(8)
    for _ in range(8):
        point = prediction.valid.draw(generator)
        seen = simulate(
            prediction.experiment, replicates=2, seed=0, discretization=False, **prediction.setting(**point)
        )
        off = abs(float(seen.stopping_time) - float(prediction(**point)))
        assert off <= float(prediction.margin.bound(**point)) + 1e-6 * float(seen.stopping_time)


def test_the_time_diverges_as_the_circuits_become_alike():
    found = grokking_time((0.01,), (1.02, 1.04), loss="logistic")
    assert found.reference[0, 0] / found.reference[0, 1] == pytest.approx(2.0, rel=0.05)


def test_a_formula_without_the_creeping_floor_has_another_boundary(logistic):
    decay, ratio = (axis.values for axis in logistic.axes)
    wrong = waiting.grokking_time(0.99, 1.0, ratio, decay[:, np.newaxis])
    planted = replace(logistic, predicted=wrong)
    assert not planted.covered[planted.inside].any()
    assert planted.boundary(0.01).shape != logistic.boundary(0.01).shape
