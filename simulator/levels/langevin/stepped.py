"""A block of agents carried step by step from each requested time to the next."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.levels.langevin.absorption import Absorption
from simulator.levels.langevin.control import Companion
from simulator.levels.langevin.draws import Draws
from simulator.levels.langevin.frame import Frame
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.noise import Noise
from simulator.levels.langevin.setting import Setting, copied, double
from simulator.levels.langevin.step import STEP
from simulator.model import Model


@dataclass
class Path:
    """The state of a block on its way, and what moves it; each path belongs to one thread.

    Parameters
    ----------
    made, setting
        The kernels of the law, and the block's parameters.
    state
        Per trait an array, or a number where all agents share it.
    absorption
        Who has stopped; None where nobody does.
    now, step
        The time, and the length of a step: numbers, or one a replicate.
    companion
        The twin that control variates come from, or None.
    """

    made: Kernels
    setting: Setting
    state: list[Any]
    absorption: Absorption | None
    buffers: tuple[Any, ...]
    now: Any = 0.0
    hoisted: tuple[Any, ...] = ()
    step: Any = 0.0
    companion: Companion | None = None

    @classmethod
    def start(cls, model: Model, made: Kernels, setting: Setting, initial: Sequence[Any]) -> Path:
        """Return a path at time 0 with a copy of the initial state."""
        state = [copied(value, setting.dtype) for value in initial]
        buffers = made.step.buffers(setting.sizes, setting.replicates, setting.dtype)
        absorption = None
        if made.stop is not None:
            stop, hoisted = made.stop, made.stop.hoist(setting.constants)
            scratch = stop.buffers(setting.sizes, setting.replicates, np.float64)
            absorption = Absorption.start(
                tuple(model.absorb),
                lambda state: stop.run(double(state), hoisted, scratch),
                state,
                setting.replicates,
            )
        return cls(made, setting, state, absorption, buffers)

    def set_step(self, step: Any) -> None:
        """Fix the length of the steps to come, a number or one a replicate, and compute what depends on it."""
        self.step = step
        single = self.setting.dtype == np.float32
        constants = {**self.setting.constants, str(STEP): np.asarray(step, dtype=np.float64)[()]}
        if self.companion is not None:
            self.companion.set_constants(constants)
        if single:
            constants = {name: value.astype(np.float32) if value.ndim else value for name, value in constants.items()}
        self.hoisted = self.made.step.hoist(constants)

    def advance(self, noise: Sequence[Any], draws: Draws) -> None:
        """Make one step with the given normals, one array a slot; they are overwritten."""
        if self.companion is not None:
            self.companion.advance(noise)
        before = [value.copy() for value in self.state] if self.absorption else None
        scalars = self.made.step.run((*self.state, *noise), self.hoisted, self.buffers)
        if scalars:
            renewed = iter(scalars)
            self.state = [value if value.ndim else next(renewed) for value in self.state]
        if self.absorption is not None and before is not None:
            self.absorption.stop(before, self.state, self.now, self.step, draws)
        self.now += self.step


@dataclass
class Stepped:
    """A path with its noise and its frame, as a block that reaches the requested times one after another.

    Parameters
    ----------
    path, noise
        The state on its way, and room for the normals of a step.
    frame
        The frame of a reduced vector, or None.
    counts, steps
        Per requested time, how many steps lead there from the one before, and how long they are (a number, or one a
        replicate).
    """

    path: Path
    noise: Noise
    frame: Frame | None
    counts: Sequence[int]
    steps: Sequence[Any]

    @property
    def state(self) -> list[Any]:
        """The present state."""
        return self.path.state

    @property
    def stopped(self) -> Absorption | None:
        """Who has stopped."""
        return self.path.absorption

    def reach(self, index: int, draws: Draws) -> None:
        """Move to the requested time of that index, step by step."""
        self.path.set_step(self.steps[index])
        for _ in range(self.counts[index]):
            self.noise.draw(draws, self.frame)
            self.path.advance(self.noise.slots, draws)
            if self.frame is not None:
                self.frame.turn(self.path.state)


def segments(times: Sequence[float], steps: int) -> Iterator[tuple[int, float]]:
    """Yield, from each requested time to the next, how many steps lead there and how long they are.

    About ``steps`` steps lead from 0 to the last time, at least one to each.
    """
    previous, horizon = 0.0, times[-1]
    for time in times:
        duration = time - previous
        count = max(1, math.ceil(steps * duration / horizon - 1e-9)) if duration > 0.0 else 0
        yield count, duration / count if count else 0.0
        previous = time
