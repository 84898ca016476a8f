"""Why gates end as they do: what the law conserves behind one, two and three, and how long a product stands open."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import sympy
from sympy.codegen.cfunctions import expm1

from simulator.functions import logistic
from simulator.model import Model
from simulator.models.crystallization import gated
from simulator.models.crystallization.gates import openness
from simulator.models.crystallization.learned import distance as squared_distance
from theory.crystallization import expressions as e
from theory.crystallization import formulas
from theory.crystallization.proofs.laws import along, written
from theory.crystallization.proofs.points import GATED, GROWN
from theory.lemmas import formula_is, only, solves, tends, vanishes
from theory.obligation import Obligation

Z = sympy.Symbol("z", real=True)
AGREEMENT = 1e-9


def gate_invariant(law: Model = gated) -> tuple[Obligation, ...]:
    """Prove that it stands still under the law with equal gates, and that it leaves e nowhere but at 0."""
    unbounded = sympy.limit(e.gate_potential(1).subs(_numbers()), e.skill, sympy.oo)
    return (
        *(_conserved(law, number) for number in (1, 2, 3)),
        vanishes("one gate's is e^2 + (4 goal_ease width/skill_ease) [(c - c*) - width exp(-(c - c*)/width)]",
                 e.gate_invariant(1) - _one_gate()),
        Obligation("its gates' part has no upper bound, so e reaches every level", unbounded == sympy.oo),
        *(formula_is(f"NumPy equals SymPy for {number} gates", partial(formulas.gate_invariant, prerequisites=number),
                     e.gate_invariant(number), GATED) for number in (1, 3)),
    )  # fmt: skip


def _numbers() -> dict[Any, Any]:
    return {e.threshold: 0, e.width: 1}


def _one_gate() -> Any:
    c = e.skill - e.threshold
    return e.distance**2 + 4 * e.goal_ease * e.width / e.skill_ease * (c - e.width * sympy.exp(-c / e.width))


def _conserved(law: Model, number: int) -> Obligation:
    """Oblige the invariant to stand still with a number of equal gates and a goal of two components."""
    sizes = {"dim": 2, "prerequisites": number}
    skills = [sympy.Symbol(f"skill_{j}", real=True) for j in range(number)]
    thresholds = [sympy.Symbol(f"threshold_{j}", real=True) for j in range(number)]
    grown = [sympy.Symbol(f"growth_{j}", real=True) for j in range(number)]
    width = law.parameter("width").variable
    ease_g, ease_c = (law.parameter(name).variable for name in ("goal_ease", "skill_ease"))
    square = written(law, squared_distance, sizes)
    potential = e.gate_potential(number).xreplace({e.skill: skills[0], e.threshold: thresholds[0], e.width: width})
    moved = along(law, square + 4 * ease_g * width**2 / ease_c * potential, sizes)
    free = {law.parameter(name).variable: 0 for name in ("weight_decay", "honesty_cost")}
    alike = {**dict.fromkeys(skills, Z * width + thresholds[0]), **dict.fromkeys(thresholds, thresholds[0]),
             **{one: sympy.Integer(0) for one in _growths(law, number, grown)}}  # fmt: skip
    plain = moved.subs(free).xreplace(alike)
    plain = plain.replace(expm1, lambda x: sympy.exp(x) - 1).rewrite(sympy.exp)
    return vanishes(f"behind {number} equal gate(s) the invariant stands still", sympy.simplify(plain))


def _growths(law: Model, number: int, grown: list[Any]) -> list[Any]:
    """Return the components of growth as the law writes them."""
    return [sympy.Symbol(f"{law.parameter('growth').variable}_{j}", real=True) for j in range(number)] + grown


def fall_per_efold(law: Model = gated) -> tuple[Obligation, ...]:
    """Prove it: far behind the gates z grows as ln t, and e^2 falls at the invariant's slope in z."""
    found = []
    for number in (1, 2, 3):
        slope = sympy.diff(4 * e.goal_ease * e.width**2 / e.skill_ease * e.gate_potential(number), e.skill) * e.width
        wanted = 4 * number * e.goal_ease * e.width**2 / e.skill_ease
        tail = sympy.limit(slope.subs({**_numbers(), e.goal_ease: 1, e.skill_ease: 1}), e.skill, sympy.oo)
        found.append(
            Obligation(
                f"behind {number} gate(s) e^2 falls by 4 k goal_ease width^2/skill_ease a unit of z",
                sympy.simplify(tail - wanted.subs({e.width: 1, e.goal_ease: 1, e.skill_ease: 1})) == 0,
            )
        )
    # z' = A exp(-z) for slowly changing e is solved by ln(exp(z_0) + A t): one unit of z an e-fold of time.
    rate, begun = sympy.symbols("A z_0", positive=True)
    z = sympy.log(sympy.exp(begun) + rate * e.time)
    return (
        *(_conserved(law, number) for number in (1, 2, 3)),
        *found,
        solves("in the tail z' = A exp(-z) is solved by ln(exp(z_0) + A t)", z, e.time, rate * sympy.exp(-z)),
        tends("which is one unit of z an e-fold of time", sympy.diff(z, e.time) * e.time, e.time, sympy.oo, 1),
    )  # fmt: skip


