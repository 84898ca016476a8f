"""Check: predictions against simulation at random valid points, row by row, and a verdict for each.

A pilot, which is thrown away, sets the number of replicates from the effect that must be detectable; then each point
is simulated by the stepped integrator, which knows nothing of the formula, and reduced block by block.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from simulator.experiment import Samples
from simulator.parameter import Resolved, nearest, resolve
from simulator.point import count_diverged, run_blocks
from simulator.randomness import point_key, stream
from theory.catalog import get, is_listed
from theory.controlled import stacked, with_controls
from theory.evidence import Evidence, judged_by
from theory.fingerprint import code_fingerprint
from theory.judge import FAMILY_WISE_ERROR, LARGEST_EFFECT, verdicts
from theory.prediction import EXACT, Prediction
from theory.row import Row
from theory.sizing import Docket, replicates_for, step_error
from theory.workers import checked_workers, scattered

POINTS = {"quick": 4, "full": 4}

Progress = Callable[[Iterable[Any]], Iterable[Any]]
Work: TypeAlias = tuple[Prediction, dict[str, Any]]


def check(
    predictions: Prediction | Sequence[Prediction],
    *,
    effort: str = "quick",
    seed: int = 0,
    points: int | None = None,
    threads: int | None = None,
    workers: int | None = 1,
    progress: Progress = iter,
    control: bool = False,
) -> tuple[Row, ...]:
    """Hold predictions against simulation at random points of their regions of validity.

    Parameters
    ----------
    predictions
        One or several.
    effort
        "quick" (effects of 1 % are detectable, 4 points each) or "full" (0.3 %, as many).
    seed
        An int >= 0; the points and all noise follow from it and the prediction's name.
    points
        How many points each, if not as many as the effort says.
    threads
        How many blocks to run at once; None for one a processor.
    workers
        How many processes to spread the rows of the catalog's own predictions over, one thread each; None for one a
        processor. Other predictions are run here, one row after the other. The rows are the same bytes for any number.
    progress
        Wraps the iteration over rows, to show how far it has come.
    control
        Whether means are weighed with control variates where there are any that hide no fault (``theory.controlled``).

    Returns
    -------
    tuple of Row
        In the order of the predictions; all are one family for the rate of false alarms.

    Raises
    ------
    ValueError
        In one line, before any work, for an effort, a seed or a number of workers that cannot be.
    ChildProcessError
        In one line, if a worker died.
    """
    family = (predictions,) if isinstance(predictions, Prediction) else tuple(predictions)
    if control:
        family = tuple(map(with_controls, family))
    if effort not in LARGEST_EFFECT:
        raise ValueError(f"effort: got {effort!r}; {nearest(effort, LARGEST_EFFECT)}")
    processes = checked_workers(workers)
    number = POINTS[effort] if points is None else points
    work = [(prediction, point) for prediction in family for point in draw_points(prediction, seed, number)]
    docket = Docket(effort, seed, len(work), threads)
    found = dict(row for _, row in zip(progress(work), _rows(work, docket, processes), strict=True))
    rows = [found[place] for place in range(len(work))]
    return verdicts(rows, {prediction.name: prediction for prediction in family}, LARGEST_EFFECT[effort])


def draw_points(prediction: Prediction, seed: int, number: int) -> list[dict[str, Any]]:
    """Return random valid points of a prediction; they depend on the seed and its name alone."""
    generator = stream(seed, point_key({"points of": prediction.name}), 0)
    points: list[dict[str, Any]] = []
    for _ in range(20 * number):  # a box of whole numbers may hold fewer points than are asked for
        if len(points) == number:
            break
        point = prediction.valid.draw(generator)
        if point not in points:
            points.append(point)
    return points


def _rows(work: Sequence[Work], docket: Docket, workers: int) -> Iterator[tuple[int, Row]]:
    """Yield each row with its place, as it comes: those that another process can find by name from there."""
    names = {place: (prediction.name, point) for place, (prediction, point) in enumerate(work) if is_listed(prediction)}
    sent = names if workers > 1 else {}
    kept = ((place, _measure(*one, docket)) for place, one in enumerate(work) if place not in sent)
    return chain(kept, scattered(partial(_named, replace(docket, threads=1)), sent, workers))


def _named(docket: Docket, name: str, point: dict[str, Any]) -> Row:
    return _measure(get(name), point, docket)


def _measure(prediction: Prediction, point: dict[str, Any], docket: Docket) -> Row:
    """Simulate one row, with as many replicates as its power needs."""
    resolved = resolve(prediction.experiment.parameters, prediction.setting(**point))
    evidence = judged_by(prediction, point)
    read = partial(columns, prediction)
    margin = float(prediction.margin.bound(**point)) + step_error(prediction, evidence, resolved, read, docket)
    wanted = LARGEST_EFFECT[docket.effort] * evidence.scale - margin
    replicates = replicates_for(prediction, evidence, resolved, read, wanted, docket)
    accumulated, diverged = _accumulate(prediction, evidence, resolved, replicates, docket)
    found = evidence.weigh(accumulated)
    simulated = found.simulated if diverged == 0 else math.nan
    return Row(
        name=prediction.name,
        parameters=point,
        predicted=evidence.predicted,
        simulated=simulated,
        standard_error=found.standard_error,
        margin=margin,
        minimal_detectable_effect=margin + evidence.reach(found, docket.rows),
        z=evidence.z(found, margin) if diverged == 0 else math.nan,
        verdict="",
        p_value=evidence.p_value(found, margin) if diverged == 0 else 0.0,
        replicates=replicates,
        scale=evidence.scale,
        exact=prediction.margin is EXACT,
    )


def _accumulate(
    prediction: Prediction, evidence: Evidence, resolved: Resolved, replicates: int, docket: Docket
) -> tuple[Any, int]:
    """Run the replicates and return the statistic's accumulator, and how many overflowed."""

    def reduce(samples: Samples) -> tuple[Any, int]:
        return evidence.of(columns(prediction, samples)), count_diverged(samples)

    run = partial(run_blocks, prediction.experiment, resolved, replicates, docket.seed, reduce)
    accumulated, diverged = None, 0
    for part, lost in run(threads=docket.threads):
        accumulated = part if accumulated is None else accumulated.merge(part)
        diverged += lost
    return accumulated, diverged


