"""Experiment: anything that turns parameters, replicates and a stream into named measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulator.parameter import Parameter, Resolved, nearest

Samples: TypeAlias = Mapping[str, NDArray[Any]]
Sampler: TypeAlias = Callable[[Resolved, int, np.random.Generator], Samples]
Packer: TypeAlias = Callable[[Sequence[Resolved], int, Sequence[np.random.Generator]], list[Samples]]
Refiner: TypeAlias = Callable[[Resolved, int, np.random.Generator], tuple[Samples, Samples]]


@dataclass(frozen=True)
class Observable:
    """A measure as an experiment returns it.

    Parameters
    ----------
    dims
        The names of the axes that follow the replicates, such as ("time",) or ("time", "component").
    unit, meaning
        For the reader and the axis label.
    indicator
        Whether it is 0 or 1, so that 0 of n is not taken for certainty.
    """

    dims: tuple[str, ...] = ()
    unit: str = ""
    meaning: str = ""
    indicator: bool = False


@dataclass(frozen=True)
class Twin:
    """Something solvable on the same noise, for control variates: numbers whose mean is zero by construction.

    Parameters
    ----------
    says
        What it is, for the results' attributes.
    controls
        How many control variates each measure gets.
    symmetric
        How many of them, the first ones, have mean zero by symmetry alone, whatever the law and its sampler: those that
        hide no fault. The others take that the sampler draws what it says.
    plain
        The sampler that it belongs to; it is no twin of any other.
    sample
        Returns what ``plain`` does from the same stream, and for each measure an array NAME_control
        (replicates, ..., controls), of mean zero whatever the law.
    components
        As in an ``Experiment``, where the twin makes a difference.
    """

    says: str
    controls: int
    symmetric: int
    plain: Sampler
    sample: Sampler
    components: Callable[[Resolved], int] | None = None


def _one(_: Resolved) -> int:
    return 1


@dataclass(frozen=True)
class Experiment:
    """What a sweep, a check and a figure know of a simulation.

    Parameters
    ----------
    name
        The phenomenon.
    parameters
        Everything a point must fix.
    measures
        Per measure, what it is.
    sample
        ``sample(parameters, replicates, generator)`` returns per measure an array (replicates, ...); a measure that
        does not apply to a replicate is NaN there. A boolean array under "diverged" marks replicates that overflowed.
    refine
        The same on coupled noise at the step and at half the step, (coarse, fine); None if nothing is discretized.
    order
        The weak order of the discretization.
    coordinates
        Per axis, its values, or a function of the resolved parameters.
    components
        The number of values in one replicate's state, given the parameters; it fixes the size of a block.
    group
        How many replicates in a row are drawn together, a power of two: their dependence, as of antithetic pairs,
        makes the mean more certain, and the error follows from the groups. 1 where each is drawn by itself.
    pack
        ``pack(points, replicates, generators)`` returns per point what ``sample`` would up to rounding, for many
        points at once; None if points are only sampled one by one. The samples of a point do not depend on its company.
    states
        The same experiment with the traits as measures, for ``keep="trajectories"``.
    twin
        What control variates come from, or why there is none, in words.
    controls
        How many control variates ``sample`` returns with each measure; 0 until ``controlled``.
    identity
        Plain data that tells this experiment from every other one.
    law
        The Model that it was made from, if there is one: to show it, and to say where two laws differ.
    says
        One sentence, for the list of experiments.
    """

    name: str
    parameters: tuple[Parameter, ...]
    measures: Mapping[str, Observable]
    sample: Sampler
    refine: Refiner | None = None
    order: int | None = None
    coordinates: Mapping[str, Any] = field(default_factory=dict)
    components: Callable[[Resolved], int] = _one
    group: int = 1
    pack: Packer | None = None
    states: Callable[[], Experiment] | None = None
    twin: Twin | str = "nothing in it has a mean that is known without what is to be found out"
    controls: int = 0
    identity: Mapping[str, Any] = field(default_factory=dict)
    law: Any = None
    says: str = ""

    def replace(self, **changes: Any) -> Experiment:
        """Return this experiment with some parts replaced."""
        return replace(self, **changes)

    def observable(self, measure: str) -> Observable:
        """Return a measure's description; raise ValueError with the nearest right name if there is none."""
        if measure not in self.measures:
            raise ValueError(f"unknown measure {measure!r} of {self.name}; {nearest(measure, self.measures)}")
        return self.measures[measure]


def as_experiment(subject: Any) -> Experiment:
    """Return an experiment as it is and a model at its default level; raise TypeError for anything else."""
    if isinstance(subject, Experiment):
        return subject
    if callable(getattr(subject, "experiment", None)):
        made = subject.experiment()
        if isinstance(made, Experiment):
            return made
    raise TypeError(
        f"experiment: got {type(subject).__name__}; must be an Experiment or a Model; pass model.experiment()"
    )


def twin_of(experiment: Experiment) -> Twin | str:
    """Return an experiment's twin, or why it has none."""
    if isinstance(experiment.twin, Twin) and experiment.twin.plain is not experiment.sample:
        return "its sampler is made from another one, whose twin is not its own"
    return experiment.twin


def controlled(experiment: Experiment, control: bool = True) -> Experiment:
    """Return an experiment with control variates from its twin, or as it is where none are asked for.

    Raises ValueError, in one line, if it has no twin, with the reason.
    """
    if not isinstance(control, bool):
        raise TypeError(f"control: got {control!r}; must be True or False; pass control=True for control variates")
    if not control or experiment.controls:
        return experiment
    twin = twin_of(experiment)
    if not isinstance(twin, Twin):
        raise ValueError(f"control: got True; {experiment.name} has no solvable twin: {twin}; leave control out")
    return experiment.replace(
        sample=twin.sample, pack=None, states=None, controls=twin.controls,
        components=twin.components or experiment.components,
        identity={**experiment.identity, "control": twin.says},
    )  # fmt: skip
