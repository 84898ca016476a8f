"""What fixes how a law's moments are followed and observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from simulator.experiment import Observable
from simulator.levels.population.plan import POPULATION
from simulator.levels.population.schemes import STRENGTH
from simulator.model import Model, Trait
from simulator.observation import TIME
from simulator.parameter import Parameter, Resolved, nearest

SUBJECTS = ("population", "langevin")
TOLERANCE = 1e-9  # of a whole number of generations, relatively


@dataclass(frozen=True)
class Plan:
    """A law with everything that fixes how its moments are followed; ``measures`` are names."""

    model: Model
    times: tuple[float, ...] | None
    of: str
    finite: bool
    generation: float
    hessian: bool
    measures: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The law's parameters, those of a population, and ``time`` where no times are fixed."""
        own = (STRENGTH, *((POPULATION,) if self.finite else ())) if self.of == "population" else ()
        return (*self.model.parameters, *own, *(() if self.times is not None else (TIME,)))

    def with_measures(self, names: Sequence[str] | None) -> Plan:
        """Return this plan with measures chosen; raise ValueError, in one line, for an unknown one."""
        known = observed(self, timed=False)
        if names is None:
            return replace(self, measures=tuple(name for name in known if not name.endswith("_covariance")))
        for name in names:
            if name not in known:
                raise ValueError(f"unknown measure {name!r} of {self.model.name}; {nearest(str(name), known)}")
        return replace(self, measures=tuple(names))

    def requested_times(self, resolved: Resolved) -> tuple[float, ...]:
        """Return when to observe, at a point."""
        return self.times if self.times is not None else (float(resolved[TIME.name]),)

    def generations(self, times: Sequence[float]) -> list[int]:
        """Return how many generations lead to each time; raise ValueError, in one line, unless they are whole."""
        if self.of != "population":
            return []
        counts = [round(time / self.generation) for time in times]
        for time, count in zip(times, counts, strict=True):
            if abs(count * self.generation - time) > TOLERANCE * max(time, self.generation):
                raise ValueError(
                    f"times: got {time:g}; must be whole generations of {self.generation:g}; "
                    f"pass {count * self.generation:g}"
                )
        return counts


def observed(plan: Plan, timed: bool) -> dict[str, Observable]:
    """Return everything that can be measured, by name."""
    axes = ("time",) if timed else ()
    found: dict[str, Observable] = {}
    for trait in plan.model.traits:
        own = (*axes, *((f"{trait.dim}_index",) if trait.dim else ()))
        found[trait.name] = Observable(own, trait.unit, f"mean of {trait.name}")
        found[f"{trait.name}_variance"] = Observable(own, "", f"variance of {trait.name}")
        if plan.finite:
            found[f"{trait.name}_between"] = Observable(own, "", f"variance of the mean of {trait.name}")
        if trait.dim:
            square = (*own, f"{trait.dim}_other")
            found[f"{trait.name}_covariance"] = Observable(square, "", f"covariance of {trait.name}'s components")
    for left, right in combinations(plan.model.traits, 2):
        found[f"{left.name}_{right.name}_covariance"] = Observable(
            (*axes, *_pair_axes(left, right)), "", f"covariance of {left.name} and {right.name}"
        )
    found["reward"] = Observable(axes, "reward", "mean reward of an episode")
    return found


def _pair_axes(left: Trait, right: Trait) -> tuple[str, ...]:
    first = (f"{left.dim}_index",) if left.dim else ()
    if not right.dim:
        return first
    return (*first, f"{right.dim}_other" if right.dim == left.dim else f"{right.dim}_index")


def state_size(model: Model, resolved: Resolved) -> int:
    """Return the number of values in one replicate's moments."""
    size = sum(1 if trait.dim is None else int(resolved[trait.dim]) for trait in model.traits)
    return size * (size + 1)
