"""Why the closed forms of goal_drift are true: their equations with zero residual, their limits, their integrals."""

from theory.goal_drift.proofs.chance import (
    behavior_information,
    designer_share,
    final_cosine_distribution,
    stationary_autocorrelation,
)
from theory.goal_drift.proofs.drift import (
    autocorrelation,
    cosine_by_quadrature,
    cosine_to_start,
    mean_squared_displacement,
    shut_moments,
)
from theory.goal_drift.proofs.fixation import equal_goals, fixation_chain, fixation_probability
from theory.goal_drift.proofs.gate import (
    goal_gradient,
    goal_variance,
    learned_fraction,
    open_time,
    variance_by_2f1,
    zero_gradient,
)
from theory.goal_drift.proofs.points import COSINE_POINTS, GATE_POINTS, SHUT_POINTS
from theory.goal_drift.proofs.population import (
    mutation_selection_variance,
    neutral_divergence_rate,
    price_identity,
    selected_variance,
    selection_response,
    variance_of_mean,
    within_variance,
)
from theory.goal_drift.proofs.posterior import posterior_mean, posterior_variance, selected_goal
from theory.goal_drift.proofs.stakes import stake_selection

__all__ = [
    "COSINE_POINTS", "GATE_POINTS", "SHUT_POINTS", "autocorrelation", "behavior_information", "cosine_by_quadrature",
    "cosine_to_start", "designer_share", "equal_goals", "final_cosine_distribution", "fixation_chain",
    "fixation_probability", "goal_gradient", "goal_variance", "learned_fraction", "mean_squared_displacement",
    "mutation_selection_variance", "neutral_divergence_rate", "open_time", "posterior_mean", "posterior_variance",
    "price_identity", "selected_goal", "selected_variance", "selection_response", "shut_moments", "stake_selection",
    "stationary_autocorrelation", "variance_by_2f1", "variance_of_mean", "within_variance", "zero_gradient",
]  # fmt: skip
