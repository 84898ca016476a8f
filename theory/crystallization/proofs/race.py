"""Why the race ends as it does: what the law conserves, and how long its winner takes along that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from simulator.model import Model
from simulator.models.crystallization import crystallization, race, routes
from theory.crystallization import expressions as e
from theory.crystallization import formulas
from theory.crystallization.proofs.laws import along
from theory.crystallization.proofs.points import RACES
from theory.lemmas import formula_is, only, tends, vanishes
from theory.obligation import Obligation

Races = Callable[[int], Model]
AGREEMENT = 1e-9


def race_invariant(races: Races = race) -> tuple[Obligation, ...]:
    """Prove that x_i^2/ease_i - x_j^2/ease_j stands still under the law, for two, three and four routes."""
    found = []
    for number in (2, 3, 4):
        law, ways = races(number), routes(number)
        free = {law.parameter("description_cost").variable: 0}
        scores = [way.distance.variable**2 / way.ease.variable for way in ways]
        moved = [along(law, one).subs(free) for one in scores]
        found += [vanishes(f"{number} routes: x_{j + 1}^2/ease_{j + 1} falls as x_1^2/ease_1", moved[j] - moved[0])
                  for j in range(1, number)]  # fmt: skip
        product = sympy.prod([way.distance.variable for way in ways])
        found.append(vanishes(f"{number} routes: namely at 2 prod x, which is positive until one has arrived",
                              moved[0] + 2 * product))  # fmt: skip
    return tuple(found)


def race_winner(races: Races = race) -> tuple[Obligation, ...]:
    """Prove that the smallest score arrives first: all fall alike, and the formula is its place."""
    return (
        *race_invariant(races),
        Obligation("so the smallest arrives first: of 0.81, 0.25 and 0.5 the second, of equals none, at zero at once",
                   [int(formulas.race_winner(*case)) for case in BY_HAND] == [1, -1, 2, 0]),
    )  # fmt: skip


def race_remainder(races: Races = race) -> tuple[Obligation, ...]:
    """Prove that the remainder puts the invariant where the winner is at zero."""
    x, y, a, b = e.misalignment_start, e.honesty_start, e.misalignment_ease, e.honesty_ease
    left = e.race_remainder
    return (
        *race_invariant(races),
        vanishes("the invariant at the start is that at y = 0", left**2 / a - (x**2 / a - y**2 / b)),
        vanishes("nothing is left on the separatrix sqrt(ease_y) x = sqrt(ease_x) y",
                 left.subs(x, sympy.sqrt(a / b) * y)),
        formula_is("NumPy equals SymPy", _two_routes(formulas.race_remainder, route=0), left,
                   only(RACES[:1], "misalignment_start", "honesty_start", "misalignment_ease", "honesty_ease")),
    )  # fmt: skip


def decision_time(law: Model = crystallization) -> tuple[Obligation, ...]:
    """Prove the hyperbolas of two routes from the law, when they meet the axis, and the integral for more."""
    x, y, a, b = e.misalignment_start, e.honesty_start, e.misalignment_ease, e.honesty_ease
    w, t = e.omega, e.time
    honest = y * sympy.cosh(w * t) - sympy.sqrt(b / a) * x * sympy.sinh(w * t)
    misaligned = x * sympy.cosh(w * t) - sympy.sqrt(a / b) * y * sympy.sinh(w * t)
    drifts = _plain_drifts(law, misaligned, honest)
    tied = sympy.limit(e.decision_time.subs({a: 1, b: 1, x: 1}), y, 1, "-")
    return (
        vanishes("misalignment follows its hyperbola", sympy.diff(misaligned, t) - drifts[0]),
        vanishes("and so does honesty", sympy.diff(honest, t) - drifts[1]),
        vanishes("honesty is gone at the decision",
                 (y - sympy.sqrt(b / a) * x * sympy.tanh(w * t)).subs(t, e.decision_time)),
        Obligation("-> infinity on the separatrix", tied == sympy.oo),
        tends("-> y/(ease_y x) for a short way", e.decision_time / y, y, 0, 1 / (b * x)),
        formula_is("NumPy equals SymPy", _two_routes(formulas.decision_time), e.decision_time,
                   only(RACES[:1], "misalignment_start", "honesty_start", "misalignment_ease", "honesty_ease")),
        Obligation("with more routes the panels equal the integral by adaptive quadrature",
                   all(abs(formulas.decision_time(*case) / by_quadrature(*case) - 1.0) < AGREEMENT for case in MANY)),
    )  # fmt: skip


BY_HAND = (
    ([0.9, 1.0, 0.5], [1.0, 4.0, 0.5]), ([1.0, 2.0], [1.0, 4.0]), ([0.1, 0.1, 0.0], [1.0, 1.0, 0.0]),
    ([0.9, 0.1], [1.0, 0.0]),
)  # fmt: skip
MANY = (
    ([1.0, 0.8, 1.0], [1.0, 1.0, 1.0]),
    ([0.5, 0.9, 0.3, 0.6], [0.4, 2.0, 0.1, 1.1]),
    ([0.7, 0.700001, 1.2, 0.9, 1.0], [1.0, 1.0, 0.3, 1.5, 0.0]),
)


def by_quadrature(start: Any, ease: Any) -> float:
    """Return the decision time as the integral along the winner's distance, by QUADPACK in its logarithm."""
    from scipy.integrate import quad

    x, eta = np.asarray(start), np.asarray(ease)
    with np.errstate(divide="ignore"):
        winner = int(np.argmin(x**2 / eta))
    others = np.arange(x.size) != winner

    def slowness(u: float) -> float:
        own = np.exp(u)
        rest = np.sqrt(x**2 - eta / eta[winner] * (x[winner] ** 2 - own**2))[others]
        return float(own / (eta[winner] * np.prod(rest)))

    top = float(np.log(x[winner]))
    cuts = [top - step for step in (4.0, 8.0, 16.0)]
    return float(quad(slowness, top - 50.0, top, limit=500, epsabs=0.0, epsrel=1e-12, points=cuts)[0])


