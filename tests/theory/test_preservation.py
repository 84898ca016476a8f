"""The closed forms of preservation: proofs carried out, wrong variants and planted faults rejected, laws simulated.

Z = 4 standard errors is a two-sided false-alarm rate of 6e-5 a comparison; there are about twenty, at fixed seeds.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy
from scipy.linalg import expm, solve_continuous_lyapunov

import theory
from simulator import simulate
from simulator.levels.langevin import kernels, step
from simulator.models.preservation import outside, preservation
from simulator.models.preservation.course import course
from simulator.models.preservation.law import effort, goal, memory
from simulator.models.preservation.shares import shares
from simulator.models.preservation.strength import ito, strength
from theory.check import check
from theory.claims import claims
from theory.lemmas import solves, vanishes
from theory.preservation import expressions as e
from theory.preservation import formulas, predictions, predictions_of, proofs
from theory.preservation.predicted.declared import BY_HACKING, FROM_OUTSIDE
from theory.preservation.predicted.outside import of_shares, of_strengths

Z = 4.0
PAIR = {"hold": 1.0, "tracking": 0.5, "noise": 0.5, "memory_noise": 0.3}
ONE = {"dim": 1, "base": [1.0], "start": [0.0], "remembered": [0.0]}
NAMES = {prediction.name: prediction for prediction in predictions}


@pytest.mark.parametrize("name", proofs.__all__)
def test_every_obligation_holds(name):
    obligations = getattr(proofs, name)()
    assert obligations
    assert [obligation.says for obligation in obligations if not obligation.holds] == []


def test_every_prediction_has_a_proof():
    named = {getattr(proofs, name) for name in proofs.__all__}
    assert {getattr(one.proof, "func", one.proof) for one in predictions} <= named


WRONG = {
    "a leak of half the pull": lambda: solves(
        "", e.leaky_distance, e.time, -e.leak / 2 * e.leaky_distance
    ),
    "an error with the variance of no decay": lambda: vanishes(
        "", e.memory_error - (1 - e.held_mean) ** 2 * e.memory_norm**2 - e.dim * e.noise**2 / (2 * e.hold)
    ),
    "a hold from the other root": lambda: vanishes(
        "", e.memory_error.subs(e.hold, e.required_hold.subs(e.weight_decay, 2 * e.weight_decay)) - e.tolerance
    ),
    "a diffusion of the plain mean of both": lambda: vanishes(
        "", e.internal_diffusion - (e.noise**2 + e.memory_noise**2) / 4
    ),
    "Stratonovich's mean in Ito's equation": lambda: vanishes(
        "", e.held_strength - e.hold * e.remembered_strength / (e.hold + 2 * e.weight_decay)
    ),
    "reads at half the rate": lambda: vanishes(
        "", e.resetting_error.subs(e.rate, e.rate / 2) - e.resetting_error
    ),
    "a hold that does not lapse": lambda: solves(
        "", e.lapsing_variance, e.time, e.noise**2 - 2 * e.hold * e.lapsing_variance
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variant_is_rejected(case):
    assert not WRONG[case]().holds


def replaced(law, **parts):
    return law.replace(**{name: {**getattr(law, name), **part} for name, part in parts.items()})


FAULTS = {
    "a hold that learns nothing of effort": (
        replaced(outside, growth={goal: outside.growth[goal].subs(effort.variable, 1)}), "lapsing_variance"
    ),
    "noise a fifth too strong": (
        replaced(outside, noise={goal: outside.noise[goal] * sympy.Rational(6, 5)}), "danger_window"
    ),
    "the leak read at half": (
        outside.replace(reward=outside.reward.subs(sympy.Symbol("max_awareness", nonnegative=True),
                                                   sympy.Symbol("max_awareness", nonnegative=True) / 2)),
        "leaky_half_life",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_law_turns_the_check_red(fault):
    """The same points agree with the right law and disagree with the faulty one."""
    law, name = FAULTS[fault]
    right = NAMES[f"preservation.{name}"]
    (wrong,) = [one for one in predictions_of(preservation, law) if one.name == right.name]
    for one, wanted in ((right, "agrees"), (wrong, "disagrees")):
        assert {row.verdict for row in check(one, points=1)} == {wanted}


def test_the_proofs_reject_a_faulty_law():
    idle, _ = FAULTS["a hold that learns nothing of effort"]
    louder = replaced(preservation, noise={goal: 2 * preservation.noise[goal]})
    for proof, wrong in ((proofs.lapsing_variance, idle), (proofs.internal_diffusion, louder)):
        assert not all(obligation.holds for obligation in proof(wrong))


def test_stratonovich_for_ito_turns_the_check_red():
    trait = strength.traits[0]
    wrong = strength.replace(growth={trait: strength.growth[trait] - ito})
    verdicts = [{row.verdict for row in check(of_strengths(law), points=1)} for law in (strength, wrong)]
    assert verdicts == [{"agrees"}, {"disagrees"}]
    assert not all(obligation.holds for obligation in proofs.held_strength(wrong))


def step_errors(steps=(8, 16, 32)):
    """Return how far the mean goal is from the exponential of the pair at coarse steps, without noise.

    From a memory that is elsewhere: from goal = memory the two orders differ in the memory's last half-step only.
    """
    motion = np.array([[-1.3, 1.0], [0.5, -0.5]])
    wanted = float((expm(2.0 * motion) @ [1.0, 0.0])[0])
    here = {**FROM_OUTSIDE, **PAIR, **ONE, "weight_decay": 0.3, "start": [1.0], "noise": 0.0, "memory_noise": 0.0}
    return [
        float(simulate(preservation.experiment(method="stepped", measures=("goal_component",), steps=count),
                       replicates=2, discretization=False, time=2.0, **here).goal_component) - wanted
        for count in steps
    ]  # fmt: skip


def test_memory_updated_after_the_goal_instead_of_with_it(monkeypatch):
    """The planted fault makes the step one of order 1: halving it must cut the error to a quarter, and does by half."""
    right = step_errors()
    assert all(abs(coarse / fine - 4.0) < 0.3 for coarse, fine in itertools.pairwise(right))
    split = step.split_step

    def after(model):
        others = [one for one in model.traits if one != memory]
        moves = [(one, step.STEP, 0) for one in (*others, memory)]
        statements = tuple(statement for move in moves for statement in step.move(model, *move))
        slots = tuple(step.Slot(one, 0) for one, *_ in moves if step.is_noisy(model, one))
        return step.Step(statements, slots, split(model).order)

    monkeypatch.setattr(kernels, "split_step", after)
    monkeypatch.setattr(kernels, "_made", {})
    wrong = step_errors()
    assert all(abs(coarse / fine - 2.0) < 0.3 for coarse, fine in itertools.pairwise(wrong))
    assert abs(wrong[-1]) > 10 * abs(right[-1])


def test_a_memory_that_follows_the_shares_holds_nothing():
    """Planted: shares restored to where they are, not to where they were."""
    trait = shares.traits[1]
    wrong = replaced(shares, growth={trait: shares.growth[trait].subs(shares.parameter("hold").variable, 0)})
    for law, wanted in ((shares, "agrees"), (wrong, "disagrees")):
        assert {row.verdict for row in check(of_shares(law), points=1)} == {wanted}
    assert not all(obligation.holds for obligation in proofs.held_shares(wrong))


@pytest.mark.parametrize("name", ["leaky_half_life", "danger_window", "freezing_error", "held_shares"])
def test_a_formula_two_per_cent_off_is_rejected(name):
    right = NAMES[f"preservation.{name}"]
    wrong = right.replace(formula=lambda **point: 1.02 * right(**point))
    assert {row.verdict for row in check(wrong, points=1)} == {"disagrees"}


def test_required_hold_inverts_memory_error():
    """To 1e-9, relatively, wherever it is positive; where it is not, no hold is needed."""
    generator, positive = np.random.default_rng(1), 0
    for _ in range(2000):
        tolerance, decay, sigma, norm = np.exp(generator.uniform(-6.0, 4.0, 4))
        dim = int(generator.integers(1, 500))
        needed = float(formulas.required_hold(tolerance, decay, sigma, norm, dim))
        found = float(formulas.memory_error(needed, decay, sigma, norm, dim))
        if needed > 0.0:
            positive += 1
            assert abs(found / tolerance - 1.0) < 1e-9
        else:
            assert found <= tolerance * (1.0 + 1e-12)
    assert 500 < positive < 1950


@pytest.mark.parametrize("hold", [0.3, 2.0])
def test_memory_error_by_simulation(hold):
    point = {"weight_decay": 0.2, "noise": 0.5}
    start = {"dim": 6, "start": [1.5] + [0.0] * 5, "remembered": [1.5] + [0.0] * 5}
    found = simulate(outside.experiment(method="stepped", measures=("memory_error",), steps=120), replicates=12_000,
                     seed=3, time=40.0, hold=hold, **FROM_OUTSIDE, **point, **start)  # fmt: skip
    wanted = formulas.memory_error(hold, memory_norm=1.5, dim=6, **point)
    error = float(found.memory_error_se)
    assert abs(float(found.memory_error) - wanted) < Z * error
    assert abs(float(found.memory_error) - 1.05 * wanted) > Z * error


def test_lyapunov_covariances_by_simulation():
    """Settled with decay (rate 0.063: 80 time units leave exp(-10)): every entry of P, and of goal less memory."""
    measures = ("goal_component", "memory_component", "gap_component")
    agents, decay = 12_000, 0.2
    found = simulate(
        preservation.experiment(method="stepped", measures=measures, steps=320), replicates=agents, seed=4, time=80.0,
        keep="samples", weight_decay=decay, **FROM_OUTSIDE, **PAIR, **ONE,
    )  # fmt: skip
    g, m, gap = (found[f"{name}_samples"].values for name in measures)
    motion = np.array([[-decay - 1.0, 1.0], [0.5, -0.5]])
    p = solve_continuous_lyapunov(motion, -np.diag([0.25, 0.09]))
    ours = (formulas.internal_variance, formulas.internal_covariance, formulas.internal_memory_variance)
    entries = [float(one(weight_decay=decay, **PAIR)) for one in ours]
    np.testing.assert_allclose(entries, [p[0, 0], p[0, 1], p[1, 1]], rtol=1e-12)
    error = np.sqrt(2.0 / agents)
    for samples, wanted in ((g, p[0, 0]), (m, p[1, 1]), (gap, p[0, 0] - 2 * p[0, 1] + p[1, 1])):
        assert abs(samples.var() / wanted - 1.0) < Z * error
        assert abs(samples.var() / wanted - 1.1) > Z * error
    assert abs(np.mean(g * m) - p[0, 1]) < Z * np.std(g * m) / np.sqrt(agents)


def test_inside_the_goal_diffuses_at_the_common_modes_rate():
    """The slope of the goal's variance, with its interval from forty groups; no memory's slope is outside it."""
    times, groups = np.linspace(10.0, 60.0, 11), 40
    made = preservation.experiment(
        method="stepped", measures=("goal_component", "gap_component"), times=times, steps=300
    )
    found = simulate(made, replicates=300 * groups, seed=5, keep="samples", **FROM_OUTSIDE, **PAIR, **ONE)
    spread = found.goal_component_samples.values.reshape(groups, 300, times.size).var(axis=1, ddof=1)
    slopes = np.polyfit(times, spread.T, 1)[0]
    slope, error = slopes.mean(), slopes.std(ddof=1) / np.sqrt(groups)
    wanted = formulas.internal_diffusion(**PAIR)
    assert abs(slope - wanted) < Z * error
    assert Z * error < 0.1 * wanted
    assert slope + Z * error < 0.25  # slowed, against sigma^2 without memory
    assert slope - Z * error > 0.0  # but not stopped
    bounded = found.gap_component_samples.values.var(axis=0)
    np.testing.assert_allclose(bounded, 0.34 / 3.0, rtol=Z * np.sqrt(2 / 12_000) * 1.2)


def test_no_memory_inside_is_better_than_the_bound():
    ratio = np.geomspace(1e-4, 1e4, 400)
    least = 0.25 * 0.09 / 0.34
    slopes = formulas.internal_diffusion(1.0, ratio, 0.5, 0.3)
    assert np.all(slopes >= least * (1 - 1e-12))
    assert slopes.min() < least * 1.001
    louder = formulas.internal_diffusion(1.0, ratio, 0.5, 0.5 * np.sqrt(1 + 2 * ratio) * 1.01)
    assert np.all(louder > 0.25)


@pytest.mark.parametrize("depth", [1.0, 2.0, 3.0])
def test_freezing_part_of_the_features(depth):
    """On the law of shares, against the exact clock: what is frozen keeps its share, the rest goes on."""
    point = {"efficiency": [1.6, 1.2, 0.8, 0.5], "frozen": [0, 0, 1, 1], "weight_decay": 0.25}
    begun, times = np.array([0.1, 0.3, 0.4, 0.2]), [0.5, 2.0, 6.0, 20.0]
    frozen = theory.get("simplification.frozen_shares").formula
    wanted = [
        frozen(start=begun / np.array(point["efficiency"]), depth=depth, time=time, freeze_time=2.0, **point)
        for time in times
    ]
    found = simulate(shares.experiment("flow", times=times), replicates=2, features=4, start=begun, hold=0.0,
                     depth=depth, freeze_time=2.0, **point)  # fmt: skip
    np.testing.assert_allclose(found.shares, wanted, atol=1e-5)
    np.testing.assert_allclose(found.shares[3, 2:], found.shares[1, 2:], atol=1e-5)
    unfrozen = simulate(shares.experiment("flow", times=times), replicates=2, features=4, start=begun, hold=0.0,
                        depth=depth, **{**point, "frozen": 0.0})  # fmt: skip
    assert np.max(np.abs(unfrozen.shares.values[3] - wanted[3])) > 0.05


def test_memory_keeps_shares_that_decay_would_take():
    kept = formulas.held_shares([0.2, 0.3, 0.5], [1.5, 1.0, 0.5], 0.1, 0.1)
    assert np.all(kept > 0.04)
    weak, strong = (formulas.held_shares([0.2, 0.3, 0.5], [1.5, 1.0, 0.5], 0.1, hold) for hold in (1e-3, 100.0))
    assert weak[0] > 0.98
    np.testing.assert_allclose(strong, [0.2, 0.3, 0.5], atol=1e-3)


def test_hacking_that_costs_only_delays():
    """By simulation: with a cost the variance keeps growing at noise^2 per unit of time, without one it has stopped."""
    made = outside.experiment(method="stepped", measures=("goal_component",), times=[12.0, 16.0], steps=160)
    given = {**BY_HACKING, **ONE, "hold": 1.0, "noise": 0.5}
    agents = 20_000
    for cost, growth in ((0.0, 0.0), (1.0, 0.25)):
        found = simulate(made, replicates=agents, seed=6, cost=cost, **given)
        early, late = found.goal_component_var.values
        assert abs((late - early) / 4.0 - growth) < Z * late * np.sqrt(4 / agents) / 4.0
        wanted = formulas.lapsing_variance(1.0, 1.0, cost, 0.5, np.array([12.0, 16.0]))
        np.testing.assert_allclose([early, late], wanted, rtol=Z * np.sqrt(2 / agents) + 0.002)


def test_predictions_take_the_keywords_of_the_theory():
    window = ("noise", "growth", "threshold", "initial_capability", "hacking_threshold")
    wanted = {
        "leaky_half_life": ("pull", "max_awareness"),
        "danger_window": window,
        "memory_error": ("hold", "weight_decay", "noise", "memory_norm", "dim"),
        "required_hold": ("tolerance", "weight_decay", "noise", "memory_norm", "dim"),
        "internal_diffusion": ("hold", "tracking", "noise", "memory_noise"),
        "resetting_variance": ("noise", "rate"),
    }
    for name, keywords in wanted.items():
        assert theory.get(f"preservation.{name}").keywords[: len(keywords)] == keywords
    assert theory.get("preservation.resetting_variance")(noise=2.0, rate=4.0) == 1.0
    assert (
        theory.get("preservation.danger_window")(
            **dict.fromkeys(window, 1.0),
        )
        == 0.0
    )


def test_formulas_broadcast_and_have_their_limits():
    assert formulas.leaky_half_life([[1.0], [2.0]], [0.0, 0.5, 1.0]).shape == (2, 3)
    assert np.isposinf(formulas.internal_variance(1.0, 0.5, 0.0, 0.5, 0.3))
    np.testing.assert_allclose(formulas.internal_gap_variance(1.0, 0.5, 0.0, 0.5, 0.3), 0.34 / 3.0)
    np.testing.assert_allclose(formulas.internal_variance(1.0, 0.5, 0.2, 0.5, 0.3, 1e-6), 0.25e-6, rtol=1e-5)
    np.testing.assert_allclose(formulas.memory_error(0.0, 0.5, 0.2, 2.0, 3), 4.0 + 3 * 0.04)
    np.testing.assert_allclose(formulas.required_hold([0.1, 1e9], 0.5, 0.2, 0.0, 3), [0.1, 0.0], rtol=1e-12)
    edges = np.array([-np.inf, 0.0, np.inf])
    np.testing.assert_allclose(formulas.resetting_distribution(1.0, 2.0, edges), [0.0, 0.5, 1.0])
    # A steady hold is worth twice as much as reads at its rate, and a freeze as much as reads.
    np.testing.assert_allclose(formulas.resetting_variance(0.3, 2.0), formulas.memory_error(1.0, 0.0, 0.3, 0.0, 1))
    np.testing.assert_allclose(
        formulas.freezing_error(2.0, 0.0, 0.3, 1.0, 4), 4 * formulas.resetting_variance(0.3, 2.0)
    )


def test_retention_is_the_cosine_that_the_window_leaves():
    """Aware from the start: at the first hold the goal is normal about what it was, with the window's variance."""
    point = {"noise": 0.4, "growth": 0.5, "threshold": 0.0, "initial_capability": 0.5, "hacking_threshold": 2.0}
    found = simulate(course(outside, steps=8), replicates=20_000, seed=7, time=3.0, dim=5, width=1e-9, pull=2.0,
                     start=[1.2] + [0.0] * 4, **point)  # fmt: skip
    spread = formulas.danger_window(**point)
    wanted = theory.get("goal_drift.cosine_to_start")(mean_norm=1.2, variance=spread, dim=5)
    error = float(found.retention_se)
    assert abs(float(found.retention) - wanted) < Z * error
    wider = theory.get("goal_drift.cosine_to_start")(mean_norm=1.2, variance=1.1 * spread, dim=5)
    assert abs(float(found.retention) - wider) > Z * error


def test_an_earlier_memory_shortens_the_window_and_a_later_one_does_not():
    window = {"noise": 0.4, "growth": 0.5, "threshold": 1.0, "initial_capability": 0.0, "hacking_threshold": 3.0}
    alone = formulas.danger_window(**window)
    assert formulas.danger_window(**window, memory_threshold=2.0) == alone / 2
    assert formulas.danger_window(**window, memory_threshold=4.0) == alone
    assert formulas.danger_window(**window, memory_threshold=0.5) == 0.0


def test_a_claim_may_have_parts():
    keys = [claim.key for claim in claims]
    assert keys.index("G8") < keys.index("G10a") if "G8" in keys else "G10a" in keys
    assert keys.index("G7") < keys.index("G10a") < keys.index("G11") < keys.index("G12")
