"""The linear-noise closure of a law's stochastic differential equation: how its mean and covariance move.

With dz = f(z) dt + g(z) dW, J the Jacobian of f at the mean m, and g g^T diagonal (one motion a component),

    dm/dt = f(m),        dV/dt = J V + V J^T + g(m) g(m)^T,

exact where f is affine and g constant. With ``hessian`` the spread acts back on the mean, to second order,

    dm_i/dt = f_i(m) + 1/2 sum_jk (d2 f_i/dz_j dz_k) V_jk,        and g_i^2 likewise,

which makes the mean exact for a quadratic f given V, and both exact for affine f and noise proportional to z.
Source: van Kampen, Stochastic Processes in Physics and Chemistry (2007), chapter X; Gardiner, Stochastic Methods
(2009).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from simulator.compiler import Shape
from simulator.levels.moments.components import (
    Compiled,
    Evaluator,
    State,
    compile_arrays,
    jacobian,
    vector,
)

Array = NDArray[np.float64]


def closure(state: State, parameters: Mapping[Any, Shape], hessian: bool) -> Compiled:
    """Return f, J and g^2 as functions of the mean, and with ``hessian`` the second derivatives of f and g^2."""
    model, size = state.model, len(state.symbols)
    drift = vector(state.per_component(model.drift))
    noise = {place: sympy.sympify(entry) ** 2 for place, entry in vector(state.per_component(model.noise)).items()}
    slopes = jacobian(drift, state.symbols)
    arrays = [(drift, (size,)), (slopes, (size, size)), (noise, (size,))]
    if hessian:
        arrays += [
            (jacobian(slopes, state.symbols), (size, size, size)),
            (jacobian(jacobian(noise, state.symbols), state.symbols), (size, size, size)),
        ]
    return compile_arrays(state, parameters, arrays)


def rate(evaluator: Evaluator, size: int) -> Callable[[float, Array], Array]:
    """Return d(m, V)/dt as a function of time and of the flat m and V of all replicates."""
    replicates = evaluator.replicates

    def derivative(_: float, flat: Array) -> Array:
        mean, covariance = unpacked(flat, replicates, size)
        drift, slope, noise, *second = evaluator(mean)
        if second:
            bend, flare = second
            drift = drift + 0.5 * np.einsum("rijk,rjk->ri", bend, covariance)
            noise = noise + 0.5 * np.einsum("rijk,rjk->ri", flare, covariance)
        turned = slope @ covariance
        moved = turned + np.swapaxes(turned, 1, 2) + noise[:, :, np.newaxis] * np.eye(size)
        return packed(drift, moved)

    return derivative


def packed(mean: Array, covariance: Array) -> Array:
    """Return m and V of all replicates as one flat array."""
    return np.concatenate([mean.ravel(), covariance.ravel()])


def unpacked(flat: Array, replicates: int, size: int) -> tuple[Array, Array]:
    """Return m, (replicates, size), and V, (replicates, size, size), of a flat array."""
    cut = replicates * size
    return flat[:cut].reshape(replicates, size), flat[cut:].reshape(replicates, size, size)
