"""The ledger: verdicts follow from rows and never say more than they do."""

from __future__ import annotations

import pytest

import theory
from figures import catalog
from theory.claims import VERDICTS, claims, verdict


def rows(claim, **changed):
    return [{"name": name, "verdict": changed.get(name.partition(".")[2], "agrees")} for name in claim.predictions]


@pytest.mark.parametrize("claim", claims, ids=lambda claim: claim.key)
def test_a_claim_is_whole(claim):
    assert claim.finding in VERDICTS
    assert claim.figure in catalog.names()
    assert claim.condition_mathml == "" or claim.condition_mathml.startswith("<math")
    for name in claim.predictions:
        assert theory.get(name).name == name


def test_a_claim_that_holds_somewhere_says_where():
    """A finding with a condition has it in words and as a formula; keys are told apart."""
    assert len({claim.key for claim in claims}) == len(claims)
    for claim in claims:
        if claim.finding in ("holds when", "fails when"):
            assert claim.condition
            assert claim.formula is not None


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
