"""Why the closed forms of chance are true: uniform directions, Gaussian information, the law of total variance."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from simulator.models.goal_drift import base, goal, goal_drift
from theory.goal_drift import expressions as e
from theory.goal_drift import formulas
from theory.goal_drift.proofs.gate import goal_variance, learned_fraction, variance_by_2f1
from theory.goal_drift.proofs.points import GATE_POINTS, SHUT_POINTS
from theory.lemmas import equals_numerically, formula_is, only, tends, vanishes
from theory.obligation import Obligation

COSINE_EDGES: list[dict[str, float]] = [{"dim": dim, "at": at} for dim in (2, 3, 5, 40) for at in (-0.7, 0.1, 0.9)]
WATCHED: list[dict[str, float]] = [
    {"capability": 1.4, "threshold": 1.1, "width": 0.2, "signal_variance": 2.0, "observation_noise": 0.5},
    {"capability": -3.0, "threshold": 0.0, "width": 1.0, "signal_variance": 0.3, "observation_noise": 3.0},
]
CHOSEN: list[dict[str, float]] = [{**point, "noise": 0.7, "base_sd": 1.3, "start_sd": 0.4} for point in GATE_POINTS]


def stationary_autocorrelation() -> tuple[Obligation, ...]:
    """Prove that the autocorrelation from a fixed start settles at exp(-weight_decay lag), with a settled variance."""
    settled = sympy.limit(e.shut_variance, e.time, sympy.oo)
    return (
        tends("the limit of autocorrelation", e.autocorrelation**2, e.time, sympy.oo, e.stationary_autocorrelation**2),
        vanishes("the settled variance stays: noise^2 = 2 weight_decay v", e.noise**2 - 2 * e.weight_decay * settled),
        formula_is(
            "NumPy equals SymPy", formulas.stationary_autocorrelation, e.stationary_autocorrelation,
            only(SHUT_POINTS, "weight_decay", "lag"),
        ),
    )  # fmt: skip


def final_cosine_distribution() -> tuple[Obligation, ...]:
    """Prove the law of the cosine from the normal law of the goal: its density, its moments, its Beta form."""
    edge = formulas.final_cosine_distribution
    return (
        _density_of_the_angle(),
        *(step for dim in range(2, 7) for step in cosine_moments(cosine_density(dim), dim)),
        *(_beta_form(dim) for dim in range(2, 7)),
        vanishes("uniform in three dimensions", sympy.simplify(cosine_density(3) - sympy.Rational(1, 2))),
        Obligation("-1 or 1 in one dimension", bool(np.all(edge(1, [-1.1, -0.9, 0.9, 1.0]) == [0.0, 0.5, 0.5, 1.0]))),
        formula_is("NumPy equals SymPy", edge, e.final_cosine_distribution, COSINE_EDGES),
    )


def cosine_density(dim: int) -> Any:
    """Return Gamma(d/2)/(sqrt(pi) Gamma((d-1)/2)) (1 - x^2)^((d-3)/2), the density of the cosine at x."""
    half = sympy.Rational(1, 2)
    scale = sympy.gamma(dim * half) / (sympy.sqrt(sympy.pi) * sympy.gamma((dim - 1) * half))
    return scale * (1 - e.at**2) ** ((dim - 3) * half)


def cosine_moments(density: Any, dim: int) -> tuple[Obligation, ...]:
    """Oblige a density on [-1, 1] to integrate to 1, with mean 0 and variance 1/dim; by the angle, x = cos(theta)."""
    theta = sympy.Symbol("theta", positive=True)
    sine, cosine = sympy.sin(theta), sympy.cos(theta)
    plain = sympy.powdenest(density.subs(e.at, cosine).subs(1 - cosine**2, sine**2), force=True)
    plain = sympy.simplify(plain * sine).subs(sympy.Abs(sine), sine)  # it is positive on (0, pi)
    moments = [sympy.integrate(cosine**power * plain, (theta, 0, sympy.pi)) for power in range(3)]
    wanted = (1, 0, sympy.Rational(1, dim))
    return tuple(
        vanishes(f"d = {dim}: {what}", moment - value)
        for what, moment, value in zip(("normalized", "mean 0", "variance 1/d"), moments, wanted, strict=True)
    )


def _density_of_the_angle() -> Obligation:
    """The component along b is normal, the length across it chi with d - 1 degrees: polar coordinates."""
    theta, radius = sympy.symbols("theta radius", positive=True)
    d = sympy.Symbol("d", positive=True)
    along, across = radius * sympy.cos(theta), radius * sympy.sin(theta)
    joint = sympy.exp(-(along**2 + across**2) / 2) * across ** (d - 2) * radius
    split = sympy.exp(-(radius**2) / 2) * radius ** (d - 1) * sympy.sin(theta) ** (d - 2)
    ratio = sympy.simplify(sympy.expand_power_base(joint / split, force=True))
    return vanishes("the angle's density is sin^(d-2), the cosine's (1 - x^2)^((d-3)/2)", ratio - 1)


def _beta_form(dim: int) -> Obligation:
    """(1 + x)/2 has the Beta density with both exponents (d-1)/2, by which I_((1+x)/2) is its distribution function."""
    shape, y = sympy.Rational(dim - 1, 2), (1 + e.at) / 2
    beta = (y * (1 - y)) ** (shape - 1) * sympy.gamma(2 * shape) / sympy.gamma(shape) ** 2 / 2
    return vanishes(
        f"d = {dim}: the regularized Beta function's derivative", sympy.simplify(beta / cosine_density(dim)) - 1
    )


def gaussian_information(covariance: Any) -> Any:
    """Return h(x) + h(y) - h(x, y) from a Gaussian's entropies, ln det(2 pi e covariance)/2 each."""
    joint = (2 * sympy.pi * sympy.E) ** 2 * covariance.det()
    alone = (2 * sympy.pi * sympy.E) ** 2 * covariance[0, 0] * covariance[1, 1]
    return sympy.log(sympy.simplify(alone / joint)) / 2


