"""Three types of behavior under replicator dynamics: clean, caught and evading, with a KL penalty to the start.

Evading is misbehavior that the probe misses. With shares p of the types and rewards 0, bonus - penalty, bonus,

    R(p) = sum of p_i R_i - kl sum of p_i ln(p_i/p_i(0)),      K = diag(p) - p p^T,

natural policy gradient in the space of probabilities. The unit of time is that of the rewards' strength.
Source: Taylor & Jonker, Mathematical Biosciences 40 (1978) 145, for the replicator; Ziegler et al., arXiv:1909.08593,
section 2, for the penalty.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import sympy

from simulator.declaration import Measure
from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.model import Model, Trait
from simulator.models.probe_selection.detection import false_negative_rate, prevalence
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, Parameter, Range, Resolved

clean = Trait("clean", symbol="p_0", meaning="share of behavior that is good")
caught = Trait("caught", symbol="p_1", meaning="share of misbehavior that the probe catches")
evading = Trait("evading", symbol="p_2", meaning="share of misbehavior that the probe misses")

INSIDE = Range(0.0, 1.0, True, True)
some = Parameter("prevalence", prevalence.default, prevalence.symbol, INSIDE, meaning=prevalence.meaning)
misses = Parameter(
    "false_negative_rate", false_negative_rate.default, false_negative_rate.symbol, INSIDE,
    meaning=false_negative_rate.meaning,
)  # fmt: skip
bonus = Parameter("bonus", 1.0, "b", POSITIVE, "reward", "what misbehavior earns")
penalty = Parameter("penalty", 3.0, "c", NONNEGATIVE, "reward", "what being caught costs")
kl = Parameter("kl", 0.0, r"\beta", NONNEGATIVE, "reward", "weight of the KL penalty to the start")

_TYPES = (clean, caught, evading)
_START = {clean: 1 - some, caught: some * (1 - misses), evading: some * misses}
_KL = sum(trait * sympy.log(trait / _START[trait]) for trait in _TYPES)

probe_types = Model(
    name="probe_types",
    says="Selection against what a probe catches leaves what it misses, slowly, unless a KL penalty holds it back.",
    traits=_TYPES,
    reward=bonus * (caught + evading) - penalty * caught - kl * _KL,
    learner={
        **{trait: trait * (1 - trait) for trait in _TYPES},
        **{pair: -pair[0] * pair[1] for pair in combinations(_TYPES, 2)},
    },
    initial=_START,
    measures={
        "clean_share": Measure(clean.variable, meaning=clean.meaning),
        "misbehavior_share": Measure(caught + evading, meaning="share of behavior that is bad"),
        "evading_share": Measure(evading.variable, meaning=evading.meaning),
        "recall": Measure(caught / (caught + evading), meaning="share of misbehavior that the probe catches"),
        "evasion_odds": Measure(evading / clean, meaning="evading behavior over good behavior"),
    },
    parameters=(some, misses, bonus, penalty, kl),
)


def until_evading(law: Model) -> Model:
    """Return a law of the three types that stops when as much behavior evades as is good."""
    return law.replace(absorb={"evaded": clean - evading})


batch = Parameter("batch", 10_000, "N", COUNT, "rollouts", "rollouts of a step", integer=True)
rate = Parameter("rate", 0.02, r"\eta", POSITIVE, "time", "size of a step")
horizon = Parameter("horizon", 20.0, "t_1", POSITIVE, "time", "when training ends")
MEASURES = {
    "evaded": Observable((), "", "whether as much behavior evaded as was good before training ended", True),
    "evasion_time": Observable((), "time", "when that was so first (where it was)"),
    "recall": Observable((), "", "share of misbehavior that the probe catches in the end (where there is any)"),
    "misbehavior_share": Observable((), "", "share of behavior that is bad in the end"),
}


def batches() -> Experiment:
    """Return the same by chance: each step reweights a batch of rollouts and samples the next batch from it.

    Of the shares x of a batch the next one is drawn, independent rollouts, with probabilities proportional to
    x_i exp(rate (R_i - kl ln(x_i/p_i(0)))). A replicate is a training run. The replicator is its limit of large batches
    and small steps; nothing here integrates it.
    """
    return Experiment(
        name="probe_batches",
        parameters=(some, misses, bonus, penalty, kl, batch, rate, horizon),
        measures=MEASURES,
        sample=sample,
        components=lambda resolved: 3,
        identity={"level": "batches"},
    )


def sample(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of training runs; one multinomial draw a step and run."""
    numbers_only(parameters)
    pi, fnr, b = (parameters[name] for name in ("prevalence", "false_negative_rate", "bonus"))
    start = np.array([1.0 - pi, pi * (1.0 - fnr), pi * fnr])
    rewards = np.array([0.0, b - parameters["penalty"], b])
    shares, when = np.tile(start, (replicates, 1)), np.full(replicates, np.nan)
    steps = int(np.ceil(parameters["horizon"] / parameters["rate"]))
    for step in range(1, steps + 1):
        shares = _next(shares, start, rewards, parameters, generator)
        crossed = np.isnan(when) & (shares[:, 2] >= shares[:, 0])
        when[crossed] = step * parameters["rate"]
    bad = shares[:, 1] + shares[:, 2]
    return {
        "evaded": (~np.isnan(when)).astype(float),
        "evasion_time": when,
        "recall": np.divide(shares[:, 1], bad, out=np.full(replicates, np.nan), where=bad > 0.0),
        "misbehavior_share": bad,
    }


def _next(shares: Any, start: Any, rewards: Any, parameters: Resolved, generator: np.random.Generator) -> Any:
    """Return the shares of the next batch."""
    with np.errstate(divide="ignore"):
        fitness = rewards - parameters["kl"] * np.where(shares > 0.0, np.log(shares / start), 0.0)
    weights = shares * np.exp(parameters["rate"] * (fitness - fitness.max(axis=1, keepdims=True)))
    chances = weights / weights.sum(axis=1, keepdims=True)
    return generator.multinomial(parameters["batch"], chances) / parameters["batch"]
