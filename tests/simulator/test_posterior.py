"""Selection from a prior: a plain twin pointwise, the law's own reward, bounded work, honest refusals."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import Normal, simulate
from simulator.functions import total
from simulator.models.goal_drift import base, goal, goal_drift, pull
from simulator.models.goal_drift.episode import watched
from simulator.models.goal_drift.posterior import SMALLEST_BATCH, posterior
from simulator.parameter import resolve

Z = 5.5  # two-sided false alarm rate 4e-8 a comparison; fewer than 20 comparisons in this file
POINT = {"dim": 2, "initial_capability": 1.2, "spread": 0.6, "inverse_temperature": 3.0, "prior_sd": 1.3, "value": 0.8}


def plain_selection(p, replicates, seed):
    """Select agents as one would write it by hand."""
    generator = np.random.default_rng(seed)
    batch, kept = max(replicates, SMALLEST_BATCH), []
    low, high = p["initial_capability"] - p["spread"], p["initial_capability"] + p["spread"]
    while sum(len(one) for one in kept) < replicates:
        c = low + (high - low) * generator.random(batch)
        g = p["prior_sd"] * generator.standard_normal((2, batch))
        openness = 1 / (1 + np.exp((c - p["threshold"]) / p["width"]))
        lost = p["value"] * (high - c) + openness * p["pull"] / 2 * ((g - p["base"][:, None]) ** 2).sum(axis=0)
        chosen = generator.random(batch) < np.exp(-p["inverse_temperature"] * lost)
        kept.append(np.column_stack([c, g[0]])[chosen])
    return np.concatenate(kept)[:replicates]


def test_the_sampler_equals_its_plain_twin():
    made = posterior(goal_drift)
    point = resolve(made.parameters, POINT)
    found = made.sample(point, 700, np.random.default_rng(4))
    expected = plain_selection(point, 700, 4)
    np.testing.assert_allclose(found["capability"], expected[:, 0], rtol=1e-12)
    np.testing.assert_allclose(found["base_component"], expected[:, 1], rtol=1e-12, atol=1e-15)
    cold = {**point, "inverse_temperature": 3.5}  # a wrong twin is told apart
    assert not np.array_equal(found["base_component"], plain_selection(cold, 700, 4)[:, 1])


def test_without_selection_it_is_the_prior():
    found = simulate(posterior(goal_drift), replicates=20_000, dim=3, inverse_temperature=0.0, prior_sd=2.0)
    assert abs(found.base_component) < Z * found.base_component_se
    assert abs(found.base_component_var / 4.0 - 1.0) < Z * np.sqrt(2 / 20_000)


def test_it_selects_by_the_law_it_is_given():
    """A law whose reward pulls on a shut gate too has its capable agents' goals selected."""
    leaking = goal_drift.replace(reward=goal_drift.reward - pull / 2 * total((goal - base) ** 2))
    capable = {"dim": 1, "initial_capability": 9.0, "inverse_temperature": 1.0, "replicates": 4000}
    assert float(simulate(posterior(leaking), **capable).base_component) > 0.4
    assert abs(float(simulate(posterior(goal_drift), **capable).base_component)) < 0.1


def test_work_is_bounded_and_refusals_say_why():
    made = posterior(goal_drift)
    with pytest.raises(ValueError, match=r"inverse_temperature: 0 of \d+ agents accepted; .*lower it"):
        simulate(made, replicates=2, dim=8, inverse_temperature=1e6)
    with pytest.raises(ValueError, match="pull: got a distribution; must be a number"):
        simulate(made, replicates=2, pull=Normal(1.0, 0.1))
    hostile = goal_drift.replace(reward=goal_drift.reward + pull * total((goal - base) ** 2))
    with pytest.raises(ValueError, match=r"reward: an agent earns .* more than b"):
        simulate(posterior(hostile), replicates=2)


def test_an_episode_is_played_as_often_as_the_gate_says():
    made = watched(goal_drift).experiment(method="stepped", times=(1.0,), steps=1)
    found = simulate(made, replicates=40_000, dim=2, growth=0.0, initial_capability=1.1, noise=0.0, pull=0.0,
                     start=Normal(0.0, 1.0), observation_noise=0.5, keep="samples")  # fmt: skip
    acted = int(found.signal_n[0])
    share = 1 / (1 + np.exp(1.0))
    assert abs(acted / 40_000 - share) < Z * np.sqrt(share * (1 - share) / 40_000)
    blur = (found.observation_samples - found.signal_samples).values[:, 0]
    blur = blur[np.isfinite(blur)]
    assert blur.size == acted
    assert abs(blur.std() / 0.5 - 1.0) < Z / np.sqrt(2 * acted)
