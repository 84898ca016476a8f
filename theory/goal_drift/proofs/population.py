"""Why the closed forms of goals in a population are true: offspring drawn at random, and the law's own selection."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import sympy

from simulator.calculus import component, expand_components
from simulator.model import Model
from simulator.models.goal_drift import capability, goal, goal_drift
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas
from theory.lemmas import equals_numerically, formula_is, tends, vanishes
from theory.obligation import Obligation

NEUTRAL: list[dict[str, float]] = [
    {"start_variance": 0.7, "mutation_variance": 0.2, "population": 2, "time": 3},
    {"start_variance": 0.0, "mutation_variance": 1.3, "population": 40, "time": 25},
    {"start_variance": 5.0, "mutation_variance": 0.01, "population": 1000, "time": 400},
]
SELECTED: list[dict[str, float]] = [
    {"strength": 1.0, "curvature": 0.5, "mutation_variance": 0.4, "start_variance": 2.0, "time": 3, "population": 20},
    {"strength": 3.0, "curvature": 1e-4, "mutation_variance": 1.0, "start_variance": 0.0, "time": 9, "population": 7},
    {"strength": 0.2, "curvature": 9.0, "mutation_variance": 7.0, "start_variance": 1.0, "time": 2, "population": 500},
]
APPROACHING: list[dict[str, float]] = [
    {**{name: value for name, value in point.items() if name != "population"}, "distance": 1.7} for point in SELECTED
]
RESPONDING: list[dict[str, float]] = [
    {"strength": 1.0, "curvature": 0.5, "variance": 0.8, "distance": 1.5},
    {"strength": 0.1, "curvature": 3.0, "variance": 4.0, "distance": -0.2},
]


def within_variance() -> tuple[Obligation, ...]:
    """Prove the variance within: who descends from whom, enumerated; the recursion that follows; its limits."""
    later = e.within_variance.subs(e.time, e.time + 1)
    return (
        *(step for size in (2, 3, 4) for step in drawn_offspring(size)),
        vanishes("V' = (1 - 1/N) V + v", sympy.expand(later - e.different * e.within_variance - e.mutation_variance)),
        vanishes("V(0) = V_0", e.within_variance.subs(e.time, 0) - e.start_variance),
        Obligation(
            "-> N v after many generations",
            bool(abs(formulas.within_variance(3.0, 0.2, 50, 5000) / 10.0 - 1.0) < 1e-12),
        ),
        formula_is("NumPy equals SymPy", formulas.within_variance, e.within_variance, NEUTRAL),
    )


def drawn_offspring(size: int, replace: bool = True) -> tuple[Obligation, ...]:
    """Oblige N offspring of parents drawn at random to have the stated expected variance, and variance of the mean.

    All N^N ways are enumerated, for parents of any values z; ``replace`` False is the wrong model in which everyone
    has one offspring.
    """
    z = sympy.symbols(f"z:{size}", real=True)
    ways = [way for way in product(range(size), repeat=size) if replace or len(set(way)) == size]

    def average(values: Any) -> Any:
        return sympy.Add(*values) / len(values)

    def variance(values: Any) -> Any:
        return sympy.Add(*((one - average(values)) ** 2 for one in values)) / (size - 1)

    families = [[z[parent] for parent in way] for way in ways]
    within = average([variance(family) for family in families])
    between = average([(average(family) - average(z)) ** 2 for family in families])
    different = 1 - sympy.Rational(1, size)
    return (
        vanishes(f"N = {size}: E V' = (1 - 1/N) V", sympy.expand(within - different * variance(z))),
        vanishes(f"N = {size}: W' - W = (1 - 1/N) V/N", sympy.expand(between - different * variance(z) / size)),
    )


def variance_of_mean() -> tuple[Obligation, ...]:
    """Prove the variance of the mean: its recursion, with mutation's v/N, and the rate that is left in the end."""
    later = e.variance_of_mean.subs(e.time, e.time + 1)
    gain = (e.within_variance * e.different + e.mutation_variance) / e.population
    start = e.variance_of_mean.subs(e.time, 0)
    return (
        *within_variance(),
        vanishes("W' = W + (V (1 - 1/N) + v)/N", sympy.expand(later - e.variance_of_mean - gain)),
        vanishes("founders drawn independently: W(0) = V_0/N", start - e.start_variance / e.population),
        formula_is("NumPy equals SymPy", formulas.variance_of_mean, e.variance_of_mean, NEUTRAL),
    )


