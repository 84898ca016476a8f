"""The closed forms of goal_drift in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

from typing import Any

import sympy

from simulator.functions import logistic, softplus

time, lag = sympy.symbols("time lag", positive=True)
pull, width, growth, weight_decay, noise = sympy.symbols("pull width growth weight_decay noise", positive=True)
threshold, initial_capability = sympy.symbols("threshold initial_capability", real=True)
start_norm, mean_norm, variance = sympy.symbols("start_norm mean_norm variance", positive=True)
mean_cosine = sympy.symbols("mean_cosine", real=True)
dim = sympy.Symbol("dim", integer=True, positive=True)
stake, cost = sympy.symbols("stake cost", real=True)
temperature, discount, horizon, distance, ease = sympy.symbols(
    "temperature discount horizon distance ease", positive=True
)

capability, at, value, base = sympy.symbols("capability at value base", real=True)
signal_variance, observation_noise, base_sd, start_sd = sympy.symbols(
    "signal_variance observation_noise base_sd start_sd", positive=True
)
prior_sd, inverse_temperature, spread = sympy.symbols("prior_sd inverse_temperature spread", positive=True)
population, kinds, copies = sympy.symbols("population kinds copies", integer=True, positive=True)
strength, curvature, mutation_variance = sympy.symbols("strength curvature mutation_variance", positive=True)
start_variance = sympy.Symbol("start_variance", nonnegative=True)
advantage = sympy.Symbol("advantage", real=True)

SYMBOLS = {
    time: "t", lag: r"\tau", pull: r"\kappa", width: "w", growth: "r", weight_decay: r"\lambda", noise: r"\sigma",
    threshold: "c^*", initial_capability: "c_0", start_norm: "|g_0|", mean_norm: "|m|", variance: "v", dim: "d",
    mean_cosine: r"\cos(m, b)", stake: "s_0", cost: "k", temperature: "T", discount: r"\gamma", horizon: "H",
    distance: "D", ease: r"\eta", capability: "c", at: "x", value: r"\beta_c", base: "b", signal_variance: "V",
    observation_noise: r"\sigma_{o}", base_sd: "s_b", start_sd: "s_0", prior_sd: "s", inverse_temperature: r"\beta",
    spread: r"\Delta", population: "N", kinds: "K", copies: "k", strength: "s", curvature: "h",
    mutation_variance: "v", start_variance: "V_0", advantage: "s",
}  # fmt: skip

# What the page prints: the open time by its letter, the gate by how far it still is from half shut.
_opened, _gap = sympy.Function("I"), sympy.Function("x")
_kept, _spread_out = sympy.exp(-pull * _opened(time)), sympy.Function("v")(time)
_since = sympy.Symbol("s", positive=True)
SHOWN = {
    "learned_fraction": 1 - sympy.exp(-pull * _opened(time)),
    "goal_gradient": logistic(_gap(time)) * sympy.exp(-pull * _opened(time)),
    "goal_variance": noise**2
    * sympy.Integral(sympy.exp(-2 * pull * (_opened(time) - _opened(_since))), (_since, 0, time)),
    "final_cosine_distribution": sympy.gamma(dim / 2)
    / (sympy.sqrt(sympy.pi) * sympy.gamma((dim - 1) / 2))
    * sympy.Integral((1 - _since**2) ** ((dim - 3) / 2), (_since, -1, at)),
    "designer_share": (1 - _kept) ** 2
    * base_sd**2
    / ((1 - _kept) ** 2 * base_sd**2 + _kept**2 * start_sd**2 + _spread_out),
}

gap_at_start = (threshold - initial_capability) / width
gap = (threshold - initial_capability - growth * time) / width
openness = logistic(gap)
open_time = width / growth * (softplus(gap_at_start) - softplus(gap))
learned_fraction = 1 - sympy.exp(-pull * open_time)
goal_gradient = openness * sympy.exp(-pull * open_time)
since = sympy.Symbol("s", positive=True)
goal_variance = noise**2 * sympy.Integral(
    sympy.exp(-2 * pull * (open_time - open_time.subs(time, since))), (since, 0, time)
)
retained_goal = sympy.exp(-weight_decay * time)
shut_variance = noise**2 * (1 - sympy.exp(-2 * weight_decay * time)) / (2 * weight_decay)
mean_squared_displacement = start_norm**2 * (1 - retained_goal) ** 2 + dim * shut_variance
autocorrelation = sympy.exp(-weight_decay * lag) * sympy.sqrt(
    (1 - sympy.exp(-2 * weight_decay * time)) / (1 - sympy.exp(-2 * weight_decay * (time + lag)))
)
closeness = mean_norm**2 / (2 * variance)
cosine_to_start = (
    mean_norm
    / sympy.sqrt(2 * variance)
    * sympy.gamma(sympy.Rational(1, 2) * (dim + 1))
    / sympy.gamma(dim / 2 + 1)
    * sympy.hyper([sympy.Rational(1, 2)], [dim / 2 + 1], -closeness)
)
alignment = mean_cosine * cosine_to_start

stationary_autocorrelation = sympy.exp(-weight_decay * lag)
final_cosine_distribution = sympy.betainc_regularized((dim - 1) / 2, (dim - 1) / 2, 0, (1 + at) / 2)
acted = logistic((threshold - capability) / width)
behavior_information = acted * sympy.log(1 + signal_variance / observation_noise**2) / 2
kept = 1 - learned_fraction
designer_share = (
    learned_fraction**2 * base_sd**2 / (learned_fraction**2 * base_sd**2 + kept**2 * start_sd**2 + variance)
)
precision = 1 / prior_sd**2 + inverse_temperature * pull * acted
posterior_variance = 1 / precision
posterior_mean = base * inverse_temperature * pull * acted / precision

# Populations: q is the chance that two offspring have two parents, and c what selection adds to precision. The
# variance within goes to its balance V* by the powers of k; the map V -> q V/(1 + c V) + v is a Moebius map.
different = 1 - 1 / population
selectivity = strength * curvature
neutral_balance = population * mutation_variance
within_variance = neutral_balance + (start_variance - neutral_balance) * different**time
variance_of_mean = (
    start_variance / population
    + mutation_variance * time
    + (start_variance - neutral_balance) * different * (1 - different**time)
)
neutral_divergence_rate = mutation_variance
equal_goals = 1 / kinds
fixation_probability = (1 - sympy.exp(-2 * advantage * copies)) / (1 - sympy.exp(-2 * advantage * population))
lost = 1 / population - mutation_variance * selectivity
root = sympy.sqrt(lost**2 + 4 * selectivity * mutation_variance)
mutation_selection_variance = (root - lost) / (2 * selectivity)


def relaxed(discriminant: Any, balance: Any, kept_share: Any) -> Any:
    """Return the variance within a population, given D, the balance that it makes, and what is kept of k^t."""
    away = start_variance - balance
    return balance + kept_share * away / (1 + (1 - kept_share) * away * selectivity / discriminant)


def kept_in_a_generation(discriminant: Any) -> Any:
    """Return k, the share of the way to the balance that a generation leaves, given D."""
    return 1 - 2 * discriminant / (1 + different + mutation_variance * selectivity + discriminant)


selected_variance = relaxed(root, mutation_selection_variance, kept_in_a_generation(root) ** time)
selection_response = -distance * selectivity * variance / (1 + selectivity * variance)
_D, _balance = sympy.Symbol("D", positive=True), sympy.Symbol("V^*", positive=True)
SHOWN["selected_variance"] = relaxed(_D, _balance, sympy.Symbol("k", positive=True) ** time)
