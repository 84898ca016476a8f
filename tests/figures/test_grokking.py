"""Figures of grokking: points on their lines, words that follow from the numbers, the same bytes again."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.figure import svg_text
from figures.grokking import figures, grokking_hysteresis, grokking_snap, grokking_time

# What is left: steps of 0.02, a stiffness of 100, and end states that are not at the end.
ALLOWED = {"grokking_snap": 0.02, "grokking_time": 0.03, "grokking_hysteresis": 0.02}


@pytest.mark.parametrize("draw", [one for one in figures if one.__name__ in ALLOWED])
def test_points_lie_on_the_lines(draw):
    figure = draw()
    assert figure.name == draw.__name__
    points = figure.table["kind"] == "point"
    simulated, predicted = figure.table["simulated"][points], figure.table["predicted"][points]
    assert points.sum() >= 26
    assert np.max(np.abs(simulated - predicted) / np.maximum(np.abs(predicted), 1.0)) < ALLOWED[figure.name]


def test_a_figure_is_the_same_bytes_again():
    assert svg_text(grokking_time()) == svg_text(grokking_time())


def test_the_caption_follows_the_point():
    snap = grokking_snap(weight_decay=0.06)
    line = (snap.table["series"] == "share of the margin that generalizes") & (snap.table["kind"] == "curve")
    crossing = np.interp(0.5, snap.table["predicted"][line], snap.table["time"][line])
    said = float(re.search(r"equal shares, at (\d+)", snap.caption)[1])
    assert abs(said / crossing - 1) < 0.01
    assert "At depth 3 it groks at 2 critical sizes and ungroks at 0.5" in grokking_hysteresis(depth=3.0).caption


def test_a_point_at_which_nothing_groks_is_refused():
    with pytest.raises(ValueError, match=r"generalizing_efficiency: got 0\.5; must be above"):
        grokking_snap(generalizing_efficiency=0.5)
    with pytest.raises(ValueError, match=r"generalizing_start: got 0\.1; must be so small"):
        grokking_snap(generalizing_start=0.1)
    with pytest.raises(ValueError, match="depth: got 2"):
        grokking_hysteresis(depth=2.0)
