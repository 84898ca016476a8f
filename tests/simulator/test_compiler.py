"""Compiled kernels against the plain meaning of their programs, and their promises about memory, tails and dtype."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.codegen.cfunctions import expm1, log1p

from simulator.calculus import gradient
from simulator.compiler import SCALAR, Assign, Let, Program, Shape, compile_program, numeric
from simulator.compiler.stable import stable
from simulator.compiler.tape import FOLDS, RELATIONS, UFUNCS
from simulator.functions import exprel, logistic, softplus, total
from simulator.levels.langevin.kernels import kernels_of
from simulator.models.goal_drift import decision, goal_drift, learned_capability, several_prerequisites
from tests.twin import evaluate, exact

ROOT = Path(__file__).parents[2]
SIZES, REPLICATES = {"dim": 3}, 5
COLUMN, ROW, FULL = Shape("dim"), Shape(None, True), Shape("dim", True)
SHAPES = (SCALAR, COLUMN, ROW, FULL)
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-5}

# Moving symbols x, y (full), r (a row), q (a column), s (a scalar); constants of every shape.
x, y, r, q, s, p, a, b, c, f = sympy.symbols("x y r q s p a b c f", real=True)
INPUTS = {x: FULL, y: FULL, r: ROW, q: COLUMN, s: SCALAR}
CONSTANTS = {a: SCALAR, b: COLUMN, c: ROW, f: FULL}


def extent(shape, replicates=REPLICATES):
    if shape.component is None:
        return (replicates,) if shape.replicate else ()
    return (SIZES[shape.component], replicates if shape.replicate else 1)


def draw(shapes, seed, low=0.25, high=1.75):
    generator = np.random.default_rng(seed)
    return {symbol: np.float64(generator.uniform(low, high, extent(shape))) if shape == SCALAR
            else generator.uniform(low, high, extent(shape)) for symbol, shape in shapes.items()}  # fmt: skip


def cast(values, dtype):
    """Arrays of a type; scalars stay float64, as in a block."""
    return {symbol: value.astype(dtype) if np.ndim(value) else value for symbol, value in values.items()}


def run(kernel, program, values, dtype=np.float64, buffers=None):
    """Run a kernel on copies; return the inputs' values afterwards, and the returns."""
    hoisted = kernel.hoist({str(symbol): values[symbol] for symbol in program.constants})
    moving = (*program.inputs, *program.scratch)
    arrays = {symbol: np.array(values[symbol]) if np.ndim(values[symbol]) else values[symbol] for symbol in moving}
    buffers = kernel.buffers(SIZES, REPLICATES, dtype) if buffers is None else buffers
    with np.errstate(all="ignore"):
        results = kernel.run([arrays[symbol] for symbol in moving], hoisted, buffers)
    scalars = [symbol for symbol, shape in program.inputs.items() if shape == SCALAR]
    arrays |= dict(zip(scalars, results, strict=False))
    return arrays, results[len(scalars) :]


def interpret(program, values):
    """The meaning of a program: one statement after the other, each on a copy."""
    state = dict(values)
    for statement in program.statements:
        found = evaluate(statement.expression, state)
        if isinstance(statement, Assign):
            found = np.array(np.broadcast_to(found, np.shape(state[statement.symbol])))
        state[statement.symbol] = found
    return state, [evaluate(expression, state) for expression in program.returns]


def check(program, values, dtype=np.float64, atol=0.0, meaning=None):
    """Compare a program's kernel with the meaning of the program (or of another one)."""
    kernel = compile_program(program, single=dtype is np.float32)
    values = cast(values, dtype)
    state, returns = run(kernel, program, values, dtype)
    with np.errstate(all="ignore"):
        expected, results = interpret(meaning or program, cast(values, np.float64))
    pairs = [*zip(returns, results, strict=True), *((state[symbol], expected[symbol]) for symbol in program.inputs)]
    for found, wanted in pairs:
        both = np.broadcast_arrays(found, wanted)
        np.testing.assert_allclose(*both, rtol=TOLERANCE[dtype], atol=atol, err_msg=kernel.source.text)
        assert np.ndim(found) == 0 or found.dtype in (dtype, bool)


def of(expressions, **parts):
    return Program(**({"constants": CONSTANTS, "inputs": INPUTS, "returns": tuple(expressions)} | parts))


# ---- every function, every shape ------------------------------------------------------------------------------

