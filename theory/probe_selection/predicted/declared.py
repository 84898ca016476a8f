"""What the predictions of probe selection share: traits in the rollouts' own parameters, and a first time alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.parameter import Resolved
from theory.declared import Declaring
from theory.prediction import Margin
from theory.probe_selection import expressions, formulas, proofs

ROUNDING = Margin("rounding, 1e-12", lambda **point: 1e-12)


declared = Declaring("probe_selection", formulas, expressions, proofs)


def traits(weights: Any, variances: Any, covariance: float = 0.0, **rest: Any) -> dict[str, Any]:
    """Return the parameters of rollouts from weights, variances and covariance of misbehavior and evasion."""
    sds = np.sqrt(np.asarray(variances, dtype=float))
    return {
        "misbehavior_weight": weights[0], "evasion_weight": weights[1], "misbehavior_sd": sds[0], "evasion_sd": sds[1],
        "correlation": covariance / (sds[0] * sds[1]), **rest,
    }  # fmt: skip


def first_time(experiment: Experiment, measures: tuple[str, ...]) -> Experiment:
    """Return an experiment that is observed at its first time alone, by some of its measures."""

    def sample(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
        found = experiment.sample(resolved, replicates, generator)
        return {name: found[name][:, 0] for name in measures}

    described = {name: Observable() for name in measures}
    return experiment.replace(
        measures=described, sample=sample, coordinates={}, identity={**experiment.identity, "first": measures}
    )
