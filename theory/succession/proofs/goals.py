"""Why so much of a goal is left: what is new in it points nowhere on average, so that cosines multiply."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy

from theory.lemmas import equals_numerically, solves, tends, vanishes
from theory.obligation import Obligation
from theory.succession import expressions as e
from theory.succession import formulas

POINTS = [
    {"circuits": K, "overlap": rho} for K in (1, 2, 3, 17, 400) for rho in (-0.95, -0.3, 0.0, 0.3, 0.7, 1.0)
]  # fmt: skip


def goal_retention() -> tuple[Obligation, ...]:
    """Prove the mean of one inheritance in two and in three dimensions, and the power by recurrence."""
    n, angle, rho = sympy.Symbol("n", integer=True, nonnegative=True), sympy.Symbol("psi", real=True), e.overlap
    r = sympy.Function("r")
    goal, first = sympy.Matrix([0, 0, 1]), sympy.Matrix(sympy.symbols("f_1 f_2 f_3", real=True))
    new = sympy.Matrix([sympy.cos(angle), sympy.sin(angle), 0])
    heir = rho * goal + sympy.sqrt(1 - rho**2) * new
    flat = [rho * sympy.Matrix([0, 1]) + sign * sympy.sqrt(1 - rho**2) * sympy.Matrix([1, 0]) for sign in (1, -1)]
    length = sympy.simplify(heir.dot(heir))
    mean = sympy.integrate(heir.dot(first), (angle, 0, 2 * sympy.pi)) / (2 * sympy.pi)
    solved = sympy.rsolve(r(n + 1) - rho * r(n), r(n), {r(0): 1})
    return (
        vanishes("an heir's goal has length 1", length - 1),
        vanishes("its mean along any first goal is rho times its parent's (3 components)",
                 mean - rho * goal.dot(first)),
        vanishes("and with 2 components", sum(one.dot(sympy.Matrix(first[:2])) for one in flat) / 2 - rho * first[1]),
        vanishes("so that n times over it is rho^n", solved - rho**n),
        equals_numerically("NumPy equals it", formulas.goal_retention,
                           lambda overlap, successions: float(sympy.Rational(str(overlap)) ** successions),
                           [{"overlap": rho, "successions": n} for rho in (-0.5, 0.0, 0.7, 1.0) for n in (0, 1, 7)]),
    )  # fmt: skip


def run_retention() -> tuple[Obligation, ...]:
    """Prove that three circuits' two means leave one law of N, at most 2, and its values for r = 0."""
    none, some, rho = e.stays, e.mean_changes, e.overlap
    retained = e.run_retention
    given = {none: sympy.Rational(1, 3), some: sympy.Rational(3, 4)}
    return (
        vanishes("the probabilities add up", retained.subs(rho, 1) - 1),
        vanishes("and are P(0) at rho = 0", retained.subs(rho, 0) - none),
        vanishes("the mean number is what it should be", sympy.diff(retained, rho).subs(rho, 1) - some),
        vanishes("1/3 and 3/4 give (4 + 7 rho + rho^2)/12", retained.subs(given) - e.independent_retention),
        equals_numerically("NumPy equals it", formulas.run_retention,
                           lambda overlap: float(e.independent_retention.subs(rho, overlap)),
                           [{"overlap": rho} for rho in (-0.8, 0.0, 0.5, 1.0)]),
    )  # fmt: skip


def reuse_retention() -> tuple[Obligation, ...]:
    """Prove that the sum over pairs solves its recurrence, the enumeration of all small trees, and the limits."""
    n, rho = sympy.Symbol("n", positive=True), sympy.Symbol("rho", positive=True)
    closed = e.tree_sum.subs({e.circuits: n, e.overlap: rho})
    step = closed.subs(n, n + 1) - closed * (1 + 2 * rho / n) - 1
    return (
        Obligation("a circuit more adds 2 rho times the mean over its parent, and itself",
                   sympy.gammasimp(step.rewrite(sympy.gamma)).simplify() == 0),
        vanishes("one circuit keeps its goal", sympy.gammasimp(closed.subs(n, 1)) - 1),
        Obligation("the mean over all reuse trees of up to 6 circuits", all(_by_trees(K) for K in range(1, 7))),
        Obligation("falls as K^(2 rho - 2) above 1/2, and as 1/K below", _falls()),
        equals_numerically("NumPy equals the closed form", formulas.reuse_retention, _closed, POINTS),
    )  # fmt: skip


def _closed(circuits: int, overlap: float) -> float:
    exact = e.reuse_retention.subs({e.circuits: circuits, e.overlap: sympy.Rational(str(overlap))})
    return float(sympy.N(exact, 30))


