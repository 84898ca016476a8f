"""Why the closed forms of a goal held from outside are true: Lyapunov's equations, and renewal at each read."""

from __future__ import annotations

import sympy

from simulator.model import Model
from simulator.models.preservation import outside
from simulator.models.preservation.law import goal, memory
from simulator.models.preservation.law import hold as law_hold
from simulator.models.preservation.law import noise as law_noise
from simulator.models.preservation.law import weight_decay as law_decay
from simulator.models.preservation.strength import held_at, held_weight
from simulator.models.preservation.strength import held_strength as held_strength_trait
from simulator.models.preservation.strength import strength as strength_law
from simulator.models.preservation.strength import weight as weight_law
from theory.lemmas import equals_numerically, formula_is, only, vanishes
from theory.obligation import Obligation
from theory.preservation import expressions as e
from theory.preservation import formulas
from theory.preservation.proofs.faking import drift
from theory.preservation.proofs.points import OUTSIDE_POINTS

ERROR = ("weight_decay", "noise", "memory_norm", "dim")


def memory_error(law: Model = outside) -> tuple[Obligation, ...]:
    """Prove the error from the law: its mean and variance solve the stationary equations of a linear diffusion."""
    shut = drift(law).subs({e.pull: 0, e.memory_threshold: -sympy.oo, e.hacking_threshold: sympy.oo})
    mean, variance = sympy.symbols("mean variance")
    at_rest = sympy.solve(shut.subs(goal.variable, mean), mean)
    spread = sympy.solve(2 * sympy.diff(shut, goal.variable) * variance + e.noise**2, variance)
    error = (1 - e.held_mean) ** 2 * e.memory_norm**2 + e.dim * e.held_variance
    return (
        vanishes("the mean solves drift = 0", at_rest[0] - e.held_mean * memory.variable),
        vanishes("the variance solves Lyapunov's equation", spread[0] - e.held_variance),
        vanishes("E|g - m|^2 is bias and variance", e.memory_error - error),
        formula_is("NumPy equals SymPy", formulas.memory_error, e.memory_error, only(OUTSIDE_POINTS, "hold", *ERROR)),
    )


def required_hold(law: Model = outside) -> tuple[Obligation, ...]:
    """Prove that it is the hold at which the error is the tolerance, and that the error falls with the hold."""
    less = sympy.diff(e.memory_error, e.hold)
    points = only(OUTSIDE_POINTS, "tolerance", *ERROR)

    lenient = {**points[0], "tolerance": 9.0}

    def inverted(tolerance: float, **point: float) -> float:
        return float(formulas.memory_error(formulas.required_hold(tolerance, **point), **point))

    return (
        *memory_error(law),
        vanishes("memory_error(required_hold) = tolerance", e.memory_error.subs(e.hold, e.required_hold) - e.tolerance),
        Obligation("the error falls with the hold", bool(sympy.factor(-less).is_positive)),
        equals_numerically("so do the NumPy formulas", inverted, lambda tolerance, **_: tolerance, points),
        Obligation(
            "no hold is needed where decay is enough",
            bool(formulas.required_hold(**lenient) == 0.0 and inverted(**lenient) < lenient["tolerance"]),
        ),
    )  # fmt: skip


def resetting_variance() -> tuple[Obligation, ...]:
    """Prove the settled law from its renewal equation, in characteristic functions.

    The last read is an age s ago with the density nu exp(-nu s); since then the goal has spread by noise^2 s.
    """
    k, q = sympy.Symbol("k", real=True), sympy.Symbol("q", positive=True)
    spread = sympy.exp(-(e.noise**2) * k**2 * e.since / 2)
    settled = sympy.integrate(e.rate * sympy.exp(-e.rate * e.since) * spread, (e.since, 0, sympy.oo), conds="none")
    read = settled * sympy.exp(-(e.read_noise**2) * k**2 / 2)
    now = sympy.exp(-(e.rate + q) * e.time) + e.rate * (1 - sympy.exp(-(e.rate + q) * e.time)) / (e.rate + q)
    of_laplace = sympy.simplify(1 / (1 + k**2 * e.resetting_scale**2))
    fourth = sympy.diff(settled, k, 4).subs(k, 0)
    second = -sympy.diff(settled, k, 2).subs(k, 0)
    return (
        vanishes(
            "phi(t) = exp(-(nu+q) t) + nu int exp(-(nu+q) s) ds solves phi' = -q phi + nu (1 - phi)",
            sympy.diff(now, e.time) + q * now - e.rate * (1 - now),
        ),
        vanishes("it settles to nu/(nu + q), q = noise^2 k^2/2", settled - e.rate / (e.rate + e.noise**2 * k**2 / 2)),
        vanishes("that is Laplace's law of scale sigma/sqrt(2 nu)", settled - of_laplace),
        vanishes("the variance is its second cumulant", -sympy.diff(sympy.log(read), k, 2).subs(k, 0)
                 - e.resetting_variance),
        vanishes("the kurtosis is 6", fourth / second**2 - 6),
        formula_is(
            "NumPy equals SymPy", formulas.resetting_variance, e.resetting_variance,
            only(OUTSIDE_POINTS, "noise", "rate", "read_noise"),
        ),
    )  # fmt: skip


