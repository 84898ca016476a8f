"""What is predicted of flags, of probes that are fitted again, and of probes with noise."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.models.probe_selection.detection import detection, halves
from simulator.models.probe_selection.passing import passing
from simulator.models.probe_selection.retraining import retraining
from theory.prediction import Prediction
from theory.probe_selection import expressions, formulas, proofs
from theory.probe_selection.predicted.declared import declared, first_time
from theory.region import Interval, Region

RATES = {
    "prevalence": Interval(0.2, 0.8), "false_negative_rate": Interval(0.01, 0.3),
    "false_positive_rate": Interval(0.01, 0.3),
}  # fmt: skip
FITTED = 24  # individuals that a probe is fitted to: least squares are unbiased, however few


def of_detection() -> tuple[Prediction, ...]:
    """Return what a flag tells, and what of a probe that is fitted again, or noisy."""
    return (*_of_flags(), *_of_fits(), *_of_halves(), *_of_noise())


def _of_flags() -> tuple[Prediction, ...]:
    made = detection()
    return (
        declared(
            "unflagged_honest",
            "With an accurate probe most rollouts that it does not flag behave, because they behave.",
            Region(RATES), made, lambda **point: {**point, "group_size": 2}, "first_honest",
        ),
        declared(
            "missed_among",
            "Of so many unflagged rollouts a binomial number misbehave, however many were flagged beside them.",
            Region({"unflagged": Interval(2, 4, integer=True), **RATES}, lambda prevalence, **_: prevalence < 0.5),
            made, lambda **point: {**point, "group_size": 5}, "missed", scale=1.0,
        ),
    )  # fmt: skip


def _of_fits() -> tuple[Prediction, ...]:
    weights = ("evasion_weight", "misbehavior_weight")
    box = {"evasion_variance": Interval(0.2, 1.0), "trace_noise": Interval(0.3, 1.0)}

    def setting(evasion_variance: float, trace_noise: float) -> dict[str, Any]:
        return {"evasion_sd": np.sqrt(evasion_variance), "trace_noise": trace_noise, "readout_noise": 0.3,
                "population": FITTED}  # fmt: skip

    return (
        declared(
            "retrained_weight",
            "A probe that is fitted again weighs evasion by how noisy a trace it leaves.",
            Region(box), first_time(retraining("least_squares", times=(0.0,), measures=weights), weights), setting,
            weights, statistic="ratio", scale=1.0,
        ),
    )  # fmt: skip


def _of_halves() -> tuple[Prediction, ...]:
    region, made = Region({"correlation": Interval(0.3, 0.95)}), halves()
    return (
        declared(
            "recall_of_halves",
            "A probe finds the worse half of all behavior to the extent of its correlation with misbehavior.",
            region, made, lambda **point: point, "recalled",
        ),
        declared(
            "auc_of_halves",
            "And so it ranks one of the worse half above one of the better.",
            region, made, lambda **point: point, "ranked",
        ),
    )  # fmt: skip


def _of_noise() -> tuple[Prediction, ...]:
    region = Region({"threshold": Interval(-0.8, 0.5), "sd": Interval(0.7, 1.4), "noise_scale": Interval(0.5, 1.5)})
    says = {
        "normal": "Harder selection on a probe with normal noise selects better behavior without bound.",
        "laplace": "With noise of exponential tails there is a bound to what selection on the probe can select.",
        "student": "With noise of heavy tails hard selection on the probe selects nothing.",
    }
    return tuple(
        declared(
            "goodhart" if noise == "normal" else f"goodhart_{noise}", says[noise], region, passing(noise),
            lambda threshold, sd, noise_scale: {"threshold": threshold, "misbehavior_sd": sd,
                                                "noise_scale": noise_scale},
            "misbehavior_passed", proof=proofs.goodhart, formula=partial(_passed, noise), scale=1.0,
            expression=expressions.goodhart_normal if noise == "normal" else None,
        )
        for noise in says
    )  # fmt: skip


def _passed(noise: str, threshold: Any, sd: Any, noise_scale: Any) -> Any:
    return formulas.goodhart(threshold, sd, noise_scale, noise)
