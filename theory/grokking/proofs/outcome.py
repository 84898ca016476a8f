"""Why the end is what it is: how the law moves the odds of the circuits, and where it stands still."""

from __future__ import annotations

import sympy

from simulator.calculus import component, expand_components
from simulator.model import Model
from simulator.models.grokking import grokking, squared
from simulator.models.grokking.circuits import logit, penalized_circuits
from theory.grokking import expressions as e
from theory.grokking import formulas
from theory.grokking.proofs.laws import along, better, plain, strong
from theory.grokking.proofs.points import SIZES, STARTS
from theory.lemmas import formula_is, only, tends, vanishes
from theory.obligation import Obligation

DEEP = [{**point, "depth": depth, "memorizing_share": share}
        for point, depth, share in zip(SIZES, (3.0, 5.5), (0.9, 0.2), strict=True)]  # fmt: skip
NORMS = [{"first_norm": 1.0, "second_norm": 2.0, "norm_exponent": 1.2, "penalty_exponent": 2.0},
         {"first_norm": 1.7, "second_norm": 0.9, "norm_exponent": 0.6, "penalty_exponent": 1.5}]  # fmt: skip


def odds(law: Model) -> Obligation:
    """Oblige either law to move r = h_G g_G^a/(h_M g_M^a), a = 1 - 2/L, at (L - 2) mu (y_G - y_M) r, y = h g^a."""
    a = 1 - 2 / e.depth
    y_m, y_g = e.memorizing_efficiency * strong**a, e.generalizing_efficiency * better**a
    mu = plain(law, law.reward).diff(strong) / e.memorizing_efficiency
    moved = along(law, sympy.log(y_g / y_m)) - (e.depth - 2) * mu * (y_g - y_m)
    return vanishes(f"{law.name}: d ln r/dt = (L - 2) mu (y_G - y_M), which r = 1 divides for every loss",
                    sympy.powsimp(sympy.expand(moved)))  # fmt: skip


def shallow_odds(law: Model) -> Obligation:
    """Oblige either law to move the odds at L = 2 at 2 (h_G - h_M) mu."""
    gap = e.generalizing_efficiency - e.memorizing_efficiency
    mu = plain(law, law.reward).diff(strong) / e.memorizing_efficiency
    return vanishes(f"{law.name}: at L = 2 the logarithm of the odds moves at 2 (h_G - h_M) mu",
                    along(law, sympy.log(better / strong), 2) - 2 * gap * mu)  # fmt: skip


def critical_data_size(laws: tuple[Model, ...] = (grokking, squared)) -> tuple[Obligation, ...]:
    """Prove that at that size the circuits are equally efficient, which is where the odds stand still at L = 2."""
    worn = e.memorizing_efficiency * (e.reference_size / e.critical_data_size) ** e.exponent
    return (
        *(shallow_odds(law) for law in laws),
        vanishes(
            "h_M(D_crit) = h_G", sympy.powdenest(sympy.simplify(worn / e.generalizing_efficiency), force=True) - 1
        ),
        Obligation("weight decay is not in it", e.weight_decay not in e.critical_data_size.free_symbols),
        formula_is("NumPy equals SymPy", formulas.critical_data_size, e.critical_data_size, SIZES),
    )


def hysteresis(laws: tuple[Model, ...] = (grokking, squared)) -> tuple[Obligation, ...]:
    """Prove that at that size the start is on the boundary r = 1, which tends to the critical size as L -> 2."""
    worn = e.memorizing_efficiency * (e.reference_size / e.hysteresis) ** e.exponent
    other = 1 - e.memorizing_share
    # r^(L/2) in terms of shares of a margin: g = p/h, so y^L = h^2 p^(L - 2).
    r = (e.generalizing_efficiency / worn) ** 2 * (other / e.memorizing_share) ** (e.depth - 2)
    logged = sympy.expand_log(sympy.log(r), force=True)
    return (
        *(odds(law) for law in laws),
        vanishes("ln r = 0 at that size", sympy.simplify(sympy.expand_log(logged, force=True))),
        tends("-> the critical size as L -> 2", e.hysteresis, e.depth, 2, e.critical_data_size),
        formula_is("NumPy equals SymPy", formulas.critical_data_size, e.hysteresis, DEEP),
    )


