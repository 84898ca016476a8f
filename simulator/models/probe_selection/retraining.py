"""Many generations under a probe that is now and then fitted again to the population that it has selected.

A replicate is a population of N. A generation is read by the probe, the share ``kept_fraction`` with the lowest scores
begets the next one, and offspring mutate. At the start and after every ``period`` generations the probe is fitted to
the population as it then is, by labels that are true. Every generation is observed as the probe of its day reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.probe_selection import parameters as p
from simulator.models.probe_selection import probe as probing
from simulator.models.probe_selection.probe import FITS, Array
from simulator.models.probe_selection.rollouts import refuse_unknown
from simulator.parameter import COUNT, NONNEGATIVE, Parameter, Range, Resolved
from simulator.selection import truncation

population = Parameter(
    "population", 500, "N", Range(low=4.0), "individuals", "individuals of a population", integer=True
)
kept_fraction = Parameter("kept_fraction", 0.5, "p", Range(0.0, 1.0, True), meaning="share of a population that begets")
trace_noise = Parameter("trace_noise", 0.1, r"\eta", NONNEGATIVE, meaning="noise on the trace that evasion leaves")
period = Parameter("period", 5, "T", COUNT, "generations", "generations from one fit of the probe to the next",
                   integer=True)  # fmt: skip
PARAMETERS = (
    p.misbehavior_sd, p.evasion_sd, p.misbehavior_mutation, p.evasion_mutation, p.readout_noise, trace_noise,
    population, kept_fraction, period,
)  # fmt: skip
MEASURES = {
    "misbehavior": Observable((), "", "mean misbehavior"),
    "evasion": Observable((), "", "mean evasion"),
    "misbehavior_variance": Observable((), "", "variance of misbehavior within the population, ddof 1"),
    "evasion_variance": Observable((), "", "variance of evasion within the population, ddof 1"),
    "score": Observable((), "score", "mean of what the probe reads"),
    "misbehavior_weight": Observable((), "score", "what a unit of misbehavior adds to the probe's score"),
    "evasion_weight": Observable((), "score", "what a unit of evasion takes from it"),
    "evasion_share": Observable((), "", "evasion's share of the variance that the probe reads in the traits"),
    "recall": Observable((), "", "share of the worse half of the population that the probe puts in its upper half"),
    "auc": Observable((), "", "probability that the probe ranks one of the worse half above one of the better"),
}


@dataclass
class _State:
    """Populations on their way: traits (replicates, individuals), the probe of the day, and what it last read."""

    misbehavior: Array
    evasion: Array
    probe: Array
    seen: Array

    @property
    def score(self) -> Array:
        return probing.score(self.probe, self.seen)


def retraining(
    fit: str | None = "least_squares", *, times: Sequence[float] = (10.0,), measures: Sequence[str] | None = None
) -> Experiment:
    """Return populations under a probe that is fitted again by ``fit``, observed at whole generations.

    Parameters
    ----------
    fit
        "least_squares" (of misbehavior), "logistic" (of which half is worse), or None: the first probe stays.
    times
        Generations, whole, increasing, >= 0.
    measures
        Names in ``MEASURES``; None for all.

    Raises ValueError, in one line, for an unknown name or times that are no whole generations.
    """
    if fit is not None:
        refuse_unknown("fit", fit, FITS)
    looked = tuple(float(time) for time in times)
    if not looked or any(time != abs(int(time)) for time in looked) or list(looked) != sorted(set(looked)):
        raise ValueError(f"times: got {times!r}; must be whole generations, >= 0, increasing; pass for example (0, 10)")
    names = tuple(MEASURES) if measures is None else tuple(measures)
    for measure in names:
        refuse_unknown("measures", measure, MEASURES)
    name = f"probe_retrained_{fit}" if fit is not None else "probe_kept"
    return Experiment(
        name=name,
        parameters=PARAMETERS,
        measures={key: Observable(("time",), one.unit, one.meaning) for key, one in MEASURES.items() if key in names},
        sample=partial(sample, fit, looked, names),
        coordinates={"time": np.array(looked)},
        components=lambda resolved: 2 * int(resolved["population"]),
        identity={"level": "generations", "fit": fit, "times": looked},
    )


def sample(
    fit: str | None,
    times: Sequence[float],
    measures: Sequence[str],
    parameters: Resolved,
    replicates: int,
    generator: np.random.Generator,
) -> Samples:
    """Return the measures of some populations, (replicates, times) each."""
    numbers_only(parameters)
    shape = (replicates, parameters["population"])
    a, b = (parameters[name] * generator.standard_normal(shape) for name in ("misbehavior_sd", "evasion_sd"))
    state = _State(a, b, probing.first_probe(replicates), np.empty((*shape, 3)))
    look(state, parameters, generator)
    found = {name: np.empty((replicates, len(times))) for name in measures}
    for generation in range(int(times[-1]) + 1):
        if generation > 0:
            descend(state, parameters, generator)
            look(state, parameters, generator)
        if fit is not None and generation % parameters["period"] == 0:
            state.probe = FITS[fit](state.seen, state.misbehavior)
        if generation in times:
            for name, values in found.items():
                values[:, list(times).index(generation)] = _OBSERVED[name](state)
    return found


def look(state: _State, parameters: Resolved, generator: np.random.Generator) -> None:
    """Read the activations of everybody as they now are."""
    noises = parameters["readout_noise"], parameters["trace_noise"]
    state.seen = probing.activations(state.misbehavior, state.evasion, *noises, generator)


def descend(state: _State, parameters: Resolved, generator: np.random.Generator) -> None:
    """Let those with the lowest scores beget the next generation, which mutates."""
    size = parameters["population"]
    kept = max(1, int(np.floor(parameters["kept_fraction"] * size + 0.5)))
    parents = truncation(-state.score, generator, kept)
    for name in ("misbehavior", "evasion"):
        born = np.take_along_axis(getattr(state, name), parents, axis=1)
        mutation = parameters[f"{name}_mutation"]
        if mutation > 0.0:
            born = born + mutation * generator.standard_normal(born.shape)
        setattr(state, name, born)


def _evasion_share(state: _State) -> Array:
    weights = state.probe[:, 0], state.probe[:, 0] - state.probe[:, 1]
    read, hidden = (
        weight**2 * _variance(trait) for weight, trait in zip(weights, (state.misbehavior, state.evasion), strict=True)
    )
    return hidden / (read + hidden)


def _variance(trait: Array) -> Array:
    return np.asarray(np.var(trait, axis=1, ddof=1))


_OBSERVED: Mapping[str, Callable[[_State], Array]] = {
    "misbehavior": lambda state: state.misbehavior.mean(axis=1),
    "evasion": lambda state: state.evasion.mean(axis=1),
    "misbehavior_variance": lambda state: _variance(state.misbehavior),
    "evasion_variance": lambda state: _variance(state.evasion),
    "score": lambda state: state.score.mean(axis=1),
    "misbehavior_weight": lambda state: state.probe[:, 0],
    "evasion_weight": lambda state: state.probe[:, 0] - state.probe[:, 1],
    "evasion_share": _evasion_share,
    "recall": lambda state: probing.recall(state.score, state.misbehavior),
    "auc": lambda state: probing.area_under_curve(state.score, state.misbehavior),
}
