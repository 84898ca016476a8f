"""The closed forms of crystallization: proofs carried out, wrong variants and planted faults rejected.

Races without chance are held against a Runge-Kutta integration of the written law; chance within 4 standard errors
(two-sided 6e-5 a comparison, 30 comparisons in this file, seeds fixed).
"""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from scipy.stats import norm

import theory
from simulator import simulate
from simulator.models.crystallization import (
    crystallization,
    decisions,
    episodes,
    gated,
    joint_optimizers,
    learned_honesty,
    race,
    routes,
)
from simulator.models.crystallization.learned import exponent, honesty_noise
from simulator.models.crystallization.racing import honesty
from theory.check import check
from theory.crystallization import expressions as e
from theory.crystallization import formulas, predictions, predictions_of, proofs
from theory.crystallization.backward import first_passage, on_grid
from theory.crystallization.predicted.declared import point_of
from theory.lemmas import solves, vanishes

Z = 4.0
NAMES = {prediction.name: prediction for prediction in predictions}
LAWS = (race, learned_honesty, gated, joint_optimizers, episodes())


@pytest.mark.parametrize("name", proofs.__all__)
def test_every_obligation_holds(name):
    obligations = getattr(proofs, name)()
    assert obligations
    assert [obligation.says for obligation in obligations if not obligation.holds] == []


def test_every_prediction_has_a_proof():
    assert {one.proof for one in predictions} <= {getattr(proofs, name) for name in proofs.__all__}


def walked(start, ease):
    """Integrate dx_i = -ease_i prod_{j != i} x_j to the first zero, all starts at once: winner, time and distances.

    Runge-Kutta of order four in steps of a fiftieth of what the next distance to arrive still takes, so that it comes
    near as 0.98^n; the last 1e-12 of the way is a straight line.
    """
    x, time = start.copy(), np.zeros(len(start))

    def rate(x):
        return -ease * np.prod(x, axis=1, keepdims=True) / x

    for _ in range(1700):
        left = np.min(-x / rate(x), axis=1, keepdims=True)
        step = np.minimum(0.02 * left, left - 1e-12 * np.min(start, axis=1, keepdims=True)).clip(min=0.0)
        k1 = rate(x)
        k2 = rate(x + step / 2 * k1)
        k3 = rate(x + step / 2 * k2)
        k4 = rate(x + step * k3)
        x, time = x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4), time + step[:, 0]
    return np.argmin(-x / rate(x), axis=1), time + np.min(-x / rate(x), axis=1), x


@pytest.mark.parametrize("number", [2, 3, 5])
def test_winner_remainder_and_time_of_a_thousand_starts(number):
    """Every one of 1000; starts whose two smallest scores are within 1e-4 take longest, and count too."""
    generator = np.random.default_rng(100 + number)
    start, ease = generator.uniform(0.05, 1.0, (1000, number)), np.exp(generator.uniform(-1.5, 1.5, (1000, number)))
    winner, time, distance = walked(start, ease)
    assert np.array_equal(formulas.race_winner(start, ease), winner)
    others = np.arange(number) != winner[:, np.newaxis]
    left = formulas.race_remainder(start, ease)
    assert np.all(left[~others] == 0.0)
    assert np.max(np.abs(left - distance)[others]) < 1e-6
    np.testing.assert_allclose(formulas.decision_time(start, ease), time, rtol=1e-6)
    # The ease on the wrong route is found out: it names another winner for most starts.
    assert np.mean(formulas.race_winner(start, np.roll(ease, 1, axis=1)) == winner) < 0.8


def flowed(number, count):
    generator = np.random.default_rng(7 * number)
    made = decisions(number, "flow")
    for _ in range(count):
        start, ease = generator.uniform(0.2, 1.0, number), generator.uniform(0.3, 2.0, number)
        found = simulate(made, replicates=2, discretization=False, time=2000.0, **point_of(start, ease))
        assert int(found.route) == formulas.race_winner(start, ease)
        np.testing.assert_allclose(found.remainder, formulas.race_remainder(start, ease), atol=1e-6)
        np.testing.assert_allclose(found.decision_time, formulas.decision_time(start, ease), rtol=1e-6)


@pytest.mark.parametrize("number", [2, 3, 5])
def test_the_flow_finds_the_same_decisions(number):
    flowed(number, 15)


