"""Figures of preservation: simulation on the lines, words that follow from the numbers, the same bytes again."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.figure import svg_text
from figures.preservation import danger_window, figures, leaky_faking, memory

FEW = {"leaky_faking": 500, "danger_window": 400, "memory": 1000}


@pytest.fixture(scope="module")
def drawn():
    return {draw.__name__: draw(replicates=FEW[draw.__name__]) for draw in figures}


@pytest.mark.parametrize("name", FEW)
def test_points_lie_on_the_lines(name, drawn):
    """No point is beyond five standard errors: 6e-7 a point, and there are 110; nor do all lie closer than chance."""
    figure = drawn[name]
    assert figure.name == name
    points = figure.table["kind"] == "point"
    off = figure.table["deviation"][points]
    assert points.sum() >= 18
    assert np.max(np.abs(off)) < 5.0
    assert np.sqrt(np.mean(off**2)) > 0.3


def test_a_figure_is_the_same_bytes_again(drawn):
    assert svg_text(danger_window(replicates=400)) == svg_text(drawn["danger_window"])


def test_captions_follow_the_point(drawn):
    assert "in 6.9 at 90%, in 69 at 99%, and never" in drawn["leaky_faking"].caption
    assert "in 1.4 at 90%, in 14 at 99%" in leaky_faking(replicates=400, pull=5.0).caption
    said = re.search(r"a variance of ([\d.]+) at growth 0.05 and ([\d.]+) at 5", drawn["danger_window"].caption)
    assert np.allclose([float(one) for one in said.groups()], [0.09 * 3 / 0.05, 0.09 * 3 / 5], rtol=0.01)
    assert "written at 1.5 makes the window 6 times as short" in drawn["danger_window"].caption
    assert "written at 5 comes too late" in danger_window(replicates=400, memory_threshold=5.0).caption
    assert "memory inside the weights slows it, to 0.05," in drawn["memory"].caption
    assert "memory inside the weights even speeds it up" in memory(replicates=400, memory_noise=0.9).caption


def test_what_has_no_window_is_refused():
    with pytest.raises(ValueError, match=r"memory_threshold: got 0\.5; must be above awareness at 1"):
        danger_window(memory_threshold=0.5)
    with pytest.raises(ValueError, match="tracking: got 0; must be > 0"):
        memory(tracking=0.0)
    with pytest.raises(ValueError, match="replicates: got 10; must be at least 400"):
        leaky_faking(replicates=10)
    with pytest.raises(ValueError, match="unknown parameter 'pul'; did you mean 'pull'"):
        leaky_faking(pul=1.0)
