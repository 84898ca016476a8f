"""Closed forms of simplification, in NumPy, stable over their whole range; keywords broadcast."""

from theory.simplification.formulas.alignment import (
    alignment,
    alignment_half_life,
    balance_decay,
    lasting_alignment,
)
from theory.simplification.formulas.description import (
    first_bit_memory,
    length_chain,
    mean_description_length,
    relaxation,
)
from theory.simplification.formulas.shares import (
    clock,
    effective_features,
    effective_features_entropy,
    frozen_shares,
    left_out,
    shares,
    weight_cost,
)
from theory.simplification.formulas.winner import coexistence, depth_of_entrenchment, winner

__all__ = [
    "alignment", "alignment_half_life", "balance_decay", "clock", "coexistence", "depth_of_entrenchment",
    "effective_features", "effective_features_entropy", "first_bit_memory", "frozen_shares", "lasting_alignment",
    "left_out", "length_chain", "mean_description_length", "relaxation", "shares", "weight_cost", "winner",
]  # fmt: skip
