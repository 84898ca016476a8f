"""Why the exact clock is exact: zero residual in the law for every depth, its limits, its one root, its softmax."""

from __future__ import annotations

from functools import cache
from typing import Any

import mpmath
import numpy as np
import sympy

from theory import clock as exact
from theory.lemmas import equals_numerically, tends, vanishes
from theory.obligation import Obligation
from theory.simplification import expressions as e
from theory.simplification import formulas

DEPTHS = (1.0, 1.5, 2.0, 2.0 + 1e-9, 2.0 - 1e-9, 3.0, 6.0)
POINTS: list[dict[str, Any]] = [
    {"start": (0.1, 0.4, 0.2), "efficiency": (2.0, 0.9, 1.1), "weight_decay": 0.3, "depth": depth, "time": time}
    for depth in DEPTHS
    for time in (0.1, 4.0)
]
RATIOS = (0.3, 0.9, 1.0)


@cache
def residual() -> tuple[Obligation, ...]:
    """Substitute the strength at a clock into its law, for symbolic L: d ln g/dt - (L g^(1-2/L) h mu - L lambda) = 0.

    The bracket stands as one positive symbol B, whose time derivative is -(L - 2) h dS/dt.
    """
    bracket = sympy.Symbol("B", positive=True)
    logs = e.log_strength.subs(e.bracket, bracket)
    pace = -(e.depth - 2) * e.efficiency * sympy.exp(-(e.depth - 2) * e.weight_decay * e.time) * e.pull
    moved = sympy.diff(logs, e.time) + sympy.diff(logs, bracket) * pace
    metric = sympy.exp(sympy.simplify(e.exponent * logs))
    law = e.depth * metric * e.efficiency * e.pull - e.depth * e.weight_decay
    return (
        vanishes("the strength solves its law at every depth, for every loss", moved - law),
        vanishes("in logarithms or not", sympy.expand_log(sympy.log(e.strength), force=True) - e.log_strength),
        vanishes("and begins where it should", e.log_strength.subs({e.time: 0, e.clock: 0}) - sympy.log(e.start)),
    )


@cache
def limits() -> tuple[Obligation, ...]:
    """Take L to 2, 1 and infinity."""
    log_growth = -e.depth / (e.depth - 2) * sympy.log(e.bracket)
    # At a fixed L lambda t, with the clock in units of 1/L, what is left is g' = g^2 h mu - g.
    deep = (e.bracket.subs(e.clock, e.clock / e.depth)) ** (-e.depth / (e.depth - 2))
    return (
        tends(
            "L -> 2: the exponential", sympy.exp(log_growth), e.depth, 2,
            e.start * sympy.exp(2 * e.efficiency * e.clock),
        ),
        vanishes("L = 1: a straight line in the clock", e.strength.subs(e.depth, 1) - e.strength_at_one),
        Obligation(
            "L -> infinity at the same L lambda t: 1/(1/g_0 - h S)",
            sympy.simplify(sympy.limit(deep, e.depth, sympy.oo) - 1 / (1 / e.start - e.efficiency * e.clock)) == 0,
        ),
        vanishes(
            "L = 2 solves the law", sympy.diff(e.strength_at_two, e.time)
            + sympy.diff(e.strength_at_two, e.clock) * e.pull
            - (2 * e.strength_at_two * e.efficiency * e.pull - 2 * e.weight_decay * e.strength_at_two),
        ),
    )  # fmt: skip


@cache
def gains() -> tuple[Obligation, ...]:
    """Prove the clock in the leader's gain: from the law, d ln x_j/d ln x_l = rho_j (x_j/g_j)^a/(x_l/g_l)^a.

    Each log-growth then rises with the leader's at a pace in (0, 1], so the drive does, and the root is unique.
    """
    a = sympy.Symbol("a", real=True, nonzero=True)
    growth = e.growth.subs(e.exponent, a)
    pace = sympy.diff(growth, e.gain)
    slower = sympy.Symbol("slower", nonnegative=True)  # (1 - rho)/rho of a feature slower than the leader
    denominator = sympy.simplify(1 / pace).subs(e.ratio, 1 / (1 + slower))
    expected = 1 + slower * sympy.exp(a * e.gain)
    return (
        vanishes("the growths solve the law", pace - e.ratio * sympy.exp(a * (growth - e.gain))),
        vanishes("they begin together", growth.subs(e.gain, 0)),
        vanishes("the pace is 1/(1 + (1 - rho)/rho exp(a u))", denominator - expected),
        Obligation("so the drive rises strictly with the clock: one root", bool((expected).is_positive)),
        tends("through L = 2 the growth is continuous: rho u", e.growth, e.depth, 2, e.ratio * e.gain),
        vanishes(
            "the gain is the clock's: u = -ln(1 - a L h g^a S)/a has the pace of the leader",
            sympy.diff(-sympy.log(1 - a * e.efficiency * e.clock) / a, e.clock)
            - e.efficiency / (1 - a * e.efficiency * e.clock),
        ),
    )


