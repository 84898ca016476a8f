"""The exact transition of a law from one requested time to the next, as statements and as numbers.

A block of one trait is z' = keep z + sum over k of pull_k v_k + spread xi, its drift's constant part split into what
changes with time and the factors v_k that do not; a block of several has a matrix for each of the three.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from simulator.compiler import Assign, Let, Shape
from simulator.levels.langevin.exact.coupled import Jump, Motion, constant_jump, moving_jump
from simulator.levels.langevin.exact.integrals import transition
from simulator.levels.langevin.exact.path import Evaluate, Lanes
from simulator.levels.langevin.step import Slot
from simulator.model import Model, Trait
from simulator.structure import Affine, Structure
from simulator.structure.noise import variables

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Single:
    """A trait that is drawn by itself.

    Parameters
    ----------
    trait, equation
        The trait and its affine equation.
    pulls
        Pairs (alpha, v): the drift's constant part is the sum of alpha v, and no v changes with time.
    """

    trait: Trait
    equation: Affine
    pulls: tuple[tuple[Any, Any], ...]

    def symbols(self) -> dict[Any, Any]:
        """Return the symbols of the coefficients, each with what it is made of, which has its dimension."""
        rate, name = self.rate, self.trait.name
        found = {_symbol("keep", name): rate, _symbol("spread", name): sympy.Tuple(rate, self.equation.noise)}
        return found | {_symbol("pull", name, k): sympy.Tuple(rate, alpha) for k, (alpha, _) in enumerate(self.pulls)}

    @property
    def rate(self) -> Any:
        """The rate of its relaxation, 0 if it has none."""
        return self.equation.rates.get(self.trait, sympy.Integer(0))

    def statements(self) -> Iterator[Assign | Let]:
        """Yield what moves it."""
        name, z = self.trait.name, self.trait.variable
        pulled = sympy.Add(*(_symbol("pull", name, k) * factor for k, (_, factor) in enumerate(self.pulls)))
        shock = _symbol("spread", name) * Slot(self.trait, 0).symbol
        yield Assign(z, _symbol("keep", name) * z + pulled + shock)

    def expressions(self) -> list[Any]:
        """Return what must be known along the way: rho, every alpha, and s."""
        return [self.rate, *(alpha for alpha, _ in self.pulls), self.equation.noise]

    def coefficients(self, evaluate: Evaluate, lanes: Lanes, begin: Vector, end: Vector) -> dict[str, Vector]:
        """Return the coefficients by name, each (lanes,) or (components, lanes)."""

        def integrand(pieces: NDArray[np.intp], times: Vector) -> list[Any]:
            return evaluate(lanes.some(pieces), times)

        components = 1 if self.trait.dim is None else lanes.sizes[self.trait.dim]
        found = transition(integrand, begin, end, self.trait.name, components)
        name = self.trait.name
        named = {_symbol("keep", name): found.keep, _symbol("spread", name): np.sqrt(found.variance)}
        named |= {_symbol("pull", name, k): pull for k, pull in enumerate(found.pulls)}
        return {str(symbol): value for symbol, value in named.items()}


@dataclass(frozen=True)
class Several:
    """Traits that move one another and are drawn together."""

    traits: tuple[Trait, ...]
    equations: tuple[Affine, ...]
    constant: bool

    def symbols(self) -> dict[Any, Any]:
        """Return the symbols of the coefficients, each with what it is made of, which has its dimension."""
        made_of = sympy.Tuple(*self.expressions())
        pairs = [(one, other) for one in self.traits for other in self.traits]
        squares = [_between(kind, *pair) for pair in pairs for kind in ("keep", "root")]
        return dict.fromkeys((*squares, *(_symbol("shift", trait.name) for trait in self.traits)), made_of)

    def statements(self) -> Iterator[Assign | Let]:
        """Yield what moves them, all from their values before."""
        new = {trait: sympy.Symbol(f"_next_{trait.name}", real=True) for trait in self.traits}
        for trait, symbol in new.items():
            kept = [_between("keep", trait, other) * other.variable for other in self.traits]
            shocks = [_between("root", trait, other) * Slot(other, 0).symbol for other in self.traits]
            yield Let(symbol, sympy.Add(*kept, _symbol("shift", trait.name), *shocks))
        for trait, symbol in new.items():
            yield Assign(trait.variable, symbol)

    def expressions(self) -> list[Any]:
        """Return what must be known along the way: the rates row by row, the constants, and the noises."""
        rates = [one.rates.get(trait, sympy.Integer(0)) for one in self.equations for trait in self.traits]
        return [*rates, *(one.constant for one in self.equations), *(one.noise for one in self.equations)]

    def coefficients(self, evaluate: Evaluate, lanes: Lanes, begin: Vector, end: Vector) -> dict[str, Vector]:
        """Return the coefficients by name, each (lanes,) or (components, lanes)."""
        if self.constant:
            motion, shape = self._motion(evaluate, lanes, begin[:, np.newaxis])
            jump = constant_jump(motion, np.broadcast_to(end - begin, shape).ravel())
            return self._named(jump, shape)
        found = []
        for lane in range(lanes.count):
            one, (start, stop) = lanes.one(lane), (float(begin[lane]), float(end[lane]))
            shape = self._motion(evaluate, one, np.array([[start]]))[1]
            jump = moving_jump(partial(self._motion_at, evaluate, one), start, stop)
            found.append(self._named(jump, shape))
        return {name: np.concatenate([values[name] for values in found], axis=-1) for name in found[0]}

    def _motion_at(self, evaluate: Evaluate, lane: Lanes, time: float) -> Motion:
        return self._motion(evaluate, lane, np.array([[time]]))[0]

    def _motion(self, evaluate: Evaluate, lanes: Lanes, times: Vector) -> tuple[Motion, tuple[int, ...]]:
        """Return the motion at one time a lane, and the shape (lanes,) or (components, lanes) of its cells."""
        values = [value[..., 0] for value in evaluate(lanes, times)]
        shape = np.broadcast_shapes(*(value.shape for value in values))
        flat = np.stack([np.broadcast_to(value, shape).ravel() for value in values], axis=-1)
        size = len(self.traits)
        matrix = -flat[:, : size**2].reshape(-1, size, size)
        return Motion(matrix, flat[:, size**2 : size**2 + size], flat[:, size**2 + size :]), shape

    def _named(self, jump: Jump, shape: tuple[int, ...]) -> dict[str, Vector]:
        named = {}
        for i, one in enumerate(self.traits):
            named[str(_symbol("shift", one.name))] = jump.shift[:, i].reshape(shape)
            for j, other in enumerate(self.traits):
                named[str(_between("keep", one, other))] = jump.keep[:, i, j].reshape(shape)
                named[str(_between("root", one, other))] = jump.root[:, i, j].reshape(shape)
        return named


def _symbol(kind: str, *of: Any) -> Any:
    return sympy.Symbol("_".join(("", kind, *map(str, of))), real=True)


def _between(kind: str, one: Trait, other: Trait) -> Any:
    """Return the symbol of a coefficient from one trait to another; the number tells a, b_c from a_b, c."""
    return _symbol(f"{kind}{len(one.name)}", one.name, other.name)


Block = Single | Several


def transition_blocks(model: Model, found: Structure) -> tuple[Block, ...]:
    """Return the blocks of a law that has exact transitions."""
    equations = {trait: one for trait, one in found.equations.items() if isinstance(one, Affine)}
    moving = variables(found.noiseless)
    made: list[Block] = []
    for traits in found.blocks:
        if len(traits) == 1:
            equation = equations[traits[0]]
            made.append(Single(traits[0], equation, _pulls(equation.constant, moving)))
        else:
            parts = tuple(equations[trait] for trait in traits)
            several = Several(traits, parts, constant=True)
            changing = {symbol for one in several.expressions() for symbol in one.free_symbols} & moving
            made.append(Several(traits, parts, constant=not changing))
    return tuple(made)


def _pulls(constant: Any, moving: set[Any]) -> tuple[tuple[Any, Any], ...]:
    """Split a sum into products of what changes with time and what does not, and gather the latter."""
    gathered: dict[Any, Any] = {}
    for term in sympy.Add.make_args(sympy.expand(constant)):
        fixed, changing = term.as_independent(*moving, as_Add=False) if moving else (term, sympy.Integer(1))
        if not fixed.is_zero:
            gathered[changing] = gathered.get(changing, sympy.Integer(0)) + fixed
    return tuple((alpha, factor) for alpha, factor in gathered.items())


def coefficient_shapes(model: Model, blocks: Sequence[Block], lane: bool) -> dict[Any, Shape]:
    """Return the shape of every coefficient; ``lane`` where it differs from replicate to replicate."""
    return {symbol: Shape(model.dimension(like), lane) for block in blocks for symbol, like in block.symbols().items()}
