"""Results as labeled data: an xarray.Dataset with the means, their errors, and where they came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import xarray as xr

from simulator.estimate import SAFETY
from simulator.experiment import Experiment, Observable
from simulator.identity import fingerprint
from simulator.outcome import Outcome
from simulator.parameter import Resolved
from simulator.randomness import entropy_of

PACKAGES = ("goaldrift", "numpy", "scipy", "sympy", "xarray")


def to_dataset(experiment: Experiment, resolved: Resolved, outcome: Outcome, seed: Any) -> xr.Dataset:
    """Return one point's outcome as a Dataset."""
    variables: dict[str, Any] = {}
    for name, observable in experiment.measures.items():
        variables |= _statistics(name, observable, outcome)
        if name in outcome.samples:
            variables[f"{name}_samples"] = (("replicate", *observable.dims), outcome.samples[name])
    variables["replicates"] = ((), outcome.replicates, {"long_name": "number of replicates"})
    variables["diverged"] = ((), outcome.diverged, {"long_name": "replicates that overflowed"})
    variables["status"] = ((), _status(outcome, resolved))
    return xr.Dataset(
        variables, coords=_coordinates(experiment, resolved), attrs=_attributes(experiment, resolved, seed)
    )


def _statistics(name: str, observable: Observable, outcome: Outcome) -> dict[str, Any]:
    tally = outcome.tallies[name]
    # A replicate that overflowed makes a mean meaningless; leaving it out would be a silent choice.
    valid = np.where((tally.count > 0) & (outcome.diverged == 0), 1.0, np.nan)
    label = {"long_name": observable.meaning, "units": observable.unit}
    variables = {
        name: (observable.dims, tally.mean * valid, label),
        f"{name}_se": (
            observable.dims,
            tally.error(observable.indicator) * valid,
            {"long_name": f"standard error of {name}"},
        ),
        f"{name}_var": (observable.dims, tally.variance * valid, {"long_name": f"variance of {name}"}),
        f"{name}_n": (
            observable.dims,
            tally.count.astype(np.int64),
            {"long_name": f"replicates of {name}"},
        ),
    }
    if name in outcome.discretization:
        estimate, own_error = outcome.discretization[name]
        bound = (SAFETY * np.abs(estimate) + 2.0 * own_error) * valid
        variables[f"{name}_de"] = (
            observable.dims,
            bound,
            {"long_name": f"bound on the discretization error of {name}"},
        )
    return variables


def _status(outcome: Outcome, resolved: Resolved) -> str:
    if outcome.diverged == 0:
        return "ok"
    return f"diverged: {outcome.diverged} of {outcome.replicates} replicates overflowed at {readable(resolved)}"


def readable(resolved: Resolved) -> str:
    """Return a point as JSON whose numbers are exact; distributions are written as they are declared."""
    plain = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in resolved.items()}
    return json.dumps(plain, default=str)


def _coordinates(experiment: Experiment, resolved: Resolved) -> dict[str, Any]:
    coordinates: dict[str, Any] = {
        axis: values(resolved) if callable(values) else values for axis, values in experiment.coordinates.items()
    }
    for parameter in experiment.parameters:
        value = resolved[parameter.name]
        if isinstance(value, (int, float)):
            coordinates[parameter.name] = (
                (),
                value,
                {"long_name": parameter.meaning, "units": parameter.unit},
            )
    return coordinates


def _attributes(experiment: Experiment, resolved: Resolved, seed: Any) -> dict[str, Any]:
    identity: Mapping[str, Any] = {"name": experiment.name, **experiment.identity}
    return {
        "experiment": experiment.name,
        "level": str(identity.get("level", "experiment")),
        "law": str(identity.get("law", "")),
        "specification": fingerprint({**identity, "parameters": resolved}),
        "parameters": readable(resolved),
        "seed": entropy_of(seed),
        **{f"version_{package}": version(package) for package in PACKAGES},
    }
