"""The page of all real claims: two clicks from a sentence to its equation, its checks and its picture; contrast."""

from __future__ import annotations

import itertools
import re
from importlib.resources import files

import pytest

import theory
from tests.figures.parsed import Page, parse
from tests.figures.real_page import real_page, report, trust
from theory.claims import claims
from theory.report.page import page as check_page

FORMALIZED = [claim for claim in claims if claim.finding != "not formalized"]
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, level AA


@pytest.fixture(scope="module")
def parsed() -> Page:
    return parse(real_page())


@pytest.fixture(scope="module")
def checked() -> Page:
    return parse(check_page(report(), claims, trust()))


def reached(parsed: Page, start: str, clicks: int) -> dict[str, list[str]]:
    """The kinds of elements at every place that so many clicks can reach from an element."""
    places, edge = {start: parsed.inside(start)}, [start]
    for _ in range(clicks):
        found = [attributes["href"][1:] for place in edge for tag, attributes in places[place]
                 if tag == "a" and attributes.get("href", "").startswith("#")]  # fmt: skip
        edge = [place for place in dict.fromkeys(found) if place not in places]
        places |= {place: parsed.inside(place) for place in edge}
    return {place: [tag for tag, _ in elements] for place, elements in places.items()}


@pytest.mark.parametrize("claim", FORMALIZED, ids=lambda claim: claim.key)
def test_a_claim_is_two_clicks_from_its_equation_its_checks_and_its_picture(parsed: Page, claim) -> None:
    places = reached(parsed, f"claim-{claim.key}", 2)
    equations = {name for name in claim.predictions if "math" in places.get(f"equation-{name}", ())}
    assert equations == {name for name in claim.predictions if theory.get(name).expression is not None} != set()
    for name in claim.predictions:
        assert f"equation-{name}" in places
        assert places[f"check-{name}"].count("td") == 3 * 8
    assert "svg" in places[f"figure-{claim.figure}"]


def test_the_walk_does_not_succeed_by_itself(parsed: Page) -> None:
    """Without a click nothing is reached, and what is not formalized has no equation of its own."""
    assert list(reached(parsed, "claim-G1", 0)) == ["claim-G1"]
    assert not any(place.startswith("equation-") for place in reached(parsed, "claim-P7", 1))


def test_every_equation_has_an_anchor_and_is_led_back_from(parsed: Page) -> None:
    for subject in ("audit", *theory.phenomena()):
        for prediction in theory.predictions(subject):
            tags = [tag for tag, _ in parsed.inside(f"equation-{prediction.name}")]
            assert ("math" in tags) == (prediction.expression is not None)
    back = {attributes.get("href") for tag, attributes in parsed.inside("prediction-simplification.winner")}
    assert {"#claim-W1", "#claim-G6"} <= back


@pytest.mark.parametrize("which", ["parsed", "checked"])
def test_pages_are_whole(which: str, request: pytest.FixtureRequest) -> None:
    """Ids are unique, links resolve, headings make no jumps, tables have headers, landmarks are there once."""
    page: Page = request.getfixturevalue(which)
    assert len(page.ids) == len(set(page.ids))
    assert page.links <= set(page.ids)
    levels = [int(tag[1]) for tag, _, _ in page.found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(lower <= upper + 1 for upper, lower in itertools.pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(list(page.of(landmark))) == 1
    tables = [index for index, (tag, _, _) in enumerate(page.found) if tag == "table"]
    for index in tables:
        heads = [attributes for place, (tag, attributes, _) in enumerate(page.found)
                 if tag == "th" and _within(page, place, index)]  # fmt: skip
        assert heads
        assert all(attributes.get("scope") in ("col", "row", "rowgroup") for attributes in heads)
    for tag, attributes, _ in page.found:
        assert tag not in ("script", "link", "iframe", "img", "object")
        if attributes.get("tabindex") == "0":
            assert attributes["role"] == "region"
            assert attributes["aria-label"]
    labels = [attributes["aria-label"] for _, attributes, _ in page.found if attributes.get("role") == "region"]
    assert len(labels) == len(set(labels))
    assert {attributes["lang"] for attributes, _ in page.of("html")} == {"en"}


def _within(page: Page, index: int, ancestor: int) -> bool:
    while index > ancestor:
        index = page.parents[index]
    return index == ancestor


@pytest.mark.parametrize("which", ["parsed", "checked"])
def test_faults_and_false_alarms_are_shown(which: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(which)
    rows = [said for _, said in page.of("tr")]
    assert any(said.startswith("doubled pull goal drift (formula) The pull counts twice.") for said in rows)
    assert "goal_drift.goal_variance 0.31 512 disagrees" in rows
    (missed,) = (said for said in rows if said.startswith("a leak"))
    assert missed.startswith("a leak not caught audit")
    words = " ".join(said for _, said in page.of("p"))
    assert "2 faults were planted" in words
    assert "1 turned a row red, 1 did not" in words
    assert "of 1000 clean runs (3000 rows) 0 had a red row; the rate is below 0.003 a run" in words


def test_the_page_of_a_check_says_what_was_run_and_what_it_says_of_claims(checked: Page) -> None:
    said = " ".join(text for _, text in checked.of("section"))
    for words in ("effort quick", "seed 0", "numpy 2.1", report()["code"], "p = "):
        assert words in said
    (histogram,) = checked.of("svg")
    assert "z-values beside the standard normal density" in histogram[0]["aria-label"]
    entries = [attributes["id"] for attributes, _ in checked.of("article", class_="claim")]
    assert entries == [f"claim-{claim.key}" for claim in claims if claim.predictions]
    assert "underpowered" in " ".join(text for _, text in checked.of("header"))


def luminance(color: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2.2)."""
    digits = color.lstrip("#")
    parts = (
        [int(one * 2, 16) for one in digits] if len(digits) == 3 else [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    )
    linear = [one / 255 / 12.92 if one / 255 <= 0.04045 else ((one / 255 + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pairs() -> list[tuple[str, str, str]]:
    """Every color of text in the stylesheet with each background that it may stand on."""
    sheet = (files("theory.report") / "style.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"(--[a-z]+):\s*(#[0-9a-f]{3,6})", sheet))
    for name, color in named.items():
        sheet = sheet.replace(f"var({name})", color)
    found = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        text = re.search(r"(?<![\w-])color:\s*(#[0-9a-f]{3,6})", body)
        ground = re.search(r"background:\s*(#[0-9a-f]{3,6})", body)
        if text:  # by itself it may be on the paper, and on the wash of formulas
            grounds = [ground[1]] if ground else [named["--paper"], named["--wash"]]
            found += [(selector.strip(), text[1], one) for one in grounds]
        elif ground:
            found.append((selector.strip(), named["--ink"], ground[1]))
    return found


def test_text_stands_out_from_its_ground() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#fff") < LEAST_CONTRAST  # a gray that is known to be just too light
    found = pairs()
    assert len(found) > 15
    assert [pair for pair in found if contrast(*pair[1:]) < LEAST_CONTRAST] == []
