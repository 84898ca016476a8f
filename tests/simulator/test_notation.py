"""How a law is written: LaTeX, text, and the canonical content behind its fingerprint."""

from __future__ import annotations

import pytest
import sympy

from simulator import Model, Normal, Parameter, Trait, logistic, total
from simulator.models.goal_drift import goal_drift, several_prerequisites
from simulator.notation import content, expression_latex, law_latex, law_text, symbols, tree

x, y = sympy.symbols("x y", real=True)
speed, depth = Trait("speed", symbol="v"), Trait("depth_of_mind", dim="n")
n = Parameter("n", 2, symbol="N", integer=True)
rate = Parameter("slow_rate", 1.0, symbol=r"\rho", unit="1/s", meaning="how fast")


def law(**parts):
    base = {
        "name": "law",
        "traits": (speed, depth),
        "reward": rate * speed - total(depth**2),
        "parameters": (n, rate),
        "learner": {depth: 1},
        "growth": {speed: rate},
        "noise": {depth: rate / 2},
        "initial": {speed: 0, depth: 0},
    }
    return Model(**(base | parts))


def test_every_symbol_has_its_latex_name():
    assert {str(symbol): name for symbol, name in symbols(law()).items()} == {
        "n": "N",
        "slow_rate": r"\rho",
        "speed": "v",
        "speed_initial": "v(0)",
        "depth_of_mind": r"\mathrm{depth\ of\ mind}",
        "depth_of_mind_initial": r"\mathrm{depth\ of\ mind}(0)",
    }


def test_law_in_latex():
    lines = law_latex(law()).splitlines()
    assert lines == [
        r"\begin{aligned}",
        r"dv &= \left[\rho\right]dt \\",
        r"d\mathrm{depth\ of\ mind} &= \left[- 2 \mathrm{depth\ of\ mind}\right]dt"
        r" + \frac{\rho}{2}\,dW_{\mathrm{depth\ of\ mind}}",
        r"\end{aligned}",
    ]
    assert law().latex() == law_latex(law())


def test_latex_names_everything_in_the_law():
    for model in (goal_drift, several_prerequisites):
        text = model.latex()
        for trait in model.traits:
            assert rf"d{trait.symbol} &= \left[" in text
            assert (rf"dW_{{{trait.symbol}}}" in text) == (trait in model.noise)
            for symbol in model.drift[trait].free_symbols:
                assert symbols(model)[symbol] in text
        assert text.count("\\\\\n") == len(model.traits) - 1
    assert r"\operatorname{logistic}" in goal_drift.latex()
    assert r"\kappa" in goal_drift.latex(goal_drift.reward)


def test_expressions_in_latex():
    assert expression_latex(law(), rate * speed) == r"\rho v"
    assert expression_latex(law(), total(depth.initial**2)) == r"\sum_j \mathrm{depth\ of\ mind}(0)^{2}"
    assert law().latex(speed.initial / rate) == r"\frac{v(0)}{\rho}"
    with pytest.raises(sympy.SympifyError):
        law().latex("speed")  # text is never evaluated


def test_law_in_text():
    lines = law_text(law(says="It moves.", absorb={"stop": 1 - speed}, measures={"where": speed})).splitlines()
    assert lines == [
        "law: It moves.",
        "  reward  slow_rate*speed - total(depth_of_mind**2)",
        "  d speed = (slow_rate) dt",
        "  d depth_of_mind in R^n = (-2*depth_of_mind) dt + (slow_rate/2) dW",
        "  stops by stop where 1 - speed = 0",
        "  n = 2 in (-inf, inf): ",
        "  slow_rate = 1.0 1/s in (-inf, inf): how fast",
        "  measures  where, reward",
    ]
    assert law_text(law()).startswith("law\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (x + y, y + x),
        (x * y * 2, 2 * y * x),
        (total(x * y + 1), total(1 + y * x)),
        (x + sympy.Float(0.1), sympy.Float(0.1) + x),
        (sympy.Add(y, x, evaluate=False), sympy.Add(x, y, evaluate=False)),
        (sympy.Mul(y, x, evaluate=False), x * y),
        (sympy.Max(x, y, 1), sympy.Max(1, y, x)),
        (sympy.And(x > 0, y > 0), sympy.And(y > 0, x > 0)),
    ],
)
def test_one_tree_for_one_structure(one, other):
    assert tree(one) == tree(other)


DIFFERENT = [
    x, y, x + y, x * y, x - y, y - x, x / y, y / x, x**y, y**x, x**2, 2 * x, logistic(x), total(x), total(x * y),
    total(x) * y, sympy.Max(x, y), sympy.Min(x, y), x > y, y > x, x >= y, sympy.Piecewise((x, x > y), (y, True)),
    sympy.Piecewise((x, x >= y), (y, True)), sympy.Piecewise((y, x > y), (x, True)), sympy.Integer(1), sympy.Float(0.1),
    sympy.Float(0.1 + 2**-56), sympy.Rational(1, 10), sympy.pi, sympy.Symbol("pi"), sympy.E, sympy.Symbol("E"),
    sympy.true, sympy.Symbol("true"), sympy.nan, sympy.oo, -sympy.oo,
]  # fmt: skip


def test_different_expressions_have_different_trees():
    texts = [tree(expression) for expression in DIFFERENT]
    assert len(set(texts)) == len(texts)
    assert all("\n" not in text for text in texts)


def test_content_is_plain_data():
    def plain(data):
        if isinstance(data, dict):
            return all(isinstance(key, str) and plain(value) for key, value in data.items())
        return all(map(plain, data)) if isinstance(data, list) else data is None or isinstance(data, (str, int, bool))

    made = law(initial={speed: Normal(rate, 1), depth: 0}, learner={depth: 1, speed: rate}, absorb={"stop": speed})
    assert plain(content(made))
    assert content(made)["initial"]["speed"] == ["Normal", {"mean": "slow_rate", "sd": "1"}]


def test_order_of_routes_is_content():
    """It decides ties, and which random numbers belong to which route."""
    one, other = {"up": 1 - speed, "down": 1 + speed}, {"down": 1 + speed, "up": 1 - speed}
    assert law(absorb=one).fingerprint != law(absorb=other).fingerprint
    assert law(absorb=one).fingerprint == law(absorb=dict(one)).fingerprint
