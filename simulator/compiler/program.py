"""What is compiled: a short list of statements over symbols of known shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.compiler import numeric
from simulator.compiler.stable import stable
from simulator.compiler.tape import Shape, Tape, Value

RESERVED = frozenset({"np", "float", "inputs", "hoisted", "buffers", *numeric.FUNCTIONS})


@dataclass(frozen=True)
class Assign:
    """Write an expression into the array of a symbol; later statements see the new value."""

    symbol: Any
    expression: Any


@dataclass(frozen=True)
class Let:
    """Give an expression a name for later statements."""

    symbol: Any
    expression: Any


@dataclass(frozen=True)
class Program:
    """Statements, and the expressions to return after them.

    Parameters
    ----------
    constants
        The symbols that never change in a run (parameters, the step), with their shapes.
    inputs
        The symbols that do (traits), with their shapes.
    scratch
        Inputs whose arrays may be overwritten once they have been read (noise), with their shapes.
    statements, returns
        In order; expressions in the symbols above and those that a ``Let`` has named.
    """

    constants: Mapping[Any, Shape]
    inputs: Mapping[Any, Shape]
    scratch: Mapping[Any, Shape] = field(default_factory=dict)
    statements: tuple[Assign | Let, ...] = ()
    returns: tuple[Any, ...] = ()

    def record(self) -> tuple[Tape, tuple[Value, ...]]:
        """Return the tape of the program's operations, and the values that it returns.

        Raises ValueError for two symbols of one name, or a name that the code needs for itself.
        """
        symbols = [str(symbol) for symbol in (*self.constants, *self.inputs, *self.scratch)]
        for name, count in Counter(symbols).items():
            if count > 1 or name in RESERVED:
                rule = "is the name of two symbols" if count > 1 else "is a name of the compiled code"
                raise ValueError(f"{name!r} {rule}; rename it")
        known = {symbol: Value(str(symbol), shape, invariant=True) for symbol, shape in self.constants.items()}
        moving = {**self.inputs, **self.scratch}
        known |= {symbol: Value(str(symbol), shape, invariant=False) for symbol, shape in moving.items()}
        tape = Tape(known)
        for statement in self.statements:
            expression = stable(statement.expression)
            if isinstance(statement, Assign):
                tape.assign(statement.symbol, expression)
            else:
                tape.let(statement.symbol, expression)
        return tape, tuple(tape.add(stable(expression)) for expression in self.returns)
