"""The moments of goal_drift against Euler's scheme, which knows nothing of exact relaxation.

Behind a shut gate the stepped integrator's own step is exact, so its agreement there says little by itself: the witness
here takes the law's bare drift and noise in small steps. False alarms: two-sided 6e-7 a comparison, eight comparisons;
Euler's own bias at 2000 steps is allowed for with 2e-3 of the value. A variance 5 % off falls outside half that
band.
"""

from __future__ import annotations

import numpy as np
import pytest

import theory

Z, EULER, STEPS, AGENTS = 5.0, 2e-3, 2000, 40_000
GATE = {"pull": 1.3, "width": 0.2, "growth": 0.7, "threshold": 1.1, "initial_capability": 0.1, "time": 2.5}


def euler(weight_decay, noise, gate, start, base):
    """Return goals (agents,) after plain Euler steps of dg = [-pull (1 - a)(g - b) - decay g] dt + noise dW."""
    generator, h = np.random.default_rng(5), gate["time"] / STEPS
    goal, capability = np.full(AGENTS, start), gate["initial_capability"]
    for _ in range(STEPS):
        openness = 1 / (1 + np.exp((capability - gate["threshold"]) / gate["width"]))
        drift = -gate["pull"] * openness * (goal - base) - weight_decay * goal
        goal = goal + drift * h + noise * np.sqrt(h) * generator.standard_normal(AGENTS)
        capability += gate["growth"] * h
    return goal


def agree(found, error, predicted):
    return abs(found - predicted) < Z * error + EULER * abs(predicted)


def moments(goal):
    return goal.mean(), goal.std() / np.sqrt(AGENTS), goal.var(ddof=1), goal.var() * np.sqrt(2 / AGENTS)


@pytest.mark.parametrize("weight_decay", [0.05, 0.8])
def test_behind_a_shut_gate(weight_decay):
    shut = {**GATE, "threshold": -10.0}
    mean, mean_error, variance, variance_error = moments(euler(weight_decay, 0.5, shut, start=2.0, base=-1.0))
    kept = theory.get("goal_drift.retained_goal")(weight_decay=weight_decay, time=2.5)
    spread = theory.get("goal_drift.shut_variance")(weight_decay=weight_decay, noise=0.5, time=2.5)
    assert agree(mean, mean_error, 2.0 * kept)
    assert agree(variance, variance_error, spread)
    assert not agree(variance, variance_error / 2, 1.05 * spread)


@pytest.mark.parametrize("growth", [0.2, 0.7])
def test_while_the_gate_shuts(growth):
    gate = {**GATE, "growth": growth}
    mean, mean_error, variance, variance_error = moments(euler(0.0, 0.5, gate, start=2.0, base=-1.0))
    learned = theory.get("goal_drift.learned_fraction")(**gate)
    spread = theory.get("goal_drift.goal_variance")(**gate, noise=0.5)
    assert agree(mean, mean_error, 2.0 - 3.0 * learned)
    assert agree(variance, variance_error, spread)
    assert not agree(variance, variance_error / 2, 1.05 * spread)
