"""A task: some blocks of some points, small to send, that comes back as rows of numbers. It runs anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.draw import count_diverged, draw
from simulator.estimate import Layout, layout_of, tally_rows
from simulator.experiment import Experiment, Samples
from simulator.parameter import Resolved
from simulator.randomness import Block, Key, Purpose, streams
from simulator.refinement import refinement
from simulator.sweeps.pairing import compared, contrasts
from simulator.sweeps.subject import Subject

Points = NDArray[np.int64]
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Site:
    """A point as a task has it: its number, its values, the key of its streams."""

    number: int
    resolved: Resolved
    key: Key


@dataclass(frozen=True)
class Task:
    """Blocks of points, or the discretization errors of their means.

    Parameters
    ----------
    subject
        What runs.
    sites
        Where.
    blocks
        Which blocks, the same at every site.
    refined
        Instead of blocks: how many replicates tell the discretization error; 0 if blocks are meant.
    partners
        The sites that others are compared with.
    partner
        Per site, which of the partners is its; empty where nothing is compared.
    """

    subject: Subject
    sites: tuple[Site, ...]
    blocks: tuple[Block, ...] = ()
    refined: int = 0
    partners: tuple[Site, ...] = ()
    partner: tuple[int, ...] = ()


@dataclass(frozen=True)
class Part:
    """Rows of several points that have one layout: a block's tallies, or discretization errors.

    Parameters
    ----------
    points
        Their numbers.
    block
        The block; -1 for discretization errors.
    size
        How many replicates of it were used, or told the errors.
    layout, rows
        What came out; None where errors could not be told.
    diverged
        Per point, how many replicates overflowed.
    """

    points: Points
    block: int
    size: int
    layout: Layout | None
    rows: Rows | None
    diverged: Points


@dataclass
class Result:
    """What comes back: parts in block order, and per point that failed, the error."""

    parts: list[Part] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)


def run_task(task: Task) -> Result:
    """Run a task; an error at one point is that point's result and leaves the others alone."""
    experiment, generators = task.subject.loaded(), streams(task.subject.seed)
    result = Result()
    if task.refined:
        _refine(task, experiment, result)
    for block in task.blocks:
        _run_block(task, experiment, generators, block, result)
    return result


Streams = Callable[[Sequence[Key], int, int], list[np.random.Generator]]


def _run_block(task: Task, experiment: Experiment, generators: Streams, block: Block, result: Result) -> None:
    numbers = [place for place, site in enumerate(task.sites) if site.number not in result.failures]
    sites = [task.sites[place] for place in numbers]
    # A partner that is among the sites is drawn once.
    drawn = {site.number: site for site in (*sites, *task.partners)}
    samples = _draw(experiment, list(drawn.values()), block, generators)
    alike: dict[Layout, list[tuple[Site, Samples, int]]] = {}
    for place, site in zip(numbers, sites, strict=True):
        try:
            measured = _found(samples[site.number])
            lost = count_diverged(measured)
            if task.partner:
                measured = compared(experiment, measured, samples[task.partners[task.partner[place]].number])
            layout = layout_of(measured, _measures(experiment, task), experiment.group, experiment.controls)
            alike.setdefault(layout, []).append((site, measured, lost))
        except Exception as error:
            result.failures[site.number] = _line(error)
    for layout, some in alike.items():
        rows = tally_rows([measured for _, measured, _ in some], layout, experiment.group)
        points, diverged = (np.array(column, dtype=np.int64) for column in zip(*_counts(some), strict=True))
        result.parts.append(Part(points, block.index, block.used, layout, rows, diverged))


def _counts(some: Sequence[tuple[Site, Samples, int]]) -> list[tuple[int, int]]:
    return [(site.number, lost) for site, _, lost in some]


def _measures(experiment: Experiment, task: Task) -> tuple[str, ...]:
    names = tuple(experiment.measures)
    return (*names, *contrasts(names)) if task.partner else names


def _draw(
    experiment: Experiment, sites: Sequence[Site], block: Block, generators: Streams
) -> dict[int, Samples | Exception]:
    """Return a block's samples by point; where drawing together fails, each by itself, and an error in its place."""

    def attempt(some: Sequence[Site]) -> list[Samples]:
        drawn = generators([site.key for site in some], block.index, Purpose.PATHS)
        return draw(experiment, [site.resolved for site in some], block, drawn)

    if not sites:
        return {}
    try:
        return dict(zip([site.number for site in sites], attempt(sites), strict=True))
    except Exception as error:
        if len(sites) == 1:
            return {sites[0].number: error}
        return {number: one for site in sites for number, one in _draw(experiment, [site], block, generators).items()}


def _found(samples: Samples | Exception) -> Samples:
    if isinstance(samples, Exception):
        raise samples
    return samples


def _refine(task: Task, experiment: Experiment, result: Result) -> None:
    alike: dict[Layout | None, list[tuple[int, Any]]] = {}
    for site in task.sites:
        try:
            found = refinement(experiment, site.resolved, task.refined, task.subject.seed, site.key)
            layout, row = (None, None) if found is None else found
            alike.setdefault(layout, []).append((site.number, row))
        except Exception as error:
            result.failures[site.number] = _line(error)
    for layout, some in alike.items():
        points = np.array([number for number, _ in some], dtype=np.int64)
        rows = None if layout is None else np.concatenate([row for _, row in some])
        result.parts.append(Part(points, -1, task.refined, layout, rows, np.zeros(len(points), dtype=np.int64)))


def _line(error: Exception) -> str:
    """Return an error as one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
