"""How a prediction is put together from the formula, the expression and the proof that go by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.experiment import Experiment
from theory.prediction import EXACT, Margin, Point, Prediction
from theory.region import Region

BY_NAME: Any = object()
"""In the place of an expression: that of the prediction's name."""


@dataclass(frozen=True)
class Declaring:
    """What declares the predictions of one phenomenon.

    Parameters
    ----------
    phenomenon
        Its name.
    formulas, expressions, proofs
        Modules with a function, a SymPy expression and a proof for each prediction, by its name; an expression is
        looked for in ``expressions.SHOWN`` first, if there is that, and may be missing.
    """

    phenomenon: str
    formulas: Any
    expressions: Any
    proofs: Any

    def __call__(
        self,
        name: str,
        says: str,
        valid: Region,
        experiment: Experiment,
        setting: Callable[..., Point] = lambda **point: point,
        measure: str | tuple[str, str] = "",
        *,
        about: str = "",
        formula: Callable[..., Any] | None = None,
        expression: Any = BY_NAME,
        proof: Callable[..., Any] | None = None,
        statistic: str = "mean",
        margin: Margin = EXACT,
        scale: float | None = None,
        edges: tuple[float, ...] = (),
        equivalence: float | None = None,
    ) -> Prediction:
        """Return a prediction; its parts go by its name, or by what it is ``about``, unless they are given.

        Parameters are those of `Prediction`; ``measure`` is the experiment's first by default. Raises AttributeError
        if a formula or a proof is neither given nor found.
        """
        topic = about or name
        return Prediction(
            name=f"{self.phenomenon}.{name}",
            says=says,
            formula=formula or getattr(self.formulas, topic),
            expression=self._shown(name, topic) if expression is BY_NAME else expression,
            experiment=experiment,
            measure=measure or next(iter(experiment.measures)),
            statistic=statistic,
            setting=setting,
            valid=valid,
            margin=margin,
            scale=scale,
            edges=edges,
            equivalence=equivalence,
            proof=proof or getattr(self.proofs, topic),
            symbols=self.expressions.SYMBOLS,
        )

    def _shown(self, *names: str) -> Any:
        special = getattr(self.expressions, "SHOWN", {})
        found = (special.get(name, getattr(self.expressions, name, None)) for name in names)
        return next((one for one in found if one is not None), None)
