"""Figures of crystallization: points on their lines, words that follow from the numbers, the same bytes again."""

from __future__ import annotations

import re

import numpy as np
import pytest

from figures.crystallization import deception_probability, prerequisites, race, three_routes, two_metrics
from figures.figure import svg_text


def points(figure):
    shown = figure.table["kind"] == "point"
    return {name: column[shown] for name, column in figure.table.items()}


def test_paths_lie_on_their_hyperbolas():
    figure = race(replicates=4)
    seen = points(figure)
    assert seen["simulated"].size == 12 * 9
    assert np.abs(seen["simulated"] - seen["predicted"]).max() < 1e-5
    assert "12 of 12 ends" in figure.caption
    assert np.count_nonzero(seen["misalignment"] < 1e-9) == 4  # ends of internalization


def test_chances_lie_on_the_backward_equation():
    """Four standard errors at each of 18 points."""
    figure = deception_probability(replicates=800)
    seen = points(figure)
    assert seen["noise"].size == 18
    assert np.abs(seen["deviation"]).max() < 4.0
    split = [seen["predicted"][seen["series"] == name][-1] for name in np.unique(seen["series"])]
    assert max(split) - min(split) > 0.1
    off = [
        float(one)
        for one in re.search(r"off by ([\d.]+) at most at noise 0.14, and by ([\d.]+) at 0.4", figure.caption).groups()
    ]
    assert off[0] < 0.015 < 0.03 < off[1]


def test_the_triangle_is_divided_as_it_should():
    figure = three_routes(replicates=40, noise=0.05)
    right, clear = (int(one) for one in re.search(r"of theory at (\d+) of (\d+) places", figure.caption).groups())
    assert clear > 60
    assert right == clear
    assert set(figure.table["predicted"]) == {"internalization", "deception", "corrigibility"}


def test_two_verdicts():
    figure = two_metrics()
    seen = points(figure)
    assert np.abs(seen["simulated"] - seen["predicted"]).max() < 5e-3
    learned = seen["simulated"][seen["series"] == "behind a learned gate"]
    assert np.all(np.diff(learned) < 0)
    for name in ("as it is, p = 0", "behind a gate that grows"):
        assert np.ptp(seen["simulated"][seen["series"] == name][-5:]) < 1e-6
    assert "at p = 0.67, 1.34 and 1.76" in figure.caption


def test_prerequisites_lock_with_the_last():
    figure = prerequisites()
    seen = points(figure)
    assert np.max(np.abs(seen["simulated"] / seen["predicted"] - 1.0)) < 1e-5
    late = seen["simulated"][seen["series"] == "open time"]
    np.testing.assert_allclose(late[-1] - late[-2], 0.5, atol=0.01)
    assert svg_text(figure) == svg_text(prerequisites())


@pytest.mark.parametrize(
    ("draw", "given", "message"),
    [
        (two_metrics, {"ease": 2.0}, "ease: got 2; must be > 2"),
        (deception_probability, {"honesty_start": 0.0}, "honesty_start: got 0; must be > 0"),
        (race, {"ease": 2.0}, "unknown parameter 'ease'"),
    ],
)
def test_what_a_figure_has_no_use_for_is_refused(draw, given, message):
    with pytest.raises(ValueError, match=message):
        draw(**given)
