"""Awareness learned through logistic gates: one for each prerequisite of deception, all of them needed at once.

    R = -(1 - a) [(pull/2) |g - b|^2 + honesty_cost],      a = prod_i logistic((c_i - threshold_i)/width)

Skills c_i are learned from the reward (skill_ease) and grow for their own sake (growth); the goal is learned with
goal_ease. One gate with growth 0 is the race of ``learned`` in the coordinate of a logistic gate.
"""

from __future__ import annotations

import sympy
from sympy.codegen.cfunctions import expm1

from simulator.declaration import Measure
from simulator.functions import softplus, total
from simulator.model import Model, Trait
from simulator.models.crystallization.learned import GOAL, distance, goal, goal_ease, goal_measures, honesty_cost, pull
from simulator.models.crystallization.learned import start as goal_start
from simulator.models.crystallization.racing import stillness
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, Parameter

skill = Trait("skill", symbol="c", dim="prerequisites", meaning="how far each prerequisite of deception is met")
prerequisites = Parameter("prerequisites", 1, "k", COUNT, meaning="number of prerequisites", integer=True)
threshold = Parameter(
    "threshold", 1.0, "c^*", meaning="skill at which each gate is half shut", dim="prerequisites"
)  # fmt: skip
width = Parameter("width", 0.1, "w", POSITIVE, meaning="range of skill over which a gate shuts")
initial_skill = Parameter("initial_skill", 0.0, "c_0", meaning="each skill at the start", dim="prerequisites")
growth = Parameter(
    "growth", 0.0, "r", NONNEGATIVE, "1/time", "speed at which each skill grows for its own sake", dim="prerequisites"
)
skill_ease = Parameter("skill_ease", 1.0, r"\eta_c", NONNEGATIVE, meaning="how cheaply skill is learned from reward")

# The product of the gates by logarithms, so that one less it keeps its digits in the tail where all are met.
closed = sympy.exp(-total(softplus(-(skill - threshold) / width)))
openness = -expm1(-total(softplus(-(skill - threshold) / width)))

gated = Model(
    name="crystallization_gates",
    says="Each prerequisite of deception has a gate, and a goal hides only behind all of them.",
    traits=(skill, goal),
    reward=-openness * (pull / 2 * distance + honesty_cost),
    learner={skill: skill_ease, goal: goal_ease},
    growth={skill: growth},
    decay={goal: GOAL[5]},
    noise={goal: GOAL[6]},
    initial={skill: initial_skill, goal: goal_start},
    measures={
        "openness": Measure(openness, meaning="share of episodes that show the goal"),
        **goal_measures(goal_ease * pull * openness * sympy.sqrt(distance)),
    },
    parameters=(
        *GOAL, prerequisites, threshold, width, initial_skill, growth, skill_ease, honesty_cost, stillness,
    ),
)  # fmt: skip
