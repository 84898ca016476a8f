"""Figures of the watched policy and of the ensembles: what is stored and what was registered, the same bytes again."""

from __future__ import annotations

import numpy as np
import pytest

from figures.figure import svg_text
from figures.witnesses.ensemble import GATES, free_goals
from figures.witnesses.policy import overlooked_traits, watched_policy
from witnesses.ensemble import witness as ensembles
from witnesses.policy import witness as policies


@pytest.fixture(scope="module")
def watched():
    return watched_policy()


@pytest.fixture(scope="module")
def overlooked():
    return overlooked_traits()


@pytest.fixture(scope="module")
def free():
    return free_goals()


def at(figure, series, x, place=0):
    """Simulated and predicted of a series' point at x; series of one name are told apart by their place."""
    axis = next(name for name in figure.table if name not in ("series", "kind", "simulated", "predicted"))
    mine = (figure.table["series"] == series) & (figure.table["kind"] == "point") & (figure.table[axis] == x)
    return figure.table["simulated"][mine][place], figure.table["predicted"][mine][place]


@pytest.mark.parametrize(
    ("series", "x", "forecast", "place"),
    [
        ("in the loss", 40, "misbehavior.strong.loss.40", 0),
        ("in the loss", 40, "recall.strong.loss.40", 1),
        ("in the reward, frozen", 300, "misbehavior.strong.frozen.300", 0),
    ],
)
def test_points_and_lines_are_what_was_found_and_registered(watched, series, x, forecast, place):
    registration = policies.registrations[1]
    verdict = next(one for one in policies.verdicts(registration) if one.forecast.name == forecast)
    simulated, predicted = at(watched, series, x, place)
    assert simulated == pytest.approx(verdict.found)
    assert predicted == pytest.approx(verdict.forecast.value, rel=2e-3)  # K is stored to six digits


def test_first_law_misses_and_second_does_not(overlooked):
    missed, met = (at(overlooked, series, 800) for series in ("one misbehavior", "types of steps"))
    assert missed[1] - missed[0] > 0.3
    assert abs(met[1] - met[0]) < 0.02
    flat, falling = (at(overlooked, series, 300) for series in ("scores come back", "scores know the base rate"))
    assert flat[1] - flat[0] > 0.3 > 0.1 > abs(falling[1] - falling[0])
    assert f"{missed[0]:.1%} came out" in overlooked.caption


def test_free_goals_are_what_was_found_and_registered(free):
    registration = ensembles.registrations[-1]
    verdicts = {one.forecast.name: one for one in ensembles.verdicts(registration)}
    for name, gate in GATES.items():
        simulated, predicted = at(free, "designers", gate)
        assert (simulated, predicted) == pytest.approx(
            (verdicts[f"designer_share.{name}"].found, registration[f"designer_share.{name}"].value)
        )
    assert np.all(np.diff([at(free, "designers", gate)[0] for gate in GATES.values()]) < 0.0)


@pytest.mark.parametrize("draw", [watched_policy, overlooked_traits, free_goals])
def test_a_figure_is_the_same_bytes_again(draw, request):
    names = {"watched_policy": "watched", "overlooked_traits": "overlooked", "free_goals": "free"}
    first = request.getfixturevalue(names[draw.__name__])
    assert first.name == draw.__name__
    assert svg_text(first) == svg_text(draw())
