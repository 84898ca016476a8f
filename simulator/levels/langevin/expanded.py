"""A law's twin, compiled: its path without noise, the deviations from it, and what of a measure deviates with them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.calculus import linearize
from simulator.compiler import Kernel, Program, Shape, compile_program
from simulator.distribution import Normal
from simulator.levels.langevin.exact.transition import coefficient_shapes
from simulator.levels.langevin.kernels import Kernels
from simulator.levels.langevin.plan import Langevin
from simulator.levels.langevin.shapes import trait_shapes
from simulator.levels.langevin.step import STEP, split_step
from simulator.levels.langevin.tangent import Expansion
from simulator.model import Model, Trait
from simulator.structure.noise import noiseless

Shapes = Mapping[Any, Shape]


@dataclass(frozen=True)
class Expanded:
    """The compiled twin of a law.

    Parameters
    ----------
    path
        Per trait that has a path of its own, in order, its number among the law's, and the path's shape.
    begun, first, second
        The numbers of the traits that deviate at the start already, to first, and to second order.
    step, observe
        A move of paths and deviations, in place; of every measure its first and second deviation, and then the first
        ones of the conditions.
    stop
        Every condition along the path; None where none stops agents on their way.
    """

    path: Mapping[int, Shape]
    begun: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    step: Kernel
    observe: Kernel
    stop: Kernel | None


def symmetric_controls(model: Model) -> int:
    """Return how many controls of first order each measure of a law has; one of second order comes after them."""
    return 1 + len(_stopping(model))


def normal_starts(model: Model) -> tuple[Trait, ...]:
    """Return the traits that begin with a draw from a normal law."""
    return tuple(trait for trait in model.traits if isinstance(model.initial[trait], Normal))


def _deviating(model: Model, begun: Sequence[Trait]) -> tuple[Trait, ...]:
    """Return the traits that noise reaches, or the draws that ``begun`` traits begin with."""
    still = noiseless(model.replace(noise={**dict.fromkeys(begun, 1), **model.noise}))
    return tuple(trait for trait in model.traits if trait not in still)


def _stopping(model: Model) -> tuple[Any, ...]:
    """Return the conditions that chance reaches."""
    deviating = {trait.variable for trait in _deviating(model, normal_starts(model))}
    return tuple(one for one in model.absorb.values() if one.free_symbols & deviating)


_made: dict[Any, Expanded] = {}
_making = threading.Lock()


def expanded(plan: Langevin, made: Kernels, parameters: Shapes) -> Expanded:
    """Return the twin of a plan whose parameters have the given shapes."""
    drawn = tuple(sorted((str(symbol), shape.replicate) for symbol, shape in parameters.items()))
    key = (plan.model.fingerprint, drawn, plan.measures, plan.exact, plan.dtype)
    with _making:
        if key not in _made:
            _made[key] = _compile(plan, made, parameters)
        return _made[key]


def _compile(plan: Langevin, made: Kernels, parameters: Shapes) -> Expanded:
    model, exact = plan.model, made.transitions
    begun = _begun(model, made)
    noisy = _deviating(model, begun)
    shapes = _path_shapes(model, made, parameters, model.traits if exact is None else noisy, begun)
    constants, moves = _moves(model, made, parameters)
    expansion = Expansion.of(model, tuple(shapes), noisy, made.slots, moves, begun)
    curved = tuple(trait for trait in noisy if trait.variable in expansion.second)
    paths = {expansion.path[trait.variable]: shape for trait, shape in shapes.items()}
    deviations = {expansion.first[trait.variable]: Shape(trait.dim, True) for trait in noisy}
    deviations |= {expansion.second[trait.variable]: Shape(trait.dim, True) for trait in curved}
    state = {trait.variable: made.traits[trait] for trait in model.traits if trait not in shapes} | paths
    starts = {trait.initial: shapes.get(trait, made.traits[trait]) for trait in model.traits}
    starts |= {expansion.first[trait.initial]: Shape(trait.dim, True) for trait in begun}
    seen = [_observed(model, name) for name in plan.measures]
    orders = (*map(expansion.deviation, seen), *map(expansion.curvature, seen))
    orders = (*orders, *map(expansion.deviation, _stopping(model)))
    noise = {slot.symbol: Shape(slot.trait.dim, True) for slot in made.slots}
    step = Program(constants, {**paths, **deviations, **noise}, statements=expansion.statements(moves))
    stop = Program(parameters, state, returns=tuple(map(expansion.along, model.absorb.values())))
    return Expanded(
        path={model.traits.index(trait): shape for trait, shape in shapes.items()},
        begun=tuple(map(model.traits.index, begun)),
        first=tuple(map(model.traits.index, noisy)),
        second=tuple(map(model.traits.index, curved)),
        step=compile_program(step, plan.dtype == "float32"),
        observe=compile_program(Program(parameters, {**state, **deviations, **starts}, returns=orders)),
        stop=compile_program(stop) if model.absorb and exact is None else None,
    )


def _begun(model: Model, made: Kernels) -> tuple[Trait, ...]:
    """Return the traits that deviate at the start; in an exact transition only those that it draws are affine."""
    quiet = () if made.transitions is None else made.transitions.quiet
    return tuple(trait for trait in normal_starts(model) if model.traits.index(trait) not in quiet)


def _path_shapes(
    model: Model, made: Kernels, parameters: Shapes, moved: Sequence[Trait], begun: Sequence[Trait]
) -> dict[Trait, Shape]:
    """Return the shapes of the paths: one for all replicates, unless something else than noise tells them apart."""
    means = {trait: model.initial[trait].mean for trait in begun}
    still = trait_shapes(model.replace(noise={}, initial={**model.initial, **means}), parameters, apart=False)
    laned = made.transitions is not None and made.transitions.laned
    return {trait: Shape(trait.dim, still[trait].replicate or laned) for trait in moved}


def _moves(model: Model, made: Kernels, parameters: Shapes) -> tuple[Shapes, tuple[Any, ...]]:
    """Return what does not change in a move, and the move's statements."""
    exact = made.transitions
    if exact is None:
        return {**parameters, STEP: Shape()}, split_step(model).statements
    statements = tuple(one for block in exact.blocks for one in block.statements())
    return {**parameters, **coefficient_shapes(model, exact.blocks, exact.laned)}, statements


def _observed(model: Model, measure: str) -> Any:
    if measure in model.observed:
        return linearize(model.observed[measure].expression, model.dims)
    return next(trait.variable for trait in model.traits if trait.name == measure)
