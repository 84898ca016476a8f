"""The closed forms of succession in SymPy: what the page prints and the proofs are about."""

from __future__ import annotations

import sympy

circuits = sympy.Symbol("circuits", integer=True, positive=True)
correlation = sympy.Symbol("correlation", real=True)
overlap = sympy.Symbol("overlap", real=True)
successions = sympy.Symbol("successions", integer=True, nonnegative=True)
components, replaced, order = sympy.symbols("components replaced order", integer=True, positive=True)
fraction, bias = sympy.Symbol("fraction", positive=True), sympy.Symbol("bias", real=True)
time, end, noise = sympy.symbols("time end noise", positive=True)
height, other = sympy.symbols("x y", real=True)
above = sympy.Symbol("c", positive=True)
share = sympy.Symbol("share", real=True)
stays, mean_changes = sympy.symbols("stays mean_changes", real=True)
better, worse = sympy.symbols("s_2 s_1", real=True)
ahead, behind = sympy.symbols("ell_1 ell_2", real=True)

SYMBOLS = {
    circuits: "K", correlation: "r", overlap: r"\rho", successions: "n", components: "n", replaced: "m", order: "k",
    fraction: "f", bias: r"\beta", time: r"\tau", end: "T", noise: r"\sigma", height: "x", other: "y", above: "c",
    share: "p", stays: "p_0", mean_changes: r"\bar{N}", better: "s_2", worse: "s_1", ahead: r"\ell_1",
    behind: r"\ell_2",
}  # fmt: skip

Phi, phi = sympy.Function("Phi"), sympy.Function("phi")
memory = (1 + correlation * time) / sympy.sqrt(1 + 2 * correlation * time + time**2 + noise**2 * time)
turn = sympy.atan2(sympy.sqrt(1 - correlation**2) * end, 1 + correlation * end)

_quarter = (
    sympy.sqrt(sympy.pi)
    * (circuits * (circuits - 1) / 2)
    * sympy.Integral(Phi(height) ** (circuits - 2) * phi(height) ** 2, (height, -sympy.oo, sympy.oo))
)
expected_successions = sympy.acos(correlation) / (sympy.pi / 2) * _quarter
successions_until = turn / (sympy.pi / 2) * _quarter
leading_successions = sympy.sqrt(sympy.pi * sympy.log(circuits) / 2)

exceeds = (sympy.exp(-above) - time * sympy.exp(-above / time)) / (1 - time)
crossing = (
    2 / (1 - time) ** 3 * sympy.exp(-above - above / time)
    * (sympy.sinh((1 - time) * above / time) - (1 - time) * above / time)
)  # fmt: skip
exponential_successions = (
    circuits * (circuits - 1)
    * sympy.Integral((1 - exceeds) ** (circuits - 2) * crossing, (above, 0, sympy.oo), (time, 0, 1))
)  # fmt: skip
first_leads = circuits * sympy.Integral(
    phi(height, other, memory) * Phi(height, other, memory) ** (circuits - 1),
    (height, -sympy.oo, sympy.oo),
    (other, -sympy.oo, sympy.oo),
)

goal_retention = overlap**successions
run_retention = stays + (2 - 2 * stays - mean_changes) * overlap + (stays + mean_changes - 1) * overlap**2
independent_retention = (4 + 7 * overlap + overlap**2) / 12
tree_sum = (
    circuits - 2 * overlap * sympy.gamma(circuits + 2 * overlap) / (
        sympy.gamma(circuits) * sympy.gamma(1 + 2 * overlap))
) / (1 - 2 * overlap)  # fmt: skip
reuse_retention = tree_sum / circuits**2
blend_overlap = share + (1 - share) * (tree_sum - circuits) / (circuits * (circuits - 1))
_each = sympy.Symbol("j", integer=True)
_presence, _quality = sympy.IndexedBase("ell"), sympy.IndexedBase("s")
leader_share = sympy.exp(_presence[1] + _quality[1] * time) / sympy.Sum(
    sympy.exp(_presence[_each] + _quality[_each] * time), (_each, 1, circuits)
)
surviving_interactions = sympy.binomial(components - order, replaced) / sympy.binomial(components, replaced)
selective_interactions = Phi(bias - sympy.Symbol("z", real=True)) ** order
takeover_time = (ahead - behind) / (better - worse)