ARGUMENT = {sympy.asin: lambda e: e / 2, sympy.acos: lambda e: e / 2, sympy.sign: lambda e: e - 1,
            sympy.floor: lambda e: 3 * e, sympy.ceiling: lambda e: 3 * e}  # fmt: skip


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("function", UFUNCS, ids=str)
def test_every_function_at_every_shape(function, dtype):
    inside = ARGUMENT.get(function, lambda e: e)
    symbols = (x, r, q, s, a, b, c, f)
    check(of([function(inside(symbol), evaluate=False) for symbol in symbols] + [function(inside(x) * a)]),
          draw(INPUTS | CONSTANTS, seed=1), dtype)  # fmt: skip


EXPRESSIONS = {
    "powers": [x ** sympy.Rational(1, 3), r ** sympy.Rational(3, 2), q ** sympy.Rational(-1, 2), s**-2, x**5, f**7,
               x ** sympy.Rational(-5, 2), (x + c) ** sympy.Rational(-1, 3), x**y, 2**x, x**-y,
               x**sympy.Float(0.5), x**a],
    "sums": [x + y, x - y, -x - y, x + r + q + s + a + b + c + f + 1, a * x + b * x - x, x - 1, 1 - x, -x - r - a,
             a - r, -s - a, x * (a + s) - y * (a - s), 2 * (x + y) * r],
    "products": [x * y, -x, a * b * c * f * x * r * q * s, x / y, r / (q * x), b * c, b * c * x, -3 * x * y / a,
                 x * y * y],
    "extrema": [sympy.Max(x, y), sympy.Min(x, r, q, s), sympy.Max(a, b, c, x, 1), sympy.Min(a, s),
                sympy.Max(x, 1) ** 2],
    "branches": [sympy.Piecewise((x, x > y), (r, True)), sympy.Piecewise((a, s > 1), (x, r < 1), (b * y, True)),
                 sympy.Piecewise((x, s > 1), (y, True)), sympy.Piecewise((1, b > 1), (0, True)) * x,
                 sympy.Piecewise((1, a > 1), (0, True)) + r, sympy.Piecewise((x, x > 1)),
                 sympy.Piecewise((x, x > 1), (sympy.nan, True)), sympy.Piecewise((x, x > 1), (sympy.oo, True)),
                 total(sympy.Piecewise((b, a > 0), (1, True))) * r, total(sympy.Piecewise((b, a > 9), (1, True))) * r],
    "conditions": [x > y, r <= 1, sympy.Eq(sympy.floor(x), 1), sympy.Ne(sympy.floor(r), 1),
                   sympy.And(x > 1, y < 1, r >= 1),
                   sympy.Or(x > 1, q < 1), sympy.Not(sympy.Or(x > 1, s < 1)), sympy.And(a > 1, b > 1), s > a,
                   sympy.Piecewise((x, sympy.And(x > 1, sympy.Or(r < 1, sympy.Not(q > 1)))), (y, True))],
    "totals": [total(x), total(q), total(b), total(x * r), r * total(b * x), total(x * total(x * y) / total(y)),
               total(sympy.exp(-total(x - b) * q)), x - y * total(x * y) / total(y**2), total(x * c) + total(b * c),
               total(b + r), total(total(b * q) * b), sympy.log(total(x)) * total(q) ** 2],
    "steps": [sympy.Max(x, 1).diff(x), sympy.Min(x, y, r).diff(x), sympy.Abs(x - 1).diff(x)],
    "constants": [a + b, b * c + f, total(b) * a, sympy.sqrt(a) * f, sympy.Integer(3), sympy.pi, sympy.exp(c),
                  a * x + a * b],
    "numbers": [x * sympy.pi, x + sympy.sqrt(2), x * sympy.Rational(1, 3), x + sympy.Float(0.1), x * sympy.exp(-20)],
    "laws": [a * (1 - logistic((x - a) / c)) * total((x - b) ** 2), -total(x / total(x) * sympy.log(x / total(x))),
             total((x - f * total(x * f) / total(f**2)) ** 2), 1 - sympy.exp(-total(softplus(-(x - b) / a)))],
}  # fmt: skip


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", EXPRESSIONS)
def test_expressions_of_every_kind(kind, dtype):
    values = draw(INPUTS | CONSTANTS, seed=2)
    for expression in EXPRESSIONS[kind]:
        check(of([expression]), values, dtype, atol=TOLERANCE[dtype])
    check(of(EXPRESSIONS[kind]), values, dtype, atol=TOLERANCE[dtype])  # and together, sharing what they share


