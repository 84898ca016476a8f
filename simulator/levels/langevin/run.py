"""A block of agents simulated from its stream to its measures: of one point, of several, or at two step lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from simulator.distribution import Normal, is_distribution
from simulator.estimate import CONTROL
from simulator.experiment import Samples
from simulator.identity import fingerprint
from simulator.levels.langevin.control import Companion
from simulator.levels.langevin.draws import Abreast, Antithetic, Draws, Independent
from simulator.levels.langevin.exact.motion import Exact
from simulator.levels.langevin.frame import Frame, reduce_block
from simulator.levels.langevin.kernels import Kernels, kernels_of
from simulator.levels.langevin.noise import Noise, combine, rows_of
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.record import Record, Stopped
from simulator.levels.langevin.setting import Setting, draw_initial, draw_setting
from simulator.levels.langevin.shapes import parameter_shapes
from simulator.levels.langevin.sobol import sobol
from simulator.levels.langevin.stepped import Path, Stepped, segments
from simulator.levels.langevin.units import means_of
from simulator.normals import NORMALS
from simulator.parameter import Resolved
from simulator.structure.noise import noiseless

AHEAD = 8192
"""Normals that a point in a pack draws at once, about."""


class Motion(Protocol):
    """A block on its way through the requested times."""

    @property
    def state(self) -> list[Any]:
        """Per trait an array, or a number where all agents share it."""

    @property
    def stopped(self) -> Stopped | None:
        """Who has stopped; None where nobody does."""

    def reach(self, index: int, draws: Draws) -> None:
        """Move to the requested time of that index."""


@dataclass(frozen=True)
class Company:
    """The points of one call, side by side: an equal run of the replicates each."""

    plan: Langevin
    points: Sequence[Resolved]
    replicates: int
    packed: bool

    @property
    def clocks(self) -> bool:
        """Whether points may differ in when they are observed."""
        return self.packed and self.plan.times is None

    @property
    def times(self) -> Any:
        """The requested times, (points, times); one row where all points share them."""
        rows = self.points if self.clocks else self.points[:1]
        return np.array([self.plan.requested_times(point) for point in rows])


def sample(plan: Langevin, resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of one block of agents; the draws are parameters, initial values, then move by move."""
    company = Company(plan, (resolved,), replicates, packed=False)
    made = _kernels(company)
    samples = _run(company, made, _draws(plan, made, resolved, replicates, generator))
    return _grouped(plan, _centered(company, made, samples) if plan.control else samples)


def _centered(company: Company, made: Kernels, samples: Samples) -> Samples:
    """Take its mean from every control of second order; where that is not known, it is 0 altogether."""
    plan, (point,) = company.plan, company.points
    starts = [value for value in plan.model.initial.values() if not isinstance(value, Normal)]
    drawn = any(map(is_distribution, (*point.values(), *starts)))
    means = None
    if not drawn and plan.dtype == "float64":  # sums of squares in single precision have no mean that is known
        key = fingerprint(
            {"law": plan.model.fingerprint, "measures": plan.measures, "times": plan.requested_times(point),
             "method": plan.method, "steps": plan.steps, "parameters": point}
        )  # fmt: skip
        means = means_of(key, lambda draws, number: _run(replace(company, replicates=number), made, draws))
    for name, array in samples.items():
        if name.endswith(CONTROL):
            array[..., -1] = 0.0 if means is None else array[..., -1] - means[name]
    return samples


def pack(
    plan: Langevin, points: Sequence[Resolved], replicates: int, generators: Sequence[np.random.Generator]
) -> list[Samples]:
    """Return the measures of a block of each point; what is no number must be the same at all of them."""
    company = Company(plan, points, replicates * len(points), packed=True)
    made = _kernels(company)
    draws = [_draws(plan, made, point, replicates, one) for point, one in zip(points, generators, strict=True)]
    samples = _run(company, made, Abreast(draws))
    return [
        _grouped(plan, {name: values[first : first + replicates] for name, values in samples.items()})
        for first in range(0, company.replicates, replicates)
    ]


def _draws(plan: Langevin, made: Kernels, resolved: Resolved, replicates: int, generator: np.random.Generator) -> Draws:
    source = Independent(generator, NORMALS[plan.normals])
    if plan.variance_reduction == "antithetic":
        return Antithetic(source)
    if plan.variance_reduction == "sobol":
        return sobol(plan, made.slots, resolved, replicates, source)
    return source


def _grouped(plan: Langevin, samples: Samples) -> Samples:
    """Bring replicates that were drawn together together: a pair's two stand half a block apart."""
    if plan.variance_reduction != "antithetic":
        return samples
    paired = {name: values.reshape(2, -1, *values.shape[1:]).swapaxes(0, 1) for name, values in samples.items()}
    return {name: values.reshape(-1, *values.shape[2:]) for name, values in paired.items()}


