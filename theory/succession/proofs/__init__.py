"""Why the formulas of succession are true, as obligations that are carried out; each goes by its formula's name."""

from theory.succession.proofs.exponential import exponential_successions
from theory.succession.proofs.goals import (
    blend_overlap,
    goal_retention,
    leader_share,
    reuse_retention,
    run_retention,
)
from theory.succession.proofs.interactions import selective_interactions, surviving_interactions
from theory.succession.proofs.leaders import expected_successions, first_leads

__all__ = [
    "blend_overlap", "expected_successions", "exponential_successions", "first_leads", "goal_retention",
    "leader_share", "reuse_retention", "run_retention", "selective_interactions", "surviving_interactions",
]  # fmt: skip
