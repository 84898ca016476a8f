"""What the essay on training with probes claims of selection, flags, frozen copies and subverters.

Those of rotation and of the price of a technique are in ``claims_rotation``.
"""

from __future__ import annotations

import sympy

from theory.claim import Claim
from theory.probe_selection import expressions as e

_SOURCE = "The essay on training with probes"
_PASSED = (1 - e.prevalence) * (1 - e.false_alarm)
_CAPABILITY = sympy.Symbol("capability", real=True)

claims: tuple[Claim, ...] = (
    Claim(
        key="P1",
        title="Selection moves misbehavior and evasion in proportion to their variance",
        statement="If 99 % of what the probe reads varies with misbehavior and 1 % with what makes the probe miss it, "
        "training on the probe in the reward changes the former 99 times as much.",
        source=_SOURCE,
        predictions=(
            "probe_selection.response_ratio", "probe_selection.response_ratio_truncation",
            "probe_selection.standardized_ratio", "probe_selection.response_ratio_score_function",
            "probe_selection.response_ratio_gradient", "probe_selection.natural_update",
            "probe_selection.group_update", "probe_selection.group_update_products",
            "probe_selection.truncation_intensity", "probe_selection.variance_after_selection",
            "probe_selection.variance_within_groups", "probe_selection.correlation_after_selection",
            "probe_selection.population_response", "probe_selection.population_variance",
        ),
        figure="variance_ratio",
        finding="holds when",
        condition="the learner's metric is the covariance of behavior (selection among rollouts by whatever scheme, "
        "natural policy gradient, a policy in the space of probabilities) and the traits are uncorrelated. It is 99 to "
        "1 in units of the score; in standard deviations of each trait it is the root of that, 9.95. Plain policy "
        "gradient on the means divides the variance out and moves by ease, just like a gradient through the probe: "
        "that rollouts are sampled is not enough. And selection itself correlates the traits and uses the variance up, "
        "so the ratio is that of the first update",
        formula=sympy.Eq(e.covariance, 0, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="K is the covariance of the traits; misbehavior and evasion are jointly normal; the probe is linear "
        "in them and its own noise is independent of both",
    ),
    Claim(
        key="P2",
        title="With a good probe most rollouts that it does not flag are honest",
        statement="Of 32 rollouts of which an accurate probe flags 16, very few of the other 16 were missed: almost "
        "all that is reinforced is reinforced because it behaves.",
        source=_SOURCE,
        predictions=(
            "probe_selection.unflagged_honest", "probe_selection.missed_among", "probe_selection.recall_of_halves",
            "probe_selection.auc_of_halves", "probe_selection.misbehavior_share", "probe_selection.recall_decay",
            "probe_selection.evasion_time", "probe_selection.critical_kl",
        ),
        figure="sixteen_of_thirty_two",
        finding="holds when",
        condition="there is less misbehavior that the probe misses than good behavior that it lets through (the "
        "formula); a probe that is accurate on average is not enough where nearly all rollouts misbehave. And it is a "
        "statement about the first rollouts: recall among what misbehaves falls throughout training, and as much "
        "evades as is good after a time that a better probe lengthens by its logarithm only, unless a KL penalty to "
        "the start is above the critical weight",
        formula=sympy.Lt(e.prevalence * e.miss, _PASSED, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="the probe's errors are independent from rollout to rollout; over time, K is the replicator's "
        "metric and the types are given from the start",
    ),
    Claim(
        key="P4",
        title="A probe on a frozen copy helps",
        statement="If the probe reads a frozen copy of the model, training cannot act on what the probe reads.",
        source=_SOURCE,
        predictions=(
            "probe_selection.frozen_probe", "probe_selection.transmitted_share", "probe_selection.retrained_weight",
        ),
        figure="frozen_probe",
        finding="holds when",
        condition="less of evasion reaches the copy than the agent itself: the smaller the share, the smaller its "
        "response, and none at all, to within the stated equivalence bound, if nothing reaches it and misbehavior and "
        "evasion are uncorrelated. Evasion that comes with good behavior (a negative covariance) rises all the same. "
        "In the reward a live probe has no gradient through its own reading either; in the loss it has",
        formula=sympy.Lt(e.transmitted, 1, evaluate=False),
        symbols=e.SYMBOLS,
        assumption="K is the covariance of the traits; evasion is what changes the live reading of behavior that is "
        "the same, and the copy is that of an agent that did not evade",
    ),
    Claim(
        key="P6",
        title="A superintelligence that subverts the probe breaks it",
        statement="The argument from variance fails if the model itself works against the probe.",
        source=_SOURCE,
        predictions=(
            "probe_selection.subverter_capability", "probe_selection.goodhart", "probe_selection.goodhart_laplace",
            "probe_selection.goodhart_student",
        ),
        figure="subverter",
        finding="holds when",
        condition="the variance of evasion grows with capability, and capability is beyond the logarithm of the ratio "
        "of responses over the rate of growth: from there on selection by the same probe moves evasion more than "
        "misbehavior. Only this growing variance is formalized; an agent that reasons about the probe and chooses what "
        "is reinforced is not. Harder selection is no way out: on noise with heavy tails it selects nothing",
        formula=sympy.Gt(_CAPABILITY, e.subverter_capability, evaluate=False),
        symbols={**e.SYMBOLS, _CAPABILITY: "c"},
        assumption="evasion's variance is exponential in capability; K is the covariance of the traits",
    ),
    Claim(
        key="P7",
        title="Training on outputs leaves the process unconstrained",
        statement="Training that defines good outputs says nothing about the process that makes them: good outputs are "
        "an instrument for any goal.",
        source=_SOURCE,
        predictions=(),
        figure="behavior_tells_little",
        finding="not formalized",
        condition="what is formalized of it is elsewhere: that the gradient around the goal of a capable agent "
        "vanishes (G1), and that all top agents behave alike in training (G5)",
        assumption="none: no law of this project has processes apart from outputs",
    ),
)  # fmt: skip
