"""The law: what is derived from a declaration, against formulas by hand; what is refused; its identity."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sympy

from simulator import Measure, Model, Normal, Parameter, Range, Trait, logistic, total
from simulator.models.goal_drift import decision, goal_drift, learned_capability, several_prerequisites
from simulator.notation import content
from simulator.parameter import NONNEGATIVE, POSITIVE, first_axis
from tests.twin import evaluate

ROOT = Path(__file__).parents[2]
LAWS = (goal_drift, learned_capability, several_prerequisites, decision)

# A small law to vary: two scalars and a vector.
x, y, z = Trait("x", symbol="x"), Trait("y"), Trait("z", dim="n")
w = Trait("w", dim="m")
n, m = Parameter("n", 2, integer=True), Parameter("m", 3, integer=True)
a, s = Parameter("a", 1.0), Parameter("s", 0.5, range=POSITIVE)
v = Parameter("v", first_axis, dim="n")
BASE = {
    "name": "law",
    "traits": (x, y, z),
    "reward": a * x * y - total((z - v) ** 2) * logistic(x / s),
    "parameters": (n, a, s, v),
    "learner": {z: 1},
    "initial": {x: 0, y: a, z: v},
}
WIDER = {"traits": (x, y, z, w), "parameters": (n, m, a, s, v), "initial": {x: 0, y: a, z: v, w: 0}}


def law(**parts):
    return Model(**(BASE | parts))


def values_of(model, seed, components=3, others=2):
    """Random values of every symbol of a law: arrays (component, replicate) for vectors."""
    generator = np.random.default_rng(seed)
    sizes = {"dim": components, "prerequisites": others, "n": components, "m": others}
    values = {}
    for declared in (*model.traits, *model.parameters):
        shape = (5,) if declared.dim is None else (sizes[declared.dim], 5)
        values[declared.variable] = generator.uniform(0.2, 1.8, shape)
    return values | {p.variable: float(sizes[p.name]) for p in model.parameters if p.integer}


def by_hand(model, values):
    """The drifts as one would write them on paper."""
    p = {str(symbol): value for symbol, value in values.items()}
    c, g = p["capability"], p["goal"]
    loss = p["pull"] / 2 * np.sum((g - p["base"]) ** 2, axis=0)
    capability = p["growth"]
    drifts = {}
    if model is decision:
        kept = p["discount"] ** p["horizon"]
        gate = 1 / (1 + np.exp(-(kept * p["stake"] - p["cost"]) / p["temperature"]))
        drifts["stake"] = p["ease_stake"] * gate * (1 - gate) * kept / p["temperature"] * loss
        drifts["discount"] = 0.0
    elif model is several_prerequisites:
        gate = np.prod(1 / (1 + np.exp(-(c - p["threshold"]) / p["width"])), axis=0)
    else:
        gate = 1 / (1 + np.exp(-(c - p["threshold"]) / p["width"]))
    if model is learned_capability:
        capability = p["growth"] + p["ease"] * (p["value"] + gate * (1 - gate) / p["width"] * loss)
    goal = -(1 - gate) * p["pull"] * (g - p["base"]) - p["weight_decay"] * g
    return drifts | {"capability": capability, "goal": goal}


@pytest.mark.parametrize("model", LAWS, ids=lambda model: model.name)
def test_drift_of_goal_drift_and_its_variants(model):
    values = values_of(model, seed=1)
    expected = by_hand(model, values)
    assert {trait.name for trait in model.drift} == set(expected)
    for trait, drift in model.drift.items():
        np.testing.assert_allclose(evaluate(drift, values), expected[trait.name], rtol=1e-11, err_msg=trait.name)
    pull = model.parameter("pull").variable
    slightly_off = by_hand(model, values | {pull: 1.001 * values[pull]})
    assert not np.allclose(slightly_off["goal"], expected["goal"], rtol=1e-5)


def test_state_dependent_learner_growth_and_decay():
    made = law(
        reward=a * x**2 * y - total((z - v) ** 2),
        learner={x: y**2, z: logistic(z) * x},
        growth={x: a, y: s * x, z: v * total(z)},
        decay={x: s, z: s * z},
    )
    values = values_of(made, seed=2)
    p = {str(symbol): value for symbol, value in values.items()}
    X, Y, Z = p["x"], p["y"], p["z"]
    np.testing.assert_allclose(evaluate(made.drift[x], values), Y**2 * 2 * p["a"] * X * Y + p["a"] - p["s"] * X, 1e-13)
    np.testing.assert_allclose(evaluate(made.drift[y], values), p["s"] * X, 1e-13)
    pulled = -2 * (Z - p["v"]) / (1 + np.exp(-Z)) * X
    np.testing.assert_allclose(evaluate(made.drift[z], values), pulled + p["v"] * Z.sum(0) - p["s"] * Z**2, rtol=1e-12)


@pytest.mark.parametrize("pair", [(x, y), (y, x)])
def test_pair_learner_is_symmetric(pair):
    metric = s + x**2
    made = law(reward=a * x**3 + x * y**2, learner={x: a, pair: metric})
    assert sympy.expand(made.drift[x] - (a * (3 * a * x**2 + y**2) + metric * 2 * x * y)) == 0
    assert sympy.expand(made.drift[y] - metric * (3 * a * x**2 + y**2)) == 0
    assert made.drift[z] == 0


def test_pair_order_is_no_matter():
    one, other = law(learner={(x, y): a, z: 1}), law(learner={z: 1, (y, x): a})
    assert one.drift == other.drift
    assert one.fingerprint == other.fingerprint


def test_a_total_of_a_scalar_counts_components():
    made = law(reward=total(x**2) + total(z + x), learner={x: 1, z: 1})
    assert made.drift[x] == 2 * x * n.variable + n.variable
    assert made.drift[z] == 1
    two = law(**WIDER | {"reward": total(z + x) + total(w * total(z)), "learner": {x: 1, z: 1}})
    assert two.drift[x] == n.variable
    assert two.drift[z] == total(w.variable) + 1


def test_numbers_and_declared_things_are_expressions():
    made = law(growth={x: 1, y: np.float64(0.25), z: v}, noise={z: s}, measures={"how": x, "far": Measure(total(z**2))})
    assert made.growth == {x: 1, y: sympy.Float(0.25), z: v.variable}
    assert made.measures["how"].expression == x.variable
    assert (2 * x + 1) / s - y**2 == (2 * x.variable + 1) / s.variable - y.variable**2
    assert abs(-x) == sympy.Abs(x.variable)
    assert (1 - x, 2 / s, 2**x, np.float64(2) * x) == (
        1 - x.variable, 2 / s.variable, 2**x.variable, sympy.Float(2.0) * x.variable,
    )  # fmt: skip
    assert (x < 1, x >= y) == (x.variable < 1, x.variable >= y.variable)


@pytest.mark.parametrize("wrong", ["1", None, [1.0], np.ones(2), object()])
def test_arithmetic_with_anything_else_is_refused(wrong):
    for combine in (lambda: x + wrong, lambda: s / wrong, lambda: x < wrong):
        with pytest.raises(TypeError, match=r"^[xs]: cannot be combined with a .*; must be an expression.*$") as caught:
            combine()
        assert "\n" not in str(caught.value)


# What is declared, the error, and the words that its one line must contain.
REFUSED = {
    "undeclared symbol": ({"reward": x * sympy.Symbol("q")}, ValueError, ["reward uses q", "declare it"]),
    "undeclared in noise": ({"noise": {x: sympy.Symbol("q")}}, ValueError, ["noise of x uses q", "declare it"]),
    "a symbol like a parameter": ({"reward": x * sympy.Symbol("s")}, ValueError, ["reward uses s", "correct its name"]),
    "text": ({"reward": "a*x"}, TypeError, ["reward has 'a*x'", "text is never evaluated"]),
    "text in a part": ({"growth": {x: "a"}}, TypeError, ["growth has 'a'", "text is never evaluated"]),
    "text measured": ({"measures": {"q": "x"}}, TypeError, ["measures has 'x'", "text is never evaluated"]),
    "text at start": ({"initial": {x: "0"}}, TypeError, ["initial has '0'", "text is never evaluated"]),
    "text in a distribution": ({"initial": {x: Normal("0")}}, TypeError, ["initial has '0'", "never evaluated"]),
    "nothing": ({"reward": None}, TypeError, ["reward has None", "must be an expression or a number"]),
    "a list": ({"reward": [x, y]}, TypeError, ["reward has [", "must be an expression or a number"]),
    "an array": ({"initial": {z: np.ones(2)}}, TypeError, ["initial has array", "must be an expression"]),
    "a truth": ({"reward": True}, TypeError, ["reward is True", "must be an expression or a number"]),
    "a condition": ({"growth": {x: x > 1}}, TypeError, ["growth of x is x > 1", "use Piecewise"]),
    "NaN": ({"reward": x * float("nan")}, ValueError, ["reward is nan", "must be real and finite"]),
    "infinity": ({"decay": {x: float("inf")}}, ValueError, ["decay of x is oo", "must be real and finite"]),
    "imaginary": ({"noise": {x: 1j}}, ValueError, ["noise of x is 1.0*I", "must be real and finite"]),
    "imaginary measure": ({"measures": {"q": sympy.I * x}}, ValueError, ["measure q is I*x", "must be real"]),
    "mixed dimensions": (WIDER | {"reward": total(z * w)}, ValueError, ["reward: dimensions m and n are", "total()"]),
    "mixed, measured": (WIDER | {"measures": {"q": z * w}}, ValueError, ["measure q: dimensions m and n", "total()"]),
    "total of a scalar": (WIDER | {"reward": total(x)}, ValueError, ["reward: total() of a scalar", "multiply"]),
    "vector reward": ({"reward": z}, ValueError, ["reward is a vector of 'n'", "must be a scalar", "total()"]),
    "vector in scalar place": ({"growth": {x: z}}, ValueError, ["growth of x is a vector of 'n'", "must be a scalar"]),
    "vector learner": ({"learner": {x: z}}, ValueError, ["learner is a vector of 'n'", "must be a scalar"]),
    "vector noise": ({"noise": {y: v}}, ValueError, ["noise of y is a vector", "must be a scalar"]),
    "vector at start": ({"initial": {x: v, y: 0, z: 0}}, ValueError, ["initial of x is a vector", "must be a scalar"]),
    "vector drawn": ({"initial": {x: Normal(v), y: 0, z: 0}}, ValueError, ["initial of x is a vector of 'n'"]),
    "vector stop": ({"absorb": {"out": z}}, ValueError, ["absorb out is a vector", "must be a scalar"]),
    "condition as stop": ({"absorb": {"out": x > 1}}, TypeError, ["absorb out is x > 1", "must be an expression"]),
    "another vector": (WIDER | {"growth": {z: w}}, ValueError, ["growth of z is a vector of 'm'", "of dimension 'n'"]),
    "missing initial": ({"initial": {x: 0, z: v}}, ValueError, ["trait 'y' has no initial value", "add it to initial"]),
    "state at start": ({"initial": {x: y, y: 0, z: 0}}, ValueError, ["initial of x uses y", "no declared parameter"]),
    "initial at start": ({"initial": {x: y.initial, y: 0, z: 0}}, ValueError, ["initial of x uses y_initial"]),
    "two parameters": ({"parameters": (n, a, s, v, a)}, ValueError, ["'a' is declared 2 times", "its own name"]),
    "trait and parameter": ({"parameters": (n, a, s, v, Parameter("x", 1.0))}, ValueError, ["'x' is declared 2 times"]),
    "keyword": ({"parameters": (n, a, s, v, Parameter("lambda", 1.0))}, ValueError, ["'lambda'", "rename it"]),
    "no identifier": ({"parameters": (n, a, s, v, Parameter("a b", 1.0))}, ValueError, ["'a b'", "rename it"]),
    "private": ({"parameters": (n, a, s, v, Parameter("_a", 1.0))}, ValueError, ["'_a'", "rename it"]),
    "time": ({"parameters": (n, a, s, v, Parameter("time", 1.0))}, ValueError, ["'time'", "observed", "rename it"]),
    "a start's name": (
        {"parameters": (n, a, s, v, Parameter("z_initial", 1.0))}, ValueError, ["z_initial", "z at time 0", "rename"],
    ),
    "a trait's name": ({"measures": {"x": 2 * x}}, ValueError, ["measure 'x'", "trait's name", "rename it"]),
    "no dimension": ({"parameters": (a, s, v)}, ValueError, ["dimension 'n'", "add Parameter('n', default=2, integer"]),
    "no count": (
        {"parameters": (Parameter("n", 2.0), a, s, v)}, ValueError, ["dimension 'n'", "add Parameter('n', default=2"],
    ),
    "vector of counts": (
        {"parameters": (n, a, s, v, Parameter("k", 2, integer=True, dim="n"))}, ValueError, ["k counts", "vector"],
    ),
    "stranger": ({"growth": {w: 1}}, ValueError, ["growth names", "'w'", "no trait of this law"]),
    "name for a trait": ({"noise": {"x": 1}}, ValueError, ["noise names 'x'", "no trait of this law"]),
    "stranger learns": ({"learner": {w: 1}}, ValueError, ["learner names", "'w'", "no trait"]),
    "stranger in a pair": ({"learner": {(x, w): 1}}, ValueError, ["learner names", "'w'", "no trait"]),
    "vector pair": ({"learner": {(x, z): 1}}, ValueError, ["learner couples", "only scalar traits"]),
    "self pair": ({"learner": {(x, x): 1}}, ValueError, ["couples x to itself", "by the trait alone"]),
    "pair twice": ({"learner": {(x, y): 1, (y, x): 1}}, ValueError, ["twice", "symmetric", "give it once"]),
    "triple": ({"learner": {(x, y, x): 1}}, ValueError, ["3 traits in one key", "a trait or a pair"]),
    "single": ({"learner": {(x,): 1}}, ValueError, ["1 traits in one key", "a trait or a pair"]),
    "forgotten comma": ({"traits": x}, TypeError, ["traits is no tuple", "write traits=(one,)"]),
    "forgotten comma too": ({"parameters": a}, TypeError, ["parameters is no tuple", "write parameters=(one,)"]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_line_that_names_what_is_needed(case):
    parts, error, words = REFUSED[case]
    with pytest.raises(error) as caught:
        law(**parts)
    message = str(caught.value)
    assert type(caught.value) is error
    assert "\n" not in message
    assert message.startswith("law: ")
    for word in words:
        assert word in message


def test_what_is_not_refused():
    made = law(
        measures={"x": x, "above": x > 1, "where": sympy.Piecewise((y, x > 1), (sympy.nan, True)), "all": z},
        noise={x: 0},
        absorb={"out": 1 - x, "down": x + total(z)},
    )
    assert made.measures["above"].expression == (x.variable > 1)
    assert made.dimension(made.measures["all"].expression) == "n"


def test_replace():
    goal = goal_drift.traits[1]
    mine = goal_drift.replace(name="mine", noise={}, measures=goal_drift.measures | {"square": total(goal**2)})
    assert mine.name == "mine"
    assert mine.noise == {}
    assert set(mine.measures) == {*goal_drift.measures, "square"}
    assert mine.drift == goal_drift.drift
    assert "square" not in goal_drift.measures
    assert goal_drift.noise
    assert goal_drift.replace().fingerprint == goal_drift.fingerprint
    assert goal_drift.replace(reward=0).drift != goal_drift.drift  # nothing derived is carried over


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: goal_drift.replace(rewrd=1), "^goal_drift: a law has no part 'rewrd'; did you mean 'reward'"),
        (lambda: goal_drift.replace(zzz=1), "^goal_drift: a law has no part 'zzz'; known: absorb, decay"),
        (lambda: goal_drift.parameter("widht"), "^unknown parameter 'widht' of goal_drift; did you mean 'width'"),
        (lambda: goal_drift.experiment(level="langvin"), "^level: got 'langvin'; did you mean 'langevin'"),
        (lambda: goal_drift.kernel_source(level="zzz"), "^level: got 'zzz'; known: "),
        (lambda: goal_drift.gradient(goal_drift.traits[1], goal_drift.traits[1]), "^gradient: goal is a vector"),
    ],
)
def test_unknown_names_are_refused(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("model", LAWS, ids=lambda model: model.name)
def test_pickle_round_trip(model):
    bare = model.replace()
    for one in (bare, model):  # before and after anything has been derived
        again = pickle.loads(pickle.dumps(one))
        assert content(again) == content(model)
        assert again.fingerprint == model.fingerprint
        assert again.drift == model.drift
        assert again.replace(noise={}).fingerprint == model.replace(noise={}).fingerprint
        assert repr(again) == repr(model)


PRINT = """
from tests.simulator import test_model
print(*(law.fingerprint for law in (*test_model.LAWS, test_model.law(), test_model.ordered())))
"""


def ordered():
    """A law of parts whose order in memory depends on hashes."""
    worst = sympy.Max(x, y, a, s) + sympy.Min(x, 1, y) * sympy.Piecewise((x, sympy.And(x > a, y > s)), (y, True))
    return law(reward=worst + total(sympy.exp(z) * x * y * a * s), growth={y: a, x: s}, noise={z: s, x: a})


def test_fingerprint_is_the_same_in_every_process():
    here = [model.fingerprint for model in (*LAWS, law(), ordered())]
    assert len(set(here)) == len(here)
    seed = "4242" if os.environ.get("PYTHONHASHSEED") != "4242" else "1"
    there = subprocess.run(
        [sys.executable, "-c", PRINT], env=os.environ | {"PYTHONHASHSEED": seed}, cwd=ROOT,
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert there.split() == here


CHANGED = {
    "name": {"name": "other"},
    "reward": {"reward": a * x * y - total((z - v) ** 2) * logistic(x / s) + x},
    "constant": {"reward": 2 * BASE["reward"]},
    "learner": {"learner": {z: 2}},
    "learner's place": {"learner": {x: 1}},
    "pair": {"learner": {(x, y): 1, z: 1}},
    "growth": {"growth": {x: a}},
    "decay": {"decay": {x: a}},
    "noise": {"noise": {x: a}},
    "initial": {"initial": {x: 0, y: a + 1, z: v}},
    "distribution": {"initial": {x: 0, y: Normal(a, 0), z: v}},
    "absorb": {"absorb": {"out": x}},
    "measure": {"measures": {"far": total(z**2)}},
    "parameter": {"parameters": (n, a, s, v, Parameter("more", 1.0))},
    "dimension": {"parameters": (n, a, s, v, Parameter("more", 1.0, dim="n"))},
}
SAME = {
    "words": {"says": "Something."},
    "order of parameters": {"parameters": (v, s, a, n)},
    "meaning": {"parameters": (n, Parameter("a", 7.0, r"\alpha", unit="1", meaning="more"), s, v)},
    "order of terms": {"reward": -logistic(x / s) * total((-v + z) ** 2) + y * x * a},
    "order of parts": {"initial": {z: v, y: a, x: 0}},
    "no noise": {"noise": {}},
}


def test_fingerprint_follows_the_law():
    found = [law().fingerprint] + [law(**change).fingerprint for change in CHANGED.values()]
    assert len(set(found)) == len(found)
    assert {law(**change).fingerprint for change in SAME.values()} == {law().fingerprint}


def test_a_law_prints_what_a_reader_needs():
    text = repr(goal_drift)
    for word in (goal_drift.name, goal_drift.says, "reward", "d goal in R^dim", "d capability", ") dW", "alignment"):
        assert word in text
    for parameter in goal_drift.parameters:
        line = next(line for line in text.splitlines() if line.strip().startswith(f"{parameter.name} = "))
        assert str(parameter.range) in line
        assert parameter.meaning in line
        assert parameter.unit in line
    stopping = law(absorb={"out": 1 - x})
    assert "stops by out where 1 - x = 0" in repr(stopping)


def test_assumptions_follow_ranges():
    made = law(parameters=(n, a, Parameter("s", 0.5, range=NONNEGATIVE), v), reward=x, learner={})
    assert made.parameter("s").variable.is_nonnegative
    with pytest.raises(ValueError, match="reward uses s"):
        made.replace(reward=s * x)  # the symbol of another declaration
    assert Range(low=0.0).contains(0.0)
