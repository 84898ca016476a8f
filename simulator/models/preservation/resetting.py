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

from simulator.distribution import is_distribution
from simulator.experiment import Experiment, Observable, Samples
from simulator.models.preservation.law import dim, noise, remembered, start, weight_decay
from simulator.observation import TIME
from simulator.parameter import NONNEGATIVE, POSITIVE, Parameter, Resolved

rate = Parameter("rate", 1.0, r"\nu", NONNEGATIVE, "1/time", "rate at which the goal is read from memory")
hazard = Parameter("hazard", 1.0, r"\phi", POSITIVE, "1/time", "rate at which the freezing of the weights comes")
read_noise = Parameter("read_noise", 0.0, r"\sigma_r", NONNEGATIVE, meaning="error of each component of a read goal")


def sample(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the goals at ``time``, compared with the memory; agents whose next read is later drop out of the loop.

    Raises ValueError, in one line, for a parameter that is drawn per replicate.
    """
    _refuse_draws(resolved)
    kept = resolved["remembered"][:, np.newaxis]
    goal = np.repeat(resolved["start"][:, np.newaxis], replicates, axis=1)
    left, reads = np.full(replicates, resolved["time"]), np.zeros(replicates)
    running = np.arange(replicates)
    while running.size:
        waits = _waits(resolved["rate"], running.size, generator)
        goal[:, running] = _moved(goal[:, running], np.minimum(waits, left[running]), resolved, generator)
        left[running] -= waits
        running = running[left[running] > 0.0]
        reads[running] += 1.0
        goal[:, running] = kept + resolved["read_noise"] * generator.standard_normal((kept.size, running.size))
    away = goal - kept
    squares = away**2
    return {
        "memory_error": squares.sum(axis=0),
        "spread": squares.mean(axis=0),
        "gap_component": away[0],
        "reads": reads,
    }


def sample_frozen(resolved: Resolved, replicates: int, generator: np.random.Generator) -> Samples:
    """Return the goals at ``time``, each frozen at a random time of its own, compared with the start.

    Raises ValueError, in one line, for a parameter that is drawn per replicate.
    """
    _refuse_draws(resolved)
    goal = np.repeat(resolved["start"][:, np.newaxis], replicates, axis=1)
    waits = _waits(resolved["hazard"], replicates, generator)
    moved = _moved(goal, np.minimum(waits, resolved["time"]), resolved, generator)
    return {"frozen_error": np.sum((moved - goal) ** 2, axis=0), "frozen": (waits <= resolved["time"]).astype(float)}


def _refuse_draws(resolved: Resolved) -> None:
    for name, one in resolved.items():
        if is_distribution(one):
            raise ValueError(f"{name}: got a distribution; must be a number for all agents; sweep over it instead")


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
)
