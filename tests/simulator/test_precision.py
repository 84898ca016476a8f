"""Precision: what it asks of which measure, and how far an error is from it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.precision import Precision, precisions

MEASURES, CONTRASTS = ("a", "b"), ("a_contrast", "b_contrast")


def test_one_number_holds_for_every_measure_and_contrast():
    assert set(precisions(1e-3, MEASURES, CONTRASTS)) == {*MEASURES, *CONTRASTS}
    assert precisions(1e-3, MEASURES)["a"] == Precision(absolute=1e-3)


def test_a_relative_one_leaves_contrasts_alone_for_they_may_vanish():
    assert set(precisions({"relative": 0.01}, MEASURES, CONTRASTS)) == {*MEASURES}


def test_measures_may_have_their_own():
    found = precisions({"a": 0.1, "b_contrast": {"absolute": 0.2, "relative": 0.3}}, MEASURES, CONTRASTS)
    assert found == {"a": Precision(0.1), "b_contrast": Precision(0.2, 0.3)}
    assert precisions(None, MEASURES) == {}


def test_the_excess_is_how_many_times_too_large_an_error_is():
    both = Precision(absolute=0.1, relative=0.5)
    found = both.excess(np.array([0.0, 2.0, 2.0, 0.0]), np.array([0.2, 0.5, 2.0, np.nan]))
    np.testing.assert_allclose(found, [2.0, 0.5, 2.0, np.inf])
    assert Precision(relative=0.1).excess(np.array([0.0]), np.array([0.0])) == 0.0
    assert Precision(relative=0.1).excess(np.array([0.0]), np.array([0.1])) == np.inf


REFUSED = {
    "text": ("small", TypeError, "precision: got 'small'; must be one number"),
    "infinite": (np.inf, ValueError, "precision: got inf"),
    "negative": ({"absolute": -1.0, "relative": 0.1}, ValueError, "precision: got"),
    "not a number": (float("nan"), ValueError, "precision: got nan"),
    "an empty mapping": ({}, ValueError, "precision: got an empty mapping"),
    "a wrong kind": ({"a": {"relativ": 0.1}}, ValueError, "precision of a: got 'relativ'; did you mean 'relative'?"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_precision_is_refused(case):
    given, error, line = REFUSED[case]
    with pytest.raises(error) as refusal:
        precisions(given, MEASURES)
    assert str(refusal.value).startswith(line)
