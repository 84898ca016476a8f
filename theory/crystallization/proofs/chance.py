"""Why chance decides as it does: the law's backward equation, what solves it, and what the boundary leaves over."""

from __future__ import annotations

from typing import Any

import sympy

from simulator.model import Model
from simulator.models.crystallization import crystallization, learned_honesty, routes
from simulator.models.crystallization.racing import honesty
from theory.crystallization import expressions as e
from theory.crystallization import formulas
from theory.crystallization.proofs.laws import generated
from theory.crystallization.proofs.points import RACES
from theory.lemmas import equals_numerically, formula_is, tends, vanishes
from theory.obligation import Obligation


def deception_probability(law: Model = crystallization) -> tuple[Obligation, ...]:
    """Prove that Phi(m) solves the law's backward equation exactly, and how far it is off where agents stop."""
    x, y = e.misalignment_start, e.honesty_start
    moved = _generated(law, e.deception_probability)
    k = sympy.sqrt(2 * e.omega / e.spread)
    on_deception = 1 - e.standard_normal(k * sympy.sqrt(e.honesty_ease) * x)
    ahead = sympy.Symbol("ahead", real=True)
    growth = _generated(law, e.ahead)
    return (
        vanishes("sqrt(ease_y) x - sqrt(ease_x) y grows at omega", growth - e.omega * e.ahead),
        vanishes("the law's generator leaves Phi(m) alone", moved),
        vanishes("on y = 0 it lacks Phi(-k sqrt(ease_y) x) of the certainty that it should be",
                 1 - e.deception_probability.subs(y, 0) - on_deception),
        tends("which is nothing as noise goes to 0", 1 - e.standard_normal(1 / ahead), ahead, 0, 0),
        vanishes("on the separatrix it is one half", e.deception_probability.subs(
            x, sympy.sqrt(e.misalignment_ease / e.honesty_ease) * y) - sympy.Rational(1, 2)),
        formula_is("NumPy equals SymPy", _of_scalars(formulas.deception_probability), e.deception_probability, RACES),
    )  # fmt: skip


def first_passage(law: Model = crystallization) -> tuple[Obligation, ...]:
    """Prove that the grid's operator is the law's: their coefficients agree, and the drift has no divergence."""
    ways = routes(2)
    x, y = (way.distance.variable for way in ways)
    drifts = [law.drift[way.distance].subs(law.parameter("description_cost").variable, 0) for way in ways]
    stated = (-ways[0].ease.variable * y, -ways[1].ease.variable * x)
    return (
        *(vanishes(f"the drift of {way.distance.name} is the one of the equation", one - wanted)
          for way, one, wanted in zip(ways, drifts, stated, strict=True)),
        *(vanishes(f"and so is the noise of {way.distance.name}", law.noise[way.distance] - way.noise.variable)
          for way in ways),
        vanishes("which is free of divergence: the equation is in conservation form",
                 sympy.diff(drifts[0], x) + sympy.diff(drifts[1], y)),
        Obligation("the grid's fluxes vanish for the equilibrium exp(2 v x/noise^2) of a constant drift", _fitted()),
    )  # fmt: skip


def _fitted() -> bool:
    """Tell whether rates of jumps are in detailed balance with a constant drift's equilibrium, which fitting means."""
    import numpy as np

    from theory.crystallization.backward import _rates

    spread, drift, length = 0.02, np.array([-0.7, -0.01, 0.0, 0.3]), 0.05
    up, down, _ = _rates(spread, drift, length)
    return bool(np.allclose(up / down, np.exp(drift * length / spread), rtol=1e-12))


def deception_prior() -> tuple[Obligation, ...]:
    """Prove the area of the unit square on deception's side of the separatrix y = x/k."""
    x, k = sympy.Symbol("x", positive=True), e.slope
    steep = sympy.integrate(x / k, (x, 0, 1))
    flat = sympy.integrate(x / k, (x, 0, k)) + (1 - k)
    points = [{"slope": 0.3}, {"slope": 1.0}, {"slope": 2.5}]
    return (
        vanishes("for k >= 1 the line leaves the square on the right", steep - 1 / (2 * k)),
        vanishes("for k <= 1 on top", flat - (1 - k / 2)),
        vanishes("both are one half at equal eases", (steep - flat).subs(k, 1)),
        equals_numerically("NumPy equals SymPy", lambda slope: float(formulas.deception_prior([slope**2, 1.0])),
                           lambda slope: float(e.deception_prior.subs(k, slope)), points),
    )  # fmt: skip


