"""Closed forms of goal_drift, in NumPy, stable over their whole range; keywords broadcast."""

from theory.goal_drift.formulas.chance import (
    behavior_information,
    designer_share,
    final_cosine_distribution,
    stationary_autocorrelation,
)
from theory.goal_drift.formulas.drift import (
    alignment,
    autocorrelation,
    cosine_to_start,
    mean_squared_displacement,
    retained_goal,
    shut_variance,
)
from theory.goal_drift.formulas.elementary import exprel, logistic
from theory.goal_drift.formulas.gate import (
    goal_gradient,
    goal_variance,
    learned_fraction,
    open_time,
    openness,
)
from theory.goal_drift.formulas.posterior import posterior_mean, posterior_variance, selected_goal
from theory.goal_drift.formulas.stakes import stake_selection

__all__ = [
    "alignment", "autocorrelation", "behavior_information", "cosine_to_start", "designer_share", "exprel",
    "final_cosine_distribution", "goal_gradient", "goal_variance", "learned_fraction", "logistic",
    "mean_squared_displacement", "open_time", "openness", "posterior_mean", "posterior_variance", "retained_goal",
    "selected_goal", "shut_variance", "stake_selection", "stationary_autocorrelation",
]  # fmt: skip
