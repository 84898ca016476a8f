"""Faults of succession: who leads when and how often, what is inherited from whom, what is replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from simulator.models.succession import envelope, leaders, replacement, shares
from theory.faults.fault import Fault, spoiled
from theory.region import Interval

_fault = partial(Fault, "succession")
APART = {"overlap": Interval(0.5, 0.8), "successions": Interval(2, 3, integer=True)}  # squares are far from it


def _with_the_start(right: Any) -> Any:
    return property(lambda reigns: right.fget(reigns) + 1)


def _endless(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda presence, quality, end=np.inf: right(presence, quality)


def _twice(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda goal, kept, generator: right(goal, kept * abs(kept), generator)


def _steepest(right: Callable[..., Any]) -> Callable[..., Any]:
    """Let the steepest take over first, as if all were equally far behind."""

    def after(left: Any, start: Any, slope: Any) -> Any:
        return right(replace(left, presence=np.minimum(left.presence, start[left.replicate] - 1.0)), start, slope)

    return after


def _one_more(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda count, *rest: right(count + 1, *rest)


def _ito(_: Any) -> Callable[..., Any]:
    """Step noise as Euler does: in Ito's sense, without the drift that Stratonovich's has besides."""
    return lambda now, move: now + now * (move - np.sum(now * move, axis=0))


def _one_component_more(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda rule, relevance, taking_part, number, generator: right(
        rule, relevance, taking_part, number + 1, generator
    )


def _with_return(_: Any) -> Callable[..., Any]:
    """Draw the components of an interaction with return."""

    def members(relevance: Any, parameters: Any, generator: np.random.Generator) -> Any:
        shape = (parameters["interactions"], parameters["order"], relevance.shape[1])
        return generator.integers(0, len(relevance), shape)

    return members


def _unscaled(right: Callable[..., Any]) -> Callable[..., Any]:
    """Mix presence into quality without making room for it: r presence + quality."""

    def lines(parameters: Any, replicates: int, generator: np.random.Generator) -> Any:
        start, slope = right({**parameters, "correlation": 0.0}, replicates, generator)
        return start, parameters["correlation"] * start + slope

    return lines


FAULTS = (
    _fault(
        "start_counted", "mechanism", "The leader at the start counts as a change.",
        ("succession.successions_until",),
        (spoiled(envelope.Reigns, "successions", _with_the_start),), box={"circuits": Interval(6, 12, integer=True)},
    ),
    _fault(
        "endless_clock", "mechanism", "Changes beyond the end of the clock count.",
        ("succession.successions_until", "succession.lasting_lead"), (spoiled(leaders, "reigns", _endless),),
        box={"end": Interval(0.5, 3.0)}, slow=True,
    ),
    _fault(
        "overlap_twice", "mechanism", "Each inheritance keeps the square of the overlap.",
        ("succession.goal_retention", "succession.run_retention"), (spoiled(leaders, "inherit", _twice),), box=APART,
    ),
    _fault(
        "one_inheritance_more", "mechanism", "A goal is handed on once more than the lead.",
        ("succession.goal_retention",), (spoiled(leaders, "retained", _one_more),), box=APART,
    ),
    _fault(
        "order_of_quality", "mechanism", "The steepest takes over first, however far behind it is.",
        ("succession.expected_successions",), (spoiled(envelope, "_next", _steepest),), slow=True,
    ),
    _fault(
        "unscaled_correlation", "mechanism", "Quality that presence is mixed into keeps all of its own variance.",
        ("succession.expected_successions",), (spoiled(leaders, "lines", _unscaled),),
        box={"correlation": Interval(0.5, 0.8), "circuits": Interval(10, 25, integer=True)}, slow=True,
    ),
    _fault(
        "ito_for_stratonovich", "mechanism", "Noise in quality is stepped in Ito's sense.",
        ("succession.first_leads",), (spoiled(shares, "advance", _ito),),
        box={"noise": Interval(0.8, 1.0), "time": Interval(1.0, 3.0), "circuits": Interval(3, 4, integer=True)},
        slow=True,
    ),
    _fault(
        "one_component_more", "mechanism", "One component more is replaced than was asked for.",
        ("succession.surviving_interactions",), (spoiled(replacement, "_replaced", _one_component_more),),
    ),
    _fault(
        "members_with_return", "mechanism", "A component may take part in an interaction twice.",
        ("succession.surviving_interactions",), (spoiled(replacement, "members", _with_return),),
        box={"order": Interval(3, 5, integer=True), "components": Interval(8, 16, integer=True)},
    ),
)  # fmt: skip
