"""How a race ended, in the words of a race: which route, when, and what is left of the distances on the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from simulator.experiment import Experiment, Observable, Samples
from simulator.models.crystallization.racing import Route, race, routes
from simulator.parameter import Resolved


def decisions(number: int = 2, level: str = "langevin", **options: Any) -> Experiment:
    """Return the race of a number of routes, observed once by how it stands at ``time``.

    Parameters
    ----------
    number
        How many routes there are, from 2 to 12.
    level
        "langevin" or "flow".
    options
        Of that level, except ``times`` and ``measures``.

    Measures: ``route``, the number of the route that has won, from 0, NaN where none has; ``decision_time``, when, NaN
    likewise; ``remainder``, what is left of every distance, an axis "way", 0 for the route that has won;
    ``residual_misalignment``, that of the first where another route has won, NaN elsewhere.

    Raises ValueError, in one line, for an unknown level or option.
    """
    return decided(race(number), routes(number), level, **options)


def decided(law: Any, ways: Sequence[Route], level: str = "langevin", **options: Any) -> Experiment:
    """Return any law that is a race between ways in the measures of ``decisions``; options as there."""
    inner: Experiment = law.experiment(level, measures=tuple(way.distance.name for way in ways), **options)
    return inner.replace(
        measures={
            "route": Observable(meaning="number of the route that won"),
            "decision_time": Observable((), "time", "when it won"),
            "remainder": Observable(("way",), "", "what is left of the distance on every route"),
            "residual_misalignment": Observable((), "", "distance to the designers' goal where another route won"),
        },
        sample=partial(_sample, inner, ways),
        refine=partial(_refine, inner, ways) if inner.refine else None,
        pack=None,
        states=None,
        coordinates={"way": np.array([way.name for way in ways])},
        identity={**inner.identity, "decided": tuple(way.name for way in ways)},
    )


def _sample(
    inner: Experiment, ways: Sequence[Route], resolved: Resolved, replicates: int, generator: np.random.Generator
) -> Samples:
    return _words(inner.sample(resolved, replicates, generator), ways)


def _refine(
    inner: Experiment, ways: Sequence[Route], resolved: Resolved, replicates: int, generator: np.random.Generator
) -> tuple[Samples, Samples]:
    if inner.refine is None:
        raise ValueError(f"refine: {inner.name} is not discretized; sample it")
    coarse, fine = inner.refine(resolved, replicates, generator)
    return _words(coarse, ways), _words(fine, ways)


def _words(samples: Samples, ways: Sequence[Route]) -> Samples:
    """Say by number which route an agent stopped on; where it did, nothing is left of that distance."""
    won = np.stack([samples[f"route_{way.name}"] > 0.0 for way in ways], axis=-1)
    left = np.stack([samples[way.distance.name] for way in ways], axis=-1)
    any_won = won.any(axis=-1)
    left = np.where(won, 0.0, left)
    route = np.where(any_won, won.argmax(axis=-1), np.nan)
    return {
        "route": route,
        "decision_time": samples["stopping_time"],
        "remainder": left,
        "residual_misalignment": np.where(any_won & ~won[:, 0], left[:, 0], np.nan),
        "diverged": samples["diverged"],
    }
