"""One point of a sweep: blocks of replicates drawn by identity, run on threads, merged in block order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from simulator.draw import count_diverged as count_diverged
from simulator.draw import draw
from simulator.estimate import Layout, layout_of, tally_rows
from simulator.experiment import Experiment, Samples, as_experiment, controlled
from simulator.frame import Frame, component_axes, provenance, readable, scalars
from simulator.identity import fingerprint
from simulator.outcome import Outcome, Table, divergence
from simulator.parameter import Parameter, Range, Resolved, nearest, resolve
from simulator.randomness import COMMON, Block, Purpose, blocks, entropy_of, point_key, stream
from simulator.refinement import refinable, refinement

KEEPS = ("samples", "trajectories")
LEAST_GROUPS = 8
Result = TypeVar("Result")


def simulate(
    experiment: Any,
    *,
    replicates: int = 1000,
    seed: Any = 0,
    keep: str | None = None,
    threads: int | None = None,
    discretization: bool = True,
    common_random_numbers: bool = False,
    control: bool = False,
    **parameters: Any,
) -> Any:
    """Run an experiment at one point and return what it measured, with standard errors.

    Parameters
    ----------
    experiment
        An Experiment, or a Model (then ``model.experiment()``).
    replicates
        The number of independent replicates, >= 2.
    seed
        An int >= 0 or a ``numpy.random.SeedSequence``; the same seed gives the same bytes for any number of threads.
    keep
        None, "samples" (every replicate's measures are kept too), or "trajectories" (the traits instead of the
        measures, every replicate's).
    threads
        How many blocks to run at once; None for one a processor.
    discretization
        Whether to estimate the discretization error, from a few more replicates at half the step.
    common_random_numbers
        Whether to draw the same noise at every point of this seed, which couples points for comparison.
    control
        Whether to take out of every mean the chance that a solvable twin of the experiment shows on the same noise
        (control variates): the same means, with smaller errors. Where there is no twin a ValueError says why.
    parameters
        The point: values by name, the rest at their defaults. A distribution is drawn once a replicate.

    Returns
    -------
    xarray.Dataset
        For each measure m: m (mean), m_se (standard error), m_var (variance), m_n (replicates it applied to) and
        m_de (a bound on the discretization error: 5/4 of its estimate plus two of the estimate's standard errors; left
        out where nothing is discretized), and with ``control`` m_reduction (by how much the variance of the mean is
        smaller for it; m_var is that of the replicates all the same); then ``replicates``, ``diverged`` and
        ``status``; in attrs the law, seed and versions. Where a replicate diverged, the means are NaN and ``status``
        says so.

    Raises
    ------
    ValueError, TypeError
        In one line, before any work, for an unknown name or a value that breaks its rule.
    """
    from simulator.dataset import to_dataset

    subject = controlled(as_experiment(experiment), control)
    check_call(replicates, threads, keep)
    check_groups(subject, replicates)
    entropy_of(seed)
    if keep == "trajectories":
        if subject.states is None:
            remedy = "leave control out" if subject.controls else "pass keep='samples'"
            raise ValueError(f"keep: got 'trajectories'; {subject.name} keeps no states; {remedy}")
        subject = subject.states()
    resolved = resolve(subject.parameters, parameters)
    outcome = run_point(
        subject, resolved, replicates, seed, threads=threads, keep=keep is not None, discretization=discretization,
        common=common_random_numbers,
    )  # fmt: skip
    return to_dataset(_frame(subject, resolved, seed, discretization), outcome)


def _frame(experiment: Experiment, resolved: Resolved, seed: Any, discretization: bool) -> Frame:
    specification = fingerprint({"name": experiment.name, **experiment.identity, "parameters": resolved})
    more = {"specification": specification, "parameters": readable(resolved)}
    return Frame(
        axes=(),
        measures=experiment.measures,
        coordinates=(*component_axes(experiment, [resolved], ()), *scalars(experiment, resolved)),
        discretized=discretization and refinable(experiment),
        controlled=experiment.controls > 0,
        attrs=provenance(experiment, entropy_of(seed), **more),
    )


def check_call(replicates: int, threads: int | None, keep: str | None = None) -> None:
    """Raise ValueError or TypeError, in one line, for a call that cannot be run."""
    _COUNTS["replicates"].check(replicates)
    if threads is not None:
        _COUNTS["threads"].check(threads)
    if keep is not None and keep not in KEEPS:
        raise ValueError(f"keep: got {keep!r}; {nearest(str(keep), KEEPS)}")


def check_groups(experiment: Experiment, replicates: int) -> None:
    """Raise ValueError, in one line, unless the replicates make whole groups, and enough to tell an error."""
    group = experiment.group
    least = group * LEAST_GROUPS if group > 1 else 2
    if experiment.controls:
        _check_controls(experiment, replicates)
    if replicates % group or replicates < least:
        right = max(least, -(-replicates // group) * group)
        raise ValueError(
            f"replicates: got {replicates}; {experiment.name} draws groups of {group} together, and its error takes "
            f"at least {LEAST_GROUPS} of them; pass replicates={right}"
        )


def _check_controls(experiment: Experiment, replicates: int) -> None:
    """Raise ValueError, in one line, for fewer replicates than control variates take to be weighed."""
    least = experiment.group * 2 * (2 * LEAST_GROUPS + experiment.controls)
    if replicates < least:
        raise ValueError(
            f"replicates: got {replicates}; must be at least {least} with control=True, which weighs each half by the "
            f"other; pass replicates={least}"
        )


@dataclass(frozen=True)
class _Count:
    parameter: Parameter

    def check(self, value: Any) -> None:
        resolve((self.parameter,), {self.parameter.name: value})


_COUNTS = {
    "replicates": _Count(Parameter("replicates", 2, range=Range(low=2.0), integer=True)),
    "threads": _Count(Parameter("threads", 1, range=Range(low=1.0), integer=True)),
}


def run_point(
    experiment: Experiment,
    resolved: Resolved,
    replicates: int,
    seed: Any,
    *,
    threads: int | None = None,
    keep: bool = False,
    discretization: bool = True,
    common: bool = False,
) -> Outcome:
    """Run the replicates of one point and return what is kept of them, merged in block order."""
    kept: list[Samples] = []
    reduce = partial(_reduced, experiment, keep)
    parts = run_blocks(experiment, resolved, replicates, seed, reduce, threads=threads, common=common)
    layout, rows, samples, diverged = next(parts)
    kept.append(samples)
    for other, more, samples, lost in parts:
        check_layout(layout, other)
        rows = layout.merge(rows, more)
        kept.append(samples)
        diverged += lost
    here = np.zeros(1, dtype=np.int64)
    refinements = []
    if discretization and diverged == 0 and refinable(experiment):
        found = refinement(experiment, resolved, replicates, seed, _key(experiment, resolved, common))
        refinements = [] if found is None else [Table(here, *found)]
    return Outcome(
        tables=[Table(here, layout, rows)],
        refinements=refinements,
        replicates=here + replicates,
        diverged=here + diverged,
        status=["ok" if diverged == 0 else divergence(diverged, replicates, readable(resolved))],
        samples={name: np.concatenate([part[name] for part in kept]) for name in kept[0]},
    )


def run_blocks(
    experiment: Experiment,
    resolved: Resolved,
    replicates: int,
    seed: Any,
    reduce: Callable[[Samples], Result],
    *,
    threads: int | None = None,
    common: bool = False,
) -> Iterator[Result]:
    """Run the replicates of one point block by block and yield each block reduced, in block order.

    Parameters
    ----------
    experiment, resolved, replicates, seed
        What to run, where, how often, and from which seed.
    reduce
        From a block's samples, (replicates, ...) a measure, whatever is to be kept of them.
    threads
        How many blocks to run at once; None for one a processor.
    common
        Whether to leave the point out of the streams' identity.
    """
    key = _key(experiment, resolved, common)

    def run(block: Block) -> Result:
        return reduce(draw(experiment, [resolved], block, [stream(seed, key, block.index, Purpose.PATHS)])[0])

    return _in_order(run, blocks(replicates, experiment.components(resolved), experiment.group), threads)


def _key(experiment: Experiment, resolved: Resolved, common: bool) -> Any:
    return COMMON if common else point_key({**experiment.identity, "name": experiment.name, "parameters": resolved})


def _reduced(experiment: Experiment, keep: bool, samples: Samples) -> tuple[Layout, Any, Samples, int]:
    layout = layout_of(samples, tuple(experiment.measures), experiment.group, experiment.controls)
    measured = {name: samples[name] for name in experiment.measures} if keep else {}
    return layout, tally_rows([samples], layout, experiment.group), measured, count_diverged(samples)


def check_layout(first: Layout, other: Layout) -> None:
    """Raise ValueError unless two blocks of one point have measures of the same shapes."""
    if first != other:
        raise ValueError(
            f"measures: got shapes {dict(other.shapes)} in one block and {dict(first.shapes)} in another; "
            "a point's measures must have one shape; correct the experiment's sample"
        )


def _in_order(run: Callable[[Block], Result], work: Iterator[Block], threads: int | None) -> Iterator[Result]:
    """Yield the blocks' results in block order, with a bounded number of blocks in flight."""
    workers = threads or os.cpu_count() or 1
    first = next(work)
    second = next(work, None)
    if workers == 1 or second is None:
        yield run(first)
        yield from map(run, chain([] if second is None else [second], work))
        return
    with ThreadPoolExecutor(workers) as pool:
        flight: deque[Future[Result]] = deque()
        for block in chain((first, second), work):
            flight.append(pool.submit(run, block))
            if len(flight) > 2 * workers:
                yield flight.popleft().result()
        while flight:
            yield flight.popleft().result()
