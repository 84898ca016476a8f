"""Populations: the neutral recursions, growth, decay and mutation, selection, a twin, and faults that must show.

Statistics are held to 4 standard errors, some 200 of them in this file: a false alarm in 80 runs of fresh seeds, but
seeds are fixed. Each check is a function, so that the same check can be run with a fault planted, and must fail.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from simulator import Model, Normal, Parameter, Range, Trait, simulate, total
from simulator.levels.population import Scheme, generation, run, schemes, tile
from simulator.models.goal_drift import capability, goal, goal_drift, noise
from simulator.parameter import resolve
from simulator.point import run_point
from simulator.selection import softmax
from tests.simulator.test_selection import systematic

LIMIT = 4.0
z = Trait("z")
curvature = Parameter("curvature", 0.0, range=Range(low=0.0))
slope = Parameter("slope", 0.0)
spread = Parameter("spread", 1.0, range=Range(low=0.0))
mutation = Parameter("mutation", 0.5, range=Range(low=0.0))
rate = Parameter("rate", 0.0, range=Range(low=0.0))
push = Parameter("push", 0.0)
law = Model(
    name="line",
    traits=(z,),
    reward=slope * z - curvature / 2 * z**2,
    growth={z: push},
    decay={z: rate},
    noise={z: mutation},
    initial={z: Normal(0.0, spread)},
    parameters=(curvature, slope, spread, mutation, rate, push),
)


def samples(experiment, replicates, seed=0, **parameters):
    found = simulate(experiment, replicates=replicates, seed=seed, keep="samples", **parameters)
    return {name: found[f"{name}_samples"].values for name in experiment.measures}


def check_mean(values, expected):
    """Hold the mean over replicates, at every time, to what is expected."""
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    score = (values.mean(axis=0) - expected) / error
    assert np.all(np.abs(score) < LIMIT), score


def check_variance(values, expected):
    """Hold the variance over replicates, at every time, to what is expected."""
    squares = (values - values.mean(axis=0)) ** 2 * len(values) / (len(values) - 1)
    check_mean(squares, expected)


def neutral(size, v, w, mutation_variance, generations):
    """The recursions for the variance within (ddof 1) and of the mean among populations."""
    within, among = [v], [w]
    for _ in range(generations):
        among.append(among[-1] + within[-1] * (1 - 1 / size) / size + mutation_variance / size)
        within.append(within[-1] * (1 - 1 / size) + mutation_variance)
    return np.array(within), np.array(among)


def check_neutral(size, start=1.0, replicates=20_000, generations=15):
    made = law.experiment("population", times=range(generations + 1), measures=("z", "z_variance"))
    found = samples(made, replicates, population=size, spread=start, strength=0.0)
    within, among = neutral(size, start**2, start**2 / size, 0.25, generations)
    check_mean(found["z_variance"][:, 1:], within[1:])
    check_variance(found["z"][:, 1:], among[1:])


@pytest.mark.parametrize(("size", "start"), [(2, 1.0), (2, 0.0), (3, 0.0), (10, 1.0), (40, 0.3)])
def test_variance_within_and_among_populations_follows_its_recursion(size, start):
    check_neutral(size, start)


def test_the_mean_goal_drifts_at_the_rate_of_mutation_whatever_the_population():
    for size, late in ((2, 20), (8, 60)):
        made = law.experiment("population", times=(late, late + 10), measures=("z",))
        found = samples(made, 8_000, population=size, strength=0.0)["z"]
        step = found[:, 1] - found[:, 0]
        # Means move independently of where they are: the variance grows by that of a step, once V has settled.
        check_variance(step, 10 * 0.25)


def test_a_lineage_without_selection_is_a_learner_without_reward():
    """Its mean and variance are those of the langevin level at whole times, decay and growth included."""
    times, decay, growth = np.array([1, 2, 5]), 0.3, 0.4
    made = law.experiment("population", times=times, measures=("z_individuals",))
    found = samples(made, 20_000, population=2, strength=0.0, rate=decay, push=growth, spread=0.0)
    one = found["z_individuals"][:, :, 0]
    check_mean(one, growth * -np.expm1(-decay * times) / decay)
    check_variance(one, 0.25 * -np.expm1(-2 * decay * times) / (2 * decay))


def test_without_noise_a_generation_is_exact():
    made = law.experiment("population", times=(0, 1, 7), measures=("z", "z_variance"))
    found = samples(made, 2, population=5, mutation=0.0, spread=0.0, rate=0.3, push=0.4)
    np.testing.assert_allclose(found["z"][0], 0.4 * -np.expm1(-0.3 * np.array([0, 1, 7])) / 0.3, rtol=1e-13)
    assert np.all(found["z_variance"] == 0.0)


def check_response(replicates=400):
    """Selection for z itself: of a Gaussian population the mean gains strength x V, and V goes on as without."""
    size, generations, strength = 500, 5, 0.1
    times = np.arange(generations + 1)
    made = law.experiment("population", times=times, measures=("z", "z_differential", "reward_differential"))
    found = samples(made, replicates, population=size, slope=1.0, strength=strength)
    within, _ = neutral(size, 1.0, 0.0, 0.25, generations)
    gain = strength * (1 - 1 / size) * within[:-1]
    # Sampling leaves a population short of extremes, its fourth cumulant -6 V^2 t/N; selection hands that on to the
    # third, strength times the sum over t, and to V, twice the sum.
    lost = strength**3 * within[:-1] ** 2 * times[:-1] ** 3 / size
    differential = found["z_differential"][:, 1:]
    error = differential.std(axis=0, ddof=1) / np.sqrt(replicates)
    assert np.all(np.abs(differential.mean(axis=0) - gain) < LIMIT * error + lost)
    np.testing.assert_allclose(found["reward_differential"][:, 1:], differential, atol=1e-12)


def test_selection_moves_the_mean_by_strength_times_variance():
    check_response()


@pytest.mark.parametrize(("strength", "curved", "v_m"), [(1.0, 0.1, 0.05), (0.5, 1.0, 0.2)])
def test_mutation_and_selection_balance(strength, curved, v_m):
    """V' = (1 - 1/N) V/(1 + s h V) + v_m, measured after mutation; the closure errs by less than 1 % at N = 500."""
    size = 500
    times = range(60, 100, 4)
    made = law.experiment("population", times=times, measures=("z_variance",))
    found = samples(
        made, 128, population=size, strength=strength, curvature=curved, mutation=np.sqrt(v_m), spread=0.5
    )["z_variance"].mean(axis=1)  # fmt: skip
    v = 0.25
    for _ in range(80):
        v = (1 - 1 / size) * v / (1 + strength * curved * v) + v_m
    error = found.std(ddof=1) / np.sqrt(len(found))
    assert error < 0.01 * v
    assert abs(found.mean() - v) < LIMIT * error + 0.01 * v


