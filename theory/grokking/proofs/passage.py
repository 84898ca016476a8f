"""Why the waiting times are what they are: the exact solution at two weights a strength, and the floor of the loss."""

from __future__ import annotations

from functools import partial

import sympy

from simulator.model import Model
from simulator.models.grokking import grokking, squared
from theory.grokking import expressions as e
from theory.grokking import formulas
from theory.grokking.proofs.laws import along, better, margin, plain, strong
from theory.grokking.proofs.points import WAITING
from theory.lemmas import formula_is, only, vanishes
from theory.obligation import Obligation

GAP = e.generalizing_efficiency - e.memorizing_efficiency
HALF = sympy.Rational(1, 2)
SHARES = (e.memorizing_efficiency * strong / margin, e.generalizing_efficiency * better / margin)
MEAN = (e.memorizing_efficiency**2 * strong + e.generalizing_efficiency**2 * better) / margin
SPREAD = SHARES[0] * SHARES[1] * GAP**2 / MEAN**2


def grokking_time(law: Model = squared) -> tuple[Obligation, ...]:
    """Prove the time of a held margin, with both shares as they should be, and bound what finite stiffness does."""
    at = {e.share: 1 - e.memorizing_share, e.later_share: HALF}
    held = sympy.expand_log(e.passage_time.subs(at), force=True)
    return (
        *_passage(),
        vanishes("grokking is the passage from 1 - p_M to one half",
                 sympy.expand_log(held - e.grokking_time, force=True)),
        vanishes("exactly proportional to 1/lambda", sympy.diff(e.weight_decay * e.grokking_time, e.weight_decay)),
        _diverges(e.grokking_time),
        vanishes("no wait from equal shares", e.grokking_time.subs(e.memorizing_share, HALF)),
        *_stiff(law),
        formula_is("NumPy equals SymPy", formulas.grokking_time, e.grokking_time, WAITING),
    )  # fmt: skip


def _passage() -> tuple[Obligation, ...]:
    """Put tau = (logit p' - logit p)/(2 (h_G - h_M)) and the time into p_j exp(2 h_j tau - 2 lambda t)."""
    tau = (e.logit(e.later_share) - e.logit(e.share)) / (2 * GAP)
    lost = 2 * e.weight_decay * e.passage_time
    parts = (
        ("the memorized", 1 - e.share, 1 - e.later_share, e.memorizing_efficiency),
        ("the generalizing", e.share, e.later_share, e.generalizing_efficiency),
    )
    return tuple(
        vanishes(f"{name} share of a held margin has become what it should",
                 sympy.expand_log(sympy.log(before) + 2 * h * tau - lost - sympy.log(after), force=True))
        for name, before, after, h in parts
    )  # fmt: skip


def _diverges(expression: sympy.Expr) -> Obligation:
    point = {e.memorizing_share: sympy.Rational(9, 10), e.memorizing_efficiency: 1, e.weight_decay: 1}
    limit = sympy.limit(expression.subs(point), e.generalizing_efficiency, 1, "+")
    return Obligation("-> infinity as h_G -> h_M", limit == sympy.oo)


def _stiff(law: Model) -> tuple[Obligation, ...]:
    """Prove q' = 2 q (<h> k (target - q) - lambda), from which the margin's bounds follow."""
    k, wanted = (law.parameter(name).variable for name in ("stiffness", "target"))
    rate = 2 * margin * (MEAN * k * (wanted - margin) - e.weight_decay)
    return (vanishes("the law's margin moves at 2 q (<h> k (target - q) - lambda)", along(law, margin, 2) - rate),)


def grokking_time_logistic(law: Model = grokking) -> tuple[Obligation, ...]:
    """Prove the floor, that the margin's change is what the formula subtracts, and the bound on the floor's lag."""
    pull = -plain(law, law.reward).diff(strong) / e.memorizing_efficiency
    mu = sympy.simplify(-pull)
    y = MEAN * mu / e.weight_decay
    lagging = 2 * e.weight_decay * y * (SPREAD * y - (1 - mu) * margin * (y - 1))
    widest = GAP**2 / (4 * e.memorizing_efficiency * e.generalizing_efficiency)
    square = (SHARES[0] * e.memorizing_efficiency - SHARES[1] * e.generalizing_efficiency) ** 2
    kantorovich = square * GAP**2 / (4 * e.memorizing_efficiency * e.generalizing_efficiency * MEAN**2)
    mean = e.mean_at_crossing
    formula = partial(formulas.grokking_time, loss="logistic")
    return (
        *_passage(),
        vanishes("on the floor h mu = lambda", mean / (1 + sympy.exp(e.floor(mean))) - e.weight_decay),
        vanishes("the law moves y = <h> mu/lambda as the bound on the lag says",
                 (along(law, y, 2) - lagging).rewrite(sympy.exp)),
        vanishes("and Var(h)/<h>^2 is at most (h_G - h_M)^2/(4 h_G h_M): the rest is a square",
                 widest - SPREAD - kantorovich),
        formula_is("NumPy equals SymPy", formula, e.grokking_time_logistic, WAITING[:2]),
    )  # fmt: skip


