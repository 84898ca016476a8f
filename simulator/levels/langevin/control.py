"""Control variates of a block of agents: its twin of first and second order, carried along on the same normals.

Of a measure m the controls are the twin's deviations of it: of first order, dm/dz (z*) d, and of agents that stop also
those of every condition (which route ends a path is no smooth function of it, but these tell much of it); and of
second order, dm/dz e + 1/2 d2m/dz2 (d, d), less its mean. That is a quadratic form of independent normals of variance
one, whose mean is the sum of its values at the unit normals: ``units`` runs the twin on these. The twin stops where its
path does, at a time that no noise has a say in. An initial value drawn from a normal law deviates from its mean like
everything else; what else is drawn at the start is the twin's too, whose mean is zero for each such draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.compiler import Shape
from simulator.estimate import CONTROL
from simulator.levels.langevin.expanded import Expanded, Shapes, expanded
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.setting import Setting, copied, double, initial_arguments


@dataclass
class Companion:
    """The twin of one block on its way; it belongs to one thread.

    Parameters
    ----------
    plan, expanded, setting
        The law, its twin, and the block's parameters.
    initial, begun
        The start without chance, in the twin's shapes, and the deviations of what is drawn there.
    path, deviation
        The path without noise, and the deviations from it, of first and then of second order.
    running
        Whether the path goes on: a truth, or one a replicate.
    """

    plan: Langevin
    expanded: Expanded
    setting: Setting
    initial: list[Any]
    begun: list[Any]
    path: list[Any]
    deviation: list[Any]
    buffers: tuple[Any, ...]
    hoisted: tuple[Any, ...] = ()
    running: Any = True

    @classmethod
    def start(
        cls, plan: Langevin, made: Kernels, parameters: Shapes, setting: Setting, initial: Sequence[Any]
    ) -> Companion:
        """Return the twin of a block at time 0, from the same start, or from the means of what is drawn there."""
        twin, dtype = expanded(plan, made, parameters), setting.dtype
        given = initial_arguments(plan.model, made, setting) if twin.begun else {}
        means = {number: given[plan.model.traits[number]]["mean"] for number in twin.begun}
        whole = [value if number not in means else np.broadcast_to(means[number], value.shape)
                 for number, value in enumerate(initial)]  # fmt: skip
        starts = [_shaped(value, twin.path.get(number)) for number, value in enumerate(whole)]
        path = [copied(starts[number], dtype) for number in twin.path]
        dims = [plan.model.traits[number].dim for number in (*twin.first, *twin.second)]
        deviation = [
            np.zeros(setting.replicates if dim is None else (setting.sizes[dim], setting.replicates), dtype)
            for dim in dims
        ]
        begun = [initial[number] - whole[number] for number in twin.begun]
        for number, apart in zip(twin.begun, begun, strict=True):
            deviation[twin.first.index(number)][...] = apart
        buffers = twin.step.buffers(setting.sizes, setting.replicates, dtype)
        companion = cls(plan, twin, setting, starts, begun, path, deviation, buffers)
        if twin.stop is not None:
            companion.running = np.all(companion._conditions(path) > 0.0, axis=0)
        return companion

    def set_constants(self, constants: Mapping[str, Any]) -> None:
        """Fix what the moves to come depend on: the law's parameters, and the step or the coefficients."""
        if self.setting.dtype == np.float32:
            constants = {name: one.astype(np.float32) if np.ndim(one) else one for name, one in constants.items()}
        self.hoisted = self.expanded.step.hoist(constants)

    def advance(self, noise: Sequence[Any]) -> None:
        """Make one move with the agents' normals, one array a slot; they are left as they are."""
        if not np.any(self.running):
            return
        before = [np.array(value) for value in (*self.path, *self.deviation)] if self.expanded.stop else None
        scalars = iter(self.expanded.step.run((*self.path, *self.deviation, *noise), self.hoisted, self.buffers))
        self.path = [value if np.ndim(value) else next(scalars) for value in self.path]
        if before is not None:
            self._halt(before[: len(self.path)], before[len(self.path) :])

    def _halt(self, path: Sequence[Any], deviation: Sequence[Any]) -> None:
        """Put path and deviations where the path met a condition in this move, or where it had stopped before."""
        start, end = self._conditions(path), self._conditions(self.path)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.min(np.where(end > 0.0, 1.0, start / (start - end)), axis=0)
        share = np.where(self.running, share, 0.0)
        self.running = share == 1.0
        if np.all(self.running):
            return
        self.path = [_between(old, new, share) for old, new in zip(path, self.path, strict=True)]
        self.deviation = [_between(old, new, share) for old, new in zip(deviation, self.deviation, strict=True)]

    def _conditions(self, path: Sequence[Any]) -> Any:
        assert self.expanded.stop is not None
        kernel = self.expanded.stop
        buffers = kernel.buffers(self.setting.sizes, self.setting.replicates, np.float64)
        given = double([np.asarray(value) for value in path])
        values = kernel.run(given, kernel.hoist(self.setting.constants), buffers)
        return np.array([np.asarray(value) for value in values[-len(self.plan.model.absorb) :]])

    def observe(self, state: Sequence[Any]) -> tuple[dict[str, tuple[Any, Any]], list[Any]]:
        """Return every measure's first and second deviation, and the conditions' first; ``state`` is the agents'."""
        kernel = self.expanded.observe
        here = [value for number, value in enumerate(state) if number not in self.expanded.path]
        given = double(
            [np.asarray(value) for value in (*here, *self.path, *self.deviation, *self.initial, *self.begun)]
        )
        buffers = kernel.buffers(self.setting.sizes, self.setting.replicates, np.float64)
        values = kernel.run(given, kernel.hoist(self.setting.constants), buffers)
        values = values[sum(not value.ndim for value in given) :]
        number = len(self.plan.measures)
        orders = zip(values[:number], values[number : 2 * number], strict=True)
        return dict(zip(self.plan.measures, orders, strict=True)), list(values[2 * number :])


def write(samples: Mapping[str, Any], at: Any, companion: Companion, state: Sequence[Any]) -> None:
    """Write the controls of every measure at one time; ``at`` picks the time from samples (replicates, ...)."""
    own, stopping = companion.observe(state)
    for name, array in samples.items():
        if name.endswith(CONTROL):
            here = array[at]
            first, second = own.get(name.removesuffix(CONTROL), (0.0, 0.0))
            here[..., 0], here[..., -1] = np.transpose(first), np.transpose(second)
            for number, value in enumerate(stopping, start=1):
                here[..., number] = np.reshape(value, (-1, *[1] * (here.ndim - 2)))


def _shaped(value: Any, shape: Shape | None) -> Any:
    """Return a start in the shape of the path: what all replicates share once."""
    if shape is None or shape.replicate or not np.ndim(value):
        return value
    return np.float64(value[0]) if shape.component is None else value[..., :1]


def _between(old: Any, new: Any, share: Any) -> Any:
    """Return what lies between, share 1 being the new one; what is no number there stays out of it."""
    return np.where(share < 1.0, old + share * (new - old), new)[()]
