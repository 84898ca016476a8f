"""A move's linear twin: what becomes, to first order in the noise, of the path without any.

A move is a list of statements z <- F(z, xi) in the normals xi. Without them it goes along a path, and beside it goes
the first-order deviation from that path,

    z* <- F(z*, 0),        d <- dF/dz (z*, 0) d + dF/dxi (z*, 0) xi,        d = 0 at the start,

which is linear in the normals, with coefficients that know nothing of them. So its mean is zero whatever the law and
however long the steps, rounding included: mirrored normals mirror it. It is derived from the very statements that move
the agents, whose deviation z - z* it is up to the second order of the noise.

Source: Freidlin and Wentzell, Random Perturbations of Dynamical Systems (2012), section 2.2, for the expansion;
Newton, SIAM Journal on Applied Mathematics 54 (1994) 1705, for such control variates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from simulator.calculus import dimension, linearize, tangent
from simulator.compiler import Assign, Let
from simulator.levels.langevin.step import Slot
from simulator.model import Model


@dataclass
class Expansion:
    """The symbols of a law, of its path without noise and of the deviation from it.

    Parameters
    ----------
    model
        The law.
    path
        Per symbol that moves, its name along the path.
    deviation
        Per symbol that noise reaches, the name of its deviation.
    normals
        Per symbol of a slot, a stand-in for its direction: where the derivative is taken the normals are 0.
    dims
        The dimension of every vector symbol, of all three kinds.
    """

    model: Model
    path: dict[Any, Any]
    deviation: dict[Any, Any]
    normals: dict[Any, Any]
    dims: dict[Any, str] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, moved: Sequence[Any], noisy: Sequence[Any], slots: Sequence[Slot]) -> Expansion:
        """Return the expansion of a law in which ``moved`` traits move and noise reaches ``noisy`` ones."""
        path = {trait.variable: _named("path", trait.variable) for trait in moved}
        deviation = {trait.variable: _named("deviation", trait.variable) for trait in noisy}
        normals = {slot.symbol: sympy.Dummy(real=True) for slot in slots}
        dims = dict(model.dims)
        for symbols in (path, deviation):
            dims |= {new: dims[old] for old, new in symbols.items() if old in dims}
        for slot in slots:
            if slot.trait.dim is not None:
                dims |= {slot.symbol: slot.trait.dim, normals[slot.symbol]: slot.trait.dim}
        return cls(model, path, deviation, normals, dims)

    def along(self, expression: Any) -> Any:
        """Return an expression along the path, without noise."""
        still = dict.fromkeys(self.normals, sympy.Integer(0))
        return linearize(expression.xreplace(still).xreplace(self.path), self.dims)

    def deviates(self, expression: Any) -> Any:
        """Return the first-order deviation of an expression from what it is along the path."""
        seen = expression.free_symbols
        directions = {symbol: new for symbol, new in (self.deviation | self.normals).items() if symbol in seen}
        if not directions:
            return sympy.Integer(0)
        found = self.along(tangent(expression, directions, self.dims))
        return found.xreplace({dummy: symbol for symbol, dummy in self.normals.items()})

    def statements(self, statements: Sequence[Assign | Let]) -> Iterator[Assign | Let]:
        """Yield the statements of path and deviation, each deviation before the path that it is taken at moves on."""
        for one in statements:
            if isinstance(one, Let):
                yield from self._named_value(one)
                continue
            if one.symbol in self.deviation:
                yield Assign(self.deviation[one.symbol], self.deviates(one.expression))
            if one.symbol in self.path:
                yield Assign(self.path[one.symbol], self.along(one.expression))

    def _named_value(self, one: Let) -> Iterator[Let]:
        """Yield a name's deviation and its value along the path, and remember both."""
        deviation, value = self.deviates(one.expression), self.along(one.expression)
        self.path[one.symbol] = _named("path", one.symbol)
        self._measure(one.symbol, self.path[one.symbol], one.expression)
        yield Let(self.path[one.symbol], value)
        if deviation != 0:
            self.deviation[one.symbol] = _named("deviation", one.symbol)
            self._measure(one.symbol, self.deviation[one.symbol], one.expression)
            yield Let(self.deviation[one.symbol], deviation)

    def _measure(self, old: Any, new: Any, expression: Any) -> None:
        """Note the dimension of a name, which is that of what it stands for."""
        dim = dimension(expression, self.dims)
        if dim is not None:
            self.dims |= {old: dim, new: dim}


def _named(kind: str, symbol: Any) -> Any:
    return sympy.Symbol(f"_{kind}_{str(symbol).lstrip('_')}", real=True)

