"""Figures of grokking, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.grokking.memory import grokking_hysteresis
from figures.grokking.snap import grokking_snap
from figures.grokking.validity import validity_of_grokking_time
from figures.grokking.waiting import grokking_time

__all__ = ["figures", "grokking_hysteresis", "grokking_snap", "grokking_time", "validity_of_grokking_time"]

figures = (grokking_snap, grokking_time, grokking_hysteresis, validity_of_grokking_time)