@cache
def softmax() -> tuple[Obligation, ...]:
    """Prove 2 lambda t = ln sum p_j(0) exp(2 h_j tau) at L = 2: differentiate it, and find the mu that holds the drive.

    That mu is lambda/<h> (from 0 = q' = sum h_j g_j', with q = 1), and 1 - q = mu/k.
    """
    shares, slopes = sympy.symbols("p_1:4", positive=True), sympy.symbols("h_1:4", positive=True)
    tau = sympy.Symbol("tau", positive=True)
    level = sympy.log(sympy.Add(*(p * sympy.exp(2 * h * tau) for p, h in zip(shares, slopes, strict=True))))
    weights = [p * sympy.exp(2 * h * tau) for p, h in zip(shares, slopes, strict=True)]
    mean = sympy.Add(*(w * h for w, h in zip(weights, slopes, strict=True))) / sympy.Add(*weights)
    strengths = sympy.symbols("g_1:4", positive=True)
    moved = [2 * g * h * e.pull - 2 * e.weight_decay * g for g, h in zip(strengths, slopes, strict=True)]
    still = sympy.solve(sympy.Add(*(h * m for h, m in zip(slopes, moved, strict=True))), e.pull)[0]
    drive = sympy.Add(*(h * g for h, g in zip(slopes, strengths, strict=True)))
    weighted = sympy.Add(*(h**2 * g for h, g in zip(slopes, strengths, strict=True)))
    return (
        vanishes(
            "d ln sum p(0) exp(2 h tau) = 2 <h> d tau, so mu = lambda/<h> runs the clock",
            sympy.diff(level, tau) - 2 * mean,
        ),
        vanishes("and lambda/<h> is what holds the drive", still - e.weight_decay * drive / weighted),
        vanishes("it begins at 0", sympy.expand(sympy.exp(level.subs(tau, 0)) - sympy.Add(*shares))),
    )


@cache
def shares() -> tuple[Obligation, ...]:
    """Prove the shares at every depth and time."""
    return (
        *residual(), *limits(), *gains(), *softmax(),
        equals_numerically(
            "NumPy equals the root of the sum in SymPy's form, found to 40 digits",
            lambda **point: formulas.shares(**point, feature=0), by_bisection, POINTS,
        ),
    )  # fmt: skip


def by_bisection(
    start: tuple[float, ...], efficiency: tuple[float, ...], weight_decay: float, depth: float, time: float
) -> float:
    """Return the first share from the textbook form of the solution, its clock by bisection in 40 digits."""
    with mpmath.workdps(40):
        length, lost = mpmath.mpf(depth), mpmath.mpf(depth) * weight_decay * time

        def drives(s: mpmath.mpf) -> list[mpmath.mpf]:
            pairs = zip(map(mpmath.mpf, start), map(mpmath.mpf, efficiency), strict=True)
            if depth == 2.0:
                return [h * g * mpmath.exp(2 * h * s - lost) for g, h in pairs]
            power = -length / (length - 2)
            return [h * mpmath.exp(-lost) * (g ** (1 / power) - (length - 2) * h * s) ** power for g, h in pairs]

        poles = [mpmath.mpf(g) ** ((2 - length) / length) / ((length - 2) * h)
                 for g, h in zip(start, efficiency, strict=True)] if depth > 2.0 else []  # fmt: skip
        low, high = mpmath.mpf(0), min(poles) if poles else mpmath.mpf(100)
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if mpmath.fsum(drives(middle)) < 1 else (low, middle)
        found = drives(low)
        return float(found[0] / mpmath.fsum(found))


def clock() -> tuple[Obligation, ...]:
    """Prove the clock itself: at it, the textbook form of the strengths has the drive that is held."""

    def held(**point: Any) -> float:
        s = formulas.clock(**point)
        g, h = np.array(point["start"]), np.array(point["efficiency"])
        lost, depth = point["depth"] * point["weight_decay"] * point["time"], point["depth"]
        if abs(depth - 2.0) < 1e-6:
            return float(np.sum(h * g * np.exp(2.0 * h * s - lost)))
        return float(
            np.sum(h * np.exp(-lost) * (g ** ((2 - depth) / depth) - (depth - 2) * h * s) ** (-depth / (depth - 2)))
        )

    return (
        *softmax(),
        *residual(),
        equals_numerically(
            "the drive at the clock is 1",
            held,
            lambda **_: 1.0,
            [one for one in POINTS if one["depth"] in (1, 1.5, 2, 3, 6)],
        ),
        equals_numerically(
            "the gain undone: log_strengths at held_gain are the log-shares",
            lambda **point: float(np.exp(_by_gain(**point))[0]),
            lambda **point: float(formulas.shares(**point, feature=0)),
            POINTS,
        ),
    )


def _by_gain(
    start: tuple[float, ...], efficiency: tuple[float, ...], weight_decay: float, depth: float, time: float
) -> Any:
    compounded = depth * weight_decay * time
    gain = exact.held_gain(start, efficiency, depth, compounded)
    return np.log(efficiency) + exact.log_strengths(start, efficiency, depth, gain, compounded)
