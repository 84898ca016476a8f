"""Rollouts that misbehave or do not, and a probe that flags them or does not: what an unflagged rollout is.

In a group of n rollouts each misbehaves with probability ``prevalence``; a rollout that does is missed with probability
``false_negative_rate``, and one that does not is flagged with probability ``false_positive_rate``.
"""

from __future__ import annotations

import numpy as np

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.probe_selection.parameters import group_size
from simulator.parameter import COUNT, SHARE, Parameter, Range, Resolved

prevalence = Parameter("prevalence", 0.5, r"\pi", SHARE, meaning="share of the rollouts that misbehave")
false_negative_rate = Parameter(
    "false_negative_rate", 0.02, r"\mathrm{FNR}", SHARE, meaning="share of misbehavior that the probe misses"
)
false_positive_rate = Parameter(
    "false_positive_rate", 0.02, r"\mathrm{FPR}", SHARE, meaning="share of good behavior that the probe flags"
)
unflagged = Parameter("unflagged", 16, "u", COUNT, "rollouts", "how many are unflagged in the groups looked at",
                      integer=True)  # fmt: skip

MEASURES = {
    "honest": Observable((), "", "share of the unflagged rollouts of a group that behave", False),
    "recall": Observable((), "", "share of a group's misbehavior that the probe flags", False),
    "missed": Observable((), "rollouts", "misbehaving ones among the unflagged, in groups with just so many unflagged"),
    "first_honest": Observable((), "", "whether the first rollout behaves, if it is unflagged", True),
}


def detection() -> Experiment:
    """Return what a probe tells of a group of rollouts; a replicate is a group.

    A measure that does not apply to a group (nothing unflagged, nothing to flag, another number of unflagged) is NaN.
    """
    return Experiment(
        name="probe_detection",
        parameters=(prevalence, false_negative_rate, false_positive_rate, group_size, unflagged),
        measures=MEASURES,
        sample=sample,
        components=lambda resolved: int(resolved["group_size"]),
        identity={"level": "rollouts", "learner": "none"},
    )


def sample(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of some groups; two uniform numbers are drawn a rollout."""
    numbers_only(parameters)
    shape = (parameters["group_size"], replicates)
    bad = generator.random(shape) < parameters["prevalence"]
    rate = np.where(bad, 1.0 - parameters["false_negative_rate"], parameters["false_positive_rate"])
    flagged = generator.random(shape) < rate
    passed, missed = (~flagged).sum(axis=0), (bad & ~flagged).sum(axis=0)
    found = bad.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return {
            "honest": np.where(passed > 0, 1.0 - missed / passed, np.nan),
            "recall": np.where(found > 0, 1.0 - missed / found, np.nan),
            "missed": np.where(passed == parameters["unflagged"], missed, np.nan),
            "first_honest": np.where(flagged[0], np.nan, ~bad[0]),
        }


correlation = Parameter("correlation", 0.8, "r", Range(-1.0, 1.0), meaning="correlation of misbehavior and score")
HALVES = {
    "recalled": Observable((), "", "whether the probe puts one of the worse half in its upper half", True),
    "ranked": Observable((), "", "whether it scores one of the worse half above one of the better", True),
}


def halves() -> Experiment:
    """Return what a probe of normal scores makes of the worse and the better half of all behavior.

    A replicate is a pair of rollouts, one of each half.
    """
    return Experiment(
        name="probe_halves",
        parameters=(correlation,),
        measures=HALVES,
        sample=sample_halves,
        identity={"level": "rollouts", "learner": "none", "halves": True},
    )


def sample_halves(parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of some pairs, (replicates,) each; four normals are drawn a pair."""
    numbers_only(parameters)
    r, sign = parameters["correlation"], np.array([[1.0], [-1.0]])
    misbehavior = sign * np.abs(generator.standard_normal((2, replicates)))
    score = r * misbehavior + np.sqrt(1.0 - r * r) * generator.standard_normal((2, replicates))
    return {"recalled": (score[0] > 0.0).astype(float), "ranked": (score[0] > score[1]).astype(float)}
