"""Figures of a probed feature: points on their lines, words that follow from the numbers, the same bytes again."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.figure import svg_text
from figures.probe_selection.frontier import frontier
from figures.probe_selection.rotation import rotation


@pytest.fixture(scope="module")
def turning():
    return rotation(strength=2.0, angle=0.9)


@pytest.fixture(scope="module")
def price():
    return frontier()


@pytest.mark.parametrize(("name", "series", "points"), [("turning", 7, 46), ("price", 6, 54)])
def test_points_lie_on_the_lines(name, series, points, request):
    figure = request.getfixturevalue(name)
    shown = figure.table["kind"] == "point"
    simulated, predicted = figure.table["simulated"][shown], figure.table["predicted"][shown]
    assert len(set(figure.table["series"])) == series
    assert shown.sum() == points
    assert np.max(np.abs(simulated - predicted)) < 1e-4  # what is left where a line is steepest


def test_a_figure_is_the_same_bytes_again(price):
    assert price.name == frontier.__name__
    assert svg_text(price) == svg_text(frontier())


def of(figure, series, kind="point", column="simulated"):
    chosen = (figure.table["series"] == series) & (figure.table["kind"] == kind)
    return figure.table[column][chosen]


def test_the_caption_of_rotation_follows_the_point(turning):
    figure = turning
    kept = float(re.search(r"out of sight with ([\d.]+) of", figure.caption)[1])
    assert abs(of(figure, "0.1 of the threshold")[-1] - kept) < 0.006
    assert of(figure, "1.25 of the threshold")[-1] < 1e-6
    growing = of(figure, "0.4, negative scores paid for")
    assert np.all(np.diff(growing) > 0.0)
    threshold = float(re.search(r"decides, at ([\d.]+),", figure.caption)[1])
    for learner in ("gradient", "selection"):
        ratios, left = of(figure, learner, column="angle_or_ratio"), of(figure, learner)
        assert np.array_equal(left > 1e-6, ratios < threshold)


def test_the_slopes_of_the_frontier_are_those_of_its_first_points(price):
    figure = price
    said = re.findall(r"[\d.]+", re.search(r"here ([\d., and]+), in", figure.caption)[1])
    ends = {"selection, variances 9 : 1": float(said[0]), "gradient, eases 1 : 15": float(said[-1])}
    for name, slope in ends.items():
        lost, removed = of(figure, name, "curve", "auc_lost"), of(figure, name, "curve", "predicted")
        assert abs(removed[1] / lost[1] / slope - 1.0) < 0.15
    assert np.all(of(figure, "probe on a frozen copy", column="auc_lost") == 0.0)
    assert of(figure, "selection, variances 1 : 1")[-1] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("draw", [rotation, frontier])
def test_a_blind_start_is_refused(draw):
    with pytest.raises(ValueError, match=r"angle: got 1\.6; must be finite and in"):
        draw(angle=1.6)