@pytest.mark.full
@pytest.mark.parametrize("number", [2, 3, 5])
def test_the_flow_finds_the_same_thousand_decisions(number):
    flowed(number, 1000)


def test_ties_are_never_decided():
    assert list(formulas.race_winner([[1.0, 1.0], [1.0, 2.0], [0.0, 0.0]], [1.0, 1.0])) == [-1, 0, 0]
    assert formulas.decision_time([1.0, 1.0, 5.0], [1.0, 1.0, 1.0]) == np.inf
    assert formulas.decision_time([0.0, 1.0], [0.0, 1.0]) == 0.0
    close = formulas.decision_time([[1.0, 1.0 + gap] for gap in (1e-3, 1e-6, 1e-9)], [1.0, 1.0])
    np.testing.assert_allclose(np.diff(close), np.log(1000) / 2, rtol=1e-3)  # a race grows with the logarithm


SMALL = [
    ((1.0, y), (1.0, eta), (noise * a, noise * b))
    for (y, eta), noise, (a, b) in zip(
        [(0.97, 1.0), (1.0, 1.0), (1.2, 1.5), (0.75, 0.5), (0.95, 1.0), (1.4, 2.0), (0.62, 0.4), (1.02, 1.0),
         (1.0, 1.1)],
        (0.03, 0.03, 0.05, 0.05, 0.04, 0.05, 0.05, 0.03, 0.06),
        [(1, 1), (1, 1), (1, 1.2), (1, 0.7), (0.6, 1), (1, 1.3), (1, 0.8), (1.2, 1), (1, 1)],
        strict=True,
    )
]  # fmt: skip
LARGE = [
    ((1.0, 0.9), (1.0, 1.0), (0.3, 0.3)), ((1.0, 0.9), (1.0, 1.0), (0.1, 0.3)), ((1.0, 1.0), (1.0, 1.0), (0.1, 0.45)),
    ((0.5, 0.5), (1.0, 1.0), (0.5, 0.3)), ((0.8, 0.5), (0.5, 1.5), (0.4, 0.5)), ((1.0, 1.2), (2.0, 1.0), (0.5, 0.2)),
    ((0.4, 0.6), (1.0, 2.0), (0.2, 0.6)), ((1.0, 0.7), (1.0, 0.5), (0.6, 0.1)), ((0.3, 0.3), (1.0, 1.0), (0.8, 0.8)),
]  # fmt: skip


def raced(start, ease, noise, replicates, steps, seed=0):
    """Simulate a race until all but some 1e-4 have stopped: the share deceived, its error, and the mean time."""
    horizon = (np.log(np.exp(1.0) + formulas.noise_ratio(start, ease, noise)) / 2 + 4.6) / np.sqrt(ease[0] * ease[1])
    made = crystallization.experiment(method="stepped", measures=(), steps=steps)
    found = simulate(made, replicates=replicates, seed=seed, discretization=False, time=float(horizon),
                     **point_of(start, ease, noise))  # fmt: skip
    return tuple(
        float(found[name]) for name in ("route_deception", "route_deception_se", "stopping_time", "stopping_time_se")
    )


@pytest.mark.parametrize("case", range(9))
def test_small_noise_at_nine_points(case):
    """Within 4 standard errors of 2500 races, some 0.035, where corner_error is at most 0.006."""
    start, ease, noise = SMALL[case]
    assert formulas.corner_error(start, ease, noise) < 0.006
    assert abs(formulas.lead(start, ease, noise)) < 2.6
    seen, error, *_ = raced(start, ease, noise, 2500, 160, seed=case)
    assert abs(seen - formulas.deception_probability(start, ease, noise)) < Z * error


def test_the_ease_on_the_wrong_noise_is_rejected():
    """s^2 = ease_x noise_x^2 + ease_y noise_y^2 is another number, and another probability, at one of the nine."""
    (x, y), (a, b), (s, t) = SMALL[7]
    a, b, s = 0.5, 0.5 * (x / y) ** -2 * 1.1, 3 * s
    lead = (np.sqrt(b) * x - np.sqrt(a) * y) * np.sqrt(2 * np.sqrt(a * b))
    right, wrong = lead / np.sqrt(b * s**2 + a * t**2), lead / np.sqrt(2.0 * (b * s**2 + a * t**2))
    seen, error, *_ = raced((x, y), (a, b), (s, t), 8000, 150)
    assert abs(seen - norm.cdf(right)) < Z * error + formulas.corner_error((x, y), (a, b), (s, t))
    assert abs(seen - norm.cdf(wrong)) > Z * error


