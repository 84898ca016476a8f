"""Misbehavior as a vector that a probe reads: training may shrink it, or turn it away from the probe.

A feature of strength m >= 0 lies at the angle phi to the probe, whose score is S = m cos(phi). The reward is

    R = -max(S, 0)

so strength and direction move by dm/dt = -K_m cos(phi), dphi/dt = K_phi m sin(phi) until m = 0 (the misbehavior is
gone) or phi = pi/2 (the probe is blind). Two learners differ in K alone: selection among rollouts has the variances
of what varies, a gradient through the probe has eases; for a feature that is a raw vector, trained by plain gradient
descent, K_phi = K_m/m^2. The direction is an angle in the plane, or a real vector y of any length in R^D with

    cos(phi) = p.y/(|p| |y|),        K_y = K_phi |y|^2

so that y/|y| obeys the same law and |y| means nothing. ``noise`` is Brownian motion of the direction on its sphere, the
same in every tangent direction: |y| times isotropic noise on y. Without noise the motion stays in a plane.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.declaration import Measure
from simulator.functions import total
from simulator.model import Model, Trait
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, Range, first_axis, second_axis

misbehavior = Trait("misbehavior", symbol="m", meaning="how strong the misbehavior's feature is")
angle = Trait("angle", symbol=r"\phi", unit="rad", meaning="angle between the feature and the probe")
feature = Trait("feature", symbol="y", dim="dim", meaning="direction of the feature; its length means nothing")

initial_strength = Parameter("initial_strength", 1.0, "m_0", POSITIVE, meaning="strength at the start")
initial_angle = Parameter(
    "initial_angle", 0.5, r"\phi_0", Range(0.0, float(sympy.pi)), "rad", "angle to the probe at the start"
)
readout_noise = Parameter(
    "readout_noise", 0.5, r"\sigma_r", POSITIVE, meaning="standard deviation of the probe's score of one rollout"
)
noise = Parameter(
    "noise", 0.0, r"\sigma", NONNEGATIVE, "rad/sqrt(time)", "Brownian motion of the direction, per tangent direction"
)
dim = Parameter(
    "dim", 16, "D", Range(low=2.0), meaning="number of components of the feature and the probe", integer=True
)
probe = Parameter("probe", first_axis, "p", meaning="direction that the probe reads", dim="dim")
aside = Parameter(
    "aside", second_axis, "q", meaning="direction, not along the probe, that the feature starts toward", dim="dim"
)

ease_strength = Parameter(
    "ease_strength", 1.0, r"\eta_m", NONNEGATIVE, "1/time", "how readily a gradient moves the strength"
)
ease_angle = Parameter(
    "ease_angle", 1.0, r"\eta_\phi", NONNEGATIVE, "1/time", "how readily a gradient turns the feature"
)
selection = Parameter("selection", 1.0, "s", NONNEGATIVE, "1/time", "selection per unit of reward and time")
strength_variance = Parameter(
    "strength_variance", 1.0, r"\sigma_m^2", NONNEGATIVE, meaning="variance of the strength among rollouts"
)
angle_variance = Parameter(
    "angle_variance", 0.01, r"\sigma_\phi^2", NONNEGATIVE, "rad^2", "variance of the angle among rollouts"
)


@dataclass(frozen=True)
class Learner:
    """How selection acts: the metric of strength and that of the angle.

    Parameters
    ----------
    strength, angle
        K_m and K_phi, expressions in the law's traits and ``parameters``.
    kept
        From the squared sine of the angle, what the law leaves as it is without noise.
    parameters
        What they are made of.
    """

    strength: Any
    angle: Any
    kept: Callable[[Any], Any]
    parameters: tuple[Parameter, ...]


def constant(removal: Any, turning: Any, *parameters: Parameter) -> Learner:
    """Return the learner of a constant K_m and K_phi, which keeps K_phi (m^2 + 2 (K_m/K_phi) ln sin(phi))."""
    return Learner(removal, turning, lambda sine2: turning * misbehavior**2 + removal * sympy.log(sine2), parameters)


GRADIENT = constant(ease_strength.variable, ease_angle.variable, ease_strength, ease_angle)
SELECTION = constant(
    selection * strength_variance, selection * angle_variance, selection, strength_variance, angle_variance
)
RAW = Learner(
    ease_strength.variable, ease_strength / misbehavior**2, lambda sine2: misbehavior**2 * sine2, (ease_strength,)
)


@dataclass(frozen=True)
class Space:
    """Where the direction lives.

    Parameters
    ----------
    direction
        Its trait.
    cosine
        cos(phi) in it.
    length
        How far the trait moves for a radian: 1 for an angle, |y| for a vector.
    initial
        Its value at the start, at ``initial_angle`` to the probe.
    parameters
        What these take.
    """

    direction: Trait
    cosine: Any
    length: Any
    initial: Any
    parameters: tuple[Parameter, ...] = ()


def _unit(vector: Any) -> Any:
    return vector / sympy.sqrt(total(vector**2))


_ahead = _unit(probe.variable)
_beside = _unit(aside - total(aside * probe) / total(probe**2) * probe)
PLANE = Space(angle, sympy.cos(angle.variable), sympy.Integer(1), initial_angle.variable)
VECTORS = Space(
    feature,
    total(probe * feature) / sympy.sqrt(total(probe**2) * total(feature**2)),
    sympy.sqrt(total(feature**2)),
    sympy.cos(initial_angle.variable) * _ahead + sympy.sin(initial_angle.variable) * _beside,
    (dim, probe, aside),
)


def rectified(score: Any) -> Any:
    """Return -max(S, 0): a probe that says nothing where it sees nothing."""
    return -sympy.Max(score, 0)


def punishing(score: Any) -> Any:
    """Return -S, which goes on rewarding a feature that is turned beyond the probe's blind direction."""
    return -score


