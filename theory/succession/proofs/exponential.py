"""Why exponential circuits change places as often as they do: Rice's formula again, with both parts in closed form."""

from __future__ import annotations

import numpy as np
import sympy

from theory.lemmas import vanishes
from theory.obligation import Obligation
from theory.succession import expressions as e
from theory.succession import formulas
from theory.succession.formulas.leaders import above_and_crossing

x, y = sympy.symbols("x y", real=True)


def exponential_successions() -> tuple[Obligation, ...]:
    """Prove both parts of the rate for exponential lines, its symmetry, K = 2, and the growth with K."""
    c, b_, t, K = sympy.symbols("c b t K", positive=True)
    reach = sympy.Symbol("A", positive=True)
    inner = sympy.integrate((y - x) * sympy.exp(-b_ * x), (x, 0, y))
    outer = 2 * sympy.integrate(sympy.expand(inner * sympy.exp(-b_ * y)), (y, 0, reach))
    square = 2 / b_**3 * sympy.exp(-b_ * reach) * (sympy.sinh(b_ * reach) - b_ * reach)
    # The chance to be above c by the presence, given the slope y < c/t, is e^(-(c - t y)); b = 1 - t.
    passing = sympy.integrate(sympy.exp(-c - b_ * y), (y, 0, c / t)).subs(b_, 1 - t) + sympy.exp(-c / t)
    u = sympy.Symbol("u", positive=True)
    flat = K**2 / 2 / b_**3 * (b_ / K) ** 2 * sympy.integrate(u * sympy.exp(-u), (u, 0, sympy.oo))
    return (
        vanishes("|s_1 - s_2| over both slopes below c/tau, each weighted by e^(-b s)", outer - square),
        vanishes("a line is above c at tau: by its slope alone, or with its presence",
                 sympy.simplify(passing - e.exceeds.subs({e.above: c, e.time: t}))),
        vanishes("far up the rate is 1/(2 b) until b is as small as 1/ln K: ln ln K in all", flat - 1 / (2 * b_)),
        Obligation("K = 2: the lead changes hands or it does not",
                   abs(float(formulas.exponential_successions(2)) - 0.5) < 1e-12),
        Obligation("NumPy's rate is that written down", _rate_as_written()),
        Obligation("1/2 of ln ln K is gained from K to its square, more closely the larger K is", _doubles()),
    )  # fmt: skip


def _rate_as_written() -> bool:
    points = [(0.02, 0.3), (0.3, 0.01), (0.5, 2.0), (0.9, 7.0), (0.99, 0.5), (0.999, 20.0)]
    for at, c in points:
        found = above_and_crossing(np.array(at), np.array(c))
        for one, expression in zip(found, (e.exceeds, e.crossing), strict=True):
            exact = float(sympy.N(expression.subs({e.time: sympy.Rational(str(at)), e.above: sympy.Rational(str(c))}),
                                  40))  # fmt: skip
            if abs(float(one) - exact) > 1e-9 * abs(exact):
                return False
    return True


def _doubles() -> bool:
    gains = np.diff(formulas.exponential_successions([1e4, 1e8, 1e16, 1e32]))
    return bool(np.all(np.diff(np.abs(gains - np.log(2.0))) < 0.0) and abs(gains[-1] - np.log(2.0)) < 0.1)
