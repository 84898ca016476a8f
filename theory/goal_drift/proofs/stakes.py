"""Why reward selects stake and discount."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.functions import logistic, total
from simulator.models.goal_drift import base, decision, discount, ease_stake, goal, stake
from theory.goal_drift import formulas
from theory.lemmas import vanishes
from theory.obligation import Obligation


def stake_selection() -> tuple[Obligation, ...]:
    """Prove that reward selects stake and discount, and the implicit solution of the stake's climb."""
    u, speed = sympy.Symbol("u", real=True), sympy.Symbol("A", positive=True)
    gate = logistic(u)
    return (
        *_reward_rises(),
        vanishes(
            "a(1 - a) = 1/(2 + 2 cosh u)",
            gate * logistic(-u) - 1 / (2 + 2 * sympy.cosh(u).rewrite(sympy.exp)),
        ),
        vanishes(
            "d/dt [u + sinh u] = A/2 where u' = A a (1 - a)",
            ((1 + sympy.cosh(u)) * speed * gate * logistic(-u) - speed / 2).rewrite(sympy.exp),
        ),
        *_solved_implicitly(),
    )


def _reward_rises() -> tuple[Obligation, ...]:
    """The reward's derivatives by stake and discount are products of positive factors."""
    worth, loss = discount.variable ** decision.parameter("horizon"), total((goal - base) ** 2)
    u = (worth * stake - decision.parameter("cost")) / decision.parameter("temperature")
    slope = decision.parameter("pull") / 2 * loss * logistic(u) * logistic(-u) / decision.parameter("temperature")
    per_discount = slope * stake * decision.parameter("horizon") * worth / discount
    return (
        vanishes(
            "dR/dstake = (pull/2)|g - b|^2 a(1 - a) discount^horizon/temperature > 0",
            decision.gradient(decision.reward, stake) - slope * worth,
        ),
        vanishes(
            "dR/ddiscount = dR/dstake stake horizon/discount > 0",
            decision.gradient(decision.reward, discount) - per_discount,
        ),
        vanishes("K of the stake is its ease", decision.learner[stake] - ease_stake.variable),
    )


def _solved_implicitly() -> tuple[Obligation, ...]:
    keywords: dict[str, Any] = {"cost": 1.0, "temperature": 0.2, "discount": 0.9, "horizon": 3.0, "pull": 1.5,
                                "distance": 1.2, "ease": 0.3}  # fmt: skip
    starts, times = np.array([0.2, 1.0, 1.4, 2.5]), np.array([0.5, 2.0, 10.0, 50.0])
    ends = formulas.stake_selection(stake=starts, time=times, **keywords)
    worth = 0.9**3
    before, after = (worth * starts - 1.0) / 0.2, (worth * ends - 1.0) / 0.2
    gained = 0.3 * 1.5 / 2 * 1.2**2 * (worth / 0.2) ** 2 * times / 2
    residual = after + np.sinh(after) - before - np.sinh(before) - gained
    return (Obligation("the root found has zero residual", bool(np.all(np.abs(residual) < 1e-9 * np.cosh(after)))),)
