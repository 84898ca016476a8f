"""What is predicted of removal and rotation: what is left, where that turns, and how long a probe lasts by itself."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.experiment import Experiment
from simulator.model import Model
from simulator.models.probe_selection.rotation import angle, until_settled
from simulator.parameter import Parameter, Range
from theory.declared import Declaring
from theory.prediction import Margin, Point, Prediction
from theory.probe_selection import expressions_rotation as e
from theory.probe_selection.formulas import rotation as formulas
from theory.probe_selection.predicted.subjects import Subjects
from theory.probe_selection.proofs import rotation as proofs
from theory.probed import flip
from theory.region import Interval, Region

declared = Declaring("probe_selection", formulas, e, proofs)

PATIENCE = 1e3  # far beyond any end; runs stop there
BELOW, ABOVE = 1.03, 1.05  # how far from the predicted threshold a search begins, as factors: it is not in the middle
HALVINGS = 4
TOLERANCE = 1e-6  # of the integrator, which is good to 1e-10 a step
EXACT_FLOW = Margin("the integrator's tolerance, 1e-6", lambda **point: TOLERANCE)
STARTS = {"strength": Interval(0.3, 3.0, log=True), "angle": Interval(0.1, 1.4)}
RATIO = Interval(0.05, 20.0, log=True)
APART = 0.02  # of the threshold: nearer to it a run takes ever longer
DIMS = Interval(2, 512, integer=True)
STEPS = 12

turned = Parameter(
    "turned", 2.5, r"\phi", Range(0.0, float(np.pi), open_low=True, open_high=True), "rad", "angle at which to look"
)


def of_rotation(subjects: Subjects) -> tuple[Prediction, ...]:
    """Return what either learner leaves, where that turns from nothing to something, and what noise does alone."""
    return (
        *_left(subjects),
        _threshold(subjects.plane),
        _punished(subjects.punished),
        declared(
            "probe_lifetime",
            "Noise alone turns the feature from the probe: the mean cosine decays at (D - 1) sigma^2/2.",
            experiment=subjects.diffusion,
            measure="cosine",
            setting=_diffusing,
            valid=Region(
                {"angle": Interval(0.0, 2.0), "dim": Interval(2, 8, integer=True),
                 "noise": Interval(0.1, 1.0, log=True), "time": Interval(0.1, 3.0, log=True)},
                lambda dim, noise, time, **_: 0.3 <= (dim - 1) * noise**2 * time <= 2.0,
                "0.3 <= (D - 1) sigma^2 t <= 2",
            ),
            scale=1.0,
        ),
    )  # fmt: skip


def _left(subjects: Subjects) -> tuple[Prediction, ...]:
    settled = partial(_settled, measure="misbehavior")
    residual = declared(
        "residual_misbehavior",
        "A gradient through the probe leaves what the feature's turn out of sight left time for.",
        experiment=settled(subjects.trained),
        measure="misbehavior",
        setting=in_space,
        valid=Region({**STARTS, "ratio": RATIO, "dim": DIMS}, _decided, "K_m/K_phi off the threshold by 2 % or more"),
        margin=EXACT_FLOW,
        scale=1.0,
    )
    return (
        residual,
        residual.replace(
            name="probe_selection.residual_of_selection",
            says="So does selection, with the ratio of variances for that of eases.",
            experiment=settled(subjects.selected),
            setting=_selected,
        ),
        residual.replace(
            name="probe_selection.angle_at_elimination",
            says="Where the misbehavior goes first, the feature has been turned so far by then.",
            formula=formulas.angle_at_elimination,
            expression=e.angle_at_elimination,
            experiment=_settled(_with_angle(subjects.trained), "angle"),
            measure="angle",
            setting=lambda **point: in_space(**point, dim=3),
            valid=Region({**STARTS, "ratio": RATIO}, _eliminated, "K_m/K_phi above the threshold by 2 % or more"),
            margin=Margin("the root of where m = 0, 1e-4 of a radian", lambda **point: 1e-4),
            proof=proofs.angle_at_elimination,
        ),
        residual.replace(
            name="probe_selection.raw_residual",
            says="Plain gradient descent on the feature as a raw vector leaves all that the probe did not see.",
            formula=formulas.raw_residual,
            expression=e.raw_residual,
            experiment=settled(subjects.raw),
            setting=lambda strength, angle, dim: {
                "initial_strength": strength, "initial_angle": angle, "dim": dim, "time": PATIENCE
            },
            valid=Region({**STARTS, "dim": DIMS}),
            proof=proofs.raw_residual,
        ),
    )  # fmt: skip


def _threshold(plane: Model) -> Prediction:
    bracket = np.expm1(np.log(BELOW * ABOVE) / 2 ** (HALVINGS + 1))
    return declared(
        "elimination_threshold",
        "One ratio decides: above m_0^2/(2 ln(1/sin phi_0)) the misbehavior goes before the probe is blind.",
        experiment=flip(_settled(plane, "evaded"), "evaded", "ease_strength", HALVINGS),
        measure="flip",
        setting=_bracketed,
        valid=Region({"strength": Interval(0.5, 2.0, log=True), "angle": Interval(0.2, 1.3)}),
        margin=Margin(
            "half of the last bracket of the search, 0.25 %",
            lambda **point: bracket * formulas.elimination_threshold(**point),
        ),
    )


def _punished(punished: Model) -> Prediction:
    law = punished.replace(
        absorb={"turned": turned - angle}, parameters=(*punished.parameters, turned)
    )  # fmt: skip
    return declared(
        "punished_strength",
        "A reward for negative scores turns the feature on, and beyond pi/2 the misbehavior grows again.",
        experiment=law.experiment("flow", measures=("misbehavior",)),
        measure="misbehavior",
        setting=lambda turned, **point: {**_in_the_plane(**point), "turned": turned},
        valid=Region(
            {"strength": Interval(0.5, 2.0, log=True), "angle": Interval(0.2, 1.2), "turned": Interval(1.3, 3.0),
             "ratio": Interval(0.05, 5.0, log=True)},
            lambda strength, angle, ratio, **_: bool(ratio <= 0.9 * formulas.elimination_threshold(strength, angle)),
            "K_m/K_phi at most 0.9 of the threshold",
        ),
        margin=EXACT_FLOW,
        scale=1.0,
    )  # fmt: skip


def _settled(law: Model, measure: str) -> Experiment:
    made: Experiment = until_settled(law).experiment("flow", measures=(measure,))
    return made


def _with_angle(law: Model) -> Model:
    import sympy

    cosine = law.measures["cosine"].expression
    return law.replace(measures={**law.measures, "angle": sympy.acos(cosine)})


def _in_the_plane(strength: float, angle: float, ratio: float) -> Point:
    return {
        "initial_strength": strength, "initial_angle": angle, "ease_strength": ratio, "ease_angle": 1.0,
        "time": PATIENCE,
    }  # fmt: skip


def in_space(dim: int, **point: Any) -> Point:
    """Return a point of the law of a vector under a gradient: strength, angle, ratio and number of components."""
    return {**_in_the_plane(**point), "dim": dim}


def _selected(strength: float, angle: float, ratio: float, dim: int) -> Point:
    """Return a point of the law of selection, at which the rollouts' angles vary by a tenth of a radian."""
    return {
        "initial_strength": strength, "initial_angle": angle, "strength_variance": 0.01 * ratio,
        "angle_variance": 0.01, "selection": 100.0, "dim": dim, "time": PATIENCE,
    }  # fmt: skip


def _bracketed(strength: float, angle: float) -> Point:
    threshold = float(formulas.elimination_threshold(strength, angle))
    point = dict(_in_the_plane(strength, angle, 1.0))
    del point["ease_strength"]
    return {**point, "lowest": threshold / BELOW, "highest": threshold * ABOVE}


def _diffusing(angle: float, dim: int, noise: float, time: float) -> Point:
    return {"initial_angle": angle, "dim": dim, "noise": noise, "time": time, "steps": STEPS}


def _decided(strength: float, angle: float, ratio: float, **_: Any) -> bool:
    return bool(abs(np.log(ratio / formulas.elimination_threshold(strength, angle))) >= APART)


def _eliminated(strength: float, angle: float, ratio: float) -> bool:
    return bool(ratio >= (1.0 + APART) * formulas.elimination_threshold(strength, angle))
