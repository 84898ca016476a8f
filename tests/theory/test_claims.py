"""The ledger: it is whole, verdicts follow from rows, and none says more than they do."""

from __future__ import annotations

import pytest

import theory
from figures import catalog
from theory.claims import VERDICTS, claims, verdict
from theory.fingerprint import code_fingerprint
from theory.ledger import entries, is_stale, plain
from witnesses.witness import find

KEYS = (
    "G1", "G2", "G3", "G4", "G5", "G6", "G6b", "G7", "G8", "G9", "G10a", "G10b", "G11", "G12",
    "W1", "W2", "W3", "W4", "W5", "W6", "X1", "X2", "X3", "X4", "X5", "X6", "P1", "P2", "P3", "P4", "P5", "P6", "P7",
)  # fmt: skip
"""Every claim of the five essays; G6b, G10a and G10b are parts."""

WORDS_ONLY = {"G11": "not formalized: its condition is assumed", "P7": "not formalized: there is no law of it"}
"""Claims without a formula, and why words are the honest form."""


def rows(claim, **changed):
    return [{"name": name, "verdict": changed.get(name.partition(".")[2], "agrees")} for name in claim.predictions]


def test_every_claim_of_the_essays_is_entered_once():
    assert tuple(claim.key for claim in claims) == KEYS


@pytest.mark.parametrize("claim", claims, ids=lambda claim: claim.key)
def test_a_claim_is_whole(claim):
    for words in (claim.title, claim.statement, claim.source, claim.condition, claim.assumption):
        assert words.strip()
    assert claim.finding in VERDICTS
    assert claim.figure in catalog.names()
    assert (claim.formula is None) == (claim.key in WORDS_ONLY)
    assert bool(claim.predictions) or claim.finding == "not formalized"
    for name in claim.predictions:
        assert theory.get(name).name == name


@pytest.mark.parametrize("claim", [claim for claim in claims if claim.formula is not None], ids=lambda one: one.key)
def test_a_condition_is_set_as_text_and_as_mathml(claim):
    shown, mathml = claim.condition_text, claim.condition_mathml
    assert mathml.startswith("<math")
    assert any(sign in shown for sign in "<>≤≥=")
    assert "\n" not in shown
    assert not set("\\{}_") & {letter for letter in shown if letter in "\\{}"}
    # Every symbol goes by its letter, not by the name that the code has for it.
    named = {symbol.name for symbol in claim.formula.free_symbols if len(symbol.name) > 3}
    assert not [name for name in named - {"FNR", "FPR"} if name in shown.split("(")[0].split()]


def test_some_equation_stands_behind_every_formalized_claim():
    for claim in claims:
        if claim.finding != "not formalized":
            assert any(theory.get(name).expression is not None for name in claim.predictions), claim.key


@pytest.mark.parametrize("claim", claims, ids=lambda claim: claim.key)
def test_verdicts(claim):
    assert verdict(claim, rows(claim)) == claim.finding
    for name in claim.predictions:
        short = name.partition(".")[2]
        assert verdict(claim, rows(claim, **{short: "disagrees"})) == "contradicted"
        assert verdict(claim, rows(claim, **{short: "underpowered"})) == "not shown"
    # What is not formalized has no rows to wait for.
    without = "not shown" if claim.predictions else "not formalized"
    assert verdict(claim, rows(claim)[1:]) == without
    assert verdict(claim, []) == without


def test_an_entry_counts_its_rows():
    found = entries(claims, [*rows(claims[0]), *rows(claims[0])[:1], {"name": "else.where", "verdict": "disagrees"}])
    assert [entry.claim.key for entry in found] == list(KEYS)
    counts = list(found[0].counts.values())
    assert counts[0] == {"agrees": 2, "disagrees": 0, "underpowered": 0}
    assert counts[1]["agrees"] == 1
    assert found[0].verdict == claims[0].finding


def test_a_check_of_other_code_is_stale():
    report = {"effort": "quick", "seed": 0, "rows": [], "code": code_fingerprint()}
    assert not is_stale(report)
    assert is_stale(report | {"code": "0" * 64})
    assert is_stale({key: value for key, value in report.items() if key != "code"})
    assert plain((), report | {"code": ""})["stale"]


def test_what_a_network_showed_is_what_its_witness_stored():
    """The words of G7 and W6 on networks, number by number, against the registered outcomes."""
    witness = find("grokking")
    first, _, third = (
        {one.forecast.name: one for one in witness.verdicts(registration)} for registration in witness.registrations
    )
    told = {claim.key: claim.network for claim in claims if claim.network}
    assert set(told) == {"G7", "W6"}
    for name, one in third.items():
        if name.startswith("own_early_phase"):  # "to a few per cent"
            assert one.verdict == "agrees"
            assert 0.95 < one.found < 1.05
    assert first["decay_exponent"].verdict == "agrees"  # "lengthens with one over decay as the law says"
    assert first["memorized_in_the_end"].verdict == "disagrees"
    assert 0.15 < first["memorized_in_the_end"].found < 0.25  # "about a fifth"
    assert first["memorized_in_the_end"].forecast.value == 0.0  # "has none left"
    assert first["cleanup_time"].found > 2 * first["cleanup_time"].forecast.value  # "more than twice as long"
    assert first["critical_size"].verdict == "disagrees"
    assert 1.25 < first["critical_size"].found / first["critical_size"].forecast.value < 1.45  # "a third larger"
