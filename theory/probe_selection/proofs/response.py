"""Why one update moves misbehavior and evasion as it does: covariances, the laws' own drift, normal equations."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import sympy

from simulator.models.probe_selection import evasion, misbehavior, probe_in_loss, probe_selection
from simulator.models.probe_selection import parameters as p
from theory.lemmas import equals_numerically, formula_is, tends, vanishes
from theory.obligation import Obligation
from theory.probe_selection import expressions as e
from theory.probe_selection import formulas
from theory.probe_selection.proofs.policy import bernoulli, direct_term, gaussian

POINTS = [
    {"w_A": 1.0, "w_B": 0.7, "V_A": 0.99, "V_B": 0.5, "eta_A": 1.0, "eta_B": 3.0, "tau": 0.4, "M": 3.0, "C": -0.2},
    {"w_A": 0.3, "w_B": 2.0, "V_A": 2.0, "V_B": 0.01, "eta_A": 0.1, "eta_B": 1.0, "tau": 1.0, "M": 1.0, "C": 0.01},
]


def at(name: str, **options: Any) -> Any:
    """Return a formula as a function of the expression's symbols; options that name a symbol take its value."""

    def formula(**point: Any) -> Any:
        pairs = {"weights": (point["w_A"], point["w_B"]), "variances": (point["V_A"], point["V_B"])}
        given = {key: point.get(value, value) for key, value in options.items() if key != "ease"}
        if "ease" in options:
            given["ease"] = (point["eta_A"], point["eta_B"])
        return getattr(formulas, name)(**pairs, **given)

    return formula


def response_ratio() -> tuple[Obligation, ...]:
    """Prove the ratio under selection: policy gradients, covariances of the score, and the law's own drift."""
    moved = _drift_ratio(probe_selection)
    return (
        *gaussian(),
        *bernoulli(),
        *regression(),
        vanishes("without covariance, on the live agent", e.covariant_ratio.subs({e.covariance: 0, e.transmitted: 1})
                 - e.response_ratio),
        vanishes("an ensemble is one probe for misbehavior, and evaded by M^-1",
                 moved - e.ensemble_ratio / e.transmitted),
        Obligation("99 % against 1 % is 99 : 1", bool(np.isclose(
            formulas.response_ratio((1.0, 1.0), (0.99, 0.01)), 99.0, rtol=1e-14))),
        formula_is("NumPy equals the expression", at("response_ratio"), e.response_ratio, POINTS),
        formula_is("and with covariance and transmission", _absolute(at(
            "response_ratio", covariance="C", transmitted="tau")), sympy.Abs(e.covariant_ratio), POINTS),
    )  # fmt: skip


def _absolute(function: Any) -> Any:
    return lambda **point: abs(function(**point))


def _drift_ratio(law: Any) -> Any:
    """Return w_A (fall of A) over w_B (rise of the mean of B) by a law's own drift, in the expressions' symbols."""
    named = {
        p.misbehavior_weight.variable: e.weight_a, p.evasion_weight.variable: e.weight_b,
        p.misbehavior_sd.variable: sympy.sqrt(e.variance_a), p.evasion_sd.variable: sympy.sqrt(e.variance_b),
        p.transmitted.variable: e.transmitted, p.probes.variable: e.probes,
        p.misbehavior_ease.variable: e.ease_a, p.evasion_ease.variable: e.ease_b,
    }  # fmt: skip
    fall, rise = -law.drift[misbehavior], law.drift[evasion]
    return (e.weight_a * fall / (e.weight_b * rise)).xreplace(named)


@cache
def regression() -> tuple[Obligation, ...]:
    """Prove that the ratio is that of Cov(A, S) and Cov(B, S) for whoever selects by the score alone.

    Normal traits lie on a line of the noise-free score u, E[A | u] = Cov(A, u)/V_u u, and noise that is independent of
    both adds nothing: E[A | S] = Cov(A, u)/V_u E[u | S]. Whatever selects by S moves both by the same E[u].
    """
    a, b = traits
    u = e.weight_a * a - e.transmitted * e.weight_b * b
    rest = a - e.covariance_a / e.score_variance * u
    return (
        vanishes("Cov(A, u)", mean_product(a * u) - e.covariance_a),
        vanishes("Cov(B, u)", mean_product(b * u) - e.covariance_b),
        vanishes("V_u", mean_product(u**2) - e.score_variance),
        vanishes("what u leaves of A is uncorrelated with it, hence independent", mean_product(rest * u)),
    )