def prerequisites() -> tuple[Obligation, ...]:
    """Prove that the open time grows at 1 - a^k, from 0, and what k gates add in the end."""
    x = (e.threshold - e.initial_capability - e.growth * e.time) / e.width
    found = [
        solves(f"{k} gate(s) are open at 1 - a^k", e.prerequisites(k), e.time, 1 - logistic(-x) ** k) for k in (1, 2)
    ]
    started = [vanishes(f"{k} gate(s) begin at 0", e.prerequisites(k).subs(e.time, 0)) for k in (1, 3)]
    numbers = {e.width: 1, e.growth: 1, e.initial_capability: 0}
    more = (e.prerequisites(3) - e.prerequisites(1)).subs(numbers).rewrite(sympy.exp)
    added = sympy.limit(sympy.limit(more, e.time, sympy.oo), e.threshold, sympy.oo)
    return (
        *found,
        *started,
        Obligation("gates that begin open add (width/growth)(1 + 1/2) at three", added == sympy.Rational(3, 2)),
        *(formula_is(f"NumPy equals SymPy for {k} gates", partial(formulas.prerequisites, gates=k),
                     e.prerequisites(k), GROWN) for k in (1, 3)),
    )  # fmt: skip


def unequal_prerequisites(law: Model = gated) -> tuple[Obligation, ...]:
    """Prove the product of gates from the law, that equal ones are the closed form, and both bounds."""
    sizes = {"dim": 1, "prerequisites": 3}
    product = written(law, openness, sizes).replace(expm1, lambda x: sympy.exp(x) - 1).rewrite(sympy.exp)
    z = [sympy.Symbol(f"skill_{j}", real=True) for j in range(3)]
    at = {sympy.Symbol(f"threshold_{j}", real=True): 0 for j in range(3)} | {law.parameter("width").variable: 1}
    alone = [1 / (1 + sympy.exp(-one)) for one in z]
    equal = [formulas.unequal_prerequisites(0.2, [0.7] * 3, [1.0] * 3, [0.1] * 3, time) for time in (0.5, 1.9, 9.0)]
    wanted = formulas.prerequisites(0.2, 0.7, 1.0, 0.1, 3, np.array([0.5, 1.9, 9.0]))
    late = formulas.unequal_prerequisites(0.2, [0.7, 0.7], [1.0, 2.0], [0.0, 0.0], 30.0)
    last = formulas.prerequisites(0.2, 0.7, 2.0, 0.0, 1, 30.0)
    return (
        vanishes("the law's openness is 1 - a_1 a_2 a_3", product.subs(at) - (1 - sympy.prod(alone))),
        Obligation("equal gates by quadrature are the closed form", bool(np.allclose(equal, wanted, rtol=AGREEMENT))),
        Obligation("the product is open longer than its last gate, and not by a tenth of width/growth if that is five "
                   "widths later", bool(last < late < last + 0.1 * 0.2 / 0.7)),
    )  # fmt: skip


def grown_residual() -> tuple[Obligation, ...]:
    """Prove the growth that locks in half: there the goal learns for ln 2/(goal_ease pull)."""
    x = (e.threshold - e.initial_capability) / e.width
    numbers = {e.width: 1, e.growth: 1, e.initial_capability: 0, e.threshold: sympy.Rational(3, 2)}
    end = sympy.limit(e.prerequisites(1).rewrite(sympy.exp).subs(numbers), e.time, sympy.oo)
    whole = (e.width / e.growth * sympy.log(1 + sympy.exp(x))).subs(numbers)
    at = e.goal_ease * e.pull * e.width / e.locking_growth * sympy.log(1 + sympy.exp(x))
    points = [
        {**point, "pull": 0.7, "goal_ease": 1.3} for point in only(GROWN, "width", "threshold", "initial_capability")
    ]
    return (
        solves("one gate is open at 1 - a", e.prerequisites(1), e.time, logistic(x - e.growth * e.time / e.width)),
        Obligation("in the end one gate was open for (width/growth) sp(x)", sympy.simplify(end - whole) == 0),
        vanishes("half is locked in at this growth", at - sympy.log(2)),
        formula_is("NumPy equals SymPy", formulas.locking_growth, e.locking_growth, points),
    )  # fmt: skip
