"""What is predicted of one update: which trait moves how far, under each learner."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.models.probe_selection.rollouts import rollouts
from simulator.models.probe_selection.subverter import CROSSING, subverter
from theory.prediction import Margin, Prediction
from theory.probe_selection import expressions, formulas, proofs
from theory.probe_selection.predicted.declared import ROUNDING, declared, traits
from theory.region import Box, Interval, Region, Several

WEIGHTS = Several(Interval(0.8, 1.25, log=True), 2)
VARIANCES = Several(Interval(0.6, 1.6, log=True), 2)
EASE = Several(Interval(0.3, 3.0, log=True), 2)
BOX: Box = {"weights": WEIGHTS, "variances": VARIANCES}
COVARYING: Box = {**BOX, "covariance": Interval(-0.3, 0.3), "transmitted": Interval(0.5, 1.0)}
MOVED = ("misbehavior_fall", "evasion_rise")
IN_SD = ("misbehavior_fall_sd", "evasion_rise_sd")
GROUP = 32
NOTHING = 0.01  # standard deviations of evasion, for one of the score: less is nothing


def of_responses() -> tuple[Prediction, ...]:
    """Return the ratios in which misbehavior falls and evasion rises, and where they are one."""
    return (*_under_selection(), *_through_gradients(), *_on_copies(), _subverted())


def _both_move(weights: Any, variances: Any, covariance: float, transmitted: float) -> bool:
    """Tell whether misbehavior falls and evasion rises, each by most of what it would without covariance."""
    (v_a, v_b), w_a, seen = variances, weights[0], transmitted * weights[1]
    return bool(
        abs(covariance) < 0.6 * np.sqrt(v_a * v_b)
        and w_a * v_a - seen * covariance > 0.6 * w_a * v_a
        and seen * v_b - w_a * covariance > 0.6 * seen * v_b
    )


def _under_selection() -> tuple[Prediction, ...]:
    region = Region(COVARYING, _both_move, "A falls and B rises")
    noisy = {"readout_noise": 0.2, "group_size": GROUP}
    schemes = (
        ("response_ratio", "group_normalized", "normal", noisy),
        ("response_ratio_truncation", "truncation", "laplace", {**noisy, "kept": 10}),
    )  # fmt: skip
    says = "Selection by a probe moves misbehavior and evasion as their covariances with its score."
    return (
        *(
            declared(
                name, f"{says} ({learner.replace('_', '-')}, {noise} noise.)", region,
                rollouts(learner, noise=noise, normals="mixed", measures=MOVED), partial(traits, **more), MOVED,
                about="response_ratio", statistic="ratio",
            )
            for name, learner, noise, more in schemes
        ),
        declared(
            "standardized_ratio",
            "In standard deviations of each trait selection moves them as the roots of their shares.",
            Region(BOX), rollouts("natural", normals="mixed", measures=IN_SD), partial(traits, group_size=GROUP), IN_SD,
            statistic="ratio",
        ),
    )  # fmt: skip


def _eased(ease: Any, **point: Any) -> dict[str, Any]:
    return traits(**point, misbehavior_ease=ease[0], evasion_ease=ease[1], group_size=GROUP)


def _through_gradients() -> tuple[Prediction, ...]:
    box = {"weights": WEIGHTS, "variances": VARIANCES, "ease": EASE}
    return (
        declared(
            "response_ratio_gradient",
            "A gradient through the probe moves misbehavior and evasion by their ease, whatever varies.",
            Region({**box, "transmitted": Interval(0.2, 1.0)}), rollouts("gradient", measures=MOVED), _eased, MOVED,
            expression=expressions.response_ratio_gradient, proof=proofs.response_ratio_gradient,
            formula=partial(_ratio, "gradient"), statistic="ratio", margin=ROUNDING,
        ),
        declared(
            "response_ratio_score_function",
            "So does plain policy gradient on the means: the score function divides the variance out.",
            Region(box), rollouts("score_function", normals="mixed", measures=MOVED), _eased, MOVED,
            expression=expressions.response_ratio_gradient, proof=proofs.response_ratio_gradient,
            formula=partial(_ratio, "score_function"), statistic="ratio",
        ),
    )  # fmt: skip


def _ratio(learner: str, weights: Any, variances: Any, ease: Any, transmitted: Any = 1.0) -> Any:
    return formulas.response_ratio(weights, variances, learner, ease, transmitted=transmitted)


def _on_copies() -> tuple[Prediction, ...]:
    by_score = ("evasion_rise_sd", "score_fall_sd")
    made = rollouts("natural", normals="mixed", measures=by_score)
    return (
        declared(
            "frozen_probe",
            "A probe that reads a copy frozen before evasion began gives evasion no response at all.",
            Region(BOX), made, partial(traits, transmitted=0.0, group_size=GROUP), by_score,
            statistic="ratio", scale=1.0, equivalence=NOTHING,
        ),
        declared(
            "transmitted_share",
            "What reaches the probe of evasion is what selection acts on; covariance with misbehavior comes on top.",
            Region({**COVARYING, "transmitted": Interval(0.0, 1.0)}, lambda variances, covariance, **_: bool(
                abs(covariance) < 0.6 * np.sqrt(variances[0] * variances[1]))),
            made, partial(traits, group_size=GROUP), by_score, about="frozen_probe", statistic="ratio", scale=1.0,
        ),
    )  # fmt: skip


def _subverted() -> Prediction:
    def setting(weights: Any, variances: Any, rate: float) -> dict[str, Any]:
        point = traits(weights, variances, capability_rate=rate, group_size=24)
        del point["correlation"]
        return point

    return declared(
        "subverter_capability",
        "If evasion's variance grows exponentially with capability, it outruns repair at a logarithm of the ratio.",
        Region({"weights": WEIGHTS, "variances": VARIANCES, "rate": Interval(1.5, 4.0)}),
        subverter(), setting, "crossing", scale=1.0,
        margin=Margin("the width to which the interval was halved", lambda rate, **_: CROSSING / rate),
    )  # fmt: skip