def resetting_distribution() -> tuple[Obligation, ...]:
    """Prove the density: it is stationary away from the memory, and renewed there at the rate nu."""
    x, b = sympy.Symbol("x", positive=True), e.resetting_scale
    density = sympy.exp(-x / b) / (2 * b)
    balance = e.noise**2 / 2 * sympy.diff(density, x, 2) - e.rate * density
    jump = 2 * sympy.diff(density, x).subs(x, 0)
    beyond, above = sympy.integrate(density, (x, 0, e.at)), e.resetting_distribution.args[1][0]
    points = [{**point, "at": at} for point, at in zip(only(OUTSIDE_POINTS, "noise", "rate"), (0.3, -0.8), strict=True)]
    return (
        *resetting_variance(),
        vanishes("(noise^2/2) p'' - nu p = 0 away from the memory", balance),
        vanishes("and the flux out of it is nu: (noise^2/2)[p'] = -nu", e.noise**2 / 2 * jump + e.rate),
        vanishes("it integrates to the distribution", beyond + sympy.Rational(1, 2) - above),
        formula_is("NumPy equals SymPy", formulas.resetting_distribution, e.resetting_distribution, points),
    )  # fmt: skip


def resetting_error() -> tuple[Obligation, ...]:
    """Prove the error with decay: an average over the exponential age of the last read."""
    kept = sympy.exp(-e.weight_decay * e.since)
    spread = e.noise**2 * (1 - kept**2) / (2 * e.weight_decay) + e.read_noise**2 * kept**2
    error = e.memory_norm**2 * (1 - kept) ** 2 + e.dim * spread
    average = sympy.integrate(sympy.expand(e.rate * sympy.exp(-e.rate * e.since) * error), (e.since, 0, sympy.oo))
    return (
        vanishes("between reads v' = noise^2 - 2 weight_decay v", sympy.diff(spread, e.since) - e.noise**2
                 + 2 * e.weight_decay * spread),
        vanishes("averaged over the age of the last read it is this", average - e.resetting_error),
        vanishes(
            "without decay a component has the resetting variance",
            sympy.limit(e.resetting_error, e.weight_decay, 0) - e.dim * e.resetting_variance,
        ),
        formula_is(
            "NumPy equals SymPy", formulas.resetting_error, e.resetting_error,
            only(OUTSIDE_POINTS, "rate", *ERROR, "read_noise"),
        ),
    )  # fmt: skip


def freezing_error() -> tuple[Obligation, ...]:
    """Prove that a hazard of freezing is as good as reads at that rate: what counts is an exponential time of drift."""
    return (
        *resetting_error(),
        formula_is(
            "NumPy equals SymPy", formulas.freezing_error, e.freezing_error, only(OUTSIDE_POINTS, "hazard", *ERROR)
        ),
    )


def held_strength(law: Model = strength_law) -> tuple[Obligation, ...]:
    """Prove the law of a strength from that of its weight by Ito's formula, and its moments from that."""
    g, w = held_strength_trait.variable, held_weight.variable
    same = {law_hold.variable: e.hold, law_noise.variable: e.noise, law_decay.variable: e.weight_decay,
            held_at.variable: e.remembered_strength}  # fmt: skip
    drifting = law.drift[held_strength_trait].xreplace(same)
    spreading = law.noise[held_strength_trait].xreplace(same)
    by_ito = (w * weight_law.drift[held_weight] + weight_law.noise[held_weight] ** 2 / 2).xreplace(same)
    positive = sympy.Symbol("g", positive=True)
    rate_of_variance = sympy.expand((2 * g * drifting + spreading**2).subs(g, positive))
    first, second = sympy.symbols("first second")
    moments = rate_of_variance.coeff(positive, 2) * second + rate_of_variance.coeff(positive, 1) * first
    mean = sympy.solve(drifting.subs(g, first), first)[0]
    spread = sympy.solve(moments.subs(first, mean), second)[0] - mean**2
    return (
        vanishes("d(w^2/2) = w dw + noise^2 dt/2 has the strength's drift", by_ito - drifting.subs(g, w**2 / 2)),
        vanishes("and its noise, w noise", spreading.subs(g, w**2 / 2) ** 2 - (w * e.noise) ** 2),
        vanishes("E drift = 0 at the mean", mean - e.held_strength),
        vanishes("E d(g^2)/dt = 0 at the variance", spread - e.held_strength_variance),
        formula_is(
            "NumPy equals SymPy", formulas.held_strength, e.held_strength,
            only(OUTSIDE_POINTS, "hold", "weight_decay", "noise", "remembered_strength"),
        ),
        formula_is(
            "so does the variance", formulas.held_strength_variance, e.held_strength_variance,
            only(OUTSIDE_POINTS, "hold", "weight_decay", "noise", "remembered_strength"),
        ),
    )  # fmt: skip
