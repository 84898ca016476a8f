"""Figures of goal_drift: drawn small, their theory is the theory, their words follow from their numbers."""

from __future__ import annotations

import numpy as np
import pytest

import theory
from figures.figure import svg_text
from figures.goal_drift import (
    behavior_tells_little,
    designer_or_seed,
    figures,
    goals_end_random,
    lock_in,
    selecting_harder,
    training_as_selection,
    zero_gradient,
)
from figures.goal_drift.causes import shares


@pytest.mark.parametrize("draw", [one for one in figures if not one.__name__.startswith("validity_of")])
def test_points_lie_on_the_curves(draw):
    figure = draw(replicates=1000, seed=3)
    assert figure.name == draw.__name__
    deviation = np.asarray(figure.table["deviation"], dtype=float)
    deviation = deviation[np.isfinite(deviation)]
    assert deviation.size >= 16
    assert np.abs(deviation).max() < 5.5  # normal false alarms: 4e-8 a point, fewer than 60 points


def test_a_figure_is_the_same_bytes_again():
    assert svg_text(lock_in(replicates=50)) == svg_text(lock_in(replicates=50))
    assert svg_text(lock_in(replicates=50)) != svg_text(lock_in(replicates=50, seed=1))


def test_lock_in_shows_the_limit_of_a_shut_gate():
    figure = lock_in(replicates=50, growth=1.0)
    half = 0.1 * np.logaddexp(0, 10.0) / np.log(2)
    assert f"{half:.2g}" in figure.caption
    learned = theory.get("goal_drift.learned_fraction")(
        pull=1.0, width=0.1, growth=half, threshold=1.0, initial_capability=0.0, time=1e4
    )
    assert abs(learned - 0.5) < 1e-6


def test_what_the_formula_lacks_is_refused():
    with pytest.raises(ValueError, match=r"weight_decay: got 0\.1; must be 0"):
        zero_gradient(weight_decay=0.1)
    with pytest.raises(ValueError, match=r"growth: got 0\.0; must be > 0"):
        lock_in(growth=0.0)


def test_goals_end_random_follows_agents_from_b_to_anywhere():
    figure = goals_end_random(replicates=1000, seed=1)
    paths = figure.table["kind"] == "path"
    agents = np.unique(figure.table["series"][paths])
    for agent in agents:
        path = figure.table["cosine"][paths & (figure.table["series"] == agent)]
        assert path[0] == 1.0
        assert np.all(np.abs(path) <= 1.0)
    last = figure.table["cosine"][paths & (figure.table["time"] == figure.table["time"][paths].max())]
    assert last.size == agents.size
    assert f"{last.min():.2f}".replace("-", "\u2212") in figure.caption
    assert len(figure.canvas.axes) == 3


def test_the_curve_of_a_density_is_a_density():
    figure = goals_end_random(replicates=400)
    for name in ("8 components", "32 components"):
        curve = (figure.table["kind"] == "curve") & (figure.table["series"] == name)
        area = np.trapezoid(figure.table["predicted"][curve], figure.table["cosine"][curve])
        assert abs(area - 1.0) < 1e-3


def test_shares_add_up_and_the_start_takes_the_designers_place():
    point = {"pull": 1.0, "width": 0.1, "growth": 0.5, "threshold": 1.0, "initial_capability": 0.0,
             "noise": 0.3, "base_sd": 0.7, "start_sd": 1.4}  # fmt: skip
    time = np.array([0.3, 2.0, 50.0])
    designers, start, noise = shares(point, time)
    learned = theory.get("goal_drift.learned_fraction")(
        **{name: point[name] for name in ("pull", "width", "growth", "threshold", "initial_capability")}, time=time
    )
    np.testing.assert_allclose(start / designers, ((1 - learned) * 1.4 / (learned * 0.7)) ** 2, rtol=1e-12)
    assert np.all(noise > 0)
    np.testing.assert_allclose(designers + start + noise, 1.0, rtol=1e-12)


def test_captions_follow_the_numbers():
    selected = training_as_selection(replicates=100, inverse_temperature=9.0)
    assert "around 0.90 of the designers', with 0.10 of the prior's variance" in selected.caption
    harder = selecting_harder(replicates=100)
    gated = (harder.table["series"] == "the gate shuts") & (harder.table["kind"] == "curve")
    curve = harder.table["predicted"][gated]
    assert f"to {curve.max():.2f} of it" in harder.caption
    assert curve[-1] < 0.1 * curve.max()
    seen = behavior_tells_little(replicates=1000, signal_variance=4.0)
    nats = np.log1p(4.0 / 0.09) / 2 / (1 + np.exp(-4.0))
    assert f"{nats:.2f} nats" in seen.caption


@pytest.mark.parametrize("draw", figures)
def test_a_figure_can_be_part_of_another(draw):
    from matplotlib.figure import Figure as Canvas

    axes = Canvas().subplots()
    figure = draw(axes, replicates=400)
    assert figure.canvas is axes.get_figure()
    assert len(figure.canvas.axes) == 1
    assert axes.lines


@pytest.mark.parametrize(
    ("draw", "given", "message"),
    [
        (goals_end_random, {"weight_decay": 0.0}, "weight_decay: got 0.0; must be > 0"),
        (goals_end_random, {"growth": 1.0}, "unknown parameter 'growth'"),
        (designer_or_seed, {"base_sd": 0.0}, "base_sd: got 0.0; must be > 0"),
        (designer_or_seed, {"weight_decay": 0.1}, "unknown parameter 'weight_decay'"),
        (behavior_tells_little, {"signal_variance": -1.0}, "signal_variance: got -1.0; must be > 0"),
        (training_as_selection, {"prior_sd": 0.0}, "prior_sd: got 0.0; must be > 0"),
        (goals_end_random, {"replicates": 399}, "replicates: got 399; must be at least 400"),
        (selecting_harder, {"noise": 0.1}, "unknown parameter 'noise'"),
    ],
)
def test_what_a_figure_has_no_use_for_is_refused(draw, given, message):
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        draw(**{"replicates": 400, **given})
