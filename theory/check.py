"""Check: predictions against simulation at random valid points, row by row, and a verdict for each.

A pilot, which is thrown away, sets the number of replicates from the effect that must be detectable; then each point
is simulated by the stepped integrator, which knows nothing of the formula, and reduced block by block.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from simulator.estimate import SAFETY, richardson
from simulator.experiment import Samples
from simulator.parameter import Resolved, nearest, resolve
from simulator.point import count_diverged, run_blocks
from simulator.randomness import Purpose, point_key, stream
from theory.controlled import stacked, with_controls
from theory.evidence import Evidence, judged_by
from theory.fingerprint import code_fingerprint
from theory.judge import FAMILY_WISE_ERROR, LARGEST_EFFECT, verdicts
from theory.prediction import EXACT, Prediction
from theory.row import Row

POINTS = {"quick": 5, "full": 12}
PILOT_REPLICATES = 8192
REFINED_REPLICATES = {"quick": 2**14, "full": 2**17}  # the margin's own error must stay below what is looked for
ALIKE_REPLICATES = 2  # of a simulation without chance, in which all come out alike
LEAST_REPLICATES = 1024  # enough for a standard error that can be believed
MOST_REPLICATES = {"quick": 2**22, "full": 2**25}

Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Docket:
    """What all rows of one check share.

    Parameters
    ----------
    effort
        "quick" or "full".
    seed
        The seed of all noise.
    rows
        How many rows are judged together.
    threads
        How many blocks to run at once; None for one a processor.
    """

    effort: str
    seed: int
    rows: int
    threads: int | None


def check(
    predictions: Prediction | Sequence[Prediction],
    *,
    effort: str = "quick",
    seed: int = 0,
    points: int | None = None,
    threads: int | None = None,
    progress: Progress = iter,
    control: bool = False,
) -> tuple[Row, ...]:
    """Hold predictions against simulation at random points of their regions of validity.

    Parameters
    ----------
    predictions
        One or several.
    effort
        "quick" (effects of 1 % are detectable, 5 points each) or "full" (0.3 %, 12 points).
    seed
        An int >= 0; the points and all noise follow from it and the prediction's name.
    points
        How many points each, if not as many as the effort says.
    threads
        How many blocks to run at once; None for one a processor.
    progress
        Wraps the iteration over rows, to show how far it has come.
    control
        Whether means are weighed with control variates where there are any that hide no fault (``theory.controlled``).

    Returns
    -------
    tuple of Row
        In the order of the predictions; all are one family for the rate of false alarms.
    """
    family = (predictions,) if isinstance(predictions, Prediction) else tuple(predictions)
    if control:
        family = tuple(map(with_controls, family))
    if effort not in LARGEST_EFFECT:
        raise ValueError(f"effort: got {effort!r}; {nearest(effort, LARGEST_EFFECT)}")
    number = POINTS[effort] if points is None else points
    work = [(prediction, point) for prediction in family for point in draw_points(prediction, seed, number)]
    docket = Docket(effort, seed, len(work), threads)
    rows = [_measure(prediction, point, docket) for prediction, point in progress(work)]
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


def _measure(prediction: Prediction, point: dict[str, Any], docket: Docket) -> Row:
    """Simulate one row, with as many replicates as its power needs."""
    resolved = resolve(prediction.experiment.parameters, prediction.setting(**point))
    evidence = judged_by(prediction, point)
    margin = float(prediction.margin.bound(**point)) + _step_error(prediction, evidence, resolved, docket)
    wanted = LARGEST_EFFECT[docket.effort] * evidence.scale - margin
    replicates = _replicates(prediction, evidence, resolved, wanted, docket)
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
        minimal_detectable_effect=margin + evidence.reach(found.standard_error, docket.rows),
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


def _replicates(prediction: Prediction, evidence: Evidence, resolved: Resolved, wanted: float, docket: Docket) -> int:
    """Return how many replicates bring the standard error to what the wanted reach needs, from a pilot."""
    key = point_key({"pilot of": prediction.name, "parameters": resolved})
    pilot = prediction.experiment.sample(resolved, PILOT_REPLICATES, stream(docket.seed, key, 0, Purpose.PILOT))
    standard_error = evidence.weigh(evidence.of(columns(prediction, pilot))).standard_error
    if standard_error == 0.0:
        return ALIKE_REPLICATES
    if wanted <= 0.0 or not math.isfinite(standard_error):
        return PILOT_REPLICATES
    # A quarter more than the pilot says, for its own error of some per cent.
    needed = 1.25 * PILOT_REPLICATES * (evidence.reach(standard_error, docket.rows) / wanted) ** 2
    return int(min(max(needed, LEAST_REPLICATES), MOST_REPLICATES[docket.effort]))


def _step_error(prediction: Prediction, evidence: Evidence, resolved: Resolved, docket: Docket) -> float:
    """Return a bound on the statistic's discretization error, from runs at two steps on one noise."""
    experiment = prediction.experiment
    if experiment.refine is None or experiment.order is None:
        return 0.0
    key = point_key({"refinement of": prediction.name, "parameters": resolved})
    generator = stream(docket.seed, key, 0, Purpose.REFINEMENT)
    pair = experiment.refine(resolved, REFINED_REPLICATES[docket.effort], generator)
    coarse, fine = (evidence.influence(columns(prediction, samples)) for samples in pair)
    error, own_error = richardson(coarse - fine, experiment.order)
    return float(np.max(SAFETY * np.abs(error) + 2.0 * own_error))


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


def check_everything(effort: str = "quick", seed: int = 0, progress: Progress = iter) -> dict[str, Any]:
    """Check every prediction of every phenomenon, and the machinery's own, and return the report as plain data."""
    from theory.catalog import predictions, subjects

    family = [prediction for subject in subjects() for prediction in predictions(subject)]
    return report(check(family, effort=effort, seed=seed, progress=progress), effort, seed)
