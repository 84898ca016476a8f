"""A call of sweep, carried out: what the file has, what is missing, and the Dataset of both."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from simulator.frame import Frame, component_axes, provenance, readable, scalars
from simulator.ledger import Ledger
from simulator.randomness import COMMON, entropy_of, key_of
from simulator.sweeps.execution import Flight, stays_here, workers_of
from simulator.sweeps.grid import coordinates, specification
from simulator.sweeps.plan import Plan
from simulator.sweeps.progress import Progress
from simulator.sweeps.run import Run
from simulator.sweeps.subject import Subject, portable
from simulator.sweeps.work import Call, Work, checked


def run(call: Call) -> Any:
    """Carry a call out and return its Dataset."""
    from simulator.dataset import to_dataset

    work = checked(call)
    frame = _frame(work)
    ledger = Ledger(work.demand, work.components)
    _execute(work, frame, ledger)
    return to_dataset(frame, ledger.outcome(lambda point: readable(work.grid.resolved(point))))


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
        controlled=made.experiment.controls > 0,
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
