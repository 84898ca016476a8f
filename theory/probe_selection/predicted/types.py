"""What is predicted of clean, caught and evading types: the window of evasion, and what a KL penalty does to it."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.model import Model
from simulator.models.probe_selection.types import probe_types, until_evading
from simulator.parameter import Resolved
from theory.prediction import Margin, Prediction
from theory.probe_selection import formulas
from theory.probe_selection.predicted.declared import declared
from theory.region import Interval, Region

INTEGRATED = Margin("the integrator's tolerance, 1e-9", lambda **point: 1e-9)
CROSSED = Margin("the integrator's tolerance, 1e-8 of a time, stretched near the critical weight",
                 lambda **point: 1e-7)  # fmt: skip
LOCATED = Margin(
    "half the width to which the interval was halved, 0.1 % of the weight",
    lambda **point: 0.001 * formulas.critical_kl(**point),
)
START = {"prevalence": Interval(0.1, 0.9), "false_negative_rate": Interval(0.01, 0.3)}
PAYOFF = {"bonus": Interval(0.5, 2.0), "penalty": Interval(0.5, 4.0)}
COURSE = {**START, **PAYOFF, "kl": Interval(0.01, 1.0, log=True), "time": Interval(0.2, 6.0)}
BEGUN = {"clean": Interval(0.2, 0.8), "evading": Interval(0.002, 0.1, log=True), "bonus": Interval(0.5, 2.0)}
LEAST_RECALL = 1e-4  # the integrator's tolerance is absolute: of less than that it is no small share
HALVINGS = 11  # of the logarithm of an interval from 0.07 to 3.5


def of_types(law: Model = probe_types) -> tuple[Prediction, ...]:
    """Return what becomes of misbehavior and of recall, when evasion wins, and which KL weight prevents it."""
    return (*_of_courses(law), *_of_windows(law))


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
            Region(decay, lambda **point: formulas.recall_decay(**point) >= LEAST_RECALL, "recall_decay >= 1e-4"),
            _flow(law, "recall"), lambda **point: point, "recall", margin=INTEGRATED,
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
    stopping: Experiment = until_evading(law).experiment("flow", measures=(), solver="LSODA")
    parameters = tuple(one for one in stopping.parameters if one.name not in ("kl", "time"))

    generator = np.random.default_rng(0)  # nothing is drawn

    def overtakes(kl: float, point: Resolved) -> bool:
        # After 12 of its own times the penalty has let through all but exp(-12) of what it ever will.
        found = stopping.sample({**point, "kl": kl, "time": 12.0 / kl}, 1, generator)
        return bool(np.isfinite(found["stopping_time"][0]))

    @cache
    def located(items: tuple[tuple[str, float], ...]) -> float:
        low, high = 0.07, 3.5
        for _ in range(HALVINGS):
            middle = float(np.sqrt(low * high))
            low, high = (middle, high) if overtakes(middle, dict(items)) else (low, middle)
        return float(np.sqrt(low * high))

    def sample(point: Resolved, replicates: int, _: np.random.Generator) -> Samples:
        return {"kl": np.full(replicates, located(tuple(point.items())))}

    return Experiment(
        name="probe_types_bisected",
        parameters=parameters,
        measures={"kl": Observable((), "reward", "KL weight from which on evasion does not overtake")},
        sample=sample,
        identity={"level": "flow", "law": law.fingerprint, "bisected": "kl"},
    )
