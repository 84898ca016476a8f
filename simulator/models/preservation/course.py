"""The goal compared with itself at the moments that matter: awareness, the first hold, and now.

Capability grows steadily, so each moment is known, and is a time at which the law is observed: no step straddles it,
and a gate however narrow is stepped without an error of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.model import Model
from simulator.observation import TIME
from simulator.parameter import Resolved

MEASURES = {
    "retention": Observable(meaning="cosine of the goal to the goal at the moment of awareness"),
    "window_drift": Observable(
        meaning="squared distance of the goal from the moment of awareness to that of the first hold, a component"
    ),
    "kept_drift": Observable(meaning="squared distance of the goal now to that at awareness, a component"),
    "memory_error": Observable(meaning="squared distance of the goal to the memory, now"),
}
_FIXED = ("threshold", "hacking_threshold", "memory_threshold", "initial_capability", "growth", "freeze_time")


def course(law: Model, steps: int = 128) -> Experiment:
    """Return a law's agents, each compared with itself at the moments of awareness, of the first hold, and now.

    Awareness is where capability passes ``threshold``, the first hold where it passes the lower of
    ``hacking_threshold`` and ``memory_threshold``; what began beyond a threshold passed it at 0. A measure of a moment
    that has not come is NaN; there is no window (drift 0) where the hold comes first.

    Parameters
    ----------
    law
        With the traits and parameters of ``preservation``.
    steps
        From 0 to the last moment; each moment gets at least one.

    Raises ValueError, in one line, when sampled with a threshold, growth, initial_capability or freeze_time that is
    drawn per replicate.
    """
    made = law.experiment(method="stepped", measures=("goal", "memory"), steps=steps)
    return Experiment(
        name=f"{law.name}_course",
        parameters=(*law.parameters, TIME),
        measures=MEASURES,
        sample=partial(_sample, law, steps),
        refine=partial(_refine, law, steps),
        order=made.order,
        components=made.components,
        identity={"level": "course", "law": law.fingerprint, "steps": steps},
        law=law,
        says="The goal compared with itself at the moments of awareness and of the first hold.",
    )


def moments(resolved: Resolved) -> tuple[float, float]:
    """Return when the agent becomes aware and when it is first held; infinity for never."""
    first = min(resolved["hacking_threshold"], resolved["memory_threshold"])
    return _passed(resolved, resolved["threshold"]), _passed(resolved, first)


def _passed(resolved: Resolved, level: float) -> float:
    way = max(level - resolved["initial_capability"], 0.0)
    return 0.0 if way == 0.0 else way / resolved["growth"] if resolved["growth"] > 0.0 else np.inf


def _sample(law: Model, steps: int, resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    made, times, point = _observed(law, steps, resolved)
    return _compared(made.sample(point, replicates, generator), times, resolved)


def _refine(
    law: Model, steps: int, resolved: Resolved, replicates: int, generator: np.random.Generator
) -> tuple[Samples, Samples]:
    made, times, point = _observed(law, steps, resolved)
    assert made.refine is not None
    coarse, fine = made.refine(point, replicates, generator)
    return _compared(coarse, times, resolved), _compared(fine, times, resolved)


def _observed(law: Model, steps: int, resolved: Resolved) -> tuple[Experiment, Sequence[float], Resolved]:
    """Return the law observed at every moment up to now, those moments, and the law's own parameters."""
    numbers_only(resolved, *_FIXED)
    now = resolved["time"]
    wanted = {0.0, now, *(one for one in (*moments(resolved), resolved["freeze_time"]) if one < now)}
    times = sorted(wanted)
    made: Experiment = law.experiment(method="stepped", measures=("goal", "memory"), times=times, steps=steps)
    return made, times, {name: one for name, one in resolved.items() if name != TIME.name}


def _compared(samples: Samples, times: Sequence[float], resolved: Resolved) -> Samples:
    goals, (aware, holds), now = samples["goal"], moments(resolved), resolved["time"]
    nothing = np.full(goals.shape[0], np.nan)

    def at(moment: float) -> Any:
        return goals[:, times.index(moment)]

    found = dict.fromkeys(MEASURES, nothing)
    if aware <= now:
        found["retention"] = _cosine(goals[:, -1], at(aware))
        found["kept_drift"] = np.mean((goals[:, -1] - at(aware)) ** 2, axis=-1)
    if max(aware, holds) <= now:
        found["window_drift"] = np.mean((at(max(aware, holds)) - at(aware)) ** 2, axis=-1)
    found["memory_error"] = np.sum((goals[:, -1] - samples["memory"][:, -1]) ** 2, axis=-1)
    if "diverged" in samples:
        found["diverged"] = samples["diverged"]
    return found


def _cosine(left: Any, right: Any) -> Any:
    return np.sum(left * right, axis=-1) / np.sqrt(np.sum(left**2, axis=-1) * np.sum(right**2, axis=-1))
