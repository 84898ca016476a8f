"""What pages are made of: numbers, settings, z-values; what is malformed is refused in one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.figures.real_page import trust
from tests.figures.test_essay import report, row
from theory.report.marks import number, setting
from theory.report.normality import EDGES, normality
from theory.report.read import check_report, check_trust


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (-2, "−2"),
        (1.5e-7, "1.5\u202f×\u202f10<sup>−7</sup>"),
        (-3e20, "−3\u202f×\u202f10<sup>20</sup>"),
        (1e-10, "1\u202f×\u202f10<sup>−10</sup>"),
        ("-inf", "−∞"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_set_as_readers_write_them(value: Any, shown: str) -> None:
    assert str(number(value)).replace("&#8239;", "\u202f") == shown


def test_settings_of_any_kind_are_set() -> None:
    shown = setting({"dim": 16, "base": [1.0, 0, 0, 0, 0, 0], "loss": "<held>"})
    for part in ("dim = 16", "base = (1, 0, 0, 0, …)", "loss = &lt;held&gt;"):
        assert part in shown


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (["rows"], "got list; must be a report"),
        ({"effort": "quick"}, "no proper 'seed'"),
        (report(rows={}), "no proper 'rows'"),
        (report("text"), "row 0: got str"),
        (report(row(), row(name=3)), "row 1: got no proper 'name'"),
        (report(row(z=None)), "row 0: got None as 'z'; must be a number"),
        (report(row(margin="0.1")), "'0.1' as 'margin'"),
        (report(row(predicted=True)), "True as 'predicted'"),
        (report(row(verdict="fine")), "'fine'; must be one of agrees"),
    ],
)
def test_malformed_reports_are_refused_in_one_line(bad: Any, words: str) -> None:
    with pytest.raises(ValueError, match=r"^check: ") as refusal:
        check_report(bad)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith("make it with python -m theory --json FILE")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"faults": None}, "trust: got no proper 'faults'; must be a table of planted faults"),
        ({"seed": "7"}, "trust: got no proper 'seed'"),
        ({"false_alarms": {"runs": 10}}, "trust: false_alarms: got no proper 'rows'; must be a number"),
        ({"faults": ["a"]}, "trust: fault 0: got str; must be a mapping"),
        ({"faults": [{"name": 3}]}, "trust: fault 0: got no proper 'name'; must be text"),
        ({"faults": [trust()["faults"][0] | {"caught": "yes"}]}, "trust: fault 0: got no proper 'caught' and 'rows'"),
        ({"faults": [trust()["faults"][0] | {"rows": [{"z": 1}]}]}, "a row without proper 'z_clean' and 'z'"),
        ({"faults": [trust()["faults"][0] | {"rows": [{"z": 1, "z_clean": 1}]}]}, "a row without proper 'name'"),
    ],
)
def test_malformed_tables_of_faults_are_refused_in_one_line(change: Any, words: str) -> None:
    check_trust(trust())
    with pytest.raises(ValueError, match=r"^trust: ") as refusal:
        check_trust(trust() | change)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith("make it with python -m theory trust --json FILE")


def whole(z: float, **changes: Any) -> dict[str, Any]:
    return row(z=z) | {"p_value": 0.5, "replicates": 10, "scale": 1.0, "exact": True} | changes


def test_z_values_are_held_against_the_normal_law() -> None:
    rng = np.random.default_rng(20261121)
    found = normality([whole(z) for z in rng.standard_normal(400)])
    assert found.enough
    assert found.z.size == 400
    assert found.p_value > 1e-3  # one seed in a thousand would fail
    # Standard errors half too small; a quarter too small is seen in the spread, for which that test has little power.
    assert normality([whole(2.0 * z) for z in rng.standard_normal(400)]).p_value < 1e-6
    mild = normality([whole(1.3 * z) for z in rng.standard_normal(400)])
    assert abs(found.spread - 1.0) < 5 * found.spread_error
    assert mild.spread - 1.0 > 5 * mild.spread_error
    assert not normality([whole(z) for z in rng.standard_normal(5)]).enough


def test_only_exact_rows_with_a_sampling_error_count_as_normal() -> None:
    left_out = [whole(9.0, exact=False), whole(9.0, standard_error=0.0), whole(9.0, predicted=0.0), whole("inf"), row()]
    assert normality([*left_out, whole(0.5)]).z.tolist() == [0.5]


def test_the_histogram_holds_every_row() -> None:
    """Its bars' areas add up to one, the ones beyond its ends included."""
    found = normality([whole(z) for z in (-9.0, -0.6, 0.1, 0.2, 0.3, 2.2, 7.0)] * 4)
    heights = [float(part.partition('height="')[2].partition('"')[0]) for part in str(found.svg).split("<rect ")[1:]]
    assert len(heights) == len(EDGES) - 1
    assert heights[8] == pytest.approx(3 * heights[0], rel=0.02)
    assert [place for place, height in enumerate(heights) if height] == [0, 6, 8, 12, 15]
