"""Why a flag tells what it tells: Bayes' rule on the joint table, and orthants of the normal law."""

from __future__ import annotations

import numpy as np
import sympy

from theory.lemmas import equals_numerically, formula_is, tends, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions as e
from theory.probe_selection import formulas

RATES = [{"pi_0": 0.5, "FNR": 0.02, "FPR": 0.02}, {"pi_0": 0.9, "FNR": 0.3, "FPR": 0.1}]
CORRELATIONS = [{"correlation": r} for r in (-0.4, 0.0, 0.5, 0.95)]


def unflagged_honest() -> tuple[Obligation, ...]:
    """Prove Bayes' rule from the joint table of behaving and being flagged."""
    table = {
        (True, False): (1 - e.prevalence) * (1 - e.false_alarm), (True, True): (1 - e.prevalence) * e.false_alarm,
        (False, False): e.prevalence * e.miss, (False, True): e.prevalence * (1 - e.miss),
    }  # fmt: skip
    passed = table[True, False] + table[False, False]
    return (
        vanishes("the table adds up to one", sum(table.values()) - 1),
        vanishes("the share of the honest among the unflagged", table[True, False] / passed - e.unflagged_honest),
        tends("a probe that misses nothing leaves honest ones alone", e.unflagged_honest, e.miss, 0, 1),
        formula_is("NumPy equals the expression", lambda pi_0, FNR, FPR: formulas.unflagged_honest(pi_0, FNR, FPR),
                   e.unflagged_honest, RATES),
    )  # fmt: skip


def missed_among() -> tuple[Obligation, ...]:
    """Prove the mean of the missed: rollouts are independent, so the number flagged beside them does not matter."""
    u, n, k = sympy.symbols("u n k", integer=True, positive=True)
    good, bad = sympy.symbols("g h", positive=True)  # P(unflagged and honest), P(unflagged and not)
    joint = sympy.binomial(n, u) * (1 - good - bad) ** (n - u) * sympy.binomial(u, k) * bad**k * good ** (u - k)
    marginal = sympy.binomial(n, u) * (1 - good - bad) ** (n - u) * (good + bad) ** u
    chance = bad / (good + bad)
    binomial = sympy.binomial(u, k) * chance**k * (1 - chance) ** (u - k)
    return (
        *unflagged_honest(),
        vanishes("given how many are unflagged, the missed are binomial", sympy.powsimp(
            sympy.expand_log(sympy.log(joint / marginal / binomial), force=True).simplify())),
    )  # fmt: skip


def recall_of_halves() -> tuple[Obligation, ...]:
    """Prove Sheppard's formula: Plackett's derivative in r, and both ends."""
    at_middle = 1 / (2 * sympy.pi * sympy.sqrt(1 - e.correlation**2))  # the joint density at the medians
    return (
        vanishes("twice the joint density at the medians is its slope in r",
                 sympy.diff(e.recall_of_halves, e.correlation) - 2 * at_middle),
        Obligation("chance at r = 0", e.recall_of_halves.subs(e.correlation, 0) == sympy.Rational(1, 2)),
        Obligation("everything at r = 1", e.recall_of_halves.subs(e.correlation, 1) == 1),
    )  # fmt: skip


def auc_of_halves() -> tuple[Obligation, ...]:
    """Prove the area under the curve: the distance of the halves is a sum of half-normals, against its quadrature."""
    return (
        equals_numerically("integrated over the distance of the halves", formulas.auc_of_halves, by_distance,
                           CORRELATIONS),
        Obligation("everything at r = 1", e.auc_of_halves.subs(e.correlation, 1) == 1),
    )  # fmt: skip


def by_distance(correlation: float) -> float:
    """Return P(the worse scores higher): distance x = |Z_1| + |Z_2| has density (2/sqrt pi) exp(-x^2/4) erf(x/2)."""
    from scipy.special import erf, ndtr

    x = np.linspace(0.0, 20.0, 40_001)
    density = 2.0 / np.sqrt(np.pi) * np.exp(-(x**2) / 4.0) * erf(x / 2.0)
    higher = ndtr(correlation * x / np.sqrt(2.0 * (1.0 - correlation**2)))
    weights = np.where(np.arange(x.size) % 2 == 0, 2.0, 4.0)  # Simpson's rule
    weights[[0, -1]] = 1.0
    return float((x[1] - x[0]) / 3.0 * weights @ (density * higher))
