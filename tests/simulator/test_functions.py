"""The functions of the law's language: derivatives, limits, and that SymPy never spoils their tails."""

from __future__ import annotations

import mpmath
import pytest
import sympy

from simulator.functions import exprel, logistic, softplus, total
from tests.twin import exact

x, k = sympy.symbols("x k", real=True)
MEANING = {
    logistic: lambda t: 1 / (1 + mpmath.exp(-t)),
    softplus: lambda t: mpmath.log(1 + mpmath.exp(t)),
    exprel: lambda t: (mpmath.exp(t) - 1) / t if t else mpmath.mpf(1),
}
POINTS = (-1000, -700, -40.5, -3, -0.25, -1e-20, 1e-20, 0.25, 3, 40.5, 700, 1000)


def meaning(function, point):
    with mpmath.workdps(1000):
        return MEANING[function](mpmath.mpf(point))


@pytest.mark.parametrize("function", MEANING)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_are_those_of_the_meaning(function, order):
    formula = function(x).diff(x, order)
    for point in (-30, -2, -0.25, 0.5, 7, 30):
        with mpmath.workdps(80):
            numeric = mpmath.diff(MEANING[function], point, order)
        assert abs(exact(formula, {x: point}) / numeric - 1) < 1e-20, (formula, point)


@pytest.mark.parametrize("function", MEANING)
@pytest.mark.parametrize("point", POINTS)
def test_numbers_keep_their_digits(function, point):
    """Exact and floating arguments alike, to the last bits, where the exponential form gives 0, 1 or NaN."""
    expected = meaning(function, point)
    fifty = function(sympy.Rational(point)).evalf(50)
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(str(fifty)) / expected - 1) < 1e-48
        for rounded in (
            function(sympy.Float(point)),
            function(x).subs(x, float(point)),
            function(x).evalf(subs={x: point}),
        ):
            assert abs(mpmath.mpf(str(sympy.Float(rounded, 17))) / expected - 1) < 1e-15


@pytest.mark.parametrize(
    ("expression", "to", "limit"),
    [
        (logistic(x), sympy.oo, 1),
        (logistic(x), -sympy.oo, 0),
        (logistic(x), 0, sympy.Rational(1, 2)),
        (1 - logistic(2 * x), sympy.oo, 0),
        (softplus(x), sympy.oo, sympy.oo),
        (softplus(x), -sympy.oo, 0),
        (exprel(x), sympy.oo, sympy.oo),
        (exprel(x), -sympy.oo, 0),
        (exprel(x), 0, 1),
        (exprel(-k * x), 0, 1),
    ],
)
def test_limits(expression, to, limit):
    assert sympy.limit(expression, x, to) == limit


def test_sympy_leaves_the_functions_whole():
    for whole in (1 - logistic(x), k * (1 - logistic(x)), logistic(x) * logistic(-x), softplus(x) - x, x * exprel(x)):
        for changed in (whole, sympy.simplify(whole), sympy.expand(whole), sympy.factor_terms(whole), whole.evalf()):
            assert not changed.has(sympy.exp, sympy.log)
            assert changed.has(logistic, softplus, exprel)
            difference = exact(changed - whole, {x: 3, k: 2})
            assert abs(difference) < 1e-12
    assert not logistic(x).diff(x).has(sympy.exp)
    assert not softplus(x).diff(x, 2).has(sympy.exp)


@pytest.mark.parametrize("function", MEANING)
def test_exponential_forms(function):
    written = function(x).rewrite(sympy.exp)
    assert not written.has(function)
    for point in (-5, -0.5, 0.25, 6):
        assert abs(exact(written, {x: point}) / meaning(function, point) - 1) < 1e-30


def test_what_is_known_of_their_values():
    for function in MEANING:
        assert function(x).is_positive
    assert sympy.log(logistic(x)).is_real
    assert not function(x).is_zero
    assert logistic(0) == sympy.Rational(1, 2)
    assert (logistic(sympy.oo), logistic(-sympy.oo)) == (1, 0)
    assert exprel(0) == 1


def test_total_is_opaque():
    y = sympy.Symbol("y", real=True)
    assert total(x - x) == 0
    assert total(x + y).args == (x + y,)
    assert total(3 * x).args == (3 * x,)
    assert total(sympy.Integer(1)).args == (1,)  # what a vector is, is known to the model
    assert total(total(x) * x).args == (total(x) * x,)
    assert total(k * x**2).diff(k) == total(x**2)
    assert total(k**2 * total(k * x)).diff(k) == total(2 * k * total(k * x) + k**2 * total(x))
    assert total(x**2).diff(k) == 0
    assert total(x).is_real


def test_total_in_latex():
    y = sympy.Symbol("y", real=True)
    assert sympy.latex(total((x - y) ** 2)) == r"\sum_j \left(x - y\right)^{2}"
    assert sympy.latex(total(x + y)) == r"\sum_j \left(x + y\right)"
    assert sympy.latex(total(x) ** 2) == r"\left(\sum_j x\right)^{2}"
