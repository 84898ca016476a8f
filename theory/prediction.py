"""Prediction: a formula, where it is valid, what simulation must agree with it, and why it is true."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import sympy
from numpy.typing import NDArray

from simulator.experiment import Experiment
from simulator.parameter import nearest
from theory.notation import mathml
from theory.obligation import Obligation
from theory.region import Region

Point: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Margin:
    """How far a formula may be from the truth, declared before any simulation.

    Parameters
    ----------
    says
        The error formula in words; "exact" for a formula that is only as far off as the simulation's time step.
    bound
        From the formula's keywords, the bound, in the units of the predicted value.
    """

    says: str = "exact"
    bound: Callable[..., Any] = lambda **point: 0.0


EXACT = Margin()


@dataclass(frozen=True)
class Prediction:
    """An exact statement about a law, which simulation may refute.

    Parameters
    ----------
    name
        ``phenomenon.prediction``.
    says
        One sentence.
    formula
        A NumPy function of keywords that broadcast; what ``prediction(...)`` evaluates.
    expression
        The same in SymPy, for the page and the proof; None where the formula is an algorithm.
    experiment, measure, statistic
        What is simulated and which statistic of which measure the formula predicts: a name in
        ``simulator.estimate.STATISTICS``, "quantile" (the formula takes ``probability``) or "distribution" (it takes
        ``at``, the edges, and returns the distribution function there). A statistic of pairs takes two measures, or
        one measure at two times.
    setting
        From the formula's keywords, the parameters of the experiment.
    valid
        Where the formula holds: what ``check`` draws its points from.
    margin
        How far the formula may be off.
    scale
        What the minimal detectable effect is relative to: None for the predicted value, or a number where that can
        vanish.
    edges
        Where a distribution is compared, or a quantile is looked for; increasing.
    equivalence
        For a prediction of no effect: the effect that must be excluded, by two one-sided tests; None otherwise.
    proof
        Carries out the symbolic obligations.
    symbols
        LaTeX names of the expression's symbols.
    """

    name: str
    says: str
    formula: Callable[..., Any]
    experiment: Experiment
    measure: str | tuple[str, str]
    valid: Region
    expression: Any = None
    statistic: str = "mean"
    setting: Callable[..., Point] = lambda **point: point
    margin: Margin = EXACT
    scale: float | None = None
    edges: tuple[float, ...] = ()
    equivalence: float | None = None
    proof: Callable[[], tuple[Obligation, ...]] = tuple
    symbols: Mapping[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a sampler that is no independent witness of the formula.

        Raises ValueError, in one line.
        """
        identity = self.experiment.identity
        if identity.get("method") == "exact":
            raise ValueError(
                f"{self.name}: its experiment is drawn by exact transitions, which contain what they would confirm; "
                "pass method='stepped'"
            )
        if self.experiment.group > 1:
            raise ValueError(
                f"{self.name}: its experiment draws {self.experiment.group} replicates together, which the judge takes "
                "for independent; leave out variance_reduction"
            )

    @property
    def keywords(self) -> tuple[str, ...]:
        """The names of the formula's keywords; those of its region where it takes any."""
        signature = inspect.signature(self.formula).parameters
        open_ended = any(one.kind is one.VAR_KEYWORD for one in signature.values())
        return (*self.valid.box, *(("at",) if self.edges else ())) if open_ended else tuple(signature)

    def __call__(self, **keywords: Any) -> NDArray[np.float64]:
        """Evaluate the formula; scalars broadcast.

        Raises TypeError, in one line, for an unknown or missing keyword.
        """
        for name in keywords:
            if name not in self.keywords:
                raise TypeError(f"{self.name}: unknown keyword {name!r}; {nearest(name, self.keywords)}")
        signature = inspect.signature(self.formula).parameters
        optional = {name for name, one in signature.items() if one.default is not one.empty}
        missing = [name for name in self.keywords if name not in keywords and name not in optional]
        if missing:
            raise TypeError(f"{self.name}: missing {', '.join(missing)}; it takes {', '.join(self.keywords)}")
        return np.asarray(self.formula(**keywords), dtype=np.float64)[()]

    @property
    def latex(self) -> str:
        """The formula in LaTeX, "" where it is an algorithm."""
        return (
            ""
            if self.expression is None
            else str(sympy.latex(self.expression, symbol_names=dict(self.symbols), ln_notation=True))
        )

    def mathml(self) -> str:
        """Return the formula in presentation MathML, "" where it is an algorithm."""
        return "" if self.expression is None else mathml(self.expression, self.symbols)

    def replace(self, **changes: Any) -> Prediction:
        """Return this prediction with some parts replaced."""
        return replace(self, **changes)
