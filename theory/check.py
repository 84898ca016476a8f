"""Check: predictions against simulation at random valid points, row by row, and a verdict for each.

A pilot, which is thrown away, sets the number of replicates from the effect that must be detectable; then each point
is simulated by the stepped integrator, which knows nothing of the formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from simulator.estimate import SAFETY, richardson
from simulator.parameter import Resolved, nearest, resolve
from simulator.point import run_point
from simulator.randomness import Purpose, point_key, stream
from theory.judge import (
    FAMILY_WISE_ERROR,
    LARGEST_EFFECT,
    holm,
    minimal_detectable_effect,
    p_value,
    sensitivity,
    verdict,
)
from theory.prediction import Prediction
from theory.statistic import STATISTICS, estimate

POINTS = {"quick": 5, "full": 12}
PILOT_REPLICATES = 8192
REFINED_REPLICATES = 4096
LEAST_REPLICATES = 1024  # enough for a standard error that can be believed
MOST_REPLICATES = 2**21

Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Row:
    """One prediction at one point, held against simulation.

    Parameters
    ----------
    name, parameters
        Which prediction, and the keywords of its formula.
    predicted, simulated
        The two values; NaN for a simulation that diverged.
    standard_error
        Of the simulated value.
    margin
        How far they may be apart: the formula's own error and a bound on the discretization error.
    minimal_detectable_effect
        The smallest true difference that the row finds with probability 0.95, in the units of the value.
    z
        (simulated - predicted)/standard_error; without sampling error 0 within the margin and infinite beyond it.
    verdict
        "agrees", "disagrees" or "underpowered".
    replicates
        How many were simulated.
    """

    name: str
    parameters: dict[str, Any]
    predicted: float
    simulated: float
    standard_error: float
    margin: float
    minimal_detectable_effect: float
    z: float
    verdict: str
    replicates: int

    @property
    def p_value(self) -> float:
        """The chance of so large a difference beyond the margin if the prediction is right."""
        if not math.isfinite(self.simulated):
            return 0.0
        return p_value(self.simulated - self.predicted, self.standard_error, self.margin)


def check(
    predictions: Prediction | Sequence[Prediction],
    *,
    effort: str = "quick",
    seed: int = 0,
    points: int | None = None,
    threads: int | None = None,
    progress: Progress = iter,
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

    Returns
    -------
    tuple of Row
        In the order of the predictions; all are one family for the rate of false alarms.
    """
    family = (predictions,) if isinstance(predictions, Prediction) else tuple(predictions)
    if effort not in LARGEST_EFFECT:
        raise ValueError(f"effort: got {effort!r}; {nearest(effort, LARGEST_EFFECT)}")
    number = POINTS[effort] if points is None else points
    work = [(prediction, point) for prediction in family for point in draw_points(prediction, seed, number)]
    largest = LARGEST_EFFECT[effort]
    rows = [_measure(prediction, point, largest, len(work), seed, threads) for prediction, point in progress(work)]
    return judge(rows, {prediction.name: prediction.scale for prediction in family}, largest)


def draw_points(prediction: Prediction, seed: int, number: int) -> list[dict[str, Any]]:
    """Return random valid points of a prediction; they depend on the seed and its name alone."""
    generator = stream(seed, point_key({"points of": prediction.name}), 0)
    return [prediction.valid.draw(generator) for _ in range(number)]


def judge(rows: Sequence[Row], scales: dict[str, float | None], largest: float) -> tuple[Row, ...]:
    """Return the rows with their verdicts; ``largest`` is the effect that must be detectable, relative to the scale."""
    rejected = holm([row.p_value for row in rows])
    return tuple(
        replace(
            row,
            verdict=verdict(bool(no), row.minimal_detectable_effect, largest * _scale(row, scales[row.name])),
        )
        for row, no in zip(rows, rejected, strict=True)
    )


def _scale(row: Row, declared: float | None) -> float:
    return abs(row.predicted) if declared is None else declared


