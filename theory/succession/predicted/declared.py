"""How a prediction of succession is put together from the formula, the expression and the proof of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from simulator.experiment import Experiment
from theory.prediction import Point, Prediction
from theory.region import Region
from theory.succession import expressions, formulas, proofs

Runs: TypeAlias = Callable[[bool, Sequence[str]], Experiment]


def declared(
    name: str,
    says: str,
    valid: Region,
    experiment: Experiment,
    measure: str,
    setting: Callable[..., Point] = lambda **point: point,
    *,
    formula: str = "",
    scale: float | None = None,
) -> Prediction:
    """Return a prediction whose formula, expression and proof go by its name, or by that of ``formula``."""
    about = formula or name
    shown: Any = getattr(expressions, name, getattr(expressions, about, None))
    return Prediction(
        name=f"succession.{name}",
        says=says,
        formula=getattr(formulas, about),
        expression=shown,
        experiment=experiment,
        measure=measure,
        setting=setting,
        valid=valid,
        scale=scale,
        proof=getattr(proofs, about),
        symbols=expressions.SYMBOLS,
    )