traits = sympy.symbols("A B", real=True)


def mean_product(product: Any) -> Any:
    """Return the mean of a quadratic form of centered A and B, from their variances and covariance."""
    a, b = traits
    second = {(2, 0): e.variance_a, (0, 2): e.variance_b, (1, 1): e.covariance}
    return sum(second[powers] * factor for powers, factor in sympy.Poly(sympy.expand(product), a, b).terms())


def response_ratio_gradient() -> tuple[Obligation, ...]:
    """Prove the ratio of eases from the drift of the law with the probe in its loss, and that no variance is in it."""
    moved = _drift_ratio(probe_in_loss)
    return (
        vanishes("the drift of the law", moved - e.probes * e.response_ratio_gradient / e.transmitted),
        Obligation("no variance is in it", not moved.has(e.variance_a, e.variance_b)),
        *gaussian(),
        formula_is("NumPy equals the expression", at("response_ratio", learner="gradient", ease=()),
                   e.response_ratio_gradient, POINTS),
        formula_is("and for the plain score function", at("response_ratio", learner="score_function", ease=()),
                   e.response_ratio_gradient, POINTS),
    )  # fmt: skip


def standardized_ratio() -> tuple[Obligation, ...]:
    """Prove the ratio in standard deviations: the root of the other one where the weights are those of a probe."""
    return (
        *regression(),
        vanishes("it is the root of the ratio in score units", e.standardized_ratio**2 - e.response_ratio),
        formula_is("NumPy equals the expression", at("standardized_ratio"), e.standardized_ratio, POINTS),
    )


def frozen_probe() -> tuple[Obligation, ...]:
    """Prove what evasion does on a frozen copy: nothing of its own, and what REINFORCE lacks."""
    still = e.frozen_probe.subs({e.transmitted: 0, e.covariance: 0})
    return (
        *regression(),
        *direct_term(),
        Obligation("nothing at tau = C = 0", still == 0),
        vanishes(
            "at tau = 0 evasion follows misbehavior by their correlation",
            e.frozen_probe.subs(e.transmitted, 0) + e.covariance / sympy.sqrt(e.variance_a * e.variance_b),
        ),
        formula_is(
            "NumPy equals the expression", at("frozen_probe", transmitted="tau", covariance="C"), e.frozen_probe, POINTS
        ),
    )


def retrained_weight() -> tuple[Obligation, ...]:
    """Prove the refitted probe from its normal equations."""
    readout = sympy.Symbol("N_F", nonnegative=True)
    spread = sympy.Matrix([
        [e.variance_a + e.variance_b + readout, -e.variance_b], [-e.variance_b, e.variance_b + e.trace_variance]
    ])  # fmt: skip
    fitted = spread.solve(sympy.Matrix([e.variance_a, 0]))
    return (
        vanishes("(a - h)/a of the solved normal equations", (fitted[0] - fitted[1]) / fitted[0] - e.retrained_weight),
        tends("without trace noise evasion weighs nothing", e.retrained_weight, e.trace_variance, 0, 0),
        tends("with much of it, as much as before", e.retrained_weight, e.trace_variance, sympy.oo, 1),
        equals_numerically(
            "NumPy equals the expression", formulas.retrained_weight,
            lambda evasion_variance, trace_noise: trace_noise**2 / (trace_noise**2 + evasion_variance),
            [{"evasion_variance": 0.3, "trace_noise": 0.5}, {"evasion_variance": 2.0, "trace_noise": 0.0}],
        ),
    )  # fmt: skip


def subverter_capability() -> tuple[Obligation, ...]:
    """Prove that the ratio is one there."""
    grown = e.variance_b * sympy.exp(e.capability_rate * e.subverter_capability)
    points = [{**point, "gamma": rate} for point, rate in zip(POINTS, (0.5, 2.0), strict=True)]
    return (
        vanishes("the response ratio is one", sympy.log(e.response_ratio.subs(e.variance_b, grown)).expand(force=True)),
        formula_is("NumPy equals the expression", at("subverter_capability", rate="gamma"), e.subverter_capability,
                   points),
    )  # fmt: skip
