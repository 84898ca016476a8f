"""The isotropic reduction: a turned frame with a chi for the rest has the law of all components, step by step.

Every case compares samples with the reduction to samples without it: means, variances, and whole distributions.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, ncx2

from simulator import Model, Normal, Sphere, Trait, total
from simulator.levels.langevin import noise as noise_module
from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.frame import Frame
from simulator.models.goal_drift import cosine, goal_drift, several_prerequisites
from simulator.parameter import resolve

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; about 700 comparisons of moments in this file: 4e-4 in all
EVEN = 1e-6  # false alarm rate of a comparison of distributions, of which there are about 250

goal = goal_drift.traits[1]
base, start, noise, pull = (goal_drift.parameter(name) for name in ("base", "start", "noise", "pull"))
TIMES = [0.4, 1.5]


def samples(model, reduction, replicates=4000, method="exact", measures=None, seed=1, times=TIMES, **point):
    made = model.experiment(times=times, method=method, steps=12, reduction=reduction, measures=measures)
    generator = np.random.default_rng([seed, reduction])
    return made.sample(resolve(made.parameters, point), replicates, generator)


def furthest(one, other):
    """The largest difference of means and variances in standard errors, and of distributions as -log10 p.

    Two distributions are compared by how far their empirical functions are apart (Kolmogorov and Smirnov).
    """
    moments, apart = [0.0], [0.0]
    for name in one:
        a, b = np.asarray(one[name], float), np.asarray(other[name], float)
        n = len(a)
        for f in (lambda z: z, lambda z: (z - z.mean(0)) ** 2):
            error = np.sqrt((f(a).var(0) + f(b).var(0)) / n) + 1e-12 * np.abs(f(a).mean(0)) + 1e-300
            moments.append(np.max(np.abs(f(a).mean(0) - f(b).mean(0)) / error))
        apart += [distance(u, v) for u, v in zip(a.T, b.T, strict=True) if u.std() > 1e-9]
    return max(moments), max(apart)


def distance(one, other):
    """-log10 of Kolmogorov and Smirnov's two-sample p value, by its bound 2 exp(-2 n D^2), n the harmonic size."""
    n = one.size * other.size / (one.size + other.size)
    both = np.sort(np.concatenate([one, other]))
    d = np.abs(np.searchsorted(np.sort(one), both, "right") / one.size
               - np.searchsorted(np.sort(other), both, "right") / other.size).max()  # fmt: skip
    return (2 * n * d**2 - np.log(2)) / np.log(10)


def assert_alike(one, other):
    moments, apart = furthest(one, other)
    assert moments < Z
    assert apart < -np.log10(EVEN)


def started(model, value):
    return model.replace(initial=model.initial | {goal: value})


STARTS = {
    "given": goal_drift,
    "normal": started(goal_drift, Normal(0, noise)),
    "normal about a point": started(goal_drift, Normal(start - pull, noise)),
    "on a sphere": started(goal_drift, Sphere(pull)),
    "at ones": started(goal_drift, 1),
}
FROM_START = ("alignment", "cosine_to_start", "distance_to_base", "squared_displacement")
FROM_BASE = ("alignment", "distance_to_base", "base_component", "gate")


@pytest.mark.parametrize("d", [3, 4, 5, 16, 500])
@pytest.mark.parametrize("measures", [FROM_START, FROM_BASE])
def test_goal_drift_in_any_dimension(d, measures):
    """The fewer the components, the more a wrong chi shows; 3 without the start or 4 with it leave it just one."""
    options = {"measures": measures, "dim": d, "noise": 0.7, "replicates": 4000 if d < 500 else 500}
    assert_alike(samples(goal_drift, True, **options), samples(goal_drift, False, **options))


@pytest.mark.parametrize("d", [4, 9])
@pytest.mark.parametrize("measures", [FROM_START, FROM_BASE])
@pytest.mark.parametrize("name", STARTS)
def test_every_kind_of_start(name, measures, d):
    options = {"measures": measures, "dim": d, "noise": 0.6, "pull": 1.3}
    assert_alike(samples(STARTS[name], True, **options), samples(STARTS[name], False, **options))


