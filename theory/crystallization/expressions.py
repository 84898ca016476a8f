"""The closed forms of crystallization in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

import sympy

from simulator.functions import logistic, softplus

time = sympy.Symbol("time", positive=True)
misalignment_start, honesty_start = sympy.symbols("misalignment_start honesty_start", positive=True)
misalignment_ease, honesty_ease = sympy.symbols("misalignment_ease honesty_ease", positive=True)
misalignment_noise, honesty_noise = sympy.symbols("misalignment_noise honesty_noise", positive=True)
description_cost = sympy.Symbol("description_cost", nonnegative=True)
distance, honesty, pull, goal_ease, skill_ease = sympy.symbols(
    "distance honesty pull goal_ease skill_ease", positive=True
)
exponent = sympy.Symbol("exponent", nonnegative=True)
honesty_cost, strength, share = sympy.symbols("honesty_cost strength share", positive=True)
width, growth = sympy.symbols("width growth", positive=True)
threshold, initial_capability, capability, skill = sympy.symbols(
    "threshold initial_capability capability skill", real=True
)
start_norm, dim, weight_decay, noise = sympy.symbols("start_norm dim weight_decay noise", positive=True)
gates, effort = sympy.symbols("gates effort", positive=True)
slope = sympy.Symbol("slope", positive=True)

SYMBOLS = {
    time: "t", misalignment_start: "x_0", honesty_start: "y_0", misalignment_ease: r"\eta_x", honesty_ease: r"\eta_y",
    misalignment_noise: r"\sigma_x", honesty_noise: r"\sigma_y", description_cost: r"\delta", distance: "e",
    honesty: "y", pull: r"\kappa", goal_ease: r"\eta_g", skill_ease: r"\eta_c", exponent: "p", honesty_cost: r"\chi",
    strength: "s", share: "p_0", width: "w", growth: "r", threshold: "c^*", initial_capability: "c_0",
    capability: "c", skill: "c", start_norm: "g", dim: "d", weight_decay: r"\lambda", noise: r"\sigma", gates: "k",
    effort: "f", slope: "k",
}  # fmt: skip

omega = sympy.sqrt(misalignment_ease * honesty_ease)
ahead = sympy.sqrt(honesty_ease) * misalignment_start - sympy.sqrt(misalignment_ease) * honesty_start
spread = honesty_ease * misalignment_noise**2 + misalignment_ease * honesty_noise**2
lead = ahead * sympy.sqrt(2 * omega / spread)


def standard_normal(x: sympy.Expr) -> sympy.Expr:
    """Return the standard normal distribution function."""
    return (1 + sympy.erf(x / sympy.sqrt(2))) / 2


# Of two routes, where deception wins; with more, the smallest x^2/ease takes the place of y^2/ease_y.
race_remainder = sympy.sqrt(misalignment_start**2 - misalignment_ease / honesty_ease * honesty_start**2)
decision_time = sympy.atanh(sympy.sqrt(misalignment_ease / honesty_ease) * honesty_start / misalignment_start) / omega
described_remainder = sympy.sqrt(
    misalignment_start**2 - misalignment_ease / honesty_ease * (honesty_start**2 - 2 * description_cost * honesty_start)
)
critical_ease = (honesty_start / misalignment_start) ** 2
deception_probability = standard_normal(lead)
deception_prior = sympy.Piecewise((1 - slope / 2, slope <= 1), (1 / (2 * slope), True))
budget = 4 * goal_ease / honesty_ease * honesty ** (2 - exponent) / (2 - exponent)
base_residual = sympy.sqrt(sympy.Max(0, distance**2 - budget))
critical_honesty_ease = 4 * goal_ease * honesty ** (2 - exponent) / ((2 - exponent) * distance**2)
_root = sympy.sqrt(2 * goal_ease / honesty_ease)
lock_time = (
    2 * sympy.atan(_root * honesty / sympy.sqrt(distance**2 - 2 * goal_ease / honesty_ease * honesty**2))
    / (pull * honesty_ease * _root * sympy.sqrt(distance**2 - 2 * goal_ease / honesty_ease * honesty**2))
)  # fmt: skip
locked_displacement = (
    start_norm**2 * (1 - sympy.exp(-weight_decay * time)) ** 2
    + dim * noise**2 * (1 - sympy.exp(-2 * weight_decay * time)) / (2 * weight_decay)
)  # fmt: skip
_z = (skill - threshold) / width


def gate_potential(number: int) -> sympy.Expr:
    """Return sum_{j=1}^k [z - sum_{m=1}^j C(j, m) exp(-m z)/m], z = (c - threshold)/width."""
    return sum(
        (_z - sum((sympy.binomial(j, m) * sympy.exp(-m * _z) / m for m in range(1, j + 1)), sympy.Integer(0))
         for j in range(1, number + 1)),
        sympy.Integer(0),
    )  # fmt: skip


def gate_invariant(number: int) -> sympy.Expr:
    """Return e^2 + (4 goal_ease width^2/skill_ease) times the potential of k gates."""
    return distance**2 + 4 * goal_ease * width**2 / skill_ease * gate_potential(number)


def prerequisites(number: int) -> sympy.Expr:
    """Return how long k equal gates in a product stand open by ``time``."""
    first = (threshold - initial_capability) / width
    last = first - growth * time / width
    more = sum(
        ((logistic(-last) ** j - logistic(-first) ** j) / j for j in range(1, number)), sympy.Integer(0)
    )  # fmt: skip
    return width / growth * (softplus(first) - softplus(last) + more)


locking_growth = (
    goal_ease * pull * width * softplus((threshold - initial_capability) / width) / sympy.log(2)
)  # fmt: skip
reward_gap = logistic((threshold - capability) / width) * effort * pull / 2 * distance**2
gap = sympy.Symbol("gap", positive=True)
overtaking_time = sympy.log(share / (1 - share)) / (strength * gap)
alpha = 2 * goal_ease * pull * honesty_start / honesty_noise**2
chance_lock_in = 2 * sympy.sqrt(alpha) * sympy.besselk(1, 2 * sympy.sqrt(alpha))
mean_learning = -goal_ease * pull * honesty_start * time
