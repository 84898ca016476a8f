"""Why the closed forms of preservation are true: the law's own equations with zero residual, limits, renewal."""

from theory.preservation.proofs.faking import (
    danger_window,
    lapsing_variance,
    leaky_distance,
    leaky_half_life,
    window_variance,
)
from theory.preservation.proofs.features import held_shares
from theory.preservation.proofs.inside import (
    internal_diffusion,
    internal_gap_variance,
    internal_retention,
    internal_variance,
)
from theory.preservation.proofs.outside import (
    freezing_error,
    held_strength,
    memory_error,
    required_hold,
    resetting_distribution,
    resetting_error,
    resetting_variance,
)

__all__ = [
    "danger_window", "freezing_error", "held_shares", "held_strength", "internal_diffusion", "internal_gap_variance",
    "internal_retention", "internal_variance", "lapsing_variance", "leaky_distance", "leaky_half_life",
    "memory_error", "required_hold", "resetting_distribution", "resetting_error", "resetting_variance",
    "window_variance",
]  # fmt: skip
