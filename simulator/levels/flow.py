"""The law without its noise, integrated to a tolerance: what the mean-field reading of an essay says.

dz/dt = K(z) grad R(z) + growth - decay z, by ``scipy.integrate.solve_ivp``; the unit of time is the law's. A loss that
holds something fixed makes a law stiff, and then an implicit solver takes hundreds of steps where an explicit one takes
as many as the stiffness. Replicates differ only where parameters or starts are drawn; where a law has absorption, each
stops at its own root.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.compiler import Kernel, Program, Shape, compile_program
from simulator.distribution import is_distribution
from simulator.experiment import Experiment, Samples
from simulator.levels.langevin.draws import Independent
from simulator.levels.langevin.kernels import Kernels, kernels_of
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.record import Record, Stops
from simulator.levels.langevin.setting import Setting, draw_initial, draw_setting
from simulator.levels.langevin.shapes import parameter_shapes, trait_shapes
from simulator.model import Model
from simulator.normals import ziggurat
from simulator.observation import checked_measures, checked_times, observables
from simulator.parameter import Resolved, nearest

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-10, 1e-12
SOLVERS = ("DOP853", "Radau", "BDF", "LSODA")
_ONE_AT_A_TIME = threading.Lock()  # many versions of SciPy's LSODA keep their state in one place for all threads
Vector: TypeAlias = NDArray[np.float64]


def experiment(
    model: Model,
    *,
    times: Sequence[float] | None = None,
    measures: Sequence[str] | None = None,
    solver: str = "DOP853",
) -> Experiment:
    """Return a law without its noise.

    Parameters
    ----------
    model
        The law; its noise is left out.
    times
        When to observe, increasing, >= 0; None makes ``time`` a parameter of the experiment.
    measures
        Which to compute: names of measures or traits; None for all measures of the law.
    solver
        "DOP853" (explicit), or for stiff laws "Radau" (implicit, the most robust), "BDF" or "LSODA" (which turns
        implicit where it has to, the fastest). Implicit solvers integrate replicates that differ one by one.

    Raises ValueError, in one line, for unsorted times or an unknown name.
    """
    if solver not in SOLVERS:
        raise ValueError(f"solver: got {solver!r}; {nearest(solver, SOLVERS)}")
    quiet, chosen = model.replace(noise={}), checked_measures(model, measures)
    plan = Langevin(quiet, chosen, checked_times(times))
    return Experiment(
        name=model.name,
        parameters=plan.parameters,
        measures=observables(quiet, chosen, timed=times is not None),
        twin="a path without noise has nothing to adjust",
        sample=partial(sample, plan, solver=solver),
        coordinates={} if plan.times is None else {"time": np.array(plan.times)},
        states=partial(
            experiment, model, times=times, measures=tuple(trait.name for trait in model.traits), solver=solver
        ),
        law=quiet,
        identity={"level": "flow", "law": quiet.fingerprint, "times": plan.times, "solver": solver},
    )


def kernel_source(model: Model) -> str:
    """Return the source of the drift that is integrated."""
    shapes = {parameter.variable: Shape(parameter.dim) for parameter in model.parameters}
    return _drift(model.replace(noise={}), shapes).source.text


def _drift(model: Model, parameters: Mapping[Any, Shape]) -> Kernel:
    shapes = trait_shapes(model, parameters, apart=bool(model.absorb))
    state = {trait.variable: shape for trait, shape in shapes.items()}
    return compile_program(Program(parameters, state, returns=tuple(model.drift.values())))


def sample(
    plan: Langevin, resolved: Resolved, replicates: int, generator: np.random.Generator, solver: str = "DOP853"
) -> Samples:
    """Return the measures of a block; the draws are parameters, then initial values.

    Where nothing is drawn, all replicates are one path, integrated once a block.
    """
    if replicates > 1 and not _draws(plan.model, resolved):
        alone = sample(plan, resolved, 1, generator, solver)
        return {name: np.repeat(array, replicates, axis=0) for name, array in alone.items()}
    shapes = parameter_shapes(plan.model.parameters, resolved)
    made = kernels_of(plan.model, shapes, plan.measures, single=False)
    draws = Independent(generator, ziggurat)
    setting = draw_setting(plan.model.parameters, (resolved,), replicates, draws, np.float64)
    initial = draw_initial(plan.model, made, setting, draws)
    record = Record.empty(plan, made, setting, initial)
    times, drift = plan.requested_times(resolved), _drift(plan.model, shapes)
    with np.errstate(all="ignore"):
        if not plan.model.absorb and (solver == "DOP853" or replicates == 1):
            path = solve(_rate(drift, setting, initial), _flat(initial), times, (), solver)
            for index, values in enumerate(path.values.T):
                record.observe(index, _shaped(values, initial), None)
        else:
            _solve_each(plan, made, drift, setting, initial, times, record, solver)
    return record.samples


def _draws(model: Model, resolved: Resolved) -> bool:
    """Tell whether anything is drawn per replicate."""
    return any(map(is_distribution, (*resolved.values(), *model.initial.values())))


@dataclass(frozen=True)
class Solution:
    """A path at the requested times, (values, time), and when and by which condition it stopped (NaN and -1: not)."""

    values: Vector
    stop: float
    route: int


def solve(
    rate: Callable[[float, Vector], Vector],
    start: Vector,
    times: Sequence[float],
    conditions: Sequence[Callable[[float, Vector], float]],
    solver: str = "DOP853",
) -> Solution:
    """Integrate a flat state to the requested times or to the first condition that falls to zero; then it stays.

    Parameters
    ----------
    rate
        The time derivative, a function of time and state.
    start
        The state at time 0, shape (values,).
    times
        Increasing, >= 0.
    conditions
        Functions of time and state, positive while the path runs.
    solver
        One of ``SOLVERS``.

    Returns
    -------
    Solution
        NaN from where the integrator failed.
    """
    from scipy.integrate import solve_ivp

    begun = [condition(0.0, start) <= 0.0 for condition in conditions]
    if any(begun):
        return Solution(np.repeat(start[:, np.newaxis], len(times), axis=1), 0.0, begun.index(True))
    events = [_terminal(condition) for condition in conditions]
    with _ONE_AT_A_TIME if solver == "LSODA" else nullcontext():
        result = solve_ivp(
            rate, (0.0, times[-1]), start, method=solver, t_eval=times, events=events or None,
            rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE,
        )  # fmt: skip
    values = np.full((start.size, len(times)), np.nan)
    reached = result.y.shape[1] if result.y is not None and np.ndim(result.y) == 2 else 0
    values[:, :reached] = result.y
    hit = [route for route, found in enumerate(result.t_events or ()) if len(found)]
    if not hit:
        return Solution(values, np.nan, -1)
    values[:, reached:] = result.y_events[hit[0]][0][:, np.newaxis]
    return Solution(values, float(result.t_events[hit[0]][0]), hit[0])


def _terminal(condition: Callable[[float, Vector], float]) -> Any:
    def event(time: float, state: Vector) -> float:
        return condition(time, state)

    event.terminal = True  # type: ignore[attr-defined]
    event.direction = -1.0  # type: ignore[attr-defined]
    return event


def _flat(state: Sequence[Any]) -> Vector:
    return np.concatenate([np.ravel(value) for value in state])


def _shaped(values: Vector, like: Sequence[Any]) -> list[Any]:
    """Cut a flat state into the shapes of another one."""
    shaped, start = [], 0
    for value in like:
        part = values[start : start + value.size]
        shaped.append(part.reshape(value.shape) if value.ndim else part[0])
        start += value.size
    return shaped


def _rate(drift: Kernel, setting: Setting, like: Sequence[Any]) -> Callable[[float, Vector], Vector]:
    hoisted = drift.hoist(setting.constants)
    buffers = drift.buffers(setting.sizes, setting.replicates, np.float64)
    scalars = sum(not value.ndim for value in like)

    def rate(_: float, flat: Vector) -> Vector:
        values = drift.run(_shaped(flat, like), hoisted, buffers)[scalars:]
        return _flat([np.broadcast_to(value, one.shape) for value, one in zip(values, like, strict=True)])

    return rate


def _solve_each(
    plan: Langevin, made: Kernels, drift: Kernel, setting: Setting, initial: Sequence[Any],
    times: Sequence[float], record: Record, solver: str,
) -> None:  # fmt: skip
    """Integrate the replicates one by one, each to its own stop if there is one, and observe them together."""
    solutions = []
    for one, start in _replicates(setting, initial):
        rate, conditions = _rate(drift, one, start), _conditions(plan, made, one, start)
        solutions.append(solve(rate, _flat(start), times, conditions, solver))
    stop = np.array([solution.stop for solution in solutions])
    route = np.array([solution.route for solution in solutions])
    for index, time in enumerate(times):
        singles = [_shaped(solution.values[:, index], _cut(initial, 0, setting.replicates)) for solution in solutions]
        state = [
            np.concatenate(parts, axis=-1) if _varies(like, setting.replicates) else parts[0]
            for like, parts in zip(initial, zip(*singles, strict=True), strict=True)
        ]
        done = stop <= time
        stops = Stops(np.where(done, stop, np.nan), np.where(done, route, -1))
        record.observe(index, state, stops if plan.model.absorb else None)


def _varies(value: Any, replicates: int) -> bool:
    """Tell whether a value has one entry a replicate."""
    return bool(np.ndim(value) and np.shape(value)[-1] == replicates)


def _cut(values: Sequence[Any], index: int, replicates: int) -> list[Any]:
    """Return one replicate's part of each value."""
    return [value[..., index : index + 1] if _varies(value, replicates) else value for value in values]


def _replicates(setting: Setting, initial: Sequence[Any]) -> Iterator[tuple[Setting, list[Any]]]:
    """Yield each replicate as a block of one."""
    for index in range(setting.replicates):
        mine = _cut(list(setting.constants.values()), index, setting.replicates)
        constants = dict(zip(setting.constants, mine, strict=True))
        yield Setting(constants, setting.sizes, 1, np.float64), _cut(initial, index, setting.replicates)


def _conditions(
    plan: Langevin, made: Kernels, setting: Setting, start: list[Any]
) -> list[Callable[[float, Vector], float]]:
    """The conditions of all routes as functions of time and flat state."""
    stop = made.stop
    if stop is None:
        return []
    hoisted, buffers = stop.hoist(setting.constants), stop.buffers(setting.sizes, 1, np.float64)

    def condition(route: int, _: float, flat: Vector) -> float:
        return float(np.ravel(stop.run(_shaped(flat, start), hoisted, buffers)[route])[0])

    return [partial(condition, route) for route in range(len(plan.model.absorb))]
