"""Antithetic pairs and scrambled Sobol points: the right law, an honest error, and a gain where there is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import sympy
from scipy.special import ndtr
from scipy.stats import chi2, kstest, norm

from simulator import Model, Normal, Parameter, Sphere, Trait, Uniform, simulate, total
from simulator.estimate import Tally
from simulator.levels.langevin.draws import Antithetic, Independent, Steered
from simulator.levels.langevin.kernels import kernels_of
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.shapes import parameter_shapes
from simulator.levels.langevin.sobol import bridge, sobol
from simulator.models.goal_drift import goal_drift, learned_capability
from simulator.normals import ziggurat
from simulator.parameter import resolve

Z = 5.0  # two-sided false alarm rate 6e-7 a comparison; about 150 comparisons in this file: 1e-4 in all
ONE_SIDED = 1e-7  # false alarm rate of each end of a bound on a spread, of which there are about 100: 1e-5 in all

x, y = Trait("x"), Trait("y")
v = Trait("v", dim="dim")
k, s, dim = Parameter("k", 1.0), Parameter("s", 0.8), Parameter("dim", 5, integer=True)
MEASURES = {
    "linear": x,
    "even": x**2,
    "conditional": sympy.Piecewise((x, x > 0), (sympy.nan, True)),
}
relaxing = Model("relaxing", (x,), 0, (k, s), decay={x: k}, noise={x: s}, initial={x: 0}, measures=MEASURES)
started = relaxing.replace(initial={x: Normal(0.0, s)})
SPREAD = 0.64 * -np.expm1(-2.0) / 2
TRUTH = {"linear": 0.0, "even": SPREAD, "conditional": np.sqrt(2 * SPREAD / np.pi)}
VARIANTS = {
    "antithetic": {"method": "exact", "variance_reduction": "antithetic"},
    "antithetic steps": {"method": "stepped", "steps": 5, "variance_reduction": "antithetic"},
    "sobol": {"method": "exact", "variance_reduction": "sobol", "group": 16},
    "sobol steps": {"method": "stepped", "steps": 5, "variance_reduction": "sobol", "group": 16},
}


def estimates(model, options, number=200, replicates=128, group=None, **point):
    """Per measure independent estimates and the errors that are claimed of them, (number, 2)."""
    made = model.experiment(**options)
    samples = made.sample(resolve(made.parameters, point), number * replicates, np.random.default_rng(1))
    found = {}
    for name in made.measures:
        tally = Tally.of(samples[name].reshape(number, replicates).T, made.group if group is None else group)
        found[name] = np.stack([tally.mean, tally.error()], axis=1)
    return found


def is_honest(pairs):
    """Whether the spread of the estimates is what their errors say, within chi-square bounds.

    The errors' own spread, some per cent, is added to the bounds.
    """
    number, mean_square = len(pairs), np.mean(pairs[:, 1] ** 2)
    own = Z * np.std(pairs[:, 1] ** 2) / np.sqrt(number) / mean_square
    low, high = chi2.ppf([ONE_SIDED, 1 - ONE_SIDED], number - 1) / (number - 1)
    return low * (1 - own) < pairs[:, 0].var(ddof=1) / mean_square < high * (1 + own)


def error_of(pairs):
    """The standard error of the mean of all estimates, by their spread."""
    return pairs[:, 0].std(ddof=1) / np.sqrt(len(pairs))


def is_unbiased(pairs, truth):
    return abs(pairs[:, 0].mean() - truth) < Z * error_of(pairs) + 1e-12


@pytest.mark.parametrize("name", VARIANTS)
def test_means_are_unbiased_and_errors_honest(name):
    for measure, pairs in estimates(relaxing, VARIANTS[name]).items():
        if measure == "reward":
            continue
        assert is_unbiased(pairs, TRUTH[measure])
        if (name.startswith("antithetic"), measure) == (True, "linear"):
            assert np.abs(pairs).max() < 1e-12  # nothing is left to chance, and the error says so
        else:
            assert is_honest(pairs)


def test_pairs_taken_for_independent_replicates_are_told_apart():
    """An even functional is the same in both of a pair: half as many replicates as there seem to be."""
    for name, honest in (("antithetic", False), (None, True)):
        options = {"method": "exact", "variance_reduction": name}
        assert is_honest(estimates(relaxing, options, group=1)["even"]) == honest
        assert is_honest(estimates(relaxing, options)["even"])


def test_gains_are_where_they_can_be():
    """Against independent replicates, as ratios of variances: F of 199 and 199 degrees lies within 0.46 to 2.2."""
    plain = {name: pairs[:, 0].var() for name, pairs in estimates(relaxing, {"method": "exact"}).items()}
    gains = {
        name: {measure: plain[measure] / max(pairs[:, 0].var(), 1e-300) for measure, pairs in found.items()}
        for name, found in ((name, estimates(relaxing, options)) for name, options in VARIANTS.items())
    }
    assert gains["antithetic"]["linear"] > 1e20
    assert gains["antithetic steps"]["linear"] > 1e20
    for name in ("antithetic", "antithetic steps"):
        assert 0.25 < gains[name]["even"] < 1.1  # 1/2: none
    assert min(gains["sobol"][measure] for measure in TRUTH) > 3
    assert min(gains["sobol steps"][measure] for measure in ("linear", "even")) > 2.2


@dataclass(frozen=True)
class LogNormal:
    """Made of normals, by keyword."""

    sd: float = 0.3

    def draw(self, generator, shape):
        return np.exp(self.sd * generator.standard_normal(size=shape))


@dataclass(frozen=True)
class Mixture:
    """Draws more than one variate a replicate, some of them in another shape, and some of another kind."""

    far: float = 0.5

    def draw(self, generator, shape):
        pair = generator.standard_normal((*shape, 2)).sum(axis=-1) / np.sqrt(2.0)
        side = np.where(generator.random(shape) < 0.5, self.far, -self.far)
        return 1.0 + 0.1 * pair + side * generator.random(shape) + generator.gamma(2.0, 0.05, size=shape)


DRAWN = {
    "normal": Normal(1.0, 0.3), "uniform": Uniform(0.2, 1.8), "lognormal": LogNormal(), "mixture": Mixture(),
}  # fmt: skip


@pytest.mark.parametrize("name", ["antithetic", "sobol", "sobol steps"])
@pytest.mark.parametrize("drawn", DRAWN)
def test_drawn_parameters_and_starts(drawn, name):
    """Given k, x is N(0, s^2 e^-2k + s^2 (1 - e^-2k)/(2k)): averaged over a million values of k for the truth."""
    found = estimates(started, VARIANTS[name], number=100, k=DRAWN[drawn])
    rates = DRAWN[drawn].draw(np.random.default_rng(9), (1_000_000,))
    spread = 0.64 * np.exp(-2 * rates) + 0.64 * -np.expm1(-2 * rates) / (2 * rates)
    error = spread.std() / 1e3
    even = found["even"]
    assert abs(even[:, 0].mean() - spread.mean()) < Z * np.hypot(error_of(even), error)
    assert is_honest(even)
    assert is_unbiased(found["linear"], 0.0)
    assert is_honest(found["linear"]) or name == "antithetic"


@pytest.mark.parametrize("name", ["antithetic", "antithetic steps", "sobol", "sobol steps"])
@pytest.mark.parametrize("reduction", [False, True])
def test_vectors_and_their_reduction(reduction, name):
    """|v|^2 of a vector from a sphere, and its component along its start, whose means are known."""
    law = Model("vector", (v,), 0, (dim, k, s), decay={v: k}, noise={v: s}, initial={v: Sphere(k)},
                measures={"square": total(v**2), "along": total(v * v.initial)})  # fmt: skip
    found = estimates(law, VARIANTS[name] | {"reduction": reduction, "measures": ("square", "along")}, number=100)
    for measure, truth in (("square", np.exp(-2) + 5 * SPREAD), ("along", np.exp(-1))):
        assert is_unbiased(found[measure], truth)
        assert is_honest(found[measure]) or (name.startswith("antithetic") and measure == "along")


def test_agents_that_stop():
    """Means and shares of a stepped law with stops, against independent replicates."""
    law = relaxing.replace(absorb={"high": 0.6 - x, "low": x + 0.4})
    plain = estimates(law, {"method": "stepped", "steps": 10})
    for name in ("antithetic steps", "sobol steps"):
        found = estimates(law, VARIANTS[name] | {"steps": 10})
        for measure in ("linear", "even", "stopping_time", "route_high"):
            one, other = plain[measure], found[measure]
            error = np.hypot(error_of(one), error_of(other))
            assert abs(one[:, 0].mean() - other[:, 0].mean()) < Z * error
            assert is_honest(other)


def test_traits_that_are_moved_without_noise_of_their_own():
    """A coupled block takes a coordinate for each of its traits: Var y = s^2 (t - 3/2 + 2 e^-t - e^-2t/2), k = 1."""
    moved = Model("moved", (x, y), 0, (k, s), decay={x: k}, growth={y: x}, noise={x: s}, initial={x: 0, y: 0},
                  measures={"square": y**2, "y": y})  # fmt: skip
    for name in VARIANTS:
        options = VARIANTS[name] | {"steps": 10} if "steps" in name else VARIANTS[name]
        found = estimates(moved, options, number=100, time=1.0)
        truth = 0.64 * (1 - 1.5 + 2 * np.exp(-1) - np.exp(-2) / 2)
        assert abs(found["square"][:, 0].mean() - truth) < Z * error_of(found["square"]) + 2e-4
        assert is_honest(found["square"])


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16, 37])
def test_the_bridge_is_orthogonal(count):
    """Increments of independent normals are independent normals, however long each lasts, and the end comes first."""
    durations = np.random.default_rng(count).uniform(0.01, 3.0, count)
    matrix = bridge(np.eye(count), durations)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(count), atol=1e-12)
    end = np.sqrt(durations) @ matrix
    np.testing.assert_allclose(end, np.sqrt(durations.sum()) * np.eye(count)[0], atol=1e-12)
    if count > 1:
        wrong = bridge(np.eye(count), np.full(count, durations.mean())) * np.sqrt(durations.mean() / durations)[:, None]
        assert np.abs(wrong @ wrong.T - np.eye(count)).max() > 0.01  # the durations matter
    if count > 3:  # the second decides the middle: what remains of it given the end
        middle = np.sqrt(durations[: count // 2]) @ matrix[: count // 2]
        assert np.abs(middle[2:]).max() < 1e-12


def points(plan_options, groups=1, model=goal_drift, **point):
    """The variates of a block, and how many rows and moves they have."""
    plan = Langevin(model, (), times=(0.3, 1.0), variance_reduction="sobol", **plan_options)
    resolved = resolve(model.parameters, point)
    made = kernels_of(model, parameter_shapes(model.parameters, resolved), (), False, exact=plan.exact)
    source = Independent(np.random.default_rng(3), ziggurat)
    return sobol(plan, made.slots, resolved, groups * plan.group, source), made


def test_every_coordinate_of_a_group_fills_its_range_evenly():
    """One point of 64 in each of 64 equal intervals, coordinate by coordinate, group by group."""
    law = goal_drift.replace(initial=goal_drift.initial | {goal_drift.traits[1]: Normal(0, 1)})
    found, _ = points({"method": "exact", "group": 64}, 3, law, dim=4, growth=Uniform(0, 1))
    growth = found.sample(Uniform(0, 1), (192,))
    start = ndtr(found.sample(Normal(0, 1), (4, 192)))
    moves = []
    for _ in range(2):
        normals = np.empty((4, 192))
        found.normals(normals)
        moves.append(ndtr(normals))
    coordinates = np.vstack([growth[None], start, *moves])
    cells = np.sort(np.floor(coordinates.reshape(13, 3, 64) * 64), axis=-1)
    assert np.array_equal(cells, np.broadcast_to(np.arange(64.0), cells.shape))
    assert np.unique(coordinates).size == coordinates.size  # no group repeats another


def test_the_moves_of_a_stepped_path_are_standard_normal_and_uncorrelated():
    """Two traits, one of them in half-steps, bridged over eight steps: 24 variates a replicate."""
    capability = learned_capability.traits[0]
    law = learned_capability.replace(noise=learned_capability.noise | {capability: 0.1})
    found, made = points({"method": "stepped", "steps": 8, "group": 16}, 256, law, dim=1)
    moves = []
    for _ in range(9):  # three steps to 0.3, six to 1
        normals = np.empty((3, 4096))
        found.normals(normals)
        moves.append(normals)
    assert [slot.part for slot in made.slots] == [1, 0, 2]
    rows = np.vstack(moves)
    covariance = rows @ rows.T / 4096
    assert np.abs(covariance - np.eye(27)).max() < Z * np.sqrt(2 / 4096)
    assert all(kstest(row, norm.cdf).pvalue > 1e-6 for row in rows)


def test_lengths_have_their_law():
    """Sobol's lengths are a chi by its quantiles, antithetic ones shared by a pair, in law those of plain ones."""
    options = {"method": "exact", "variance_reduction": "sobol", "group": 64, "reduction": True}
    made = goal_drift.experiment(times=[1.0], measures=("alignment",), **options)
    assert made.group == 64
    from scipy.stats import chi

    from simulator.levels.langevin.sobol import _lengths

    grid = np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(_lengths(7, grid), chi(7).ppf(grid), rtol=1e-12)
    pair = np.empty(2000)
    Antithetic(Independent(np.random.default_rng(1), ziggurat)).lengths(7, pair)
    assert np.array_equal(pair[:1000], pair[1000:])
    assert kstest(pair[:1000], chi(7).cdf).pvalue > 1e-6


