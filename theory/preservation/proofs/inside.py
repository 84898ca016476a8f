"""Why the closed forms of a memory inside the weights are true: Lyapunov's equation of the pair, solved."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.model import Model
from simulator.models.preservation import preservation
from simulator.models.preservation.law import age, freeze_time, goal, memory, reading, writing
from theory.lemmas import equals_numerically, formula_is, only, solves, tends, vanishes
from theory.obligation import Obligation
from theory.preservation import expressions as e
from theory.preservation import formulas
from theory.preservation.proofs.points import INSIDE_POINTS

SPREAD = sympy.diag(e.noise**2, e.memory_noise**2)
MOTION = sympy.Matrix([[-e.weight_decay - e.hold, e.hold], [e.tracking, -e.tracking]])
PAIR = ("hold", "tracking", "noise", "memory_noise")


def of_law(law: Model = preservation) -> tuple[Obligation, ...]:
    """Prove that the law, with its gate shut and its hold in reach, is the linear pair that everything here is of."""
    names = {str(symbol): symbol for symbol in e.SYMBOLS}
    same = {one.variable: names[one.name] for one in law.parameters if one.name in names}
    before = {age.variable: sympy.Integer(-1), freeze_time.variable: sympy.Integer(0)}
    beyond = {reading: sympy.Integer(1), writing.variable: sympy.Integer(0)}
    drifts = [law.drift[one].xreplace(before).doit().xreplace(beyond).xreplace(same) for one in (goal, memory)]
    shut = [one.subs(e.pull, 0) for one in drifts]
    motion = sympy.Matrix([[sympy.diff(one, by.variable) for by in (goal, memory)] for one in shut])
    noises = [law.noise[one].xreplace(before).doit().xreplace(same) for one in (goal, memory)]
    return (
        Obligation("the drift of goal and memory is A (g, m)", sympy.simplify(motion - MOTION) == sympy.zeros(2, 2)),
        Obligation("their noise is independent, sigma and sigma_m", noises == [e.noise, e.memory_noise]),
    )


def internal_diffusion(law: Model = preservation) -> tuple[Obligation, ...]:
    """Prove the diffusion of the common mode, which nothing restores, and its bounds."""
    weights = sympy.Matrix([[e.tracking, e.hold]]) / (e.hold + e.tracking)
    still = (weights * MOTION).subs(e.weight_decay, 0)
    excess = e.internal_diffusion - e.least_diffusion
    square = (e.tracking * e.noise**2 - e.hold * e.memory_noise**2) ** 2 / (
        (e.hold + e.tracking) ** 2 * (e.noise**2 + e.memory_noise**2)
    )
    slowed = e.noise**2 * (1 + 2 * e.tracking / e.hold) - e.memory_noise**2
    return (
        *of_law(law),
        Obligation("(kappa_m, kappa_h) A = 0 without decay", sympy.simplify(still) == sympy.zeros(1, 2)),
        vanishes("so that mode diffuses at D", (weights * SPREAD * weights.T)[0] - e.internal_diffusion),
        vanishes("D is the least possible plus a square", excess - square),
        vanishes(
            "D < sigma^2 iff sigma_m^2 < sigma^2 (1 + 2 kappa_m/kappa_h)",
            e.noise**2 - e.internal_diffusion - (e.hold / (e.hold + e.tracking)) ** 2 * slowed,
        ),
        formula_is("NumPy equals SymPy", formulas.internal_diffusion, e.internal_diffusion, only(INSIDE_POINTS, *PAIR)),
    )


def internal_variance(law: Model = preservation) -> tuple[Obligation, ...]:
    """Prove the covariance, settled and on the way: it solves P' = A P + P A^T + Q from 0."""
    p = _settled()
    found = sympy.Matrix([[p[0], p[1]], [p[1], p[2]]])
    residual = MOTION * found + found * MOTION.T + SPREAD
    settled = [{key: value for key, value in point.items() if key != "time"} for point in INSIDE_POINTS]
    parts = {"of the goal": (formulas.internal_variance, p[0]), "of both": (formulas.internal_covariance, p[1]),
             "of the memory": (formulas.internal_memory_variance, p[2])}  # fmt: skip
    return (
        *of_law(law),
        Obligation("A P + P A^T + Q = 0 once settled", sympy.simplify(residual) == sympy.zeros(2, 2)),
        vanishes("its first entry is what the page prints", p[0] - e.internal_variance),
        *_on_the_way(),
        *(formula_is(f"NumPy tends to it: {says}", *one, settled) for says, one in parts.items()),
        *(
            equals_numerically(
                f"on the way NumPy is van Loan's block exponential: {says}", formula, _entry(index), INSIDE_POINTS
            )
            for index, (says, (formula, _)) in enumerate(parts.items())
        ),
        equals_numerically(
            "without decay the variance grows by D t in the end",
            lambda **point: formulas.internal_variance(**{**point, "weight_decay": 0.0, "time": 1e15}) / 1e15,
            lambda **point: formulas.internal_diffusion(**{name: point[name] for name in PAIR}), INSIDE_POINTS,
        ),
    )  # fmt: skip


