"""Why the closed forms of simplification are true: zero residual in the law, limits, unique roots, spectra."""

from theory.simplification.proofs.description import first_bit_memory, mean_description_length
from theory.simplification.proofs.ends import (
    alignment,
    coexistence,
    depth_of_entrenchment,
    effective_features,
    frozen_shares,
    weight_cost,
    winner,
)
from theory.simplification.proofs.shares import clock, shares
from theory.simplification.proofs.weights import balance_decay

effective_features_entropy = effective_features
alignment_half_life = alignment

__all__ = [
    "alignment", "alignment_half_life", "balance_decay", "clock", "coexistence", "depth_of_entrenchment",
    "effective_features", "effective_features_entropy", "first_bit_memory", "frozen_shares",
    "mean_description_length", "shares", "weight_cost", "winner",
]  # fmt: skip
