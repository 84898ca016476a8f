"""The laws of preservation against plain twins: bare drifts integrated, Euler's scheme, and reads that come by chance.

Z = 4 standard errors is a two-sided false-alarm rate of 6e-5 a comparison; there are about thirty, at fixed seeds.
Where a twin makes steps of its own, what those leave is allowed for beside the errors, and is stated there.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from simulator import Exponential, Normal, simulate
from simulator.models.preservation import outside, preservation
from simulator.models.preservation.course import course, moments
from simulator.models.preservation.law import NEVER
from simulator.models.preservation.resetting import freezing, resetting
from simulator.models.preservation.shares import shares
from simulator.models.preservation.strength import ito, strength, weight

Z = 4.0
WHOLE = {
    "dim": 2, "pull": 0.8, "base": [1.0, 0.5], "start": [0.2, -1.0], "remembered": [0.0, -0.7], "max_awareness": 0.9,
    "threshold": 0.5, "hacking_threshold": 1.2, "memory_threshold": 1.6, "width": 0.15, "initial_capability": 0.0,
    "growth": 0.6, "weight_decay": 0.1, "noise": 0.4, "hold": 1.1, "writing": 0.9, "tracking": 0.4, "memory_noise": 0.3,
    "initial_effort": 0.9, "cost": 0.5, "ease": 0.7,
}  # fmt: skip


def rates(now, effort, goal, memory, p=WHOLE):
    """The law as it is written down: the drifts of effort, memory and goal, component by component."""

    def passed(level):
        return 1 / (1 + np.exp(-(p["initial_capability"] + p["growth"] * now - level) / p["width"]))

    hacks, reads = passed(p["hacking_threshold"]), passed(p["memory_threshold"])
    held = p["hold"] * (effort * hacks + reads - effort * hacks * reads)
    follows = p["tracking"] + p["writing"] * (1 - hacks) * (1 - reads)
    away = p["pull"] * (1 - p["max_awareness"] * passed(p["threshold"]))
    base = np.array(p["base"]).reshape(-1, *[1] * (np.ndim(goal) - 1))
    return (
        -p["ease"] * p["cost"] * hacks * effort,
        follows * (goal - memory),
        -away * (goal - base) - p["weight_decay"] * goal - held * (goal - memory),
    )


@pytest.mark.parametrize("frozen", [NEVER, 2.2])
def test_the_law_is_what_it_says(frozen):
    times = [0.5, 2.0, 5.0]

    def rate(now, z):
        effort, memory, goal = rates(now, z[0], z[3:], z[1:3])
        return np.concatenate([[effort], (now < frozen) * memory, (now < frozen) * goal])

    begun = [WHOLE["initial_effort"], *WHOLE["remembered"], *WHOLE["start"]]
    path = solve_ivp(rate, (0, 5), begun, t_eval=times, method="RK45", rtol=1e-9, atol=1e-11, max_step=0.01)
    made = preservation.experiment("flow", times=times, measures=("effort", "memory", "goal"))
    found = simulate(made, replicates=2, **WHOLE, freeze_time=frozen)
    allowed = 1e-6 if frozen == NEVER else 1e-4  # a solver finds a freeze within its step only
    np.testing.assert_allclose(found.effort, path.y[0], atol=1e-6)
    np.testing.assert_allclose(found.memory, path.y[1:3].T, atol=allowed)
    np.testing.assert_allclose(found.goal, path.y[3:].T, atol=allowed)


def test_the_law_spreads_as_eulers_scheme_does():
    """All at once: leak, hacking with a cost, memory read, written and tracked. Euler's steps leave under 1 %."""
    agents, steps, end = 12_000, 500, 4.0
    generator, h = np.random.default_rng(3), end / steps
    effort = WHOLE["initial_effort"]
    goal, memory = (np.repeat(np.array(WHOLE[name])[:, None], agents, axis=1) for name in ("start", "remembered"))
    for step in range(steps):
        slower, tracks, drift = rates(step * h, effort, goal, memory)
        effort = effort + h * slower
        shocks = np.sqrt(h) * generator.standard_normal((2, 2, agents))
        goal, memory = goal + h * drift + WHOLE["noise"] * shocks[0], memory + h * tracks + 0.3 * shocks[1]
    found = simulate(preservation.experiment(method="stepped", measures=("goal", "memory"), steps=64), time=end,
                     replicates=agents, seed=4, keep="samples", **WHOLE)  # fmt: skip
    for name, twin in (("goal", goal), ("memory", memory)):
        ours = found[f"{name}_samples"].values.T
        for j in range(2):
            spread = twin[j].var()
            assert abs(ours[j].mean() - twin[j].mean()) < Z * np.sqrt(2 * spread / agents) + 0.005
            assert abs(ours[j].var() / spread - 1) < Z * np.sqrt(4 / agents) + 0.01
    ours = found["goal_samples"].values - found["memory_samples"].values
    gap = (goal - memory).var(axis=1)
    np.testing.assert_allclose(ours.var(axis=0), gap, rtol=Z * np.sqrt(4 / agents) + 0.01)
    assert abs(ours.var(axis=0)[0] / found["goal_samples"].values.var(axis=0)[0] - 1) > 0.1  # what is held is not free