def stale(patch):
    """Select by the reward of a generation ago."""
    right = generation.Populations._as_seen

    def late(populations, generator):
        now = right(populations, generator)
        old = getattr(populations, "kept", now)
        populations.kept = now
        return old

    patch.setattr(generation.Populations, "_as_seen", late)


def evenly(patch):
    """Spread offspring evenly, by systematic resampling."""

    def spread_out(rewards, generator, offspring, values):
        return systematic(np.exp(values["strength"] * (rewards - rewards.max(axis=1, keepdims=True))), generator)

    patch.setitem(schemes.SCHEMES, "softmax", Scheme("softmax", spread_out, schemes.SCHEMES["softmax"].parameters))


def early(patch):
    """Let parents mutate, and offspring be as their parents then are."""
    right = tile.Tile.descend

    def first_mutate(one, old, new, parents, reward, generator):
        state = right(one, old, new, [np.arange(one.place.stop)], reward, generator)
        for value in (*new, reward.reshape(-1)):
            value[...] = value[..., parents[0]]
        return state

    patch.setattr(run, "TOGETHER", tile.TILE_ELEMENTS)  # one tile at a time
    patch.setattr(tile.Tile, "descend", first_mutate)


def cloned(patch):
    """Let the second half of the populations of a block repeat the first."""
    right = run._joined

    def repeated(plan, seen):
        found = right(plan, seen)
        return {name: np.concatenate([one[: -(-len(one) // 2)], one[: len(one) // 2]]) for name, one in found.items()}

    patch.setattr(run, "_joined", repeated)


def check_distinct(replicates=300):
    """No two populations are the same, in a chunk, in a block, in a run."""
    made = law.experiment("population", times=(1, 5), measures=("z", "z_variance"))
    found = samples(made, replicates, population=7)
    for values in found.values():
        assert np.unique(values[:, 1]).size == replicates


def test_populations_are_distinct():
    check_distinct()


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (stale, check_response),
        (evenly, lambda: check_neutral(10)),
        (early, lambda: check_neutral(3)),
        (early, lambda: check_neutral(10)),
        (cloned, check_distinct),
    ],
)
def test_a_planted_fault_shows(fault, check, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        check()


wandering = goal_drift.replace(noise={goal: noise, capability: 0.2}, growth={capability: 0.1})


def twin(replicates, size, dim, generations, seed, strength):
    """The same populations in plain NumPy, with the same random numbers."""
    generator = np.random.Generator(np.random.PCG64DXSM(seed))
    p = resolve(wandering.parameters, {"dim": dim})
    c = np.zeros(replicates * size)
    g = np.repeat(p["start"][:, np.newaxis], replicates * size, axis=1)
    for _ in range(generations):
        played = 1 / (1 + np.exp(-(c - p["threshold"]) / p["width"]))
        r = p["value"] * c - (1 - played) * p["pull"] / 2 * ((g - p["base"][:, np.newaxis]) ** 2).sum(axis=0)
        parents = softmax(r.reshape(replicates, size), generator, strength)
        parents = (parents + size * np.arange(replicates)[:, np.newaxis]).ravel()
        xi = generator.standard_normal((dim + 1, replicates * size))
        c = c[parents] + 0.1 + 0.2 * xi[0]
        g = g[:, parents] + p["noise"] * xi[1:]
    return c.reshape(replicates, size), g.reshape(dim, replicates, size)


@pytest.mark.parametrize("tiled", [False, True])
def test_a_run_is_what_its_twin_in_plain_numpy_is(tiled, monkeypatch):
    replicates, size, dim, generations = 5, 6, 3, 7
    if tiled:  # a tile of 7 individuals cuts through populations; normals are then drawn in another order
        monkeypatch.setattr(tile, "TILE_ELEMENTS", 28)
    names = ("capability", "goal", "goal_variance", "capability_goal_covariance", "goal_covariance", "alignment")
    made = wandering.experiment("population", times=(generations,), measures=(*names, "goal_individuals"))
    point = resolve(made.parameters, {"dim": dim, "population": size, "strength": 0.8})
    found = made.sample(point, replicates, np.random.Generator(np.random.PCG64DXSM(3)))
    c, g = twin(replicates, size, dim, generations, 3, 0.8)
    if tiled:
        g = np.moveaxis(found["goal_individuals"][:, 0], 0, 1)
    else:
        np.testing.assert_allclose(found["capability"][:, 0], c.mean(axis=1), rtol=1e-12)
        np.testing.assert_allclose(found["goal_individuals"][:, 0], np.moveaxis(g, 0, 1), rtol=1e-12)
        both = np.array([[np.cov(c[r], g[j, r])[0, 1] for j in range(dim)] for r in range(replicates)])
        np.testing.assert_allclose(found["capability_goal_covariance"][:, 0], both, rtol=1e-9)
    np.testing.assert_allclose(found["goal"][:, 0], g.mean(axis=2).T, rtol=1e-12)
    np.testing.assert_allclose(found["goal_variance"][:, 0], g.var(axis=2, ddof=1).T, rtol=1e-12)
    np.testing.assert_allclose(found["goal_covariance"][:, 0], [np.cov(g[:, r]) for r in range(replicates)], rtol=1e-9)
    cosine = g[0] / np.sqrt((g**2).sum(axis=0))  # the designers' goal is the first axis
    np.testing.assert_allclose(found["alignment"][:, 0], cosine.mean(axis=1), rtol=1e-12)


def test_tiles_and_companions_leave_the_law_alone(monkeypatch):
    """The neutral recursions hold where populations are cut into tiles and carried a few at a time."""
    monkeypatch.setattr(tile, "TILE_ELEMENTS", 7)
    monkeypatch.setattr(run, "TOGETHER", 100)
    check_neutral(3, replicates=2_000, generations=5)


def test_results_are_the_same_bytes_for_any_number_of_threads():
    made = wandering.experiment("population", times=(1, 3))
    one, two = (simulate(made, replicates=200, seed=4, threads=n, population=20, dim=2) for n in (1, 2))
    assert one.equals(two)


def test_fast_normals_and_single_precision_agree_with_the_reference():
    measures = ("goal", "goal_variance")
    found = [
        simulate(
            wandering.experiment("population", times=(5,), measures=measures, normals=kind, dtype=dtype),
            replicates=2_000, population=20, dim=2, seed=seed,
        )
        for kind, dtype, seed in (("ziggurat", "float64", 1), ("mixed", "float32", 2))
    ]  # fmt: skip
    for name in measures:
        error = np.hypot(found[0][f"{name}_se"], found[1][f"{name}_se"])
        assert np.all(np.abs(found[0][name] - found[1][name]) < LIMIT * error)


def test_memory_does_not_grow_with_generations():
    made = wandering.experiment("population", times=None, measures=("alignment", "ancestor_age"))
    peaks = []
    for generations in (10, 10, 100):  # the first run compiles
        point = resolve(made.parameters, {"dim": 4, "population": 200, "time": generations})
        tracemalloc.start()
        run_point(made, point, 8, 0, threads=1, discretization=False)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert abs(peaks[2] / peaks[1] - 1) < 0.05


def test_parameters_are_drawn_a_population_and_starts_an_individual():
    made = law.experiment("population", times=(0, 1), measures=("z", "z_variance"))
    found = samples(made, 400, population=30, push=Normal(0.0, 3.0), mutation=0.0, strength=0.0)
    check_mean(found["z_variance"], [1.0, 1 - 1 / 30])
    check_variance(found["z"][:, 1], 9.0 + (2 - 1 / 30) / 30)


def test_a_start_is_that_of_the_founder():
    """Without mutation nobody ever leaves its founder's place, wherever selection takes the population."""
    moved = {"moved": total((goal - goal.initial) ** 2)}
    still = goal_drift.replace(noise={}, initial=goal_drift.initial | {goal: Normal(0.0, 1.0)}, measures=moved)
    found = samples(still.experiment("population", times=(1, 20), measures=("moved", "goal_change")), 20, dim=3)
    assert np.all(found["moved"] == 0.0)
    assert np.any(found["goal_change"] != 0.0)


def test_who_assumes_a_metric_gets_the_same_population():
    bare = goal_drift.replace(learner={})
    one, other = (simulate(x.experiment("population", times=(3,)), replicates=10, dim=2) for x in (goal_drift, bare))
    np.testing.assert_array_equal(one.alignment, other.alignment)


def test_a_population_that_overflows_is_reported():
    burst = law.replace(growth={z: 50.0 * z}, reward=z**2)
    found = simulate(burst.experiment("population", times=(1, 30)), replicates=5)
    assert int(found.diverged) == 5
    assert np.isnan(found.z).all()
    assert str(found.status.values).startswith("diverged")


def test_a_scheme_of_ones_own():
    """Only the first individual reproduces."""
    queen = Scheme("queen", lambda rewards, generator, offspring, values: np.zeros((len(rewards), offspring), np.intp))
    found = samples(law.experiment("population", times=(1,), selection=queen, measures=("lineages",)), 4)
    assert np.all(found["lineages"] == 1.0)
    backward = Scheme("backward", lambda rewards, *_: np.tile(np.arange(rewards.shape[1])[::-1], (len(rewards), 1)))
    with pytest.raises(ValueError, match="'backward' returned parents out of order"):
        samples(law.experiment("population", times=(1,), selection=backward, measures=("lineages",)), 4)


@pytest.mark.parametrize("selection", ["softmax", "proportional", "truncation", "tournament", "group_normalized"])
def test_every_scheme_selects_for_reward(selection):
    up = law.replace(reward=5.0 + z)
    found = samples(up.experiment("population", times=(1,), selection=selection, measures=("z_differential",)), 200,
                    spread=0.5, mutation=0.0)  # fmt: skip
    gain = found["z_differential"][:, 0]
    assert gain.mean() > 10 * gain.std() / np.sqrt(200)


REFUSED = [
    ({"times": (0.5, 1.0)}, "whole generations"),
    ({"times": (2, 1)}, "strictly increasing"),
    ({"selection": "softmaxx"}, "did you mean 'softmax'"),
    ({"recombination": "fre"}, "did you mean 'free'"),
    ({"recombination": True}, "recombination: got True"),
    ({"measures": ("z_varianc",)}, "did you mean 'z_variance'"),
    ({"measures": ("lineages",), "recombination": "free"}, "pass recombination=False"),
    ({"normals": "fast"}, "normals: got"),
    ({"dtype": "float16"}, "dtype: got"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_cannot_be_run_is_refused_in_one_line(options, message):
    with pytest.raises(ValueError, match=message) as refusal:
        law.experiment("population", **options)
    assert "\n" not in str(refusal.value)


def test_laws_that_cannot_be_populations_are_refused():
    with pytest.raises(ValueError, match="absorption"):
        law.replace(absorb={"end": z}).experiment("population")
    named = Parameter("strength", 1.0)
    with pytest.raises(ValueError, match="'strength' is how strongly"):
        law.replace(parameters=(*law.parameters, named), reward=named * z).experiment("population")
    founders = law.replace(measures={"moved": z - z.initial})
    with pytest.raises(ValueError, match="no single founder"):
        founders.experiment("population", recombination="free")


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({"population": 1}, "population: got 1"),
        ({"population": 2.5}, "population: got 2.5"),
        ({"strength": -1.0}, "strength: got -1"),
        ({"environment": -1.0}, "environment: got -1"),
        ({"time": 0}, "time: got 0"),
    ],
)
def test_points_out_of_range_are_refused(point, message):
    with pytest.raises(ValueError, match=message):
        simulate(law.experiment("population"), replicates=2, **point)
