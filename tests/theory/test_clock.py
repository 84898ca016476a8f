"""The exact clock: against 60-digit arithmetic, at extreme ages, sizes and depths, through depth two, and refusals."""

from __future__ import annotations

import warnings

import mpmath
import numpy as np
import pytest

from theory import clock

EPSILON = 1e-9
DEPTHS = (1.0, 1.3, 1.9, 2.0 - EPSILON, 2.0, 2.0 + EPSILON, 2.4, 3.0, 6.0, 12.0)


def drawn(seed, features, spread=1.0):
    generator = np.random.default_rng(seed)
    start, efficiency = (np.exp(spread * generator.normal(size=features)) for _ in range(2))
    return start / (start @ efficiency), efficiency


def textbook(start, efficiency, depth, compounded, drive=1.0):
    """ln(h g/q) of each feature from the textbook form of the solution, the clock by bisection."""
    with mpmath.workdps(60):
        length, lost = mpmath.mpf(depth), mpmath.mpf(compounded)
        pairs = [(mpmath.mpf(h), mpmath.mpf(g)) for h, g in zip(efficiency, start, strict=True)]
        power = None if depth == 2 else -length / (length - 2)

        def drives(s):
            if power is None:
                return [h * g * mpmath.exp(2 * h * s - lost) for h, g in pairs]
            return [h * mpmath.exp(-lost) * (g ** (1 / power) - (length - 2) * h * s) ** power for h, g in pairs]

        low, high = mpmath.mpf(0), mpmath.mpf(1)
        if depth > 2:
            high = min(g ** (1 / power) / ((length - 2) * h) for h, g in pairs)
        while depth <= 2 and mpmath.fsum(drives(high)) < drive:
            high *= 2
        for _ in range(230):
            middle = (low + high) / 2
            low, high = (middle, high) if mpmath.fsum(drives(middle)) < drive else (low, middle)
        found = drives(low)
        return np.array([float(mpmath.log(one / mpmath.fsum(found))) for one in found])


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("compounded", [0.01, 2.0, 40.0])
def test_log_shares_meet_60_digit_arithmetic(depth, compounded):
    start, efficiency = drawn(int(100 * depth), 4, 0.5)
    found = clock.log_shares(start, efficiency, 1.0, depth, compounded / depth)
    np.testing.assert_allclose(found, textbook(start, efficiency, depth, compounded), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("depth", [1.5, 2.0, 4.0])
@pytest.mark.parametrize("drive", [0.4, 2.5])
def test_a_start_of_another_drive_is_brought_to_the_one_held(depth, drive):
    """The exact clock holds while the drive rises or falls: only the sum decides."""
    start, efficiency = drawn(3, 4, 0.3)
    found = clock.log_shares(start, efficiency, 1.0, depth, 0.0, drive=drive)
    if drive > 1.0:
        np.testing.assert_allclose(found, textbook(start, efficiency, depth, 0.0, drive), rtol=1e-12, atol=1e-13)
    gain = clock.held_gain(start, efficiency, depth, 0.0, drive=drive)
    strengths = np.exp(clock.log_strengths(start, efficiency, depth, gain))
    np.testing.assert_allclose(efficiency @ strengths, drive, rtol=1e-12)
    np.testing.assert_allclose(np.log(efficiency * strengths / drive), found, rtol=1e-11, atol=1e-12)
    assert (gain > 0.0) == (drive > 1.0)


@pytest.mark.parametrize("depth", [*DEPTHS, 1e6])
@pytest.mark.parametrize("features", [3, 10_000])
def test_extreme_ages_and_sizes_stay_finite(depth, features):
    """Up to 1e6 decay times and 1e4 features: shares add up, and logarithms go far below what a share can be."""
    start, efficiency = drawn(1, features)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = clock.log_shares(start, efficiency, 1.0, depth, np.array([0.0, 1e-6, 1.0, 1e2, 1e6]))
    assert np.all(np.isfinite(found))
    np.testing.assert_allclose(np.exp(found).sum(axis=-1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(found[0], np.log(start * efficiency), rtol=1e-12, atol=1e-13)
    if depth >= 2.0:
        assert found[-1].min() < -1e5
        assert found[-1].argmax() == clock.leader(start, efficiency, depth)


def test_a_share_of_1e_300_comes_back():
    """What is simpler wins at depth two from however far behind, after ln(1e300)/(2 (h_1/h_2 - 1)) decay times."""
    late = clock.log_shares([1e-300, 1.0], [2.0, 1.0], 1.0, 2.0, [300.0, 400.0])
    np.testing.assert_allclose(late[0, 0], np.log(2e-300) + 600.0, rtol=1e-12)
    assert late[1, 0] > -1e-20


@pytest.mark.parametrize("time", [0.3, 3.0, 30.0])
def test_depth_two_is_no_seam(time):
    """To either side of it the shares differ by what a smooth function does: twice the distance, twice as much."""
    start, efficiency = drawn(5, 5, 0.5)
    at = clock.log_shares(start, efficiency, 1.0, 2.0, time)
    # L lambda t itself changes with L at a given time; it is held here.
    for step in (1e-3, 1e-6, 1e-9, 1e-12):
        sides = [
            clock.log_shares(start, efficiency, 1.0, depth, 2.0 * time / depth) for depth in (2.0 + step, 2.0 - step)
        ]
        for side in sides:
            assert np.abs(side - at).max() <= 30.0 * time**2 * step + 1e-12
        assert np.abs(sides[0] + sides[1] - 2.0 * at).max() <= 1e3 * time**3 * step**2 + 2e-12


def test_limits_of_depth():
    """L = 1 is linear in the clock; at a given L lambda t, very deep is 1/(1/g - h S)."""
    start, efficiency = drawn(9, 3, 0.5)
    gain = np.array(0.7)
    s = clock.clock(start, efficiency, 1.0, gain)
    np.testing.assert_allclose(
        np.exp(clock.log_strengths(start, efficiency, 1.0, gain)), start + efficiency * s, rtol=1e-13
    )
    deep = 1e9
    s = deep * clock.clock(start, efficiency, deep, gain)
    np.testing.assert_allclose(
        np.exp(clock.log_strengths(start, efficiency, deep, gain)), 1 / (1 / start - efficiency * s), rtol=1e-7
    )


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_drive_rises_with_the_gain(depth):
    """So there is one root: strictly monotone over many orders of magnitude."""
    start, efficiency = drawn(2, 6)
    gains = np.concatenate([[0.0], np.geomspace(1e-6, 1e3, 200)])
    logs = np.log(efficiency) + clock.log_strengths(start, efficiency, depth, gains)
    total = np.logaddexp.reduce(logs, axis=-1)
    assert np.all(np.diff(total) > 0.0)
    back = clock.held_gain(start, efficiency, depth, total - total[0])
    np.testing.assert_allclose(back, gains, rtol=1e-9, atol=1e-12)


def test_features_broadcast_behind_everything_else():
    start, efficiency = drawn(4, 3)
    found = clock.log_shares(start, efficiency, 0.2, [[1.0], [2.0], [5.0]], [0.0, 1.0])
    assert found.shape == (3, 2, 3)
    np.testing.assert_array_equal(found[2, 1], clock.log_shares(start, efficiency, 0.2, 5.0, 1.0))
    many = clock.log_shares(np.stack([start, start[::-1]]), efficiency, 0.2, 3.0, 1.0)
    np.testing.assert_array_equal(many[0], clock.log_shares(start, efficiency, 0.2, 3.0, 1.0))


def test_what_starts_at_zero_is_absent_unless_a_single_weight_grows_it():
    for depth in (1.2, 2.0, 4.0):
        found = clock.log_shares([0.0, 0.3, 0.7], [9.0, 1.0, 1.0], 1.0, depth, [0.0, 5.0])
        assert np.all(found[:, 0] == -np.inf)
        np.testing.assert_array_equal(found[:, 1:], clock.log_shares([0.3, 0.7], [1.0, 1.0], 1.0, depth, [0.0, 5.0]))
    single = np.exp(clock.log_shares([0.0, 1.0], [1.0, 1.0], 1.0, 1.0, 1.0))
    np.testing.assert_allclose(single[0], (1 - np.exp(-1.0)) / 2, rtol=1e-11)  # x = (S, 1 + S), 1 + 2 S = e


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"start": [1.0, 2.0], "efficiency": [1.0]}, "start, efficiency: got 2 and 1 features"),
        ({"start": [0.0, 0.0]}, "start: got 0 to 0; must be finite, >= 0 and not all 0"),
        ({"start": [1.0, -1.0]}, "start: got -1 to 1; must be finite, >= 0"),
        ({"efficiency": [1.0, 0.0]}, "efficiency: got 0 to 1; must be finite and > 0"),
        ({"depth": 0.9}, "depth: got 0.9 to 0.9; must be finite and >= 1"),
        ({"depth": np.inf}, "depth: got inf to inf; must be finite"),
        ({"time": [1.0, np.nan]}, "time: got nan to nan; must be finite"),
        ({"weight_decay": -0.1}, "weight_decay: got -0.1 to -0.1; must be finite and >= 0"),
        ({"start": [0.1, 20.0], "depth": 1.0, "time": 0.0}, "start: its drive is so far above the one held"),
    ],
)
def test_what_has_no_solution_is_refused(given, message):
    whole = {"start": [0.5, 0.5], "efficiency": [1.0, 1.0], "weight_decay": 1.0, "depth": 2.0, "time": 1.0}
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        clock.log_shares(**{**whole, **given})
