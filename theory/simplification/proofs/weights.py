"""Why products of weights become balanced: from the steps of the weights themselves."""

from __future__ import annotations

import sympy

from theory.lemmas import vanishes
from theory.obligation import Obligation
from theory.simplification import expressions as e


def balance_decay() -> tuple[Obligation, ...]:
    """Prove the decay of u^2 - v^2, of any two weights of a product, and by Ito with noise where there are two.

    du = (h mu P/u - lambda u) dt + h nu (P/u) dW with P the product: d(u^2) = 2 u du + (h nu P/u)^2 dt.
    """
    u, v, rest = sympy.symbols("u v rest", positive=True)
    product = u * v * rest
    force = e.efficiency * e.pull

    def squared(one: sympy.Symbol) -> sympy.Expr:
        return 2 * one * (force * product / one - e.weight_decay * one)

    difference = u**2 - v**2
    spread = (e.efficiency * e.batch_noise) ** 2 * ((product / u) ** 2 - (product / v) ** 2).subs(rest, 1)
    noisy = 2 * e.efficiency * e.batch_noise * product
    rate = 2 * e.weight_decay + e.efficiency**2 * e.batch_noise**2
    return (
        vanishes(
            "without noise (u^2 - v^2)' = -2 lambda (u^2 - v^2), whatever the other layers",
            sympy.expand(squared(u) - squared(v) + 2 * e.weight_decay * difference),
        ),
        vanishes(
            "with noise and two layers the rate is 2 lambda + h^2 nu^2",
            sympy.expand((squared(u) - squared(v)).subs(rest, 1) + spread + rate * difference),
        ),
        vanishes("and the difference has no noise", noisy - noisy.subs({u: v, v: u}, simultaneous=True)),
        vanishes("the exponential solves it", sympy.diff(e.balance_decay, e.time) + rate * e.balance_decay),
        vanishes(
            "equal weights stay equal, and their product obeys the law of depth 2",
            sympy.expand((2 * u * (force * u - e.weight_decay * u)) - (2 * u**2 * force - 2 * e.weight_decay * u**2)),
        ),
    )