def test_pairs_stand_side_by_side_and_mirror_each_other():
    made = relaxing.experiment(times=[0.5, 1.0], method="stepped", steps=6, variance_reduction="antithetic")
    found = made.sample(resolve(made.parameters, {}), 100, np.random.default_rng(1))["linear"]
    np.testing.assert_allclose(found[0::2], -found[1::2], rtol=1e-12)
    assert np.unique(np.abs(found[:, 0])).size == 50
    drawn = started.replace(initial={x: Uniform(-1, 1)}).experiment(times=[0.0, 1.0], variance_reduction="antithetic")
    found = drawn.sample(resolve(drawn.parameters, {}), 100, np.random.default_rng(1))["linear"]
    np.testing.assert_allclose(found[0::2], -found[1::2], rtol=1e-9, atol=1e-12)


def test_a_generator_is_steered_for_one_variate_a_replicate_only():
    calls = []
    generator = np.random.default_rng(1)
    seen = Steered(generator, 8, lambda shape: calls.append(shape) or np.zeros(shape), lambda shape: np.ones(shape))
    assert np.array_equal(seen.standard_normal((3, 8)), np.zeros((3, 8)))
    assert np.array_equal(seen.standard_normal(8), np.zeros(8))
    assert np.array_equal(seen.random(size=(8,)), np.ones(8))
    for other in ((8, 3), 7, (), None):
        assert np.all(seen.standard_normal(other) != 0.0)
    assert np.all(seen.standard_normal(8, dtype=np.float32) != 0.0)
    assert seen.normal(3.0, 0.1, size=8).mean() > 2.0
    assert calls == [(3, 8), (8,)]


