"""The closed forms of probe selection in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

import sympy

weight_a, weight_b, variance_a, variance_b = sympy.symbols("w_A w_B V_A V_B", positive=True)
ease_a, ease_b = sympy.symbols("eta_A eta_B", positive=True)
covariance = sympy.Symbol("C", real=True)
transmitted, probes = sympy.symbols("tau M", positive=True)
trace_variance = sympy.Symbol("N_H", positive=True)
capability_rate = sympy.Symbol("gamma", positive=True)
group_size = sympy.Symbol("n", integer=True, positive=True)
score_covariance = sympy.Symbol("C_AS", real=True)
score_sd, variance = sympy.symbols("sigma_S V", positive=True)
correlation = sympy.Symbol("r", real=True)
kept_fraction, intensity = sympy.symbols("p i", positive=True)
kept, narrowing, mutation_variance = sympy.symbols("k kappa v_m", positive=True)
cut = sympy.Symbol("z", real=True)
prevalence, miss, false_alarm = sympy.symbols("pi_0 FNR FPR", positive=True)
clean, evading, bonus, penalty, kl, time = sympy.symbols("p_0 p_2 b c beta t", positive=True)
unflagged = sympy.Symbol("u", positive=True)
sd, scale = sympy.symbols("sigma_A s", positive=True)
threshold = sympy.Symbol("threshold", real=True)

SYMBOLS = {
    weight_a: "w_A", weight_b: "w_B", variance_a: "V_A", variance_b: "V_B", ease_a: r"\eta_A", ease_b: r"\eta_B",
    transmitted: r"\tau", trace_variance: "N_H", capability_rate: r"\gamma", score_covariance: "C_{AS}",
    score_sd: r"\sigma_S", prevalence: r"\pi", kl: r"\beta", sd: r"\sigma_A", threshold: "t",
    narrowing: r"\kappa", mutation_variance: "v_m",
}  # fmt: skip

# What the probe reads: its covariance with either trait, and its variance.
covariance_a = weight_a * variance_a - transmitted * weight_b * covariance
covariance_b = weight_a * covariance - transmitted * weight_b * variance_b
score_variance = (
    weight_a**2 * variance_a + (transmitted * weight_b) ** 2 * variance_b
    - 2 * transmitted * weight_a * weight_b * covariance
)  # fmt: skip

response_ratio = weight_a**2 * variance_a / (weight_b**2 * variance_b)
response_ratio_gradient = ease_a * weight_a**2 / (ease_b * weight_b**2)
standardized_ratio = weight_a * sympy.sqrt(variance_a) / (weight_b * sympy.sqrt(variance_b))
covariant_ratio = weight_a * covariance_a / (-weight_b * covariance_b)
ensemble_ratio = probes * response_ratio
frozen_probe = -covariance_b / sympy.sqrt(variance_b * score_variance)
retrained_weight = trace_variance / (trace_variance + variance_b)
subverter_capability = sympy.log(response_ratio) / capability_rate

mean_to_sd = sympy.sqrt(2 / (group_size - 1)) * sympy.gamma(group_size / 2) / sympy.gamma((group_size - 1) / 2)
group_update = -score_covariance / score_sd * mean_to_sd * (group_size - 1) / group_size

natural_update = -score_covariance

normal_density = sympy.exp(-(cut**2) / 2) / sympy.sqrt(2 * sympy.pi)
truncation_intensity = normal_density / kept_fraction
variance_after_selection = variance * (1 - correlation**2 * intensity * (intensity - cut))
# A population is one group: i and kappa are the mean and the loss of variance of its own order statistics.
population_response = -score_covariance / score_sd * intensity
population_variance = (1 - 1 / kept) * variance * (1 - correlation**2 * narrowing) + mutation_variance

unflagged_honest = (1 - prevalence) * (1 - false_alarm) / (
    (1 - prevalence) * (1 - false_alarm) + prevalence * miss
)  # fmt: skip
missed_among = unflagged * (1 - unflagged_honest)
recall_of_halves = sympy.Rational(1, 2) + sympy.asin(correlation) / sympy.pi
auc_of_halves = sympy.Rational(1, 2) + 2 * sympy.asin(correlation / sympy.sqrt(2)) / sympy.pi

selection_time = (1 - sympy.exp(-kl * time)) / kl
evasion_time = -sympy.log(1 - kl * sympy.log(clean / evading) / bonus) / kl
critical_kl = bonus / sympy.log(clean / evading)
recall_decay = (1 - miss) * sympy.exp(-penalty * selection_time) / (
    (1 - miss) * sympy.exp(-penalty * selection_time) + miss
)  # fmt: skip
# The three types, not yet normalized: clean, caught, evading.
type_weights = (
    1 - prevalence,
    prevalence * (1 - miss) * sympy.exp((bonus - penalty) * selection_time),
    prevalence * miss * sympy.exp(bonus * selection_time),
)
misbehavior_share = (type_weights[1] + type_weights[2]) / sum(type_weights)
goodhart_normal = (
    -(sd**2) / sympy.sqrt(sd**2 + scale**2) * sympy.exp(-(threshold**2) / (2 * (sd**2 + scale**2)))
    / sympy.sqrt(2 * sympy.pi) / ((1 + sympy.erf(threshold / sympy.sqrt(2 * (sd**2 + scale**2)))) / 2)
)  # fmt: skip
