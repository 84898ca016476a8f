"""Figures of crystallization, idea by idea; ``figures`` is the order in which a reader meets them."""

from figures.crystallization.chance import deception_probability
from figures.crystallization.metrics import two_metrics
from figures.crystallization.prerequisites import prerequisites
from figures.crystallization.race import race
from figures.crystallization.ternary import three_routes

__all__ = ["deception_probability", "figures", "prerequisites", "race", "three_routes", "two_metrics"]

figures = (race, deception_probability, three_routes, two_metrics, prerequisites)