def test_errors_of_a_simulation_follow_from_its_groups():
    """Through blocks, discretization and the dataset: at most five errors from a far better reference."""
    names = ("alignment", "distance_to_base", "base_component")
    reference = simulate(goal_drift.experiment(times=[0.5, 2.0], measures=names, variance_reduction="sobol"),
                         replicates=16_384, seed=1, noise=0.5)  # fmt: skip
    for options in ({"method": "stepped", "steps": 16, "variance_reduction": "antithetic"},
                    {"method": "stepped", "steps": 16, "variance_reduction": "sobol", "group": 64, "reduction": True},
                    {"variance_reduction": "antithetic"}):  # fmt: skip
        found = simulate(goal_drift.experiment(times=[0.5, 2.0], measures=names, **options), replicates=2048, noise=0.5)
        for name in names:
            error = np.hypot(found[f"{name}_se"], reference[f"{name}_se"])
            bias = found.get(f"{name}_de", 0.0)
            assert np.all(np.abs(found[name] - reference[name]) < Z * error + bias)
        assert ("alignment_de" in found) == ("steps" in options)


REFUSALS = [
    ({"variance_reduction": "antithetic"}, 101, "replicates: got 101; goal_drift draws groups of 2 together"),
    ({"variance_reduction": "antithetic"}, 14, "its error takes at least 8 of them; pass replicates=16"),
    ({"variance_reduction": "sobol", "group": 64}, 500, "draws groups of 64 together.*pass replicates=512"),
    ({"variance_reduction": "sobol"}, 1024, "draws groups of 1024 together.*pass replicates=8192"),
    ({"variance_reduction": "sobol", "group": 100}, 800, "group: got 100; must be a power of two, at least 2; pass"),
    ({"variance_reduction": "sobol", "group": 1}, 800, "group: got 1; must be a power of two"),
    ({"variance_reduction": "antithetic", "group": 4}, 800, "group: got 4; only variance_reduction='sobol' has groups"),
    ({"group": 64}, 800, "only variance_reduction='sobol' has groups; leave it out"),
    ({"variance_reduction": "sobl"}, 800, "variance_reduction: got 'sobl'; did you mean 'sobol'"),
    ({"variance_reduction": "sobol", "group": 8, "method": "stepped", "steps": 2000}, 64, "have at most 21201 coord"),
]


@pytest.mark.parametrize(("options", "replicates", "line"), REFUSALS)
def test_refusals_in_one_line(options, replicates, line):
    with pytest.raises(ValueError, match=line) as refused:
        simulate(goal_drift.experiment(times=[1.0], **options), replicates=replicates)
    assert "\n" not in str(refused.value)