def _measure(
    prediction: Prediction, point: dict[str, Any], largest: float, rows: int, seed: int, threads: int | None
) -> Row:
    """Simulate one row, with as many replicates as its power needs."""
    resolved = resolve(prediction.experiment.parameters, prediction.setting(**point))
    predicted = float(prediction(**point))
    declared = float(prediction.margin.bound(**point))
    error, own_error = _discretization(prediction, resolved, seed)
    margin = float(declared + SAFETY * abs(error) + 2.0 * own_error)
    scale = abs(predicted) if prediction.scale is None else prediction.scale
    wanted = (largest * scale - margin) / sensitivity(rows)
    replicates = _replicates(prediction, resolved, wanted, seed)
    samples = _samples(prediction, resolved, replicates, seed, threads)
    simulated, standard_error = estimate(prediction.statistic, samples)
    difference = simulated - predicted
    return Row(
        name=prediction.name,
        parameters=point,
        predicted=predicted,
        simulated=simulated,
        standard_error=standard_error,
        margin=margin,
        minimal_detectable_effect=minimal_detectable_effect(standard_error, margin, rows),
        z=_z(difference, standard_error, margin),
        verdict="",
        replicates=replicates,
    )


def _z(difference: float, standard_error: float, margin: float) -> float:
    """Return how many standard errors apart the values are; without sampling error, 0 within the margin."""
    if standard_error > 0.0:
        return difference / standard_error
    return 0.0 if abs(difference) <= margin else math.copysign(math.inf, difference)


def _samples(prediction: Prediction, resolved: Resolved, replicates: int, seed: Any, threads: int | None) -> Any:
    outcome = run_point(
        prediction.experiment, resolved, replicates, seed, threads=threads, keep=True, discretization=False
    )
    samples = outcome.samples[prediction.measure]
    return samples if outcome.diverged == 0 else np.full(samples.shape, np.nan)


def _replicates(prediction: Prediction, resolved: Resolved, wanted: float, seed: int) -> int:
    """Return how many replicates bring the standard error to the wanted one, from a pilot of its own stream."""
    key = point_key({"pilot of": prediction.name, "parameters": resolved})
    pilot = prediction.experiment.sample(resolved, PILOT_REPLICATES, stream(seed, key, 0, Purpose.PILOT))
    _, standard_error = estimate(prediction.statistic, pilot[prediction.measure])
    if standard_error == 0.0:
        return LEAST_REPLICATES
    if wanted <= 0.0 or not math.isfinite(standard_error):
        return PILOT_REPLICATES
    # An eighth more than the pilot says, for its own error of a few per cent.
    needed = 1.125 * PILOT_REPLICATES * (standard_error / wanted) ** 2
    return int(min(max(needed, LEAST_REPLICATES), MOST_REPLICATES))


def _discretization(prediction: Prediction, resolved: Resolved, seed: int) -> tuple[float, float]:
    """Return the statistic's discretization error and its standard error, from runs at two steps on one noise."""
    experiment = prediction.experiment
    if experiment.refine is None or experiment.order is None:
        return 0.0, 0.0
    key = point_key({"refinement of": prediction.name, "parameters": resolved})
    pair = experiment.refine(resolved, REFINED_REPLICATES, stream(seed, key, 0, Purpose.REFINEMENT))
    coarse, fine = (STATISTICS[prediction.statistic](samples[prediction.measure]) for samples in pair)
    return richardson(coarse - fine, experiment.order)


def report(rows: Sequence[Row], effort: str, seed: int) -> dict[str, Any]:
    """Return a check as plain data, ready for JSON."""
    from importlib.metadata import version

    versions = {package: version(package) for package in ("goaldrift", "numpy", "scipy", "sympy")}
    return {
        "effort": effort,
        "seed": seed,
        "family_wise_error": FAMILY_WISE_ERROR,
        "versions": versions,
        "rows": [asdict(row) for row in rows],
    }


def check_everything(effort: str = "quick", seed: int = 0, progress: Progress = iter) -> dict[str, Any]:
    """Check every prediction of every phenomenon and return the report as plain data."""
    from theory.catalog import phenomena, predictions

    family = [prediction for phenomenon in phenomena() for prediction in predictions(phenomenon)]
    return report(check(family, effort=effort, seed=seed, progress=progress), effort, seed)
