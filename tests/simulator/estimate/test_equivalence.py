"""Two one-sided tests: their definition, their rate of error at the bound, their power inside it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulator.estimate import equivalence_p_value


@pytest.mark.parametrize("estimate", [-1.5, -0.3, 0.0, 0.9, 1.0, 2.0])
def test_it_is_the_larger_of_two_one_sided_tests(estimate):
    expected = max(stats.norm.sf((estimate + 1.0) / 0.2), stats.norm.cdf((estimate - 1.0) / 0.2))
    np.testing.assert_allclose(equivalence_p_value(estimate, 0.2, 1.0), expected, rtol=1e-10)


def claimed(truth, error):
    """How often equivalence is claimed at 5 % for a truth, the bound being 1 and the real error 0.2."""
    seen = truth + 0.2 * np.random.default_rng(1).standard_normal(20_000)
    return np.mean([equivalence_p_value(one, error, 1.0) < 0.05 for one in seen])


def test_at_the_bound_one_claim_in_twenty_is_made():
    """Within 4 binomial standard deviations; an error too small by the root of 2 makes 12 %."""
    tolerance = 4 * np.sqrt(0.05 * 0.95 / 20_000)
    assert abs(claimed(1.0, 0.2) - 0.05) < tolerance
    assert claimed(1.0, 0.2 / np.sqrt(2)) > 0.05 + tolerance
    assert claimed(0.0, 0.2) > 0.99


def test_edges_and_refusals():
    assert equivalence_p_value(0.5, 0.0, 1.0) == 0.0
    assert equivalence_p_value(1.0, 0.0, 1.0) == 1.0
    assert equivalence_p_value(float("nan"), 0.1, 1.0) == 1.0
    with pytest.raises(ValueError, match=r"bound: got 0\.0"):
        equivalence_p_value(0.0, 0.1, 0.0)
    with pytest.raises(ValueError, match=r"standard_error: got -1\.0"):
        equivalence_p_value(0.0, -1.0, 1.0)
