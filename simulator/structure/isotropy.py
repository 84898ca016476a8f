"""A vector that a law sees only by its components along a few fixed directions and by its length.

Where noise and start are alike in every direction, and the law moves a vector trait z of d components by

    dz = [alpha z + sum over k of beta_k p_k] dt + sigma dW

with scalars alpha, beta, sigma that depend on z through inner products of z and the p_k alone, then the part of z
orthogonal to the p_k has a direction that nothing sees: its length is enough, and d numbers become a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.calculus import dimension, linearize
from simulator.distribution import Normal, Sphere, arguments, is_distribution
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.structure.noise import is_noisy, noiseless


@dataclass(frozen=True)
class Isotropy:
    """What a vector trait may be reduced to.

    Parameters
    ----------
    trait
        The vector.
    directions
        The vector parameters whose span it must be known in.
    start
        Whether its own start is one of these directions, because something observed compares with it.
    """

    trait: Trait
    directions: tuple[Any, ...]
    start: bool


def isotropy(model: Model, measures: Sequence[Any]) -> Isotropy | str:
    """Return how the law's vector trait can be reduced, or the reason why not, in words.

    Parameters
    ----------
    model
        The law.
    measures
        Pairs (name, expression) of what is observed.
    """
    quiet = noiseless(model)
    vectors = [trait for trait in model.traits if trait.dim is not None and trait not in quiet]
    if not vectors:
        return "the law has no noisy vector"
    if len(vectors) > 1:
        names = " and ".join(trait.name for trait in vectors)
        return f"{names} are noisy vectors, and only a single one can be reduced"
    if not is_noisy(model, vectors[0]):
        return f"{vectors[0].name} has no noise of its own"
    alike = [trait.name for trait in quiet if trait.dim == vectors[0].dim]
    if alike:
        return f"{' and '.join(alike)} of the same dimension as {vectors[0].name} would have to be turned along with it"
    return _Reading(model, vectors[0]).isotropy(measures)


class _SeenError(Exception):
    """Something sees more of the vector than lengths and angles."""


@dataclass(frozen=True)
class _Reading:
    """The reading of one law for one of its vectors."""

    model: Model
    trait: Trait

    def isotropy(self, measures: Sequence[Any]) -> Isotropy | str:
        try:
            self._check_start()
            self._check_motion()
            seen = self._read("its drift", linearize(self.model.drift[self.trait], self.model.dims), degree=1)
            for where, expression in (*self._scalars(), *measures):
                seen |= self._invariant(where, expression)
        except _SeenError as reason:
            return str(reason)
        parameters = [one.variable for one in self.model.parameters if one.variable in seen]
        return Isotropy(self.trait, tuple(parameters), self.trait.initial in seen)

    def _scalars(self) -> Iterator[tuple[str, Any]]:
        """Everything but this trait's drift that moves or stops an agent."""
        yield f"the noise of {self.trait.name}", self.model.noise[self.trait]
        for other in self.model.traits:
            if other != self.trait:
                yield f"the drift of {other.name}", self.model.drift[other]
                yield f"the noise of {other.name}", sympy.sympify(self.model.noise.get(other, 0))
        for route, condition in self.model.absorb.items():
            yield f"the route {route}", condition
            slope = self.model.gradient(condition, self.trait)
            yield f"the spread of the route {route}", total(slope**2)

    def _check_start(self) -> None:
        start = self.model.initial[self.trait]
        name = self.trait.name
        if not is_distribution(start):
            return  # wherever it is: what is seen of it is projected, and its distance from there kept
        if type(start) not in (Normal, Sphere):
            raise _SeenError(f"the start of {name} is drawn from {type(start).__name__}, not alike in every direction")
        for field, value in arguments(start).items():
            if field != "mean" and self.model.dimension(value) is not None:
                raise _SeenError(f"the start of {name} does not spread alike in every direction")

    def _check_motion(self) -> None:
        if self.model.dimension(self.model.noise[self.trait]) is not None:
            raise _SeenError(f"the noise of {self.trait.name} is not alike in every direction")

    @property
    def _vectors(self) -> list[Any]:
        return [symbol for symbol, dim in self.model.dims.items() if dim == self.trait.dim]

    def _invariant(self, where: str, expression: Any) -> set[Any]:
        """Return what vectors a scalar expression sees by their inner products."""
        expression = linearize(expression, self.model.dims)
        if dimension(expression, self.model.dims) == self.trait.dim:
            raise _SeenError(f"{where} needs single components of {self.trait.name}")
        seen: set[Any] = set()
        for inner in _outermost(expression):
            if dimension(inner.args[0], self.model.dims) == self.trait.dim:
                seen |= self._read(where, inner.args[0], degree=2)
            else:
                seen |= self._invariant(where, inner.args[0]) if inner.args[0].has(total) else set()
        return seen

    def _read(self, where: str, expression: Any, degree: int) -> set[Any]:
        """Return the vectors in a homogeneous polynomial, and those in its scalar coefficients."""
        vectors = self._vectors
        held = {inner: sympy.Dummy(real=True) for inner in _outermost(expression)}
        try:
            polynomial = sympy.Poly(expression.xreplace(held), *vectors)
        except sympy.PolynomialError:
            raise _SeenError(f"{where} bends single components of {self.trait.name}") from None
        seen: set[Any] = set()
        for powers, coefficient in polynomial.terms():
            # A number for each component counts components, of which the frame keeps a few.
            if sum(powers) == 0 and not coefficient.is_zero:
                raise _SeenError(f"{where} has a number for each component, a direction of its own")
            if sum(powers) != degree and not coefficient.is_zero:
                raise _SeenError(f"{where} needs more of {self.trait.name} than lengths and angles")
            if coefficient.free_symbols & set(vectors):
                raise _SeenError(f"{where} bends single components of {self.trait.name}")
            seen |= {vector for vector, power in zip(vectors, powers, strict=True) if power}
        for inner in held:
            seen |= self._invariant(where, inner)
        return seen


def _outermost(expression: Any) -> list[Any]:
    if isinstance(expression, total):
        return [expression]
    return [inner for argument in expression.args for inner in _outermost(argument)]
