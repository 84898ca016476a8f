"""The closed forms of succession in NumPy: functions of keywords that broadcast.

K circuits of presence l and quality s; see ``simulator.models.succession``.
"""

from theory.succession.formulas.goals import (
    blend_overlap,
    goal_retention,
    least_retention,
    pair_overlap,
    reuse_retention,
    run_retention,
)
from theory.succession.formulas.interactions import selective_interactions, surviving_interactions
from theory.succession.formulas.leaders import (
    expected_successions,
    exponential_successions,
    first_leads,
    leading_successions,
)
from theory.succession.formulas.shares import first_share, leader_share, shares, takeover_time

__all__ = [
    "blend_overlap", "expected_successions", "exponential_successions", "first_leads", "first_share", "goal_retention",
    "leader_share", "leading_successions", "least_retention", "pair_overlap", "reuse_retention", "run_retention",
    "selective_interactions", "shares", "surviving_interactions", "takeover_time",
]  # fmt: skip
