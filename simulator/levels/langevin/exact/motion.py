"""A block of agents taken from each requested time to the next in one move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.levels.langevin.control import Companion
from simulator.levels.langevin.draws import Draws
from simulator.levels.langevin.exact.path import Lanes
from simulator.levels.langevin.exact.stopping import first_stops
from simulator.levels.langevin.frame import Frame
from simulator.levels.langevin.kernels import Kernels, Transitions
from simulator.levels.langevin.noise import Noise
from simulator.levels.langevin.record import Stops
from simulator.levels.langevin.setting import Setting, copied
from simulator.model import Model

Vector = NDArray[np.float64]


@dataclass
class Exact:
    """The state of a block at a requested time, and what takes it to the next; it belongs to one thread.

    Parameters
    ----------
    transitions, lanes
        What is evaluated along the noiseless paths, and for which parameters and starts.
    run
        How many replicates in a row share a lane.
    times
        Per lane, the requested times, none later than its stop; shape (lanes, times).
    stop, route
        Per lane, when and by which route it stops (NaN and -1: not).
    requested
        Per lane, the requested times themselves.
    companion
        The twin that control variates come from, or None.
    """

    made: Kernels
    transitions: Transitions
    setting: Setting
    state: list[Any]
    frame: Frame | None
    noise: Noise
    buffers: tuple[Any, ...]
    lanes: Lanes
    run: int
    times: Vector
    requested: Vector
    stop: Vector
    route: NDArray[np.int64]
    stopped: Stops | None = None
    companion: Companion | None = None

    @classmethod
    def start(
        cls, model: Model, made: Kernels, setting: Setting, initial: Sequence[Any], frame: Frame | None,
        requested: Vector, run: int,
    ) -> Exact:  # fmt: skip
        """Return a block at time 0.

        ``requested`` has shape (points, times), and ``run`` replicates in a row share their noiseless part.
        """
        transitions = made.transitions
        assert transitions is not None
        lanes = _lanes(model, made, transitions, setting, initial, run)
        times = (
            np.repeat(requested, lanes.count // len(requested), axis=0) if len(requested) < lanes.count else requested
        )
        if transitions.integrate is not None:
            lanes = transitions.integrate(lanes, times[:, -1])
        stop, route = np.full(lanes.count, np.nan), np.full(lanes.count, -1)
        if transitions.conditions is not None:
            stop, route = first_stops(transitions.conditions, lanes, times[:, -1])
        state = [copied(value, setting.dtype) for value in initial]
        buffers = made.step.buffers(setting.sizes, setting.replicates, setting.dtype)
        return cls(
            made, transitions, setting, state, frame, Noise.empty(made, setting), buffers,
            lanes, run, np.fmin(times, stop[:, np.newaxis]), times, stop, route,
        )  # fmt: skip

    def reach(self, index: int, draws: Draws) -> None:
        """Move to the requested time of that index."""
        begin = self.times[:, index - 1] if index else np.zeros(self.lanes.count)
        end = self.times[:, index]
        if np.any(self.requested[:, index] > (self.requested[:, index - 1] if index else 0.0)):
            self._draw(begin, end, draws)
        for number, value in zip(self.transitions.quiet, self._positions(end), strict=True):
            self.state[number] = value
        if self.transitions.conditions is not None:
            done = self.stop <= self.requested[:, index]
            repeated = self.setting.replicates // self.lanes.count
            self.stopped = Stops(
                np.repeat(np.where(done, self.stop, np.nan), repeated),
                np.repeat(np.where(done, self.route, -1), repeated),
            )

    def _draw(self, begin: Vector, end: Vector, draws: Draws) -> None:
        coefficients: dict[str, Any] = {}
        for block, evaluate in zip(self.transitions.blocks, self.transitions.evaluators, strict=True):
            coefficients |= block.coefficients(evaluate, self.lanes, begin, end)
        constants = {**self.setting.constants, **{name: self._spread(value) for name, value in coefficients.items()}}
        hoisted = self.made.step.hoist(_cast(constants, self.setting.dtype))
        self.noise.draw(draws, self.frame)
        if self.companion is not None:
            self.companion.set_constants(constants)
            self.companion.advance(self.noise.slots)
        moved = [self.state[number] for number in self.transitions.noisy]
        self.made.step.run((*moved, *self.noise.slots), hoisted, self.buffers)
        if self.frame is not None:
            self.frame.turn(self.state)

    def _positions(self, end: Vector) -> list[Any]:
        return [self._spread(value[..., 0]) for value in self.transitions.positions(self.lanes, end[:, np.newaxis])]

    def _spread(self, value: Any) -> Any:
        """Bring a value a lane to the replicates: a number or column where all share one lane."""
        if self.transitions.laned:
            return np.repeat(value, self.setting.replicates // self.lanes.count, axis=-1)
        return np.float64(value[0]) if value.ndim == 1 else value


def _cast(constants: Mapping[str, Any], dtype: Any) -> Mapping[str, Any]:
    if dtype == np.float64:
        return constants
    return {name: value.astype(dtype) if np.ndim(value) else value for name, value in constants.items()}


def _lanes(
    model: Model, made: Kernels, transitions: Transitions, setting: Setting, initial: Sequence[Any], run: int
) -> Lanes:
    """Gather what the noiseless part depends on, one lane for each run of replicates that share it."""
    starts = {model.traits[number]: initial[number] for number in transitions.quiet}
    if not transitions.laned:
        # What differs among replicates is not read along the paths; one number stands for it.
        constants = {
            name: value if name not in transitions.rows else value[..., :1] for name, value in setting.constants.items()
        }
        return Lanes(1, constants, starts, setting.sizes)
    constants = {
        name: value[..., ::run] if name in transitions.rows else value for name, value in setting.constants.items()
    }
    starts = {trait: value[..., ::run] for trait, value in starts.items()}
    return Lanes(setting.replicates // run, constants, starts, setting.sizes)
