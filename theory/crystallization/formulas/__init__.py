"""The closed forms of crystallization in NumPy: functions of keywords that broadcast.

x misalignment, y honesty, and eases; see ``simulator.models.crystallization``.
"""

from theory.crystallization.formulas.chance import (
    chance_lock_in,
    corner_error,
    deception_prior,
    deception_probability,
    first_passage,
    lead,
    lopsidedness,
    mean_learning,
    noise_ratio,
)
from theory.crystallization.formulas.gates import (
    fall_per_efold,
    gate_invariant,
    grown_residual,
    locking_growth,
    prerequisites,
    price_exponent,
    unequal_prerequisites,
)
from theory.crystallization.formulas.joint import joint_share, overtaking_time, reward_gap
from theory.crystallization.formulas.learned import (
    base_residual,
    critical_honesty_ease,
    lock_time,
    locked_displacement,
    openness_budget,
)
from theory.crystallization.formulas.race import (
    critical_ease,
    decision_time,
    described_remainder,
    race_remainder,
    race_winner,
)

__all__ = [
    "base_residual", "chance_lock_in", "corner_error", "critical_ease", "critical_honesty_ease", "deception_prior",
    "deception_probability", "decision_time", "described_remainder", "fall_per_efold", "first_passage",
    "gate_invariant", "grown_residual", "joint_share", "lead", "lock_time", "locked_displacement", "locking_growth",
    "lopsidedness", "mean_learning", "noise_ratio", "openness_budget", "overtaking_time", "prerequisites",
    "price_exponent", "race_remainder", "race_winner", "reward_gap", "unequal_prerequisites",
]  # fmt: skip
