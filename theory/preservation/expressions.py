"""The closed forms of preservation in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

import sympy

from simulator.functions import logistic, softplus

time = sympy.Symbol("time", positive=True)
pull, width, growth, noise, hold = sympy.symbols("pull width growth noise hold", positive=True)
max_awareness = sympy.Symbol("max_awareness", nonnegative=True)
weight_decay = sympy.Symbol("weight_decay", positive=True)
threshold, initial_capability, hacking_threshold, memory_threshold = sympy.symbols(
    "threshold initial_capability hacking_threshold memory_threshold", real=True
)
ease, cost = sympy.symbols("ease cost", positive=True)
tracking, memory_noise, rate, hazard, read_noise = sympy.symbols(
    "tracking memory_noise rate hazard read_noise", positive=True
)
memory_norm, tolerance, dim = sympy.symbols("memory_norm tolerance dim", positive=True)
remembered_strength, remembered, efficiency = sympy.symbols("remembered_strength remembered efficiency", positive=True)
mean_efficiency = sympy.Symbol("mean_efficiency", positive=True)
at = sympy.Symbol("at", real=True)
since = sympy.Symbol("s", positive=True)
slow, fast = sympy.symbols("alpha beta", positive=True)

SYMBOLS = {
    time: "t", pull: r"\kappa", width: "w", growth: "r", noise: r"\sigma", hold: r"\kappa_{h}",
    max_awareness: r"a_{max}", weight_decay: r"\lambda", threshold: "c^*", initial_capability: "c_0",
    hacking_threshold: r"c_{h}", memory_threshold: r"c_{m}", ease: r"\eta", cost: "k", tracking: r"\kappa_{m}",
    memory_noise: r"\sigma_{m}", rate: r"\nu", hazard: r"\phi", read_noise: r"\sigma_{r}", memory_norm: "|m|",
    tolerance: r"\epsilon", dim: "d", remembered_strength: "m", remembered: r"m_{j}", efficiency: r"h_{j}",
    mean_efficiency: "H", at: "x", slow: r"\alpha", fast: r"\beta",
}  # fmt: skip

leak = pull * (1 - max_awareness)
leaky_half_life = sympy.log(2) / leak
leaky_distance = sympy.exp(-leak * time)
danger_window = (
    noise**2 * (sympy.Min(hacking_threshold, memory_threshold) - sympy.Max(threshold, initial_capability)) / growth
)


def passed(level: sympy.Expr) -> sympy.Expr:
    """Return how long, up to a time, capability has been beyond a level: the integral of the gate there."""
    end, begin = ((initial_capability + growth * when - level) / width for when in (time, 0))
    return width / growth * (softplus(end) - softplus(begin))


held_together = (
    weight_decay * time + pull * (time - max_awareness * passed(threshold)) + hold * passed(hacking_threshold)
)
window_variance = noise**2 * sympy.Integral(
    sympy.exp(-2 * (held_together - held_together.subs(time, since))), (since, 0, time)
)
holding_rate = (
    weight_decay
    + pull * (1 - max_awareness * logistic((initial_capability + growth * time - threshold) / width))
    + hold * logistic((initial_capability + growth * time - hacking_threshold) / width)
)
unlearning = ease * cost
_now = 2 * hold * sympy.exp(-unlearning * time) / unlearning
_then = 2 * hold / unlearning
lapsing_variance = noise**2 / unlearning * sympy.exp(_now) * (sympy.expint(1, _now) - sympy.expint(1, _then))

restoring = weight_decay + hold
held_mean = hold / restoring
held_variance = noise**2 / (2 * restoring)
memory_error = memory_norm**2 * weight_decay**2 / restoring**2 + dim * held_variance
root = (dim * noise**2 / 2 + sympy.sqrt(dim**2 * noise**4 / 4 + 4 * tolerance * memory_norm**2 * weight_decay**2)) / (
    2 * tolerance
)
required_hold = root - weight_decay

internal_diffusion = (tracking**2 * noise**2 + hold**2 * memory_noise**2) / (hold + tracking) ** 2
least_diffusion = noise**2 * memory_noise**2 / (noise**2 + memory_noise**2)
_loss = weight_decay * (hold + tracking + weight_decay)
internal_variance = (noise**2 * (tracking + weight_decay) * tracking + hold**2 * memory_noise**2) / (
    2 * tracking * _loss
)
internal_gap_variance = (noise**2 * tracking + memory_noise**2 * (weight_decay + tracking)) / (
    2 * tracking * (hold + tracking + weight_decay)
)

resetting_variance = noise**2 / rate + read_noise**2
resetting_scale = noise / sympy.sqrt(2 * rate)
resetting_distribution = sympy.Piecewise(
    (sympy.exp(at / resetting_scale) / 2, at < 0), (1 - sympy.exp(-at / resetting_scale) / 2, True)
)
_twice = rate + 2 * weight_decay
resetting_error = (
    2 * memory_norm**2 * weight_decay**2 / ((rate + weight_decay) * _twice)
    + dim * (noise**2 + rate * read_noise**2) / _twice
)
freezing_error = resetting_error.subs({read_noise: 0, rate: hazard})

held_strength = (hold * remembered_strength + noise**2 / 2) / (hold + 2 * weight_decay)
held_strength_variance = noise**2 * held_strength / (hold + 2 * weight_decay)
held_shares = hold * remembered / (hold + 2 * weight_decay * (1 - efficiency / mean_efficiency))

internal_retention = (
    (fast - weight_decay) * sympy.exp(-slow * time) + (weight_decay - slow) * sympy.exp(-fast * time)
) / (fast - slow)

# What the page prints: the window's variance by what holds it, and one entry of the pair's settled covariance.
_together = sympy.Function("A")
SHOWN = {
    "window_variance": noise**2
    * sympy.Integral(sympy.exp(-2 * (_together(time) - _together(since))), (since, 0, time)),
    "required_hold": sympy.Max(0, root - weight_decay, evaluate=False),
    "danger_window": noise**2
    * sympy.Max(
        0,
        sympy.Min(hacking_threshold, memory_threshold) - sympy.Max(threshold, initial_capability),
        evaluate=False,
    )
    / growth,
}