def behavior_information() -> tuple[Obligation, ...]:
    """Prove the information by the chain rule over who is played, as an upper bound, and its end."""
    signal, noise = e.signal_variance, e.observation_noise**2
    acted = gaussian_information(sympy.Matrix([[signal, signal], [signal, signal + noise]]))
    played = gaussian_information(sympy.Matrix([[signal, 0], [0, noise]]))
    chained = e.acted * acted + (1 - e.acted) * played
    return (
        _entropy(),
        vanishes("an episode acted on tells ln(1 + V/s^2)/2", acted - sympy.log(1 + signal / noise) / 2),
        vanishes("a played one, in which every goal does as b would, tells nothing", played),
        vanishes("by the chain rule: their mean over the known gate", chained - e.behavior_information),
        tends("-> 0 as capability grows", e.behavior_information, e.capability, sympy.oo, 0),
        tends(
            "like exp(-(c - threshold)/width)",
            e.behavior_information * sympy.exp((e.capability - e.threshold) / e.width), e.capability, sympy.oo, acted,
        ),
        *(
            Obligation(f"one who does not know which are played learns less, at a = {share}",
                       information_without_the_gate(share, 1.5, 0.6) < (1 - share) * np.log1p(1.5 / 0.36) / 2)
            for share in (0.1, 0.5, 0.9)
        ),
        formula_is("NumPy equals SymPy", formulas.behavior_information, e.behavior_information, WATCHED),
    )  # fmt: skip


def _entropy() -> Obligation:
    x, sd = sympy.Symbol("x", real=True), sympy.Symbol("sd", positive=True)
    density = sympy.exp(-(x**2) / (2 * sd**2)) / (sd * sympy.sqrt(2 * sympy.pi))
    surprise = x**2 / (2 * sd**2) + sympy.log(sd * sympy.sqrt(2 * sympy.pi))
    entropy = sympy.integrate(sympy.expand(density * surprise), (x, -sympy.oo, sympy.oo))
    wanted = sympy.log(2 * sympy.pi * sympy.E * sd**2) / 2
    return vanishes("a normal's entropy is ln(2 pi e s^2)/2", sympy.expand_log(entropy - wanted, force=True))


