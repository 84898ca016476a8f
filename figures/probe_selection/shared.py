"""What the figures of probe selection are made with: statistics of simulated rollouts, and a finished figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from figures.figure import Figure
from figures.finish import finished
from figures.panel import Series
from simulator.estimate import STATISTICS
from simulator.experiment import Experiment
from simulator.parameter import resolve
from simulator.point import run_blocks


def estimated(
    experiment: Experiment, measures: tuple[str, ...], replicates: int, seed: int, points: Sequence[Mapping[str, Any]]
) -> tuple[Any, Any]:
    """Return at each point the mean of one measure, or the ratio of the means of two, and the standard errors."""
    statistic = STATISTICS["ratio" if len(measures) == 2 else "mean"]

    def reduce(samples: Mapping[str, Any]) -> Any:
        columns = [samples[name] for name in measures]
        return statistic.of(np.stack(columns, axis=-1) if len(columns) == 2 else columns[0])

    found = []
    for point in points:
        resolved = resolve(experiment.parameters, point)
        first, *rest = run_blocks(experiment, resolved, replicates, seed, reduce)
        for part in rest:
            first = first.merge(part)
        found.append([float(one) for one in statistic.evaluate(first)])
    values, errors = np.array(found).T
    return values, errors


def figure(
    name: str, title: str, canvas: Any, caption: str, alt: str, series: Sequence[Series], x: str,
    replicates: int, seed: int, point: Mapping[str, Any], predictions: tuple[str, ...],
) -> Figure:  # fmt: skip
    """Return a finished figure of points with errors on the theory's lines."""
    provenance = {"experiment": "probe_selection", "parameters": point, "replicates": replicates, "seed": seed}
    names = tuple(f"probe_selection.{one}" for one in predictions)
    return finished(name, title, canvas, caption, alt, series, x, provenance, names)
