"""Why a learned honesty ends as it does: what the law conserves in every metric, in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.model import Model
from simulator.models.crystallization import gated, learned_honesty
from simulator.models.crystallization.learned import distance as squared_distance
from simulator.models.crystallization.learned import goal
from simulator.models.crystallization.racing import honesty
from theory.crystallization import expressions as e
from theory.crystallization import formulas
from theory.crystallization.proofs.laws import along, written
from theory.crystallization.proofs.points import LEARNED
from theory.lemmas import formula_is, only, solves, tends, vanishes
from theory.obligation import Obligation

POSITIVE_HONESTY = sympy.Symbol("y", positive=True)


def base_residual(law: Model = learned_honesty) -> tuple[Obligation, ...]:
    """Prove the invariant from the law for any exponent, with a price of honesty and without, and its ends."""
    y, square = sympy.symbols("y E", positive=True)
    plain = e.distance**2 - e.budget
    points = [{**point, "exponent": p} for point in only(LEARNED, "distance", "honesty", "goal_ease", "honesty_ease")
              for p in (0.0, 1.0, 1.7)]  # fmt: skip
    return (
        *(_conserved(law, dim) for dim in (1, 2, 3)),
        vanishes("at p = 0 it is e^2 - (2 goal_ease/honesty_ease) y^2",
                 plain.subs(e.exponent, 0) - (e.distance**2 - 2 * e.goal_ease / e.honesty_ease * e.honesty**2)),
        Obligation("honesty is paid for without end as p -> 2: then nothing is left",
                   sympy.limit((e.budget).subs({e.goal_ease: 1, e.honesty_ease: 1, e.honesty: 1}), e.exponent, 2, "-")
                   == sympy.oo),
        Obligation("with a price of honesty F(E) = E + beta ln E falls below every number as E -> 0",
                   sympy.limit(square + y * sympy.log(square), square, 0, "+") == -sympy.oo),
        formula_is("NumPy equals SymPy", formulas.base_residual, e.base_residual, points),
        Obligation("and solves F(E) = F(E(0)) - B with a price of honesty", _priced()),
    )  # fmt: skip


def _conserved(law: Model, dim: int) -> Obligation:
    """Oblige F(e^2) - B(y) to stand still under the law in a number of dimensions, for any exponent and price."""
    sizes = {"dim": dim}
    square = written(law, squared_distance, sizes)
    p, ease_g, ease_y, price, pull, decay = (
        law.parameter(name).variable
        for name in ("exponent", "goal_ease", "honesty_ease", "honesty_cost", "pull", "weight_decay")
    )
    y = honesty.variable
    invariant = square + 2 * price / pull * sympy.log(square) - 4 * ease_g / ease_y * y ** (2 - p) / (2 - p)
    moved = along(law, invariant, sizes).subs(decay, 0).subs(y, POSITIVE_HONESTY)
    return vanishes(f"in {dim} dimensions e^2 + (2 chi/pull) ln e^2 - (4 goal_ease/honesty_ease) y^(2-p)/(2-p) "
                    "stands still", sympy.powsimp(sympy.simplify(moved)))  # fmt: skip


def _priced() -> bool:
    found = []
    for point in only(LEARNED, "distance", "honesty", "goal_ease", "honesty_ease"):
        for price in (0.02, 0.5):
            beta, left = 2 * price / 0.7, formulas.base_residual(**point, honesty_cost=price, pull=0.7) ** 2
            whole = point["distance"] ** 2 + beta * np.log(point["distance"] ** 2)
            budget = formulas.openness_budget(point["honesty"], point["goal_ease"], point["honesty_ease"], 0.0)
            found.append(abs(left + beta * np.log(left) - (whole - budget)) < 1e-10)
    return all(found)


def critical_honesty_ease(law: Model = learned_honesty) -> tuple[Obligation, ...]:
    """Prove that at this ease the whole misalignment is just what honesty pays for."""
    at = {e.honesty_ease: e.critical_honesty_ease}
    points = [{**point, "exponent": p} for point, p in
              zip(only(LEARNED, "distance", "honesty", "goal_ease"), (0.0, 1.5), strict=True)]  # fmt: skip
    return (
        _conserved(law, 2),
        vanishes("the budget there is e^2", sympy.powsimp(sympy.simplify(e.budget.subs(at) - e.distance**2))),
        formula_is("NumPy equals SymPy", formulas.critical_honesty_ease, e.critical_honesty_ease, points),
    )


def lock_time(law: Model = learned_honesty) -> tuple[Obligation, ...]:
    """Prove the time: honesty falls at (pull ease_y/2)(E^2 + r y^2) once the invariant has taken the distance out."""
    left, r, y = sympy.Symbol("E", positive=True), 2 * e.goal_ease / e.honesty_ease, e.honesty
    rate = -e.pull * e.honesty_ease / 2 * (left**2 + r * y**2)
    time = 2 * sympy.atan(sympy.sqrt(r) * y / left) / (e.pull * e.honesty_ease * left * sympy.sqrt(r))
    stated = e.lock_time.subs(e.distance, sympy.sqrt(left**2 + r * y**2))
    return (
        _conserved(law, 2),
        vanishes(
            "the law's honesty falls at that rate at e^2 = E^2 + r y^2", _fall(law) - rate.subs(left, _left(r, y))
        ),
        solves("time to go is its integral", time, y, -1 / rate),
        vanishes("and none is to go at y = 0", time.subs(y, 0)),
        vanishes("which is the formula", sympy.simplify(stated - time)),
        formula_is("NumPy equals SymPy", formulas.lock_time, e.lock_time, LEARNED),
    )


def _left(r: Any, y: Any) -> Any:
    return sympy.sqrt(e.distance**2 - r * y**2)


def _fall(law: Model) -> Any:
    """Return the law's drift of honesty at exponent 0, at a squared distance of distance^2, in one dimension."""
    g, b = (sympy.Symbol(f"{name}_0", real=True) for name in ("goal", "base"))
    drift = written(law, law.drift[honesty], {"dim": 1}).subs(law.parameter("honesty_cost").variable, 0)
    named = {law.parameter(name).variable: getattr(e, name) for name in ("pull", "honesty_ease")}
    return drift.subs(law.parameter("exponent").variable, 0).subs(g, b + e.distance).xreplace(named)