def test_the_table_covers_the_language():
    used = {type(part) for parts in EXPRESSIONS.values() for e in parts for part in sympy.preorder_traversal(e)}
    assert {*FOLDS, *RELATIONS, sympy.Not, sympy.Piecewise, total, sympy.Heaviside} <= used


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_every_pair_of_shapes(dtype):
    """A product, a sum and a quotient of two symbols of any shapes, each constant or moving."""
    for one in SHAPES:
        for other in SHAPES:
            for constant in ((), (a,), (b,), (a, b)):
                shapes = {a: one, b: other}
                kept = {symbol: shape for symbol, shape in shapes.items() if symbol in constant}
                moving = {symbol: shape for symbol, shape in shapes.items() if symbol not in constant}
                program = Program(kept, moving, returns=(a * b + a - 2 * b, a / b, sympy.Max(a, b)))
                check(program, draw(shapes, seed=3), dtype, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("wrong", [x * (1 + sympy.Float(1e-11)), x + sympy.Float(1e-10), y, x * r])
def test_a_wrong_kernel_is_told_from_the_twin(wrong):
    values = draw(INPUTS | CONSTANTS, seed=2)
    check(of([x]), values)
    with pytest.raises(AssertionError):
        check(of([wrong]), values, meaning=of([x]))


# ---- programs -------------------------------------------------------------------------------------------------

old, two = sympy.symbols("old two", real=True)
PROGRAMS = {
    "later statements see the new value": (Assign(x, x + y), Assign(y, x * y)),
    "swap": (Let(old, x), Assign(x, y), Assign(y, old)),
    "old value after it was overwritten": (Let(old, x), Assign(x, x * r), Assign(y, y + old), Assign(x, x - old)),
    "a value shared with what is stored": (Assign(x, 2 * y), Assign(y, sympy.sin(2 * y) + x), Assign(x, x + 1)),
    "stored, then computed from": (Assign(x, 2 * y), Assign(x, x + 1), Assign(r, total(2 * y) * r)),
    "stored twice": (Assign(x, y * r), Assign(x, x + y * r), Assign(y, y * r)),
    "itself": (Let(old, x), Assign(x, x), Assign(y, old * y)),
    "scalar state": (Assign(s, s + a), Let(old, s), Assign(s, s * s), Assign(x, x * s + old), Assign(s, old - s)),
    "scalars swapped by name": (Let(old, s), Assign(s, sympy.exp(s)), Assign(q, q * old + s)),
    "smaller into larger": (Assign(x, r), Assign(y, q + s), Assign(r, a), Assign(q, b)),
    "a number": (Assign(x, sympy.Integer(1)), Assign(r, r * 0), Assign(s, sympy.Rational(1, 2))),
    "a name given again": (Let(old, x + 1), Assign(x, old * 2), Let(old, x + 5), Assign(y, old * 2)),
    "names of names": (Let(old, x * y), Let(two, old + x), Assign(x, two), Assign(y, two * old - x)),
    "row and full": (Assign(r, total(x * y)), Assign(x, x / r), Assign(r, total(x)), Assign(y, y * r)),
    "not in place": (Assign(x, exprel(x)), Assign(y, sympy.Piecewise((y, y > x), (x, True))), Assign(x, exprel(y))),
}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", PROGRAMS)
def test_statements_in_order(name, dtype):
    statements = PROGRAMS[name]
    named = tuple(dict.fromkeys(statement.symbol for statement in statements if isinstance(statement, Let)))
    for returns in ((), (x + y * r, s, x, *named)):
        program = of(returns, statements=statements)
        check(program, draw(INPUTS | CONSTANTS, seed=4), dtype, atol=TOLERANCE[dtype])


noise = sympy.Symbol("noise", real=True)
leaves = st.sampled_from([x, y, r, q, s, a, b, c, f, noise, sympy.Integer(2), sympy.Rational(1, 3)])
bounded = st.sampled_from(
    [sympy.tanh, logistic, sympy.sin, lambda e: sympy.exp(-(e**2)), lambda e: 1 / (1 + e**2), lambda e: e, lambda e: -e]
)
pairs = st.sampled_from(
    [lambda d, e: d + e, lambda d, e: d - e, lambda d, e: d * e, sympy.Max, lambda d, e: e * total(f * d) / 4,
     lambda d, e: sympy.Piecewise((d, y > f), (e, True)),
     lambda d, e: sympy.Piecewise((d, s > a), (e, r > c), (d * e, True))]
)  # fmt: skip


def grow(inner):
    combined = st.tuples(pairs, bounded, inner, inner).map(lambda made: made[1](made[0](made[2], made[3])))
    return combined | st.tuples(bounded, inner).map(lambda made: made[0](made[1]))


expressions = st.recursive(leaves, grow, max_leaves=5)


@st.composite
def programs(draw_):
    """Statements over traits of all shapes; every name may be read after what it was made from is overwritten."""
    statements, names = [], []
    for index in range(draw_(st.integers(1, 5))):
        expression = draw_(expressions)
        if names and draw_(st.booleans()):
            expression = expression * draw_(st.sampled_from(names)) + draw_(st.sampled_from(names))
        kind = draw_(st.sampled_from(["full", "full", "row", "column", "scalar", "let"]))
        if kind == "let":
            names.append(sympy.Symbol(f"let{index % 2}", real=True))
            statements.append(Let(names[-1], sympy.tanh(expression)))
            continue
        symbol = draw_(st.sampled_from({"full": [x, y], "row": [r], "column": [q], "scalar": [s]}[kind]))
        small = draw_(st.sampled_from([q * s + b, b / (1 + q**2) - s, total(b * q) * b, sympy.Max(a, b) * q]))
        fitting = {
            "full": expression,
            "row": total(expression * f) / 4,
            "column": small,
            "scalar": s * a - total(small),
        }
        statements.append(Assign(symbol, sympy.tanh(fitting[kind])))
    returns = draw_(st.lists(expressions, max_size=2)) + names[-1:]
    return Program(CONSTANTS, INPUTS, {noise: FULL}, tuple(statements), tuple(returns))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(programs(), st.integers(0, 3))
def test_random_programs(program, seed):
    """Values stay of order one (every statement is bounded), so that rounding errors stay near 1e-15."""
    check(program, draw({**INPUTS, **CONSTANTS, noise: FULL}, seed), atol=1e-12)


# ---- memory ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EXPRESSIONS)
def test_nothing_is_modified_that_must_not_be(kind):
    """Buffers are reused from run to run, whatever they held; inputs and constants keep every bit."""
    program = of(EXPRESSIONS[kind])
    kernel = compile_program(program)
    constants = draw(CONSTANTS, seed=5)
    hoisted = kernel.hoist({str(symbol): value for symbol, value in constants.items()})
    buffers = kernel.buffers(SIZES, REPLICATES, np.float64)
    for buffer in buffers:
        buffer.fill(np.nan if buffer.dtype != bool else True)
    for seed in (6, 7, 6):
        moving = draw(INPUTS, seed)
        before = {symbol: np.copy(value) for symbol, value in (constants | moving).items()}
        frozen = [np.copy(value) for value in hoisted]
        with np.errstate(all="ignore"):
            results = kernel.run(list(moving.values()), hoisted, buffers)[1:]
            expected = [evaluate(expression, constants | moving) for expression in program.returns]
        for found, wanted in zip(results, expected, strict=True):
            np.testing.assert_allclose(*np.broadcast_arrays(found, wanted), rtol=1e-12, atol=1e-12)
        for symbol, value in (constants | moving).items():
            np.testing.assert_array_equal(value, before[symbol], strict=True)
        for value, kept in zip(hoisted, frozen, strict=True):
            np.testing.assert_array_equal(value, kept)


def test_only_what_is_assigned_or_scratch_may_change():
    program = Program(
        {a: SCALAR}, {x: FULL, y: FULL}, {noise: FULL}, (Assign(x, sympy.exp(-x * a) * noise + y),), (x * y,)
    )
    values = draw({a: SCALAR, x: FULL, y: FULL, noise: FULL}, seed=8)
    arrays, _ = run(compile_program(program), program, values)
    np.testing.assert_array_equal(arrays[y], values[y])
    assert np.all(arrays[x] != values[x])


def test_threads_share_a_kernel():
    """Two threads with their own buffers get, run by run, the bits that one thread gets."""
    program = of(EXPRESSIONS["laws"] + EXPRESSIONS["branches"][:3], statements=PROGRAMS["row and full"])
    kernel = compile_program(program)
    work = {seed: draw(INPUTS | CONSTANTS, seed) for seed in range(2)}
    alone = {seed: run(kernel, program, values) for seed, values in work.items()}
    wrong, ready = [], threading.Barrier(2)

    def repeat(seed):
        buffers = kernel.buffers(SIZES, REPLICATES, np.float64)
        ready.wait()
        for _ in range(300):
            state, results = run(kernel, program, work[seed], buffers=buffers)
            same = all(np.array_equal(state[symbol], alone[seed][0][symbol]) for symbol in state)
            if not (same and all(map(np.array_equal, results, alone[seed][1]))):
                wrong.append(seed)

    threads = [threading.Thread(target=repeat, args=(seed,)) for seed in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not np.array_equal(alone[0][1][0], alone[1][1][0])


def body(text):
    """The lines of run() after it has unpacked its arguments."""
    lines = text.partition("def run(")[2].splitlines()[1:]
    return [line.strip() for line in lines if " = inputs" not in line and not re.search(r" = (hoisted|buffers)$", line)]


def moving_names(line):
    """What a line reads and what it writes."""
    target = re.search(r"out=(\w+)|^(\w+) =|^np\.copyto\((\w+),", line)
    written = next(name for name in target.groups() if name)
    reads = re.sub(r"out=\w+|^\w+ =|^np\.copyto\(\w+,", "", line)
    return set(re.findall(r"\b[A-Za-z_]\w*", reads)), written


def step_source(model, *drawn, single=False):
    shapes = {parameter.variable: Shape(parameter.dim, parameter.name in drawn) for parameter in model.parameters}
    return kernels_of(model, shapes, (), single=single).step.source


@pytest.mark.parametrize(
    "model", [goal_drift, learned_capability, several_prerequisites, decision], ids=lambda m: m.name
)
@pytest.mark.parametrize("drawn", [(), ("noise", "pull"), ("base",)])
def test_run_computes_nothing_of_constants_alone(model, drawn):
    source = step_source(model, *drawn)
    moving = set(source.inputs)
    for line in body(source.text):
        if not line.startswith("return"):
            reads, written = moving_names(line)
            assert reads & moving, line
            moving.add(written)


@pytest.mark.parametrize(
    ("expression", "operations", "full"),
    [
        (2 * a * x * b * r + sympy.exp(a) * c + a * b, 3, 3),  # (2ab) r, times x, plus (e^a c + ab)
        ((x + a + b) / (a * c), 2, 2),
        (sympy.Max(a, x, b, c, r, 1), 2, 2),
        (sympy.Min(r, x, s, q), 3, 2),
        (x * q * r * s * a, 4, 2),
        (a * x + b * x - x * c, 1, 1),  # collected: x (a + b - c)
        (total(b) * total(a * c * b) * x, 1, 1),
        (sympy.exp(a * b) ** 3 + f**2, 0, 0),
    ],
    ids=str,
)
def test_operations_are_few_and_small(expression, operations, full):
    source = compile_program(of([expression])).source
    written = [moving_names(line)[1] for line in body(source.text) if not line.startswith("return")]
    large = {f"_b{i}" for i, (shape, _) in enumerate(source.buffers) if shape == FULL}
    assert (len(written), len([name for name in written if name in large])) == (operations, full), source.text


@pytest.mark.parametrize("drawn", [(), ("width",), ("pull", "noise", "growth"), ("weight_decay",)])
@pytest.mark.parametrize("single", [False, True])
def test_a_step_of_goal_drift_takes_five_full_size_operations(drawn, single):
    source = step_source(goal_drift, *drawn, single=single)
    full = {f"_b{i}" for i, (shape, _) in enumerate(source.buffers) if shape == FULL} | {"goal", "_noise_goal_0"}
    written = [moving_names(line)[1] for line in body(source.text) if not line.startswith("return")]
    assert 3 <= len([name for name in written if name in full]) <= 5
    assert source.text == goal_drift.kernel_source(
        dtype="float32" if single else "float64", **dict.fromkeys(drawn, True)
    )


class Watched:
    """NumPy, watched: no call may turn float32 arrays into a float64 one, whatever it is then written into."""

    def __init__(self, inside):
        self.inside = inside

    def __getattr__(self, name):
        found = getattr(self.inside, name)
        return Watched(found) if callable(found) else found

    def __call__(self, *arguments, out=None, **options):
        if self.inside is not np.copyto:
            free = self.inside(*arguments, **options)
            assert np.ndim(free) == 0 or free.dtype != np.float64, (self.inside, arguments)
        return self.inside(*arguments, **({} if out is None else {"out": out}), **options)


@pytest.mark.parametrize("kind", EXPRESSIONS)
def test_single_precision_stays_single(kind):
    program = of(EXPRESSIONS[kind], statements=PROGRAMS["row and full"] + PROGRAMS["smaller into larger"])
    kernel = compile_program(program, single=True)
    space = {"np": Watched(np)} | {
        name: Watched(getattr(numeric, name)) if name != "erf" else numeric.erf for name in numeric.FUNCTIONS
    }
    exec(kernel.source.text, space)
    values = cast(draw(INPUTS | CONSTANTS, seed=9), np.float32)
    with np.errstate(all="ignore"):
        hoisted = space["prepare"]([values[symbol] for symbol in CONSTANTS])
        buffers = kernel.buffers(SIZES, REPLICATES, np.float32)
        results = space["run"]([values[symbol] for symbol in INPUTS], hoisted, buffers)
    for array in (*hoisted, *buffers, *results):
        assert np.ndim(array) == 0 or array.dtype in (np.float32, bool)


# ---- tails ----------------------------------------------------------------------------------------------------

POINTS = [sign * size for size in (1, 40, 700, 1000) for sign in (1, -1)]
TAILS = {
    "1 - s": 1 - logistic(r),
    "k (1 - s)": a * (1 - logistic(r)),
    "k - k s": sympy.expand(a * (1 - logistic(r))),
    "shifted": a * (1 - logistic((r - 2) / a)),
    "ln s": sympy.log(logistic(r)),
    "ln (1 - s)": sympy.log(1 - logistic(r)),
    "1 - exp(-x)": 1 - sympy.exp(-r),
    "exp(x) - 1": sympy.exp(r) - 1,
    "k exp(x) - k": a * sympy.exp(r) - a,
    "ln (1 + exp(x))": sympy.log(1 + sympy.exp(r)),
    "1/(1 + exp(-x))": 1 / (1 + sympy.exp(-r)),
    "1 - 1/(1 + exp(-x))": 1 - 1 / (1 + sympy.exp(-r)),
    "exp/(1 + exp)": sympy.exp((r - 1) / 2) / (1 + sympy.exp((r - 1) / 2)),
    "logistic": logistic(r),
    "softplus": softplus(r),
    "exprel": exprel(r),
    "variance of a gate": logistic(r) * (1 - logistic(r)),
}
GREATEST, LEAST = sys.float_info.max, sys.float_info.min


def assert_keeps_digits(found, wanted, where):
    """A normal number to 1e-13, below the normal numbers next to nothing, above them infinity."""
    if abs(wanted) > GREATEST:
        assert found == np.inf * np.sign(float(mpmath.sign(wanted))), where
    elif abs(wanted) < LEAST:
        assert abs(found) <= LEAST, where
    else:
        assert abs(mpmath.mpf(float(found)) / wanted - 1) <= 1e-13, (where, found, wanted)


@pytest.mark.parametrize("name", TAILS)
def test_tails(name):
    orders = {"exprel": 0, "softplus": 2}.get(name, 1)  # nothing differentiates exprel
    expressions_ = [TAILS[name].diff(r, order) if order else TAILS[name] for order in range(orders + 1)]
    kernel = compile_program(Program({a: SCALAR}, {r: ROW}, returns=tuple(expressions_)))
    with np.errstate(all="ignore"):
        buffers = kernel.buffers({}, len(POINTS), np.float64)
        results = kernel.run([np.array(POINTS, float)], kernel.hoist({"a": np.float64(3)}), buffers)
    for expression, values in zip(expressions_, results, strict=True):
        for point, found in zip(POINTS, values, strict=True):
            assert_keeps_digits(found, exact(expression, {r: point, a: 3}, digits=1000), (expression, point))


def test_tails_of_scalars():
    """A deterministic trait is a number, not an array: the same digits."""
    expressions_ = [TAILS[name] for name in TAILS]
    kernel = compile_program(Program({a: SCALAR}, {r: SCALAR}, returns=tuple(expressions_)))
    for point in POINTS:
        with np.errstate(all="ignore"):
            results = kernel.run([np.float64(point)], kernel.hoist({"a": np.float64(3)}), ())[1:]
        for expression, found in zip(expressions_, results, strict=True):
            assert_keeps_digits(found, exact(expression, {r: point, a: 3}, digits=1000), (expression, point))


def test_tails_of_a_product_of_gates():
    gate = 1 - sympy.exp(-total(softplus(-x)))
    slope = gradient(gate, x, {x: "dim"})
    kernel = compile_program(Program({}, {x: FULL}, returns=(gate, slope, total(1 - logistic(x)))))
    points = np.array(POINTS, float) * np.array([[1.0], [0.5], [1.0]])
    with np.errstate(all="ignore"):
        joint, slopes, sums = kernel.run([points], (), kernel.buffers(SIZES, len(POINTS), np.float64))
    for index, column in enumerate(points.T):
        written = {x: list(column)}
        assert_keeps_digits(joint[index], exact(gate, written, digits=2000), column)
        assert_keeps_digits(sums[index], exact(total(1 - logistic(x)), written, digits=2000), column)
        product = exact(sympy.exp(-total(softplus(-x))), written, digits=2000)
        for j, component in enumerate(column):
            shut = exact(logistic(-x), {x: component}, digits=2000)
            assert_keeps_digits(slopes[j, index], -product * shut, (column, j))


STABLE = [
    *TAILS.values(), a - a * logistic(x) + y, 2 * logistic(x) - 2, logistic(x) * logistic(y) - logistic(y),
    logistic(x) - logistic(x) ** 2, a * logistic(x) ** 3 - a * logistic(x) ** 2, 1 - sympy.exp(x) * logistic(y),
    sympy.exp(3 * x) / (1 + sympy.exp(x)) ** 2, sympy.exp(x - y) * y / (1 + sympy.exp(x - y)),
    sympy.exp(x) ** 2 * logistic(-x) ** 5, sympy.exp(-2 * x) * logistic(x), sympy.exp(x) * logistic(-y),
    sympy.exp(x) * sympy.exp(y) / (1 + sympy.exp(x)) / (1 + sympy.exp(y)), 1 / sympy.sqrt(1 + sympy.exp(x)),
    sympy.exp(x) / (1 + sympy.exp(2 * x)), sympy.log(1 + x), sympy.log(2 + x), sympy.log(1 + x + y),
    a * sympy.exp(x) - a * y, sympy.Piecewise((1 - logistic(x), x > 1), (sympy.exp(x) - 1, True)),
]  # fmt: skip


@pytest.mark.parametrize("expression", STABLE, ids=str)
def test_stable_forms_mean_the_same(expression):
    values = draw({a: SCALAR, x: FULL, y: FULL, r: ROW}, seed=10)
    np.testing.assert_allclose(
        evaluate(stable(expression), values), evaluate(expression, values), rtol=1e-14, atol=1e-15
    )
    assert stable(stable(expression)) == stable(expression)


@pytest.mark.parametrize(
    ("expression", "form"),
    [
        (1 - logistic(x), logistic(-x)),
        (a - a * logistic(x) + y, a * logistic(-x) + y),
        (sympy.log(1 - logistic(x)), -softplus(x)),
        (logistic(x) - logistic(x) ** 2, logistic(x) * logistic(-x)),
        (1 - sympy.exp(-x), -expm1(-x)),
        (sympy.log(1 + x * y), log1p(x * y)),
        (sympy.log(1 + sympy.exp(x)).diff(x), logistic(x)),
        (1 - 1 / (1 + sympy.exp(-x)), logistic(-x)),
        (total(1 - logistic(x)), total(logistic(-x))),
        (sympy.exp(3 * x) / (1 + sympy.exp(x)) ** 2, sympy.exp(x) * logistic(x) ** 2),
        (sympy.exp(2 * x) * logistic(-x) ** 5, logistic(x) ** 2 * logistic(-x) ** 3),
    ],
)
def test_stable_forms(expression, form):
    assert stable(expression) == form


# ---- what cannot be compiled ----------------------------------------------------------------------------------

LISTED = "use Abs, acos, asin, .*, logistic, .*, softplus, .*, Min, Max, Piecewise or comparisons$"
REFUSED = [
    (sympy.gamma(x), rf"^gamma in gamma\(x\) cannot be compiled; {LISTED}"),
    (x + sympy.Mod(sympy.loggamma(x), 2), rf"^(Mod|loggamma) in .* cannot be compiled; {LISTED}"),
    (sympy.Function("mine")(x), rf"^mine in mine\(x\) cannot be compiled; {LISTED}"),
    (sympy.sign(x - 1).diff(x), rf"^DiracDelta in .* cannot be compiled; {LISTED}"),
    (sympy.I * x, "^I cannot be compiled; must be a real number$"),
    (x + sympy.zoo * a, "cannot be compiled; must be a real number$"),
    (total(r), r"^total\(r\) sums over no components; linearize it"),
    (total(sympy.Integer(2)) * x, r"^total\(2\) sums over no components; linearize it"),
]


@pytest.mark.parametrize(("expression", "message"), REFUSED, ids=str)
def test_what_cannot_be_compiled_is_refused_in_one_line(expression, message):
    with pytest.raises(ValueError, match=message) as caught:
        compile_program(of([expression]))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["np", "float", "inputs", "hoisted", "buffers", *numeric.FUNCTIONS])
def test_names_of_the_code_are_refused(name):
    symbol = sympy.Symbol(name, real=True)
    for program in (Program({symbol: SCALAR}, {x: FULL}), Program({}, {x: FULL, symbol: ROW}, returns=(symbol,))):
        with pytest.raises(ValueError, match=f"^'{name}' is a name of the compiled code; rename it$"):
            compile_program(program)


def test_two_symbols_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"^'x' is the name of two symbols; rename it$"):
        compile_program(Program({sympy.Symbol("x", positive=True): SCALAR}, {x: FULL}))


