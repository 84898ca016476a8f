"""The closed forms of grokking in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

import sympy

time, weight_decay, depth = sympy.symbols("time weight_decay depth", positive=True)
memorizing_share, generalizing_share, share, later_share = sympy.symbols(
    "memorizing_share generalizing_share share later_share", positive=True
)
memorizing_efficiency, generalizing_efficiency, reference_efficiency = sympy.symbols(
    "memorizing_efficiency generalizing_efficiency reference_efficiency", positive=True
)
memorizing_start, generalizing_start, start_margin = sympy.symbols(
    "memorizing_start generalizing_start start_margin", positive=True
)
reference_size, exponent, data_ratio, data_size = sympy.symbols(
    "reference_size exponent data_ratio data_size", positive=True
)
strength, time_constant, start = sympy.symbols("strength time_constant start", positive=True)
norm_exponent, penalty_exponent = sympy.symbols("norm_exponent penalty_exponent", positive=True)
first_norm, second_norm = sympy.symbols("first_norm second_norm", positive=True)
clock_now = sympy.Function("S")(time)
margin_now = sympy.Function("q")(time)

SYMBOLS = {
    time: "t", weight_decay: r"\lambda", depth: "L", memorizing_share: "p_M", generalizing_share: "p_G", share: "p",
    later_share: r"p_1", memorizing_efficiency: "h_M", generalizing_efficiency: "h_G", memorizing_start: "m_0",
    generalizing_start: "g_0", start_margin: "q_0", reference_size: "D_0", data_size: "D",
    exponent: r"\gamma", data_ratio: r"\delta", reference_efficiency: "h_0",
    strength: "s", time_constant: r"\tau", start: "u_0", norm_exponent: r"\kappa", penalty_exponent: "q",
    first_norm: "P_1", second_norm: "P_2",
}  # fmt: skip

_gap = generalizing_efficiency - memorizing_efficiency


def logit(p: sympy.Expr) -> sympy.Expr:
    """Return ln p - ln(1 - p)."""
    return sympy.log(p) - sympy.log(1 - p)


def floor(efficiency: sympy.Expr) -> sympy.Expr:
    """Return the margin at which the logistic loss pulls as hard as decay does."""
    return sympy.log(efficiency / weight_decay - 1)


# g(t) of a circuit of efficiency h from g(0), S being the clock: the printed form of ``clock`` and of the proofs.
def strength_at(begun: sympy.Expr, efficiency: sympy.Expr, clock: sympy.Expr) -> sympy.Expr:
    """Return exp(-L lambda t) [g(0)^((2 - L)/L) - (L - 2) h S]^(-L/(L - 2)), a circuit's strength for L != 2."""
    inner = begun ** ((2 - depth) / depth) - (depth - 2) * efficiency * clock
    return sympy.exp(-depth * weight_decay * time) * inner ** (-depth / (depth - 2))


clock = generalizing_efficiency * strength_at(generalizing_start, generalizing_efficiency, clock_now)
passage_time = (
    sympy.log((1 - share) / (1 - later_share)) + memorizing_efficiency / _gap * (logit(later_share) - logit(share))
) / (2 * weight_decay)
grokking_time = (
    sympy.log(2 * memorizing_share)
    + memorizing_efficiency / _gap * sympy.log(memorizing_share / (1 - memorizing_share))
) / (2 * weight_decay)
mean_at_start = memorizing_share * memorizing_efficiency + (1 - memorizing_share) * generalizing_efficiency
mean_at_crossing = (memorizing_efficiency + generalizing_efficiency) / 2
grokking_time_logistic = grokking_time - sympy.log(floor(mean_at_crossing) / floor(mean_at_start)) / (2 * weight_decay)
grokking_time_from_start = grokking_time - sympy.log(floor(mean_at_crossing) / start_margin) / (2 * weight_decay)
grokking_exponent = -1 + 1 / (
    floor(mean_at_crossing) * (1 - weight_decay / mean_at_crossing) * 2 * weight_decay * grokking_time_from_start
)
snap_duration = (
    sympy.log(9) * (generalizing_efficiency + memorizing_efficiency) / (2 * weight_decay * _gap)
)  # fmt: skip
ungrokking_time = (
    sympy.log(2 * generalizing_share)
    + sympy.log(generalizing_share / (1 - generalizing_share)) / (data_ratio**-exponent - 1)
) / (2 * weight_decay)
transition_slope = 1 / weight_decay
critical_data_size = reference_size * (memorizing_efficiency / generalizing_efficiency) ** (1 / exponent)
hysteresis = critical_data_size * (memorizing_share / (1 - memorizing_share)) ** ((depth - 2) / (2 * exponent))
path_independence = memorizing_start * (memorizing_efficiency / generalizing_efficiency) ** (depth / (depth - 2))
coexistence_ratio = (first_norm / second_norm) ** (
    -penalty_exponent * norm_exponent / (penalty_exponent - norm_exponent)
)
visible_from_start = (
    generalizing_efficiency
    / memorizing_efficiency
    * (generalizing_start / memorizing_start) ** (1 - 1 / depth)
)  # fmt: skip
rise = strength / (1 + (strength / start - 1) * sympy.exp(-2 * strength * time / time_constant))
rise_time = time_constant * sympy.log(9) / strength
