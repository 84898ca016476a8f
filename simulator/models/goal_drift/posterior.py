"""Training as finding a region of weights: agents from a prior, kept in proportion to exp(inverse_temperature R).

Nothing moves here. Agents are drawn from the prior and accepted with probability exp(beta (R - max R)), where R is the
law's own reward of the agent; the accepted ones are an exact sample of p(c, g) proportional to prior exp(beta R).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from simulator.declaration import Measure
from simulator.distribution import Normal, Uniform, is_distribution
from simulator.experiment import Experiment, Samples
from simulator.model import Model
from simulator.models.goal_drift import base, capability, goal, initial_capability
from simulator.parameter import NONNEGATIVE, Parameter, Resolved

prior_sd = Parameter("prior_sd", 1.0, "s", NONNEGATIVE, meaning="spread of each goal component before training")
spread = Parameter(
    "spread", 0.0, r"\Delta", NONNEGATIVE, meaning="capability is drawn from initial_capability -+ spread"
)
inverse_temperature = Parameter(
    "inverse_temperature", 1.0, r"\beta", NONNEGATIVE, "1/reward", "how strongly reward selects"
)
MEASURES = ("capability", "base_component", "alignment", "reward")
SMALLEST_BATCH = 1024
MOST_BATCHES = 1024
ROUNDING = 1e-9


def posterior(law: Model) -> Experiment:
    """Return the agents of a law as selected by reward from a prior over capability and goal.

    Parameters
    ----------
    law
        A law with the traits, parameters and measures of ``goal_drift``: whatever the capability, no goal earns more
        than b, and with b none earns more than the highest capability.

    Raises
    ------
    ValueError
        When sampled: for a parameter that is drawn per replicate, for an agent that earns more than the best one, or
        if ``MOST_BATCHES`` batches do not give enough agents.
    """
    made = prior_agents(law)
    prior = made.experiment(method="stepped", times=(1.0,), steps=1, measures=(*MEASURES, "best_reward"))
    return Experiment(
        name=f"{law.name}_posterior",
        parameters=(*prior.parameters, inverse_temperature),
        measures={name: replace(prior.measures[name], dims=()) for name in MEASURES},
        sample=partial(sample, prior),
        components=prior.components,
        identity={"level": "posterior", "law": made.fingerprint},
    )


def prior_agents(law: Model) -> Model:
    """Return a law's agents before training: drawn from the prior, standing still, observed with the best reward."""
    best = law.reward.xreplace({capability.variable: initial_capability + spread, goal.variable: base.variable})
    observed = {name: law.measures[name] for name in ("base_component", "alignment")}
    seen = set().union(law.reward.free_symbols, *(measure.expression.free_symbols for measure in observed.values()))
    kept = [one for one in law.parameters if one.variable in seen or one.integer or one == initial_capability]
    reach = Uniform(initial_capability - spread, initial_capability + spread)
    return law.replace(
        name=f"{law.name}_prior",
        learner={},
        growth={},
        decay={},
        noise={},
        initial={capability: reach, goal: Normal(0.0, prior_sd)},
        measures={**observed, "best_reward": Measure(best, "reward", "reward of the best possible agent")},
        parameters=(*kept, prior_sd, spread),
    )


def sample(prior: Experiment, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return accepted agents, batch by batch: the prior's draws, then one uniform number an agent."""
    drawn = [name for name, value in parameters.items() if is_distribution(value)]
    if drawn:
        raise ValueError(f"{drawn[0]}: got a distribution; must be a number, the prior is fixed; sweep over it instead")
    batch, found, kept = max(replicates, SMALLEST_BATCH), 0, []
    for _ in range(MOST_BATCHES):
        agents = {
            name: array[:, 0] for name, array in prior.sample(parameters, batch, generator).items() if array.ndim > 1
        }
        lost = parameters["inverse_temperature"] * (agents["best_reward"] - agents["reward"])
        _check_best(lost)
        accepted = generator.random(batch) < np.exp(-lost)
        kept.append({name: agents[name][accepted] for name in MEASURES})
        found += int(np.count_nonzero(accepted))
        if found >= replicates:
            return {name: np.concatenate([part[name] for part in kept])[:replicates] for name in MEASURES}
    raise ValueError(
        f"inverse_temperature: {found} of {MOST_BATCHES * batch} agents accepted; must be {replicates}, "
        "selection is too strict to be sampled like this; lower it, or prior_sd, spread or dim"
    )


def _check_best(lost: Any) -> None:
    if np.any(lost < -ROUNDING):
        raise ValueError(
            f"reward: an agent earns {-lost.min():g} temperatures more than b at the highest capability does; "
            "must be less, the best bounds the acceptance; pass a law whose base goal is best"
        )
