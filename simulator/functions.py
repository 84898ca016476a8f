"""The functions of the law's language that SymPy lacks, each with a numerically safe meaning.

They are opaque to SymPy: it knows their derivatives and limits, never their exponential forms, which overflow
at -1000 and round to 0 at +40, exactly in the tail that the zero-gradient claim is about.
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy


class logistic(sympy.Function):  # noqa: N801  (a function is written in lower case)
    """The logistic function s(x) = 1/(1 + exp(-x)), with s'(x) = s(x) s(-x) and 1 - s(x) = s(-x)."""

    nargs = 1
    is_real = True
    is_positive = True

    @classmethod
    def eval(cls, x: Any) -> Any:
        """Evaluate at 0 and at infinity only."""
        if x.is_zero:
            return sympy.Rational(1, 2)
        if x is sympy.oo:
            return sympy.Integer(1)
        return sympy.Integer(0) if x is -sympy.oo else None

    def fdiff(self, argindex: int = 1) -> Any:
        """Return s(x) s(-x), a form without cancellation in either tail."""
        return logistic(self.args[0]) * logistic(-self.args[0])

    def _eval_rewrite_as_exp(self, x: Any, **_: Any) -> Any:
        return 1 / (1 + sympy.exp(-x))

    def _eval_mpmath(self) -> Any:
        return lambda x: 1 / (1 + mpmath.exp(-x)), self.args


class softplus(sympy.Function):  # noqa: N801
    """The softplus sp(x) = ln(1 + exp(x)), with sp'(x) = s(x) and ln s(x) = -sp(-x)."""

    nargs = 1
    is_real = True
    is_positive = True

    @classmethod
    def eval(cls, x: Any) -> Any:
        """Evaluate at infinity only."""
        if x is sympy.oo:
            return sympy.oo
        return sympy.Integer(0) if x is -sympy.oo else None

    def fdiff(self, argindex: int = 1) -> Any:
        """Return s(x)."""
        return logistic(self.args[0])

    def _eval_rewrite_as_exp(self, x: Any, **_: Any) -> Any:
        return sympy.log(1 + sympy.exp(x))

    def _eval_mpmath(self) -> Any:
        return lambda x: mpmath.log1p(mpmath.exp(x)), self.args


class exprel(sympy.Function):  # noqa: N801
    """The relative exponential (exp(x) - 1)/x, continued by 1 at x = 0; exact relaxations are made of it."""

    nargs = 1
    is_real = True
    is_positive = True

    @classmethod
    def eval(cls, x: Any) -> Any:
        """Evaluate at 0 and at infinity only."""
        if x.is_zero:
            return sympy.Integer(1)
        if x is sympy.oo:
            return sympy.oo
        return sympy.Integer(0) if x is -sympy.oo else None

    def fdiff(self, argindex: int = 1) -> Any:
        """Return (exp(x) - exprel(x))/x; nothing in the project differentiates it at x = 0."""
        x = self.args[0]
        return (sympy.exp(x) - exprel(x)) / x

    def _eval_rewrite_as_exp(self, x: Any, **_: Any) -> Any:
        return (sympy.exp(x) - 1) / x

    def _eval_mpmath(self) -> Any:
        return lambda x: mpmath.expm1(x) / x, self.args


class total(sympy.Function):  # noqa: N801
    """The sum of an elementwise expression over the components of its vectors, sum_j e_j.

    It is linear; ``total(scalar)`` is the number of components times the scalar; totals may nest.
    """

    nargs = 1
    is_real = True

    @classmethod
    def eval(cls, e: Any) -> Any:
        """Evaluate the empty sum only: what is a vector is known to the model, not to the expression."""
        return sympy.Integer(0) if e.is_zero else None

    def _eval_derivative(self, s: Any) -> Any:
        # Right for a scalar s. Derivatives by a vector's components go through `calculus.gradient`.
        return total(self.args[0].diff(s))

    def _latex(self, printer: Any, exp: Any = None) -> str:
        inner = printer.parenthesize(self.args[0], sympy.printing.precedence.PRECEDENCE["Mul"])
        text = rf"\sum_j {inner}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"