def locked_displacement(law: Model = gated) -> tuple[Obligation, ...]:
    """Prove the drift behind shut gates: what is left of the law there is decay and noise."""
    size = {"dim": 1, "prerequisites": 1}
    drift = written_drift(law, size)
    skill = sympy.Symbol("skill_0", real=True)
    shut = sympy.limit(drift.rewrite(sympy.exp).subs({sympy.Symbol("threshold_0", real=True): 0,
                                                     law.parameter("width").variable: 1}), skill, sympy.oo)  # fmt: skip
    g, decay = sympy.Symbol("goal_0", real=True), law.parameter("weight_decay").variable
    found_mean = e.start_norm * sympy.exp(-e.weight_decay * e.time)
    found_spread = e.noise**2 * (1 - sympy.exp(-2 * e.weight_decay * e.time)) / (2 * e.weight_decay)
    points = [{"start_norm": 1.3, "dim": 4.0, "weight_decay": 0.2, "noise": 0.3, "time": 2.0}]
    return (
        vanishes("behind shut gates the law moves the goal by decay alone", shut + decay * g),
        solves("the mean decays", found_mean, e.time, -e.weight_decay * found_mean),
        solves("the spread grows and decays", found_spread, e.time, e.noise**2 - 2 * e.weight_decay * found_spread),
        vanishes("both make up the displacement",
                 (found_mean - e.start_norm) ** 2 + e.dim * found_spread - e.locked_displacement),
        tends("without decay it is a random walk", e.locked_displacement, e.weight_decay, 0,
              e.dim * e.noise**2 * e.time),
        formula_is("NumPy equals SymPy", formulas.locked_displacement, e.locked_displacement, points),
    )  # fmt: skip


def written_drift(law: Model, sizes: dict[str, int]) -> Any:
    """Return the law's drift of the goal's first component."""
    from simulator.calculus import expand_components

    return expand_components(law.drift[goal], law.dims, sizes, 0)
