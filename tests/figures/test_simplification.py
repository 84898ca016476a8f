"""Figures of simplification: their points lie on their lines, their words follow from their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from figures.simplification import aligned_to_proxy, description_length, simple_or_entrenched, softmax_clock


def points(figure):
    shown = figure.table["kind"] == "point"
    return {name: column[shown] for name, column in figure.table.items()}


def test_the_phase_diagram_is_on_the_right_side_of_its_line():
    figure = simple_or_entrenched()
    seen = points(figure)
    assert seen["depth"].size == 450
    assert np.abs(seen["simulated"] - seen["predicted"]).max() < 0.02
    assert "0 of 450 squares" in figure.caption
    for outcome in (seen["simulated"] > 0.99, seen["simulated"] < 0.01):
        assert np.count_nonzero(outcome) > 100
    assert seen["simulated"][seen["depth"] == 1.0] == pytest.approx(2.25 / 3.25, abs=1e-6)
    wider = points(simple_or_entrenched(advantage=3.0))
    assert np.count_nonzero(wider["simulated"] > 0.99) > np.count_nonzero(seen["simulated"] > 0.99)


def test_trained_weights_lie_on_the_clock_at_every_depth():
    figure = softmax_clock()
    seen = points(figure)
    assert len(np.unique(seen["series"])) == 12
    assert np.abs(seen["simulated"] - seen["predicted"]).max() < 2e-3
    ends = seen["simulated"][seen["decay_times"] == 6.0].reshape(4, 3)
    np.testing.assert_allclose(ends.sum(axis=1), 1.0, rtol=1e-12)
    assert list(ends.argmax(axis=1)) == [0, 0, 1, 2]
    assert "at depth 6 feature 3 ends with 100%" in figure.caption


def test_an_aligned_goal_falls_to_its_proxy():
    figure = aligned_to_proxy(features=5, spread=0.4)
    seen = points(figure)
    assert np.max(np.abs(seen["simulated"] / seen["predicted"] - 1.0)) < 1e-3
    deep = seen["simulated"][seen["series"] == "depth 6"]
    assert np.all(np.diff(deep) < 1e-9)
    assert deep[-1] == pytest.approx(1 / np.sqrt(5), abs=1e-4)
    assert f"{1 / np.sqrt(5):.2f} (dotted)" in figure.caption
    lives = seen["series"] == "half-life, depth 2"
    products = seen["decay_times_or_decay"][lives] * seen["simulated"][lives]
    np.testing.assert_allclose(products, products[0], rtol=1e-4)


def test_texts_cross_over_at_ln_2():
    figure = description_length(replicates=32, seed=3)
    seen = points(figure)
    assert np.abs(seen["deviation"]).max() < 5.5  # chain errors of 32 walks; 21 points, false alarms of 1e-6 in all
    middle = np.isclose(seen["pressure"], np.log(2.0))
    np.testing.assert_allclose(seen["predicted"][middle], 0.5, rtol=1e-12)
    assert "fall there at 0.42, 0.67 and 1.2 of the longest" in figure.caption


@pytest.mark.parametrize(
    ("draw", "given", "message"),
    [
        (simple_or_entrenched, {"advantage": 1.0}, "advantage: got 1"),
        (softmax_clock, {"features": 8}, "features: got 8; must be at most 7"),
        (softmax_clock, {"start": [0.0, 0.0]}, "start: got no drive"),
        (softmax_clock, {"depth": 3}, "unknown parameter 'depth'"),
        (aligned_to_proxy, {"features": 1}, "features: got 1; must be at least 2"),
        (aligned_to_proxy, {"spread": 1.0}, "spread: got 1"),
        (description_length, {"reach": 0.7}, "reach: got 0.7; must be at most ln 2"),
        (description_length, {"replicates": 1}, "replicates: got 1; must be at least 2"),
    ],
)
def test_what_a_figure_has_no_use_for_is_refused(draw, given, message):
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        draw(**given)


def test_figures_can_be_part_of_a_canvas():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert softmax_clock(axes=axes).canvas is axes.get_figure()
    assert len(axes.get_lines()) == 6
