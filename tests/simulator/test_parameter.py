"""Parameters: what is refused, in which words, and the one canonical form of what is accepted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from simulator.distribution import Normal, Sphere, Uniform
from simulator.identity import canonical
from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, SHARE, Parameter, Range, check_draw, first_axis, resolve
from simulator.parameter import second_axis as across

PARAMETERS = (
    Parameter("growth", 0.5, range=NONNEGATIVE),
    Parameter("width", 0.1, range=POSITIVE),
    Parameter("discount", 0.9, range=SHARE),
    Parameter("base", first_axis, dim="dim"),
    Parameter("start", across, dim="dim", range=Range(-5.0, 5.0)),
    Parameter("offset", 2.0, dim="dim"),
    Parameter("dim", 3, range=COUNT, integer=True),
    Parameter("members", 4, integer=True),  # a count without a range of its own
)
NAN, INF = float("nan"), float("inf")

# What is given, the error, and the words that a message must contain: parameter, value, rule, remedy.
REFUSED = [
    ({"grwth": 1.0}, ValueError, ["unknown parameter 'grwth'", "did you mean 'growth'?"]),
    ({"zzz": 1.0}, ValueError, ["unknown parameter 'zzz'", "known: base, dim, discount, growth"]),
    ({7: 1.0}, ValueError, ["unknown parameter 7", "known: base"]),
    ({"growth": NAN}, ValueError, ["growth: got nan", "finite and in [0, inf)", "pass a value in that range"]),
    ({"growth": INF}, ValueError, ["growth: got inf", "finite and in [0, inf)", "pass a value"]),
    ({"growth": -1}, ValueError, ["growth: got -1", "[0, inf)", "pass a value"]),
    ({"growth": -1e-300}, ValueError, ["growth: got -1e-300", "[0, inf)"]),
    ({"width": 0.0}, ValueError, ["width: got 0.0", "(0, inf)", "pass a value"]),
    ({"discount": 1.0000001}, ValueError, ["discount: got 1.0000001", "[0, 1]"]),
    ({"growth": 10**400}, ValueError, ["growth: got 1000", "finite", "pass a value"]),
    ({"growth": "1"}, TypeError, ["growth: got '1'", "must be one number", "pass one"]),
    ({"growth": "1\n2"}, TypeError, ["growth: got '1\\n2'", "must be one number"]),
    ({"growth": b"1"}, TypeError, ["growth: got b'1'", "must be one number"]),
    ({"growth": None}, TypeError, ["growth: got None", "must be one number", "pass one"]),
    ({"growth": True}, TypeError, ["growth: got True", "must be one number", "pass one"]),
    ({"growth": np.True_}, TypeError, ["growth: got True", "must be one number"]),
    ({"growth": 1j}, TypeError, ["growth: got 1j", "must be one number"]),
    ({"growth": np.complex128(1)}, TypeError, ["growth: got (1+0j)", "must be one number"]),
    ({"growth": [1.0]}, TypeError, ["growth: got [1.0]", "must be one number"]),
    ({"growth": np.ones(1)}, TypeError, ["growth: got [1.]", "must be one number"]),
    ({"growth": np.ones((9, 9))}, TypeError, ["growth: got [[1. 1.", "must be one number"]),
    ({"growth": {}}, TypeError, ["growth: got {}", "must be one number"]),
    ({"growth": sympy.Symbol("q")}, TypeError, ["growth: got q", "must be one number"]),
    ({"growth": abs}, TypeError, ["growth: got <built-in function abs>", "must be one number"]),
    ({"growth": Normal}, TypeError, ["growth: got <class", "must be one number"]),
    ({"growth": Normal(NAN)}, ValueError, ["growth: got Normal(mean=nan", "mean must be finite", "pass a finite"]),
    ({"growth": Uniform(0, INF)}, ValueError, ["growth: got Uniform", "high must be finite"]),
    ({"growth": Normal("0")}, TypeError, ["growth: mean of Normal: got '0'", "must be one number"]),
    ({"dim": 2.5}, ValueError, ["dim: got 2.5", "whole number, at least 1", "pass 2"]),
    ({"dim": 0}, ValueError, ["dim: got 0", "[1, inf)", "pass a value"]),
    ({"members": 0}, ValueError, ["members: got 0", "at least 1", "pass 1"]),
    ({"members": -3}, ValueError, ["members: got -3", "at least 1", "pass 1"]),
    ({"members": 0.2}, ValueError, ["members: got 0.2", "at least 1", "pass 1"]),
    ({"dim": NAN}, ValueError, ["dim: got nan", "finite", "pass a value"]),
    ({"dim": INF}, ValueError, ["dim: got inf", "finite", "pass a value"]),
    ({"dim": True}, TypeError, ["dim: got True", "must be one number"]),
    ({"dim": "3"}, TypeError, ["dim: got '3'", "must be one number"]),
    ({"dim": Normal(3, 0)}, TypeError, ["dim: got Normal", "cannot be drawn per replicate", "pass an integer"]),
    ({"base": [1.0, 2.0]}, ValueError, ["base: got shape (2,)", "must be (3,)", "pass 3 numbers or change dim"]),
    ({"base": []}, ValueError, ["base: got shape (0,)", "must be (3,)"]),
    ({"base": np.ones((3, 1))}, ValueError, ["base: got shape (3, 1)", "must be (3,)"]),
    ({"base": np.ones((2, 3)), "dim": 2}, ValueError, ["base: got shape (2, 3)", "must be (2,)"]),
    ({"base": [1.0, NAN, 0.0]}, ValueError, ["base: got [1.0, nan, 0.0]", "finite"]),
    ({"base": np.full(500, NAN), "dim": 500}, ValueError, ["base: got [nan nan", "finite", "pass a value"]),
    ({"start": [0, 0, 6]}, ValueError, ["start: got [0, 0, 6]", "[-5, 5]", "pass a value"]),
    ({"start": 6}, ValueError, ["start: got 6", "[-5, 5]"]),
    ({"base": lambda size: [INF] * size}, ValueError, ["base: got [inf, inf, inf]", "finite"]),
    ({"base": lambda size: [0.0]}, ValueError, ["base: got shape (1,)", "must be (3,)"]),
    ({"base": "1"}, TypeError, ["base: got '1'", "must be one number"]),
    ({"base": ["1", "2", "3"]}, TypeError, ["base: got '1'", "must be one number"]),
    ({"base": None}, TypeError, ["base: got None", "must be one number"]),
    ({"base": True}, TypeError, ["base: got True", "must be one number"]),
    ({"base": [1.0, True, 0.0]}, TypeError, ["base: got True", "must be one number"]),
    ({"base": np.array([True, False, True])}, TypeError, ["base: got True", "must be one number"]),
    ({"base": [1, 2, [3]]}, TypeError, ["base: got [3]", "must be one number"]),
    ({"base": {1, 2, 3}}, TypeError, ["base: got {1, 2, 3}", "must be one number"]),
    ({"base": np.array([1j, 0, 0])}, TypeError, ["base: got 1j", "must be one number"]),
    ({"base": np.array(["2020", "2021", "2022"], "M8[D]")}, TypeError, ["base: got 2020", "must be one number"]),
]  # fmt: skip


@pytest.mark.parametrize(("given", "error", "words"), REFUSED, ids=lambda item: str(item)[:30].replace("\n", " "))
def test_refusals_name_parameter_value_rule_and_remedy(given, error, words):
    with pytest.raises(error) as caught:
        resolve(PARAMETERS, given)
    message = str(caught.value)
    assert type(caught.value) is error
    assert "\n" not in message
    assert len(message) < 250
    for word in words:
        assert word in message


@pytest.mark.parametrize("given", [{}, {"dim": 1}, {"dim": np.int64(7)}, {"dim": 4.0}])
def test_defaults(given):
    found = resolve(PARAMETERS, given)
    size = int(given.get("dim", 3))
    assert list(found) == [parameter.name for parameter in PARAMETERS]
    assert found["dim"] == size
    assert type(found["dim"]) is int
    np.testing.assert_array_equal(found["base"], [1.0] + [0.0] * (size - 1))
    np.testing.assert_array_equal(found["start"], [-1.0] if size == 1 else [0.0, 1.0] + [0.0] * (size - 2))
    np.testing.assert_array_equal(found["offset"], [2.0] * size)
    assert abs(np.dot(found["base"], found["start"])) == (1 if size == 1 else 0)


SAME = [
    ({"growth": 1}, {"growth": 1.0}),
    ({"growth": np.float32(0.5)}, {"growth": Fraction(1, 2)}),
    ({"growth": np.array(2)}, {"growth": sympy.Integer(2)}),
    ({"growth": -0.0}, {"growth": 0}),
    ({}, {"growth": 0.5, "dim": 3, "width": 0.1}),
    ({"dim": 5.0}, {"dim": np.uint8(5)}),
    ({"base": 1}, {"base": [1, 1.0, np.float32(1)]}),
    ({"base": (1, 2, 3)}, {"base": np.array([1, 2, 3], np.int8)}),
    ({"base": range(3)}, {"base": np.arange(6.0)[::2] / 2}),
    ({"base": lambda size: np.arange(size)}, {"base": [0, 1, 2]}),
    ({"growth": Normal(1, 0)}, {"growth": Normal(1.0, 0.0)}),
    ({"base": Sphere(2)}, {"base": Sphere(np.float64(2.0))}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_means_the_same_has_one_canonical_form(one, other):
    a, b = resolve(PARAMETERS, one), resolve(PARAMETERS, other)
    assert canonical(a) == canonical(b)
    for name in a:
        assert type(a[name]) is type(b[name])
        if isinstance(a[name], np.ndarray):
            assert a[name].dtype == b[name].dtype == np.float64
    assert canonical(resolve(PARAMETERS, a)) == canonical(a)  # and it resolves to itself


def test_resolved_vectors_are_not_the_callers():
    mine = np.ones(3)
    found = resolve(PARAMETERS, {"base": mine})
    mine[0] = np.nan
    np.testing.assert_array_equal(found["base"], np.ones(3))


def test_ranges():
    half_open = Range(0.0, 1.0, open_low=True)
    assert half_open.contains([1e-300, 1.0])
    assert not half_open.contains([0.5, 0.0])
    assert not half_open.contains([0.5, np.nextafter(1.0, 2.0)])
    assert not Range().contains([0.0, INF])
    assert not Range().contains(NAN)
    assert Range().contains(-1e308)
    assert [str(one) for one in (half_open, POSITIVE, NONNEGATIVE, SHARE, Range(high=2, open_high=True))] == [
        "(0, 1]", "(0, inf)", "[0, inf)", "[0, 1]", "(-inf, 2)",
    ]  # fmt: skip


def test_check_draw():
    parameter = Parameter("width", 0.1, range=POSITIVE)
    check_draw(parameter, np.array([1e-9, 3.0]))
    for outside in (0.0, -1.0, NAN, INF):
        with pytest.raises(ValueError, match=r"^width: .* outside \(0, inf\); choose .* in that range$"):
            check_draw(parameter, np.array([1.0, outside]))


@pytest.mark.parametrize(
    ("parameter", "known"),
    [
        (Parameter("p", 1.0), {"is_real": True, "is_nonnegative": None, "is_positive": None}),
        (Parameter("p", 1.0, range=NONNEGATIVE), {"is_nonnegative": True, "is_positive": None}),
        (Parameter("p", 1.0, range=SHARE), {"is_nonnegative": True, "is_positive": None}),
        (Parameter("p", 1.0, range=POSITIVE), {"is_positive": True, "is_integer": None}),
        (Parameter("p", 1.0, range=Range(low=2.0)), {"is_positive": True}),
        (Parameter("p", 1.0, range=Range(low=-2.0)), {"is_nonnegative": None}),
        (Parameter("p", 1, integer=True), {"is_integer": True, "is_positive": True}),
    ],
)
def test_symbols_assume_what_the_range_justifies_and_no_more(parameter, known):
    assert {name: getattr(parameter.variable, name) for name in known} == known
    assert str(parameter.variable) == "p"
