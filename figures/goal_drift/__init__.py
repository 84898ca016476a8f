"""Figures of goal_drift, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.goal_drift.behavior import behavior_tells_little
from figures.goal_drift.causes import designer_or_seed
from figures.goal_drift.ends import goals_end_random
from figures.goal_drift.gate import lock_in, zero_gradient
from figures.goal_drift.selection import selecting_harder, training_as_selection

__all__ = [
    "behavior_tells_little", "designer_or_seed", "figures", "goals_end_random", "lock_in", "selecting_harder",
    "training_as_selection", "zero_gradient",
]  # fmt: skip

figures = (
    zero_gradient, lock_in, goals_end_random, designer_or_seed, behavior_tells_little, training_as_selection,
    selecting_harder,
)  # fmt: skip