def columns(prediction: Prediction, samples: Samples) -> Any:
    """Return what a statistic is made of: samples (replicates,), or pairs (replicates, 2).

    A pair is two measures, or one measure at two times. Of a chain, an axis "draw", each replicate counts once, by
    its mean; it must be long enough for that mean to mean something.
    """
    if prediction.experiment.controls:
        return stacked(prediction, samples)
    if isinstance(prediction.measure, tuple):
        return np.stack([samples[name] for name in prediction.measure], axis=-1)
    array = samples[prediction.measure]
    if "draw" in prediction.experiment.observable(prediction.measure).dims:
        from simulator.estimate import effective_sample_size

        effective_sample_size(array)
        return array.mean(axis=-1)
    return array


def report(rows: Sequence[Row], effort: str, seed: int) -> dict[str, Any]:
    """Return a check as plain data, ready for JSON."""
    from importlib.metadata import version

    versions = {package: version(package) for package in ("goaldrift", "numpy", "scipy", "sympy")}
    return {
        "effort": effort,
        "seed": seed,
        "family_wise_error": FAMILY_WISE_ERROR,
        "versions": versions,
        "code": code_fingerprint(),
        "rows": [asdict(row) for row in rows],
    }


def check_everything(
    effort: str = "quick", seed: int = 0, progress: Progress = iter, workers: int | None = 1
) -> dict[str, Any]:
    """Check every prediction of every phenomenon, and the machinery's own, and return the report as plain data."""
    from theory.catalog import predictions, subjects

    family = [prediction for subject in subjects() for prediction in predictions(subject)]
    return report(check(family, effort=effort, seed=seed, workers=workers, progress=progress), effort, seed)
