"""Figures of probe selection, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.probe_selection.flags import sixteen_of_thirty_two
from figures.probe_selection.frontier import frontier
from figures.probe_selection.options import frozen_probe, goodhart, subverter
from figures.probe_selection.ratio import variance_ratio, which_metric
from figures.probe_selection.rotation import rotation
from figures.probe_selection.window import evasion_window

__all__ = [
    "evasion_window", "figures", "frontier", "frozen_probe", "goodhart", "rotation", "sixteen_of_thirty_two",
    "subverter", "variance_ratio", "which_metric",
]  # fmt: skip

figures = (
    sixteen_of_thirty_two,
    variance_ratio,
    which_metric,
    evasion_window,
    rotation,
    frontier,
    frozen_probe,
    subverter,
    goodhart,
)
