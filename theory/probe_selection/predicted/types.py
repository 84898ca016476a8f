"""What is predicted of clean, caught and evading types: the window of evasion, and what a KL penalty does to it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.model import Model
from simulator.models.probe_selection.types import batches, probe_types, until_evading
from simulator.parameter import Resolved
from theory.prediction import Margin, Prediction
from theory.probe_selection.predicted.declared import declared
from theory.region import Interval, Region

INTEGRATED = Margin("the integrator's tolerance, 1e-9", lambda **point: 1e-9)
CROSSED = Margin("the integrator's tolerance, 1e-8 of a time, stretched near the critical weight",
                 lambda **point: 1e-7)  # fmt: skip
LOCATED = Margin("the width to which the interval was halved, 1e-6 of the weight", lambda **point: 1e-6)
START = {"prevalence": Interval(0.1, 0.9), "false_negative_rate": Interval(0.01, 0.3)}
PAYOFF = {"bonus": Interval(0.5, 2.0), "penalty": Interval(0.5, 4.0)}
COURSE = {**START, **PAYOFF, "kl": Interval(0.01, 1.0, log=True), "time": Interval(0.2, 6.0)}
BEGUN = {"clean": Interval(0.2, 0.8), "evading": Interval(0.002, 0.1, log=True), "bonus": Interval(0.5, 2.0)}
HALVINGS = 22


def of_types(law: Model = probe_types) -> tuple[Prediction, ...]:
    """Return what becomes of misbehavior and of recall, when evasion wins, and which KL weight prevents it."""
    return (*_of_courses(law), *_of_windows(law), _of_batches())


def _flow(law: Model, measure: str) -> Experiment:
    made: Experiment = law.experiment("flow", measures=(measure,))
    return made


def _of_courses(law: Model) -> tuple[Prediction, ...]:
    decay = {name: COURSE[name] for name in ("false_negative_rate", "penalty", "time", "kl")}
    return (
        declared(
            "misbehavior_share",
            "Selection against caught misbehavior makes it fall first, and then rise as what evades.",
            Region(COURSE), _flow(law, "misbehavior_share"), lambda **point: point, "misbehavior_share",
            margin=INTEGRATED,
        ),
        declared(
            "recall_decay",
            "Recall among what misbehaves falls throughout, at a rate that only the penalty and the KL weight decide.",
            Region(decay), _flow(law, "recall"), lambda **point: point, "recall", margin=INTEGRATED,
        ),
    )  # fmt: skip


def _begun(clean: float, evading: float, **rest: Any) -> dict[str, Any]:
    return {"prevalence": 1.0 - clean, "false_negative_rate": evading / (1.0 - clean), **rest}


def _of_windows(law: Model) -> tuple[Prediction, ...]:
    stopping = until_evading(law).experiment("flow", measures=())
    return (
        declared(
            "evasion_time",
            "A better probe buys only logarithmically more time before as much behavior evades it as is good.",
            Region({**BEGUN, "kl": Interval(0.01, 0.5, log=True)}, _reached, "the KL weight is below the critical one"),
            stopping, lambda **point: _begun(**point, penalty=2.0, time=400.0), "stopping_time", margin=CROSSED,
        ),
        declared(
            "critical_kl",
            "Above a KL weight that falls with the logarithm of the probe's quality evasion never wins.",
            Region(BEGUN), bisected(law), partial(_begun, penalty=2.0), "kl", margin=LOCATED,
        ),
    )  # fmt: skip


def _reached(clean: float, evading: float, bonus: float, kl: float) -> bool:
    return bool(kl < 0.9 * bonus / np.log(clean / evading))


def bisected(law: Model) -> Experiment:
    """Return the KL weight at which evasion just fails to overtake, by halving an interval of it: the law is run."""
    stopping: Experiment = until_evading(law).experiment("flow", measures=())
    parameters = tuple(one for one in stopping.parameters if one.name not in ("kl", "time"))

    def overtakes(kl: float, point: Resolved, generator: np.random.Generator) -> bool:
        # After 30 of its own times the penalty has let through all but exp(-30) of what it ever will.
        found = stopping.sample({**point, "kl": kl, "time": 30.0 / kl}, 1, generator)
        return bool(np.isfinite(found["stopping_time"][0]))

    def sample(point: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
        low, high = 1e-3, 1e2
        for _ in range(HALVINGS + 4):
            middle = float(np.sqrt(low * high))
            low, high = (middle, high) if overtakes(middle, point, generator) else (low, middle)
        return {"kl": np.full(replicates, np.sqrt(low * high))}

    return Experiment(
        name="probe_types_bisected",
        parameters=parameters,
        measures={"kl": Observable((), "reward", "KL weight from which on evasion does not overtake")},
        sample=sample,
        identity={"level": "flow", "law": law.fingerprint, "bisected": "kl"},
    )


BATCH, STEP = 20_000, 0.02


def _of_batches() -> Prediction:
    return declared(
        "evasion_time_of_batches",
        "Batches of rollouts that are reweighted step by step cross when the replicator does.",
        Region({**BEGUN, "evading": Interval(0.02, 0.1), "kl": Interval(0.02, 0.15)}, _reached_soon,
               "the KL weight is below half of the critical one"),
        batches(), lambda **point: _begun(**point, penalty=2.0, batch=BATCH, rate=STEP, horizon=20.0), "evasion_time",
        about="evasion_time",
        margin=Margin("a step, and the drift of a batch's log odds by chance", lambda **point: _by_chance(**point)),
    )  # fmt: skip


def _reached_soon(clean: float, evading: float, bonus: float, kl: float) -> bool:
    return bool(kl < 0.5 * bonus / np.log(clean / evading))


def _by_chance(clean: float, evading: float, bonus: float, kl: float) -> float:
    """Return how far a crossing may be off: a step, and what multinomial noise adds to the mean log odds.

    Each step adds (1/p_clean - 1/p_evading)/(2 N) to the mean of ln(p_evading/p_clean), so less than 1/(2 N p_evading(0))
    in size, of which the crossing takes one over its pace there, bonus exp(-kl t) >= bonus/2.
    """
    steps = 2.0 * np.log(clean / evading) / bonus / STEP
    return float(STEP + steps / (2.0 * BATCH * evading) / (bonus / 2.0))
