"""Faults of compiled steps and of what is integrated: the order of a step, its noise, its precision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from simulator.levels import flow
from simulator.levels.langevin import kernels, step
from simulator.model import Model
from simulator.structure import is_noisy
from theory.faults.fault import Fault, spoiled
from theory.region import Interval

_fault = partial(Fault, "audit")


def _stepped(wrong: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Return the patches for another step of every law: none is compiled yet."""
    return spoiled(kernels, "split_step", wrong), mock.patch.object(kernels, "_made", new_callable=dict)


def _late_gate(right: Callable[..., Any]) -> Callable[..., Any]:
    """Move everything else by a whole step first."""

    def late(model: Model) -> Any:
        *others, last = sorted(model.traits, key=lambda trait: (trait.dim is not None, is_noisy(model, trait)))
        moves = [*((trait, step.STEP, 1) for trait in others), (last, step.STEP, 0)]
        statements = tuple(one for move in moves for one in step.move(model, *move))
        return step.Step(statements, right(model).slots, right(model).order)

    return late


def _half_noise_twice(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let the second half-step of a trait take the normals of its first."""

    def twice(model: Model) -> Any:
        made = right(model)
        again = {slot.symbol: step.Slot(slot.trait, 1).symbol for slot in made.slots if slot.part == 2}
        statements = tuple(type(one)(one.symbol, one.expression.xreplace(again)) for one in made.statements)
        return step.Step(statements, made.slots, made.order)

    return twice


def _euler(right: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out the second evaluation of a drift, and call the step one of order 2 still."""

    def euler(model: Model, trait: Any, duration: Any, part: int) -> Any:
        for one in right(model, trait, duration, part):
            predicted = {symbol for symbol in one.expression.free_symbols if symbol.name.startswith("_predicted_")}
            yield type(one)(one.symbol, one.expression.xreplace(dict.fromkeys(predicted, trait.variable)))

    return euler


def _single(right: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what has been integrated in float32."""

    def solve(*arguments: Any) -> Any:
        found = right(*arguments)
        return replace(found, values=found.values.astype(np.float32).astype(np.float64))

    return solve


FAULTS = (
    _fault(
        "late_gate", "kernel", "The gate is read at the end of a step, not in its middle.",
        ("goal_drift.open_time",), _stepped(_late_gate),
    ),
    _fault(
        "half_steps_share_noise", "kernel", "The second half-step of a trait repeats the noise of the first.",
        ("preservation.internal_diffusion",), _stepped(_half_noise_twice),
        box={"memory_noise": Interval(0.7, 1.0), "hold": Interval(0.6, 1.0)}, slow=True,
    ),
    _fault(
        "euler_for_heun", "kernel", "A drift is evaluated once a step, not twice.", ("goal_drift.stake_selection",),
        (spoiled(step, "move", _euler), mock.patch.object(kernels, "_made", new_callable=dict)),
    ),
    _fault(
        "path_in_float32", "kernel", "The path of a law without noise is kept in float32.",
        ("probe_selection.misbehavior_share",), (spoiled(flow, "solve", _single),), points=2,
    ),
)  # fmt: skip
