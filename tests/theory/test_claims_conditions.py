"""Each claim's condition, as a formula, is where the claim's own predictions say so, at random values."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import sympy
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm
from sympy.core.function import AppliedUndef

import theory
from theory.claims import claims
from theory.succession.formulas import shares

CLAIMS = {claim.key: claim for claim in claims}
DRAWS = 20

IN_WORDS = {
    "G11": "not formalized",
    "P7": "not formalized",
    "P1": "an equality, tested by itself below",
    "X6": "no condition but the chance itself, tested by itself below",
    "W4": "that nothing is left to drift where all is frozen needs no formula; the half-life is that of W3",
}
"""Claims whose formula is not tested by random values here, and why."""


def holds(key, **values):
    """Whether the condition of a claim is true; functions of the formula are given as numbers, by their names."""
    names, condition = compiled(key)
    return bool(condition(*(values[name] for name in names)))


@cache
def compiled(key):
    formula = CLAIMS[key].formula.replace(
        lambda one: isinstance(one, AppliedUndef), lambda one: sympy.Symbol(type(one).__name__)
    )
    symbols = sorted(formula.free_symbols, key=str)
    known = {"logistic": expit, "softplus": lambda x: np.logaddexp(0.0, x)}
    return [symbol.name for symbol in symbols], sympy.lambdify(symbols, formula, [known, "numpy"])


def of(name, **point):
    return float(theory.get(name)(**point))


def uniform(rng, **ranges):
    return {name: rng.uniform(*ends) for name, ends in ranges.items()}


def g1(rng):
    point = uniform(rng, capability=(0, 4), threshold=(0, 1), width=(0.1, 1), epsilon=(0.01, 0.5))
    acted = of("goal_drift.goal_gradient", pull=1e-12, width=point["width"], growth=point["capability"], time=1.0,
               threshold=point["threshold"], initial_capability=0.0)  # fmt: skip
    return point, acted < point["epsilon"]


def g2(rng):
    point = uniform(rng, mean_norm=(0.2, 3), variance=(0.05, 4), epsilon=(0.2, 1)) | {"dim": int(rng.integers(2, 200))}
    cosine = of("goal_drift.cosine_to_start", **{key: value for key, value in point.items() if key != "epsilon"})
    return point, cosine < point["epsilon"]


def g3(rng):
    gate = uniform(rng, pull=(0.2, 1), width=(0.05, 0.5), growth=(0.2, 2), threshold=(0, 1), time=(0.5, 6))
    gate["initial_capability"] = 0.0
    noise, spread = rng.uniform(0.1, 1.0), uniform(rng, base_sd=(0.5, 2), start_sd=(0.2, 2))
    clock = {name: value for name, value in gate.items() if name != "pull"}
    known = {"I": of("goal_drift.open_time", **clock), "v": of("goal_drift.goal_variance", **gate, noise=noise)}
    return gate | spread | known, of("goal_drift.designer_share", **gate, **spread, noise=noise) < 0.5


def g4(rng):
    pressure = rng.uniform(0.2, 1.4)
    length = of("simplification.mean_description_length", inverse_temperature=pressure, max_length=400)
    return {"inverse_temperature": pressure}, length < 200


def g5(rng):
    point = uniform(rng, capability=(0, 2), threshold=(0.5, 1.5), width=(0.1, 1), signal_variance=(0.2, 2),
                    observation_noise=(0.3, 1.5))  # fmt: skip
    episodes, told = rng.integers(1, 30), rng.uniform(0.05, 3)
    sum_of_all = episodes * of("goal_drift.behavior_information", **point)
    return point | {"episodes": episodes, "told": told}, sum_of_all < told


def g6(rng):
    depth = float(rng.choice([1, 1.5, 2, 2.2, 3, 5]))
    efficiency = rng.permutation([1.0, rng.uniform(1.2, 3.0)])
    ends = [of("simplification.winner", start=start, efficiency=efficiency, depth=depth)
            for start in ((1.0, 1e-200), (1e-200, 1.0))]  # fmt: skip
    return {"depth": depth}, ends[0] == ends[1]


def g6b(rng):
    """The best of two leads: its own share is above one half."""
    lines = uniform(rng, ell_1=(0, 1), ell_2=(-1, 0), s_1=(-1, 0), s_2=(0.1, 1), time=(0.1, 4))
    presence, quality = (lines["ell_2"], lines["ell_1"]), (lines["s_2"], lines["s_1"])
    return lines, shares(presence, quality, lines["time"])[0] > 0.5


def g7(rng):
    point = uniform(rng, memorizing_efficiency=(0.5, 1), generalizing_efficiency=(1.1, 4))
    share = 1 - 10.0 ** -rng.uniform(0.5, 10)
    wait = of("grokking.grokking_time", **point, memorizing_share=share, weight_decay=0.1)
    return point | {"memorizing_share": share}, wait > of("grokking.snap_duration", **point, weight_decay=0.1)


def g9(rng):
    fraction, order = rng.uniform(0.02, 0.5), int(rng.integers(1, 8))
    left = of("succession.surviving_interactions", components=10**7, replaced=round(1e7 * fraction), order=order)
    return {"fraction": fraction, "order": order}, left < 0.5


def g10a(rng):
    point = uniform(rng, pull=(0.3, 3), max_awareness=(0, 0.99))
    training, left = rng.uniform(0.3, 20), rng.uniform(0.01, 0.5)
    return point | {"T": training, "epsilon": left}, of("preservation.leaky_distance", **point, time=training) < left


def g10b(rng):
    point = {"overlap": rng.uniform(0.1, 0.99), "successions": int(rng.integers(0, 3))}
    return point, of("succession.goal_retention", **point) < 1


def g12(rng):
    point = uniform(rng, pull=(0.2, 3), width=(0.05, 0.5), growth=(0.1, 4), threshold=(0, 2))
    point["initial_capability"] = rng.uniform(-0.5, 0.5)
    return point, of("goal_drift.learned_fraction", **point, time=1e4) < 1 - np.exp(-1)


def w1(rng):
    point = uniform(rng, h_1=(0.5, 3), h_2=(0.5, 3), g_1=(0.05, 1), g_2=(0.05, 1), depth=(1, 6))
    start, efficiency = ((point[f"{name}_1"], point[f"{name}_2"]) for name in "gh")
    return point, of("simplification.winner", start=start, efficiency=efficiency, depth=point["depth"]) == 0


def w3(rng):
    """At depth two and beyond; what a half-life is below is another thing."""
    base, efficiency = rng.uniform(0.3, 1, 3), rng.uniform(0.6, 1.7, 3)
    law = {"base": base, "efficiency": efficiency, "weight_decay": 0.5, "depth": rng.uniform(2, 5)}
    half, time = of("simplification.alignment_half_life", **law), rng.uniform(0.5, 8)
    start = base / (base @ efficiency)
    halfway = (1 + _alignment(law, start, 1e3)) / 2
    return {"depth": law["depth"], "half_life": half, "time": time}, _alignment(law, start, time) < halfway


def _alignment(law, start, time):
    return of("simplification.alignment", **law, start=start, time=time)


def w5(rng):
    point = uniform(rng, noise=(0.1, 1), growth=(0.2, 3), threshold=(-1, 0), initial_capability=(-1, 0))
    levels = uniform(rng, memory_threshold=(0, 3), hacking_threshold=(0, 3))
    without = of("preservation.danger_window", **point, **(levels | {"memory_threshold": 1e9}))
    return levels, of("preservation.danger_window", **point, **levels) < without


def w6(rng):
    """By who wins among features in the end, which knows nothing of data: their strengths at that data's efficiency."""
    point = uniform(rng, reference_efficiency=(0.5, 2), generalizing_efficiency=(0.7, 2), reference_size=(100, 1000),
                    exponent=(0.4, 2), data_size=(10, 5000), memorizing_share=(0.1, 0.9), depth=(2, 6))  # fmt: skip
    memorizing = point["reference_efficiency"] * (point["reference_size"] / point["data_size"]) ** point["exponent"]
    efficiency = np.array([point["generalizing_efficiency"], memorizing])
    start = np.array([1 - point["memorizing_share"], point["memorizing_share"]]) / efficiency
    won = of("simplification.winner", start=start, efficiency=efficiency, depth=point["depth"]) == 0
    return point | {"weight_decay": 0.1}, won


