"""Which traits noise reaches: a trait that it does not reach follows one path, whatever is drawn meanwhile."""

from __future__ import annotations

from typing import Any

from simulator.declaration import is_zero
from simulator.model import Model, Trait


def is_noisy(model: Model, trait: Trait) -> bool:
    """Tell whether a trait has noise as a matter of structure (a noise parameter set to 0 is a value)."""
    return not is_zero(model.noise.get(trait, 0))


def noiseless(model: Model) -> tuple[Trait, ...]:
    """Return the traits that no noise reaches: without noise and moved only by such traits (the greatest fixpoint).

    Given its start and the parameters, such a trait is a function of time; both may be drawn once per replicate.
    """
    kept = {trait for trait in model.traits if not is_noisy(model, trait)}
    while True:
        reached = variables(trait for trait in model.traits if trait not in kept)
        lost = {trait for trait in kept if model.drift[trait].free_symbols & reached}
        if not lost:
            return tuple(trait for trait in model.traits if trait in kept)
        kept -= lost


def variables(traits: Any) -> set[Any]:
    """Return the symbols of the traits' present values."""
    return {trait.variable for trait in traits}
