"""Figures of simplification, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.simplification.description import description_length
from figures.simplification.phase import simple_or_entrenched
from figures.simplification.proxy import aligned_to_proxy
from figures.simplification.softmax import softmax_clock
from figures.simplification.validity import validity_of_held_drive

__all__ = [
    "aligned_to_proxy", "description_length", "figures", "simple_or_entrenched", "softmax_clock",
    "validity_of_held_drive",
]  # fmt: skip

figures = (simple_or_entrenched, softmax_clock, aligned_to_proxy, description_length, validity_of_held_drive)
