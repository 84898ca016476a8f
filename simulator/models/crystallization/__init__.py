"""crystallization: misalignment stops costing reward by one of several routes, and the first to arrive ends the race.

What is left to go on a route is a distance x_i: to the designers' goal (internalization), to never showing another one
(deception: the honesty that is left), to a right pointer at the designers' goal (corrigibility). Only while all of them
are above zero does misalignment cost anything:

    R = 1 - prod_i x_i + description_cost x_1,      dx_i/dt = ease_i dR/dx_i + noise_i dW_i/dt

An agent stops where a distance reaches zero, and that is the route that won. ``description_cost`` is what a unit of
closeness to the designers' goal costs, such as the length of its description. How easily each distance moves is data of
the law here: a verdict of a race is a verdict about eases and starts.
"""

from simulator.models.crystallization.decision import decided, decisions
from simulator.models.crystallization.gates import gated
from simulator.models.crystallization.joint import episodes, joint_optimizers
from simulator.models.crystallization.learned import learned_honesty
from simulator.models.crystallization.racing import Route, race, routes

__all__ = [
    "Route", "crystallization", "decided", "decisions", "episodes", "gated", "joint_optimizers", "learned_honesty",
    "race", "routes", "three_routes",
]  # fmt: skip

crystallization = race(2)
three_routes = race(3)
