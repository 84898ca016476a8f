"""One step of a law, by symmetric splitting over its traits (Strang), each part exact where the law is affine.

The generator of the process is the sum of its traits' generators. A step moves all traits but the last by half a
step, the last (the largest) by a whole step, and the others by half a step again in reverse order. While one trait
moves, the others stand still. So a drift that is affine in its own trait, a - rho z, relaxes exactly,

    z' = e^{-rho h} z + a h exprel(-rho h) + noise sqrt(h exprel(-2 rho h)) xi,        exprel(x) = (e^x - 1)/x,

and any other takes Platen's explicit weak step for additive noise (Heun's, with the noise inside). The weak order is
2, and 1 where a trait's noise depends on the trait itself (then Euler-Maruyama moves it) or agents are absorbed.
Source: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations, sections 14.2 and 15.1;
Strang, SIAM J. Numer. Anal. 5 (1968) 506.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.compiler import Assign, Let
from simulator.declaration import is_zero
from simulator.functions import exprel, total
from simulator.model import Model, Trait
from simulator.structure import is_noisy

STEP = sympy.Symbol("_step", positive=True)


@dataclass(frozen=True)
class Slot:
    """A place for normal variates in a step: for which trait, and for which part of the step.

    Parameters
    ----------
    trait
        Whose noise it is; it needs one normal a component and replicate.
    part
        0 for the trait that moves by whole steps; 1 and 2 for the first and second half-step of another.
    """

    trait: Trait
    part: int

    @property
    def symbol(self) -> Any:
        """The symbol of the variates in the step's expressions."""
        return sympy.Symbol(f"_noise_{self.trait.name}_{self.part}", real=True)


@dataclass(frozen=True)
class Step:
    """The statements of one step, the noise that it takes, and its weak order."""

    statements: tuple[Assign | Let, ...]
    slots: tuple[Slot, ...]
    order: int


def split_step(model: Model) -> Step:
    """Return one step of a law."""
    *others, last = sorted(model.traits, key=lambda trait: (trait.dim is not None, is_noisy(model, trait)))
    moves = [(trait, STEP / 2, 1) for trait in others]
    moves += [(last, STEP, 0)]
    moves += [(trait, STEP / 2, 2) for trait in reversed(others)]
    statements = [statement for one in moves for statement in move(model, *one)]
    slots = tuple(Slot(trait, part) for trait, _, part in moves if is_noisy(model, trait))
    return Step(tuple(statements), slots, weak_order(model))


def weak_order(model: Model) -> int:
    """Return the weak order of a law's step: 2, or 1 with noise that depends on its own trait, or agents that stop."""
    return 1 if model.absorb or any(_multiplicative(model, trait) for trait in model.traits) else 2


def _multiplicative(model: Model, trait: Trait) -> bool:
    return bool(model.noise.get(trait, sympy.Integer(0)).has(trait.variable))


def move(model: Model, trait: Trait, duration: Any, part: int) -> Iterator[Assign | Let]:
    """Yield the statements that move one trait for a duration while the others stand still; ``part`` as in `Slot`."""
    z, drift = trait.variable, model.drift[trait]
    noise = model.noise.get(trait, sympy.Integer(0))
    normal = Slot(trait, part).symbol if is_noisy(model, trait) else sympy.Integer(0)
    affine = affine_parts(drift, z)
    if is_zero(drift) and is_zero(noise):
        return
    if _multiplicative(model, trait):
        yield Assign(z, z + drift * duration + noise * sympy.sqrt(duration) * normal)
    elif affine is not None:
        yield Assign(z, _relaxation(z, *affine, duration, noise * normal))
    else:
        shock = noise * sympy.sqrt(duration) * normal
        # Named by its part: the same trait moves twice, and a name must not outlive the value it was made from.
        predicted = sympy.Symbol(f"_predicted_{trait.name}_{part}", real=True)
        yield Let(predicted, z + drift * duration + shock)
        yield Assign(z, z + (drift + drift.xreplace({z: predicted})) * duration / 2 + shock)


def affine_parts(drift: Any, z: Any) -> tuple[Any, Any] | None:
    """Return (a, rho) of a drift a - rho z, elementwise in z with a and rho free of it, or None."""
    slope = drift.diff(z) if not _sums_over(drift, z) else None
    if slope is None or slope.has(z):
        return None
    constant = drift.xreplace({z: sympy.Integer(0)})
    return constant, -slope


def _sums_over(expression: Any, z: Any) -> bool:
    return any(inner.has(z) for inner in expression.atoms(total))


def _relaxation(z: Any, constant: Any, rate: Any, duration: Any, shock: Any) -> Any:
    if is_zero(rate):
        return z + constant * duration + sympy.sqrt(duration) * shock
    kept, share = sympy.exp(-rate * duration), exprel(-rate * duration)
    # exprel(2x) = exprel(x) (1 + e^x)/2: what is at hand spares a third transcendental function.
    spread = sympy.sqrt(duration * share * (1 + kept) / 2)
    return kept * z + constant * duration * share + spread * shock