def test_outside_is_the_law_with_a_memory_that_stands_still():
    times, given = [1.0, 3.0], {"hold": 0.7, "memory_threshold": 0.4, "noise": 0.5, "weight_decay": 0.2, "dim": 3}
    one, two = (simulate(law.experiment("flow", times=times), replicates=2, **given) for law in (outside, preservation))
    for measure in ("memory_error", "alignment", "kept_distance", "hold_now"):
        np.testing.assert_allclose(one[measure], two[measure], rtol=1e-9)
    assert outside.structure().exact


SHARP = {"width": 1e-9, "hold": 5.0, "noise": 0.3, "growth": 0.5, "threshold": 1.0, "hacking_threshold": 3.0, "dim": 4}


def test_a_course_compares_a_goal_with_itself():
    """Free from capability 1 to 3, a time of 4: sigma^2 4 = 0.36 a component; a goal that is written then is kept."""
    fixed, written = (
        simulate(course(law, steps=16), replicates=4000, seed=2, time=10.0, start=[2.0, 0.0, 0.0, 0.0], **SHARP, **more)
        for law, more in ((outside, {"remembered": [0.0] * 4}), (preservation, {"writing": 1e6}))
    )
    for found in (fixed, written):
        assert abs(float(found.window_drift) - 0.36) < Z * float(found.window_drift_se)
        assert abs(float(found.window_drift) - 0.40) > Z * float(found.window_drift_se)
    held = 0.09 / 10  # sigma^2/(2 hold), a component
    assert abs(float(written.memory_error) - 4 * held) < Z * float(written.memory_error_se)
    assert abs(float(fixed.memory_error) - 4 * held) < Z * float(fixed.memory_error_se)
    assert abs(float(written.kept_drift) - 0.36 - held) < Z * float(written.kept_drift_se)
    # Who wrote in time still points where it did at awareness; who holds to another memory does not.
    assert float(written.retention) > 0.5 > 0.2 > abs(float(fixed.retention))


def test_moments_that_have_not_come_do_not_apply():
    early = simulate(course(outside, steps=4), replicates=10, time=1.0, **SHARP)
    assert np.isnan(float(early.retention))
    assert np.isnan(float(early.window_drift))
    later = simulate(course(outside, steps=4), replicates=10, time=3.0, **SHARP)
    assert float(later.retention) > 0.0
    assert np.isnan(float(later.window_drift))
    never = {"growth": 0.0, "threshold": 1.0, "initial_capability": 0.0, "hacking_threshold": -1.0}
    assert moments({**never, "memory_threshold": NEVER}) == (np.inf, 0.0)
    hacks_first = simulate(course(outside, steps=4), replicates=10, time=3.0, **{**SHARP, "hacking_threshold": 0.5})
    assert float(hacks_first.window_drift) == 0.0


