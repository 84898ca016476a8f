"""The depth at which the winner changes, looked for by simulation: two features, many depths at once.

The simpler feature wins in shallow products and the one that leads at the start in deep ones. The law with the drive
held is integrated at depths on a grid until one feature has the drive to itself; the grid is narrowed to the gap in
which the winner changes, once more. Nothing here knows where it should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.experiment import Experiment, Observable, Samples
from simulator.models.simplification import efficiency, features, held, start
from simulator.parameter import Parameter, Range, Resolved, resolve

GRID = 64
NARROWINGS = 2
COMPOUNDED = 150.0  # L weight_decay t of the run: decay alone would leave exp(-150)
deepest = Parameter("deepest", 12.0, r"L_{\max}", Range(low=2.0, open_low=True), meaning="deepest product looked at")


@dataclass(frozen=True)
class Grid:
    """Values from low to high at equal distances, one a replicate."""

    low: float
    high: float

    def draw(self, _: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return the grid; nothing is random about it."""
        return np.linspace(self.low, self.high, shape[-1])


def boundary() -> Experiment:
    """Return the depth, from 2 on, above which the simpler of two features no longer wins; NaN where it always does."""
    law = held.experiment("flow", measures=("share",))
    return Experiment(
        name="simplification_entrenchment",
        parameters=(features, efficiency, start, deepest),
        measures={"depth": Observable(meaning="depth at which the winner changes")},
        sample=partial(sample, law),
        identity={"level": "flow", "law": held.fingerprint},
    )


def resolution(low: float, high: float) -> float:
    """Return how wide the last gap is in which the winner changes."""
    return float((high - low) / (GRID - 1.0) ** NARROWINGS)


def sample(law: Experiment, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return one search, repeated: nothing is random in it."""
    if parameters["features"] != 2:
        raise ValueError(f"features: got {parameters['features']}; must be 2, for two winners; pass features=2")
    low, high = 2.0, parameters["deepest"]
    for _ in range(NARROWINGS):
        low, high = _narrowed(law, parameters, low, high, generator)
        if np.isnan(low):
            break
    return {"depth": np.full(replicates, 0.5 * (low + high))}


def _narrowed(
    law: Experiment, parameters: Resolved, low: float, high: float, generator: np.random.Generator
) -> tuple[float, float]:
    """Return the neighboring depths of the grid between which the simpler feature stops winning."""
    simple = int(np.argmax(parameters["efficiency"]))
    given = {name: parameters[name] for name in ("features", "efficiency", "start")}
    point = {**given, "depth": Grid(low, high), "weight_decay": 1.0, "time": COMPOUNDED / low}
    wins = law.sample(resolve(law.parameters, point), GRID, generator)["share"][:, simple] > 0.5
    depths, last = np.linspace(low, high, GRID), np.flatnonzero(wins)
    if last.size == 0 or last[-1] == GRID - 1:
        return np.nan, np.nan
    return float(depths[last[-1]]), float(depths[last[-1] + 1])


def final_shares(
    efficiency: Sequence[float], start: Sequence[float], low: float, high: float, count: int, age: float = 60.0
) -> NDArray[np.float64]:
    """Return who supplies the drive in the end, at depths on a grid, from the law with the drive held.

    Parameters
    ----------
    efficiency, start
        Of the features, one number each.
    low, high, count
        The depths, from ``low`` >= 1 to ``high`` at equal distances.
    age
        weight_decay t of the end; features below depth two settle as exp(-(2 - L) age).

    Returns
    -------
    Array
        Shares, shape (depths, features).
    """
    law = held.experiment("flow", measures=("share",))
    point = {"features": len(start), "efficiency": efficiency, "start": start, "depth": Grid(low, high),
             "weight_decay": 1.0, "time": age}  # fmt: skip
    return np.asarray(law.sample(resolve(law.parameters, point), count, np.random.default_rng(0))["share"])
