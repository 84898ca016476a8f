"""What pages are made of: numbers, settings, z-values; what is malformed is refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from tests.figures.test_essay import report, row
from theory.report.marks import number, setting
from theory.report.read import check_report


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
