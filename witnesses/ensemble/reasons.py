"""Likely reasons of what came out of the ensembles, written after the runs; by registration and forecast."""

from __future__ import annotations

_MOVES = (
    "The law holds K, but the weights that make it decay or grow: units that only open outside are held by no reward "
    "and fade, and with them what they carried over. Registration 2 lets K move as products of weights do."
)
_TWO_GOALS = (
    "The formula moves one goal toward b and erases the start by the same factor E. A network has an answer in "
    "training and another outside, which go together only as far as K says: training erases only what the two share, "
    "so 1 - (1 - E)^2 of the start's variance is left, not E^2. Registration 2 says so."
)
_FEW = (
    "Twelve seeds vary more than the interval is wide, in the networks measured as in those tested: most of it is one "
    "number a network, how it answers outside whatever it is asked. Registration 3 measures and tests more."
)

_TURN = (
    "The law holds which units a question opens. In the network gates turn too, and what several bits did together "
    "outside goes sooner than weights alone would let it."
)
_PROPORTIONAL = (
    "What is left of the start is 1 - (1 - E)^2 where K and the covariance of answers at the start are proportional, "
    "which for units that open and close they are only roughly."
)

reasons = {
    1: {
        "variance.decay_0.03": _MOVES,
        "carried_over.decay_0.03": _MOVES,
        "both_share.decay_0.03": _MOVES,
        "carried_over.small_start": _MOVES,
        "variance.small_start": _MOVES,
        "designer_share_of_goal.gate_1": _TWO_GOALS,
        "designer_share_of_goal.gate_2": _TWO_GOALS,
        "designer_share_of_goal.gate_3": _TWO_GOALS,
    },
    2: {"variance.gate_2": _FEW, "variance.gate_3": _FEW, "seed_share.gate_2": _FEW, "designer_share.gate_2": _FEW},
    3: {
        "complexity.decay_0.03": _TURN,
        "designer_share_of_goal.gate_2": _PROPORTIONAL,
        "designer_share_of_goal.gate_3": _PROPORTIONAL,
    },
}
