"""The panel and the figure: what is drawn is what was measured, and the same figure is the same bytes."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figures.figure import Figure, csv_text, prepare, save, svg_text
from figures.panel import Series, agreement, comparison, deviations, table

X = np.linspace(0.5, 4.0, 8)
PREDICTED = np.exp(-X)
ERROR = 0.01 * (1 + X)
NOISE = np.random.default_rng(5).normal(size=X.size)
CURVE = np.linspace(0.5, 4.0, 60)
PARTS: dict[str, Any] = {
    "label": "fast",
    "x": X,
    "simulated": PREDICTED + ERROR * NOISE,
    "standard_error": ERROR,
    "predicted": PREDICTED,
    "curve_x": CURVE,
    "curve_y": np.exp(-CURVE),
}


def series(**changes: Any) -> Series:
    return Series(**PARTS | changes)


def figure(**changes: Any) -> Figure:
    shown = [series(), series(label="slow", simulated=PREDICTED + 0.02)]
    canvas, _, _ = comparison(shown, xlabel="time", ylabel="share")
    parts: dict[str, Any] = {
        "name": "decay",
        "title": "A share decays",
        "canvas": canvas,
        "caption": "It decays. " + agreement(shown),
        "alt": "A falling curve.",
        "table": table(shown, x="time"),
        "provenance": {"experiment": "decay", "seed": 5, "replicates": 100},
    }
    return Figure(**parts | changes)


def test_strip_shows_the_deviations_in_standard_errors() -> None:
    shown = [series(), series(label="slow", simulated=PREDICTED + 0.02)]
    _, _, strip = comparison(shown, xlabel="time", ylabel="share")
    assert strip is not None
    drawn = {line.get_label(): line for line in strip.lines}
    for one in shown:
        np.testing.assert_array_equal(drawn[one.label].get_xdata(), X)
        np.testing.assert_array_equal(drawn[one.label].get_ydata(), (one.simulated - PREDICTED) / ERROR)
    (band,) = strip.patches
    np.testing.assert_allclose(band.get_extents().transformed(strip.transData.inverted()).intervaly, [-2, 2])


def test_upper_part_shows_the_curve_and_95_percent_bars() -> None:
    _, upper, _ = comparison([series()], xlabel="time", ylabel="share")
    curve, points = upper.lines[0], upper.lines[1]
    np.testing.assert_array_equal(curve.get_ydata(), np.exp(-CURVE))
    np.testing.assert_array_equal(points.get_ydata(), PARTS["simulated"])
    bars = np.array(upper.collections[0].get_segments())
    np.testing.assert_allclose(np.ptp(bars[:, :, 1], axis=1), 2 * 1.96 * ERROR, rtol=1e-12)


def test_strip_contains_every_point_however_far() -> None:
    _, _, strip = comparison([series(simulated=PREDICTED + 40 * ERROR)], xlabel="time", ylabel="share")
    assert strip is not None
    assert strip.get_ylim()[1] > 40


def test_given_axes_get_the_upper_part_only() -> None:
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas()
    axes = canvas.subplots()
    drawn, upper, strip = comparison([series()], xlabel="time", ylabel="share", xscale="log", axes=axes)
    assert (drawn, upper, strip) == (canvas, axes, None)
    assert canvas.axes == [axes]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_xscale()) == ("time", "share", "log")


def test_deviation_is_zero_where_nothing_is_random() -> None:
    still = series(simulated=PREDICTED, standard_error=np.zeros(X.size))
    np.testing.assert_array_equal(deviations(still), 0.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"simulated": [np.nan] * 8}, ["simulated", "'fast'", "nan", "finite"]),
        ({"predicted": [*PREDICTED[:7], np.inf]}, ["predicted", "inf", "finite"]),
        ({"curve_y": np.full(60, np.nan)}, ["curve_y", "finite"]),
        ({"predicted": PREDICTED[:3]}, ["predicted", "(3,)"]),
        ({"x": X[:0]}, ["x of series", "empty"]),
        ({"standard_error": -ERROR}, ["standard_error", ">= 0"]),
        ({"standard_error": 0 * ERROR}, ["standard_error", "x = 0.5", "differ"]),
    ],
)
def test_bad_series_are_refused(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ValueError, match="of series") as refusal:
        series(**changes)
    assert all(word in str(refusal.value) for word in words), refusal.value
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("shown", "xscale", "words"),
    [
        ([], "linear", "at least one"),
        ([series()] * 8, "linear", "fewer series"),
        ([series()], "cubic", "linear or log"),
        ([series(x=X - 0.5)], "log", "> 0 on a log axis"),
    ],
)
def test_bad_panels_are_refused(shown: list[Series], xscale: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        comparison(shown, xlabel="time", ylabel="share", xscale=xscale)


def test_agreement_counts_the_points_it_is_given() -> None:
    one = series(simulated=PREDICTED + ERROR * [0, 1, -1, 3, 0, 0, -2.5, 1])
    assert agreement([one]).startswith("6 of 8 simulated points")
    assert "3.0 standard errors away" in agreement([one])


def test_svg_is_the_same_bytes_on_a_second_run_and_a_second_save(tmp_path: Path) -> None:
    once = figure()
    runs = [save(one, tmp_path / str(run)) for run, one in enumerate((once, once, figure()))]
    contents = [[path.read_bytes() for path in paths] for paths in runs]
    assert [path.name for path in runs[0]] == ["decay.svg", "decay.png", "decay.csv"]
    assert contents[0] == contents[1] == contents[2]
    assert svg_text(figure(name="other")) != svg_text(once)


def test_the_users_own_settings_change_nothing() -> None:
    import matplotlib

    plain = svg_text(figure())
    with matplotlib.rc_context({"font.size": 20.0, "axes.grid": True, "svg.fonttype": "path"}):
        assert svg_text(figure()) == plain


def test_images_keep_text_as_text_and_carry_their_provenance(tmp_path: Path) -> None:
    from PIL import Image

    one = figure()
    svg, png, _ = save(one, tmp_path)
    root = ElementTree.fromstring(svg.read_text())
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "time" in texts
    assert "theory" in texts
    source = next(root.iter("{http://purl.org/dc/elements/1.1/}source"))
    assert json.loads(source.text or "") == one.provenance
    with Image.open(png) as image:
        assert json.loads(image.info["Provenance"]) == one.provenance
        assert image.info["Description"] == one.caption


def test_csv_reads_back_to_the_same_numbers() -> None:
    one = figure()
    header, *rows = csv.reader(csv_text(one).splitlines())
    assert header == list(one.table)
    for name, column in zip(header, zip(*rows, strict=True), strict=True):
        shown = np.asarray(one.table[name])
        read = np.array(column, dtype=shown.dtype)
        np.testing.assert_array_equal(read, shown)
    assert len(rows) == 2 * (X.size + CURVE.size)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "../decay"}, "name: got '../decay'"),
        ({"alt": " "}, "alt of decay"),
        ({"table": {"x": X, "y": X[:3]}}, "one length"),
        ({"table": {}}, "one length"),
        ({"provenance": {"model": object()}}, "plain data"),
    ],
)
def test_bad_figures_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        figure(**changes)


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=r"directory: got .*must be writable"):
        prepare(tmp_path / "file" / "inside")
    with pytest.raises(ValueError, match="format: got 'gif'; must be one of svg, png"):
        prepare(tmp_path / "new", ["gif"])
    assert not (tmp_path / "new").exists()
