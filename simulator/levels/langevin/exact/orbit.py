"""Noiseless traits that have no closed form, integrated once for all times.

Lane by lane, so that no lane's steps depend on another's. Source: Hairer, Norsett and Wanner, Solving Ordinary
Differential Equations I (1993), section II.5 (DOP853 and its dense output).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.compiler import Kernel, Program, Shape, compile_program
from simulator.compiler.kernel import array_shape
from simulator.levels.langevin.exact.path import Lanes, Orbit, Vector, closed_forms
from simulator.model import Model, Trait

RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE = 1e-12, 1e-14

Integrate = Callable[[Lanes, Vector], Lanes]
"""From lanes and their horizons (lanes,): the lanes with their orbits."""


def integration(model: Model, quiet: Sequence[Trait], shapes: Mapping[Any, Shape]) -> Integrate | None:
    """Return what integrates the noiseless traits to a horizon; None where they have a closed form.

    Parameters
    ----------
    model, quiet
        The law and its noiseless traits.
    shapes
        Per parameter and per noiseless trait's start symbol, its shape; ``replicate`` is the axis of the lanes.
    """
    if closed_forms(model, quiet) is not None:
        return None
    constants = {parameter.variable: shapes[parameter.variable] for parameter in model.parameters}
    moving = {trait.variable: Shape(trait.dim, True) for trait in quiet}
    rate = compile_program(Program(constants, moving, returns=tuple(model.drift[trait] for trait in quiet)))

    def integrate(lanes: Lanes, horizon: Vector) -> Lanes:
        found = [_orbit(rate, quiet, lanes.one(lane), float(horizon[lane])) for lane in range(lanes.count)]
        return replace(lanes, orbits=tuple(found))

    return integrate


def _orbit(rate: Kernel, quiet: Sequence[Trait], lane: Lanes, horizon: float) -> Orbit:
    """Return one lane's traits as a function of times up to the horizon: NaN from where they cannot be followed."""
    from scipy.integrate import solve_ivp

    shapes = [array_shape(Shape(trait.dim, True), lane.sizes, 1) for trait in quiet]
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    hoisted, buffers = rate.hoist(lane.constants), rate.buffers(lane.sizes, 1, np.float64)

    def joined(values: Sequence[Any]) -> Vector:
        return np.concatenate(
            [np.ravel(np.broadcast_to(one, shape)) for one, shape in zip(values, shapes, strict=True)]
        )

    def slope(_: float, flat: Vector) -> Vector:
        parts = zip(np.split(flat, cuts), shapes, strict=True)
        return joined(rate.run([part.reshape(shape) for part, shape in parts], hoisted, buffers))

    start = joined([lane.starts[trait] for trait in quiet])
    found = solve_ivp(
        slope, (0.0, horizon), start, "DOP853", dense_output=True, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE
    )
    return lambda times: np.where(times <= found.t[-1], found.sol(times), np.nan)