def mean_learning(law: Model = learned_honesty) -> tuple[Obligation, ...]:
    """Prove that noise alone leaves the mean of honesty where it is, at every exponent: Ito has no drift to add."""
    y = sympy.Symbol("y", positive=True)
    alone = _alone(law, y)
    root = _noise(law, y)
    swapped = root * sympy.diff(root, y) / 2
    points = [{"pull": 0.7, "goal_ease": 1.2, "honesty_start": 0.4, "time": 3.0}]
    return (
        vanishes("the law does not move honesty but by noise", alone),
        vanishes("in Stratonovich's sense it would, by (exponent/4) noise^2 y^(exponent - 1)",
                 swapped - _exponent(law) / 4 * _honesty_noise(law) ** 2 * y ** (_exponent(law) - 1)),
        vanishes("ln e falls at goal_ease pull y, so its mean falls at that of y(0)",
                 sympy.diff(e.mean_learning, e.time) + e.goal_ease * e.pull * e.honesty_start),
        formula_is("NumPy equals SymPy", formulas.mean_learning, e.mean_learning, points),
    )  # fmt: skip


def chance_lock_in(law: Model = learned_honesty) -> tuple[Obligation, ...]:
    """Prove the share locked in: it solves (noise^2 y^2/2) f'' = goal_ease pull y f, from 1 at 0 to 0 at infinity."""
    y = e.honesty_start
    rate = (_noise(law, y) ** 2 / 2).subs({_exponent(law): 2, _honesty_noise(law): e.honesty_noise})
    f = e.chance_lock_in
    residual = rate * sympy.diff(f, y, 2) - e.goal_ease * e.pull * y * f
    numbers = {e.goal_ease: 1, e.pull: 1, e.honesty_noise: 1}
    points = [{"pull": 0.7, "goal_ease": 1.2, "honesty_start": 0.4, "honesty_noise": 0.8},
              {"pull": 2.0, "goal_ease": 0.1, "honesty_start": 0.9, "honesty_noise": 2.0}]  # fmt: skip
    return (
        vanishes("the law's noise at exponent 2 is that of a geometric motion", rate - e.honesty_noise**2 * y**2 / 2),
        Obligation("and the share solves its backward equation",
                   sympy.simplify(sympy.expand_func(residual.rewrite(sympy.besselk)).subs(numbers)) == 0
                   or _bessel_vanishes(residual.subs(numbers), y)),
        Obligation("everything is locked in from y = 0", sympy.limit(f.subs(numbers), y, 0, "+") == 1),
        Obligation("nothing from an honesty without end", sympy.limit(f.subs(numbers), y, sympy.oo) == 0),
        formula_is("NumPy equals SymPy", formulas.chance_lock_in, f, points),
    )  # fmt: skip


def _bessel_vanishes(residual: Any, y: Any) -> bool:
    """Use K_nu' = -K_(nu-1) - (nu/x) K_nu and K_(nu+1) = K_(nu-1) + (2 nu/x) K_nu to write all in K_0 and K_1."""
    zero, one = sympy.symbols("K_0 K_1")
    bessel = sympy.Wild("n", integer=True), sympy.Wild("x")

    def lowered(order: Any, x: Any) -> Any:
        order = abs(order)
        if order == 0:
            return zero
        if order == 1:
            return one
        return lowered(order - 2, x) + 2 * (order - 1) / x * lowered(order - 1, x)

    written = residual.doit().replace(sympy.besselk(*bessel), lambda n, x: lowered(n, x))
    return bool(sympy.simplify(written) == 0)


def _generated(law: Model, expression: Any) -> Any:
    """Apply the law's generator to a function of the start, in the closed forms' symbols."""
    ways = routes(2)
    symbols = {
        ways[0].distance.variable: e.misalignment_start, ways[1].distance.variable: e.honesty_start,
        ways[0].ease.variable: e.misalignment_ease, ways[1].ease.variable: e.honesty_ease,
        ways[0].noise.variable: e.misalignment_noise, ways[1].noise.variable: e.honesty_noise,
        law.parameter("description_cost").variable: sympy.Integer(0),
    }  # fmt: skip
    back = {start: trait for trait, start in list(symbols.items())[:2]}
    return sympy.simplify(generated(law, expression.xreplace(back)).xreplace(symbols))


def _of_scalars(formula: Any) -> Any:
    def plain(misalignment_start: float, honesty_start: float, misalignment_ease: float, honesty_ease: float,
              misalignment_noise: float, honesty_noise: float) -> float:  # fmt: skip
        return float(formula([misalignment_start, honesty_start], [misalignment_ease, honesty_ease],
                             [misalignment_noise, honesty_noise]))  # fmt: skip

    return plain


def _exponent(law: Model) -> Any:
    return law.parameter("exponent").variable


def _honesty_noise(law: Model) -> Any:
    return law.parameter("honesty_noise").variable


def _noise(law: Model, y: Any) -> Any:
    """Return the law's noise on honesty at y > 0."""
    return law.noise[honesty].subs(honesty.variable, y)


def _alone(law: Model, y: Any) -> Any:
    """Return the law's drift of honesty where selection leaves it alone."""
    return law.drift[honesty].subs({law.parameter("honesty_ease").variable: 0, honesty.variable: y})
