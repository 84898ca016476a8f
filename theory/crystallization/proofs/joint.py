"""Why joint optimizers lose what they lose: the law's own rewards, and the odds that selection leaves."""

from __future__ import annotations

from functools import partial

import numpy as np
import sympy

from simulator.model import Model
from simulator.models.crystallization import joint_optimizers
from simulator.models.crystallization.joint import capability, lot
from theory.crystallization import expressions as e
from theory.crystallization import formulas
from theory.crystallization.proofs.points import SELECTED
from theory.lemmas import formula_is, tends, vanishes
from theory.obligation import Obligation


def reward_gap(law: Model = joint_optimizers) -> tuple[Obligation, ...]:
    """Prove that the gap is the difference of the law's rewards, and that it closes as the gate shuts."""
    named = {law.parameter(name).variable: getattr(e, name)
             for name in ("pull", "distance", "threshold", "width", "effort")}  # fmt: skip
    reward = law.reward.xreplace({law.parameter("joint_share").variable: sympy.Rational(1, 2)})
    pure, joint = (reward.subs(lot.variable, chance) for chance in (sympy.Rational(3, 4), sympy.Rational(1, 4)))
    gap = (pure - joint).xreplace({**named, capability.variable: e.capability})
    return (
        vanishes("it is what the base optimizer earns more", gap - e.reward_gap),
        tends(
            "it closes as capability grows", e.reward_gap.subs({e.width: 1, e.threshold: 0}), e.capability, sympy.oo, 0
        ),
        formula_is("NumPy equals SymPy", formulas.reward_gap, e.reward_gap, SELECTED),
    )


def joint_share() -> tuple[Obligation, ...]:
    """Prove what one generation of softmax selection does to the odds, and that N -> infinity repeats it."""
    p, s, gap = e.share, e.strength, e.gap
    after = p * sympy.exp(-s * gap) / (p * sympy.exp(-s * gap) + 1 - p)
    step = partial(formulas.joint_share, pull=2.0, distance=1.0, width=0.1, growth=0.0, threshold=9.0,
                   initial_capability=0.0, generations=1)  # fmt: skip
    points = [{"share": 0.9, "strength": 0.4, "gap": 1.0}, {"share": 0.2, "strength": 1.7, "gap": 1.0}]
    slow = formulas.joint_share(0.6, 0.5, 1.0, 1.0, 0.1, 0.2, 1.0, 0.0, 200)
    return (
        vanishes("softmax lowers ln(p/(1 - p)) by strength times gap",
                 sympy.exp(s * gap) * after / (1 - after) - p / (1 - p)),
        formula_is("NumPy equals SymPy for one generation", lambda gap, **point: float(step(**point)), after, points),
        Obligation("two individuals, by hand: binomial, softmax, binomial again",
                   bool(np.isclose(step(share=0.3, strength=0.5, population=2), _by_hand(0.3, 0.5)))),
        Obligation("as capability grows the sum of the gaps converges: some are left",
                   bool(0.0 < slow == formulas.joint_share(0.6, 0.5, 1.0, 1.0, 0.1, 0.2, 1.0, 0.0, 400))),
    )  # fmt: skip


def _by_hand(p: float, strength: float) -> float:
    """Return the mean share of two individuals after one generation of selection against a gap of one."""
    weight = np.exp(-strength)
    return float(2 * p * (1 - p) * weight / (1 + weight) + p**2)


def overtaking_time() -> tuple[Obligation, ...]:
    """Prove that the odds are even then."""
    odds = e.share / (1 - e.share) * sympy.exp(-e.strength * e.gap * e.overtaking_time)
    return (
        vanishes("the odds are one", odds - 1),
        Obligation("NumPy's, by hand", bool(np.isclose(formulas.overtaking_time(0.75, 2.0, 0.5), np.log(3.0)))),
    )