def x1(rng):
    point = uniform(rng, distance=(0.5, 2), honesty=(0.3, 1), goal_ease=(0.1, 2), honesty_ease=(0.5, 8),
                    exponent=(0, 2.5))  # fmt: skip
    return point, of("crystallization.base_residual", **point) > 0


def x3(rng):
    law = uniform(rng, strength=(0.2, 1), pull=(0.5, 2), distance=(0.5, 1.5), width=(0.1, 0.4), growth=(0.1, 0.4),
                  threshold=(0.5, 1.5), initial_capability=(0, 0.5))  # fmt: skip
    share = rng.uniform(0.55, 0.9)
    gate = {name: law[name] for name in ("pull", "threshold", "width", "distance")}
    gaps = sum(of("crystallization.reward_gap", **gate, capability=law["initial_capability"] + law["growth"] * n)
               for n in range(40))  # fmt: skip
    left = of("crystallization.joint_share", **law, share=share, generations=40, population=np.inf)
    return {"strength": law["strength"], "share": share, "all_gaps": gaps}, left < 0.5


def x4(rng):
    point = uniform(rng, width=(0.1, 0.4), growth=(0.3, 1.5), threshold=(0.5, 1.5), pull=(0.3, 1.5),
                    goal_ease=(0.3, 1.5))  # fmt: skip
    point["initial_capability"] = 0.0
    return point, of("crystallization.grown_residual", **point, gates=1) < 0.5