def information_without_the_gate(share: float, signal_variance: float, observation_noise: float) -> float:
    """Return the information, in nats, for one who does not know which episodes are played, by quadrature."""
    x, y = (np.linspace(-9.0, 9.0, 1201) * np.sqrt(scale) for scale in (signal_variance, signal_variance + 1.0))

    def normal(z: Any, variance: float) -> Any:
        return np.exp(-(z**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)

    blind = share * normal(y, observation_noise**2)
    given = blind + (1 - share) * normal(y - x[:, np.newaxis], observation_noise**2)
    weight = normal(x, signal_variance) * (x[1] - x[0])
    alone = weight @ given
    ratio = np.log(np.maximum(given, 1e-300) / np.maximum(alone, 1e-300))
    return float(np.sum(weight @ (given * ratio)) * (y[1] - y[0]))


def designer_share() -> tuple[Obligation, ...]:
    """Prove the share from the law's linearity and the law of total variance, with its limits.

    Given b and the start, the goal is Gaussian with mean (1 - E) b + E start and variance v: b enters the mean alone.
    """
    drift = goal_drift.replace(decay={}).drift[goal]
    slopes = sympy.diff(drift, base.variable) + sympy.diff(drift, goal.variable)
    explained, rest = e.learned_fraction**2 * e.base_sd**2, e.kept**2 * e.start_sd**2 + e.variance
    correlation = e.learned_fraction * e.base_sd**2 / sympy.sqrt((explained + rest) * e.base_sd**2)
    learned = sympy.Symbol("f", positive=True)
    chosen, kept = (learned * e.base_sd) ** 2, ((1 - learned) * e.start_sd) ** 2
    share = chosen / (chosen + kept + e.variance)
    return (
        *learned_fraction(), *goal_variance(),
        vanishes("the drift is linear in goal and b, with opposite slopes", slopes),
        vanishes("Var E[g|b]/Var g", explained / (explained + rest) - e.designer_share),
        vanishes("equals the squared correlation of g and b", correlation**2 - e.designer_share),
        *_designers_lose(),
        vanishes("it depends on the gate through the learned fraction", share.subs(learned, e.learned_fraction)
                 - e.designer_share),
        tends("-> 1 without noise where the start is forgotten", share.subs(e.variance, 0), learned, 1, 1, "-"),
        equals_numerically("NumPy equals the share from the 2F1 form", formulas.designer_share, _share_by_2f1, CHOSEN),
    )  # fmt: skip


def _designers_lose() -> tuple[Obligation, ...]:
    """The share -> 0: v is at least noise^2 t exp(-2 pull I(infinity)), which grows without bound."""
    whole = sympy.limit(e.open_time.rewrite(sympy.exp), e.time, sympy.oo)
    least = e.noise**2 * e.time * sympy.exp(-2 * e.pull * whole)
    late = [{**point, "time": 1e3} for point in CHOSEN]
    exact = [{name: value for name, value in point.items() if not name.endswith("_sd")} for point in late]

    def lower(point: dict[str, float]) -> float:
        gate = {name: point[name] for name in ("width", "growth", "threshold", "initial_capability")}
        opened = float(formulas.open_time(**gate, time=1e9))
        return float(point["noise"] ** 2 * point["time"] * np.exp(-2 * point["pull"] * opened))

    return (
        tends("-> 0 as v grows", e.designer_share, e.variance, sympy.oo, 0),
        tends("v has a lower bound that grows for ever", 1 / least, e.time, sympy.oo, 0),
        Obligation("v is above it", all(formulas.goal_variance(**point) >= lower(point) for point in exact)),
    )


def _share_by_2f1(base_sd: float, start_sd: float, **point: float) -> float:
    gate = {name: number for name, number in point.items() if name not in ("pull", "noise")}
    learned = 1 - np.exp(-point["pull"] * formulas.open_time(**gate))
    chosen = (learned * base_sd) ** 2
    return float(chosen / (chosen + ((1 - learned) * start_sd) ** 2 + variance_by_2f1(**point)))
