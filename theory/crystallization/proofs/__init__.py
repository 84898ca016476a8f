"""Why the closed forms of crystallization are true: the laws' own drifts and noises, zero residuals, limits."""

from theory.crystallization.proofs.chance import (
    chance_lock_in,
    deception_prior,
    deception_probability,
    first_passage,
    mean_learning,
)
from theory.crystallization.proofs.gates import (
    fall_per_efold,
    gate_invariant,
    grown_residual,
    prerequisites,
    unequal_prerequisites,
)
from theory.crystallization.proofs.joint import joint_share, overtaking_time, reward_gap
from theory.crystallization.proofs.learned import (
    base_residual,
    critical_honesty_ease,
    lock_time,
    locked_displacement,
)
from theory.crystallization.proofs.race import (
    critical_ease,
    decision_time,
    described_remainder,
    race_invariant,
    race_remainder,
    race_winner,
)

__all__ = [
    "base_residual", "chance_lock_in", "critical_ease", "critical_honesty_ease", "deception_prior",
    "deception_probability", "decision_time", "described_remainder", "fall_per_efold", "first_passage",
    "gate_invariant", "grown_residual", "joint_share", "lock_time", "locked_displacement", "mean_learning",
    "overtaking_time", "prerequisites", "race_invariant", "race_remainder", "race_winner", "reward_gap",
    "unequal_prerequisites",
]  # fmt: skip
