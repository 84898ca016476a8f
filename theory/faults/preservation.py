"""Faults of preservation: memories that follow, holds that do not lapse, missing Ito terms, reads, shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import sympy

from simulator.model import Model
from simulator.models.preservation.law import effort, goal, max_awareness, memory, outside, preservation, pull
from simulator.models.preservation.shares import share, shares
from simulator.models.preservation.strength import held_strength, ito, strength
from theory.faults.fault import Fault, spoiled
from theory.prediction import Prediction
from theory.preservation import predictions_of
from theory.preservation.predicted.outside import of_resetting, of_shares, of_strengths
from theory.region import Interval

_fault = partial(Fault, "preservation")
RESETTING = import_module("simulator.models.preservation.resetting")  # an experiment there has the module's name


def _outside(**parts: Mapping[Any, Any]) -> Callable[[], Iterable[Prediction]]:
    """Return what makes the predictions of another law of a memory outside the weights."""
    return lambda: predictions_of(preservation, _changed(outside, **parts))


def _changed(law: Model, **parts: Mapping[Any, Any]) -> Model:
    return law.replace(**{name: {**getattr(law, name), **part} for name, part in parts.items()})


def _half_the_leak() -> Iterable[Prediction]:
    aware = max_awareness.variable
    return predictions_of(preservation, outside.replace(reward=outside.reward.subs(aware, aware / 2)))


def _more_pull() -> Iterable[Prediction]:
    strong = {pull.variable: sympy.Rational(1005, 1000) * pull.variable}
    return predictions_of(preservation, outside.replace(reward=outside.reward.xreplace(strong)))


def _forgetful() -> Iterable[Prediction]:
    """Restore the shares to where they are, not to where they were."""
    hold = shares.parameter("hold").variable
    return of_shares(_changed(shares, growth={share: shares.growth[share].subs(hold, 0)}))


def _without_ito() -> Iterable[Prediction]:
    return of_strengths(strength.replace(growth={held_strength: strength.growth[held_strength] - ito}))


def _longer_waits(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda pace, size, generator: 1.02 * right(pace, size, generator)


def _read_before_last(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let a goal drift since the last read but one."""

    def since(pace: float, time: float, replicates: int, generator: Any) -> Any:
        last, reads = right(pace, time, replicates, generator)
        return last + RESETTING._waits(pace, replicates, generator), reads

    return since


FAULTS = (
    _fault(
        "memory_that_follows", "law", "A memory outside the weights follows the goal after all.",
        ("preservation.memory_error",),
        family=_outside(growth={memory: (goal - memory) / 2}), box={"weight_decay": Interval(0.2, 1.0)}, slow=True,
    ),
    _fault(
        "no_ito_drift", "law", "Noise through a metric that depends on the state lacks the drift of Ito's sense.",
        ("preservation.held_strength",), family=_without_ito,
    ),
    _fault(
        "hold_that_never_lapses", "law", "The hold learns nothing of an effort that is unlearned.",
        ("preservation.lapsing_variance",),
        family=_outside(growth={goal: outside.growth[goal].subs(effort.variable, 1)}),
        box={"hold": Interval(1.0, 3.0), "ease": Interval(0.7, 2.0), "cost": Interval(0.5, 2.0)}, slow=True,
    ),
    _fault(
        "louder_noise", "law", "Gradient noise on the goal is one per cent too strong.",
        ("preservation.danger_window",),
        family=_outside(noise={goal: sympy.Rational(101, 100) * outside.noise[goal]}), slow=True,
    ),
    _fault(
        "half_the_leak", "law", "A faker is aware half as often as said.", ("preservation.leaky_half_life",),
        family=_half_the_leak, box={"max_awareness": Interval(0.1, 0.95)},
    ),
    _fault(
        "half_a_per_cent_more_pull", "law", "What leaks through the gate pulls half a per cent too strongly.",
        ("preservation.leaky_distance",), family=_more_pull, effort="full", slow=True,
        box={"pull": Interval(1.6, 2.0), "max_awareness": Interval(0.0, 0.1), "time": Interval(0.9, 1.1)},
    ),
    _fault(
        "shares_restored_to_themselves", "law", "Shares are restored to where they are, not to where they were.",
        ("preservation.held_shares",), family=_forgetful,
    ),
    _fault(
        "longer_waits", "mechanism", "Waits for the next read, or the freeze, are two per cent too long.",
        ("preservation.freezing_error",), (spoiled(RESETTING, "_waits", _longer_waits),), of_resetting,
        {"weight_decay": Interval(0.05, 0.1)},
    ),
    _fault(
        "last_read_but_one", "mechanism", "A goal has drifted since the last read but one.",
        ("preservation.resetting_error",), (spoiled(RESETTING, "_last_read", _read_before_last),), of_resetting,
    ),
)  # fmt: skip
