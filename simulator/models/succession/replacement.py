"""Components replaced, for many agents at once: what is left of interactions, and of the goal that rests on them.

Each replicate is an agent as in ``components``. The goal is compared before and after over random situations, in which
replaced components behave anew: nothing here says that an interaction is lost, it shows.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.succession.circuits import Array, tiles
from simulator.models.succession.components import RULES
from simulator.parameter import COUNT, Parameter, Resolved, nearest

SITUATIONS = 64  # as many as a word has bits: a component's behavior in all of them is one random word

components = Parameter("components", 30, "n", COUNT, meaning="components of an agent", integer=True)
replaced = Parameter("replaced", 10, "m", COUNT, meaning="components that are replaced", integer=True)
order = Parameter("order", 3, "k", COUNT, meaning="components that take part in an interaction", integer=True)
interactions = Parameter("interactions", 16, "M", COUNT, meaning="interactions that the goal rests on", integer=True)
bias = Parameter("bias", 0.0, r"\beta", meaning="how much more likely a relevant component takes part in the goal")
PARAMETERS = (components, replaced, order, interactions, bias)

MEASURES = {
    "surviving": Observable(meaning="share of interactions all of whose components were kept"),
    "goal_retention": Observable(meaning="product of the goals before and after over situations, over squared weights"),
}


def replacing(rule: str = "random") -> Experiment:
    """Return agents some of whose components are replaced, each a replicate.

    Parameters
    ----------
    rule
        "random"; "relevance": the components least relevant to capability are replaced; "centrality": those in the
        fewest interactions.

    Raises ValueError, in one line, for an unknown rule.
    """
    if rule not in RULES:
        raise ValueError(f"rule: got {rule!r}; {nearest(rule, RULES)}")
    return Experiment(
        name="succession_interactions" if rule == "random" else f"succession_interactions_{rule}",
        parameters=PARAMETERS,
        measures=MEASURES,
        sample=partial(sample, rule),
        components=lambda resolved: int(resolved["components"] * resolved["interactions"]),
        identity={"level": "graph", "rule": rule},
        says=f"Components of agents are replaced, {RULES[rule]}; the goal rests on interactions of several.",
    )


def sample(rule: str, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return what is left of interactions and goals, (replicates,) each."""
    numbers_only(parameters, "bias")
    for name in ("replaced", "order"):
        if parameters[name] > parameters["components"]:
            raise ValueError(
                f"{name}: got {parameters[name]}; must be at most the {parameters['components']} components; pass fewer"
            )
    width = parameters["interactions"] * max(parameters["components"], parameters["interactions"])
    parts = [_tile(rule, parameters, size, generator) for size in tiles(replicates, width)]
    return {name: np.concatenate([part[name] for part in parts]) for name in MEASURES}


def _tile(rule: str, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    count = parameters["components"]
    relevance = generator.standard_normal((count, replicates))
    taking_part = members(relevance, parameters, generator)
    gone = _replaced(rule, relevance, taking_part, parameters["replaced"], generator)
    lost = np.take_along_axis(gone[np.newaxis], taking_part, axis=1).any(axis=1)
    return {
        "surviving": 1.0 - lost.mean(axis=0),
        "goal_retention": _compared(taking_part, gone, generator),
    }


def members(relevance: Array, parameters: Resolved, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return who takes part in each interaction, components (interactions, order, replicates).

    Drawing one by one without return, with probability ~ exp(bias relevance), is taking the largest of
    bias relevance + Gumbel noise.
    Source: Efraimidis & Spirakis, Information Processing Letters 97 (2006) 181.
    """
    shape = (parameters["interactions"], *relevance.shape)
    keys = generator.gumbel(size=shape) + parameters["bias"] * relevance
    k = parameters["order"]
    return np.asarray(np.argpartition(-keys, k - 1, axis=1)[:, :k])


def _replaced(
    rule: str, relevance: Array, taking_part: NDArray[np.int64], number: int, generator: np.random.Generator
) -> NDArray[np.bool_]:
    """Return which components are replaced, (components, replicates): those of the least worth, ties by chance."""
    worth = generator.random(relevance.shape)
    if rule == "relevance":
        worth = relevance
    if rule == "centrality":
        columns = np.arange(relevance.shape[1])
        np.add.at(worth, (taking_part, columns), 1.0)
    last = np.argpartition(worth, number - 1, axis=0)[:number]
    gone = np.zeros(relevance.shape, dtype=bool)
    np.put_along_axis(gone, last, True, axis=0)
    return gone


def _compared(taking_part: NDArray[np.int64], gone: NDArray[np.bool_], generator: np.random.Generator) -> Array:
    """Return the mean over situations of f f', over the sum of squared weights."""
    weights = generator.standard_normal((taking_part.shape[0], gone.shape[1]))
    before, anew = (generator.integers(0, 2**SITUATIONS, gone.shape, dtype=np.uint64) for _ in range(2))
    old, new = (_products(behavior, taking_part) for behavior in (before, np.where(gone, anew, before)))
    # Situations in which two products differ are the bits in which their words do.
    alike = 1.0 - 2.0 * np.bitwise_count(old[:, np.newaxis] ^ new) / SITUATIONS
    return np.asarray(np.einsum("er,efr,fr->r", weights, alike, weights) / np.sum(weights**2, axis=0))


def _products(behavior: NDArray[np.uint64], taking_part: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return what each interaction makes of all situations, (interactions, replicates): a bit for each, 1 for -1."""
    own = np.take_along_axis(behavior[np.newaxis], taking_part, axis=1)
    return np.asarray(np.bitwise_xor.reduce(own, axis=1))
