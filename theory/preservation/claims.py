"""What the essays claim of preservation: that faking is not enough, that hacking is hard, and where memory helps."""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.preservation import expressions as e

_DISTANCE, _TRAINING = sympy.Symbol("epsilon", positive=True), sympy.Symbol("T", positive=True)

claims: tuple[Claim, ...] = (
    Claim(
        key="G10a",
        title="Faking is not preserving: a leaky faker is trained out of its goal",
        statement="An agent that plays along in most episodes, but not all, loses its goal to training in the end.",
        source="The essays on random goals",
        predictions=("preservation.leaky_half_life", "preservation.leaky_distance"),
        figure="leaky_faking",
        finding="holds when",
        condition="training lasts longer than ln(1/ε) times 1/(κ (1 - a_max)), which leaves the share ε of the way to "
        "the designers' goal: what leaks through the gate trains the goal at the full pull, however rarely it does. "
        "A faker that never slips keeps the mean of its goal for good, and shorter training than that leaves it most "
        "of it: one slip in a thousand buys a thousand times 1/κ",
        formula=sympy.Gt(_TRAINING * e.leak, sympy.log(1 / _DISTANCE), evaluate=False),
        symbols={**e.SYMBOLS, _DISTANCE: r"\epsilon", _TRAINING: "T"},
        assumption="K is gradient descent on the goal (K = 1), the gate saturates below one, no weight decay and "
        "nothing that holds the goal",
    ),
    Claim(
        key="G11",
        title="Gradient hacking is harder than faking",
        statement="To steer its own training an agent has to be more capable than to play along with it.",
        source="The essays on random goals",
        predictions=("preservation.danger_window", "preservation.window_variance", "preservation.lapsing_variance"),
        figure="danger_window",
        finding="not formalized",
        condition="that hacking takes more capability is assumed here (c_h > c*), not derived. What follows is "
        "computed: between the two thresholds nothing holds the goal, and each component gains the variance "
        "σ²(c_h - c*)/r; fast growth preserves, slow growth loses; were hacking the easier of the two, there would be "
        "no such window. In one respect it is harder by what is computed: faking takes the gradient off the goal at no "
        "cost, while hacking that costs any reward is unlearned, at the rate η k, and so only delays the drift",
        assumption="two thresholds of one capability that grows steadily; effort is learned with K = η e, and noise "
        "does not fade",
    ),
    Claim(
        key="W5",
        title="Outside memory bounds drift at lower capability",
        statement="An agent that can write to memory outside its weights can bound its drift before it could hack "
        "its gradients.",
        source="The note on weight decay",
        predictions=(
            "preservation.memory_error", "preservation.required_hold", "preservation.danger_window",
            "preservation.internal_diffusion", "preservation.internal_variance", "preservation.internal_retention",
            "preservation.resetting_variance",
            "preservation.resetting_distribution", "preservation.resetting_error", "preservation.freezing_error",
            "preservation.held_shares", "preservation.held_strength",
        ),
        figure="memory",
        finding="holds when",
        condition="memory is in reach below the capability for hacking: else the window is as wide as without it. That "
        "the drift is bounded, and any tolerance can be met, is due to the memory standing still: as weights it drifts "
        "with the goal without end, or decays with it. Outside, reading it steadily, or at random times at twice the "
        "rate, leaves the same spread; what is left is a bias down from decay and, where strengths are products of "
        "weights, up from noise. What the goal lost before the first write is lost",
        formula=sympy.Lt(e.memory_threshold, e.hacking_threshold, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="that c_m < c_h is the note's assumption; the agent is free to restore its goal to what it reads, "
        "reading costs no reward, and memory outside has neither noise nor decay nor an overseer",
    ),
)  # fmt: skip
