"""A call of sweep, checked before any work: what is asked of which points."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Demand
from simulator.experiment import Experiment, as_experiment, controlled
from simulator.frame import readable
from simulator.parameter import nearest
from simulator.point import check_call, check_groups
from simulator.precision import precisions
from simulator.randomness import entropy_of
from simulator.refinement import refinable
from simulator.sweeps.grid import Grid, grid
from simulator.sweeps.pairing import contrasts

MOST = 1000
"""How many times the replicates asked for precision may take, where nothing else is said."""


@dataclass(frozen=True)
class Call:
    """The arguments of ``sweep``, as they were given."""

    experiment: Any
    over: Any
    cases: Any
    fixed: Any
    replicates: Any
    seed: Any
    contrast: Any
    common: bool
    precision: Any
    most: Any
    executor: Any
    store: Any
    progress: bool
    fail_fast: bool
    discretization: bool
    control: bool = False


@dataclass(frozen=True)
class Work:
    """A call that has been found good.

    Parameters
    ----------
    call
        What was asked for.
    grid, digests
        The points and their fingerprints.
    demand
        What is wanted of each.
    partners
        Per point, the one that it is compared with, or None.
    components
        Per point, the number of values in one replicate's state.
    """

    call: Call
    grid: Grid
    digests: Sequence[str]
    demand: Demand
    partners: NDArray[np.int64] | None
    components: NDArray[np.int64]


def checked(call: Call) -> Work:
    """Return the work that a call asks for; raise ValueError or TypeError, in one line, if it cannot be done."""
    subject = controlled(as_experiment(call.experiment), call.control)
    check_call(call.replicates, None)
    check_groups(subject, call.replicates)
    entropy_of(call.seed)
    if call.executor is not None and not callable(getattr(call.executor, "submit", None)):
        raise TypeError(
            f"executor: got {type(call.executor).__name__}; must have submit(); pass None, a ProcessPoolExecutor, or "
            "client.get_executor()"
        )
    if call.store is not None and not isinstance(call.store, str | os.PathLike):
        raise TypeError(f"store: got {type(call.store).__name__}; must be a path; pass for example 'drift.db'")
    made = grid(subject, call.over, call.cases, call.fixed)
    listed = [(digest, subject.components(resolved)) for digest, resolved in made.points()]
    digests = [digest for digest, _ in listed]
    _refuse_copies(made, digests)
    components = np.array([size for _, size in listed], dtype=np.int64)
    demand, partners = _demand(call, subject), _partners(call, made)
    if partners is not None and np.any(components != components[partners]):
        raise ValueError(
            f"contrast: got {call.contrast!r}, along which the number of components changes; replicates of different "
            "shapes cannot be paired; choose another parameter"
        )
    return Work(call, made, digests, demand, partners, components)


def _refuse_copies(made: Grid, digests: Sequence[str]) -> None:
    if len(set(digests)) < len(digests):
        first: dict[str, int] = {}
        one, other = next(
            (first[digest], point) for point, digest in enumerate(digests) if first.setdefault(digest, point) != point
        )
        raise ValueError(
            f"points {made.places(one)} and {made.places(other)} of the design are the same, "
            f"{readable(made.resolved(one))}; must differ, or their replicates would be copies; give each once"
        )


def _demand(call: Call, subject: Experiment) -> Demand:
    differences = contrasts(subject.measures) if call.contrast is not None else ()
    for name in differences:
        if name in subject.measures:
            raise ValueError(f"contrast: {name!r} is a measure of {subject.name} already; rename it")
    precision = precisions(call.precision, subject.measures, differences)
    replicates = int(call.replicates)
    if not precision and call.most is not None:
        raise ValueError("max_replicates: bounds what precision asks for; pass precision too, or replicates alone")
    most = replicates if not precision else MOST * replicates if call.most is None else call.most
    if precision and call.most is not None:
        check_call(most, None)
        check_groups(subject, most)
        if most < replicates:
            raise ValueError(f"max_replicates: got {most}; must be at least replicates, {replicates}; pass more")
    return Demand(
        replicates=replicates,
        most=int(most),
        group=subject.group,
        precision=precision,
        indicators=tuple(name for name, one in subject.measures.items() if one.indicator),
        refined=call.discretization and refinable(subject),
    )


def _partners(call: Call, made: Grid) -> NDArray[np.int64] | None:
    """Return per point the one with the first value of the contrast's parameter and all else alike."""
    if call.contrast is None:
        return None
    names = [axis.name for axis in made.axes if axis.name != "case"]
    if call.contrast not in names:
        known = f"; {nearest(str(call.contrast), names)}" if names else ""
        raise ValueError(f"contrast: got {call.contrast!r}; must be a parameter of over{known}")
    axis = names.index(call.contrast)
    if made.shape[axis] < 2:
        raise ValueError(f"contrast: got {call.contrast!r}, which has one value; must have at least two; pass more")
    numbers = np.arange(len(made)).reshape(made.shape)
    return np.broadcast_to(np.take(numbers, [0], axis=axis), made.shape).ravel()
