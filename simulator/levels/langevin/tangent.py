"""A move's twin: what becomes, to first and second order in the noise, of the path without any.

A move is a list of statements z <- F(z, xi) in the normals xi. Without them it goes along a path z*, and beside it go
the deviations from that path of first and second order, which begin at 0:

    z* <- F(z*, 0),        d <- DF.(d, xi),        e <- DF.(e, 0) + 1/2 D2F.(d, xi)(d, xi),        DF, D2F at (z*, 0).

d is linear in the normals and e a quadratic form, with coefficients that know nothing of them: the mean of d is zero
whatever the law and however long the steps, rounding included, for mirrored normals mirror it. They are derived from
the very statements that move the agents, whose deviation z - z* is d + e up to the third order of the noise.

Source: Freidlin and Wentzell, Random Perturbations of Dynamical Systems (2012), section 2.2, for the expansion;
Newton, SIAM Journal on Applied Mathematics 54 (1994) 1705, for such control variates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from simulator.calculus import dimension, linearize, tangent
from simulator.compiler import Assign, Let
from simulator.levels.langevin.step import Slot
from simulator.model import Model

Names = dict[Any, Any]


@dataclass
class Expansion:
    """The symbols of a law, of its path without noise, and of the deviations from it.

    Parameters
    ----------
    path, first, second
        Per symbol, its name along the path and those of its deviations, where it has any.
    normals
        Per symbol of a slot, a stand-in for its direction: where derivatives are taken the normals are 0.
    dims
        The dimension of every vector symbol, of all kinds.
    order
        Where the expansion ends, 1 or 2.
    """

    path: Names
    first: Names
    second: Names
    normals: Names
    dims: dict[Any, str] = field(default_factory=dict)
    order: int = 2
    _known: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        model: Model,
        moved: Sequence[Any],
        noisy: Sequence[Any],
        slots: Sequence[Slot],
        moves: Sequence[Any],
        begun: Sequence[Any] = (),
        order: int = 2,
    ) -> Expansion:
        """Return the expansion of a law in whose ``moves`` some traits move, and noise reaches ``noisy`` ones.

        What ``begun`` traits begin with deviates too. It ends with the first or the second ``order``.
        """
        path = {trait.variable: _named("path", trait.variable) for trait in moved}
        first = {trait.variable: _named("first", trait.variable) for trait in noisy}
        first |= {trait.initial: _named("first", trait.initial) for trait in begun}
        normals = {slot.symbol: sympy.Dummy(real=True) for slot in slots}
        dims = dict(model.dims)
        for symbols in (path, first):
            dims |= {new: dims[old] for old, new in symbols.items() if old in dims}
        for slot in slots:
            if slot.trait.dim is not None:
                dims |= {slot.symbol: slot.trait.dim, normals[slot.symbol]: slot.trait.dim}
        second: Names = {}
        known: dict[Any, Any] = {}
        while True:  # the least fixpoint: what a curved move reaches
            expansion = cls(dict(path), dict(first), dict(second), normals, dict(dims), order, known)
            found = {one.symbol for one in expansion._moved(moves) if isinstance(one, Assign)}
            curved = {old: new for old in first if (new := _named("second", old)) in found}
            if curved.keys() == second.keys():
                return cls(path, first, second, normals, dims, order, known)
            second = curved
            dims |= {new: dims[old] for old, new in second.items() if old in dims}

    def along(self, expression: Any) -> Any:
        """Return an expression along the path, without noise."""
        still = dict.fromkeys(self.normals, sympy.Integer(0))
        return linearize(expression.xreplace(still).xreplace(self.path), self.dims)

    def deviation(self, expression: Any) -> Any:
        """Return the first-order deviation of an expression from what it is along the path."""
        return self._taken(self._tangent(expression, self.first | self.normals))

    def curvature(self, expression: Any) -> Any:
        """Return the second-order deviation of an expression from what it is along the path."""
        ways = self.first | self.normals
        bent = self._tangent(self._tangent(expression, ways), ways) / 2
        return self._taken(bent + self._tangent(expression, self.second))

    def _tangent(self, expression: Any, ways: Mapping[Any, Any]) -> Any:
        seen = expression.free_symbols
        taken = {symbol: way for symbol, way in ways.items() if symbol in seen}
        key = (expression, tuple(taken.items()))
        if key not in self._known:
            self._known[key] = tangent(expression, taken, self.dims)
        return self._known[key]

    def _taken(self, expression: Any) -> Any:
        """Take derivatives at the path, and call the directions of normals by the normals' own names.

        A kink has no second derivative there; any coefficient will do, and it gets 0.
        """
        smooth = expression.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))
        return self.along(smooth).xreplace({stand_in: symbol for symbol, stand_in in self.normals.items()})

    def statements(self, moves: Sequence[Assign | Let]) -> tuple[Assign | Let, ...]:
        """Return the moves of path and deviations."""
        return tuple(self._moved(moves))

    def _moved(self, moves: Sequence[Assign | Let]) -> Iterator[Assign | Let]:
        for one in moves:
            # Each deviation goes before what it is taken at moves on.
            made = {"second": self.curvature(one.expression)} if self.order > 1 else {}
            made |= {"first": self.deviation(one.expression), "path": self.along(one.expression)}
            for kind, expression in made.items():
                if isinstance(one, Let):
                    yield from self._named_value(kind, one, expression)
                elif one.symbol in (known := getattr(self, kind)):
                    yield Assign(known[one.symbol], expression)
                elif kind == "second" and expression != 0:
                    yield Assign(_named(kind, one.symbol), expression)

    def _named_value(self, kind: str, one: Let, expression: Any) -> Iterator[Let]:
        """Yield one kind of a named value, and remember its name, unless it is 0 whatever happens."""
        if kind != "path" and expression == 0:
            return
        name = _named(kind, one.symbol)
        getattr(self, kind)[one.symbol] = name
        dim = dimension(one.expression, self.dims)
        if dim is not None:
            self.dims |= {one.symbol: dim, name: dim}
        yield Let(name, expression)


def _named(kind: str, symbol: Any) -> Any:
    return sympy.Symbol(f"_{kind}_{str(symbol).lstrip('_')}", real=True)
