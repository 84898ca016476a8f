"""One generation of a population in its moments: reproduction by reward, then growth, decay and mutation.

With R quadratic around the mean m (gradient r, Hessian H there), softmax selection of strength s turns a normal
population N(m, V) into another one (complete the square in exp(s R)),

    S = (I - s V H)^-1 V,        m* = m + s S r,

and each offspring then moves by the rest of the law, z' = F(z) + G(z) xi, where A is the Jacobian of F at m*:

    m' = F(m*),        V' = (1 - 1/N) A S A^T + G G^T,        W' = M W M^T + V'/N,        M = A (I + s S H).

V is the expected covariance within a population (ddof 1), W the covariance of its mean across populations.

For N infinite (no 1/N, W = 0) that is exact if R is quadratic in the traits that vary, the motion affine in them, and
the start normal. For N finite it is exact without selection, and with it a closure, which takes every population for
normal. For m and V its error is of order 1/N: parents are a finite sample, and V fluctuates (at the balance of
selection and mutation V is short by less than 0.45/(N sqrt(s|H|v)) of itself, v = G G^T, as mapped by simulation).
W is of order 1/N itself, and its leading term is missed: the skew of a finite population fluctuates too, and under
selection moves its mean. At the balance W is short by the factor sqrt(3)/2 for weak selection, however large N is.
Source: Lande, Evolution 30 (1976) 314, for the response of the mean; Buerger, The Mathematical Theory of Selection,
Recombination, and Mutation (2000), chapter VII.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from simulator.calculus import component, expand_components
from simulator.compiler import Shape
from simulator.levels.langevin.setting import Setting
from simulator.levels.langevin.step import Slot, split_step
from simulator.levels.moments.components import (
    Compiled,
    Entries,
    Evaluator,
    State,
    compile_arrays,
    jacobian,
    vector,
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Mean (replicates, components), covariance within and covariance of the mean (replicates, components, same)."""

    mean: Array
    within: Array
    between: Array

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Tell, per replicate, whether all is finite and no variance within is negative."""
        parts = [np.isfinite(part.reshape(len(part), -1)).all(axis=1) for part in (self.mean, self.within)]
        return np.asarray(parts[0] & parts[1] & (np.diagonal(self.within, axis1=1, axis2=2) >= 0.0).all(axis=1))


@dataclass(frozen=True)
class Reproduction:
    """What a generation of a law is compiled to: its reward's gradient and Hessian, and its offspring's motion."""

    selection: Compiled
    motion: Compiled

    def at(self, setting: Setting, sizes: Mapping[str, int], length: float) -> tuple[Evaluator, Evaluator]:
        """Return what evaluates both at given parameters, for generations of some length."""
        return self.selection.at(setting, sizes), self.motion.at(setting, sizes, length)


def reproduction(state: State, parameters: Mapping[Any, Shape]) -> Reproduction:
    """Return what a generation of a law is compiled to."""
    model, size = state.model, len(state.symbols)
    slopes = vector(state.per_component({trait: model.gradient(model.reward, trait) for trait in model.traits}))
    moved, noise = motion(state)
    return Reproduction(
        compile_arrays(
            state, parameters, ((slopes, (size,)), (jacobian(slopes, state.symbols), (size, size)))
        ),
        compile_arrays(
            state, parameters,
            ((moved, (size,)), (jacobian(moved, state.symbols), (size, size)), (noise, (size, _width(noise)))),
        ),
    )  # fmt: skip


def motion(state: State) -> tuple[Entries, Entries]:
    """Return F and G of an offspring that moves for a step of the law without its reward.

    The step is the one that individuals make (``split_step``): F is where it leads without noise, and G its
    derivatives there by the normals that it takes.
    """
    model = state.model
    step = split_step(model.replace(learner={}))
    values: dict[Any, Any] = {trait.variable: trait.variable for trait in model.traits}
    for statement in step.statements:
        values[statement.symbol] = statement.expression.xreplace(values)
    dims = model.dims | {slot.symbol: slot.trait.dim for slot in step.slots if slot.trait.dim is not None}
    moved = vector(
        [expand_components(values[trait.variable], dims, state.sizes, index) for trait, index in state.places]
    )
    normals = [normal for slot in step.slots for normal in _normals(slot, state.sizes)]
    quiet = dict.fromkeys(normals, sympy.Integer(0))
    noise = {place: slope.xreplace(quiet) for place, slope in jacobian(moved, normals).items()}
    return {place: entry.xreplace(quiet) for place, entry in moved.items()}, noise


def _normals(slot: Slot, sizes: Mapping[str, int]) -> list[Any]:
    if slot.trait.dim is None:
        return [slot.symbol]
    return [component(slot.symbol, index) for index in range(sizes[slot.trait.dim])]


def _width(noise: Entries) -> int:
    return 1 + max((column for _, column in noise), default=0)


@dataclass(frozen=True)
class Population:
    """What a population's generation depends on, at given parameters.

    Parameters
    ----------
    selection, motion
        The arrays r, H and F, A, G as functions of the state.
    strength
        s >= 0, a number or (replicates,), for one generation of this length.
    drawn
        1/N, likewise; 0 for an infinite population.
    """

    selection: Evaluator
    motion: Evaluator
    strength: Any
    drawn: Any

    def advance(self, now: Moments) -> Moments:
        """Return the moments a generation later; NaN where exp(s R) has no integral."""
        strength, drawn = (np.asarray(one, dtype=float)[..., np.newaxis] for one in (self.strength, self.drawn))
        slope, bend = self.selection(now.mean)
        strict = strength[..., np.newaxis] * bend
        selected = _selected(now.within, strict)
        shifted = now.mean + strength * np.einsum("rij,rj->ri", selected, slope)
        mean, turn, noise = self.motion(shifted)
        passed = turn @ selected @ np.swapaxes(turn, 1, 2)
        within = (1.0 - drawn[..., np.newaxis]) * passed + noise @ np.swapaxes(noise, 1, 2)
        carry = turn @ (np.eye(mean.shape[1]) + selected @ strict)
        between = carry @ now.between @ np.swapaxes(carry, 1, 2) + drawn[..., np.newaxis] * within
        return Moments(mean, within, between)


def _selected(within: Array, strict: Array) -> Array:
    """Return (I - V s H)^-1 V, symmetric; NaN where I - V s H has an eigenvalue <= 0."""
    grown = np.eye(within.shape[1]) - within @ strict
    with np.errstate(invalid="ignore"):
        bad = ~(np.isfinite(grown).all(axis=(1, 2)))
        grown[bad] = np.eye(within.shape[1])
        bad |= (np.linalg.eigvals(grown).real <= 0.0).any(axis=1)
        grown[bad] = np.eye(within.shape[1])
    found = np.linalg.solve(grown, within)
    found[bad] = np.nan
    return np.asarray(0.5 * (found + np.swapaxes(found, 1, 2)))
