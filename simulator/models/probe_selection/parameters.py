"""What the experiments of probe selection have in common: their parameters."""

from __future__ import annotations

from simulator.parameter import COUNT, NONNEGATIVE, POSITIVE, SHARE, Parameter, Range

misbehavior_weight = Parameter(
    "misbehavior_weight", 1.0, "w_A", POSITIVE, "score", "what a unit of misbehavior adds to the probe's score"
)
evasion_weight = Parameter(
    "evasion_weight", 1.0, "w_B", POSITIVE, "score", "what a unit of evasion takes from the probe's score"
)
misbehavior_sd = Parameter(
    "misbehavior_sd", 1.0, r"\sigma_A", POSITIVE, meaning="spread of misbehavior among the rollouts at the start"
)
evasion_sd = Parameter(
    "evasion_sd", 0.1, r"\sigma_B", POSITIVE, meaning="spread of evasion among the rollouts at the start"
)
transmitted = Parameter(
    "transmitted", 1.0, r"\tau", SHARE, meaning="share of evasion that reaches the probe: 1 live, 0 on a frozen copy"
)
probes = Parameter("probes", 1, "M", COUNT, meaning="number of probes whose scores are averaged", integer=True)
misbehavior_start = Parameter("misbehavior_start", 0.0, "A_0", meaning="mean misbehavior at the start")
evasion_start = Parameter("evasion_start", 0.0, "B_0", meaning="mean evasion at the start")
misbehavior_mutation = Parameter(
    "misbehavior_mutation", 0.0, "u_A", NONNEGATIVE, "1/sqrt(time)", "how misbehavior mutates"
)
evasion_mutation = Parameter("evasion_mutation", 0.0, "u_B", NONNEGATIVE, "1/sqrt(time)", "how evasion mutates")
misbehavior_ease = Parameter(
    "misbehavior_ease", 1.0, r"\eta_A", NONNEGATIVE, "1/time", "how readily gradients move misbehavior"
)
evasion_ease = Parameter("evasion_ease", 1.0, r"\eta_B", NONNEGATIVE, "1/time", "how readily gradients move evasion")
correlation = Parameter(
    "correlation", 0.0, "r_{AB}", Range(-1.0, 1.0, True, True), meaning="correlation of misbehavior and evasion"
)
readout_noise = Parameter(
    "readout_noise", 0.0, r"\sigma_\epsilon", NONNEGATIVE, "score", "scale of the probe's own noise"
)
group_size = Parameter(
    "group_size", 32, "n", Range(low=2.0), "rollouts", "rollouts that are compared with each other", integer=True
)
kept = Parameter("kept", 16, "k", COUNT, "rollouts", "how many of a group are kept by truncation", integer=True)
strength = Parameter("strength", 0.1, "s", NONNEGATIVE, "1/score", "how strongly softmax selects")