def grokking_exponent() -> tuple[Obligation, ...]:
    """Prove the exponent: the logarithmic derivative of the time from a given margin."""
    time = e.grokking_time_from_start
    formula = partial(formulas.grokking_exponent, loss="logistic", start_margin=0.05)
    return (
        vanishes("is d ln t/d ln lambda", e.weight_decay * sympy.diff(time, e.weight_decay) / time
                 - e.grokking_exponent),
        vanishes("which for a floor that does not creep would be -1",
                 e.weight_decay * sympy.diff(e.grokking_time, e.weight_decay) / e.grokking_time + 1),
        formula_is("NumPy equals SymPy", formula, e.grokking_exponent.subs(e.start_margin, sympy.Rational(1, 20)),
                   WAITING[:2]),
    )  # fmt: skip


def snap_duration() -> tuple[Obligation, ...]:
    """Prove the snap's duration: the passage from one tenth to nine."""
    ends = {e.share: sympy.Rational(1, 10), e.later_share: sympy.Rational(9, 10)}
    return (
        *_passage(),
        vanishes("is the passage from 1/10 to 9/10",
                 sympy.expand_log(e.passage_time.subs(ends) - e.snap_duration, force=True)),
        formula_is("NumPy equals SymPy", formulas.snap_duration, e.snap_duration,
                   only(WAITING, "memorizing_efficiency", "generalizing_efficiency", "weight_decay")),
    )  # fmt: skip


def ungrokking_time() -> tuple[Obligation, ...]:
    """Prove that ungrokking is grokking with the circuits exchanged, at h_M/h_G = (D_crit/D)^gamma."""
    exchanged = {
        e.memorizing_share: e.generalizing_share, e.memorizing_efficiency: 1,
        e.generalizing_efficiency: e.data_ratio**-e.exponent,
    }  # fmt: skip
    points = [
        {"generalizing_share": 0.99, "data_ratio": 0.5, "exponent": 1.0, "weight_decay": 0.01},
        {"generalizing_share": 0.6, "data_ratio": 0.9, "exponent": 0.3, "weight_decay": 0.1},
    ]
    near = sympy.limit(
        e.ungrokking_time.subs(
            {**dict.fromkeys((e.exponent, e.weight_decay), 1), e.generalizing_share: sympy.Rational(9, 10)}
        ),
        e.data_ratio,
        1,
        "-",
    )
    return (
        *_passage(),
        vanishes("is grokking with the circuits exchanged", e.grokking_time.subs(exchanged) - e.ungrokking_time),
        Obligation("-> infinity at the critical size", near == sympy.oo),
        formula_is("NumPy equals SymPy", formulas.ungrokking_time, e.ungrokking_time, points),
    )  # fmt: skip


def transition_slope() -> tuple[Obligation, ...]:
    """Prove dt/d ln alpha = 1/lambda: at L = 2 exactly, and for any depth by pure decay from alpha^L."""
    scale = sympy.Symbol("alpha", positive=True)
    scaled = e.grokking_time_from_start.subs(e.start_margin, scale**2)
    falling = sympy.log(scale**e.depth) / (e.depth * e.weight_decay)
    return (
        vanishes("at L = 2 a start margin alpha^2 gives 1/lambda",
                 scale * sympy.diff(scaled, scale) - e.transition_slope),
        vanishes("at any L a strength takes ln(alpha)/lambda to fall from alpha^L to 1",
                 scale * sympy.diff(falling, scale) - e.transition_slope),
        formula_is("NumPy equals SymPy", formulas.transition_slope, e.transition_slope, only(WAITING, "weight_decay")),
    )  # fmt: skip
