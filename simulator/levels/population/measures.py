"""What can be measured of populations, by name; ``experiment`` says what each name means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from simulator.distribution import is_distribution
from simulator.experiment import Observable
from simulator.levels.population import statistics
from simulator.levels.population.snapshot import Array, Snapshot
from simulator.model import Model, Trait
from simulator.observation import observables
from simulator.parameter import nearest

Compute = Callable[[Snapshot], Any]


@dataclass(frozen=True)
class Statistic:
    """A measure of populations.

    Parameters
    ----------
    observable
        What it is; its axes without time.
    compute
        From a snapshot, an array (..., replicates).
    lineage
        Whether it asks for lineages.
    """

    observable: Observable
    compute: Compute
    lineage: bool = False


def catalog(model: Model) -> dict[str, Statistic]:
    """Return everything that can be measured of a law's populations; a law's own measure keeps its name."""
    known = dict(_reproduction())
    known |= {f"{a.name}_{b.name}_covariance": _covariance(a, b) for a, b in combinations(model.traits, 2)}
    for trait in model.traits:
        known |= dict(_of_trait(trait))
    own = observables(model, tuple(model.observed), timed=False)
    for name in model.observed:
        said = own[name]
        described = Observable(said.dims, said.unit, f"{said.meaning}, mean of a population")
        known[name] = Statistic(described, partial(_own, name))
    return known


def default(model: Model) -> tuple[str, ...]:
    """Return what is measured where nothing is asked for: the law's measures, every trait's mean and variance."""
    traits = [name for trait in model.traits for name in (trait.name, f"{trait.name}_variance")]
    return tuple(dict.fromkeys((*model.observed, *traits)))


def checked_statistics(model: Model, measures: Sequence[str] | None, recombination: str | None) -> dict[str, Statistic]:
    """Return the statistics of the given names, None for the default ones.

    Raises ValueError, in one line, for an unknown name, or one that recombination leaves without meaning.
    """
    known = catalog(model)
    chosen = default(model) if measures is None else tuple(measures)
    for name in chosen:
        if name not in known:
            raise ValueError(f"unknown measure {name!r} of {model.name}; {nearest(name, known)}")
        if recombination and known[name].lineage:
            raise ValueError(f"measures: {name!r} needs one parent each; pass recombination=False")
    if recombination and mentions_drawn_start(model, chosen):
        raise ValueError(
            f"{model.name}: a measure mentions a start that is drawn, but who recombines has no single founder; "
            "pass recombination=False, or leave that measure out"
        )
    return {name: known[name] for name in chosen}


def mentions_drawn_start(model: Model, measures: Sequence[str]) -> bool:
    """Tell whether a measure depends on which founder an individual descends from."""
    seen = {symbol for name in measures if name in model.observed for symbol in _symbols(model, name)}
    return any(trait.initial in seen and is_distribution(model.initial[trait]) for trait in model.traits)


def _symbols(model: Model, name: str) -> set[Any]:
    found: set[Any] = model.observed[name].expression.free_symbols
    return found


def _own(name: str, snapshot: Snapshot) -> Array:
    return statistics.mean(snapshot.own[name])


def _of_trait(trait: Trait) -> Iterator[tuple[str, Statistic]]:
    name, unit = trait.name, trait.unit
    dims = () if trait.dim is None else (f"{trait.dim}_index",)
    square = f"({unit})^2" if unit else ""

    def statistic(compute: Compute, meaning: str, of: str = unit) -> Statistic:
        return Statistic(Observable(dims, of, f"{meaning} of {name}"), compute)

    def in_generation(compute: Callable[[Array, Snapshot], Array]) -> Compute:
        return partial(_if_begotten, lambda snapshot: compute(snapshot.before[name], snapshot), name)

    yield name, statistic(lambda seen: statistics.mean(seen.now[name]), "mean")
    yield f"{name}_variance", statistic(lambda seen: statistics.variance(seen.now[name]), "variance", square)
    if trait.dim is not None:
        yield f"{name}_covariance", _covariance(trait, trait)
    yield (
        f"{name}_individuals",
        Statistic(
            Observable((*dims, "individual"), unit, f"{name} of every individual"),
            lambda seen: np.swapaxes(seen.now[name], -1, -2),
        ),
    )
    yield (
        f"{name}_differential",
        statistic(
            in_generation(lambda before, seen: statistics.differential(before, seen.offspring)),
            "selection differential",
        ),
    )
    yield (
        f"{name}_transmission",
        statistic(
            in_generation(lambda before, seen: statistics.transmission(seen.now[name], seen.of_parents(before))),
            "mean difference of offspring from parents",
        ),
    )
    yield (
        f"{name}_change",
        statistic(in_generation(lambda before, seen: statistics.change(seen.now[name], before)), "change of the mean"),
    )


def _if_begotten(compute: Compute, name: str, snapshot: Snapshot) -> Any:
    """Compute what compares a generation with its parents; NaN for founders."""
    return np.full(snapshot.now[name].shape[:-1], np.nan) if snapshot.founded else compute(snapshot)


def _covariance(left: Trait, right: Trait) -> Statistic:
    first = () if left.dim is None else (f"{left.dim}_index",)
    ending = "other" if left.dim is not None else "index"
    second = () if right.dim is None else (f"{right.dim}_{ending}",)
    unit = f"({left.unit})({right.unit})" if left.unit and right.unit else left.unit or right.unit
    meaning = f"covariance of {left.name} and {right.name}" if left != right else f"covariances of {left.name}"
    return Statistic(
        Observable((*first, *second), unit, meaning),
        lambda snapshot: statistics.covariance(snapshot.now[left.name], snapshot.now[right.name]),
    )


def _reproduction() -> Iterator[tuple[str, Statistic]]:
    yield (
        "reward_differential",
        Statistic(
            Observable((), "reward", "selection differential of the reward as selection saw it"), _reward_differential
        ),
    )
    for name, unit, meaning, compute in (
        ("lineages", "", "founders with descendants", lambda lines: lines.founders),
        ("lineage_identity", "", "sum of squared shares of the founders", lambda lines: lines.identity),
        ("effective_lineages", "", "effective number of founding lineages", lambda lines: 1.0 / lines.identity),
        ("coalesced", "", "populations that descend from one founder", lambda lines: lines.coalesced),
        (
            "ancestor_age",
            "generations",
            "age of the most recent common ancestor",
            lambda lines: _finite(lines.ancestor_age),
        ),
        ("coalescence_time", "generations", "when one founder was left", lambda lines: _finite(lines.coalesced_at)),
    ):
        observable = Observable((), unit, meaning, indicator=name == "coalesced")
        yield name, Statistic(observable, partial(_of_lineages, compute), lineage=True)

    yield (
        "parents",
        Statistic(
            Observable(("individual",), "", "every individual's parent, by its number in the population"),
            _parents,
            lineage=True,
        ),
    )


def _parents(snapshot: Snapshot) -> Array:
    replicates, size = snapshot.populations.shape
    if snapshot.founded:
        return np.full((size, replicates), np.nan)
    return (snapshot.populations.parents[0].reshape(replicates, size) % size).T.astype(np.float64)


def _of_lineages(compute: Callable[[Any], Any], snapshot: Snapshot) -> Any:
    return compute(snapshot.lineages)


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


def _reward_differential(snapshot: Snapshot) -> Array:
    seen = snapshot.populations.seen
    if seen is None:
        return np.full(snapshot.populations.shape[0], np.nan)
    return statistics.differential(seen, snapshot.offspring)
