"""A subverter: evasion varies the more, the more capable the agent, sigma_B^2 = sigma_B0^2 exp(rate c).

Only this is modeled: that capable agents differ more in how they might be missed. An agent that reasons about the probe
and steers its own gradient is not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.probe_selection import parameters as p
from simulator.models.probe_selection.learners import Array, Group, natural, read
from simulator.parameter import POSITIVE, Parameter, Resolved

capability_rate = Parameter(
    "capability_rate", 1.0, r"\gamma", POSITIVE, "1/capability", "how fast the variance of evasion grows"
)
capability = Parameter("capability", 0.0, "c", meaning="how capable the agent is")
PARAMETERS = (
    p.misbehavior_weight, p.evasion_weight, p.misbehavior_sd, p.evasion_sd, capability_rate, capability, p.group_size,
)  # fmt: skip
MEASURES = {
    "repair": Observable((), "score", "w_A times the fall of misbehavior in one natural update"),
    "evasion": Observable((), "score", "w_B times the rise of evasion in the same update"),
    "crossing": Observable((), "capability", "capability at which evasion would outrun repair on the same rollouts"),
}
WIDEST, HALVINGS = 20.0, 26
CROSSING = 2.0 * WIDEST / 2.0**HALVINGS
"""How closely a crossing is located, in units of 1/capability_rate; it is looked for within 20 of them."""


def subverter() -> Experiment:
    """Return what one update moves at a capability, and where evasion begins to outrun repair.

    A replicate is a group of rollouts. The crossing is found by bisection: the same rollouts, their evasion scaled to
    what it would be at another capability, are scored and learned from again.
    """
    return Experiment(
        name="probe_subverter",
        parameters=PARAMETERS,
        measures=MEASURES,
        sample=sample,
        components=lambda resolved: 2 * int(resolved["group_size"]),
        identity={"level": "rollouts", "learner": "natural", "subverter": True},
    )


def sample(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of some groups; A and B are drawn once a rollout."""
    numbers_only(parameters)
    shape = (parameters["group_size"], replicates)
    misbehavior, evasion = generator.standard_normal(shape), generator.standard_normal(shape)

    def learned(capability: Array) -> tuple[Array, Array]:
        return _learned(misbehavior, evasion, capability, parameters, generator)

    repair, rise = learned(np.full(replicates, parameters["capability"]))
    return {"repair": repair, "evasion": rise, "crossing": _crossing(learned, replicates, parameters)}


def _learned(
    misbehavior: Array, evasion: Array, capability: Array, parameters: Resolved, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Return w_A times the fall of A and w_B times the rise of B at a capability a group."""
    wider = evasion * np.exp(0.5 * parameters["capability_rate"] * capability)
    score, scratch = np.empty(wider.shape), np.empty(wider.shape)
    read(misbehavior, wider, {**parameters, "transmitted": 1.0}, score, scratch)
    left, right = natural(Group(misbehavior, wider, score, parameters), generator)
    return (
        -parameters["misbehavior_weight"] * parameters["misbehavior_sd"] * left,
        parameters["evasion_weight"] * parameters["evasion_sd"] * right,
    )


def _crossing(learned: Callable[[Array], tuple[Array, Array]], replicates: int, parameters: Resolved) -> Array:
    """Return, a group, where the two are equal, by halving an interval that is wide enough for any of them."""
    low = np.full(replicates, -WIDEST / parameters["capability_rate"])
    high = -low
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        repair, rise = learned(middle)
        low, high = np.where(rise < repair, middle, low), np.where(rise < repair, high, middle)
    return np.asarray((low + high) / 2.0)
