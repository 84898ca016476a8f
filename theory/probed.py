"""What one run cannot show: where an outcome flips, and how a result depends on a parameter.

Each probe is an Experiment made of another one that nothing is drawn in; what it measures is a number found by running
that again and again.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.parameter import POSITIVE, Parameter, Resolved

HALVINGS = 7


def flip(inner: Experiment, measure: str, parameter: str, halvings: int = HALVINGS) -> Experiment:
    """Return the search for the value of a parameter at which a measure changes its sign.

    The bracket between ``lowest`` and ``highest``, both > 0, is halved in the logarithm; what is measured, "flip", is
    the middle of the last one. Where nothing flips in it the result is at one of its ends.

    Parameters
    ----------
    inner
        What is run, with ``time`` as a parameter.
    measure
        Negative at the lowest value, positive at the highest; or the other way round.
    parameter
        What is varied; it is no parameter of the search.
    halvings
        How often the bracket is halved: the result is good to ln(highest/lowest)/2^(halvings + 1), relatively.
    """
    ends = tuple(
        Parameter(name, 1.0, range=POSITIVE, meaning=f"end of the search for {parameter}")
        for name in ("lowest", "highest")
    )
    return Experiment(
        name=f"{inner.name}_flip",
        parameters=(*(one for one in inner.parameters if one.name != parameter), *ends),
        measures={"flip": Observable(meaning=f"{parameter} at which {measure} changes its sign")},
        sample=partial(_searched, inner, measure, parameter, halvings),
        identity={"probe": "flip", "of": inner.identity, "measure": measure, "parameter": parameter,
                  "halvings": halvings},
    )  # fmt: skip


def slope(inner: Experiment, measure: str, parameter: str, step: float, logarithmic: bool = False) -> Experiment:
    """Return the slope of a measure in the logarithm of a parameter, by a central difference over -+ step.

    Parameters
    ----------
    inner
        What is run; the measure is a number a replicate.
    measure, parameter
        Of it.
    step
        In ln parameter.
    logarithmic
        Whether the measure's logarithm is taken too: then the slope is an exponent.
    """
    return Experiment(
        name=f"{inner.name}_slope",
        parameters=inner.parameters,
        measures={"slope": Observable(meaning=f"slope of {measure} in ln {parameter}")},
        sample=partial(_difference, inner, measure, parameter, step, logarithmic),
        identity={"probe": "slope", "of": inner.identity, "measure": measure, "parameter": parameter, "step": step,
                  "logarithmic": logarithmic},
    )  # fmt: skip


def _run(inner: Experiment, measure: str, given: Resolved, generator: np.random.Generator) -> float:
    return float(inner.sample(given, 1, generator)[measure][0])


def _searched(
    inner: Experiment, measure: str, parameter: str, halvings: int, given: Resolved, replicates: int,
    generator: np.random.Generator,
) -> Samples:  # fmt: skip
    point = {name: value for name, value in given.items() if name not in ("lowest", "highest")}
    low, high = np.log(given["lowest"]), np.log(given["highest"])

    def at(place: float) -> bool:
        return _run(inner, measure, {**point, parameter: float(np.exp(place))}, generator) > 0.0

    rising = at(high)
    for _ in range(halvings):
        middle = (low + high) / 2.0
        low, high = (low, middle) if at(middle) == rising else (middle, high)
    return {"flip": np.full(replicates, np.exp((low + high) / 2.0))}


def _difference(
    inner: Experiment, measure: str, parameter: str, step: float, logarithmic: bool, given: Resolved, replicates: int,
    generator: np.random.Generator,
) -> Samples:  # fmt: skip
    def at(shift: float) -> Any:
        found = _run(inner, measure, {**given, parameter: given[parameter] * float(np.exp(shift))}, generator)
        return np.log(found) if logarithmic else found

    return {"slope": np.full(replicates, (at(step) - at(-step)) / (2.0 * step))}