@pytest.mark.parametrize("case", range(9))
def test_any_noise_at_nine_points(case):
    """The backward equation within its stated error and 4 standard errors, of the chance and of the mean time."""
    start, ease, noise = LARGE[case]
    wanted = first_passage(start, ease, noise, cells=128)
    assert wanted.deception_error < 0.004
    seen, error, time, time_error = raced(start, ease, noise, 3000, 100, seed=case)
    assert abs(seen - wanted.deception) < Z * error + wanted.deception_error
    assert abs(time - wanted.time) < Z * time_error + wanted.time_error + 0.005 * wanted.time


def test_the_small_noise_formula_fails_where_noise_is_large():
    """At four of the nine or more it is off by more than the grid and 0.02: the map is not empty."""
    off = [
        abs(first_passage(*case, cells=128).deception - formulas.deception_probability(*case)) for case in LARGE
    ]  # fmt: skip
    assert sum(one > 0.02 for one in off) >= 4


def test_the_grid_converges_at_second_order():
    start, ease, noise = (1.0, 0.8), (1.0, 1.2), (0.35, 0.3)
    coarse, middle, fine = (on_grid(start, ease, noise, cells, 192) for cells in (48, 96, 192))
    ratio = (middle - coarse) / (fine - middle)
    assert np.all((ratio > 3.5) & (ratio < 4.6))
    stated, better = first_passage(start, ease, noise, cells=64), first_passage(start, ease, noise, cells=256)
    assert abs(stated.deception - better.deception) <= stated.deception_error
    assert abs(stated.time - better.time) <= stated.time_error


def test_the_grid_knows_what_is_known():
    even = first_passage((0.7, 0.7), (1.3, 1.3), (0.3, 0.3), cells=64)
    assert abs(even.deception - 0.5) < 1e-9
    swapped = first_passage((0.6, 0.9), (0.8, 1.4), (0.5, 0.2), cells=64)
    mirrored = first_passage((0.9, 0.6), (1.4, 0.8), (0.2, 0.5), cells=64)
    assert abs(swapped.deception + mirrored.deception - 1.0) < 1e-9
    assert abs(swapped.time - mirrored.time) < 1e-9


def test_a_tie_is_decided_by_noise_in_finite_time():
    """Without noise never; with it after about ln K: half an e-fold more for noise e times smaller."""
    assert formulas.decision_time([1.0, 1.0], [1.0, 1.0]) == np.inf
    first, second = (first_passage((1.0, 1.0), (1.0, 1.0), (s, s), cells=192) for s in (0.4, 0.4 / np.exp(0.5)))
    assert abs(second.time - first.time - 0.25) < 0.12


@pytest.mark.parametrize("rho", [-0.95, -0.5, 0.0, 0.5])
def test_the_bound_on_the_error_holds_on_the_map(rho):
    """K = 6 and 8, leads from 0 to 2.4: |backward - formula| <= corner_error + the grid's error."""
    for k in (6.0, 8.0):
        s = 2 * np.sqrt(2) / k
        for m in (0.0, 0.6, 1.2, 2.4):
            half = m * s / np.sqrt(2) / 2
            case = ((1 + half, 1 - half), (1.0, 1.0), (s * np.sqrt((1 + rho) / 2), s * np.sqrt((1 - rho) / 2)))
            found = first_passage(*case, cells=96)
            error = abs(found.deception - formulas.deception_probability(*case))
            assert error <= formulas.corner_error(*case) + found.deception_error
            if rho == 0.0 and m == 1.2:
                assert abs(error * k**2 / (m * norm.pdf(m)) - 1.5) < 0.2  # the two halves of the corner
            if rho == -0.95 and m == 0.0:
                assert error > 0.5 * formulas.corner_error(*case)  # and the bound is not idle


def test_the_essay_point_of_three_tenths():
    """Equal starts, noise on honesty alone: the formula says one half, races say more."""
    seen, error, *_ = raced((1.0, 1.0), (1.0, 1.0), (0.0, 0.3), 6000, 100)
    assert seen - 0.5 > 2 * error
    assert formulas.deception_probability([1.0, 1.0], [1.0, 1.0], [0.0, 0.3]) == 0.5


