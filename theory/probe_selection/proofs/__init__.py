"""Why the closed forms of probe selection are true, one function a prediction: residuals, limits, quadrature."""

from theory.probe_selection.proofs.detection import auc_of_halves, missed_among, recall_of_halves, unflagged_honest
from theory.probe_selection.proofs.goodhart import goodhart
from theory.probe_selection.proofs.group import group_update, natural_update
from theory.probe_selection.proofs.population import population_response, population_variance
from theory.probe_selection.proofs.response import (
    frozen_probe,
    response_ratio,
    response_ratio_gradient,
    retrained_weight,
    standardized_ratio,
    subverter_capability,
)
from theory.probe_selection.proofs.truncation import (
    correlation_after_selection,
    truncation_intensity,
    variance_after_selection,
)
from theory.probe_selection.proofs.types import critical_kl, evasion_time, misbehavior_share, recall_decay

__all__ = [
    "auc_of_halves", "correlation_after_selection", "critical_kl", "evasion_time", "frozen_probe", "goodhart",
    "group_update", "misbehavior_share", "missed_among", "natural_update", "population_response",
    "population_variance", "recall_decay", "recall_of_halves", "response_ratio", "response_ratio_gradient",
    "retrained_weight", "standardized_ratio", "subverter_capability", "truncation_intensity",
    "unflagged_honest", "variance_after_selection",
]  # fmt: skip
