"""Figures of probe selection: points on their lines, words that follow from the numbers, the same bytes again."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.figure import svg_text
from figures.probe_selection import (
    evasion_window,
    frozen_probe,
    goodhart,
    sixteen_of_thirty_two,
    subverter,
    variance_ratio,
    which_metric,
)

# The least that each accepts, or little more: what is drawn is not more exact in a test than it has to be.
SMALL = {
    sixteen_of_thirty_two: 10_000, variance_ratio: 2000, which_metric: 2000, frozen_probe: 2000, subverter: 1000,
    goodhart: 100_000,
}  # fmt: skip


def points(figure):
    shown = figure.table["kind"] == "point"
    return {name: column[shown] for name, column in figure.table.items()}


@pytest.mark.parametrize("draw", SMALL, ids=lambda draw: draw.__name__)
def test_points_lie_on_the_lines(draw):
    """Within 4.5 standard errors each: some 20 points a figure, so a false alarm in one of 7000 seeds."""
    figure = draw(replicates=SMALL[draw], seed=2)
    seen = points(figure)
    assert figure.name == draw.__name__
    assert seen["simulated"].size >= 12
    assert np.max(np.abs(seen["deviation"])) < 4.5
    assert np.all(np.isfinite(figure.table["predicted"]))


def test_the_window_is_the_integrated_law():
    figure = evasion_window()
    seen = points(figure)
    np.testing.assert_allclose(seen["simulated"], seen["predicted"], rtol=1e-8, atol=1e-9)
    held = seen["series"] == "KL weight 0.2"
    assert 0 < held.sum() < (seen["series"] == "no KL penalty").sum()


def test_a_figure_is_the_same_bytes_again():
    one, two = (svg_text(frozen_probe(replicates=500, seed=6)) for _ in range(2))
    assert one == two


def test_the_window_follows_its_parameters():
    quick = evasion_window(bonus=2.0)
    assert f"buys {np.log(10) / 2:.1f} of time" in quick.caption


def test_the_ratio_is_said_as_it_is_drawn():
    figure = variance_ratio(replicates=2000, seed=3, evasion_ease=4.0)
    seen = points(figure)
    said = [float(number) for number in re.findall(r"falls (\d+) ±|and ([\d.]+) times", figure.caption)[0] if number]
    raw = seen["simulated"][seen["series"] == "selection, score units"]
    assert said[0] == round(raw[-1])
    flat = seen["predicted"][seen["series"] == "plain policy gradient, score units"]
    np.testing.assert_allclose(flat, 0.25, rtol=1e-12)


def test_a_frozen_copy_is_called_frozen_by_equivalence():
    figure = frozen_probe(replicates=4000, seed=4)
    p = float(re.search(r"p = ([\de-]+)\)", figure.caption)[1])
    assert p < 1e-6


def test_three_learners_of_the_same_rollouts():
    figure = which_metric(replicates=2000, seed=5, variance_ratio=9.0)
    seen = points(figure)
    selected = seen["simulated"][seen["series"] == "selection, natural gradient"]
    assert np.all(selected == selected[0])
    through = seen["simulated"][seen["series"] == "probe in the loss"]
    np.testing.assert_allclose(through[0] / through[-1], 1000.0, rtol=1e-12)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="replicates: got 10; must be at least 400"):
        variance_ratio(replicates=10)
    with pytest.raises(ValueError, match=r"covariance: got 0\.4; must be below 0\.2"):
        frozen_probe(covariance=0.4, evasion_variance=0.04)
    with pytest.raises(ValueError, match="prevalence"):
        evasion_window(prevalence=0.9)
