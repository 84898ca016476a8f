"""A goal that is read from memory, or frozen, at random times: jump processes, simulated event by event.

Between reads each component obeys dg = -weight_decay g dt + noise dW; reads come at the rate nu, independently of it,
and put the goal at the memory, up to the noise of reading: g = m + read_noise xi. Waits are exponential, and in between
the goal moves exactly, by an increment whose law is that of the equation above; no step is made. ``freezing`` is the
same until one event, with the rate ``hazard``, after which the goal stands still.
Source: Evans and Majumdar, Physical Review Letters 106 (2011) 160601.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.distribution import numbers_only
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.preservation.law import dim, noise, remembered, start, weight_decay
from simulator.observation import TIME
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, Resolved

rate = Parameter("rate", 1.0, r"\nu", NONNEGATIVE, "1/time", "rate at which the goal is read from memory")
hazard = Parameter("hazard", 1.0, r"\phi", POSITIVE, "1/time", "rate at which the freezing of the weights comes")
read_noise = Parameter("read_noise", 0.0, r"\sigma_r", NONNEGATIVE, meaning="error of each component of a read goal")


def sample(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the goals at ``time``, compared with the memory.

    Reads come one after another; as each wipes out what was before it, the goal is moved only from the last one on.
    Raises ValueError, in one line, for a parameter that is drawn per replicate.
    """
    numbers_only(resolved)
    since, reads = _last_read(resolved["rate"], resolved["time"], replicates, generator)
    kept, begun = resolved["remembered"][:, np.newaxis], resolved["start"][:, np.newaxis]
    read = kept + resolved["read_noise"] * generator.standard_normal((kept.size, replicates))
    goal = _moved(np.where(reads > 0, read, begun), since, resolved, generator)
    squares = (goal - kept) ** 2
    return {
        "memory_error": squares.sum(axis=0),
        "spread": squares.mean(axis=0),
        "gap_component": goal[0] - kept[0],
        "reads": reads.astype(float),
    }


def _last_read(pace: float, time: float, replicates: int, generator: np.random.Generator) -> tuple[Any, Any]:
    """Return how long ago each agent's last read was (or its start, if there was none), and how many there were."""
    left, reads = np.full(replicates, time), np.zeros(replicates, dtype=np.int64)
    running = np.arange(replicates)
    while running.size:
        after = left[running] - _waits(pace, running.size, generator)
        running, after = running[after > 0.0], after[after > 0.0]
        left[running] = after
        reads[running] += 1
    return left, reads


def sample_frozen(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the goals at ``time``, each frozen at a random time of its own, compared with the start.

    Raises ValueError, in one line, for a parameter that is drawn per replicate.
    """
    numbers_only(resolved)
    goal = np.repeat(resolved["start"][:, np.newaxis], replicates, axis=1)
    waits = _waits(resolved["hazard"], replicates, generator)
    moved = _moved(goal, np.minimum(waits, resolved["time"]), resolved, generator)
    return {"frozen_error": np.sum((moved - goal) ** 2, axis=0), "frozen": (waits <= resolved["time"]).astype(float)}


def _waits(pace: float, size: int, generator: np.random.Generator) -> Any:
    drawn = generator.standard_exponential(size)
    return drawn / pace if pace > 0.0 else np.full(size, np.inf)


def _moved(goal: Any, duration: Any, resolved: Resolved, generator: np.random.Generator) -> Any:
    """Return goals after a duration each in which nothing was read."""
    decay = resolved["weight_decay"]
    spread = duration if decay == 0.0 else -np.expm1(-2.0 * decay * duration) / (2.0 * decay)
    shock = resolved["noise"] * np.sqrt(spread) * generator.standard_normal(goal.shape)
    return goal * np.exp(-decay * duration) + shock


resetting = Experiment(
    name="preservation_resetting",
    parameters=(dim, start, remembered, weight_decay, noise, rate, read_noise, TIME),
    measures={
        "memory_error": Observable(meaning="squared distance of the goal to the memory"),
        "spread": Observable(meaning="squared distance of the goal to the memory, a component"),
        "gap_component": Observable(meaning="goal less memory, in the first component"),
        "reads": Observable(meaning="how often the goal has been read"),
    },
    sample=sample,
    components=lambda resolved: int(resolved["dim"]),
    identity={"level": "jumps", "law": "resetting"},
    says="A goal that is read from memory at random times drifts between reads alone.",
)

freezing = Experiment(
    name="preservation_freezing",
    parameters=(dim, start, weight_decay, noise, hazard, TIME),
    measures={
        "frozen_error": Observable(meaning="squared distance of the goal to its start"),
        "frozen": Observable(meaning="whether the goal has been frozen", indicator=True),
    },
    sample=sample_frozen,
    components=lambda resolved: int(resolved["dim"]),
    identity={"level": "jumps", "law": "freezing"},
    says="A goal drifts until its weights are frozen, at a random time.",
)
