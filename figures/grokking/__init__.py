"""Figures of grokking, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.grokking.memory import grokking_hysteresis
from figures.grokking.snap import grokking_snap
from figures.grokking.waiting import grokking_time

__all__ = ["figures", "grokking_hysteresis", "grokking_snap", "grokking_time"]

figures = (grokking_snap, grokking_time, grokking_hysteresis)
