"""Figures of goal_drift: drawn small, their theory is the theory, their words follow from their numbers."""

from __future__ import annotations

import numpy as np
import pytest

import theory
from figures.figure import svg_text
from figures.goal_drift import figures, lock_in, zero_gradient


@pytest.mark.parametrize("draw", figures)
def test_points_lie_on_the_curves(draw):
    figure = draw(replicates=400, seed=3)
    assert figure.name == draw.__name__
    deviation = np.asarray(figure.table["deviation"], dtype=float)
    deviation = deviation[np.isfinite(deviation)]
    assert deviation.size >= 16
    assert np.abs(deviation).max() < 5.5  # false alarms: 4e-8 a point, fewer than 60 points


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
