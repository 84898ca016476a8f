"""The parameters and the start of a block as arrays, drawn where they are distributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.aligned import aligned_empty
from simulator.compiler.kernel import array_shape
from simulator.distribution import is_distribution, with_arguments
from simulator.levels.langevin.draws import Draws
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.shapes import initial_terms, rowed
from simulator.model import Model, Trait
from simulator.parameter import Parameter, Resolved, check_draw


@dataclass(frozen=True)
class Setting:
    """The parameters of a block as arrays, and its sizes.

    Parameters
    ----------
    constants
        Per parameter a number, a column (components, 1), or, where it differs among replicates, their values in the
        last axis.
    sizes
        The number of components of every dimension.
    replicates
        The number of agents.
    dtype
        The type of the state's arrays, float64 or float32.
    """

    constants: Mapping[str, Any]
    sizes: Mapping[str, int]
    replicates: int
    dtype: Any


def draw_setting(
    parameters: Sequence[Parameter],
    points: Sequence[Resolved],
    replicates: int,
    draws: Draws,
    dtype: Any,
    packed: bool = False,
) -> Setting:
    """Return the parameters of one or more points as arrays, those that are distributions drawn for each replicate.

    Points that are ``packed`` stand side by side, an equal run of the replicates each; then every number is a row, and
    whatever is no number must be the same at all of them.
    """
    first = points[0]
    sizes = {parameter.name: int(first[parameter.name]) for parameter in parameters if parameter.integer}
    constants: dict[str, Any] = {}
    # By name, like the law's fingerprint: the order of a declaration is no part of its identity.
    for parameter in sorted(parameters, key=lambda parameter: parameter.name):
        value = first[parameter.name]
        if is_distribution(value):
            shape = (replicates,) if parameter.dim is None else (sizes[parameter.dim], replicates)
            value = draws.sample(value, shape)
            check_draw(parameter, value)
        elif parameter.dim is not None:
            value = np.asarray(value)[:, np.newaxis]
        elif rowed(parameter, first, packed):
            value = np.repeat([float(point[parameter.name]) for point in points], replicates // len(points))
        else:
            value = np.float64(value)
        constants[parameter.name] = value
    return Setting(constants, sizes, replicates, dtype)


def draw_initial(model: Model, made: Kernels, setting: Setting, draws: Draws, but: Trait | None = None) -> list[Any]:
    """Return the state at time 0 in float64, in the order of the traits: arrays, or numbers for single values.

    In the place of the trait ``but``, which is drawn elsewhere, stands 0.
    """
    state: list[Any] = []
    for trait, arguments in initial_arguments(model, made, setting).items():
        if trait == but:
            state.append(np.float64(0.0))
            continue
        size = array_shape(made.traits[trait], setting.sizes, setting.replicates)
        declared = model.initial[trait]
        drawn = is_distribution(declared)
        value: Any = draws.sample(with_arguments(declared, arguments), size) if drawn else arguments[""]
        state.append(np.array(np.broadcast_to(value, size), dtype=np.float64) if size else np.float64(value))
    return state


def initial_arguments(model: Model, made: Kernels, setting: Setting) -> dict[Any, dict[str, Any]]:
    """Return, per trait, its initial value under "", or the arguments of the distribution that it is drawn from."""
    values = made.initial.run((), made.initial.hoist(setting.constants), ())
    evaluated: dict[Any, dict[str, NDArray[np.float64]]] = {trait: {} for trait in model.traits}
    for (trait, name, _), value in zip(initial_terms(model), values, strict=True):
        evaluated[trait][name] = value
    return evaluated


def copied(value: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Return an aligned copy of an array in another type; a number as it is."""
    if not value.ndim:
        return value
    copy = aligned_empty(value.shape, dtype)
    np.copyto(copy, value, casting="same_kind")
    return copy


def double(state: Sequence[Any]) -> list[Any]:
    """Return a state's arrays in float64."""
    return [value.astype(np.float64, copy=False) if value.ndim else value for value in state]