# A gate that the goal itself drives, by its component along the base and by its length; and a scalar with noise beside.
nearness = Trait("nearness")
driven = goal_drift.replace(
    name="driven",
    growth=goal_drift.growth | {goal: pull * (base - goal) / (1 + total(goal * base) ** 2) - goal * total(goal**2) / 8},
    learner={},
)
beside = Model(
    "beside", (goal, nearness), 0, goal_drift.parameters, decay={goal: 1},
    growth={goal: nearness * base, nearness: total(goal * base) - nearness},
    noise={goal: noise, nearness: noise * (1 + total(goal**2)) / 4}, initial={goal: start, nearness: 0.2},
    measures={"alignment": cosine(goal, base), "length": total(goal**2), "nearness": nearness,
              "begun": total(goal * goal.initial)},
)  # fmt: skip
split = beside.replace(growth={goal: base, nearness: -nearness}, noise={goal: noise, nearness: 2 * noise})


@pytest.mark.parametrize("d", [4, 7])
@pytest.mark.parametrize("value", [start, Normal(start, noise), Sphere(pull)])
def test_a_law_that_the_goal_drives(value, d):
    options = {"measures": FROM_START, "dim": d, "noise": 0.8, "pull": 2.0, "method": "stepped"}
    law = started(driven, value)
    assert_alike(samples(law, True, **options), samples(law, False, **options))


@pytest.mark.parametrize(("law", "method"), [(beside, "stepped"), (split, "exact"), (split, "stepped")])
@pytest.mark.parametrize("d", [4, 6])
def test_a_scalar_with_noise_beside_the_vector(law, method, d):
    """Declared after the vector: the chi must not fall to it."""
    options = {"dim": d, "noise": 0.5, "method": method}
    options["measures"] = tuple(law.measures)
    assert_alike(samples(law, True, **options), samples(law, False, **options))


@pytest.mark.parametrize(("d", "spread"), [(4, 0.9), (12, 0.5)])
def test_agents_that_stop_by_the_length(d, spread):
    """Bridges of the norm between the steps, where the last row has just been drawn."""
    law = driven.replace(absorb={"far": 2.5 - total(goal**2), "near": 0.5 - total(goal * base)})
    options = {"dim": d, "noise": spread, "method": "stepped", "measures": FROM_START}
    one, other = (samples(law, reduction, **options) for reduction in (True, False))
    for sample in (one, other):
        assert min(sample[f"route_{route}"][:, 1].mean() for route in ("far", "near")) > 0.05
        time = sample.pop("stopping_time")[:, 1]
        sample["running"], sample["time"] = np.isnan(time)[:, None], np.nan_to_num(time, nan=9.0)[:, None]
    assert_alike(one, other)


def test_several_times_are_one_path():
    """The covariance of two times, not each time alone."""
    for method in ("exact", "stepped"):
        one, other = (
            samples(goal_drift, reduction, measures=FROM_START, dim=5, noise=0.6, method=method, times=[0.3, 0.8, 2.0])
            for reduction in (True, False)
        )
        for sample in (one, other):
            for name in FROM_START:
                z = sample[name] - sample[name].mean(0)
                sample[name] = np.stack([z[:, 0] * z[:, 1], z[:, 1] * z[:, 2], z[:, 0] * z[:, 2]], axis=1)
        assert furthest(one, other)[0] < Z


def test_drawn_scalars_and_a_vector_elsewhere():
    options = {"measures": FROM_START, "dim": 5, "growth": Normal(1, 0.2), "pull": Normal(1, 0.1), "noise": 0.5}
    assert_alike(samples(goal_drift, True, **options), samples(goal_drift, False, **options))
    options = {"measures": FROM_BASE, "dim": 5, "prerequisites": 7, "noise": 0.5}
    assert_alike(samples(several_prerequisites, True, **options), samples(several_prerequisites, False, **options))


def test_directions_that_lie_together_or_vanish():
    """A start along the base, or a base of 0: the directions span less than they count."""
    for point in ({"start": lambda n: 2 * np.eye(n)[0]}, {"base": lambda n: np.zeros(n)}):
        options = {"measures": ("distance_to_base", "squared_displacement"), "dim": 5, "noise": 0.6} | point
        assert_alike(samples(goal_drift, True, **options), samples(goal_drift, False, **options))