def neutral_divergence_rate() -> tuple[Obligation, ...]:
    """Prove that the mean drifts at rate v whatever N: at the balance, and in the end from anywhere."""
    settled = e.variance_of_mean.subs(e.start_variance, e.neutral_balance)
    far = {"start_variance": 3.0, "mutation_variance": 0.2, "population": 30}
    gained = formulas.variance_of_mean(**far, time=4001) - formulas.variance_of_mean(**far, time=4000)
    return (
        *variance_of_mean(),
        vanishes("at V = N v it gains v in a generation", settled.diff(e.time) - e.neutral_divergence_rate),
        Obligation("-> v from anywhere", bool(abs(gained / 0.2 - 1.0) < 1e-9)),
        Obligation("whatever N", bool(np.all(formulas.neutral_divergence_rate(0.3, [2, 50, 10_000]) == 0.3))),
    )


def selection_response(model: Model = goal_drift) -> tuple[Obligation, ...]:
    """Prove mean and variance after selection from the law's own reward, the square completed, and Price's identity."""
    after = e.variance / (1 + e.selectivity * e.variance)
    exact = [{**point, "distance": 0.0} for point in RESPONDING]
    return (
        *selected_normal(model),
        vanishes("Lande's response: s S dR/dg at the mean", e.selection_response + e.distance * after * e.selectivity),
        tends("K = s V for weak selection", e.selection_response / e.strength, e.strength, 0,
              -e.distance * e.curvature * e.variance),
        equals_numerically("equals the integral over the population", formulas.selection_response,
                           lambda **point: by_quadrature(**point)[0], RESPONDING),
        equals_numerically("and so does the variance", lambda distance, variance, **point:
                           formulas.selected_variance(**point, mutation_variance=0.0, start_variance=variance, time=1),
                           lambda **point: by_quadrature(**point)[1], exact),
        formula_is("NumPy equals SymPy", formulas.selection_response, e.selection_response, RESPONDING),
    )  # fmt: skip


def selected_normal(model: Model = goal_drift, components: int = 2) -> tuple[Obligation, ...]:
    """Oblige ln of (normal density times exp(s R)) to be that of another normal, for the law's R at any capability.

    With h = pull (1 - a): variance S = V/(1 + s h V) and mean m + s S dR/dg, component by component.
    """
    reward = expand_components(model.reward, model.dims, {"dim": components})
    goals = [component(goal.variable, j) for j in range(components)]
    means = sympy.symbols(f"m:{components}", real=True)
    bend = -sympy.diff(reward, goals[0], 2).simplify()
    after = e.variance / (1 + e.strength * bend * e.variance)
    steps = [Obligation("the curvature depends on capability alone", bend.free_symbols.isdisjoint(goals))]
    at_mean = dict(zip(goals, means, strict=True))
    for j, (one, mean) in enumerate(zip(goals, means, strict=True)):
        slope = -(one - mean) / e.variance + e.strength * sympy.diff(reward, one)
        moved = mean + e.strength * after * sympy.diff(reward, one).subs(at_mean)
        steps.append(vanishes(f"component {j}: selection shifts and narrows", slope + (one - moved) / after))
    shut = sympy.limit(bend.rewrite(sympy.exp).subs(_ordinary(model)), capability.variable, sympy.oo)
    return (*steps, Obligation("and nothing is selected as capability grows", shut == 0))


def _ordinary(model: Model) -> dict[Any, Any]:
    return {model.parameter("width").variable: sympy.Rational(1, 2), model.parameter("threshold").variable: 1}


def by_quadrature(strength: float, curvature: float, variance: float, distance: float) -> tuple[float, float]:
    """Return the change of the mean and the variance of a normal population weighted by exp(-s h z^2/2)."""
    z = distance + np.linspace(-14.0, 14.0, 8001) * np.sqrt(variance)
    weight = np.exp(-((z - distance) ** 2) / (2.0 * variance) - strength * curvature * z**2 / 2.0)
    mean = float(np.sum(weight * z) / np.sum(weight))
    return mean - distance, float(np.sum(weight * (z - mean) ** 2) / np.sum(weight))


