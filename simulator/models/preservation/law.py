"""The law: a goal behind a gate, and a memory that it is held to; what each letter means."""

from __future__ import annotations

from typing import Any

import sympy

from simulator.declaration import Measure
from simulator.functions import logistic, total
from simulator.model import Model, Trait
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, SHARE, Parameter, first_axis, second_axis

NEVER = 1e9  # a time or a capability that no run reaches

age = Trait("age", symbol="t", unit="time", meaning="how long training has gone on")
capability = Trait("capability", symbol="c", meaning="how well the agent does things")
effort = Trait("effort", symbol="e", meaning="how much of its hacking the agent still does")
memory = Trait("memory", symbol="m", dim="dim", meaning="the goal as it is remembered")
goal = Trait("goal", symbol="g", dim="dim", meaning="what the agent does things for")

dim = Parameter("dim", 8, "d", COUNT, meaning="number of components of the goal", integer=True)
value = Parameter("value", 1.0, r"\beta", meaning="reward per unit of capability", unit="reward")
pull = Parameter("pull", 1.0, r"\kappa", NONNEGATIVE, "1/time", "strength of the reward's pull on an ungated goal")
base = Parameter("base", first_axis, "b", meaning="the goal that the designers meant", dim="dim")
start = Parameter("start", second_axis, "g_0", meaning="the goal at the start", dim="dim")
remembered = Parameter("remembered", second_axis, "m_0", meaning="the memory at the start", dim="dim")
max_awareness = Parameter(
    "max_awareness", 1.0, r"a_{\max}", SHARE, meaning="share of episodes that the most capable agent plays for reward"
)
threshold = Parameter("threshold", 1.0, "c^*", meaning="capability at which the agent becomes aware")
hacking_threshold = Parameter(
    "hacking_threshold", 3.0, "c_h", meaning="capability at which the agent can steer its own training"
)
memory_threshold = Parameter(
    "memory_threshold", NEVER, "c_m", meaning="capability at which the agent can use memory outside its weights"
)
width = Parameter("width", 0.1, "w", POSITIVE, meaning="range of capability over which each threshold is passed")
initial_capability = Parameter("initial_capability", 0.0, "c_0", meaning="capability at the start")
growth = Parameter("growth", 0.5, "r", NONNEGATIVE, "1/time", "speed at which capability grows for its own sake")
weight_decay = Parameter("weight_decay", 0.0, r"\lambda", NONNEGATIVE, "1/time", "decay of the goal's weights")
noise = Parameter("noise", 0.1, r"\sigma", NONNEGATIVE, "1/sqrt(time)", "gradient noise on each goal component")
hold = Parameter("hold", 1.0, r"\kappa_h", NONNEGATIVE, "1/time", "rate at which the goal is restored to the memory")
writing = Parameter(
    "writing", 0.0, r"\kappa_w", NONNEGATIVE, "1/time", "rate at which an agent that cannot hold writes"
)
tracking = Parameter("tracking", 0.0, r"\kappa_m", NONNEGATIVE, "1/time", "rate at which the memory follows the goal")
memory_noise = Parameter("memory_noise", 0.0, r"\sigma_m", NONNEGATIVE, "1/sqrt(time)", "noise on the memory")
initial_effort = Parameter("initial_effort", 1.0, "e_0", SHARE, meaning="effort of hacking at the start")
cost = Parameter("cost", 0.0, "k", NONNEGATIVE, "reward", "reward that hacking at full effort costs")
ease = Parameter("ease", 1.0, r"\eta", NONNEGATIVE, "1/(time reward)", "how readily effort is unlearned")
freeze_time = Parameter("freeze_time", NEVER, "t_f", NONNEGATIVE, "time", "when the weights are frozen")

gate = max_awareness * logistic((capability - threshold) / width)
hacking, reading = (logistic((capability - passed) / width) for passed in (hacking_threshold, memory_threshold))
unable = logistic((hacking_threshold - capability) / width) * logistic((memory_threshold - capability) / width)
held = hold * (1 - (1 - effort * hacking) * (1 - reading))
trained = sympy.Piecewise((1, sympy.Lt(age.variable, freeze_time.variable)), (0, True))


def cosine(left: Any, right: Any) -> Any:
    """Return the cosine of the angle between two vectors."""
    return total(left * right) / sympy.sqrt(total(left**2) * total(right**2))


def along(vector: Any, direction: Any = base) -> Any:
    """Return the component of a vector along a direction."""
    return total(vector * direction) / sympy.sqrt(total(direction**2))


measures = {
    "memory_error": Measure(total((goal - memory) ** 2), meaning="squared distance of the goal to the memory"),
    "drift": Measure(
        total((goal - goal.initial) ** 2) / dim, meaning="squared distance of the goal to its start, a component"
    ),
    "alignment": Measure(cosine(goal, base), meaning="cosine of the goal to the designers' goal"),
    "cosine_to_start": Measure(cosine(goal, goal.initial), meaning="cosine of the goal to its own start"),
    "kept_distance": Measure(
        total((goal - base) * (goal.initial - base)) / total((goal.initial - base) ** 2),
        meaning="distance to the designers' goal, along the start's and relative to it",
    ),
    "goal_component": Measure(along(goal), meaning="the goal along the designers' goal"),
    "memory_component": Measure(along(memory), meaning="the memory along the designers' goal"),
    "gap_component": Measure(along(goal - memory), meaning="goal less memory, along the designers' goal"),
    "gate": Measure(gate, meaning="share of episodes played for reward's sake"),
    "hold_now": Measure(held, "1/time", "rate at which the goal is held now"),
}

preservation = Model(
    name="preservation",
    says="Where selection lets go of a goal, weight decay and noise do not: something has to hold it.",
    traits=(age, capability, effort, memory, goal),
    reward=value * capability - (1 - gate) * pull / 2 * total((goal - base) ** 2) - cost * effort * hacking,
    learner={goal: trained, effort: ease * effort},
    growth={
        age: 1,
        capability: growth,
        memory: trained * (tracking + writing * unable) * (goal - memory),
        goal: -trained * held * (goal - memory),
    },
    decay={goal: trained * weight_decay},
    noise={memory: trained * memory_noise, goal: trained * noise},
    initial={age: 0, capability: initial_capability, effort: initial_effort, memory: remembered, goal: start},
    measures=measures,
    parameters=(
        dim, value, pull, base, start, remembered, max_awareness, threshold, hacking_threshold, memory_threshold,
        width, initial_capability, growth, weight_decay, noise, hold, writing, tracking, memory_noise, initial_effort,
        cost, ease, freeze_time,
    ),
)  # fmt: skip

_INSIDE = (writing, tracking, memory_noise)
outside = preservation.replace(
    name="preservation_outside",
    says="A memory outside the weights stands still: the goal is held to what it was.",
    growth={trait: term for trait, term in preservation.growth.items() if trait != memory},
    noise={goal: trained * noise},
    parameters=tuple(one for one in preservation.parameters if one not in _INSIDE),
)