def test_the_law_of_the_squared_length():
    """Without pull |g|^2/(noise^2 t) is a noncentral chi-square of d degrees: the reduction against a closed form."""
    for d in (3, 8):
        for method in ("exact", "stepped"):
            options = {"measures": ("reward",), "dim": d, "noise": 0.5, "growth": 0.0, "threshold": -1e9, "value": 0.0}
            law = goal_drift.replace(reward=total(goal**2), learner={}, noise={goal: noise})
            found = samples(law, True, method=method, **options)["reward"][:, 1] / (0.25 * 1.5)
            assert kstest(found, ncx2(d, 1 / (0.25 * 1.5)).cdf).pvalue > EVEN
            wrong = kstest(found, ncx2(d + 1, 1 / (0.25 * 1.5)).cdf).pvalue
            assert wrong < EVEN


def test_too_few_components_are_carried_as_they_are():
    """With as few components as rows nothing is saved, and the very numbers are those without the reduction."""
    for d, fewer in ((1, False), (2, False), (3, False), (4, True)):
        made = [
            goal_drift.experiment(
                times=[1.0], measures=("cosine_to_start", "alignment"), method="exact", reduction=wanted
            )
            for wanted in (True, False)
        ]
        point = resolve(made[0].parameters, {"dim": d})
        one, other = (e.sample(point, 100, np.random.default_rng(1))["alignment"] for e in made)
        assert np.array_equal(one, other) != fewer
        assert made[0].components(point) - 1 == min(d, 4)


def test_directions_that_are_drawn_are_carried_as_they_are():
    made = [goal_drift.experiment(times=[1.0], measures=FROM_BASE, reduction=wanted) for wanted in (True, False)]
    point = resolve(made[0].parameters, {"dim": 8, "base": Normal(0, 1)})
    one, other = (e.sample(point, 100, np.random.default_rng(1))["alignment"] for e in made)
    assert np.array_equal(one, other)


def test_automatic_reduction_is_said():
    assert goal_drift.experiment(measures=FROM_BASE).identity["reduction"] is True
    assert goal_drift.experiment(measures=FROM_BASE, reduction=False).identity["reduction"] is False
    assert goal_drift.experiment(measures=FROM_BASE, method="stepped").identity["reduction"] is False
    assert goal_drift.experiment().identity["reduction"] is False  # behavior needs components


def test_float32_and_mixed_normals():
    made = goal_drift.experiment(times=TIMES, method="exact", reduction=True, measures=FROM_BASE, dtype="float32",
                                 normals="mixed")  # fmt: skip
    one = made.sample(resolve(made.parameters, {"dim": 6, "noise": 0.5}), 4000, np.random.default_rng(5))
    other = samples(goal_drift, False, measures=FROM_BASE, dim=6, noise=0.5)
    assert_alike({name: one[name] for name in FROM_BASE}, {name: other[name] for name in FROM_BASE})


# Planted faults: each must be rejected by the comparison above.
def one_degree_too_many(monkeypatch):
    right = Independent.lengths
    monkeypatch.setattr(Independent, "lengths", lambda self, freedom, out: right(self, freedom + 1, out))


def never_turned(monkeypatch):
    monkeypatch.setattr(Frame, "turn", lambda self, state: None)


def turned_but_not_gathered(monkeypatch):
    def forget(self, state):
        state[self.trait][-1] = 0.0

    monkeypatch.setattr(Frame, "turn", forget)


def the_last_normal_for_the_chi(monkeypatch):
    monkeypatch.setattr(noise_module, "in_order", lambda slots: list(slots)[::-1])


FAULTS = {one_degree_too_many: goal_drift, never_turned: goal_drift, turned_but_not_gathered: goal_drift,
          the_last_normal_for_the_chi: split}  # fmt: skip


@pytest.mark.parametrize("method", ["exact", "stepped"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_planted_faults_are_rejected(fault, method, monkeypatch):
    law = FAULTS[fault]
    measures = tuple(law.measures) if law is split else FROM_START
    options = {"measures": measures, "dim": 5, "noise": 0.7, "method": method}
    right = samples(law, False, **options)
    fault(monkeypatch)
    moments, apart = furthest(samples(law, True, **options), right)
    assert moments > 2 * Z
    assert apart > -2 * np.log10(EVEN)
