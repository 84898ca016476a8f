"""What a law's symbols show before anything is simulated: what need not be drawn, and what need not be stepped.

``noise`` finds the traits that follow one path, ``affine`` those that are Gaussian between any two times, and
``isotropy`` the vectors of which a few numbers are enough. Every refusal says why, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from simulator.model import Model, Trait
from simulator.observation import checked_measures
from simulator.structure.affine import Affine, affine, blocks
from simulator.structure.isotropy import Isotropy, isotropy
from simulator.structure.noise import is_noisy, noiseless

__all__ = ["Affine", "Isotropy", "Structure", "is_noisy", "structure"]


@dataclass(frozen=True, repr=False)
class Structure:
    """What a law's symbols show.

    Parameters
    ----------
    noiseless
        The traits that follow one path, given the parameters and the start.
    equations
        Per noisy trait its affine equation, or the reason why it has none.
    blocks
        The noisy traits that are drawn together, each alone unless they move one another; () if one is not affine.
    stopping
        "" if agents never stop or stop at a time that noise does not touch; otherwise the reason against exactness.
    isotropy
        How the vector trait can be reduced for the chosen measures, or the reason why not.
    """

    noiseless: tuple[Trait, ...]
    equations: Mapping[Trait, Affine | str]
    blocks: tuple[tuple[Trait, ...], ...]
    stopping: str
    isotropy: Isotropy | str

    @property
    def refusal(self) -> str:
        """Why the law has no exact transitions, in one line; "" if it has."""
        reasons = [f"{trait.name}: {found}" for trait, found in self.equations.items() if isinstance(found, str)]
        return "; ".join([*reasons, *([self.stopping] if self.stopping else [])])

    @property
    def exact(self) -> bool:
        """Whether the law can be drawn at its requested times by exact transitions."""
        return not self.refusal

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for trait in self.noiseless:
            yield f"{trait.name}: no noise reaches it; one path, given the parameters and its start"
        for trait, found in self.equations.items():
            yield f"{trait.name}: " + (found if isinstance(found, str) else self._gaussian(trait, found))
        if self.stopping:
            yield self.stopping
        yield f"exact transitions: {'yes' if self.exact else 'no, the law is stepped'}"
        yield "reduction: " + (self.isotropy if isinstance(self.isotropy, str) else _reduced(self.isotropy))

    def _gaussian(self, trait: Trait, equation: Affine) -> str:
        others = [one.name for one in equation.rates if one != trait]
        alone = f", together with {' and '.join(others)}" if others else ""
        return f"affine in itself{alone}; normal from one requested time to the next"


def _reduced(found: Isotropy) -> str:
    names = [str(symbol) for symbol in found.directions] + (["its start"] if found.start else [])
    along = f"its components along {' and '.join(names)} and " if names else ""
    return f"{found.trait.name} is seen only by {along}its length: one number each, and a chi-square for the rest"


def structure(model: Model, measures: Sequence[str] | None = None) -> Structure:
    """Return what can be known of a law without simulating it.

    Parameters
    ----------
    model
        The law.
    measures
        The names of what is observed, on which the reduction depends; None for all measures of the law.

    Raises ValueError, in one line, for an unknown measure.
    """
    chosen = checked_measures(model, measures)
    quiet = noiseless(model)
    noisy = [trait for trait in model.traits if trait not in quiet]
    equations = {trait: affine(model, trait, noisy) for trait in noisy}
    found = {trait: one for trait, one in equations.items() if not isinstance(one, str)}
    observed = [(name, _expression(model, name)) for name in chosen]
    return Structure(
        noiseless=quiet,
        equations=equations,
        blocks=blocks(found) if len(found) == len(equations) else (),
        stopping=_stopping(model, noisy),
        isotropy=isotropy(model, observed),
    )


def _expression(model: Model, name: str) -> Any:
    if name in model.observed:
        return model.observed[name].expression
    return next(trait.variable for trait in model.traits if trait.name == name)


def _stopping(model: Model, noisy: Sequence[Trait]) -> str:
    symbols = {trait.variable: trait.name for trait in noisy}
    for route, condition in model.absorb.items():
        touched = sympy.sympify(condition).free_symbols & set(symbols)
        if touched:
            names = " and ".join(sorted({symbols[symbol] for symbol in touched}))
            return f"route {route}: depends on {names}, whose noise decides when an agent stops"
    return ""
