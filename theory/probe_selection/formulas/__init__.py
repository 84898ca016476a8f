"""Closed forms of probe selection in NumPy, one module an idea; scalars broadcast, pairs are (misbehavior, evasion)."""

from theory.probe_selection.formulas.detection import (
    auc_of_halves,
    missed_among,
    recall_of_halves,
    unflagged_honest,
)
from theory.probe_selection.formulas.goodhart import goodhart
from theory.probe_selection.formulas.group import group_update, mean_to_sd, natural_update
from theory.probe_selection.formulas.response import (
    frozen_probe,
    response_ratio,
    retrained_weight,
    standardized_ratio,
    subverter_capability,
)
from theory.probe_selection.formulas.truncation import (
    correlation_after_selection,
    covariance_after_selection,
    population_response,
    population_variance,
    truncation_intensity,
    variance_after_selection,
)
from theory.probe_selection.formulas.types import (
    critical_kl,
    evasion_time,
    misbehavior_share,
    recall_decay,
    selection_time,
    type_shares,
)

__all__ = [
    "auc_of_halves", "correlation_after_selection", "covariance_after_selection", "critical_kl", "evasion_time",
    "frozen_probe", "goodhart", "group_update", "mean_to_sd", "misbehavior_share", "missed_among",
    "natural_update", "population_response", "population_variance", "recall_decay", "recall_of_halves",
    "response_ratio", "retrained_weight", "selection_time", "standardized_ratio", "subverter_capability",
    "truncation_intensity", "type_shares", "unflagged_honest", "variance_after_selection",
]  # fmt: skip
