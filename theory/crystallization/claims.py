"""What the crystallization questions claim: whether deception locks in, what favors it, and what it takes."""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.crystallization import expressions as e

_QUESTIONS = "The questions on crystallized deception"
_RACE = (
    "misalignment costs reward in proportion to the product of what is left of all routes, each moved by gradient "
    "descent with an ease of its own, K = diag(ease), and absorbed at zero"
)
_GENERATION = sympy.Symbol("n", integer=True)
_GAP = sympy.Function("Delta")(_GENERATION)
_LOCKS = sympy.Gt(
    e.honesty_ease * (2 - e.exponent) * e.distance**2,
    4 * e.goal_ease * e.honesty ** (2 - e.exponent), evaluate=False,
)  # fmt: skip

claims: tuple[Claim, ...] = (
    Claim(
        key="X1",
        title="A fully deceptive goal is locked",
        statement="Once an agent serves the base goal for instrumental reasons alone, its own goal is locked in but "
        "for random drift and penalties on its complexity and description.",
        source=_QUESTIONS,
        predictions=(
            "crystallization.race_remainder", "crystallization.base_residual", "crystallization.lock_time",
            "crystallization.locked_displacement", "crystallization.described_remainder",
            "crystallization.gate_invariant",
        ),
        figure="race",
        finding="holds when",
        condition="honesty is gone after a finite integral of it: it reaches zero (exponent p of its metric below 1), "
        "or falls fast enough (p below 2), or growth shuts the gate. Selection then does not move the goal, and what "
        "does is what the claim says: noise, without bound, and decay, toward nothing. Behind a gate that is learned "
        "and does not grow (p = 2 in its tail) the claim fails: the gradient fades so slowly that all misalignment is "
        "trained away in the end",
        formula=_LOCKS,
        symbols=e.SYMBOLS,
        assumption="honesty y is learned with K = ease y^p, the goal with K = ease, under the base reward",
    ),
    Claim(
        key="X2",
        title="Deception is favored over internalizing the base goal",
        statement="Training that selects for the base goal crystallizes deception, and does not make the agent's goal "
        "the base goal.",
        source=_QUESTIONS,
        predictions=(
            "crystallization.race_winner", "crystallization.decision_time", "crystallization.critical_ease",
            "crystallization.deception_probability", "crystallization.first_passage", "crystallization.base_residual",
            "crystallization.critical_honesty_ease", "crystallization.gate_invariant",
            "crystallization.gate_invariant_3", "crystallization.grown_residual", "crystallization.priced_residual",
            "crystallization.mean_learning",
        ),
        figure="two_metrics",
        finding="holds when",
        condition="honesty is easier to lose than misalignment: ease_y/ease_x > (y/x)^2 for distances, and the "
        "formula for squared misalignment in any dimension. It is a statement about the metric in which awareness is "
        "learned. Verdict one, honesty is itself the parameter and is absorbed at zero (p = 0): a race with a "
        "separatrix, which a price of honesty tilts so that something is locked in always. Verdict two, awareness is "
        "learned through a logistic gate (p = 2 in its tail) and nothing else grows: deception only delays, for any "
        "ease. The boundary is p = 2, the limit of deep products of weights; growth of capability for its own sake, "
        "at any speed, is what makes the lock-in behind a gate real",
        formula=_LOCKS,
        symbols=e.SYMBOLS,
        assumption="which coordinate awareness is learned in, K = ease y^p; how easy each route is, is given and not "
        "explained",
    ),
    Claim(
        key="X3",
        title="Joint optimizers lose to pure base optimizers",
        statement="An agent that also serves its own goal does worse than one that serves the base goal alone, and is "
        "selected away.",
        source=_QUESTIONS,
        predictions=("crystallization.reward_gap", "crystallization.joint_share"),
        figure="prerequisites",
        finding="holds when",
        condition="the gate stays open for long enough: the logarithm of the odds falls by strength times the gap Δ "
        "of that generation, and joint optimizers are overtaken if all gaps together outweigh their lead (the "
        "formula, in large populations); with a constant gap, after ln(p/(1 - p))/(strength gap). As the gate shuts "
        "the gap closes, and who is still there stays. That what wins are agents whose goal is the base goal does not "
        "follow: a deceiver behind a shut gate has no gap either",
        formula=sympy.Gt(
            e.strength * sympy.Sum(_GAP, (_GENERATION, 0, sympy.oo)), sympy.log(e.share / (1 - e.share)),
            evaluate=False,
        ),
        symbols=e.SYMBOLS,
        assumption="both kinds differ in nothing else, and reproduce as exp(strength reward) (replicator)",
    ),
    Claim(
        key="X4",
        title="Deception needs several prerequisites at once",
        statement="Long horizons, situational awareness and a concept of the base goal are all needed, which makes "
        "deception unlikely before the goal is aligned.",
        source=_QUESTIONS,
        predictions=(
            "crystallization.prerequisites", "crystallization.unequal_prerequisites", "crystallization.grown_residual",
            "crystallization.gate_invariant_3",
        ),
        figure="prerequisites",
        finding="holds when",
        condition="the last prerequisite comes late: growth below which half of the misalignment is trained away is "
        "set by the last gate (the formula, for one). Several that come at once add only a harmonic sum of their "
        "passage, 1 + 1/2 + ... + 1/(k - 1), so that their number matters little and the latest of them much. Where "
        "they are learned and do not grow, k of them shed misalignment k times as fast once deception leads (checked "
        "for one and for three)",
        formula=sympy.Lt(e.growth, e.locking_growth, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="the share of episodes that hide the goal is a product of one logistic gate a prerequisite",
    ),
    Claim(
        key="X5",
        title="Gradient descent updates everything, so nothing can shield itself",
        statement="All parameters are trained, so an agent cannot keep its goal from being updated.",
        source=_QUESTIONS,
        predictions=(
            "crystallization.race_remainder", "crystallization.base_residual", "crystallization.critical_honesty_ease",
            "crystallization.locked_displacement", "preservation.lapsing_variance", "preservation.memory_error",
        ),
        figure="race",
        finding="fails when",
        condition="honesty is lost first: every parameter is updated all the time, the goal too, and loses in step "
        "with honesty what is conserved with it; but the update of the goal is in proportion to the honesty that is "
        "left, and ends with it. Nothing shields itself: reward stops asking. It holds where honesty cannot be lost, "
        "p >= 2 without growth, or where misalignment is shed first. Of a shield proper, something in the agent that "
        "pulls its goal back, it holds if the shield costs reward: then it is itself trained away, and only delays. "
        "One that costs none keeps the goal near a memory outside the weights; that there is one is assumed",
        formula=_LOCKS,
        symbols=e.SYMBOLS,
        assumption=_RACE,
    ),
    Claim(
        key="X6",
        title="It can happen is not it is likely",
        statement="That deception can crystallize does not show that it is likely, even with its prerequisites met.",
        source=_QUESTIONS,
        predictions=(
            "crystallization.deception_prior", "crystallization.deception_probability", "crystallization.first_passage",
        ),
        figure="deception_probability",
        finding="holds",
        condition="from distances drawn uniformly its chance P is 1 - k/2 or 1/(2k), k^2 = ease_x/ease_y: one half at "
        "equal eases, above that iff honesty is the easier, and it takes any value in (0, 1). Noise blurs it toward "
        "one half, and beyond small noise toward the route on which the noise is. How likely deception is, is the "
        "question of how easy it is, which is not answered here",
        formula=sympy.Eq(sympy.Symbol("P"), e.deception_prior, evaluate=False),
        symbols=e.SYMBOLS,
        assumption=_RACE + "; two routes, and a uniform prior of their starts",
    ),
)  # fmt: skip