def _run(company: Company, made: Kernels, draws: Draws) -> Samples:
    plan = company.plan
    setting = _setting(company, draws)
    found, frame = plan.reduction(company.points[0]), None
    initial = draw_initial(plan.model, made, setting, draws, but=found.trait if found else None)
    if found is not None:
        reduced = reduce_block(plan.model, made, found, setting, initial, draws)
        frame, setting, initial = reduced.frame, reduced.setting, reduced.state
    record = Record.empty(plan, made, setting, initial)
    with np.errstate(all="ignore"):
        companion = _companion(company, made, setting, initial) if plan.control else None
        motion = _motion(company, made, setting, initial, frame, companion)
        for index in range(company.times.shape[1]):
            motion.reach(index, draws)
            record.observe(index, motion.state, motion.stopped, companion)
    return record.samples


def _companion(company: Company, made: Kernels, setting: Setting, initial: Sequence[Any]) -> Companion:
    shapes = parameter_shapes(company.plan.model.parameters, company.points[0], company.packed)
    return Companion.start(company.plan, made, shapes, setting, initial)


def _kernels(company: Company) -> Kernels:
    plan = company.plan
    shapes = parameter_shapes(plan.model.parameters, company.points[0], company.packed)
    return kernels_of(
        plan.model, shapes, plan.measures, single=plan.dtype == "float32", exact=plan.exact, clocks=company.clocks
    )


def _setting(company: Company, draws: Draws) -> Setting:
    plan = company.plan
    dtype = np.dtype(plan.dtype)
    return draw_setting(plan.model.parameters, company.points, company.replicates, draws, dtype, company.packed)


def _motion(
    company: Company,
    made: Kernels,
    setting: Setting,
    initial: Sequence[Any],
    frame: Frame | None,
    companion: Companion | None = None,
) -> Motion:
    model, run = company.plan.model, company.replicates // len(company.points)
    if company.plan.exact:
        exact = Exact.start(model, made, setting, initial, frame, company.times, 1 if _drawn(company) else run)
        return replace(exact, companion=companion)
    plan = [list(segments(times, company.plan.steps)) for times in company.times]
    counts = [count for count, _ in plan[0]]
    lengths = [[row[index][1] for row in plan] for index in range(len(counts))]
    steps = [np.repeat(length, run) if company.clocks else length[0] for length in lengths]
    ahead = _ahead(company, made, setting)
    noise = Noise.empty(made, setting, min(ahead, max(1, sum(counts))), sum(counts))
    path = replace(Path.start(model, made, setting, initial), companion=companion)
    return Stepped(path, noise, frame, counts, steps)


def _ahead(company: Company, made: Kernels, setting: Setting) -> int:
    """Return how many moves are drawn at once: in a pack each point's draws are few, and each call takes its time.

    It is part of what a block's bytes depend on, so the company has no say in it.
    """
    if not company.packed or company.plan.variance_reduction == "sobol":
        return 1
    drawn = rows_of(made, setting) * (company.replicates // len(company.points))
    return max(1, AHEAD // max(1, drawn))


def _drawn(company: Company) -> bool:
    """Tell whether replicates of one point may differ in their noiseless part."""
    model = company.plan.model
    starts = (model.initial[trait] for trait in noiseless(model))
    return any(map(is_distribution, company.points[0].values())) or any(map(is_distribution, starts))


def refine(
    plan: Langevin, resolved: Resolved, replicates: int, generator: np.random.Generator
) -> tuple[Samples, Samples]:
    """Return the measures of one block at the step and at half the step, driven by the same Brownian motion.

    Whatever a plan saves by its structure is left aside: the error of the step is the same.
    """
    company = Company(plan, (resolved,), replicates, packed=False)
    draws = Independent(generator, NORMALS[plan.normals])
    made, setting = _kernels(company), _setting(company, draws)
    initial = draw_initial(plan.model, made, setting, draws)
    coarse, fine = (Path.start(plan.model, made, setting, initial) for _ in range(2))
    first, second, whole = (Noise.empty(made, setting) for _ in range(3))
    records = [Record.empty(plan, made, setting, initial) for _ in range(2)]
    with np.errstate(all="ignore"):
        for index, (count, step) in enumerate(segments(plan.requested_times(resolved), plan.steps)):
            coarse.set_step(step)
            fine.set_step(step / 2)
            for _ in range(count):
                first.draw(draws, None)
                second.draw(draws, None)
                combine(made, first, second, whole)
                fine.advance(first.slots, draws)
                fine.advance(second.slots, draws)
                coarse.advance(whole.slots, draws)
            for record, path in zip(records, (coarse, fine), strict=True):
                record.observe(index, path.state, path.absorption)
    return records[0].samples, records[1].samples
