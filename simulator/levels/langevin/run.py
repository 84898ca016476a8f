"""A block of agents simulated from its stream to its measures, once or at two step lengths on the same noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.experiment import Samples
from simulator.levels.langevin.block import (
    Noise,
    Path,
    combine,
    draw_initial,
    draw_setting,
    segments,
)
from simulator.levels.langevin.kernels import Kernels, kernels_of
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.record import Record
from simulator.levels.langevin.shapes import parameter_shapes
from simulator.normals import NORMALS
from simulator.parameter import Resolved


def sample(plan: Langevin, resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of one block of agents; the draws are parameters, initial values, then step by step."""
    made, fill = _prepare(plan, resolved)
    setting = draw_setting(plan.model.parameters, resolved, replicates, generator, np.dtype(plan.dtype))
    initial = draw_initial(plan.model, made, setting, generator)
    path, noise = Path.start(plan.model, made, setting, initial), Noise.empty(made, setting)
    record = Record.empty(plan, made, resolved, setting, initial)
    with np.errstate(all="ignore"):
        for index, (count, step) in enumerate(segments(plan.requested_times(resolved), plan.steps)):
            path.set_step(step)
            for _ in range(count):
                fill(generator, noise.array)
                path.advance(noise.slots, generator)
            record.observe(index, path.state, path.absorption)
    return record.samples


def refine(
    plan: Langevin, resolved: Resolved, replicates: int, generator: np.random.Generator
) -> tuple[Samples, Samples]:
    """Return the measures of one block at the step and at half the step, driven by the same Brownian motion."""
    made, fill = _prepare(plan, resolved)
    setting = draw_setting(plan.model.parameters, resolved, replicates, generator, np.dtype(plan.dtype))
    initial = draw_initial(plan.model, made, setting, generator)
    coarse, fine = (Path.start(plan.model, made, setting, initial) for _ in range(2))
    first, second, whole = (Noise.empty(made, setting) for _ in range(3))
    records = [Record.empty(plan, made, resolved, setting, initial) for _ in range(2)]
    with np.errstate(all="ignore"):
        for index, (count, step) in enumerate(segments(plan.requested_times(resolved), plan.steps)):
            coarse.set_step(step)
            fine.set_step(step / 2)
            for _ in range(count):
                fill(generator, first.array)
                fill(generator, second.array)
                combine(made, first, second, whole)
                fine.advance(first.slots, generator)
                fine.advance(second.slots, generator)
                coarse.advance(whole.slots, generator)
            for record, path in zip(records, (coarse, fine), strict=True):
                record.observe(index, path.state, path.absorption)
    return records[0].samples, records[1].samples


def _prepare(plan: Langevin, resolved: Resolved) -> tuple[Kernels, Any]:
    shapes = parameter_shapes(plan.model.parameters, resolved)
    made = kernels_of(plan.model, shapes, plan.measures, single=plan.dtype == "float32")
    return made, NORMALS[plan.normals] if made.slots else _no_noise


def _no_noise(generator: np.random.Generator, out: Any) -> None:
    """Draw nothing for a law without noise."""