def p2(rng):
    point = uniform(rng, prevalence=(0.1, 0.99), false_negative_rate=(0.01, 0.3), false_positive_rate=(0.01, 0.3))
    honest = of("probe_selection.unflagged_honest", **point)
    named = zip(("pi_0", "FNR", "FPR"), point.values(), strict=True)
    return dict(named), honest > 0.5


def p3(rng):
    point = uniform(rng, strength=(0.3, 3), angle=(0.1, 1.4), ratio=(0.05, 5))
    return point, of("probe_selection.residual_misbehavior", **point) > 0


def p4(rng):
    law = {"weights": rng.uniform(0.8, 1.25, 2), "variances": rng.uniform(0.6, 1.6, 2), "covariance": 0.0}
    share = rng.uniform(0, 2)
    full, copy = (abs(of("probe_selection.transmitted_share", **law, transmitted=one)) for one in (1.0, share))
    return {"tau": share}, copy < full


def p5(rng):
    probe = uniform(rng, strength=(0.5, 2), angle=(0.2, 1.2), readout_noise=(0.3, 2))
    first, second, times = rng.uniform(0.1, 10), rng.uniform(0.1, 10), rng.uniform(0.2, 5)
    slopes = [of("probe_selection.frontier_slope", **probe, ratio=one) for one in (first, second)]
    known = {"angle": probe["angle"], "first_ratio": first, "second_ratio": second, "times": times}
    return known, slopes[0] / slopes[1] > times


def p6(rng):
    point = uniform(rng, w_A=(0.8, 2), w_B=(0.5, 1), V_A=(0.6, 1.6), V_B=(0.1, 1), gamma=(0.3, 2), capability=(0, 4))
    grown = point["V_B"] * np.exp(point["gamma"] * point["capability"])
    ratio = of("probe_selection.response_ratio", weights=(point["w_A"], point["w_B"]), variances=(point["V_A"], grown))
    return point, ratio < 1


EXACT = {"G3": g3, "G4": g4, "G5": g5, "G6": g6, "G6b": g6b, "G7": g7, "G9": g9, "G10a": g10a, "G10b": g10b,
         "G12": g12, "W1": w1, "W2": w1, "W3": w3, "W5": w5, "W6": w6, "X1": x1, "X2": x1, "X4": x4, "X5": x1,
         "P2": p2, "P3": p3, "P4": p4, "P5": p5, "P6": p6}  # fmt: skip
SUFFICIENT = {"G1": g1, "G2": g2}


def test_every_condition_is_tested_or_says_why_not():
    assert set(EXACT) | set(SUFFICIENT) | set(IN_WORDS) | {"G8", "X3"} == set(CLAIMS)
    for key, claim in CLAIMS.items():
        if claim.finding in ("holds when", "fails when"):
            assert claim.formula is not None, key


