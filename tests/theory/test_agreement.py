"""Agreement: the levels agree under their margins, planted faults turn pairs red, orders are what they should be."""

from __future__ import annotations

import json

import numpy as np
import pytest

from simulator import Model, Normal, Parameter, Trait, simulate
from simulator.models.goal_drift import goal
from theory.__main__ import main
from theory.agreement import agree, levels, matrix, orders, run
from theory.agreement.cases import OPEN, cases
from theory.agreement.lifted import varying, with_covariance
from theory.agreement.orders import fitted, of_generations, of_steps
from theory.agreement.text import agreement_text, orders_text, plain

SMALL = {"times": (1, 10), "populations": (100, 400), "agents": 60_000, "seed": 3, "resolution": 0.5}


def opened(**changes):
    case = cases()[0]
    return agree(case.law, closed=case.closed, **{**SMALL, **case.parameters, **changes})


def verdicts_between(found, left, right):
    return {one.verdict for one in found.comparisons if (one.left, one.right) == (left, right)}


def test_all_levels_agree_behind_an_open_gate():
    found = opened()
    assert [level.name for level in found.levels] == [
        "population N=100", "population N=400", "moments N=100", "moments N=400", "moments", "langevin", "flow",
        "closed form",
    ]  # fmt: skip
    assert {one.verdict for one in found.comparisons} == {"agrees", "not judged"}
    names, largest, verdicts = matrix(found.comparisons)
    np.testing.assert_array_equal(largest, largest.T)
    place = names.index("moments"), names.index("closed form")
    assert largest[place] < 1e-12
    assert verdicts[place] == "agrees"
    assert max(one.largest / one.scale for one in found.comparisons) > 1e-3  # and they are not one level


def test_levels_agree_while_the_gate_shuts():
    case = cases()[1]
    found = agree(case.law, **{**SMALL, "times": (10, 25), **case.parameters})
    assert not found.disagreements
    assert "closed form" not in [level.name for level in found.levels]


def test_a_wrong_closed_form_is_found_by_every_level():
    case = cases()[0]
    wrong = {"goal_variance": lambda time: 1.1 * case.closed["goal_variance"](time)}
    found = agree(case.law, closed=wrong, **{**SMALL, "agents": 400_000, **case.parameters})
    for level in ("population N=400", "moments", "langevin", "flow"):
        assert verdicts_between(found, level, "closed form") == {"disagrees"}


def test_k_without_the_strength_is_found(monkeypatch):
    """The planted fault: langevin takes K = 2 s V."""
    right = levels.with_covariance

    def doubled(model):
        law = right(model)
        return law.replace(learner={trait: 2 * metric for trait, metric in law.learner.items()})

    monkeypatch.setattr(levels, "with_covariance", doubled)
    found = opened()
    assert "disagrees" in verdicts_between(found, "moments", "langevin")
    assert "disagrees" in verdicts_between(found, "moments", "flow")
    assert "disagrees" not in verdicts_between(found, "population N=400", "moments")


def test_mutation_left_out_of_the_moments_is_found(monkeypatch):
    right = levels.Setting.moments
    quiet = {"noise": 0.0}

    def still(setting, population=None, generation=1.0):
        from dataclasses import replace

        return right(replace(setting, parameters={**setting.parameters, **quiet}), population, generation)

    monkeypatch.setattr(levels.Setting, "moments", still)
    found = opened(times=(1, 40))
    assert "disagrees" in verdicts_between(found, "moments", "closed form")
    assert "disagrees" in verdicts_between(found, "moments", "langevin")


def test_the_lifted_law_is_the_limit_of_weak_selection():
    """dm = s V R' dt, dV/dt = s V^2 R'' + v - V/N, written out."""
    law = with_covariance(cases()[0].law)
    spread = law.traits[-1]
    assert varying(cases()[0].law) == (goal,)
    assert spread.name == "goal_spread"
    found = simulate(law.experiment("flow", times=[1e-3]), replicates=2, keep="trajectories",
                     **{**OPEN, "population": 10})  # fmt: skip
    mean, variance = found.goal.values[0, 0], found.goal_spread.values[0, 0]
    assert (mean - 0.6) / 1e-3 == pytest.approx(-0.4 * 0.16 * 0.6, rel=1e-3)
    assert (variance - 0.16) / 1e-3 == pytest.approx(-0.4 * 0.16**2 + 0.0025 - 0.016, rel=1e-3)