def mutation_selection_variance() -> tuple[Obligation, ...]:
    """Prove the balance: it is the fixed point, with the limits of no selection and of infinitely many."""
    v, c, found = e.mutation_variance, e.selectivity, e.mutation_selection_variance
    points = [{name: point[name] for name in point if name not in ("start_variance", "time")} for point in SELECTED]
    many = (v + sympy.sqrt(v**2 + 4 * v / c)) / 2
    return (
        *selected_normal(),
        vanishes("V = (1 - 1/N) V/(1 + c V) + v", sympy.expand((found - v) * (1 + c * found) - e.different * found)),
        tends("-> N v as the gate shuts", found, e.curvature, 0, e.neutral_balance),
        vanishes("N infinite: (v + sqrt(v^2 + 4 v/c))/2", sympy.limit(found, e.population, sympy.oo) - many),
        tends("which grows without bound as the gate shuts", 1 / many, e.curvature, 0, 0),
        formula_is("NumPy equals SymPy", formulas.mutation_selection_variance, found, points),
        Obligation("and so for N infinite", bool(np.isclose(
            formulas.mutation_selection_variance(2.0, 0.5, 0.3), (0.3 + np.sqrt(0.09 + 1.2)) / 2, rtol=1e-14))),
    )  # fmt: skip


def selected_variance() -> tuple[Obligation, ...]:
    """Prove the approach to balance: the recursion's residual is zero, with D^2 = B^2 + 4 c v."""
    return (
        *mutation_selection_variance(),
        relaxation_residual(e.relaxed),
        vanishes("V(0) = V_0", sympy.simplify(e.selected_variance.subs(e.time, 0) - e.start_variance)),
        Obligation("without selection it is within_variance", bool(np.isclose(
            formulas.selected_variance(1.0, 0.0, 0.2, 3.0, 7, 9), formulas.within_variance(3.0, 0.2, 9, 7),
            rtol=1e-13))),
        equals_numerically("equals the recursion, step by step", formulas.selected_variance, step_by_step, SELECTED),
        equals_numerically("and so does the mean", formulas.selected_mean, mean_step_by_step, APPROACHING),
        formula_is("NumPy equals SymPy", formulas.selected_variance, e.selected_variance, SELECTED),
    )  # fmt: skip


def relaxation_residual(solution: Any) -> Obligation:
    """Oblige a solution, a function of D and the balance, to have zero residual in V' = (1 - 1/N) V/(1 + c V) + v.

    It is rational in D and in k^t, so the residual is a polynomial over another, reduced by D^2 = B^2 + 4 c v.
    """
    root, power = sympy.Symbol("D", positive=True), sympy.Symbol("P", positive=True)
    balance, square = (root - e.lost) / (2 * e.selectivity), e.lost**2 + 4 * e.selectivity * e.mutation_variance
    now, later = (solution(root, balance, power * share) for share in (sympy.Integer(1), e.kept_in_a_generation(root)))
    residual = later - e.different * now / (1 + e.selectivity * now) - e.mutation_variance
    numerator, _ = sympy.fraction(sympy.together(residual))
    rest = sympy.rem(sympy.expand(numerator), sympy.expand(root**2 - square), root)
    return Obligation("zero residual in V' = (1 - 1/N) V/(1 + c V) + v", bool(sympy.expand(rest) == 0))


def step_by_step(
    strength: float, curvature: float, mutation_variance: float, start_variance: float, time: int, population: float
) -> float:
    """Return the variance by its recursion."""
    value = start_variance
    for _ in range(int(time)):
        value = (1.0 - 1.0 / population) * value / (1.0 + strength * curvature * value) + mutation_variance
    return value


def mean_step_by_step(distance: float, time: int, **point: float) -> float:
    """Return the distance of the mean by its recursion m' = m/(1 + c V)."""
    for generation in range(int(time)):
        variance = step_by_step(**point, time=generation, population=np.inf)
        distance /= 1.0 + point["strength"] * point["curvature"] * variance
    return distance


def price_identity(size: int = 3) -> tuple[Obligation, ...]:
    """Prove Price's identity for any numbers of offspring w that add up to N, any traits and any mutations.

    Child i of parent p(i) has z_p(i) + d_i; summed by parents, with D the sum of all d.
    """
    z, w = sympy.symbols(f"z:{size}", real=True), sympy.symbols(f"w:{size}", nonnegative=True)
    mutated = sympy.Symbol("D", real=True)
    last = {w[-1]: size - sympy.Add(*w[:-1])}
    pairs = list(zip(w, z, strict=True))
    mean_z, mean_w = sympy.Add(*z) / size, sympy.Add(*w) / size
    change = (sympy.Add(*(one * trait for one, trait in pairs)) + mutated) / size - mean_z
    covariance = sympy.Add(*((one - mean_w) * (trait - mean_z) for one, trait in pairs)) / size
    residual = change - covariance / mean_w - mutated / size
    return (vanishes("change = Cov(w, z)/mean w + mean mutation, ddof 0", sympy.expand(residual.subs(last))),)
