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
from theory.goal_drift.formulas.fixation import (
    equal_goals,
    fixation_chain,
    fixation_probability,
    fixation_time,
    kimura_error,
)
from theory.goal_drift.formulas.gate import (
    goal_gradient,
    goal_variance,
    learned_fraction,
    open_time,
    openness,
)
from theory.goal_drift.formulas.population import (
    closure_error,
    mutation_selection_variance,
    neutral_divergence_rate,
    price_identity,
    sampling_bias,
    selected_mean,
    selected_variance,
    selection_response,
    variance_of_mean,
    within_variance,
)
from theory.goal_drift.formulas.posterior import posterior_mean, posterior_variance, selected_goal
from theory.goal_drift.formulas.stakes import stake_selection

__all__ = [
    "alignment", "autocorrelation", "behavior_information", "closure_error", "cosine_to_start", "designer_share",
    "equal_goals", "exprel", "final_cosine_distribution", "fixation_chain", "fixation_probability", "fixation_time",
    "goal_gradient", "goal_variance", "kimura_error", "learned_fraction", "logistic", "mean_squared_displacement",
    "mutation_selection_variance", "neutral_divergence_rate", "open_time", "openness", "posterior_mean",
    "posterior_variance", "price_identity", "retained_goal", "sampling_bias", "selected_goal", "selected_mean",
    "selected_variance", "selection_response", "shut_variance", "stake_selection", "stationary_autocorrelation",
    "variance_of_mean", "within_variance",
]  # fmt: skip
