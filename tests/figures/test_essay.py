"""The page: well-formed, self-contained, accessible, and true to the report that it is given."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest

from figures.essay import page
from figures.figure import Figure, csv_text
from figures.panel import Series, comparison, table
from tests.figures.parsed import Page, parse
from theory.fingerprint import code_fingerprint
from theory.report.marks import number
from witnesses.witness import verdicts


@dataclass(frozen=True)
class Claim:
    key: str
    title: str = "Goals <drift> & turn"
    statement: str = "They do."
    source: str = "The goal essays"
    predictions: tuple[str, ...] = ()
    figure: str = ""
    finding: str = "holds when"
    network: str = ""
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


@pytest.fixture(scope="module")
def text() -> str:
    figures = {"one": figure("one"), "two": figure("two", "drift.share")}
    return page(figures, CLAIMS, report(*ROWS), formula=Formula, judge=lambda claim, rows: VERDICTS[claim.key])


@pytest.fixture(scope="module")
def parsed(text: str) -> Page:
    return parse(text)


def test_page_has_unique_ids_and_every_internal_link_resolves(parsed: Page) -> None:
    assert len(parsed.ids) == len(set(parsed.ids))
    assert parsed.links <= set(parsed.ids)
    assert {"claim-G1", "figure-one", "figure-two", "equation-drift.share", "check-drift.share", "claims", "figures",
            "checks"} <= parsed.links  # fmt: skip


def test_marks_of_the_drawings_resolve(text: str, parsed: Page) -> None:
    used = {part.partition(")")[0] for part in text.split("url(#")[1:]}
    assert used
    assert used <= set(parsed.ids)


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
    # Two formulas of the claim that points to the first, one that the second names itself; and all three by themselves.
    assert sum(said == "e^{-t}" for _, said in parsed.of("code")) == 3
    assert [said for _, said in parsed.of("math")].count("et") == 6


def test_data_links_hold_the_csv(parsed: Page) -> None:
    ((attributes, _),) = parsed.of("a", download="two.csv")
    data = unquote(attributes["href"].removeprefix("data:text/csv;charset=utf-8,"))
    assert data == csv_text(figure("two"))
    assert len(list(csv.reader(io.StringIO(data)))) == 11


def test_ledger_gives_each_claim_its_verdict_and_evidence(parsed: Page) -> None:
    claims = {attributes["id"]: said for attributes, said in parsed.of("article", class_="claim")}
    assert list(claims) == ["claim-G1", "claim-G2", "claim-W1"]
    first = claims["claim-G1"]
    assert "G1 Goals <drift> & turn holds when stale They do." in first
    assert "Condition Holds when: it is shut early.κ Driven by A gate. Figure Title of one" in first
    assert "drift.share: 1 agrees, 1 underpowered" in first
    assert "drift.never: not checked" in first
    assert "contradicted" in claims["claim-G2"]
    assert "always <so>. Equations, checks drift.time: 1 disagrees" in claims["claim-G2"]
    assert "Holds when is the finding, if its checks agree: always" in claims["claim-G2"]
    assert [said for _, said in parsed.of("span", class_="badge not-formalized")] == ["not formalized"] * 2


def test_a_check_of_other_code_is_shown_as_stale(text: str) -> None:
    """The report here does not say of which code it is."""
    banner = "Stale. The code has changed since this check was made"
    shown = [said for _, said in parse(text).of("p", role="note")]
    assert len(shown) == 2
    assert all(said.startswith(banner) and "make essay" in said for said in shown)
    assert text.count('<span class="badge stale">') == len(CLAIMS)
    fresh = page({}, CLAIMS, report(*ROWS, code=code_fingerprint()), formula=Formula, witnessed=())
    assert "Stale" not in fresh
    assert 'class="badge stale"' not in fresh


def test_table_shows_every_row(parsed: Page) -> None:
    rows = [said for _, said in parsed.of("tr") if said.startswith("pull = 1.5")]
    assert rows == [
        "pull = 1.5 0.5 0.51 0.01 1 × 10−6 0.004 1 agrees",
        "pull = 1.5 0.5 0.51 0.01 1 × 10−6 0.004 1 underpowered",
        "pull = 1.5 0.5 – 0.01 1 × 10−6 0.004 ∞ disagrees",
    ]


def test_page_with_nothing_to_show_is_still_a_page() -> None:
    made = parse(page({}, (), report(), formula=Formula, judge=lambda claim, rows: "", witnessed=()))
    assert "No prediction was checked." in [said for _, said in made.of("p")]
    assert "Nothing is registered." in [said for _, said in made.of("p")]


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