@pytest.mark.parametrize("name", ["threshold", "growth", "freeze_time"])
def test_a_course_needs_its_moments(name):
    with pytest.raises(ValueError, match=f"{name}: got a distribution; must be one number for all replicates"):
        simulate(course(outside, steps=4), replicates=10, time=1.0, **{**SHARP, name: Normal(1.0, 0.0)})


READ = {
    "dim": 1,
    "start": [1.0],
    "remembered": [1.0],
    "noise": 0.8,
    "rate": 0.7,
    "weight_decay": 0.3,
    "read_noise": 0.2,
}


def test_reads_are_as_if_they_came_by_chance_in_small_steps():
    """Euler's scheme that reads with the chance rate h in every step; 1 % is left for its steps."""
    agents, h = 20_000, 0.01
    generator, goal = np.random.default_rng(7), np.full(20_000, 1.0)
    for _ in range(int(10.0 / h)):
        goal = goal - 0.3 * goal * h + 0.8 * np.sqrt(h) * generator.standard_normal(agents)
        read = np.flatnonzero(generator.random(agents) < 0.7 * h)
        goal[read] = 1.0 + 0.2 * generator.standard_normal(read.size)
    found = simulate(resetting, replicates=agents, seed=8, keep="samples", time=10.0, **READ)
    ours, twin = found.gap_component_samples.values, goal - 1.0
    for power in (1, 2, 4):
        a, b = ours**power, twin**power
        error = np.sqrt((a.var() + b.var()) / agents)
        assert abs(a.mean() - b.mean()) < Z * error + 0.01 * abs(b.mean())
    assert abs(float(found.reads) - 7.0) < Z * float(found.reads_se)
    assert abs((ours**2).mean() / (twin**2).mean() - 1.05) > 0.01


def test_resetting_settles_to_a_kurtosis_of_six():
    """Variance sigma^2/nu and kurtosis 6; the kurtosis's error by the delta method. Without reads it is normal's 3."""
    found = simulate(resetting, replicates=100_000, seed=1, keep="samples", time=25.0,
                     **{**READ, "weight_decay": 0.0, "read_noise": 0.0})  # fmt: skip
    x = found.gap_component_samples.values
    second, fourth = (x**2).mean(), (x**4).mean()
    assert abs(second - 0.64 / 0.7) < Z * (x**2).std() / np.sqrt(x.size)
    assert abs(second - 1.05 * 0.64 / 0.7) > Z * (x**2).std() / np.sqrt(x.size)
    influence = x**4 / second**2 - 2 * fourth / second**3 * x**2
    error = influence.std() / np.sqrt(x.size)
    assert abs(fourth / second**2 - 6.0) < Z * error
    assert error < 0.2
    free = simulate(resetting, replicates=20_000, seed=2, keep="samples", time=5.0,
                    **{**READ, "weight_decay": 0.0, "rate": 0.0})  # fmt: skip
    y = free.gap_component_samples.values
    assert abs(y.var() / (0.64 * 5.0) - 1) < Z * np.sqrt(2 / y.size)
    assert abs((y**4).mean() / (y**2).mean() ** 2 - 3.0) < Z * np.sqrt(24 / y.size)


def test_the_law_frozen_with_a_hazard_is_the_jump_process():
    """E|g - g0|^2 = 2|g0|^2 lambda^2/((phi + lambda)(phi + 2 lambda)) + d sigma^2/(phi + 2 lambda) = 0.8074."""
    given = {"dim": 2, "weight_decay": 0.4, "noise": 0.6, "start": [1.5, 0.0]}
    wanted = 2 * 2.25 * 0.16 / (1.0 * 1.4) + 2 * 0.36 / 1.4
    law = simulate(
        outside.experiment(method="stepped", measures=("drift",), steps=300), replicates=8_000, seed=5, time=25.0,
        hold=0.0, initial_capability=50.0, growth=0.0, freeze_time=Exponential(1 / 0.6), **given,
    )  # fmt: skip
    assert abs(2 * float(law.drift) - wanted) < Z * 2 * float(law.drift_se) + 2 * float(law.drift_de)
    jumps = simulate(freezing, replicates=100_000, seed=6, time=25.0, hazard=0.6, **given)
    assert abs(float(jumps.frozen_error) - wanted) < Z * float(jumps.frozen_error_se)
    assert abs(float(jumps.frozen_error) - 1.03 * wanted) > Z * float(jumps.frozen_error_se)
    assert float(jumps.frozen) == 1.0


