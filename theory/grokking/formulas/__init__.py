"""The closed forms of grokking in NumPy: functions of keywords that broadcast.

Strengths g, efficiencies h, shares of the margin p; M memorizes, G generalizes; see ``simulator.models.grokking``.
"""

from theory.grokking.formulas.learning import rise, rise_time, visible_from_start
from theory.grokking.formulas.outcome import coexistence_ratio, critical_data_size, path_independence
from theory.grokking.formulas.passage import (
    floor,
    grokking_exponent,
    grokking_time,
    passage_time,
    snap_duration,
    transition_slope,
    ungrokking_time,
)
from theory.grokking.formulas.run import clock

__all__ = [
    "clock", "coexistence_ratio", "critical_data_size", "floor", "grokking_exponent", "grokking_time", "passage_time",
    "path_independence", "rise", "rise_time", "snap_duration", "transition_slope", "ungrokking_time",
    "visible_from_start",
]  # fmt: skip
