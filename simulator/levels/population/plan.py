"""What fixes how populations of a law are run and observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.levels.population.schemes import Scheme
from simulator.model import Model
from simulator.observation import checked_times
from simulator.parameter import COUNT, NONNEGATIVE, Parameter, Range, Resolved, nearest

RECOMBINATIONS = ("free", "infinitesimal")
POPULATION = Parameter(
    "population", 100, "N", Range(low=2.0), "individuals", "how many individuals a population has", integer=True
)
ENVIRONMENT = Parameter(
    "environment", 0.0, r"\sigma_E", NONNEGATIVE, "reward", "spread of what else selection takes for reward"
)
GENERATIONS = Parameter(
    "time", 10, "t", COUNT, "generations", "the generation in which populations are observed", integer=True
)


@dataclass(frozen=True)
class Plan:
    """A law with everything that fixes how populations of it are run and observed; ``model`` has no learner.

    With ``control`` their neutral twin is carried along, for control variates.
    """

    model: Model
    times: tuple[int, ...] | None
    scheme: Scheme
    recombination: str | None
    normals: str
    dtype: str
    measures: tuple[str, ...]
    control: bool = False

    @property
    def genic(self) -> tuple[Parameter, ...]:
        """The genic variances, one parameter a trait, where inheritance is infinitesimal."""
        if self.recombination != "infinitesimal":
            return ()
        return tuple(
            Parameter(
                f"{trait.name}_genic_variance", 1.0, f"V_{{{trait.symbol}}}", NONNEGATIVE,
                meaning=f"variance of {trait.name} in linkage equilibrium; half of it segregates within a family",
                dim=trait.dim,
            )
            for trait in self.model.traits
        )  # fmt: skip

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The law's parameters and those of its populations."""
        own = (POPULATION, ENVIRONMENT, *self.scheme.parameters, *self.genic)
        return (*self.model.parameters, *own, *(() if self.times is not None else (GENERATIONS,)))

    def requested_times(self, resolved: Resolved) -> tuple[int, ...]:
        """Return the generations in which to observe, at a point."""
        return self.times if self.times is not None else (int(resolved[GENERATIONS.name]),)

    def components(self, resolved: Resolved) -> int:
        """Return how many values one individual's state has, at a point."""
        return sum(1 if trait.dim is None else int(resolved[trait.dim]) for trait in self.model.traits)


def checked_generations(times: Sequence[float] | None) -> tuple[int, ...] | None:
    """Return requested generations; raise ValueError, in one line, if they cannot be observed in order."""
    checked = checked_times(times)
    if checked is None:
        return None
    if any(time != int(time) for time in checked):
        raise ValueError(f"times: got {tuple(checked)}; must be whole generations; pass for example [1, 10]")
    return tuple(int(time) for time in checked)


def checked_recombination(recombination: bool | str) -> str | None:
    """Return the mode of recombination, None for none; raise ValueError with the nearest right name otherwise."""
    if recombination is False:
        return None
    if recombination not in RECOMBINATIONS:
        raise ValueError(f"recombination: got {recombination!r}; {nearest(str(recombination), RECOMBINATIONS)}")
    return str(recombination)


def check_names(plan: Plan) -> None:
    """Raise ValueError, in one line, if the law calls something by the name of a population's parameter."""
    taken = {one.name for one in plan.model.parameters} | {trait.name for trait in plan.model.traits}
    for parameter in plan.parameters[len(plan.model.parameters) :]:
        if parameter.name in taken:
            raise ValueError(
                f"{plan.model.name}: {parameter.name!r} is {parameter.meaning} at this level; rename it in the law"
            )
