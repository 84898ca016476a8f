"""Why one mode rises along a logistic curve."""

from __future__ import annotations

import sympy

from simulator.model import Model
from simulator.models.grokking import memorizing, squared
from theory.grokking import expressions as e
from theory.grokking import formulas
from theory.grokking.proofs.laws import better, drift, strong
from theory.grokking.proofs.points import MODES
from theory.lemmas import formula_is, only, solves, tends, vanishes
from theory.obligation import Obligation


def rise(law: Model = squared) -> tuple[Obligation, ...]:
    """Prove the curve from the law: one circuit of efficiency one, no decay, two weights."""
    k, wanted = (law.parameter(name).variable for name in ("stiffness", "target"))
    alone = drift(law, memorizing, 2).subs({better: 0, e.memorizing_efficiency: 1, e.weight_decay: 0})
    rate = 2 * e.rise * (e.strength - e.rise) / e.time_constant
    return (
        vanishes(
            "the law of one mode is tau u' = 2 u (s - u)", sympy.simplify(alone - 2 * strong * k * (wanted - strong))
        ),
        solves("which the curve solves", e.rise, e.time, rate),
        vanishes("from u_0", sympy.simplify(e.rise.subs(e.time, 0) - e.start)),
        tends("to s", e.rise, e.time, sympy.oo, e.strength),
        formula_is("NumPy equals SymPy", formulas.rise, e.rise, MODES),
    )


def rise_time(law: Model = squared) -> tuple[Obligation, ...]:
    """Prove the time from a tenth to nine, and that it does not depend on where below it began."""
    begun = e.rise.subs(e.start, e.strength / 10)
    return (
        *rise(law),
        vanishes("from s/10 it is at 9 s/10 after tau ln 9/s",
                 sympy.simplify(begun.subs(e.time, e.rise_time) - e.strength * sympy.Rational(9, 10))),
        formula_is("NumPy equals SymPy", formulas.rise_time, e.rise_time, only(MODES, "strength", "time_constant")),
    )  # fmt: skip
