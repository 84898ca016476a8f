"""The closed forms of simplification in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

import sympy

time, weight_decay, stiffness = sympy.symbols("time weight_decay stiffness", positive=True)
depth = sympy.Symbol("depth", positive=True)
start, efficiency, drive, gain = sympy.symbols("start efficiency drive gain", positive=True)
ratio = sympy.Symbol("ratio", positive=True)
pull = sympy.Symbol("mu", real=True)
clock = sympy.Symbol("clock", real=True)
efficiency_1, efficiency_2, start_1, start_2 = sympy.symbols("h_1 h_2 g_1 g_2", positive=True)
base_w, base_norm = sympy.symbols("base_w base_norm", positive=True)
batch_noise = sympy.Symbol("batch_noise", nonnegative=True)
inverse_temperature = sympy.Symbol("inverse_temperature", positive=True)
max_length = sympy.Symbol("max_length", integer=True, positive=True)
frozen_drive = sympy.Symbol("frozen_drive", positive=True)

SYMBOLS = {
    time: "t", weight_decay: r"\lambda", stiffness: "k", depth: "L", start: "g_0", efficiency: "h", drive: "q",
    gain: "u", ratio: r"\rho", pull: r"\mu", clock: "S", efficiency_1: "h_1", efficiency_2: "h_2", start_1: "g_1",
    start_2: "g_2", base_w: "b_w", base_norm: "|b|", batch_noise: r"\nu", inverse_temperature: r"\beta",
    max_length: "n", frozen_drive: "q_F",
}  # fmt: skip

# One feature's strength at the clock S, and at L = 2 and 1; ``exponent`` is the a of the scores h g^a.
exponent = 1 - 2 / depth
bracket = start ** ((2 - depth) / depth) - (depth - 2) * efficiency * clock
strength = sympy.exp(-depth * weight_decay * time) * bracket ** (-depth / (depth - 2))
log_strength = -depth * weight_decay * time - depth / (depth - 2) * sympy.log(bracket)
strength_at_two = start * sympy.exp(2 * efficiency * clock - 2 * weight_decay * time)
strength_at_one = sympy.exp(-weight_decay * time) * (start + efficiency * clock)

# The clock in the leader's gain u: how far a feature of relative speed rho has grown.
growth = gain - sympy.log(ratio + (1 - ratio) * sympy.exp(exponent * gain)) / exponent

depth_of_entrenchment = 2 / (1 - sympy.log(efficiency_1 / efficiency_2) / sympy.log(start_2 / start_1))
balance_decay = sympy.exp(-(2 * weight_decay + efficiency**2 * batch_noise**2) * time)
x = 2 * sympy.exp(-inverse_temperature)
mean_description_length = x / (1 - x) - (max_length + 1) * x ** (max_length + 1) / (1 - x ** (max_length + 1))
lasting_alignment = base_w / base_norm
coexistence = efficiency ** (2 / (2 - depth))

# What the page prints of the formulas that are algorithms: the summand, the root, the score.
SHOWN = {
    "shares": efficiency * strength / drive,
    "trained_shares": efficiency * strength / drive,
    "winner": efficiency * start**exponent,
    "alignment_half_life": (1 + lasting_alignment) / 2,
}
