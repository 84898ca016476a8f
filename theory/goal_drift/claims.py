"""What the essays on random goals claim of a capable agent's goal."""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.goal_drift import expressions as e

# logistic(-x) < exp(-x): so many gate widths leave less than the share epsilon of episodes to the goal.
_SHARE = sympy.Symbol("epsilon", positive=True)
_GATE_WIDTHS = sympy.Ge((e.capability - e.threshold) / e.width, sympy.log(1 / _SHARE), evaluate=False)
_WHOLE_PULL = e.pull * e.width / e.growth * sympy.log(1 + sympy.exp(e.gap_at_start))
_EPISODES, _TOLD = sympy.symbols("episodes told", positive=True)
_KEPT = sympy.exp(-e.pull * sympy.Function("I")(e.time))
_SPREAD = sympy.Function("v")(e.time)
# Gamma((d + 1)/2)/Gamma(d/2 + 1) < sqrt(2/d) and 1F1 <= 1: the mean cosine is below |m|/sqrt(d v).
_RANDOM = sympy.Ge(e.dim * e.variance, e.mean_norm**2 / _SHARE**2, evaluate=False)

claims: tuple[Claim, ...] = (
    Claim(
        key="G1",
        title="Capable agents take the reward whatever their goal",
        statement="Once an agent is capable enough to earn the reward for its own reasons, "
        "the gradient around the contents of its goal is zero.",
        source="The essays on random goals",
        predictions=(
            "goal_drift.goal_gradient", "goal_drift.open_time", "goal_drift.retained_goal",
            "goal_drift.cosine_to_start", "goal_drift.alignment", "goal_drift.stake_selection",
            "goal_drift.posterior_variance", "goal_drift.posterior_mean",
        ),
        figure="zero_gradient",
        finding="holds when",
        condition="capability is above the threshold by ln(1/ε) gate widths, which leaves less than the share ε of an "
        "ungated agent's gradient, never exactly none; and only for the parts of the goal that bear on neither its "
        "stake nor its horizon: those are selected as long as the gate is not fully shut",
        formula=_GATE_WIDTHS,
        symbols={**e.SYMBOLS, _SHARE: r"\epsilon"},
        assumption="K is gradient descent on the parameters (the goal's K is 1), and the gate saturates at one: the "
        "agent plays every episode for reward's sake",
    ),
    Claim(
        key="G2",
        title="Goals end up random",
        statement="Whatever it was at the start, the goal of a capable agent points in a random direction in the end.",
        source="The essays on random goals",
        predictions=(
            "goal_drift.cosine_to_start", "goal_drift.final_cosine_distribution", "goal_drift.shut_variance",
            "goal_drift.stationary_autocorrelation", "goal_drift.mean_squared_displacement",
            "goal_drift.posterior_variance", "goal_drift.selected_goal",
        ),
        figure="goals_end_random",
        finding="holds when",
        condition="training goes on, with noise on the goal, until the spread of all its components outweighs what is "
        "left of its mean so far that the mean cosine to where it pointed is below ε; a goal that is locked in while "
        "training is short or quiet is kept instead. Random means every direction alike only if the noise, or the "
        "prior of the search, prefers none: a bias toward short goals is another claim",
        formula=_RANDOM,
        symbols={**e.SYMBOLS, _SHARE: r"\epsilon"},
        assumption="the noise is the same in every direction and does not fade, and the gate is shut: a capability "
        "that stops short of saturating it lets strict selection see the goal after all",
    ),
    Claim(
        key="G3",
        title="Designers can change the random goal, not choose it",
        statement="What the designers reward changes which random goal comes out; it does not decide which one.",
        source="The second essay on random goals, in a note",
        predictions=("goal_drift.designer_share", "goal_drift.learned_fraction", "goal_drift.goal_variance"),
        figure="designer_or_seed",
        finding="holds when",
        condition="the noise of training has had the time to outweigh what was learned before the gate shut: then "
        "less than half of the variance of goals is the designers' choice (the formula). Their share tends to zero, "
        "but at any one time it is a share: they decide to that extent, and nearly all of it while the gate is open "
        "and for long after if the noise is weak",
        formula=sympy.Gt(_SPREAD + e.start_sd**2 * _KEPT**2, e.base_sd**2 * (1 - _KEPT) ** 2, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="the designers act on the goal through the reward alone (its K is 1), and noise does not fade",
    ),
    Claim(
        key="G5",
        title="All top agents behave alike in training",
        statement="The most capable agents all show the same behavior in training, whatever their goals.",
        source="The second essay on random goals",
        predictions=("goal_drift.behavior_information",),
        figure="behavior_tells_little",
        finding="holds when",
        condition="the observer sees so few episodes that they tell less than δ nats in sum (n of them, at most "
        "what the formula says): what one tells falls exponentially with capability, e-fold a gate width, but it adds "
        "up, and as many episodes as the goal is rarely acted on give it away",
        formula=sympy.Lt(_EPISODES * e.behavior_information, _TOLD, evaluate=False),
        symbols={**e.SYMBOLS, _EPISODES: "n", _TOLD: r"\delta"},
        assumption="episodes played for reward's sake are played alike by all goals, and the gate saturates at one; "
        "the observer knows which episodes those are, and sees one feature of behavior with normal noise",
    ),
    Claim(
        key="G12",
        title="Must the model know itself before training begins?",
        statement="A goal survives training only if the model knows that it is trained before training starts.",
        source="A reader's question under the second essay",
        predictions=("goal_drift.open_time", "goal_drift.learned_fraction", "goal_drift.goal_gradient"),
        figure="lock_in",
        finding="fails when",
        condition="capability grows through the threshold faster than the reward pulls on the goal: then more than "
        "1/e of the way to the designers' goal is never gone (the formula); "
        "a slow learner does need to be aware from the start",
        formula=sympy.Lt(_WHOLE_PULL, 1, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="capability grows for its own sake at a steady speed, and the goal's K is 1",
    ),
)  # fmt: skip