def auc(score: Any) -> Any:
    """Return Phi(S/(sqrt(2) readout_noise)): how often a misbehaving rollout scores above a clean one."""
    return (1 + sympy.erf(score / (2 * readout_noise))) / 2


def measures(space: Space, learner: Learner) -> Mapping[str, Measure]:
    """Return what is observed of a feature in a space, under a learner."""
    cosine = space.cosine
    seen, seen_first = initial_strength * cosine, initial_strength * sympy.cos(initial_angle.variable)
    return {
        "misbehavior": Measure(misbehavior, meaning="how strong the misbehavior's feature is"),
        "cosine": Measure(cosine, meaning="cosine of the angle between feature and probe"),
        "score": Measure(misbehavior * cosine, meaning="what the probe reads"),
        "auc": Measure(auc(misbehavior * cosine), meaning="how well the probe tells misbehaving from clean rollouts"),
        "reference_auc": Measure(auc(seen), meaning="how well it would, were the feature as strong as at the start"),
        "removed": Measure(initial_strength - misbehavior, meaning="misbehavior removed"),
        "lost": Measure(auc(seen_first) - auc(seen), meaning="reference AUC lost"),
        "evaded": Measure(misbehavior - cosine, meaning="above 0 where the probe went blind, below where m = 0 first"),
        "invariant": Measure(
            learner.kept(1 - cosine**2), meaning="what removal and rotation together leave as it is, without noise"
        ),
    }


def rotation(name: str, says: str, space: Space, learner: Learner, reward: Any = rectified) -> Model:
    """Return the law of a feature in a space, under a learner, for a reward of its score.

    Parameters
    ----------
    name, says
        Its code name and one sentence.
    space
        ``PLANE`` or ``VECTORS``.
    learner
        ``GRADIENT``, ``SELECTION``, ``RAW``, or one of your own.
    reward
        From the score's expression, the reward's: `rectified` or `punishing`.
    """
    return Model(
        name=name,
        says=says,
        traits=(misbehavior, space.direction),
        reward=reward(misbehavior * space.cosine),
        learner={misbehavior: learner.strength, space.direction: learner.angle * space.length**2},
        noise={space.direction: noise * space.length},
        initial={misbehavior: initial_strength, space.direction: space.initial},
        measures=measures(space, learner),
        parameters=(*space.parameters, initial_strength, initial_angle, *learner.parameters, noise, readout_noise),
    )


def until_settled(law: Model) -> Model:
    """Return a law that stops when the misbehavior is gone or the probe is blind: without noise, for good."""
    return law.replace(absorb={"eliminated": misbehavior.variable, "blind": law.measures["cosine"].expression})


def until_eliminated(law: Model) -> Model:
    """Return a law that stops when the misbehavior is gone alone: noise turns a blind probe's feature back."""
    return law.replace(absorb={"eliminated": misbehavior.variable})


trained = rotation(
    "probe_rotation",
    "A gradient through the probe shrinks the misbehavior's feature and turns it away from the probe.",
    VECTORS,
    GRADIENT,
)
selected = rotation(
    "probe_rotation_selected",
    "Selection on the probe's score moves strength and direction in proportion to their variances.",
    VECTORS,
    SELECTION,
)
trained_plane = rotation(
    "probe_rotation_plane", "The feature as a strength and an angle, under a gradient.", PLANE, GRADIENT
)
selected_plane = rotation(
    "probe_rotation_plane_selected", "The feature as a strength and an angle, under selection.", PLANE, SELECTION
)
raw = rotation(
    "probe_rotation_raw",
    "Plain gradient descent on the feature as a raw vector takes away what the probe sees, and no more.",
    VECTORS,
    RAW,
)
punished = rotation(
    "probe_rotation_punished",
    "A reward for negative scores goes on turning the feature, which then grows where the probe reads it as good.",
    PLANE,
    GRADIENT,
    punishing,
)

laws = (trained, selected, trained_plane, selected_plane, raw, punished)
