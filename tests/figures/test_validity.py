"""Figures of validity maps: what they show is the map, what they say follows from it, the same bytes again."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest

import theory
from figures import catalog
from figures.figure import csv_text, svg_text
from figures.goal_drift import validity_of_closure, validity_of_kimura
from figures.map import LEVELS, TINTS

SHOWN = {
    "validity_of_kimura": (320, {"goal_drift.fixation_probability"}),
    "validity_of_closure": (35, {"goal_drift.mutation_selection_variance"}),
    "validity_of_small_noise": (882, {"crystallization.deception_probability"}),
    "validity_of_held_drive": (96, {"simplification.shares"}),
    "validity_of_grokking_time": (91, {"grokking.grokking_time", "grokking.grokking_time_logistic"}),
}
# The others are checked beyond what they show: in larger populations, and under smaller noise.
CHECKED = ("validity_of_kimura", "validity_of_held_drive", "validity_of_grokking_time")


@lru_cache(maxsize=8)
def drawn(name):
    return catalog.find(name)()


def test_every_map_is_in_the_catalog():
    assert {name for name in catalog.names() if name.startswith("validity_of")} == set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_a_figure_shows_its_map_and_says_what_is_in_it(name):
    figure = drawn(name)
    table, (rows, predictions) = figure.table, SHOWN[name]
    assert figure.name == name
    assert len(table["error"]) == rows
    assert set(figure.predictions) == predictions
    assert all(theory.get(one) for one in predictions)
    assert csv_text(figure).count("\n") == rows + 1
    known = table["resolved"] & np.isfinite(table["error"])
    worst = np.abs(table["error"][known]).max()
    assert any(text in figure.caption for text in (f"{worst:.1%}", f"{worst:.0%}", f"{worst:.3f}", f"{worst:.2f}"))
    # Wherever a prediction is checked its margin covers what is found.
    assert table["covered"][table["inside"]].all()
    assert table["inside"].any() == (name in CHECKED)
    assert ("checked here" in svg_text(figure)) == (name in CHECKED)
    left = ~table["covered"] & np.isfinite(table["margin"]) & np.isfinite(table["error"])
    said = re.findall(r"leaves its declared margin in (\d+) of", figure.caption)
    assert sum(map(int, said)) == left.sum()
    assert ("leaves its margin" in svg_text(figure)) == bool(left.any())
    assert ("not resolved" in svg_text(figure)) == bool((~table["resolved"]).any())


@pytest.mark.parametrize("name", SHOWN)
def test_saving_twice_gives_the_same_bytes_with_text_as_text(name):
    text = svg_text(drawn(name))
    assert text == svg_text(drawn(name))
    assert "1%" in text


def test_drawing_twice_gives_the_same_bytes_and_another_seed_others():
    few, again, other = (validity_of_closure(replicates=160, seed=seed, largest=20) for seed in (1, 1, 2))
    assert svg_text(few) == svg_text(again) != svg_text(other)
    assert few.table["resolved"].sum() < few.table["resolved"].size
    assert svg_text(validity_of_kimura(largest=20)) == svg_text(validity_of_kimura(largest=20))


def test_the_conditions_that_captions_state_hold_in_their_maps():
    kimura = {name: column[:160] for name, column in drawn("validity_of_kimura").table.items()}
    s, size = kimura["strength"], kimura["population"]
    assert np.all(np.abs(kimura["error"])[(s < 0.06) | ((size - 2) * s**2 < 0.18)] < 0.01)
    closure = drawn("validity_of_closure").table
    tight = closure["population"] * np.sqrt(closure["selection_times_mutation"]) > 45
    assert np.all((closure["margin"] / closure["predicted"])[tight] < 0.01)
    assert np.any((closure["margin"] / closure["predicted"])[~tight] > 0.01)
    held = drawn("validity_of_grokking_time")
    decay, off = held.table["decay"][:42], np.abs(held.table["error"])[:42]
    least = float(held.caption.split("below 1 % for λ/k < ")[1].split(" ")[0].rstrip("."))
    assert off[decay < least].max() < 0.01 < off[decay > least].max()


def test_colors_get_darker_and_their_levels_are_written():
    luminance = [sum(w * int(tint[i : i + 2], 16) for w, i in ((0.3, 1), (0.59, 3), (0.11, 5))) for tint in TINTS]
    assert np.all(np.diff(luminance) < -15)
    text = svg_text(drawn("validity_of_held_drive"))
    assert all(f">{level}<" in text for level in ("0.1%", "1%", "5%", "20%"))
    assert len(LEVELS) == len(TINTS) - 1


def test_a_map_can_be_part_of_a_canvas():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    figure = validity_of_kimura(axes=axes, strongest=0.3, largest=20)
    assert figure.canvas is axes.get_figure()
    assert axes.get_xlabel() == "advantage $s$"
    assert set(figure.table["map"]) == {"it earns more reward", "it earns less"}


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("validity_of_kimura", {"strongest": 3.0}, "strongest: got 3"),
        ("validity_of_closure", {"replicates": 1}, "replicates: got 1; must be at least 2"),
        ("validity_of_closure", {"largest": 15}, "largest: got 15; must be at least 20"),
        ("validity_of_small_noise", {"split": 0.0}, "split: got 0"),
        ("validity_of_held_drive", {"decay_time": 1.0}, "unknown parameter 'decay_time'"),
        ("validity_of_grokking_time", {"memorizing_share": 1.0}, "memorizing_share: got 1"),
    ],
)
def test_what_a_figure_has_no_use_for_is_refused(name, given, message):
    with pytest.raises(ValueError, match=message):
        catalog.find(name)(**given)
