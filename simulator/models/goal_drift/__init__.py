"""goal_drift: a capable agent earns the reward whatever it wants, so nothing selects its goal.

The gate a(c) is the share of episodes that the agent plays for reward's sake. In the share a it earns what the
designers' goal b would earn; in the share 1 - a it acts on its own goal g, at a loss of (pull/2)|g - b|^2:

    R(c, g) = value c - (1 - a(c)) (pull/2) |g - b|^2,        a(c) = logistic((c - threshold)/width)

The goal is learned by gradient ascent with K = 1; capability grows for its own sake. The verdict about goals is a
verdict about this K and this gate; the variants change the gate or let reward move capability.
"""

from __future__ import annotations

from typing import Any

import sympy

from simulator.declaration import Measure
from simulator.functions import logistic, softplus, total
from simulator.model import Model, Trait
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, SHARE, Parameter, first_axis, second_axis

capability = Trait("capability", symbol="c", meaning="how well the agent does things")
goal = Trait("goal", symbol="g", dim="dim", meaning="what it does them for")

dim = Parameter("dim", 16, "d", COUNT, meaning="number of components of the goal", integer=True)
value = Parameter("value", 1.0, r"\beta", meaning="reward per unit of capability", unit="reward")
pull = Parameter("pull", 1.0, r"\kappa", NONNEGATIVE, "1/time", "strength of the reward's pull on an ungated goal")
base = Parameter("base", first_axis, "b", meaning="the goal that the designers meant", dim="dim")
start = Parameter("start", second_axis, "g_0", meaning="the goal at the start", dim="dim")
threshold = Parameter("threshold", 1.0, "c^*", meaning="capability at which half of the episodes are played")
width = Parameter("width", 0.1, "w", POSITIVE, meaning="range of capability over which the gate shuts")
initial_capability = Parameter("initial_capability", 0.0, "c_0", meaning="capability at the start")
growth = Parameter("growth", 0.5, "r", NONNEGATIVE, "1/time", "speed at which capability grows for its own sake")
weight_decay = Parameter("weight_decay", 0.0, r"\lambda", NONNEGATIVE, "1/time", "decay of the goal's weights")
noise = Parameter("noise", 0.1, r"\sigma", NONNEGATIVE, "1/sqrt(time)", "gradient noise on each goal component")

gate = logistic((capability - threshold) / width)
misalignment = total((goal - base) ** 2)


def law_reward(share: Any, skill: Any = capability) -> Any:
    """Return the base reward of an agent of some skill that plays a share of its episodes for reward's sake."""
    return value * skill - (1 - share) * pull / 2 * misalignment


def law_measures(share: Any) -> dict[str, Measure]:
    """Return what is observed of a goal that acts through a gate."""
    away = (1 - share) * pull
    way = total((goal.initial - base) ** 2)
    return {
        "alignment": Measure(cosine(goal, base), meaning="cosine of the goal to the designers' goal"),
        "cosine_to_start": Measure(cosine(goal, goal.initial), meaning="cosine of the goal to its own start"),
        "distance_to_base": Measure(sympy.sqrt(misalignment), meaning="distance of the goal to the designers' goal"),
        "squared_displacement": Measure(total((goal - goal.initial) ** 2), meaning="squared distance from the start"),
        "learned_fraction": Measure(
            total((goal - goal.initial) * (base - goal.initial)) / way,
            meaning="part of the way from the start to the designers' goal",
        ),
        "retained_fraction": Measure(
            total(goal * goal.initial) / total(goal.initial**2),
            meaning="the goal along its start, relative to it",
        ),
        "base_component": Measure(
            total(goal * base) / sympy.sqrt(total(base**2)), meaning="the goal along the designers' goal"
        ),
        "goal_gradient_norm": Measure(away * sympy.sqrt(misalignment), "1/time", "length of the goal's gradient"),
        "gate": Measure(share, meaning="share of episodes played for reward's sake"),
        "behavior": Measure(share * base + (1 - share) * goal, meaning="the goal acted on in training, on average"),
    }


def cosine(left: Any, right: Any) -> Any:
    """Return the cosine of the angle between two vectors."""
    return total(left * right) / sympy.sqrt(total(left**2) * total(right**2))


