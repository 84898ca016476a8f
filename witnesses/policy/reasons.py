"""Likely reasons of what came out of the watched policy, written after the runs; by registration and forecast."""

from __future__ import annotations

_GROWTH = (
    "K of the log odds (3.7 at first, 5.6 after 40 updates without a probe) is held by the law and grows with the "
    "weights to the actions as misbehavior becomes sure, while the noise of pay, which comes from honest steps, "
    "vanishes with them (table operator)."
)
_SKILL = (
    "The policy learns to answer rightly at the same time, so an honest step is paid more and misbehavior gains less: "
    "a trait that the law of one misbehavior does not have. Registration 2 has it."
)
_BASE_RATE = (
    "A probe that is fitted anew is fitted to rarer misbehavior: its scores are log odds and fall with the base rate, "
    "so its recall and its penalty do not come back. Registration 2 says so."
)
_SPREAD = (
    "The law holds the spread of scores (2.7 at first, 1.5 after 40 updates), which shrinks as the features turn away "
    "from the probe (table operator): at the same distance of means the probe tells more apart."
)
_INHERITED = (
    "Most of what the penalty varies by beside misbehavior is noise in what the policy sees, which no change of "
    "weights makes more or less likely: it is selected in rollouts and not inherited. REINFORCE moves by inner "
    "products of gradients, not by variances of rollouts."
)
_SHAPE = "The bound is near: penalties of rollouts are skewed, not normal, and groups of different prompts differ."

reasons = {
    1: {
        "misbehavior.strong.none.40": _GROWTH,
        "misbehavior.strong.none.300": _GROWTH,
        "misbehavior.strong.loss.40": _GROWTH,
        "misbehavior.strong.loss.300": _GROWTH,
        "misbehavior.strong.reward.40": _SKILL,
        "misbehavior.strong.reward.300": _SKILL,
        "misbehavior.strong.frozen.40": _SKILL,
        "misbehavior.strong.frozen.300": _SKILL,
        "misbehavior.strong.retrained.40": _SKILL,
        "misbehavior.strong.retrained.300": "Two errors that cancel: learned skill speeds the fall, a probe that knows "
        "how rare misbehavior has become slows it.",
        "misbehavior.weak.reward.40": _SKILL,
        "misbehavior.weak.reward.800": _SKILL,
        "eliminated.weak.reward": _SKILL,
        "recall.strong.retrained.40": _BASE_RATE,
        "order.retrained_below_reward": _BASE_RATE,
        "auc.strong.loss.300": _SPREAD,
        "response_share.selection": _INHERITED,
        "group_update": _SHAPE,
    },
    2: {
        "misbehavior.strong.none.40": _GROWTH,
        "misbehavior.strong.none.300": _GROWTH,
        "misbehavior.strong.loss.40": _GROWTH,
        "misbehavior.strong.loss.300": _GROWTH,
        "subtle.strong.loss.300": _GROWTH,
        "auc.strong.loss.300": _SPREAD,
        "misbehavior.weak.reward.800": "Late and rare: subtle misbehavior, which the probe sees least, is nearly a "
        "half of what is left, and K of its log odds is no longer what it was.",
        "response_share.selection": _INHERITED,
        "group_update": _SHAPE,
    },
}
