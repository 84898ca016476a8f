"""Figures of goal_drift, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.goal_drift.behavior import behavior_tells_little
from figures.goal_drift.causes import designer_or_seed
from figures.goal_drift.ends import goals_end_random
from figures.goal_drift.fixation import fixation
from figures.goal_drift.gate import lock_in, zero_gradient
from figures.goal_drift.levels import levels_agree
from figures.goal_drift.populations import mutation_selection, neutral_goals
from figures.goal_drift.selection import selecting_harder, training_as_selection
from figures.goal_drift.validity import validity_of_closure, validity_of_kimura

__all__ = [
    "behavior_tells_little", "designer_or_seed", "figures", "fixation", "goals_end_random", "levels_agree", "lock_in",
    "mutation_selection", "neutral_goals", "selecting_harder", "training_as_selection", "validity_of_closure",
    "validity_of_kimura", "zero_gradient",
]  # fmt: skip

figures = (
    zero_gradient, lock_in, goals_end_random, designer_or_seed, behavior_tells_little, training_as_selection,
    selecting_harder, neutral_goals, mutation_selection, fixation, levels_agree,
    validity_of_kimura, validity_of_closure,
)  # fmt: skip