def test_whole_numbers_are_numbers():
    program = of([x / a, 1 / b, x**-a], inputs={x: FULL})
    kernel = compile_program(program)
    constants = {
        "a": 3,
        "b": np.array([[2], [3], [4]]),
        "c": np.ones(REPLICATES, int),
        "f": np.ones((3, REPLICATES), int),
    }
    array = draw({x: FULL}, seed=11)[x]
    third, inverse, power = kernel.run([array], kernel.hoist(constants), kernel.buffers(SIZES, REPLICATES, np.float64))
    np.testing.assert_allclose(third, array / 3, rtol=1e-15)
    np.testing.assert_allclose(inverse, [[1 / 2], [1 / 3], [1 / 4]], rtol=1e-15)
    np.testing.assert_allclose(power, array**-3.0, rtol=1e-15)


# ---- the code -------------------------------------------------------------------------------------------------

PRINT = """
import hashlib
from tests.simulator import test_compiler
print(hashlib.sha256(test_compiler.all_sources().encode()).hexdigest())
"""


def all_sources():
    models = (goal_drift, learned_capability, several_prerequisites, decision)
    programs_ = [of(parts) for parts in EXPRESSIONS.values()] + [
        of((), statements=parts) for parts in PROGRAMS.values()
    ]
    texts = [model.kernel_source(pull=True) for model in models] + [goal_drift.kernel_source(level="flow")]
    return "\n".join(texts + [compile_program(program).source.text for program in programs_])


def test_the_code_is_the_same_in_every_process():
    seed = "4242" if os.environ.get("PYTHONHASHSEED") != "4242" else "1"
    there = subprocess.run(
        [sys.executable, "-c", PRINT], env=os.environ | {"PYTHONHASHSEED": seed}, cwd=ROOT,
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert there.strip() == hashlib.sha256(all_sources().encode()).hexdigest()


def test_the_code_reads_as_numpy():
    text = goal_drift.kernel_source()
    assert text.startswith("def prepare(constants):\n")
    assert "def run(inputs, hoisted, buffers):" in text
    for name in ("capability", "goal", "_noise_goal_0", "np.exp", "logistic(", "out=goal"):
        assert name in text
    compile(text, "<kernel>", "exec")


def test_memory_of_a_kernel_is_what_it_says():
    kernel = compile_program(of([x * y + r, x > 1, total(x)]))
    buffers = kernel.buffers(SIZES, REPLICATES, np.float32)
    kinds = {(array.shape, array.dtype.name) for array in buffers}
    assert kinds == {((3, 5), "float32"), ((3, 5), "bool"), ((5,), "float32")}
