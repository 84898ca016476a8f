"""Why one clock carries both circuits, and what the gradient shows: the laws' own drifts and rewards."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.model import Model
from simulator.models.grokking import generalizing, grokking, memorizing, squared
from theory.grokking import expressions as e
from theory.grokking import formulas
from theory.grokking.proofs.laws import better, drift, mu, plain, strong
from theory.grokking.proofs.points import RUNS, STARTS
from theory.lemmas import formula_is, tends, vanishes
from theory.obligation import Obligation

AGREEMENT = 1e-7  # of two integrations, each to 1e-10 a step


def clock(logistic: Model = grokking, held: Model = squared) -> tuple[Obligation, ...]:
    """Prove that the clock's strengths solve either law, with L = 2 as the limit, and that the formula is that."""
    return (
        *(step for law in (logistic, held) for step in _form_of_the_law(law)),
        _solves(),
        *_at_depth_two(),
        Obligation(
            "NumPy's scalar equation equals the two equations of the law, written out and integrated",
            all(abs(formulas.clock(**point) / written_out(**point) - 1.0) < AGREEMENT for point in RUNS),
        ),
    )


def _form_of_the_law(law: Model) -> tuple[Obligation, ...]:
    """Prove that either circuit moves at L g^(2-2/L) h mu - L lambda g, the mu = -dloss/dq of both being one."""
    pull = _pull(law)
    return tuple(
        vanishes(f"{law.name}: the drift of {trait.name} is L g^(2-2/L) h mu - L lambda g",
                 drift(law, trait) - e.depth * (own ** (2 - 2 / e.depth) * h * pull - e.weight_decay * own))
        for trait, h, own in (
            (memorizing, e.memorizing_efficiency, strong), (generalizing, e.generalizing_efficiency, better)
        )
    )  # fmt: skip


def _solves() -> Obligation:
    """Prove that g = exp(-L lambda t) B^(-L/(L-2)), B' = -(L-2) h exp(-(L-2) lambda t) mu, solves that for any mu.

    B is the bracket of ``strength_at``. What is shown to vanish is the residual of ln g.
    """
    bracket, h = sympy.Symbol("B", positive=True), e.generalizing_efficiency
    log_g = -e.depth * e.weight_decay * e.time - e.depth / (e.depth - 2) * sympy.log(bracket)
    speed = -(e.depth - 2) * h * sympy.exp(-(e.depth - 2) * e.weight_decay * e.time) * mu
    moved = sympy.diff(log_g, e.time) + sympy.diff(log_g, bracket) * speed
    power = sympy.exp(sympy.expand((1 - 2 / e.depth) * log_g))
    wanted = e.depth * (power * h * mu - e.weight_decay)
    return vanishes("and the clock's strengths solve it", sympy.simplify(moved - wanted))


def _pull(law: Model) -> Any:
    return plain(law, law.gradient(law.reward, memorizing)) / e.memorizing_efficiency


def _at_depth_two() -> tuple[Obligation, ...]:
    begun, h, s = e.generalizing_start, e.generalizing_efficiency, sympy.Symbol("S", positive=True)
    solution = begun * sympy.exp(2 * h * s - 2 * e.weight_decay * e.time)
    log_strength = sympy.log(e.strength_at(begun, h, s) * sympy.exp(e.depth * e.weight_decay * e.time))
    near = sympy.Symbol("epsilon", real=True)
    wanted = sympy.log(begun) + 2 * h * s
    return (
        vanishes("at L = 2 a strength is g(0) exp(2 h S - 2 lambda t), S' = mu",
                 sympy.diff(solution, s) * mu + sympy.diff(solution, e.time)
                 - (2 * solution * h * mu - 2 * e.weight_decay * solution)),
        tends("which is the limit of the other depths'",
              sympy.expand_log(log_strength.subs(e.depth, 2 + near), force=True), near, 0, wanted),
    )  # fmt: skip


def written_out(
    memorizing_start: float, generalizing_start: float, memorizing_efficiency: float, generalizing_efficiency: float,
    weight_decay: float, depth: float, time: float,
) -> float:  # fmt: skip
    """Return the test margin by integrating both strengths on the logistic loss, written down as the law is stated."""
    from scipy.integrate import solve_ivp

    h = np.array([memorizing_efficiency, generalizing_efficiency])

    def rate(_: float, g: Any) -> Any:
        return depth * (g ** (2.0 - 2.0 / depth) * h / (1.0 + np.exp(h @ g)) - weight_decay * g)

    start = np.array([memorizing_start, generalizing_start])
    path = solve_ivp(rate, (0.0, time), start, method="DOP853", rtol=1e-11, atol=1e-14)
    return float(h[1] * path.y[1, -1])


def visible_from_start(law: Model = grokking) -> tuple[Obligation, ...]:
    """Prove the ratio of gradients by the chain rule through products of weights, and what decay leaves of it."""
    r = e.generalizing_efficiency * better ** (1 - 2 / e.depth)
    leader = e.memorizing_efficiency * strong ** (1 - 2 / e.depth)
    growth = e.depth * (r * mu - e.weight_decay)
    return (
        *(_through_weights(law, layers) for layers in (1, 2, 3, 5)),
        vanishes("on the floor, where memorizing neither grows nor shrinks, the other grows as L lambda (r - 1): only "
                 "if it leads in h g^(1 - 2/L), and so will win",
                 growth.subs(mu, e.weight_decay / leader) - e.depth * e.weight_decay * (r / leader - 1)),
        formula_is("NumPy equals SymPy", formulas.visible_from_start, e.visible_from_start, STARTS),
    )  # fmt: skip


def _through_weights(law: Model, layers: int) -> Obligation:
    """Oblige the loss gradients on the weights of both circuits, balanced, to have the ratio of the formula."""
    lengths = []
    for trait in (memorizing, generalizing):
        weights = sympy.symbols(f"u_:{layers}", positive=True)
        reward = plain(law, law.reward)
        own = strong if trait is memorizing else better
        root = own ** sympy.Rational(1, layers)
        slopes = [
            sympy.diff(reward.subs(own, sympy.prod(weights)), weight).subs(dict.fromkeys(weights, root))
            for weight in weights
        ]
        lengths.append(sympy.sqrt(sum(slope**2 for slope in slopes)))
    at = {e.memorizing_start: strong, e.generalizing_start: better, e.depth: layers}
    ratio = sympy.simplify(lengths[1] ** 2 / lengths[0] ** 2)
    return vanishes(f"through {layers} layers", ratio - e.visible_from_start.subs(at) ** 2)
