"""How a prediction of probe selection is put together from the formula, the expression and the proof of its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.parameter import Resolved
from theory.prediction import EXACT, Margin, Point, Prediction
from theory.probe_selection import expressions, formulas, proofs
from theory.region import Region

ROUNDING = Margin("rounding, 1e-12", lambda **point: 1e-12)


def declared(
    name: str,
    says: str,
    valid: Region,
    experiment: Experiment,
    setting: Callable[..., Point],
    measure: str | tuple[str, str],
    *,
    about: str = "",
    formula: Callable[..., Any] | None = None,
    expression: str = "",
    statistic: str = "mean",
    margin: Margin = EXACT,
    scale: float | None = None,
    equivalence: float | None = None,
) -> Prediction:
    """Return a prediction whose formula, expression and proof go by its name, or by what it is ``about``.

    ``formula`` and ``expression`` replace those two where the formula's options are fixed.
    """
    topic = about or name
    return Prediction(
        name=f"probe_selection.{name}",
        says=says,
        formula=formula or getattr(formulas, topic),
        expression=getattr(expressions, expression or topic, None),
        experiment=experiment,
        measure=measure,
        statistic=statistic,
        setting=setting,
        valid=valid,
        margin=margin,
        scale=scale,
        equivalence=equivalence,
        proof=getattr(proofs, expression or topic, None) or getattr(proofs, topic),
        symbols=expressions.SYMBOLS,
    )


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
