"""A call of sweep: everything that was asked for, checked before any work, and carried out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Demand
from simulator.experiment import Experiment, as_experiment
from simulator.frame import Frame, component_axes, provenance, readable, scalars
from simulator.ledger import Ledger
from simulator.outcome import CONTRAST
from simulator.parameter import nearest
from simulator.point import check_call, check_groups, refinable
from simulator.precision import precisions
from simulator.randomness import COMMON, entropy_of, key_of
from simulator.sweeps.execution import Flight, stays_here, workers_of
from simulator.sweeps.grid import Grid, coordinates, grid, specification
from simulator.sweeps.plan import Plan
from simulator.sweeps.progress import Progress
from simulator.sweeps.run import Run
from simulator.sweeps.task import Subject, portable

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


def run(call: Call) -> Any:
    """Carry a call out and return its Dataset."""
    from simulator.dataset import to_dataset

    work = checked(call)
    frame = _frame(work)
    ledger = Ledger(work.demand, work.components)
    _execute(work, frame, ledger)
    return to_dataset(frame, ledger.outcome(lambda point: readable(work.grid.resolved(point))))


def checked(call: Call) -> Work:
    """Return the work that a call asks for; raise ValueError or TypeError, in one line, if it cannot be done."""
    subject = as_experiment(call.experiment)
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
    contrasts = [name + CONTRAST for name in subject.measures] if call.contrast is not None else []
    for name in contrasts:
        if name in subject.measures:
            raise ValueError(f"contrast: {name!r} is a measure of {subject.name} already; rename it")
    precision = precisions(call.precision, subject.measures, contrasts)
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


def _frame(work: Work) -> Frame:
    call, made = work.call, work.grid
    axes = tuple(zip([axis.name for axis in made.axes], made.shape, strict=True))
    swept = {name for axis in made.axes for name in axis.parameters}
    points = (made.resolved(point) for point in range(len(made)))
    more = {
        "specification": specification(made, work.digests),
        "common_random_numbers": int(call.common or call.contrast is not None),
        **({} if call.contrast is None else {"contrast": call.contrast}),
    }
    return Frame(
        axes=axes,
        measures=made.experiment.measures,
        coordinates=(
            *coordinates(made),
            *component_axes(made.experiment, points, axes),
            *scalars(made.experiment, made.resolved(0), swept),
        ),
        contrast=call.contrast,
        discretized=work.demand.refined,
        attrs=provenance(made.experiment, entropy_of(call.seed), **more),
    )


def _execute(work: Work, frame: Frame, ledger: Ledger) -> None:
    """Bring in what a file has, run what is missing, and keep it."""
    call = work.call
    executor = call.executor
    workers = (os.cpu_count() or 1) if executor is None else workers_of(executor)
    sent = executor is not None and not stays_here(executor)
    subject = Subject(portable(work.grid.experiment) if sent else work.grid.experiment, call.seed)
    common = call.common or work.partners is not None
    keys = [COMMON] * len(work.grid) if common else [key_of(digest) for digest in work.digests]
    store = _store(work, frame, common, ledger)
    try:
        plan = Plan(work.grid, keys, ledger, subject, work.partners, workers)
        own = ThreadPoolExecutor(workers) if executor is None else None
        try:
            Run(
                plan=plan,
                ledger=ledger,
                flight=Flight(executor if own is None else own, workers, own=own is not None),
                store=store,
                describe=lambda point: readable(work.grid.resolved(point)),
                progress=Progress(work.grid.experiment.name, len(work.grid), ledger.work(), call.progress),
                fail_fast=call.fail_fast,
            ).to_the_end()
        finally:
            if own is not None:
                own.shutdown(wait=True, cancel_futures=True)
    finally:
        if store is not None:
            store.close()


def _store(work: Work, frame: Frame, common: bool, ledger: Ledger) -> Any:
    """Return the file, open, with what it has in the ledger; None where nothing is to be kept."""
    if work.call.store is None:
        return None
    from simulator.store.spec import specification as content
    from simulator.store.writer import Writer

    spec = content(work.grid.experiment, entropy_of(work.call.seed), common)
    digests = [bytes.fromhex(digest) for digest in work.digests]
    if work.partners is not None:  # differences are from a partner, and of that one alone
        digests = [one + digests[other] for one, other in zip(digests, work.partners.tolist(), strict=True)]
    opened = Writer.open(Path(work.call.store), spec)
    try:
        opened.resume(digests, ledger)
        opened.begin(frame, work.demand, digests, work.components)
    except BaseException:
        opened.close()
        raise
    return opened