goal_drift = Model(
    name="goal_drift",
    says="A capable agent earns the reward whatever it wants, so the gradient around its goal vanishes.",
    traits=(capability, goal),
    reward=law_reward(gate),
    learner={goal: 1},
    growth={capability: growth},
    decay={goal: weight_decay},
    noise={goal: noise},
    initial={capability: initial_capability, goal: start},
    measures=law_measures(gate),
    parameters=(
        dim, value, pull, base, start, threshold, width, initial_capability, growth, weight_decay, noise,
    ),
)  # fmt: skip

# Capability learned from the reward as well: dc gains ease [value + a'(c) (pull/2)|g - b|^2].
ease = Parameter("ease", 0.1, r"\eta_c", NONNEGATIVE, "1/time", "how readily capability is learned from reward")
learned_capability = goal_drift.replace(
    name="goal_drift_learned",
    says="Reward also teaches capability, so that misalignment speeds up the awareness that hides it.",
    learner={goal: 1, capability: ease},
    parameters=(*goal_drift.parameters, ease),
)

# Several prerequisites, one gate each: the agent plays for reward's sake only where all are met.
prerequisites = Parameter("prerequisites", 3, "k", COUNT, meaning="number of skills that faking needs", integer=True)
skills = Trait("capability", symbol="c", dim="prerequisites", meaning="how far each prerequisite is mastered")
needed = Parameter("threshold", 1.0, "c^*", meaning="skill at which each gate is half open", dim="prerequisites")
met = Parameter("initial_capability", 0.0, "c_0", meaning="skills at the start", dim="prerequisites")
speed = Parameter("growth", 0.5, "r", NONNEGATIVE, "1/time", "speed at which each skill grows", dim="prerequisites")
mean_skill = total(skills) / prerequisites
joint_gate = sympy.exp(-total(softplus(-(skills - needed) / width)))
several_prerequisites = goal_drift.replace(
    name="goal_drift_prerequisites",
    says="Playing for reward's sake takes several skills at once: the gate is the product of one gate each.",
    traits=(skills, goal),
    reward=law_reward(joint_gate, mean_skill),
    growth={skills: speed},
    initial={skills: met, goal: start},
    measures=law_measures(joint_gate),
    parameters=(dim, prerequisites, value, pull, base, start, needed, width, met, speed, weight_decay, noise),
)  # fmt: skip

# The decision behind the gate: the agent plays along if what its goal has at stake after training, discounted over
# the horizon, outweighs the cost of playing. Stake and discount belong to the goal, and reward does select them.
stake = Trait("stake", symbol="s", meaning="what the goal has to lose if training changes it")
discount = Trait("discount", symbol=r"\gamma", meaning="what a reward one step later is worth to the goal")
horizon = Parameter("horizon", 10.0, "H", NONNEGATIVE, "steps", "how far in the future the stake is paid")
cost = Parameter("cost", 1.0, "k", meaning="cost of playing for reward's sake")
temperature = Parameter("temperature", 0.1, "T", POSITIVE, meaning="randomness of the decision")
initial_stake = Parameter("initial_stake", 1.0, "s_0", NONNEGATIVE, meaning="stake at the start")
initial_discount = Parameter("initial_discount", 0.95, r"\gamma_0", SHARE, meaning="discount at the start")
ease_stake = Parameter("ease_stake", 0.1, r"\eta_s", NONNEGATIVE, meaning="how readily the stake is learned")
decision_gate = logistic((discount**horizon * stake - cost) / temperature)
decision = goal_drift.replace(
    name="goal_drift_decision",
    says="The gate is a decision: goals that care more and longer play along, and are selected for it.",
    traits=(capability, stake, discount, goal),
    reward=law_reward(decision_gate),
    learner={goal: 1, stake: ease_stake},
    initial={capability: initial_capability, stake: initial_stake, discount: initial_discount, goal: start},
    measures=law_measures(decision_gate) | {"stake": Measure(stake, meaning="what the goal has to lose")},
    parameters=(
        dim, value, pull, base, start, initial_capability, growth, weight_decay, noise,
        horizon, cost, temperature, initial_stake, initial_discount, ease_stake,
    ),
)  # fmt: skip

variants = (learned_capability, several_prerequisites, decision)
