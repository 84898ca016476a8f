"""Figures of succession: points near their lines, words that follow from the numbers, the same bytes again.

Deviations of a figure's points are standard normal if theory is right: 5 standard errors, 6e-7 a point.
"""

from __future__ import annotations

import re

import networkx
import numpy as np
import pytest

from figures.figure import svg_text
from figures.succession import figures, how_often, interactions, lineage, retention, succession
from figures.succession.lineage import places

SMALL = {how_often: 400, retention: 500, interactions: 450}


@pytest.mark.parametrize("draw", SMALL)
def test_points_lie_near_the_lines(draw):
    figure = draw(replicates=SMALL[draw])
    points = figure.table["kind"] == "point"
    assert figure.name == draw.__name__
    assert points.sum() >= 12
    assert np.max(np.abs(figure.table["deviation"][points])) < 5.0
    alone = figure.table["kind"] == "simulation"
    assert alone.any()
    assert np.all(np.isnan(figure.table["predicted"][alone]))


def test_steps_lie_on_the_softmax():
    figure = succession(seed=3, circuits=8, changes=3)
    points = figure.table["kind"] == "point"
    assert points.sum() == 5 * 13
    assert np.max(np.abs(figure.table["simulated"][points] - figure.table["predicted"][points])) < 1e-4
    assert "the lead changes hands 3 times" in figure.caption


def test_the_lineage_is_that_of_the_run_shown():
    figure = lineage(seed=2, circuits=9, changes=2, overlap=0.5)
    table = figure.table
    order = np.argsort(table["since"])[:3]
    assert table["reign"][order].tolist() == [1.0, 2.0, 3.0]
    assert np.count_nonzero(np.isfinite(table["reign"])) == 3
    assert np.all(np.diff(table["quality"][order]) > 0.0)
    assert table["presence"][order[0]] == table["presence"].max()
    assert float(re.search(r"([0-9.]+) for the last", figure.caption)[1]) == round(table["retention"][order[2]], 2)


def test_a_tree_is_drawn_without_two_nodes_in_one_place():
    tree = networkx.DiGraph([(0, 1), (0, 2), (1, 3), (2, 4), (2, 5), (5, 6)])
    found = places(tree)
    assert len(set(found.values())) == 7
    assert all(found[child][1] == found[parent][1] - 1 for parent, child in tree.edges)


def test_a_figure_is_the_same_bytes_again():
    for draw in (succession, lineage):
        assert svg_text(draw()) == svg_text(draw())


def test_all_are_listed():
    assert [draw.__name__ for draw in figures] == ["succession", "how_often", "retention", "interactions", "lineage"]


def test_bad_input_is_refused_in_one_line():
    with pytest.raises(ValueError, match="changes: got 12; must happen in one of"):
        succession(changes=12)
    with pytest.raises(ValueError, match="components: got 5; must be at least 10"):
        interactions(components=5)
    with pytest.raises(ValueError, match="replicates: got 10; must be at least 400"):
        how_often(replicates=10)
