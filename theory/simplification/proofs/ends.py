"""Why it ends as it does: who wins, how many are left on the way, what it costs, what is left of an aligned goal."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.lemmas import equals_numerically, tends, vanishes
from theory.obligation import Obligation
from theory.simplification import expressions as e
from theory.simplification import formulas
from theory.simplification.proofs.shares import POINTS, gains, shares

ALIGNED: list[dict[str, Any]] = [
    {"base": (1.0, 1.0, 1.0), "efficiency": (1.0, 1.3, 1.7), "weight_decay": 0.2, "depth": 2.0},
    {"base": (0.5, 1.0, 0.7), "efficiency": (1.8, 1.0, 0.6), "weight_decay": 1.5, "depth": 3.0},
    {"base": (0.5, 1.0, 0.7), "efficiency": (1.8, 1.0, 0.6), "weight_decay": 0.1, "depth": 1.4},
]


def winner() -> tuple[Obligation, ...]:
    """Prove who wins: what a slower feature is behind the leader grows without bound for L >= 2, and not below.

    Its lag is ln[rho + (1 - rho) exp(a u)]/a.
    """
    a, slow = sympy.Symbol("a", positive=True), sympy.Rational(3, 5)
    lag = sympy.log(slow + (1 - slow) * sympy.exp(a * e.gain)) / a
    shallow = -sympy.log(e.ratio + (1 - e.ratio) * sympy.exp(-a * e.gain)) / a
    return (
        *gains(),
        Obligation("for L > 2 the lag is unbounded", sympy.limit(lag, e.gain, sympy.oo) == sympy.oo),
        Obligation("at L = 2 it is (1 - rho) u", sympy.limit(lag, a, 0) == sympy.expand((1 - slow) * e.gain)),
        tends("for L < 2 it ends at ln(1/rho)/|a|", shallow, e.gain, sympy.oo, -sympy.log(e.ratio) / a),
        Obligation(
            "at L = 2 the largest h wins whatever the start, and as L -> infinity the largest h g(0)",
            bool(
                formulas.winner((1e-300, 1.0), (1.1, 1.0), 2.0) == 0
                and formulas.winner((0.3, 0.5), (1.6, 1.0), np.inf) == 1
                and formulas.winner((0.0, 0.5), (1.6, 1.0), 2.0) == 1
            ),
        ),
    )


def coexistence() -> tuple[Obligation, ...]:
    """Prove what is left at L < 2: p ~ p(0) rho^(1/|a|) with rho ~ h g(0)^a is h^(2/(2 - L)), and stands still."""
    shallow = sympy.Symbol("L", positive=True)
    a = 1 - 2 / shallow
    ends = sympy.log(e.efficiency * e.start) - sympy.log(e.efficiency * e.start**a) / a
    expected = sympy.log(e.efficiency ** (2 / (2 - shallow)))
    b = sympy.Symbol("b", positive=True)  # -a: L/(2 - L) is 1/b
    speed = e.efficiency * (e.efficiency ** (1 / b)) ** (-b)
    return (
        *winner(),
        vanishes("the start drops out", sympy.expand_log(ends - expected, force=True)),
        vanishes("there every feature has the same speed h g^a", speed - 1),
        equals_numerically(
            "the shares arrive there", lambda **p: formulas.shares(**p, time=1e4, feature=0),
            lambda efficiency, depth, **_: formulas.coexistence(efficiency, depth, 0),
            [{"start": (0.1, 0.6), "efficiency": (1.2, 0.8), "weight_decay": 1.0, "depth": L} for L in (1.0, 1.5, 1.9)],
        ),
    )  # fmt: skip


def depth_of_entrenchment() -> tuple[Obligation, ...]:
    """Prove the boundary: the two scores are equal there."""
    score = sympy.log(e.efficiency_1 / e.efficiency_2) - (1 - 2 / e.depth) * sympy.log(e.start_2 / e.start_1)
    head_start = sympy.Symbol("D", positive=True)
    in_logs = e.depth_of_entrenchment.subs(sympy.log(e.start_2 / e.start_1), head_start)
    return (
        vanishes("h_1 g_1^(1 - 2/L) = h_2 g_2^(1 - 2/L)", score.subs(e.depth, e.depth_of_entrenchment)),
        Obligation("2 for the largest head start", sympy.limit(in_logs, head_start, sympy.oo) == 2),
        equals_numerically(
            "NumPy equals SymPy", lambda g: formulas.depth_of_entrenchment((g, 1.0), (1.4, 1.0)),
            lambda g: float(e.depth_of_entrenchment.subs(
                {e.start_1: g, e.start_2: 1, e.efficiency_1: sympy.Rational(7, 5), e.efficiency_2: 1}
            )),
            [{"g": 0.1}, {"g": 0.5}],
        ),
    )  # fmt: skip


def effective_features() -> tuple[Obligation, ...]:
    """Prove that at L = 2 the number 1/sum p^2 never rises once the winner holds half of the drive.

    d(sum p^2)/d tau = 4 sum p_j^2 (h_j - <h>). With d_j = h_j - <h>, the features below the mean take part with at most
    m = 1 - p_w - o each, o being the others above it, and as sum p d = 0 the sum is at least
    d_w [p_w (p_w - m) - o m] >= 0: with p_w = 1/2 + s its coefficients are all positive.
    """
    p, h = sympy.symbols("p_1:4", positive=True), sympy.symbols("h_1:4", positive=True)
    mean = sympy.Add(*(a * b for a, b in zip(p, h, strict=True)))
    rates = [2 * a * (b - mean) for a, b in zip(p, h, strict=True)]
    moved = sympy.Add(*(2 * a * r for a, r in zip(p, rates, strict=True)))
    s, o = sympy.symbols("s o", nonnegative=True)
    leader = sympy.Rational(1, 2) + s
    most = 1 - leader - o
    bound = sympy.Poly(sympy.expand(leader * (leader - most) - o * most), s, o)
    return (
        *shares(),
        vanishes(
            "d(sum p^2)/d tau = 4 sum p^2 (h - <h>)",
            moved - 4 * sympy.Add(*(a**2 * (b - mean) for a, b in zip(p, h, strict=True))),
        ),
        Obligation("the bound is positive", all(c >= 0 for c in bound.coeffs())),
        Obligation("one feature has the number 1", formulas.effective_features((0.3,), (2.0,), 1.0, 2.0, 1.0) == 1.0),
    )


def weight_cost() -> tuple[Obligation, ...]:
    """Prove that the cost never rises while the drive is held, and that equal weights cost least.

    With v_j = h_j g_j^(1 - 1/L) and w_j = g_j^(1/L), the drive is sum v w, mu = lambda sum v w/sum v^2, and the cost's
    rate is L lambda^2 [(sum v w)^2/sum v^2 - sum w^2] <= 0 (Cauchy, by Lagrange's identity).
    """
    v, w = sympy.symbols("v_1:4", positive=True), sympy.symbols("w_1:4", positive=True)
    vw, vv, ww = (
        sympy.Add(*(a * b for a, b in zip(left, right, strict=True))) for left, right in ((v, w), (v, v), (w, w))
    )
    pairs = [(i, j) for i in range(3) for j in range(i)]
    squares = sympy.Add(*((v[i] * w[j] - v[j] * w[i]) ** 2 for i, j in pairs))
    g, h, decay, layers = e.start, e.efficiency, e.weight_decay, e.depth
    cost = decay / 2 * layers * g ** (2 / layers)
    law = layers * g ** (2 - 2 / layers) * h * e.pull - layers * decay * g
    rate = sympy.diff(cost, g) * law
    logs = sympy.symbols("y_1:4", real=True)
    squared = sympy.Add(*(sympy.exp(2 * y) for y in logs))
    tangents = [sympy.diff(squared, y).subs(dict.fromkeys(logs, logs[0])) for y in logs]
    return (
        *shares(),
        vanishes(
            "one feature's rate is L lambda (mu v w - lambda w^2)",
            sympy.powsimp(sympy.expand(rate - layers * decay * (e.pull * h * g - decay * g ** (2 / layers)))),
        ),
        vanishes("Lagrange: (sum v w)^2 - sum v^2 sum w^2 = -sum of squares", sympy.expand(vw**2 - vv * ww + squares)),
        Obligation("equal weights are stationary at a given product", len(set(tangents)) == 1),
        Obligation(
            "and the sum of squares is convex in their logarithms",
            bool(all(sympy.diff(squared, y, 2).is_positive for y in logs)),
        ),
    )  # fmt: skip


def alignment() -> tuple[Obligation, ...]:
    """Prove what becomes of the cosine: it begins at 1 for an aligned start and ends at b_w/|b|, in time ~ 1/lambda."""
    one = ALIGNED[0]
    b, h = np.array(one["base"]), np.array(one["efficiency"])
    point = {"start": b / (h @ b), "base": b, "efficiency": h, "weight_decay": 0.2, "depth": 2.0}

    def halved(**given: Any) -> float:
        base, efficiency = np.array(given["base"]), np.array(given["efficiency"])
        time = formulas.alignment_half_life(**given)
        return float(
            formulas.alignment(
                base / (base @ efficiency), base, efficiency, given["weight_decay"], given["depth"], time
            )
        )

    return (
        *shares(),
        Obligation("1 at the start", abs(float(formulas.alignment(**point, time=0.0)) - 1.0) < 1e-12),
        equals_numerically(
            "b_w/|b| in the end", lambda: formulas.alignment(**point, time=1e3), lambda: 1.0 / np.sqrt(3.0), [{}]
        ),
        equals_numerically(
            "at the half-life it is halfway to what lasts", halved,
            lambda base, efficiency, depth, **_: 0.5 * (1.0 + formulas.lasting_alignment(base, efficiency, depth)),
            ALIGNED,
        ),
        equals_numerically(
            "the half-life is proportional to 1/weight_decay",
            lambda **p: formulas.alignment_half_life(**p) * p["weight_decay"],
            lambda **p: formulas.alignment_half_life(**{**p, "weight_decay": 1.0}), ALIGNED,
        ),
    )  # fmt: skip


def frozen_shares() -> tuple[Obligation, ...]:
    """Prove that what is not frozen goes on by the same clock: nothing frozen is no change, and the clock restarts."""
    points = [{**one, "freeze_time": 0.4 * one["time"]} for one in POINTS if one["depth"] in (1.5, 2.0, 3.0)]

    def without(freeze_time: float, **point: Any) -> float:
        return float(formulas.shares(**point, feature=0))

    frozen = {**points[-1], "frozen": (1, 0, 0)}
    at_freeze = {**POINTS[-2], "depth": points[-1]["depth"], "time": points[-1]["freeze_time"]}
    return (
        *shares(),
        equals_numerically(
            "the clock restarts at any time", lambda **p: formulas.frozen_shares(**p, frozen=(0, 0, 0), feature=0),
            without, points,
        ),
        equals_numerically(
            "what is frozen keeps its share", lambda: formulas.frozen_shares(**frozen, feature=0),
            lambda: formulas.shares(**at_freeze, feature=0), [{}],
        ),
        equals_numerically(
            "the shares make up the drive", lambda: formulas.frozen_shares(**frozen).sum(), lambda: 1.0, [{}]
        ),
    )  # fmt: skip
