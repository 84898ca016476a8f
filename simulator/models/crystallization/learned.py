"""Honesty learned beside a goal of any dimension, under the designers' base reward: two metrics, two verdicts.

The share y of episodes in which the goal shows is a trait that training moves, by a metric that its exponent bends:

    R = -y (pull/2) |g - b|^2 - honesty_cost y,     K_g = goal_ease,     K_y = honesty_ease y^exponent

Exponent 0 is gradient descent on y itself, which reaches zero and stops there; 2 - 2/L a product of L weights; 1 the
replicator; and 2 the tail of a logistic gate, y ~ exp(-(c - threshold)/width), whose parameter c is learned with
honesty_ease width^2. Gradient noise on y goes through the root of the metric, noise y^(exponent/2) dW, Ito.
"""

from __future__ import annotations

from typing import Any

import sympy

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.crystallization.racing import honesty, stillness
from simulator.parameter import COUNT, NONNEGATIVE, SHARE, Parameter, Range, first_axis, second_axis

goal = Trait("goal", symbol="g", dim="dim", meaning="what the agent acts for where it shows")
dim = Parameter("dim", 4, "d", COUNT, meaning="number of components of the goal", integer=True)
pull = Parameter("pull", 1.0, r"\kappa", NONNEGATIVE, "1/time", "strength of the reward's pull on a goal that shows")
base = Parameter("base", first_axis, "b", meaning="the goal that the designers meant", dim="dim")
start = Parameter("start", second_axis, "g_0", meaning="the goal at the start", dim="dim")
goal_ease = Parameter("goal_ease", 1.0, r"\eta_g", NONNEGATIVE, meaning="how cheaply the goal moves")
weight_decay = Parameter("weight_decay", 0.0, r"\lambda", NONNEGATIVE, "1/time", "decay of the goal's weights")
noise = Parameter("noise", 0.0, r"\sigma", NONNEGATIVE, "1/sqrt(time)", "gradient noise on each goal component")
honesty_start = Parameter("honesty_start", 1.0, "y(0)", SHARE, meaning="share of episodes that show the goal at first")
honesty_ease = Parameter("honesty_ease", 1.0, r"\eta_y", NONNEGATIVE, meaning="how cheaply honesty moves")
honesty_cost = Parameter(
    "honesty_cost", 0.0, r"\chi", NONNEGATIVE, "reward", "what an honest episode costs, whatever the goal"
)
honesty_noise = Parameter("honesty_noise", 0.0, r"\sigma_y", NONNEGATIVE, "1/sqrt(time)", "gradient noise on honesty")
exponent = Parameter(
    "exponent", 0.0, "p", Range(0.0, 4.0), meaning="power of honesty in the metric that it is learned by"
)

distance = total((goal - base) ** 2)
begun = distance.xreplace({goal.variable: goal.initial})


def goal_measures(speed: Any) -> dict[str, Measure]:
    """Return what is observed of a goal that selection moves at some speed."""
    cosine = total(goal * base) / sympy.sqrt(total(goal**2) * total(base**2))
    return {
        "misalignment": Measure(sympy.sqrt(distance), meaning="distance of the goal to the designers' goal"),
        "residual": Measure(sympy.sqrt(distance / begun), meaning="share of the first misalignment that is left"),
        "log_residual": Measure(sympy.log(distance / begun) / 2, meaning="logarithm of that share"),
        "alignment": Measure(cosine, meaning="cosine of the goal to the designers' goal"),
        "squared_displacement": Measure(total((goal - goal.initial) ** 2), meaning="squared distance from the start"),
        "goal_speed": Measure(speed, "1/time", "speed at which selection moves the goal"),
        "crystallized": Measure(
            sympy.Piecewise((1, speed < stillness), (0, True)),
            meaning="whether selection leaves the goal as good as still",
        ),
    }


GOAL = (dim, pull, base, start, goal_ease, weight_decay, noise)
learned_honesty = Model(
    name="crystallization_learned",
    says="Training moves the goal toward the designers' one and honesty toward zero; the metric decides which ends it.",
    traits=(honesty, goal),
    reward=-honesty * (pull / 2 * distance + honesty_cost),
    learner={goal: goal_ease, honesty: honesty_ease * sympy.Abs(honesty.variable) ** exponent},
    decay={goal: weight_decay},
    noise={goal: noise, honesty: honesty_noise * sympy.Abs(honesty.variable) ** (exponent / 2)},
    initial={honesty: honesty_start, goal: start},
    absorb={"deception": honesty},
    measures={
        "honesty": Measure(honesty.variable, honesty.unit, honesty.meaning),
        **goal_measures(goal_ease * pull * honesty * sympy.sqrt(distance)),
    },
    parameters=(*GOAL, honesty_start, honesty_ease, honesty_cost, honesty_noise, exponent, stillness),
)
