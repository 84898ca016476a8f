"""The measures of a block, written down as it passes the requested times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import CONTROL
from simulator.levels.langevin.control import Companion, write
from simulator.levels.langevin.expanded import symmetric_controls
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.setting import Setting, double
from simulator.observation import observables


class Stopped(Protocol):
    """Which agents have stopped: when (NaN while they run) and by the route of which index (-1 while they run)."""

    time: NDArray[np.float64]
    route: NDArray[np.int64]


@dataclass
class Stops:
    """Stops that are known beforehand, as ``Stopped`` has them."""

    time: NDArray[np.float64]
    route: NDArray[np.int64]


@dataclass
class Record:
    """What is observed of a block: per measure an array (replicates, time, ...), and who has diverged."""

    plan: Langevin
    made: Kernels
    initial: Sequence[Any]
    hoisted: tuple[Any, ...]
    buffers: tuple[Any, ...]
    samples: dict[str, Any]

    @classmethod
    def empty(cls, plan: Langevin, made: Kernels, setting: Setting, initial: Sequence[Any]) -> Record:
        """Return room for every measure at every requested time (no axis for it where ``time`` is a parameter)."""
        times = (len(plan.times),) if plan.times is not None else ()
        samples: dict[str, Any] = {"diverged": np.zeros(setting.replicates, dtype=bool)}
        for name, observable in observables(plan.model, plan.measures, timed=False).items():
            inner = tuple(setting.sizes[dim.removesuffix("_index")] for dim in observable.dims)
            samples[name] = np.empty((setting.replicates, *times, *inner))
            if plan.control:
                samples[name + CONTROL] = np.empty((*samples[name].shape, symmetric_controls(plan.model) + 1))
        hoisted = made.observe.hoist(setting.constants)
        buffers = made.observe.buffers(setting.sizes, setting.replicates, np.float64)
        return cls(plan, made, list(initial), hoisted, buffers, samples)

    def observe(
        self, index: int, state: Sequence[Any], stopped: Stopped | None, companion: Companion | None = None
    ) -> None:
        """Write down every measure of a state at the requested time of that index, and its controls."""
        if companion is not None:
            write(self.samples, np.s_[:, index] if self.plan.times is not None else ..., companion, state)
        state = double(state)
        values = self.made.observe.run((*state, *self.initial), self.hoisted, self.buffers)
        scalars = sum(not value.ndim for value in (*state, *self.initial))
        for name, value in zip(self.plan.measures, values[scalars:], strict=True):
            # Arrays are (component, replicate); samples are (replicate, time, component).
            self._at(name, index)[...] = np.transpose(value)
        if stopped is not None:
            self._at("stopping_time", index)[...] = stopped.time
            for number, route in enumerate(self.plan.model.absorb):
                self._at(f"route_{route}", index)[...] = stopped.route == number
        for value in state:
            finite = np.isfinite(value)
            self.samples["diverged"] |= ~(finite.all(axis=0) if finite.ndim == 2 else finite)

    def _at(self, name: str, index: int) -> Any:
        return self.samples[name][:, index] if self.plan.times is not None else self.samples[name]
