"""The page: well-formed, self-contained, accessible, and true to the report that it is given."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest

from figures.essay import check_report, number, page, setting
from figures.figure import Figure, csv_text
from figures.panel import Series, comparison, table
from witnesses.witness import verdicts

VOID = {"meta", "br", "hr", "img", "link", "input", "col", "wbr"}


@dataclass(frozen=True)
class Claim:
    key: str
    title: str = "Goals <drift> & turn"
    statement: str = "They do."
    source: str = "The goal essays"
    predictions: tuple[str, ...] = ()
    figure: str = ""
    condition: str = ""
    condition_mathml: str = ""
    assumption: str = ""


@dataclass(frozen=True)
class Formula:
    name: str
    says: str = "It decays."
    latex: str = "e^{-t}"

    def mathml(self) -> str:
        return "<mrow><msup><mi>&ExponentialE;</mi><mi>t</mi></msup></mrow>"


def row(name: str = "drift.share", **changes: Any) -> dict[str, Any]:
    numbers = {"predicted": 0.5, "simulated": 0.51, "standard_error": 0.01, "margin": 1e-6, "z": 1.0}
    found = {"name": name, "parameters": {"pull": 1.5}, **numbers, "minimal_detectable_effect": 0.004}
    return found | {"verdict": "agrees"} | changes


def report(*rows: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    made = {"effort": "quick", "seed": 0, "family_wise_error": 1e-6, "versions": {"numpy": "2.1"}}
    return made | {"rows": list(rows)} | changes


def figure(name: str, *predictions: str) -> Figure:
    x = np.linspace(0.0, 2.0, 5)
    shown = [Series("", x, np.exp(-x) + 0.01, np.full(5, 0.01), np.exp(-x), x, np.exp(-x))]
    canvas, _, _ = comparison(shown, xlabel="time", ylabel="share")
    return Figure(
        name, f"Title of {name}", canvas, "It <decays>.", 'A "falling" curve & points.', table(shown),
        {"seed": 0, "command": f"python -m figures {name} --seed 0"}, predictions,
    )  # fmt: skip


CLAIMS = (
    Claim("G1", predictions=("drift.share", "drift.never"), figure="one", condition="it is shut early",
          condition_mathml="<math><mi>κ</mi></math>", assumption="A gate."),
    Claim("G2", predictions=("drift.time",), figure="missing", condition="always <so>"),
    Claim("W1", source="The note on weight decay"),
)  # fmt: skip
VERDICTS = {"G1": "holds when", "G2": "contradicted", "W1": "not formalized"}
ROWS = (row(), row(verdict="underpowered"), row("drift.time", verdict="disagrees", z="inf", simulated="nan"))


@dataclass
class Page(HTMLParser):
    """Every element with its attributes and text; an element left open or closed twice fails the test."""

    found: list[tuple[str, dict[str, str], list[str]]] = field(default_factory=list)
    open: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in VOID:
            self.open.append(len(self.found) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self.open.pop()][0] == tag, f"{tag} closes another element, at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        for index in self.open:
            self.found[index][2].append(data)

    def of(self, tag: str, **wanted: str) -> Iterator[tuple[dict[str, str], str]]:
        for name, attributes, texts in self.found:
            if name == tag and all(attributes.get(key.rstrip("_")) == value for key, value in wanted.items()):
                yield attributes, " ".join("".join(texts).split())


@pytest.fixture(scope="module")
def text() -> str:
    figures = {"one": figure("one"), "two": figure("two", "drift.share")}
    return page(figures, CLAIMS, report(*ROWS), formula=Formula, judge=lambda claim, rows: VERDICTS[claim.key])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def parsed(text: str) -> Page:
    made = Page()
    made.feed(text)
    made.close()
    assert not made.open, "elements left open"
    return made


def test_page_has_unique_ids_and_every_internal_link_resolves(parsed: Page) -> None:
    ids = [attributes["id"] for _, attributes, _ in parsed.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [value for _, attributes, _ in parsed.found for name, value in attributes.items()
             if name in ("href", "xlink:href", "aria-labelledby")]  # fmt: skip
    inside = {link.removeprefix("#") for link in links if not link.startswith("data:")}
    assert inside <= set(ids)
    assert {"claim-G1", "figure-one", "figure-two", "check-drift.share", "claims", "figures", "checks"} <= inside


def test_marks_of_the_drawings_resolve(text: str, parsed: Page) -> None:
    ids = {attributes["id"] for _, attributes, _ in parsed.found if "id" in attributes}
    used = {part.partition(")")[0] for part in text.split("url(#")[1:]}
    assert used
    assert used <= ids


def test_page_needs_neither_network_nor_scripts(text: str, parsed: Page) -> None:
    for tag, attributes, _ in parsed.found:
        assert tag not in ("script", "link", "iframe", "img", "object")
        for name in ("src", "href", "xlink:href", "data", "srcset"):
            assert not attributes.get(name, "").startswith(("http", "//")), (tag, attributes)
    assert "@import" not in text
    assert "url(http" not in text


def test_page_has_landmarks_and_headings_in_order(parsed: Page) -> None:
    for landmark in ("header", "nav", "main", "footer"):
        assert len(list(parsed.of(landmark))) == 1
    levels = [int(tag[1]) for tag, _, _ in parsed.found if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(lower <= upper + 1 for upper, lower in itertools.pairwise(levels))


def test_every_figure_says_what_it_shows(parsed: Page) -> None:
    drawings = [attributes["aria-label"] for attributes, _ in parsed.of("svg", role="img")]
    assert drawings == ['A "falling" curve & points.'] * 2
    assert len(list(parsed.of("svg"))) == 2
    assert [said for _, said in parsed.of("figcaption")] == ["It <decays>."] * 2
    assert sum(said == "python -m figures two --seed 0" for _, said in parsed.of("code")) == 1
    # Two formulas of the claim that points to the first, one that the second names itself.
    assert sum(said == "e^{-t}" for _, said in parsed.of("code")) == 3
    assert [said for _, said in parsed.of("math")].count("et") == 3


def test_data_links_hold_the_csv(parsed: Page) -> None:
    ((attributes, _),) = parsed.of("a", download="two.csv")
    data = unquote(attributes["href"].removeprefix("data:text/csv;charset=utf-8,"))
    assert data == csv_text(figure("two"))
    assert len(list(csv.reader(io.StringIO(data)))) == 11


def test_ledger_gives_each_claim_its_verdict_and_evidence(parsed: Page) -> None:
    claims = {attributes["id"]: said for attributes, said in parsed.of("article", class_="claim")}
    assert list(claims) == ["claim-G1", "claim-G2", "claim-W1"]
    first = claims["claim-G1"]
    assert "G1 Goals <drift> & turn holds when They do." in first
    assert "Condition it is shut earlyκ Rests on A gate. Figure Title of one" in first
    assert "drift.share: 1 agrees, 1 underpowered" in first
    assert "drift.never: not checked" in first
    assert "contradicted" in claims["claim-G2"]
    assert "Condition always <so> Checks drift.time: 1 disagrees" in claims["claim-G2"]
    assert [said for _, said in parsed.of("span", class_="badge not-formalized")] == ["not formalized"] * 2


def test_table_shows_every_row(parsed: Page) -> None:
    rows = [said for _, said in parsed.of("tr") if said.startswith("pull = 1.5")]
    assert rows == [
        "pull = 1.5 0.5 0.51 0.01 1 × 10−6 0.004 1 agrees",
        "pull = 1.5 0.5 0.51 0.01 1 × 10−6 0.004 1 underpowered",
        "pull = 1.5 0.5 – 0.01 1 × 10−6 0.004 ∞ disagrees",
    ]


def test_page_with_nothing_to_show_is_still_a_page() -> None:
    made = Page()
    made.feed(page({}, (), report(), formula=Formula, judge=lambda claim, rows: "", witnessed=()))  # type: ignore[arg-type]
    assert "No prediction was checked." in [said for _, said in made.of("p")]
    assert "Nothing is registered." in [said for _, said in made.of("p")]
    assert not made.open


def test_every_registered_prediction_is_shown_beside_its_outcome(parsed: Page) -> None:
    rows = [said for _, said in parsed.of("tr")]
    kept = verdicts()
    assert len(kept) > 20
    assert {one.verdict for one in kept} == {"agrees", "disagrees", "underpowered"}
    for one in kept:
        (row,) = [said for said in rows if said.startswith(f"{one.forecast.says} {_shown(one.forecast.value)} ")
                  and _shown(one.found) in said and one.verdict in said][:1]  # fmt: skip
        assert row.endswith(f"{one.verdict} {one.reason}".strip())
    for one in {one.registration.hash: one.registration for one in kept}.values():
        assert any(f"Registration {one.number} of {one.date}, {one.hash[:12]}" in said for said in rows)
        assert one.hash in [said for _, said in parsed.of("code")]


def _shown(value: float) -> str:
    return re.sub(r"<[^>]*>", "", str(number(value))).replace("&#8239;", " ").replace("  ", " ")


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