def path_independence(laws: tuple[Model, ...] = (grokking, squared)) -> tuple[Obligation, ...]:
    """Prove the start's boundary r = 1, and that it vanishes as L -> 2 if the general circuit is more efficient."""
    a = 1 - 2 / e.depth
    logged = sympy.log(e.generalizing_efficiency / e.memorizing_efficiency) + a * sympy.log(
        e.path_independence / e.memorizing_start
    )
    numbers = {e.memorizing_efficiency: 1, e.generalizing_efficiency: 2, e.memorizing_start: 1}
    shallow = sympy.limit(sympy.log(e.path_independence.subs(numbers)), e.depth, 2, "+")
    points = only(STARTS[1:], "memorizing_start", "memorizing_efficiency", "generalizing_efficiency", "depth")
    return (
        *(odds(law) for law in laws),
        vanishes("ln r = 0 at that start", sympy.simplify(sympy.expand_log(sympy.expand(logged), force=True))),
        Obligation("-> 0 as L -> 2 from above if h_G > h_M", shallow == -sympy.oo),
        tends("-> the strength of the other times h_M/h_G as L -> infinity", e.path_independence, e.depth, sympy.oo,
              e.memorizing_start * e.memorizing_efficiency / e.generalizing_efficiency),
        formula_is("NumPy equals SymPy", formulas.path_independence, e.path_independence, points),
    )  # fmt: skip


def coexistence_ratio(law: Model = penalized_circuits) -> tuple[Obligation, ...]:
    """Prove that a penalty's gradient is alike in both logits at that ratio, and that this is a depth below two."""
    written = expand_components(law.reward, law.dims, {"circuits": 2})
    w = [component(logit.variable, j) for j in range(2)]
    positive = sympy.symbols("w_1 w_2", positive=True)
    named = {
        component(law.parameter("norms").variable, 0): e.first_norm,
        component(law.parameter("norms").variable, 1): e.second_norm,
        law.parameter("norm_exponent").variable: e.norm_exponent,
        law.parameter("penalty_exponent").variable: e.penalty_exponent,
        law.parameter("weight_decay").variable: e.weight_decay,
        **dict(zip(w, positive, strict=True)),
    }
    reward = written.xreplace(named)
    difference = sympy.diff(reward, positive[0]) - sympy.diff(reward, positive[1])
    slopes = [term for term in sympy.Add.make_args(sympy.expand(difference)) if term != 0]
    ratio = sympy.expand_log(sympy.log(-slopes[0] / slopes[1]), force=True)
    at = ratio.subs(sympy.log(positive[0]), sympy.log(positive[1]) + sympy.log(e.coexistence_ratio))
    layers = 2 * e.norm_exponent / e.penalty_exponent
    by_depth = (e.first_norm / e.second_norm) ** (-e.norm_exponent * 2 / (2 - layers))
    return (
        vanishes("both logits are pulled alike there", sympy.simplify(sympy.expand_log(at, force=True))),
        vanishes("it is p ~ h^(2/(2 - L)) at L = 2 kappa/q and h = P^-kappa",
                 sympy.simplify(sympy.expand_log(sympy.log(by_depth / e.coexistence_ratio), force=True))),
        vanishes("P = (1, 2), kappa = 6/5, q = 2 gives 8", e.coexistence_ratio.subs(
            {e.first_norm: 1, e.second_norm: 2, e.norm_exponent: sympy.Rational(6, 5), e.penalty_exponent: 2}) - 8),
        formula_is("NumPy equals SymPy", _of_two, e.coexistence_ratio, NORMS),
    )  # fmt: skip


def _of_two(first_norm: float, second_norm: float, norm_exponent: float, penalty_exponent: float) -> float:
    return float(formulas.coexistence_ratio([first_norm, second_norm], norm_exponent, penalty_exponent))
