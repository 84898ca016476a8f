"""Hard selection on a noisy probe: how bad those are that pass with a score below a threshold."""

from __future__ import annotations

from functools import partial

import numpy as np

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.probe_selection import parameters as p
from simulator.models.probe_selection.rollouts import NOISES, refuse_unknown
from simulator.parameter import POSITIVE, Parameter, Resolved

noise_scale = Parameter("noise_scale", 1.0, "s", POSITIVE, "score", "scale of the probe's own noise")
threshold = Parameter("threshold", -2.0, "t", unit="score", meaning="score below which a rollout passes")
MEASURES = {
    "misbehavior_passed": Observable((), "", "misbehavior of a rollout that passes"),
    "passed": Observable((), "", "whether a rollout passes", True),
}


def passing(noise: str = "normal") -> Experiment:
    """Return who passes a probe S = A + noise with S < threshold; a replicate is a rollout.

    Parameters
    ----------
    noise
        "normal", "laplace" or "student" (three degrees of freedom).

    Raises ValueError, in one line, for another noise.
    """
    refuse_unknown("noise", noise, NOISES)
    return Experiment(
        name=f"probe_passing_{noise}",
        parameters=(p.misbehavior_sd, noise_scale, threshold),
        measures=MEASURES,
        sample=partial(sample, noise),
        identity={"level": "rollouts", "learner": "none", "noise": noise},
    )


def sample(noise: str, parameters: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the measures of some rollouts, (replicates,) each; NaN for the misbehavior of who does not pass."""
    numbers_only(parameters)
    misbehavior = parameters["misbehavior_sd"] * generator.standard_normal(replicates)
    luck = parameters["noise_scale"] * NOISES[noise](generator, (1, replicates))[0]
    passed = misbehavior + luck < parameters["threshold"]
    return {"misbehavior_passed": np.where(passed, misbehavior, np.nan), "passed": passed.astype(float)}
