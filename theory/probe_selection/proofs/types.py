"""Why evasion wins in the end, and when: zero residual of the three types in their law, and its limits."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import sympy

from simulator.models.probe_selection import types as law
from simulator.models.probe_selection.types import caught, clean, evading, probe_types
from theory.lemmas import equals_numerically, formula_is, tends, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions as e
from theory.probe_selection import formulas

POINTS = [
    {"prevalence": 0.5, "false_negative_rate": 0.02, "bonus": 1.0, "penalty": 3.0, "kl": kl, "time": time}
    for kl, time in ((0.0, 1.5), (0.1, 6.0), (0.7, 2.0))
]
NAMED = {
    law.some.variable: e.prevalence, law.misses.variable: e.miss, law.bonus.variable: e.bonus,
    law.penalty.variable: e.penalty, law.kl.variable: e.kl,
}  # fmt: skip
TYPES = (clean, caught, evading)


@cache
def shares() -> tuple[Obligation, ...]:
    """Prove the shares: the law keeps their sum, and all log odds have zero residual in it."""
    drift = {trait: probe_types.drift[trait].xreplace(NAMED) for trait in TYPES}
    p = {trait: trait.variable for trait in TYPES}
    whole = sympy.simplify(sum(drift.values()).subs(p[clean], 1 - p[caught] - p[evading]))
    start = [weight.subs(e.time, 0) for weight in e.type_weights]
    return (
        Obligation("the shares sum to one for good", sympy.simplify(whole) == 0),
        *(_odds(drift, p, one) for one in (1, 2)),
        vanishes("at the start they are what they are at the start", sum(start) - 1),
    )


def _odds(drift: Any, p: Any, index: int) -> Obligation:
    """Oblige the log odds of a type to clean to solve the law, d ln(p_i/p_0)/dt = drift_i/p_i - drift_0/p_0."""
    trait = TYPES[index]
    pace = sympy.expand(sympy.expand_log(drift[trait] / p[trait] - drift[clean] / p[clean], force=True))
    # Of the shares only the odds are left: put the solution in, through the log of either share.
    odds = sympy.log(e.type_weights[index] / e.type_weights[0])
    logs = {sympy.log(p[trait]): odds + sympy.Symbol("L"), sympy.log(p[clean]): sympy.Symbol("L")}
    residual = sympy.diff(odds, e.time) - pace.subs(logs)
    return vanishes(f"log odds of the {trait.name} type have zero residual", sympy.expand_log(residual, force=True))


def misbehavior_share() -> tuple[Obligation, ...]:
    """Prove what misbehavior does first, and what in the end."""
    h = e.prevalence
    begins = sympy.diff(e.misbehavior_share, e.time).subs(e.time, 0)
    free = e.misbehavior_share.subs(e.selection_time, e.time)
    numbers = {e.prevalence: sympy.Rational(1, 2), e.miss: sympy.Rational(1, 50), e.bonus: 1, e.penalty: 3}
    return (
        *shares(),
        vanishes("it begins at h (1 - h)(bonus - (1 - FNR) penalty)",
                 begins - h * (1 - h) * (e.bonus - (1 - e.miss) * e.penalty)),
        tends("without a KL penalty all behavior is bad in the end",
              free.subs(numbers), e.time, sympy.oo, 1),
        equals_numerically("NumPy equals the expression", formulas.misbehavior_share, _evaluated(e.misbehavior_share),
                           POINTS),
    )  # fmt: skip


def recall_decay() -> tuple[Obligation, ...]:
    """Prove that recall is the caught over all misbehavior, and that it only falls."""
    _, seen, missed = e.type_weights
    slope = sympy.diff(e.recall_decay, e.time)
    return (
        *shares(),
        vanishes("the caught over all misbehavior", seen / (seen + missed) - e.recall_decay),
        vanishes("d recall/dt = -penalty recall (1 - recall) exp(-kl t)",
                 slope + e.penalty * e.recall_decay * (1 - e.recall_decay) * sympy.exp(-e.kl * e.time)),
        equals_numerically(
            "NumPy equals the expression",
            lambda prevalence, bonus, **point: formulas.recall_decay(**point), _evaluated(e.recall_decay), POINTS,
        ),
    )  # fmt: skip


def _evaluated(expression: Any) -> Any:
    """Return an expression of the three types as a function of a point; kl = 0 by its limit, T = t."""

    def value(**point: float) -> float:
        names = {e.prevalence: "prevalence", e.miss: "false_negative_rate", e.bonus: "bonus", e.penalty: "penalty"}
        when = point["time"] if point["kl"] == 0.0 else -np.expm1(-point["kl"] * point["time"]) / point["kl"]
        given = {symbol: point[name] for symbol, name in names.items() if name in point}
        return float(expression.subs(e.selection_time, when).subs(given))

    return value


def evasion_time() -> tuple[Obligation, ...]:
    """Prove when evading meets clean: T solves the odds, t solves T, and the edges of the KL weight."""
    log_odds = sympy.Symbol("ell", positive=True)  # ln(clean/evading)
    when = e.evasion_time.subs(e.clean, e.evading * sympy.exp(log_odds))
    when = sympy.expand_log(when, force=True)
    return (
        *shares(),
        vanishes("bonus T is what the odds lack", sympy.simplify(
            e.bonus * e.selection_time.subs(e.time, when) - log_odds)),
        tends("without a KL penalty ln(odds)/bonus", when, e.kl, 0, log_odds / e.bonus),
        Obligation("at the critical weight never", sympy.limit(
            when.subs({log_odds: 3, e.bonus: 1}), e.kl, sympy.Rational(1, 3), "-") == sympy.oo),
        formula_is(
            "NumPy equals the expression",
            lambda p_0, p_2, b, beta: formulas.evasion_time(p_0, p_2, b, beta), e.evasion_time,
            [{"p_0": 0.5, "p_2": 0.01, "b": 1.0, "beta": 0.1}, {"p_0": 0.9, "p_2": 1e-6, "b": 0.3, "beta": 0.02}],
        ),
    )  # fmt: skip


def critical_kl() -> tuple[Obligation, ...]:
    """Prove the critical weight: in the end T = 1/kl, and the odds are then one."""
    log_odds = sympy.log(e.evading / e.clean) + e.bonus * sympy.limit(e.selection_time, e.time, sympy.oo)
    return (
        *shares(),
        vanishes("the last odds are one", sympy.expand_log(log_odds.subs(e.kl, e.critical_kl), force=True)),
        formula_is("NumPy equals the expression", lambda p_0, p_2, b: formulas.critical_kl(p_0, p_2, b), e.critical_kl,
                   [{"p_0": 0.5, "p_2": 0.01, "b": 1.0}]),
    )  # fmt: skip
