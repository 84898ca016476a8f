"""What lets a declared thing (a trait, a parameter) stand in SymPy expressions."""

from __future__ import annotations

from typing import Any, Protocol

import sympy


class Declared(Protocol):
    """Anything declared by a code name that stands in expressions as a SymPy symbol."""

    @property
    def variable(self) -> Any:
        """The SymPy symbol."""


def _sympy(self: Declared) -> Any:
    return self.variable


def _operand(self: Declared, other: Any) -> Any:
    try:
        return sympy.sympify(other, strict=True)
    except sympy.SympifyError:
        raise TypeError(
            f"{self.variable}: cannot be combined with a {type(other).__name__}; "
            "must be an expression or a number; text is never evaluated"
        ) from None


def _operator(name: str) -> Any:
    def apply(self: Declared, *others: Any) -> Any:
        return getattr(self.variable, name)(*(_operand(self, other) for other in others))

    apply.__name__ = name
    return apply


class Symbolic:
    """The arithmetic of a declared thing: every operator acts on its symbol and gives a SymPy expression.

    It holds no state and nothing overrides it; it exists so that a law reads as mathematics.
    """

    _sympy_ = _sympy
    __add__ = _operator("__add__")
    __radd__ = _operator("__radd__")
    __sub__ = _operator("__sub__")
    __rsub__ = _operator("__rsub__")
    __mul__ = _operator("__mul__")
    __rmul__ = _operator("__rmul__")
    __truediv__ = _operator("__truediv__")
    __rtruediv__ = _operator("__rtruediv__")
    __pow__ = _operator("__pow__")
    __rpow__ = _operator("__rpow__")
    __neg__ = _operator("__neg__")
    __abs__ = _operator("__abs__")
    __lt__ = _operator("__lt__")
    __le__ = _operator("__le__")
    __gt__ = _operator("__gt__")
    __ge__ = _operator("__ge__")
