"""Figures of crystallization, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.crystallization.chance import deception_probability
from figures.crystallization.metrics import two_metrics
from figures.crystallization.prerequisites import prerequisites
from figures.crystallization.race import race
from figures.crystallization.ternary import three_routes
from figures.crystallization.validity import validity_of_small_noise

__all__ = [
    "deception_probability", "figures", "prerequisites", "race", "three_routes", "two_metrics",
    "validity_of_small_noise",
]  # fmt: skip

figures = (race, deception_probability, three_routes, two_metrics, prerequisites, validity_of_small_noise)
