"""Vectors inside laws: the gradient through totals against the law written out in components."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.calculus import component, dimension, expand_components, gradient, linearize, size_symbol
from simulator.functions import logistic, softplus, total
from tests.twin import evaluate, exact

g, b, h, c, k = sympy.symbols("g b h c k", real=True)
n, m = size_symbol("n"), size_symbol("m")
ONE, TWO = {g: "n", b: "n"}, {g: "n", b: "n", h: "m"}
SIZES = {"n": 3, "m": 2}
share = g / total(g)
spread = total(g**2) - total(g) ** 2 / n

LAWS = {
    "distance": (total((g - b) ** 2), ONE),
    "linear": (k * total(g), ONE),
    "gated": (c - (1 - logistic((c - 1) / k)) * total((g - b) ** 2), ONE),
    "cosine": (total(g * b) / sympy.sqrt(total(g**2) * total(b**2)), ONE),
    "product of gates": (1 - sympy.exp(-total(softplus(-(g - k)))), ONE),
    "product of totals": (total(g) * total(g**2) * total(sympy.exp(g)), ONE),
    "minimum": (total(sympy.Min(g, b) ** 2), ONE),
    "branches": (total(sympy.Piecewise((g**2, g > 1), (k * g, True))), ONE),
    "entropy of shares": (-total(share * sympy.log(share)), ONE),
    "perpendicular part": (total((g - b * total(g * b) / total(b**2)) ** 2), ONE),
    "fourth power of it": (total((g - b * total(g * b) / total(b**2)) ** 4), ONE),
    "softmax mean": (total(b * sympy.exp(g)) / total(sympy.exp(g)), ONE),
    "standardized": (total((g / sympy.sqrt(spread)) ** 3), ONE),
    "triple": (total(g * sympy.sin(total(g * logistic(total(g**2 * b) - g)))), ONE),
    "total of a total": (total(total(g) * total(g * b)), ONE),
    "total beside a vector": (total(g + total(g**2)) ** 2, ONE),
    "two dimensions": (total(h * total(g * b)) + total(g) * total(h**2), TWO),
    "one inside the other": (total(logistic(h - total(g * b)) ** 2), TWO),
    "scalar weight": (total(h + total(g)), TWO),
    "scalar beside a vector": (total(h + c**2 * k) * c, TWO),
}
NESTED = ("entropy of shares", "fourth power of it", "standardized", "triple", "total beside a vector",
          "one inside the other", "total of a total", "scalar weight")  # fmt: skip
POINT = {"g": [0.7, 1.9, 0.4], "b": [1.1, 0.3, 0.8], "h": [0.6, 1.7], "c": 1.3, "k": 0.9}


def at_point(written):
    """The value of an expression written out in components, to 50 digits."""
    values = {}
    for symbol in written.free_symbols:
        name, _, index = str(symbol).partition("_")
        values[symbol] = POINT[name][int(index)] if index else POINT[name]
    return exact(written, values)


def mismatch(found, law, variable, dims):
    """The largest relative difference of a gradient to the derivatives of the written-out law."""
    written = expand_components(law, dims, SIZES)
    if variable not in dims:
        pairs = [(expand_components(found, dims, SIZES), written.diff(variable))]
    else:
        pairs = [
            (expand_components(found, dims, SIZES, j), written.diff(component(variable, j)))
            for j in range(SIZES[dims[variable]])
        ]
    values = [(at_point(one), at_point(other)) for one, other in pairs]
    return max(abs(one - other) / (abs(other) + 1e-30) for one, other in values)


def held(law, variable, dims):
    """The planted fault: inner totals taken for constants."""

    def hold(expression, inside):
        if isinstance(expression, total) and inside:
            return back.setdefault(expression, sympy.Dummy(real=True))
        inner = inside or isinstance(expression, total)
        return expression.func(*(hold(part, inner) for part in expression.args)) if expression.args else expression

    back: dict = {}
    frozen = hold(law, False)
    return gradient(frozen, variable, dims).xreplace({dummy: inner for inner, dummy in back.items()})


CASES = [(name, symbol) for name, (law, dims) in LAWS.items() for symbol in (g, h, c) if law.has(symbol)]


@pytest.mark.parametrize(("name", "variable"), CASES)
def test_gradient_is_that_of_the_components(name, variable):
    law, dims = LAWS[name]
    assert mismatch(gradient(law, variable, dims), law, variable, dims) < 1e-25


@pytest.mark.parametrize("name", NESTED)
def test_a_gradient_that_ignores_inner_totals_is_rejected(name):
    law, dims = LAWS[name]
    assert mismatch(held(law, g, dims), law, g, dims) > 1e-3


def vectors(scalars):
    """Elementwise expressions around given scalars."""
    leaves = st.sampled_from([g, b, sympy.Integer(2), g * b]) | scalars
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda two: two[0] + two[1]),
            st.tuples(inner, inner).map(lambda two: two[0] * two[1] / 2),
            inner.map(logistic),
            inner.map(lambda e: 1 / (1 + e**2)),
            inner.map(lambda e: sympy.exp(-(e**2))),
        ),
        max_leaves=4,
    )


plain = st.sampled_from([c, k, sympy.Rational(1, 3)])
deep = plain
for _ in range(3):
    deep = vectors(deep).map(total)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(deep, st.sampled_from([g, c]))
def test_gradient_of_random_laws(law, variable):
    assume(law.has(variable))
    found, written = gradient(law, variable, ONE), expand_components(law, ONE, {"n": 2})
    index = 1 if variable in ONE else None
    one = at_point(expand_components(found, ONE, {"n": 2}, index))
    other = at_point(written.diff(variable if index is None else component(variable, index)))
    assert abs(one - other) <= 1e-25 * (1 + abs(other))


def random_values(dims, seed=0):
    generator = np.random.default_rng(seed)
    values = {symbol: generator.uniform(0.5, 1.5, (SIZES[dim], 4)) for symbol, dim in dims.items()}
    return values | {c: 1.3, k: 0.9, n: 3.0, m: 2.0}


@pytest.mark.parametrize("name", [name for name in LAWS if name not in ("total of a total",)])
def test_written_out_law_is_the_law(name):
    """The witness of the gradients has its own: arrays."""
    law, dims = LAWS[name]
    values = random_values(dims)
    written, array = expand_components(law, dims, SIZES), evaluate(law, values)
    parts = {component(symbol, j): values[symbol][j] for symbol, dim in dims.items() for j in range(SIZES[dim])}
    np.testing.assert_allclose(evaluate(written, values | parts), array, rtol=1e-13)
    np.testing.assert_allclose(evaluate(linearize(law, dims), values), array, rtol=1e-13)


@pytest.mark.parametrize(
    ("expression", "dims", "linear"),
    [
        (total(c), ONE, n * c),
        (total(3 * c * g), ONE, 3 * c * total(g)),
        (total(c + 1), ONE, n * (c + 1)),
        (total(total(g)), ONE, n * total(g)),
        (total(g * total(k * b)), ONE, k * total(b) * total(g)),
        (total(sympy.Integer(2)), ONE, 2 * n),
        (total(total(k * g) * h), TWO, k * total(g) * total(h)),
        (total(c * (1 - logistic(g))), ONE, c * total(1 - logistic(g))),  # no digits lost: not n - total(s)
        (logistic(total(2 * g)), ONE, logistic(2 * total(g))),
        (g * total(c * g), ONE, c * g * total(g)),
        (c, ONE, c),
    ],
)
def test_linearize(expression, dims, linear):
    assert linearize(expression, dims) == linear
    assert linearize(linear, dims) == linear


def test_a_total_of_a_scalar_is_a_multiple_of_it():
    assert expand_components(total(c), ONE, {"n": 5}) == 5 * c
    assert gradient(total(c**2), c, ONE) == 2 * c * n
    assert gradient(total(g + c), c, TWO) == n
    assert gradient(total(h + total(g)), g, TWO) == m


@pytest.mark.parametrize(
    ("expression", "dims", "found"),
    [
        (c, ONE, None),
        (g, ONE, "n"),
        (total(g), ONE, None),
        (c * g, ONE, "n"),
        (g * total(h), TWO, "n"),
        (sympy.Piecewise((h, c > 0), (0, True)), TWO, "m"),
        (total(g * total(h * total(b))), TWO, None),
    ],
)
def test_dimension(expression, dims, found):
    assert dimension(expression, dims) == found


REFUSED = [
    (lambda: dimension(g * h, TWO), "dimensions m and n are mixed.*total()"),
    (lambda: dimension(total(g + h), TWO), "dimensions m and n are mixed.*total()"),
    (lambda: dimension(total(g * total(g * h)), TWO), "dimensions m and n are mixed.*total()"),
    (lambda: gradient(total(g * h), g, TWO), "dimensions m and n are mixed.*total()"),
    (lambda: linearize(total(c), TWO), r"exactly one declared dimension, not \['m', 'n'\]; multiply"),
    (lambda: linearize(total(c), {}), "exactly one declared dimension, not none; multiply"),
    (lambda: gradient(g**2, g, ONE), r"g\*\*2 is a vector; only a scalar has a gradient.*total()"),
    (lambda: expand_components(g, ONE, SIZES), "g is a vector; say which component.*index=0"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_refusals_are_one_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