@pytest.mark.parametrize("key", EXACT)
def test_a_condition_is_where_the_predictions_say(key):
    rng = np.random.default_rng(20261121)
    found = [(holds(key, **point), said) for point, said in (EXACT[key](rng) for _ in range(DRAWS))]
    assert [one for one, _ in found] == [bool(said) for _, said in found]
    assert {one for one, _ in found} == {True, False}, "drawn on one side only: nothing was told apart"


@pytest.mark.parametrize("key", SUFFICIENT)
def test_a_condition_suffices(key):
    """And is not far from necessary: some points at which it is false are refused by the prediction too."""
    rng = np.random.default_rng(20261121)
    found = [(holds(key, **point), bool(said)) for point, said in (SUFFICIENT[key](rng) for _ in range(DRAWS))]
    assert (True, False) not in found
    assert {(True, True), (False, False)} <= set(found)


@pytest.mark.parametrize(("circuits", "correlation"), [(3, 0.0), (5, 0.0), (10, 0.0), (10, 0.7), (5, -0.5)])
def test_takeovers_are_counted_by_the_printed_integral(circuits, correlation):
    """G8 compares it with one; the prediction evaluates it in another way."""
    formula = CLAIMS["G8"].formula
    (integral,) = formula.lhs.atoms(sympy.Integral)
    number, measure = integral.function, formula.lhs.subs(integral, sympy.Symbol("area"))
    known = {"phi": norm.pdf, "Phi": norm.cdf}
    integrand = sympy.lambdify((sympy.Symbol("x", real=True), _named(formula, "circuits")), number, [known, "numpy"])
    area, _ = quad(integrand, -12.0, 12.0, args=(circuits,))
    values = {"area": area, "circuits": circuits, "correlation": correlation}
    counted = measure.subs({symbol: values[symbol.name] for symbol in measure.free_symbols})
    assert float(counted) == pytest.approx(
        of("succession.expected_successions", circuits=circuits, correlation=correlation)
    )
    assert (formula.rel_op, formula.rhs) == (">", 1)


def _named(formula, name):
    (symbol,) = (one for one in formula.free_symbols if one.name == name)
    return symbol


def test_joint_optimizers_are_overtaken_where_all_gaps_outweigh_their_lead():
    rng = np.random.default_rng(20261121)
    formula = CLAIMS["X3"].formula
    (total,) = formula.lhs.atoms(sympy.Sum)
    compared = sympy.lambdify(
        (sympy.Symbol("all_gaps"), _named(formula, "strength"), _named(formula, "share")),
        [side.xreplace({total: sympy.Symbol("all_gaps")}) for side in formula.args],
    )
    found = set()
    for point, said in (x3(rng) for _ in range(DRAWS)):
        gained, lead = compared(point["all_gaps"], point["strength"], point["share"])
        assert (gained > lead) == said
        found.add(said)
    assert formula.rel_op == ">"
    assert found == {True, False}


def test_responses_are_as_the_variances_only_without_covariance():
    from theory.probe_selection import expressions as e

    assert CLAIMS["P1"].formula == sympy.Eq(e.covariance, 0, evaluate=False)
    live = e.covariant_ratio.subs(e.transmitted, 1)
    assert sympy.simplify(live.subs(e.covariance, 0) - e.response_ratio) == 0
    # And there alone, but for responses that are alike anyway: the difference is C times their difference.
    excess = e.weight_a**2 * e.variance_a - e.weight_b**2 * e.variance_b
    difference = sympy.expand(sympy.numer(sympy.together(live - e.response_ratio)))
    assert sympy.rem(difference, sympy.expand(e.covariance * excess), e.covariance) == 0
    assert sympy.degree(difference, e.covariance) == 1


def test_a_chance_is_that_of_the_prediction():
    formula = CLAIMS["X6"].formula
    for ease in ((1.0, 0.3), (0.2, 1.0), (1.0, 1.0)):
        slope = np.sqrt(ease[0] / ease[1])
        (symbol,) = formula.rhs.free_symbols
        assert float(formula.rhs.subs(symbol, slope)) == pytest.approx(of("crystallization.deception_prior", ease=ease))