def test_what_is_frozen_moves_no_more():
    times = [1.0, 2.0, 5.0]
    found = simulate(preservation.experiment(method="stepped", times=times, measures=("goal", "memory"), steps=50),
                     replicates=50, keep="samples", **WHOLE, freeze_time=1.5)  # fmt: skip
    for name in ("goal_samples", "memory_samples"):
        seen = found[name].values
        np.testing.assert_array_equal(seen[:, 1], seen[:, 2])
        assert np.all(seen[:, 0] != seen[:, 1])


STRONG = {"noise": 0.5, "hold": 1.0, "weight_decay": 0.1, "remembered_strength": 1.5, "time": 8.0}
MEAN, VARIANCE = 1.625 / 1.2, 0.25 * 1.625 / 1.2**2


def strengths(law, agents=40_000):
    made = law.experiment(method="stepped", measures=("held",), steps=256)
    found = simulate(made, replicates=agents, seed=9, **STRONG)
    return float(found.held), float(found.held_se), float(found.held_var)


@pytest.mark.parametrize("law", [strength, weight])
def test_a_strength_and_its_weight_agree(law):
    """Euler's steps of 1/32 leave up to 2 % of the variance."""
    mean, error, variance = strengths(law)
    assert abs(mean - MEAN) < Z * error
    assert abs(variance / VARIANCE - 1) < Z * np.sqrt(2.6 / 40_000) + 0.02


def test_stratonovichs_drift_in_itos_sense_is_another_law():
    """The planted fault: the drift that the metric's dependence on the state makes is left out."""
    trait = strength.traits[0]
    wrong = strength.replace(growth={trait: strength.growth[trait] - ito})
    mean, error, _ = strengths(wrong)
    assert abs(mean - MEAN) > 20 * error
    assert abs(mean - 1.5 / 1.2) < Z * error


@pytest.mark.parametrize("depth", [1.0, 2.0, 3.5])
def test_shares_follow_their_law(depth):
    h, m, f, times = np.array([1.5, 1.0, 0.6]), np.array([0.2, 0.3, 0.5]), np.array([0.0, 0.0, 1.0]), [0.5, 2.0, 6.0]

    def rate(now, p):
        moves = np.where(now < 3.0, 1.0, 1.0 - f)
        lost = depth * 0.3 * p + 0.1 * (p - m)
        gain = depth * h ** (2 / depth) * p ** (2 - 2 / depth)
        return moves * (gain * (moves @ lost) / (moves @ gain) - lost)

    path = solve_ivp(rate, (0, 6), [0.5, 0.3, 0.2], t_eval=times, rtol=1e-10, atol=1e-12, max_step=0.01)
    found = simulate(shares.experiment("flow", times=times), replicates=2, efficiency=h, remembered=m, frozen=f,
                     start=[0.5, 0.3, 0.2], weight_decay=0.3, hold=0.1, depth=depth, freeze_time=3.0)  # fmt: skip
    np.testing.assert_allclose(found.shares, path.y.T, atol=2e-5)
    np.testing.assert_allclose(found.shares.sum(axis=-1), 1.0, rtol=1e-9)
    last = found.shares.values[-1]
    cosine = last @ m / np.sqrt(last @ last * (m @ m))
    np.testing.assert_allclose(found.cosine_to_memory[-1], cosine, rtol=1e-12)