def wrong_eases(number):
    """Return the race with every ease on the next route."""
    law, ways = race(number), routes(number)
    return law.replace(
        learner={way.distance: other.ease for way, other in zip(ways, (*ways[1:], ways[0]), strict=True)}
    )


STRATONOVICH = learned_honesty.replace(
    growth={honesty: exponent / 4 * honesty_noise**2 * sympy.Abs(honesty.variable) ** (exponent - 1)}
)
HALF_NOISE = race(2).replace(noise={way.distance: way.noise / 2 for way in routes(2)})
FAULTS = {
    "ease on the wrong route": (
        (wrong_eases, *LAWS[1:]), ("race_winner", "race_remainder", "decision_time", "critical_ease"),
    ),
    "Stratonovich's reading of a state-dependent K": ((race, STRATONOVICH, *LAWS[2:]), ("mean_learning",)),
    "noise of half the size": ((lambda number: HALF_NOISE if number == 2 else race(number), *LAWS[1:]),
                               ("first_passage",)),
    "a metric one power too high": (
        (race, learned_honesty.replace(learner={**learned_honesty.learner, honesty: learned_honesty.learner[honesty]
                                                * sympy.Abs(honesty.variable)}), *LAWS[2:]),
        ("base_residual", "lock_time"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_turns_the_check_red(fault):
    """The same points agree with the right laws and disagree with the faulty ones."""
    laws, red = FAULTS[fault]
    names = {f"crystallization.{name}" for name in red}
    points = 1 if fault == "noise of half the size" else 3
    assert {row.verdict for row in check([NAMES[name] for name in sorted(names)], points=points)} == {"agrees"}
    planted = check([one for one in predictions_of(*laws) if one.name in names], points=points)
    assert {row.name for row in planted if row.verdict == "disagrees"} == names


def test_absorption_tested_only_at_output_times_is_found_out():
    """Looked at every 0.5 only, the race is decided late, and the distances have gone on meanwhile."""
    start, ease = [1.0, 0.8, 0.9], [1.0, 1.0, 0.5]
    times = np.arange(0.5, 4.0, 0.5)
    law = race(3).replace(absorb={})
    found = simulate(law.experiment("flow", times=times), replicates=2, **point_of(start, ease))
    late = int(np.argmax(found.honesty.values <= 0.0))
    assert found.honesty.values[late] <= 0.0
    assert times[late] - formulas.decision_time(start, ease) > 0.02
    assert abs(found.misalignment.values[late] - formulas.race_remainder(start, ease, route=0)) > 1e-4
    right = simulate(race(3).experiment("flow", times=times), replicates=2, **point_of(start, ease))
    np.testing.assert_allclose(right.stopping_time[-1], formulas.decision_time(start, ease), rtol=1e-6)


def test_absorption_tested_only_at_output_times_misses_noisy_passages(monkeypatch):
    """Without the bridge between two ends, a noisy race in a few steps is decided otherwise."""
    from simulator.levels.langevin import absorption

    case = ((0.3, 0.4), (1.0, 1.0), (0.6, 0.2))
    wanted = first_passage(*case, cells=128)
    right = raced(*case, 20_000, 40)
    right_time = absorption.crossing_fraction
    monkeypatch.setattr(
        absorption,
        "crossing_fraction",
        lambda start, end, variance, uniform: right_time(start, end, 0.0 * variance, uniform),
    )
    wrong = raced(*case, 20_000, 40)
    assert abs(right[2] - wanted.time) < 0.1 * wanted.time
    assert wrong[2] - right[2] > 6 * right[3]


@pytest.mark.parametrize(
    "name", ["race_remainder", "base_residual", "gate_invariant", "prerequisites", "joint_share", "lock_time"]
)
def test_a_formula_two_per_cent_off_is_rejected(name):
    right = NAMES[f"crystallization.{name}"]
    planted = right.replace(formula=lambda **point: 1.02 * right(**point), margin=right.margin)
    assert {row.verdict for row in check(planted, points=1)} == {"disagrees"}


WRONG = {
    "a remainder with the eases exchanged": lambda: vanishes(
        "", e.race_remainder**2 / e.honesty_ease
        - (e.misalignment_start**2 / e.misalignment_ease - e.honesty_start**2 / e.honesty_ease)
    ),
    "gates open at 1 - a for two": lambda: solves(
        "", e.prerequisites(2), e.time, sympy.diff(e.prerequisites(1), e.time)
    ),
    "a share locked in with half the exponent": lambda: vanishes(
        "", e.honesty_noise**2 * e.honesty_start**2 / 2 * sympy.diff(sympy.exp(-e.alpha), e.honesty_start, 2)
        - e.goal_ease * e.pull * e.honesty_start * sympy.exp(-e.alpha)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]().holds


@pytest.mark.parametrize("proof", ["race_invariant", "race_winner"])
def test_the_proofs_are_about_the_law(proof):
    failed = [step.says for step in getattr(proofs, proof)(wrong_eases) if not step.holds]
    assert any("falls as x_1^2/ease_1" in says for says in failed)


def test_the_proof_of_the_metric_rejects_another_metric():
    law = FAULTS["a metric one power too high"][0][1]
    assert not all(step.holds for step in proofs.base_residual(law))
    assert not all(step.holds for step in proofs.mean_learning(STRATONOVICH))


def test_chance_alone_locks_in():
    """Noise on honesty in the metric of a gate's tail, Ito: 2 sqrt(a) K_1(2 sqrt(a)); Stratonovich's locks nothing."""
    point = {"pull": 1.0, "goal_ease": 1.0, "honesty_start": 0.5, "honesty_noise": 1.0}
    more = {"dim": 1, "base": [0.0], "start": [1.0], "honesty_ease": 0.0, "exponent": 2.0, "time": 36.0}
    seen = {
        name: simulate(law.experiment(method="stepped", measures=("residual",), steps=600), replicates=2000, seed=1,
                       discretization=False, **point, **more)
        for name, law in (("Ito", learned_honesty), ("Stratonovich", STRATONOVICH))
    }  # fmt: skip
    wanted = float(formulas.chance_lock_in(**point))
    found, error = float(seen["Ito"].residual), float(seen["Ito"].residual_se)
    assert abs(found - wanted) < Z * error + 0.01  # steps of 0.06 noise^-2, first order
    assert float(seen["Stratonovich"].residual) < 0.5 * wanted


def test_a_learned_gate_only_delays():
    """e^2 falls by 4 k ease_g width^2/ease_c an e-fold of time, for one gate and three; it has no floor."""
    for gates in (1, 3):
        fall = float(formulas.fall_per_efold(0.1, 1.0, 4.0, gates))
        made = gated.experiment("flow", times=[1e3, 1e4, 1e5], measures=("misalignment",), solver="LSODA")
        found = simulate(made, replicates=2, prerequisites=gates, width=0.1, skill_ease=4.0, initial_skill=1.2,
                         dim=1, base=[0.0], start=[1.0])  # fmt: skip
        square = found.misalignment.values**2
        np.testing.assert_allclose(-np.diff(square) / np.log(10.0), fall, rtol=0.05)


def test_a_price_of_honesty_delays_behind_a_gate_and_locks_nothing():
    """There e falls as a power of time; where honesty is learned as it is, the same price locks something in."""
    power = float(formulas.price_exponent(0.3, 1.0, 1.0, 1.0, 0.5))
    made = gated.experiment("flow", times=[1e4, 1e6], measures=("misalignment",), solver="LSODA")
    found = simulate(made, replicates=2, width=0.3, skill_ease=1.0, honesty_cost=0.5, initial_skill=1.0,
                     dim=1, base=[0.0], start=[0.1])  # fmt: skip
    np.testing.assert_allclose(np.diff(np.log(found.misalignment.values)) / np.log(100.0), -power, rtol=0.02)
    assert formulas.base_residual(0.1, 1.0, 1.0, 1.0, honesty_cost=0.5) > 0.01
    assert formulas.base_residual(0.1, 1.0, 1.0, 1.0) == 0.0
    assert formulas.base_residual(0.1, 1.0, 1.0, 1.0, exponent=2.0, honesty_cost=0.5) == 0.0


@pytest.mark.parametrize("growth", [0.02, 0.3])
def test_any_growth_locks_something_in(growth):
    """What growth alone locks in is the least: awareness learned besides shuts the gate earlier."""
    least = float(formulas.grown_residual(0.2, growth, 1.0, 0.9, 0.3, 1.0))
    made = gated.experiment("flow", measures=("residual",))
    point = {"width": 0.2, "growth": growth, "initial_skill": 0.9, "pull": 0.3, "time": 12.0 / growth}
    alone, learned = (float(simulate(made, replicates=2, skill_ease=ease, **point).residual) for ease in (0.0, 0.5))
    np.testing.assert_allclose(alone, least, rtol=1e-6)
    assert learned > 1.05 * least
    assert least > 0.0


def test_the_boundary_between_the_two_verdicts():
    """The ease at which deception wins grows without end as the exponent nears two, and at two there is none."""
    eases = formulas.critical_honesty_ease(1.0, 1.0, 1.0, [0.0, 1.0, 1.9, 1.99, 2.0, 2.5])
    np.testing.assert_allclose(eases[:4], [2.0, 4.0, 40.0, 400.0])
    assert np.all(np.isinf(eases[4:]))


def test_prerequisites_add_a_harmonic_sum():
    one, five = (formulas.prerequisites(0.1, 0.5, 1.0, -5.0, gates, np.inf) for gates in (1, 5))
    np.testing.assert_allclose(five - one, 0.1 / 0.5 * (1 + 1 / 2 + 1 / 3 + 1 / 4), rtol=1e-12)
    # That is for gates that begin open: half shut at the start, they add less.
    half_one, half_five = (formulas.prerequisites(0.1, 0.5, 1.0, 1.0, gates, np.inf) for gates in (1, 5))
    assert half_five - half_one < 0.7 * (five - one)


def test_joint_optimizers_are_overtaken_when_they_should():
    """Populations of 2000: even after ln(p/(1 - p))/(strength gap) generations, within 4 standard errors and drift."""
    gap = float(formulas.reward_gap(1.5, 0.2, 1.0, 0.3, 1.0))
    generations = 5
    strength = float(formulas.overtaking_time(0.8, 1.0, gap)) / generations
    found = simulate(joint_optimizers.experiment("population", measures=("joint",)), replicates=300, seed=2,
                     population=2000, time=generations, joint_share=0.8, strength=strength, pull=1.5, width=0.3,
                     initial_capability=0.2)  # fmt: skip
    assert abs(float(found.joint) - 0.5) < Z * float(found.joint_se) + generations / 2000
    assert abs(formulas.joint_share(0.8, strength, 1.5, 1.0, 0.3, 0.0, 1.0, 0.2, generations) - 0.5) < 1e-12


def test_predictions_take_the_keywords_of_the_theory():
    for name in ("race_winner", "race_remainder", "decision_time"):
        assert theory.get(f"crystallization.{name}").keywords[:2] == ("start", "ease")
    assert theory.get("crystallization.deception_probability").keywords == ("start", "ease", "noise")
    assert theory.get("crystallization.deception_prior").keywords == ("ease",)
    gap = ("pull", "capability", "threshold", "width", "distance")
    assert theory.get("crystallization.reward_gap").keywords[:5] == gap


def test_formulas_broadcast():
    left = theory.get("crystallization.race_remainder")(start=[[1.0, 0.8], [0.8, 1.0]], ease=[1.0, 1.0])
    np.testing.assert_allclose(left, [[0.6, 0.0], [0.0, 0.6]], atol=1e-12)
    prior = theory.get("crystallization.deception_prior")(ease=[[1.0, 1.0], [1.0, 4.0], [4.0, 1.0]])
    np.testing.assert_allclose(prior, [0.5, 0.75, 0.25])
    chance = theory.get("crystallization.deception_probability")(
        start=[[1.0, 0.9], [1.0, 1.0]], ease=[1.0, 1.0], noise=[[0.0, 0.0], [0.1, 0.1]]
    )
    np.testing.assert_allclose(chance, [1.0, 0.5])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: formulas.race_winner([1.0], [1.0]), r"start: got shape \(1,\); must have at least two routes"),
        (lambda: formulas.decision_time([1.0, -0.5], [1.0, 1.0]), "start: got -0.5; must be >= 0"),
        (lambda: first_passage((1.0, 1.0), (1.0, 1.0), (0.0, 0.1)), "noise: got .* must be two numbers > 0"),
        (lambda: first_passage((1.0, 1.0), (1.0, 1.0), (0.1, 0.1), cells=30), "cells: got 30; must be a multiple of 4"),
    ],
)
def test_bad_input_gets_one_line(call, message):
    with pytest.raises(ValueError, match=message):
        call()
