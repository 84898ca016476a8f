"""One law at every level of description that applies: what each says of the mean and variance of every trait.

Every level says how far it may be from the infinite population in whole generations, before it is run (``margin``):

- a population of N, and its moments: 1.5 times what N changes in the moments, |moments(N) - moments(infinity)|. As
  mapped by simulation, near the best goal the truth lies between the two, and where selection is weak and the mean far
  it is beyond moments(N) by less than half as much. For a mean also what N parents respond less, at most 1.5/N of the
  change since the start;
- langevin and flow, the limit of weak selection: its distance from whole generations, which is linear in their
  length, from generations of length 1 and 1/2; the terms of its N; and the discretization error of the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.estimate import SAFETY
from simulator.model import Model
from simulator.point import simulate
from theory.agreement.lifted import spread_trait, varying, with_covariance

Array = NDArray[np.float64]
Closed = Mapping[str, Callable[[Array], Any]]
CLOSURE = 1.5  # times what N changes in the moments
RESPONSE = 1.5  # times 1/N: the share by which N parents may respond less
LEAST_POPULATIONS = 256
REFERENCE = "moments"


@dataclass(frozen=True)
class Values:
    """What a level says of one quantity: value, standard error and margin, each (times, components)."""

    value: Array
    standard_error: Array
    margin: Array


@dataclass(frozen=True)
class Level:
    """One level of description of a law: its name, its number of individuals, and what it says of each quantity."""

    name: str
    values: Mapping[str, Values]
    population: int | None = None
    sampled: bool = False


@dataclass(frozen=True)
class Setting:
    """What all levels share: a law, a point, when to look, and how much to simulate."""

    model: Model
    parameters: Mapping[str, Any]
    times: tuple[float, ...]
    populations: tuple[int, ...]
    agents: int
    seed: int
    closed: Closed = field(default_factory=dict)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The mean of every trait, and the variance of those in which individuals differ."""
        means = tuple(trait.name for trait in self.model.traits)
        return (*means, *(f"{trait.name}_variance" for trait in varying(self.model)))

    def moments(self, population: int | None = None, generation: float = 1.0) -> dict[str, Array]:
        """Return the moments of a population, of infinitely many individuals if None."""
        made = self.model.experiment(
            "moments", times=self.times, finite=population is not None, generation=generation, measures=self.quantities
        )
        more = {} if population is None else {"population": population}
        return self._read(simulate(made, replicates=2, **{**self.parameters, **more}), "")

    def _read(self, found: Any, suffix: str) -> dict[str, Array]:
        count = len(self.times)
        return {name: found[f"{name}{suffix}"].values.reshape(count, -1) for name in self.quantities}


def ladder(setting: Setting) -> tuple[Level, ...]:
    """Run every level that applies, from individuals to closed form."""
    infinite = setting.moments()
    drawn = {population: _drawn(setting, infinite, population) for population in setting.populations}
    levels = [_population(setting, population, drawn[population]) for population in setting.populations]
    levels += [
        _exact(f"moments N={population}", setting.moments(population), drawn[population], population)
        for population in setting.populations
    ]
    nothing = {name: np.zeros_like(value) for name, value in infinite.items()}
    levels.append(_exact(REFERENCE, infinite, nothing))
    levels += _weak_selection(setting, drawn[setting.populations[-1]])
    if setting.closed:
        levels.append(_closed(setting, infinite))
    return tuple(levels)


def _exact(name: str, values: Mapping[str, Array], margin: Mapping[str, Array], population: int | None = None) -> Level:
    made = {key: Values(value, np.zeros_like(value), margin[key]) for key, value in values.items()}
    return Level(name, made, population)


def _drawn(setting: Setting, infinite: Mapping[str, Array], population: int) -> dict[str, Array]:
    """Return the margin of a finite population."""
    finite = setting.moments(population)
    margin = {name: CLOSURE * np.abs(finite[name] - infinite[name]) for name in setting.quantities}
    for trait in varying(setting.model):
        mean = infinite[trait.name]
        start = setting.model.experiment("moments", times=(0.0, setting.times[-1]), measures=(trait.name,))
        first = simulate(start, replicates=2, **setting.parameters)[trait.name].values.reshape(2, -1)[:1]
        margin[trait.name] = margin[trait.name] + RESPONSE * np.abs(mean - first) / population
    return margin


def _population(setting: Setting, population: int, margin: Mapping[str, Array]) -> Level:
    replicates = max(LEAST_POPULATIONS, setting.agents // population)
    made = setting.model.experiment("population", times=setting.times, measures=setting.quantities)
    found = simulate(
        made, replicates=replicates, seed=setting.seed, **{**setting.parameters, "population": population}
    )  # fmt: skip
    values, errors = setting._read(found, ""), setting._read(found, "_se")
    read = {name: Values(values[name], errors[name], margin[name]) for name in setting.quantities}
    return Level(f"population N={population}", read, population, sampled=True)


def stepped(law: Model, **options: Any) -> Any:
    """Return a law at the langevin level, stepped: never by an exact transition, which would know the formulas."""
    return law.experiment("langevin", method="stepped", **options)


def _weak_selection(setting: Setting, drawn: Mapping[str, Array]) -> list[Level]:
    """Return langevin, and flow, with K the covariance of the largest population; neither where traits covary."""
    try:
        law = with_covariance(setting.model)
    except ValueError:
        return []
    whole, half = setting.moments(), setting.moments(generation=0.5)
    margin = {name: SAFETY * 2.0 * np.abs(whole[name] - half[name]) + drawn[name] for name in setting.quantities}
    largest = setting.populations[-1]
    names = {trait.name: trait.name for trait in setting.model.traits}
    names |= {f"{trait.name}_variance": spread_trait(trait).name for trait in varying(setting.model)}
    observed = {"times": setting.times, "measures": tuple(names.values())}
    sampled = stepped(law, steps=4 * int(setting.times[-1]), **observed)
    made = []
    for level, experiment, replicates in (
        ("langevin", sampled, max(LEAST_POPULATIONS, setting.agents // 16)),
        ("flow", law.experiment("flow", **observed), 2),
    ):
        found = simulate(
            experiment, replicates=replicates, seed=setting.seed, **{**setting.parameters, "population": largest}
        )  # fmt: skip
        made.append(Level(level, _renamed(found, names, margin, len(setting.times)), sampled=level == "langevin"))
    return made


def _renamed(found: Any, names: Mapping[str, str], margin: Mapping[str, Array], count: int) -> dict[str, Values]:
    read = {}
    for quantity, name in names.items():
        value, error = (found[f"{name}{suffix}"].values.reshape(count, -1) for suffix in ("", "_se"))
        steps = found[f"{name}_de"].values.reshape(count, -1) if f"{name}_de" in found else 0.0
        read[quantity] = Values(value, error, margin[quantity] + steps)
    return read


def _closed(setting: Setting, like: Mapping[str, Array]) -> Level:
    """Return the closed forms given; what they say nothing of is left out."""
    times = np.asarray(setting.times)[:, np.newaxis]
    values = {
        name: np.broadcast_to(np.asarray(formula(times), dtype=float), like[name].shape)
        for name, formula in setting.closed.items()
    }
    return _exact("closed form", values, {name: np.zeros_like(value) for name, value in values.items()})
