"""Why the closed forms of grokking are true: the laws' own drifts, zero residuals, limits, bounds."""

from theory.grokking.proofs.learning import rise, rise_time
from theory.grokking.proofs.outcome import coexistence_ratio, critical_data_size, hysteresis, path_independence
from theory.grokking.proofs.passage import (
    grokking_exponent,
    grokking_time,
    grokking_time_logistic,
    snap_duration,
    transition_slope,
    ungrokking_time,
)
from theory.grokking.proofs.run import clock, visible_from_start

__all__ = [
    "clock", "coexistence_ratio", "critical_data_size", "grokking_exponent", "grokking_time", "grokking_time_logistic",
    "hysteresis", "path_independence", "rise", "rise_time", "snap_duration", "transition_slope", "ungrokking_time",
    "visible_from_start",
]  # fmt: skip
