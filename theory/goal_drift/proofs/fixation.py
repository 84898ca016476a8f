"""Why the closed forms of goals that fix are true: martingales, Kimura's equation, and the exact chain."""

from __future__ import annotations

import numpy as np
import sympy

from theory.goal_drift import expressions as e
from theory.goal_drift import formulas
from theory.lemmas import formula_is, tends, vanishes
from theory.obligation import Obligation

KIMURA: list[dict[str, float]] = [
    {"advantage": 0.1, "population": 20, "copies": 3},
    {"advantage": -0.3, "population": 7, "copies": 2},
    {"advantage": 2.0, "population": 60, "copies": 1},
]
SIZES = (2, 3, 5, 8, 14, 30, 60, 100)
ADVANTAGES = (0.001, 0.01, 0.03, 0.1, 0.2, 0.5, 1.0)


def equal_goals(kinds: int = 3, each: int = 2) -> tuple[Obligation, ...]:
    """Prove 1/K from the exact chain of K types, and from the share of a type being a martingale."""
    from simulator.wright_fisher import Chain

    chain = Chain(kinds * each, (0.0,) * kinds)
    chances = chain.fixation_probabilities()
    share = chain.states[:, 0] / (kinds * each)
    return (
        Obligation("a goal's expected share stays", bool(np.allclose(chain.transitions() @ share, share, atol=1e-13))),
        Obligation("so it fixes with probability its share", bool(np.allclose(chances[:, 0], share, atol=1e-13))),
        Obligation(
            "1/K where all are equally common",
            bool(np.allclose(chances[chain.index((each,) * kinds)], formulas.equal_goals(kinds), rtol=1e-12)),
        ),
    )


def fixation_probability() -> tuple[Obligation, ...]:
    """Prove Kimura's formula: the diffusion's equation and boundaries, its limits, and its error against the chain."""
    x = sympy.Symbol("x", positive=True)
    u = e.fixation_probability.subs(e.copies, x * e.population)
    generator = x * (1 - x) * (u.diff(x, 2) / (2 * e.population) + e.advantage * u.diff(x))
    two = e.fixation_probability.subs({e.population: 2, e.copies: 1})
    ratio = sympy.exp(e.advantage)
    win = ratio / (1 + ratio)
    return (
        vanishes("x(1-x) u''/(2N) + s x(1-x) u' = 0", generator),
        vanishes("u(0) = 0", u.subs(x, 0)),
        vanishes("u(1) = 1", u.subs(x, 1) - 1),
        tends("k/N without advantage", u, e.advantage, 0, x),
        vanishes("exact for N = 2: both children, of one kind", win**2 / (win**2 + (1 - win) ** 2) - two),
        _branching_error(),
        _slow_error(),
        Obligation("the error is within its bound, against the exact chain", largest_share_of_bound() <= 1.0),
        formula_is("NumPy equals SymPy", formulas.fixation_probability, e.fixation_probability, KIMURA),
    )


def _branching_error() -> Obligation:
    """For N -> infinity one copy survives with p = 1 - exp(-e^s p) = 2s - 5s^2/3 ...; Kimura says 2s - 2s^2."""
    s, a, b = e.advantage, sympy.Rational(2), -sympy.Rational(5, 3)
    p = a * s + b * s**2
    residual = sympy.series(1 - p - sympy.exp(-sympy.exp(s) * p), s, 0, 4).removeO()
    kimura = sympy.series(1 - sympy.exp(-2 * s), s, 0, 3).removeO()
    relative = sympy.series((p - kimura) / p, s, 0, 2).removeO()
    return Obligation(
        "its error is s/6 for many individuals",
        sympy.expand(residual) == 0 and sympy.simplify(relative - s / 6) == 0,
    )


def _slow_error() -> Obligation:
    """For s -> 0 the relative error of one copy is (N - 2) s^2/18, up to 1/N."""
    from simulator.wright_fisher import fixation_probability as exact

    s = 1e-3
    shares = [
        (1.0 - formulas.fixation_probability(s, size) / exact(s, size)) / ((size - 2) * s**2 / 18.0)
        for size in (20, 40, 80)
    ]
    return Obligation("and (N - 2) s^2/18 for weak selection", all(0.9 < share <= 1.0 for share in shares))


def largest_share_of_bound() -> float:
    """Return the largest error of Kimura's formula in units of its bound, over all copies, sizes and advantages."""
    from simulator.wright_fisher import Chain

    worst = 0.0
    for size in SIZES:
        for advantage in ADVANTAGES:
            exact = Chain(size, (advantage, 0.0)).fixation_probabilities()[1:-1, 0]
            copies = np.arange(size - 1, 0, -1)
            error = np.abs(formulas.fixation_probability(advantage, size, copies) - exact)
            worst = max(worst, float(np.max(error / (formulas.kimura_error(advantage, size, copies) + 1e-13))))
    return worst


def fixation_chain() -> tuple[Obligation, ...]:
    """Prove that the chain's solution is a fixed point of one more generation, with its ends, and its neutral limit."""
    from simulator.wright_fisher import Chain

    chain = Chain(17, (0.23, 0.0))
    chances = chain.fixation_probabilities()[:, 0]
    mean = chain.fixation_times()
    waited = chain.transitions() @ mean + 1.0
    inner = slice(1, -1)
    return (
        Obligation("h = P h", bool(np.allclose(chain.transitions() @ chances, chances, rtol=1e-12))),
        Obligation("h = 1 and 0 at the ends", (float(chances[0]), float(chances[-1])) == (1.0, 0.0)),
        Obligation("T = 1 + P T inside", bool(np.allclose(waited[inner], mean[inner], rtol=1e-12))),
        Obligation("k/N without advantage", bool(np.isclose(formulas.fixation_chain(0.0, 12, 5), 5 / 12, rtol=1e-12))),
    )
