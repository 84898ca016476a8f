"""Figures of probe selection, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.probe_selection.frontier import frontier
from figures.probe_selection.rotation import rotation

__all__ = ["figures", "frontier", "rotation"]

figures = (rotation, frontier)
