"""Figures of the witnesses: what is stored and what was registered, the same bytes again."""

from __future__ import annotations

import numpy as np
import pytest

from figures.figure import svg_text
from figures.witnesses import deep_networks, network_groks
from witnesses.entrenchment import witness as deep
from witnesses.grokking import witness as network


@pytest.fixture(scope="module")
def groks():
    return network_groks()


@pytest.fixture(scope="module")
def deeper():
    return deep_networks()


def points(figure, series):
    mine = (figure.table["series"] == series) & (figure.table["kind"] == "point")
    return {name: figure.table[name][mine] for name in ("simulated", "predicted", figure_axis(figure))}


def figure_axis(figure):
    return next(name for name in figure.table if name not in ("series", "kind", "simulated", "predicted"))


def test_the_lines_of_the_jumps_are_what_was_registered(groks):
    registration = network.registrations[0]
    registered = [registration[f"jump_time.decay_{decay:g}"].value for decay in registration.settings["decays"]]
    np.testing.assert_allclose(points(groks, "by decay")["predicted"], registered)
    line = (groks.table["series"] == "by decay") & (groks.table["kind"] == "curve")
    logs = (np.log(groks.table[name][line]) for name in (figure_axis(groks), "predicted"))
    drawn = np.exp(np.interp(np.log(registration.settings["decays"]), *logs))
    np.testing.assert_allclose(drawn, registered, rtol=1e-4)


def test_the_points_of_the_jumps_are_what_was_found(groks):
    registration = network.registrations[0]
    found = {one.forecast.name: one.found for one in network.verdicts(registration)}
    expected = [found[f"jump_time.{key}"] for key in ("size_80", "size_100", "decay_0.01", "size_160")]
    np.testing.assert_allclose(points(groks, "by size")["simulated"], expected)
    assert f"{found['jump_time.decay_0.01']:.0f} found" in groks.caption


def test_the_network_follows_the_law_to_the_jump_and_not_to_the_end(groks):
    share = points(groks, "share that generalizes")
    off = share["predicted"] - share["simulated"]
    assert np.abs(off[:5]).max() < 0.15
    assert off[-1] > 0.1


def test_the_winners_are_those_of_the_runs(deeper):
    registration = deep.registrations[0]
    runs = deep.data(registration, "runs")
    for depth in registration.settings["depths"]:
        mine = runs.where(depth=depth, noise=0.0)
        found = [np.mean(mine["simple"][mine["head_start"] == head] > 0.5)
                 for head in registration.settings["head_starts"]]  # fmt: skip
        np.testing.assert_allclose(points(deeper, f"depth {depth}")["simulated"], found)


def test_the_handover_follows_the_law_where_features_are_redundant(deeper):
    clean = points(deeper, "redundant features")
    # Minibatches and unequal layers leave a few hundredths.
    assert np.abs(clean["simulated"] - clean["predicted"]).max() < 0.05
    noisy = points(deeper, "each with noise 0.2")
    assert noisy["predicted"][-1] - noisy["simulated"][-1] > 0.1


@pytest.mark.parametrize("draw", [deep_networks, network_groks])
def test_a_figure_is_the_same_bytes_again(draw, request):
    before = request.getfixturevalue("groks" if draw is network_groks else "deeper")
    assert svg_text(draw()) == svg_text(before)
