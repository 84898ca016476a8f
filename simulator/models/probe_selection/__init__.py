"""probe_selection: a probe for misbehavior in the reward, or in the loss, and what becomes of both.

An agent's rollouts differ in misbehavior A (what the probe is for) and in evasion B (whatever makes the probe miss it).
The probe's score and what is rewarded are

    S = w_A A - w_B B + noise,      R = -S.

Whoever selects among rollouts moves means by covariances (K = V, Price): A falls by w_A Var A and B rises by w_B Var B
per unit of strength. Whoever follows the gradient of the score with respect to the parameters moves each trait by its
ease (K = diag(ease)), whatever varies: the two laws below differ in K alone.

Several probes (an ensemble) have a blind spot each: B has one component a probe, and the reward reads the mean of their
scores. A probe that reads a frozen copy of the agent sees only the transmitted share tau of B: w_B becomes tau w_B.

The laws are carried at every level; at ``population`` their learner plays no part and K emerges from the individuals.
What is not a law is an Experiment of its own, one module an idea:

    rollouts      one update from groups of rollouts: truncation, softmax, natural and plain policy gradient,
                  group-normalized advantage, gradient through the probe; heavy-tailed noise; frozen copies
    groups        the same update for groups by the million
    detection     rollouts that misbehave or not, flagged or not
    passing       who passes a threshold on a probe with noise, normal or heavy-tailed
    types         clean, caught and evading types under replicator dynamics with a KL penalty, and by batches
    probe         fitting a probe by least squares or logistic regression, and what it is worth
    retraining    many generations with mutation, under a probe that is fitted again to the population
    subverter     evasion that varies the more, the more capable the agent is

What the probe reads may also be one feature with a strength and a direction, which training shrinks or turns:

    rotation      the law of strength and angle, in the plane and as real vectors, under either learner
    sphere        the same with Brownian motion of the direction, stepped along geodesics
    readout       what the probe tells of misbehaving and clean rollouts
"""

from __future__ import annotations

from simulator.declaration import Measure
from simulator.distribution import Normal
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.models.probe_selection import (
    detection,
    groups,
    learners,
    passing,
    readout,
    retraining,
    rollouts,
    rotation,
    sphere,
    subverter,
    types,
)
from simulator.models.probe_selection.parameters import (
    evasion_ease,
    evasion_mutation,
    evasion_sd,
    evasion_start,
    evasion_weight,
    misbehavior_ease,
    misbehavior_mutation,
    misbehavior_sd,
    misbehavior_start,
    misbehavior_weight,
    probes,
    transmitted,
)

misbehavior = Trait("misbehavior", symbol="A", meaning="how much the agent misbehaves")
evasion = Trait("evasion", symbol="B", dim="probes", meaning="how far each probe misses what it is for")

hidden = transmitted * evasion_weight * total(evasion) / probes
score = misbehavior_weight * misbehavior - hidden

probe_selection = Model(
    name="probe_selection",
    says="A probe in the reward moves misbehavior and evasion in proportion to their variance.",
    traits=(misbehavior, evasion),
    reward=-score,
    learner={misbehavior: misbehavior_sd**2, evasion: evasion_sd**2},
    noise={misbehavior: misbehavior_mutation, evasion: evasion_mutation},
    initial={
        misbehavior: Normal(misbehavior_start, misbehavior_sd),
        evasion: Normal(evasion_start, evasion_sd),
    },
    measures={
        "score": Measure(score, "score", "what the probe reads of the agent, on average"),
        "misbehavior_read": Measure(misbehavior_weight * misbehavior, "score", "misbehavior's part of the score"),
        "evasion_read": Measure(
            evasion_weight * total(evasion) / probes, "score", "what evasion hides from probes on the live agent"
        ),
    },
    parameters=(
        probes, misbehavior_weight, evasion_weight, transmitted, misbehavior_start, evasion_start, misbehavior_sd,
        evasion_sd, misbehavior_mutation, evasion_mutation,
    ),
)  # fmt: skip

probe_in_loss = probe_selection.replace(
    name="probe_in_loss",
    says="A gradient through the probe moves misbehavior and evasion by their ease, whatever varies.",
    learner={misbehavior: misbehavior_ease, evasion: evasion_ease},
    parameters=(*probe_selection.parameters, misbehavior_ease, evasion_ease),
)

# Every law and experiment of this phenomenon beside the first; further modules add theirs here.
variants = (
    probe_in_loss,
    *(rollouts.rollouts(learner) for learner in learners.LEARNERS),
    groups.groups(),
    detection.detection(),
    detection.halves(),
    *(passing.passing(noise) for noise in rollouts.NOISES),
    types.probe_types,
    types.batches(),
    subverter.subverter(),
    *(retraining.retraining(fit) for fit in (None, "least_squares", "logistic")),
    *rotation.laws,
    sphere.walk(),
    readout.readout,
)
