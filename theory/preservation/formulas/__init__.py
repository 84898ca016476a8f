"""Closed forms of preservation, in NumPy, stable over their whole range; keywords broadcast."""

from theory.preservation.formulas.faking import (
    danger_window,
    lapsing_variance,
    leaky_distance,
    leaky_half_life,
    window_variance,
)
from theory.preservation.formulas.features import held_shares
from theory.preservation.formulas.inside import (
    internal_covariance,
    internal_diffusion,
    internal_gap_variance,
    internal_memory_variance,
    internal_retention,
    internal_variance,
)
from theory.preservation.formulas.outside import (
    freezing_error,
    held_strength,
    held_strength_variance,
    memory_error,
    required_hold,
    resetting_distribution,
    resetting_error,
    resetting_variance,
)

__all__ = [
    "danger_window", "freezing_error", "held_shares", "held_strength", "held_strength_variance",
    "internal_covariance", "internal_diffusion", "internal_gap_variance", "internal_memory_variance",
    "internal_retention", "internal_variance", "lapsing_variance", "leaky_distance", "leaky_half_life",
    "memory_error", "required_hold", "resetting_distribution", "resetting_error", "resetting_variance",
    "window_variance",
]  # fmt: skip