def internal_gap_variance(law: Model = preservation) -> tuple[Obligation, ...]:
    """Prove that goal less memory stays bounded, without decay too."""
    p = _settled()
    steady = (e.noise**2 + e.memory_noise**2) / (2 * (e.hold + e.tracking))
    points = [{key: value for key, value in point.items() if key != "time"} for point in INSIDE_POINTS]
    return (
        *of_law(law),
        vanishes("P_gg - 2 P_gm + P_mm", p[0] - 2 * p[1] + p[2] - e.internal_gap_variance),
        tends("it stays bounded without decay", e.internal_gap_variance, e.weight_decay, 0, steady),
        formula_is("NumPy tends to it", formulas.internal_gap_variance, e.internal_gap_variance, points),
        equals_numerically(
            "on the way NumPy is van Loan's", formulas.internal_gap_variance,
            lambda **point: _entry(0)(**point) - 2 * _entry(1)(**point) + _entry(2)(**point), INSIDE_POINTS,
        ),
        equals_numerically(
            "and is bounded however long without decay",
            lambda **point: formulas.internal_gap_variance(**{**point, "weight_decay": 0.0, "time": 1e12}),
            lambda hold, tracking, noise, memory_noise, **_: (noise**2 + memory_noise**2) / 2 / (hold + tracking),
            INSIDE_POINTS,
        ),
    )  # fmt: skip


def internal_retention(law: Model = preservation) -> tuple[Obligation, ...]:
    """Prove what is left of the mean goal: it decays wherever weight decay is, by the determinant of A."""
    from scipy.linalg import expm

    points = only(INSIDE_POINTS, "hold", "tracking", "weight_decay", "time")

    def exponential(hold: float, tracking: float, weight_decay: float, time: float) -> float:
        motion = np.array([[-weight_decay - hold, hold], [tracking, -tracking]])
        return float((expm(motion * time) @ [1.0, 1.0])[0])

    return (
        *of_law(law),
        vanishes("det A = lambda kappa_m > 0: with decay, and only then, the mean dies", MOTION.det()
                 - e.weight_decay * e.tracking),
        *_on_the_way(),
        vanishes(
            "(exp(A t) (1, 1))_g is what the page prints",
            sum(_flow()[0, :]) - e.internal_retention.subs(e.weight_decay, _DECAY),
        ),
        equals_numerically("NumPy is the matrix exponential", formulas.internal_retention, exponential, points),
    )  # fmt: skip


def _settled() -> tuple[Any, Any, Any]:
    """Solve Lyapunov's equation A P + P A^T + Q = 0."""
    a, b, c = sympy.symbols("a b c")
    unknown = sympy.Matrix([[a, b], [b, c]])
    (solution,) = sympy.linsolve(list(MOTION * unknown + unknown * MOTION.T + SPREAD), a, b, c)
    return tuple(sympy.simplify(one) for one in solution)


_DECAY = e.slow * e.fast / e.tracking
_RATES = {e.weight_decay: _DECAY, e.hold: e.slow + e.fast - e.tracking - _DECAY}


def _flow() -> Any:
    """Return exp(A t) as the formulas have it."""
    motion, one = MOTION.subs(_RATES), sympy.eye(2)
    slow, fast = (motion + e.fast * one) * sympy.exp(-e.slow * e.time), motion + e.slow * one
    return (slow - fast * sympy.exp(-e.fast * e.time)) / (e.fast - e.slow)


def _on_the_way() -> tuple[Obligation, ...]:
    """Prove exp(A t) = [(A + beta) exp(-alpha t) - (A + alpha) exp(-beta t)]/(beta - alpha).

    Lambda and kappa_h stand for what the rates make them: alpha + beta = -tr A and alpha beta = det A.
    """
    motion, flow, one = MOTION.subs(_RATES), _flow(), sympy.eye(2)
    return (
        *(
            solves(f"exp(A t)' = A exp(A t), entry {row}{column}", flow[row, column], e.time,
                   (motion * flow)[row, column])
            for row in range(2)
            for column in range(2)
        ),
        Obligation("exp(0) = 1", sympy.simplify(flow.subs(e.time, 0) - one) == sympy.zeros(2, 2)),
    )  # fmt: skip


def _entry(index: int) -> Any:
    """Return an entry of the covariance by van Loan's exponential of blocks (IEEE Trans. Automat. Control 23, 395)."""
    from scipy.linalg import expm

    def entry(
        hold: float, tracking: float, weight_decay: float, noise: float, memory_noise: float, time: float
    ) -> float:
        motion = np.array([[-weight_decay - hold, hold], [tracking, -tracking]])
        # In short pieces, for one block grows as the other falls; they add up as P <- F P F^T + P_piece.
        pieces = int(np.ceil(np.abs(motion).sum() * time))
        blocks = np.block([[-motion, np.diag([noise**2, memory_noise**2])], [np.zeros((2, 2)), motion.T]])
        whole = expm(blocks * time / pieces)
        forward = whole[2:, 2:].T
        piece, covariance = forward @ whole[:2, 2:], np.zeros((2, 2))
        for _ in range(pieces):
            covariance = forward @ covariance @ forward.T + piece
        return float((covariance[0, 0], covariance[0, 1], covariance[1, 1])[index])

    return entry