def test_traits_that_covary_have_no_langevin_level():
    x, y = Trait("x"), Trait("y")
    jolt = Parameter("jolt", 0.1)
    law = Model(
        "ridge", (x, y), -((x + y) ** 2) / 2 - x**2 / 4, (jolt,), noise={x: jolt, y: jolt},
        initial={x: Normal(0.3, 0.3), y: Normal(0.0, 0.3)},
    )  # fmt: skip
    with pytest.raises(ValueError, match="ridge: reward couples x and y, which vary"):
        with_covariance(law)
    found = agree(law, **SMALL, strength=0.3)
    assert "langevin" not in [level.name for level in found.levels]
    assert not found.disagreements


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"populations": (400, 100)}, r"populations: got \(400, 100\); must be increasing"),
        ({"times": (3, 1)}, "times: got .*strictly increasing"),
        ({"strenght": 1.0}, "unknown parameter 'strenght'; did you mean 'strength'"),
    ],
)
def test_bad_input_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        opened(**changes)
    with pytest.raises(ValueError, match="closed: got 'gaol'; did you mean 'goal'"):
        agree(cases()[0].law, closed={"gaol": np.sin})


def test_an_exponent_is_fitted_with_its_error():
    """Against the spread of 400 fits of noisy powers; 5 standard errors of a spread, and a wrong order is rejected."""
    rng, x = np.random.default_rng(5), np.array([1.0, 0.5, 0.25, 0.125])
    error = 0.03 * x**1.5
    found = [fitted("", x, x**1.5 + error * rng.standard_normal(4), error, 1.5, 0.0) for _ in range(400)]
    slopes = np.array([one.estimated for one in found])
    assert abs(slopes.mean() - 1.5) < 5 * slopes.std() / 20
    assert slopes.std() == pytest.approx(found[0].error, rel=5 / np.sqrt(800))
    assert {one.verdict for one in found} == {"agrees"}
    assert fitted("", x, x**2, error, 1.5, 0.0).verdict == "disagrees"
    assert fitted("", x, x**1.5, 20 * error, 1.5, 0.0).verdict == "underpowered"


def test_orders_of_generations_and_of_steps():
    """The second order is told from the first."""
    setting = levels.Setting(cases()[0].law, OPEN, (8.0,), (30,), 1000, 0)
    assert of_generations(setting, "goal").verdict == "agrees"
    assert of_generations(setting, "goal").interval[0] > 0.9
    second = of_steps(run.learned_capability, "base_component", run.TAUGHT, {"noise": 0.0}, run.STEPS, 30_000, 1)
    assert second.verdict == "agrees"
    assert 1.7 < second.interval[0] < second.interval[1] < 2.3


def test_populations_tend_to_the_infinite_one_like_one_over_n():
    setting = levels.Setting(cases()[0].law, OPEN, (8.0,), (15, 30, 60), 400_000, 2)
    found = orders.of_population(setting, "goal_variance", (15, 30, 60))
    low, high = found.interval
    assert low - found.margin < 1.0 < high + found.margin
    assert high - low < 0.6


def test_it_prints_and_exports(capsys, monkeypatch, tmp_path):
    found, rate = opened(), fitted("x in y", [1.0, 0.5], [1.0, 0.5], [0.0, 0.0], 1.0, 0.0)
    monkeypatch.setattr(run, "agreements", lambda effort, seed: ((cases()[0], found),))
    monkeypatch.setattr(run, "orders", lambda effort, seed: (rate,))
    file = tmp_path / "agreement.json"
    assert main(["agreement", "--json", str(file)]) == 0
    out = capsys.readouterr().out
    assert agreement_text(found) in out
    assert orders_text([rate]) in out
    written = json.loads(file.read_text())["goal_drift, the gate open"]
    assert len(written["comparisons"]) == len(plain(found, ())["comparisons"]) == len(found.comparisons)
    wrong = fitted("x in y", [1.0, 0.5], [1.0, 0.2], [0.0, 0.0], 1.0, 0.0)
    monkeypatch.setattr(run, "orders", lambda effort, seed: (wrong,))
    assert main(["agreement"]) == 1
