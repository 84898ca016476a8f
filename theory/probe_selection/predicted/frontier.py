"""What is predicted of interpretability: the probe's AUC, and how much of it a technique gives for what it removes."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.experiment import Experiment
from simulator.model import Model
from simulator.parameter import POSITIVE, Parameter
from theory.declared import Declaring
from theory.prediction import Margin, Prediction
from theory.probe_selection import expressions_rotation as e
from theory.probe_selection.formulas import rotation as formulas
from theory.probe_selection.predicted.rotation import EXACT_FLOW, RATIO, in_space
from theory.probe_selection.predicted.subjects import Subjects
from theory.probe_selection.proofs import frontier as proofs
from theory.region import Interval, Region

declared = Declaring("probe_selection", formulas, e, proofs)

GLIMPSE = 1e-4  # of a radian: how far the feature turns while the slope is taken
LOST = Parameter("given_up", 0.1, r"\Delta", POSITIVE, meaning="reference AUC at whose loss to look")
OBLIQUE = {"dim": 3, "probe": (1.0, 2.0, -1.0), "aside": (1.0, 0.0, 0.5)}  # no axis, and not orthogonal
PROBES = {
    "strength": Interval(0.5, 2.0, log=True),
    "angle": Interval(0.2, 1.2),
    "readout_noise": Interval(0.3, 2.0, log=True),
}


def of_the_frontier(subjects: Subjects) -> tuple[Prediction, ...]:
    """Return the probe's AUC from rollouts, and the frontier with its slope from a feature as a vector."""
    return (
        declared(
            "probe_auc",
            "The probe tells misbehaving from clean rollouts as well as a normal score m cos(phi) ahead does.",
            experiment=subjects.readout.experiment(measures=("ranked",), method="stepped", steps=1),
            measure="ranked",
            statistic="probability",
            setting=lambda strength, angle, readout_noise: {
                "initial_strength": strength, "initial_angle": angle, "readout_noise": readout_noise, **OBLIQUE
            },
            valid=Region({**PROBES, "angle": Interval(0.0, float(np.pi))}),
            scale=1.0,
        ),
        _slope(subjects.trained),
        _frontier(subjects.trained),
    )  # fmt: skip


def _slope(trained: Model) -> Prediction:
    return declared(
        "frontier_slope",
        "Techniques on one probe trade misbehavior for AUC in proportion to their K_m/K_phi, and to that only.",
        experiment=trained.experiment("flow", measures=("removed", "lost")),
        measure=("removed", "lost"),
        statistic="ratio",
        setting=_glimpsed,
        valid=Region({**PROBES, "ratio": Interval(0.1, 10.0, log=True)}),
        margin=Margin(
            "the curve's bend on the way, up to 1e-3 of the value",
            lambda **point: 10.0 * GLIMPSE * formulas.frontier_slope(**point),
        ),
    )


def _glimpsed(readout_noise: float, **point: Any) -> dict[str, Any]:
    """Return a run so short that the feature turns by a glimpse, and is weakened by no more."""
    fastest = max(point["strength"] * np.sin(point["angle"]), point["ratio"] * np.cos(point["angle"]))
    setting = {**in_space(**point, dim=4), "readout_noise": readout_noise}
    return {**setting, "time": GLIMPSE / float(fastest)}


def _frontier(trained: Model) -> Prediction:
    return declared(
        "frontier",
        "The whole way of a technique: misbehavior removed when so much AUC at reference strength is lost.",
        expression=e.frontier_removed,
        experiment=_until_lost(trained),
        measure="removed",
        setting=lambda lost, readout_noise, **point: {
            **in_space(**point, dim=4), "readout_noise": readout_noise, "given_up": lost
        },
        valid=Region({**PROBES, "ratio": RATIO, "lost": Interval(0.01, 0.3)}, _on_the_way,
                     "the probe is not blind, and the misbehavior not gone, before that"),
        margin=EXACT_FLOW,
        scale=1.0,
    )  # fmt: skip


def _until_lost(law: Model) -> Experiment:
    stopping = law.replace(
        absorb={"given_up": LOST - law.measures["lost"].expression}, parameters=(*law.parameters, LOST)
    )
    made: Experiment = stopping.experiment("flow", measures=("removed",))
    return made


def _on_the_way(strength: float, angle: float, ratio: float, readout_noise: float, lost: float) -> bool:
    """Tell whether the loss comes before the end, with a twentieth of the AUC and of the strength to spare."""
    room = 0.95 * (formulas.probe_auc(strength, angle, readout_noise) - 0.5)
    if not lost < room:
        return False
    return bool(formulas.frontier(strength, angle, ratio, readout_noise, lost) < 0.95 * strength)