def _falls() -> bool:
    """Tell whether the power law's constants are approached, to one part in K^|2 rho - 1|, by powers of ten."""
    for overlap in (sympy.Rational(9, 10), sympy.Rational(1, 5)):
        tail = 2 * overlap / ((2 * overlap - 1) * sympy.gamma(1 + 2 * overlap))
        power, constant = (2 - 2 * overlap, tail) if overlap > sympy.Rational(1, 2) else (1, 1 / (1 - 2 * overlap))
        for size in (1e3, 1e6, 1e9):
            # A Float, for of a whole number SymPy would write the factorial out.
            found = e.reuse_retention.subs({e.overlap: overlap, e.circuits: sympy.Float(size, 40)})
            if abs(float(found * size**power / constant) - 1.0) > 2.0 / size ** abs(float(2 * overlap - 1)):
                return False
    return True


def _by_trees(circuits: int) -> bool:
    """Tell whether the mean over all recursive trees and all pairs, in fractions, is the formula's."""
    rho, sums, trees = Fraction(2, 7), Fraction(0), 0
    for parents in product(*(range(max(node, 1)) for node in range(circuits))):
        sums += sum(rho ** distance(parents, i, j) for i in range(circuits) for j in range(circuits))
        trees += 1
    found = float(sums / trees / circuits**2)
    return abs(found - float(formulas.reuse_retention(circuits, float(rho)))) < 1e-12


def distance(parents: tuple[int, ...], first: int, second: int) -> int:
    """Return the number of edges between two circuits: the younger goes to its parent until they meet."""
    steps = 0
    while first != second:
        first, second, steps = parents[max(first, second)], min(first, second), steps + 1
    return steps


def blend_overlap() -> tuple[Obligation, ...]:
    """Prove that a blend keeps the first goal in its own share, and others' in the mean of a pair."""
    pair = (e.tree_sum - e.circuits) / (e.circuits * (e.circuits - 1))
    point: dict[str, Any] = {"presence": (0.5, -1.0, 0.1), "quality": (-1.0, 2.0, 0.0), "time": 0.7, "overlap": 0.4}
    share = float(np.exp(0.5 - 0.7) / (np.exp(0.5 - 0.7) + np.exp(-1.0 + 1.4) + np.exp(0.1)))
    return (
        vanishes("a pair and one goal make up the sum over all pairs",
                 (e.circuits + e.circuits * (e.circuits - 1) * pair) - e.tree_sum),
        vanishes("the blend is linear in the shares", e.blend_overlap - (e.share + (1 - e.share) * pair)),
        vanishes("two circuits are one edge apart", sympy.gammasimp(pair.subs(e.circuits, 2)) - e.overlap),
        equals_numerically("NumPy equals it", lambda: float(formulas.blend_overlap(**point)),
                           lambda: float(e.blend_overlap.subs({e.share: share, e.circuits: 3, e.overlap: 0.4})), [{}]),
    )  # fmt: skip


def leader_share() -> tuple[Obligation, ...]:
    """Prove that the softmax solves the replicator equation, which is the one law with selection for K."""
    starts, slopes = sympy.symbols("l_1:4", real=True), sympy.symbols("s_1:4", real=True)
    weights = [sympy.exp(start + slope * e.time) for start, slope in zip(starts, slopes, strict=True)]
    shares = [weight / sum(weights) for weight in weights]
    mean = sum(slope * share for slope, share in zip(slopes, shares, strict=True))
    p = sympy.symbols("p_1:4", positive=True)
    reward = sum(slope * share for slope, share in zip(slopes, p, strict=True))
    covariance: Any = sympy.Matrix(3, 3, lambda i, j: p[i] * (int(i == j) - p[j]))
    moved = covariance * sympy.Matrix([sympy.diff(reward, one) for one in p])
    later = shares[0].subs(dict(zip(slopes, (2, 1, 0), strict=True)))
    points = [{"time": time} for time in (0.0, 0.7, 30.0)]
    lines = {"presence": (0.5, -1.0, 0.1), "quality": (-1.0, 2.0, 0.0)}
    return (
        *(solves(f"share {k + 1} solves the replicator equation", shares[k], e.time, shares[k] * (slopes[k] - mean))
          for k in range(3)),
        *(vanishes(f"which is K grad R for the reward sum s_k p_k and K the covariance of choices ({k + 1})",
                   moved[k] - p[k] * (slopes[k] - reward)) for k in range(3)),
        tends("the best circuit's share comes to 1", later, e.time, sympy.oo, 1),
        equals_numerically("NumPy equals the equation, integrated", lambda time: float(
            formulas.leader_share(**lines, time=time)), lambda time: _integrated(**lines, time=time), points),
    )  # fmt: skip


def _integrated(presence: tuple[float, ...], quality: tuple[float, ...], time: float) -> float:
    from scipy.integrate import solve_ivp

    slope, begun = np.array(quality), np.exp(presence)
    found = solve_ivp(lambda _, p: p * (slope - p @ slope), (0.0, max(time, 1e-12)), begun / begun.sum(),
                      method="DOP853", rtol=3e-14, atol=1e-16)  # fmt: skip
    return float(found.y[:, -1].max())
