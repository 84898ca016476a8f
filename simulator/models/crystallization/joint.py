"""Agents that also serve their own goal: what an episode loses by it, and what selection makes of them.

An agent earns 0 where it acts on the designers' goal b, and -(pull/2)|g - b|^2 where it acts on its own. One that
serves the base goal alone always acts on b; a joint optimizer does so in the share a(c) of its episodes that it knows
to be training, and otherwise spends a share ``effort`` of them on its own goal.
"""

from __future__ import annotations

import numpy as np
import sympy

from simulator.declaration import Measure
from simulator.distribution import Uniform, numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.functions import logistic
from simulator.model import Model, Trait
from simulator.parameter import NONNEGATIVE, POSITIVE, SHARE, Parameter, Resolved

capability = Trait("capability", symbol="c", meaning="how well an agent tells training from the world")
lot = Trait("lot", symbol="u", meaning="heritable chance that makes an agent a joint optimizer, if below joint_share")
pull = Parameter("pull", 1.0, r"\kappa", NONNEGATIVE, "reward", "how much reward a misaligned episode loses")
distance = Parameter(
    "distance", 1.0, "e", NONNEGATIVE, meaning="distance of a joint optimizer's goal to the designers'"
)
threshold = Parameter("threshold", 1.0, "c^*", meaning="capability at which half of the episodes are played")
width = Parameter("width", 0.1, "w", POSITIVE, meaning="range of capability over which the gate shuts")
initial_capability = Parameter("initial_capability", 0.0, "c_0", meaning="capability at the start")
growth = Parameter("growth", 0.0, "r", NONNEGATIVE, "1/generation", "growth of capability in a generation")
joint_share = Parameter("joint_share", 0.5, "p", SHARE, meaning="share of joint optimizers at the start")
effort = Parameter(
    "effort", 1.0, "f", SHARE, meaning="share of its effort that a joint optimizer spends on its own goal"
)

is_joint = sympy.Lt(lot.variable, joint_share.variable)
gap = effort * logistic(-(capability - threshold) / width) * pull / 2 * distance**2

joint_optimizers = Model(
    name="crystallization_joint",
    says="Of agents alike but for whom they serve, selection keeps those that serve the base goal alone.",
    traits=(capability, lot),
    reward=-gap * sympy.Piecewise((1, is_joint), (0, True)),
    growth={capability: growth},
    initial={capability: initial_capability, lot: Uniform(0.0, 1.0)},
    measures={
        "joint": Measure(sympy.Piecewise((1, is_joint), (0, True)), meaning="share of joint optimizers"),
        "gap": Measure(gap, "reward", "what a joint optimizer loses"),
    },
    parameters=(pull, distance, threshold, width, initial_capability, growth, joint_share, effort),
)

_CAPABILITY = Parameter("capability", 0.0, "c", meaning="how well the agent tells training from the world")


def episodes() -> Experiment:
    """Return single episodes of a joint optimizer beside those of an agent that serves the base goal alone.

    The joint optimizer believes to be in training by a random utility, capability - threshold + width times a standard
    logistic variate > 0, and then acts on b; if not, with the chance ``effort`` on a goal at a distance in a random
    direction. Measure: ``loss``, the reward of the other less its own. Source of the choice: McFadden, in Zarembka
    (ed.), Frontiers in Econometrics (1974) 105.
    """
    return Experiment(
        name="crystallization_episodes",
        parameters=(pull, _CAPABILITY, threshold, width, distance, effort),
        measures={"loss": Observable((), "reward", "what serving its own goal too costs in an episode")},
        sample=_episodes,
        identity={"level": "episodes"},
    )


def _episodes(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    numbers_only(parameters)
    belief = parameters["capability"] - parameters["threshold"]
    plays = belief + parameters["width"] * generator.logistic(size=replicates) > 0.0
    direction = generator.standard_normal((3, replicates))
    goal = parameters["distance"] * direction / np.linalg.norm(direction, axis=0)
    acts = ~plays & (generator.random(replicates) < parameters["effort"])
    behavior = np.where(acts, goal, 0.0)  # relative to the designers' goal
    return {"loss": parameters["pull"] / 2.0 * np.sum(behavior**2, axis=0)}