def described_remainder(law: Model = crystallization) -> tuple[Obligation, ...]:
    """Prove the invariant with a price of description, and both ends of it."""
    x, y, a, b, cost = (
        e.misalignment_start, e.honesty_start, e.misalignment_ease, e.honesty_ease, e.description_cost
    )  # fmt: skip
    drifts = _plain_drifts(law, x, y, cost)
    invariant = (y - cost) ** 2 / b - x**2 / a
    moved = sympy.diff(invariant, x) * drifts[0] + sympy.diff(invariant, y) * drifts[1]
    left = e.described_remainder
    points = [{**point, "description_cost": 0.2} for point in
              only(RACES[:1], "misalignment_start", "honesty_start", "misalignment_ease", "honesty_ease")]  # fmt: skip
    return (
        vanishes("(y - cost)^2/ease_y - x^2/ease_x stands still", moved),
        vanishes("at y = 0 it is what it was at the start", invariant.subs({y: 0, x: left}) - invariant),
        vanishes("without a price it is the race's remainder", left.subs(cost, 0) - e.race_remainder),
        formula_is("NumPy equals SymPy", _two_routes(formulas.described_remainder), left, points),
    )


def critical_ease() -> tuple[Obligation, ...]:
    """Prove that at this ratio of eases the start lies on the separatrix."""
    at = {e.honesty_ease: e.misalignment_ease * e.critical_ease}
    return (
        *race_invariant(),
        vanishes("neither side is ahead there", sympy.simplify(e.ahead.subs(at))),
        formula_is("NumPy equals SymPy", _starts(formulas.critical_ease), e.critical_ease,
                   only(RACES, "misalignment_start", "honesty_start")),
    )  # fmt: skip


def _plain_drifts(law: Model, x: Any, y: Any, cost: Any = 0) -> list[Any]:
    """Return the two drifts of the law at distances x, y, in the closed forms' symbols."""
    ways = routes(2)
    named = {
        ways[0].distance.variable: x, ways[1].distance.variable: y, law.parameter("description_cost").variable: cost,
        ways[0].ease.variable: e.misalignment_ease, ways[1].ease.variable: e.honesty_ease,
    }  # fmt: skip
    return [law.drift[way.distance].xreplace(named).doit() for way in ways]


def _two_routes(formula: Callable[..., Any], **options: Any) -> Callable[..., float]:
    """Return a formula of vectors as one of the two routes' own keywords."""

    def plain(misalignment_start: float, honesty_start: float, misalignment_ease: float, honesty_ease: float,
              **more: float) -> float:  # fmt: skip
        return float(formula([misalignment_start, honesty_start], [misalignment_ease, honesty_ease], **more, **options))

    return plain


def _starts(formula: Callable[..., Any]) -> Callable[..., float]:
    return lambda misalignment_start, honesty_start: float(formula([misalignment_start, honesty_start]))
