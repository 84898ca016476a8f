"""The mean and covariance of a law's agents at time 0, from its declared initial values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.compiler import Program, Shape, compile_program
from simulator.distribution import Normal, Sphere, Uniform, is_distribution
from simulator.levels.langevin.setting import Setting
from simulator.levels.langevin.shapes import initial_terms
from simulator.levels.moments.components import State
from simulator.model import Model

Array = NDArray[np.float64]
Spread = Callable[[Mapping[str, Any], int], tuple[Any, Any]]

# Per distribution, from its arguments and the number of components: each component's mean and variance.
_SPREADS: dict[type, Spread] = {
    Normal: lambda given, size: (given["mean"], given["sd"] ** 2),
    Uniform: lambda given, size: ((given["low"] + given["high"]) / 2, (given["high"] - given["low"]) ** 2 / 12),
    Sphere: lambda given, size: (0 * given["norm"], given["norm"] ** 2 / size),
}


def spread_of(distribution: type, given: Mapping[str, Any], size: Any) -> tuple[Any, Any]:
    """Return mean and variance of a component of a distribution, from its arguments: numbers or expressions.

    Parameters
    ----------
    distribution
        Normal, Uniform or Sphere.
    given
        Its arguments by name.
    size
        The number of components.
    """
    return _SPREADS[distribution](given, size)


def check_start(model: Model) -> None:
    """Raise ValueError, in one line, for a start whose mean and variance are not known."""
    for trait in model.traits:
        declared = model.initial[trait]
        if is_distribution(declared) and type(declared) not in _SPREADS:
            known = ", ".join(sorted(one.__name__ for one in _SPREADS))
            raise ValueError(
                f"initial of {trait.name}: got a {type(declared).__name__}; the moments level knows the variance of "
                f"{known}; use one of these or another level"
            )


def initial_moments(state: State, parameters: Mapping[Any, Shape], setting: Setting) -> tuple[Array, Array]:
    """Return the mean, (replicates, components), and the covariance, (replicates, components, components), at time 0.

    The components of a start are uncorrelated: each is drawn by itself, or (on a sphere) none is preferred.
    """
    model = state.model
    terms = initial_terms(model)
    kernel = compile_program(Program(parameters, {}, returns=tuple(expression for *_, expression in terms)))
    values: dict[Any, dict[str, Any]] = {trait: {} for trait in model.traits}
    for (trait, name, _), value in zip(terms, kernel.run((), kernel.hoist(setting.constants), ()), strict=True):
        values[trait][name] = value
    size = len(state.symbols)
    mean, variance = (np.zeros((setting.replicates, size)) for _ in range(2))
    for trait in model.traits:
        rows = state.rows(trait)
        declared, given = model.initial[trait], values[trait]
        if is_distribution(declared):
            center, spread = spread_of(type(declared), given, rows.stop - rows.start)
        else:
            center, spread = given[""], 0.0
        mean[:, rows], variance[:, rows] = _transposed(center), _transposed(spread)
    return mean, variance[:, :, np.newaxis] * np.eye(size)


def _transposed(value: Any) -> Any:
    """Turn (components, replicates), (replicates,) or a number into what fits (replicates, components)."""
    value = np.asarray(value, dtype=float)
    return value.T if value.ndim == 2 else value[:, np.newaxis] if value.ndim else value
